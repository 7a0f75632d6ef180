import {
  type LocalDate,
  addDays,
  addMonths,
  fromCivil,
  parseLocalDate,
  startOfMonth,
  toCivil,
} from '../../core/calendar/date.js'
import { MONTH_NAMES, WEEKDAY_NAMES } from '../../core/calendar/names.js'
import type { Period } from '../../core/calendar/period.js'

/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 4

/** A phrase at the start of some words, and the words left after it. */
export interface Phrase<T> {
  readonly value: T
  readonly rest: readonly string[]
}

/** Which month is meant by a name without a year: one of the twelve that begin `back` months before the one of `day`. */
export interface Near {
  readonly day: LocalDate
  readonly back: number
}

/** People who look at what was billed look back as often as ahead. */
const HALF_YEAR = 6
const MONTHS_OF_A_YEAR = 12

/** Abbreviations longer than three letters that people use. */
const LONG_ABBREVIATIONS: ReadonlySet<string> = new Set(['sept', 'tues', 'thur', 'thurs'])

/** The place of a name in a list, written out, in three letters or in a usual abbreviation; -1: not one of them. */
function placeOf(names: readonly string[], typed: string): number {
  const word = typed.toLowerCase().replace(/\.$/, '')
  const short = word.length === 3 || LONG_ABBREVIATIONS.has(word)
  return names.findIndex((name) => name === word || (short && name.startsWith(word)))
}

/** How many months or weeks from now "this", "next" and "last" are. */
const RELATIVE: ReadonlyMap<string, number> = new Map([
  ['this', 0],
  ['next', 1],
  ['last', -1],
])

/**
 * Reads a month at the start of `words`: "march", "mar", "sept", "march 2026", "2026-03", "this month", "next month",
 * "last month".
 *
 * @param near which one a bare name means; default: the one nearest to today, up to six months back, else ahead.
 */
export function monthAtStart(
  words: readonly string[],
  today: LocalDate,
  near: Near = { day: today, back: HALF_YEAR },
): Phrase<Period> | undefined {
  const [first = '', second = ''] = words.map((word) => word.toLowerCase())
  const relative = RELATIVE.get(first)
  if (relative !== undefined && second === 'month') {
    return { value: monthPeriod(addMonths(startOfMonth(today), relative)), rest: words.slice(2) }
  }
  const iso = /^(\d{4})-(\d{2})$/.exec(first)
  if (iso !== null) {
    const from = parseLocalDate(`${first}-01`)
    return from === undefined ? undefined : { value: monthPeriod(from), rest: words.slice(1) }
  }
  const index = placeOf(MONTH_NAMES, first)
  if (index < 0) return undefined
  if (/^\d{4}$/.test(second)) {
    const from = parseLocalDate(`${second}-${String(index + 1).padStart(2, '0')}-01`)
    return from === undefined ? undefined : { value: monthPeriod(from), rest: words.slice(2) }
  }
  return { value: monthPeriod(nearestMonth(index + 1, near)), rest: words.slice(1) }
}

function nearestMonth(month: number, { day, back }: Near): LocalDate {
  const { year, month: current } = toCivil(day)
  const difference = month - current
  const shift = difference < -back ? 1 : difference > MONTHS_OF_A_YEAR - 1 - back ? -1 : 0
  return fromCivil(year + shift, month, 1)
}

function monthPeriod(from: LocalDate): Period {
  return { from, to: addMonths(from, 1) }
}

/** Monday of the week of a day. */
function startOfWeek(date: LocalDate): LocalDate {
  return addDays(date, -((weekdayOf(date) + 6) % 7))
}

/** 0 is Sunday. */
function weekdayOf(date: LocalDate): number {
  return (((date + EPOCH_WEEKDAY) % 7) + 7) % 7
}

/**
 * Reads a day at the start of `words`: "2026-03-01", "today", "yesterday", "monday" (the last one), "this week" (its
 * Monday), "11 march", "march 11", "11 march 2026", or a month's 1st.
 *
 * @param near which year is meant where none is said, as for months.
 */
export function dayAtStart(
  words: readonly string[],
  today: LocalDate,
  near?: Near,
): Phrase<LocalDate> | undefined {
  const [first = '', second = ''] = words.map((word) => word.toLowerCase())
  const rest = words.slice(1)
  const exact = parseLocalDate(first)
  if (exact !== undefined) return { value: exact, rest }
  if (first === 'today') return { value: today, rest }
  if (first === 'yesterday') return { value: addDays(today, -1), rest }
  const weeks = second === 'week' ? RELATIVE.get(first) : undefined
  if (weeks !== undefined) return { value: addDays(startOfWeek(today), 7 * weeks), rest: words.slice(2) }
  const weekday = placeOf(WEEKDAY_NAMES, first)
  if (weekday >= 0) {
    return { value: addDays(today, -((weekdayOf(today) - weekday + 7) % 7 || 7)), rest }
  }
  return (
    dayBeforeMonth(words, today, near) ??
    dayAfterMonth(words, today, near) ??
    firstOfMonth(words, today, near)
  )
}

function firstOfMonth(
  words: readonly string[],
  today: LocalDate,
  near?: Near,
): Phrase<LocalDate> | undefined {
  const month = monthAtStart(words, today, near)
  // "feb 30" is no day of February, and not its 1st either.
  if (month === undefined || dayNumber(month.rest[0]) !== undefined) return undefined
  return { value: month.value.from, rest: month.rest }
}

/** A day of the month as a number of one or two digits; undefined: it is not written like one. */
function dayNumber(word: string | undefined): number | undefined {
  const digits = /^(\d{1,2})(?:st|nd|rd|th)?,?$/i.exec(word ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** "11 march", "11th march 2026" */
function dayBeforeMonth(
  words: readonly string[],
  today: LocalDate,
  near?: Near,
): Phrase<LocalDate> | undefined {
  const [first, ...after] = words
  const day = dayNumber(first)
  const month = day === undefined ? undefined : monthAtStart(after, today, near)
  return day === undefined || month === undefined ? undefined : dayIn(month.value, day, month.rest)
}

/** "march 11", "march 11th, 2026" */
function dayAfterMonth(
  words: readonly string[],
  today: LocalDate,
  near?: Near,
): Phrase<LocalDate> | undefined {
  const [name = '', number, year = ''] = words
  const day = dayNumber(number)
  if (day === undefined || placeOf(MONTH_NAMES, name) < 0) return undefined
  const withYear = /^\d{4}$/.test(year)
  const month = monthAtStart(withYear ? [name, year] : [name], today, near)
  return month === undefined ? undefined : dayIn(month.value, day, words.slice(withYear ? 3 : 2))
}

function dayIn({ from, to }: Period, day: number, rest: readonly string[]): Phrase<LocalDate> | undefined {
  return day < 1 || day > to - from ? undefined : { value: addDays(from, day - 1), rest }
}

/** A month at the end of `words`, for "customer contoso march". */
export function monthAtEnd(words: readonly string[], today: LocalDate): Phrase<Period> | undefined {
  return atEnd(words, (last) => monthAtStart(last, today))
}

/** A day at the end of `words`, for "changes contoso 11 march 2026". */
export function dayAtEnd(words: readonly string[], today: LocalDate): Phrase<LocalDate> | undefined {
  const found = atEnd(words, (last) => dayAtStart(last, today))
  const [number, month] = found === undefined ? [] : words.slice(found.rest.length - 1)
  return isDayAndMonth([number ?? '', month ?? '']) ? undefined : found
}

/** The longest phrase of a date at the end of `words` with something before it. */
function atEnd<T>(
  words: readonly string[],
  read: (last: readonly string[]) => Phrase<T> | undefined,
): Phrase<T> | undefined {
  for (const length of [3, 2, 1]) {
    if (words.length <= length) continue
    const found = read(words.slice(-length))
    if (found?.rest.length === 0) return { value: found.value, rest: words.slice(0, -length) }
  }
  return undefined
}

/**
 * What is written like a date and is none that is understood: "2026-13", "3/1/2026", "01.03.2026", "30 feb". With the
 * ways to write it that are, where there are any. undefined: nothing looks like a date.
 */
export function unreadDate(
  words: readonly string[],
): { readonly typed: string; readonly readings: readonly string[] } | undefined {
  for (const [index, word] of words.entries()) {
    if (/^\d{4}-\d{1,2}(-\d{1,2})?$/.test(word)) return { typed: word, readings: [] }
    const numbers = /^(\d{1,2})[-/.](?:(\d{1,2})[-/.])?(\d{4}|(?<=[-/.]\d{1,2}[-/.])\d{2})$/.exec(word)
    if (numbers !== null) return { typed: word, readings: readingsOf(numbers, word.includes('.')) }
    const pair = [word, words[index + 1] ?? ''] as const
    if (isDayAndMonth(pair) || isDayAndMonth([pair[1], pair[0]]))
      return { typed: pair.join(' '), readings: [] }
  }
  return undefined
}

function isDayAndMonth([day, month]: readonly [string, string]): boolean {
  return dayNumber(day) !== undefined && placeOf(MONTH_NAMES, month) >= 0
}

/** "3/2026" is one month; "3/1/2026" is two days, depending on who writes it; "1.3.2026" begins with the day. */
function readingsOf(
  [, first = '', second, year = '']: RegExpExecArray,
  dayFirst: boolean,
): readonly string[] {
  const full = year.length === 2 ? `20${year}` : year
  const two = (digits: string) => digits.padStart(2, '0')
  if (second === undefined) {
    return parseLocalDate(`${full}-${two(first)}-01`) === undefined ? [] : [`${full}-${two(first)}`]
  }
  const both = [
    `${full}-${two(second)}-${two(first)}`,
    ...(dayFirst ? [] : [`${full}-${two(first)}-${two(second)}`]),
  ]
  return [...new Set(both)].filter((day) => parseLocalDate(day) !== undefined)
}
