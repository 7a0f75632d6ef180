/**
 * Dates "2026-03-11" and instants "2026-03-11T14:05:00Z" as text. Both compare with < and ===. UTC only: the
 * marketplace's dates carry no zone.
 */

const DAY_MILLISECONDS = 86_400_000

function dayNumber(date: string): number {
  const milliseconds = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(milliseconds)) throw new Error(`not a date: ${date}`)
  return milliseconds / DAY_MILLISECONDS
}

export function addDays(date: string, days: number): string {
  return new Date((dayNumber(date) + days) * DAY_MILLISECONDS).toISOString().slice(0, 10)
}

export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from)
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function lastDayOf(year: number, month: number): number {
  const leap = month === 1 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return leap ? 29 : (MONTH_DAYS[month] ?? 31)
}

function two(part: number): string {
  return part < 10 ? `0${part}` : String(part)
}

/** The day `months` later; the 31st becomes a short month's last day. Count from an anchor, not step by step. */
export function addMonths(date: string, months: number): string {
  const [year, month, day] = [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))]
  const index = year * 12 + month - 1 + months
  const [toYear, toMonth] = [Math.floor(index / 12), index % 12]
  return `${toYear}-${two(toMonth + 1)}-${two(Math.min(day, lastDayOf(toYear, toMonth)))}`
}

/** Cuts a moment to whole seconds. */
export function toInstant(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`
}

/** `date` at `time` ("14:05" or "14:05:09") UTC. */
export function at(date: string, time: string): string {
  return `${date}T${time.length === 5 ? `${time}:00` : time}Z`
}

export function addSeconds(instant: string, seconds: number): string {
  return toInstant(new Date(Date.parse(instant) + seconds * 1000))
}

/** The UTC date of an instant. */
export function dateOf(instant: string): string {
  return instant.slice(0, 10)
}

export function later(first: string, second: string): string {
  return first > second ? first : second
}
