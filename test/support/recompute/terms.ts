import { addMonths, type Day, formatDay, parseDay } from './days.js'
import type { SeenRecord } from './event-log.js'

function monthsOf(period: SeenRecord['billingPeriod']): number {
  return period.duration * (period.type === 'year' ? 12 : 1)
}

/**
 * B4, D2: the first term of a record with a longer billing period, when it was cut to end with another: the one
 * from which whole terms lead to the expiration date. Undefined (terms count from the start) when whole terms lead
 * there from the start, and when the date lies more than a commitment ahead and so ends no term that runs today (a
 * perpetual licence). `record` is as it was shown while it ran: an ended one's date is the end of service.
 */
export function firstTerm(
  record: SeenRecord,
  today: Day,
): { readonly from: string; readonly to: string } | undefined {
  if (record.billingPeriod.type === 'day' || monthsOf(record.billingPeriod) === 1) return undefined
  const step = monthsOf(record.billingPeriod)
  const [start, expires] = [parseDay(record.starts), parseDay(record.expires)]
  if (addMonths(expires, -monthsOf(record.subscriptionPeriod)) > today) return undefined
  let whole = 0
  while (addMonths(start, whole * step) < expires) whole += 1
  if (addMonths(start, whole * step) === expires) return undefined
  let back = 0
  while (addMonths(expires, -(back + 1) * step) > start) back += 1
  return { from: record.starts, to: formatDay(addMonths(expires, -back * step)) }
}
