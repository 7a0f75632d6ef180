/** A local date as the count of days since 1 January 1970. */
export type Day = number

const DAY_MILLISECONDS = 86_400_000

export interface DateParts {
  readonly year: number
  /** 1–12 */
  readonly month: number
  readonly day: number
}

export function dayOf(year: number, month: number, day: number): Day {
  return Date.UTC(year, month - 1, day) / DAY_MILLISECONDS
}

export function partsOf(day: Day): DateParts {
  const date = new Date(day * DAY_MILLISECONDS)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

export const parseDay: (text: string) => Day = remembered((text) => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match === null) throw new Error(`"${text}" is not a date`)
  const day = dayOf(Number(match[1]), Number(match[2]), Number(match[3]))
  if (formatDay(day) !== text) throw new Error(`${text} is not in the calendar`)
  return day
})

export const formatDay: (day: Day) => string = remembered((day) =>
  new Date(day * DAY_MILLISECONDS).toISOString().slice(0, 10),
)

/** The few dates of a test are asked for again and again. */
function remembered<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const value = compute(key)
    known.set(key, value)
    return value
  }
}

/** An instant in any way of writing, as milliseconds. */
export const milliseconds: (instant: string) => number = remembered((instant) => {
  const at = new Date(instant).getTime()
  if (Number.isNaN(at)) throw new Error(`"${instant}" is not an instant`)
  return at
})

/** Months are numbered through: January 2026 is 2026 × 12 + 0. */
export function monthNumber(day: Day): number {
  const { year, month } = partsOf(day)
  return year * 12 + month - 1
}

export function firstOfMonth(number: number): Day {
  return dayOf(Math.floor(number / 12), (number % 12) + 1, 1)
}

export function daysInMonth(number: number): number {
  return firstOfMonth(number + 1) - firstOfMonth(number)
}

/** The wanted day in a month, clamped to its last day (B4). */
export function dayInMonth(number: number, wanted: number): Day {
  return firstOfMonth(number) + Math.min(wanted, daysInMonth(number)) - 1
}

/** `months` later (or earlier), clamped to short months. */
export function addMonths(day: Day, months: number): Day {
  return dayInMonth(monthNumber(day) + months, partsOf(day).day)
}

/** B3: an instant becomes its local date in the billing time zone. */
export function localDay(instant: string, timeZone: string): Day {
  return dayIn(timeZone)(milliseconds(instant))
}

const dayIn = remembered((timeZone: string) =>
  remembered((at: number) => parseDay(dateFormat(timeZone).format(at))),
)

const formats = new Map<string, Intl.DateTimeFormat>()

function dateFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  formats.set(timeZone, made)
  return made
}
