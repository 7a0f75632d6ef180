import { addDays, addMonths, daysBetween } from '../shared/dates.js'
import { ratio } from '../shared/decimal.js'
import type { Amount, DateText, Duration } from './events.js'

/** A stretch of dates; `to` is the first day after it. */
export interface Span {
  readonly from: DateText
  readonly to: DateText
}

/** Renewals happen at night, on the same date in Europe and in the east of North America. */
export const RENEWAL_TIME = '06:10'

/** Months of a period; the seed world has no periods of days. */
export function monthsOf(period: Duration): number {
  return period.type === 'year' ? period.duration * 12 : period.duration
}

/** The period of `months` months, counted from `anchor`, that holds `date`. */
export function spanAround(anchor: DateText, months: number, date: DateText): Span {
  const between = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7))
  const since = Number(anchor.slice(0, 4)) * 12 + Number(anchor.slice(5, 7))
  let index = Math.floor((between - since) / months)
  if (addMonths(anchor, index * months) > date) index -= 1
  return { from: addMonths(anchor, index * months), to: addMonths(anchor, (index + 1) * months) }
}

/** The marketplace's duration: the part of `whole` from `from` on, to 2 decimals. */
export function durationOf(from: DateText, whole: Span): Amount {
  return ratio(daysBetween(from, whole.to), daysBetween(whole.from, whole.to), 2)
}

/** "from 2026-03-11 through 2026-03-31": both days included, as the marketplace words it. */
export function spanWords(from: DateText, to: DateText): string {
  return `from ${from} through ${addDays(to, -1)}`
}
