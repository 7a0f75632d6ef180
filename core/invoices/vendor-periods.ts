import { type LocalDate, addDays, addMonths, monthNumber } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { monthsIn, periodOn, scheduleOf } from '../charges/periods.js'
import { DEFAULT_POLICY } from '../charges/types.js'
import { LINEAGE_GAP_DAYS } from '../limits.js'
import { Problem } from '../problem.js'
import type { FoldedSubscription } from '../timeline/fold.js'

/** A period of the marketplace's own, which runs from the subscription's day and not by our months. */
export interface VendorPeriod extends Period {
  /** Months of a whole one; 0 for a period of days. */
  readonly months: number
  /** It ends with somebody else's term and is shorter than a whole one. */
  readonly isShort: boolean
  /** When the licence line was bought whose period it is. */
  readonly boughtOn: LocalDate
}

export interface VendorPeriods {
  /** Those that have a day in the window, in order. */
  readonly periods: readonly VendorPeriod[]
  /** Why none can be told. */
  readonly fault: string | undefined
}

/** The marketplace's periods of a subscription with days in a window; none begins at or behind its end. */
export function vendorPeriods(subscription: FoldedSubscription, window: Period): VendorPeriods {
  const { billingPeriod, end } = subscription
  if (billingPeriod === undefined) return { periods: [], fault: undefined }
  const until = end === null || end > window.to ? window.to : end
  const months = monthsIn(billingPeriod)
  if (months === 1)
    return { periods: monthlyPeriods(subscription, { from: window.from, to: until }), fault: undefined }
  try {
    return { periods: termPeriods(subscription, months, { from: window.from, to: until }), fault: undefined }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { periods: [], fault: `its periods are not known: ${error.what}` }
  }
}

/**
 * Months on the day each licence line began, clamped to short ones. A line that continues another begins its own; the few
 * days between the two begin no month.
 */
function monthlyPeriods({ start, renewals }: FoldedSubscription, { from, to }: Period): VendorPeriod[] {
  const firstDays = [start, ...renewals]
  return firstDays.flatMap((boughtOn, index) => {
    const next = firstDays[index + 1]
    const last = next === undefined ? to : addDays(next, -LINEAGE_GAP_DAYS)
    const periods: VendorPeriod[] = []
    let month = Math.max(0, monthNumber(from) - monthNumber(boughtOn) - 1)
    for (; ; month += 1) {
      const begins = addMonths(boughtOn, month)
      if (begins >= to || (month > 0 && begins >= last)) return periods
      const whole = addMonths(boughtOn, month + 1)
      const ends = next !== undefined && next < whole ? next : whole
      if (ends > from) periods.push({ from: begins, to: ends, months: 1, isShort: false, boughtOn })
    }
  })
}

/** The subscription's own terms (BILLING B4, D2). */
function termPeriods(
  { billingPeriod, start, terms }: FoldedSubscription,
  months: number,
  { from, to }: Period,
): VendorPeriod[] {
  if (billingPeriod === undefined) return []
  const timeline = { billingPeriod, start, end: null, events: [], ...(terms.length === 0 ? {} : { terms }) }
  const schedule = scheduleOf(timeline, DEFAULT_POLICY, [], start)
  const periods: VendorPeriod[] = []
  for (let day = from > start ? from : start; day < to; ) {
    const { period, from: begins, wholeFrom } = periodOn(schedule, day)
    const isShort = begins !== wholeFrom
    periods.push({ from: begins, to: period.to, months, isShort, boughtOn: start })
    day = period.to
  }
  return periods
}
