import {
  type LocalDate,
  addDays,
  addMonths,
  fromCivil,
  parseLocalDate,
  startOfMonth,
  toCivil,
} from '../../core/calendar/date.js'
import type { Period } from '../../core/calendar/period.js'

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 4

/** A phrase at the start of some words, and the words left after it. */
export interface Phrase<T> {
  readonly value: T
  readonly rest: readonly string[]
}

/**
 * Reads a month at the start of `words`: "march", "mar", "march 2026", "2026-03", "this month", "next month",
 * "last month". A bare name means the one nearest to today: up to six months back, else ahead.
 */
export function monthAtStart(words: readonly string[], today: LocalDate): Phrase<Period> | undefined {
  const [first = '', second = ''] = words.map((word) => word.toLowerCase())
  const relative = ({ this: 0, next: 1, last: -1 } as Readonly<Record<string, number>>)[first]
  if (relative !== undefined && second === 'month' && Object.hasOwn({ this: 0, next: 0, last: 0 }, first)) {
    return { value: monthPeriod(addMonths(startOfMonth(today), relative)), rest: words.slice(2) }
  }
  const iso = /^(\d{4})-(\d{2})$/.exec(first)
  if (iso !== null) {
    const from = parseLocalDate(`${first}-01`)
    return from === undefined ? undefined : { value: monthPeriod(from), rest: words.slice(1) }
  }
  const index = MONTHS.findIndex((name) => name === first || (first.length === 3 && name.startsWith(first)))
  if (index < 0) return undefined
  if (/^\d{4}$/.test(second)) {
    const from = parseLocalDate(`${second}-${String(index + 1).padStart(2, '0')}-01`)
    return from === undefined ? undefined : { value: monthPeriod(from), rest: words.slice(2) }
  }
  return { value: monthPeriod(nearestMonth(index + 1, today)), rest: words.slice(1) }
}

function nearestMonth(month: number, today: LocalDate): LocalDate {
  const { year, month: current } = toCivil(today)
  const difference = month - current
  const shift = difference < -6 ? 1 : difference > 5 ? -1 : 0
  return fromCivil(year + shift, month, 1)
}

function monthPeriod(from: LocalDate): Period {
  return { from, to: addMonths(from, 1) }
}

/**
 * Reads a day at the start of `words`: "2026-03-01", "today", "yesterday", "monday" (the last one), "11 march",
 * "11 march 2026", or a month's 1st.
 */
export function dayAtStart(words: readonly string[], today: LocalDate): Phrase<LocalDate> | undefined {
  const [typed = ''] = words
  const first = typed.toLowerCase()
  const rest = words.slice(1)
  const exact = parseLocalDate(first)
  if (exact !== undefined) return { value: exact, rest }
  if (first === 'today') return { value: today, rest }
  if (first === 'yesterday') return { value: addDays(today, -1), rest }
  const weekday = WEEKDAYS.findIndex(
    (name) => name === first || (first.length === 3 && name.startsWith(first)),
  )
  if (weekday >= 0) {
    const current = (((today + EPOCH_WEEKDAY) % 7) + 7) % 7
    return { value: addDays(today, -((current - weekday + 7) % 7 || 7)), rest }
  }
  const month = monthAtStart(words, today)
  if (month !== undefined) return { value: month.value.from, rest: month.rest }
  return dayOfMonthAtStart(first, rest, today)
}

/** "11 march", "11th march 2026" */
function dayOfMonthAtStart(
  first: string,
  rest: readonly string[],
  today: LocalDate,
): Phrase<LocalDate> | undefined {
  const day = Number(/^(\d{1,2})(?:st|nd|rd|th)?$/.exec(first)?.[1] ?? 0)
  const month = day === 0 ? undefined : monthAtStart(rest, today)
  if (month === undefined || day > month.value.to - month.value.from) return undefined
  return { value: addDays(month.value.from, day - 1), rest: month.rest }
}

/** A month at the end of `words`, for "customer contoso march". */
export function monthAtEnd(words: readonly string[], today: LocalDate): Phrase<Period> | undefined {
  for (const length of [2, 1]) {
    if (words.length <= length) continue
    const month = monthAtStart(words.slice(-length), today)
    if (month?.rest.length === 0) return { value: month.value, rest: words.slice(0, -length) }
  }
  return undefined
}
