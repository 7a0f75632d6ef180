import type { LocalDate } from '../calendar/date.js'
import { DECIMAL_ZERO, type Decimal } from '../money/decimal.js'
import type { PriceGap } from '../timeline/types.js'
import { FOREVER, type History, stepOn } from './history.js'
import type { ChargedPeriod } from './periods.js'
import type { Policy } from './types.js'

/** A price of one seat for one whole period, and what set it. */
export interface SeatPrice {
  readonly unitPrice: Decimal
  readonly priceRule: string
}

const FREE: SeatPrice = { unitPrice: DECIMAL_ZERO, priceRule: 'trial' }

/**
 * The price that counts on `day` of a period charged from `first` (its start, or the subscription's).
 * - B15 `nextPeriod`: the price on `first` holds for the whole period, for added seats too.
 * - B15 `immediate`: the price of the day.
 * - B15, D6: a trial is free, and its end always acts at once: the price of `trialEnd` applies from then on.
 */
export function priceOn(
  { steps, trialEnd }: History,
  policy: Policy,
  first: LocalDate,
  day: LocalDate,
): SeatPrice {
  if (day < trialEnd) return FREE
  if (policy.priceChange === 'immediate') return stepOn(steps, day)
  return stepOn(steps, trialEnd > first ? trialEnd : first)
}

/**
 * The gap that keeps a period's price from being known; undefined: it is known.
 * - B15 `nextPeriod`: the gap that holds the day whose price the period takes, see {@link priceOn}.
 * - B15 `immediate`: the first gap among the days it serves.
 * - A free trial needs no price.
 */
export function gapOf(
  { priceGaps, serviceFrom, serviceTo, trialEnd }: History,
  { from, period, policy }: ChargedPeriod,
): PriceGap | undefined {
  if (priceGaps.length === 0) return undefined
  const first = Math.max(from, serviceFrom, trialEnd)
  const limit = Math.min(period.to, serviceTo)
  if (first >= limit) return undefined
  const to = policy.priceChange === 'immediate' ? limit : first + 1
  return priceGaps.find((gap) => gap.from < to && (gap.to ?? FOREVER) > first)
}

/** Whether all prices of a period that `gap` holds lie in it, so that they are in one currency. */
export function isWithin(
  gap: PriceGap,
  { serviceFrom, serviceTo, trialEnd }: History,
  { from, period, policy }: ChargedPeriod,
): boolean {
  if (policy.priceChange === 'nextPeriod') return true
  const to = gap.to ?? FOREVER
  return gap.from <= Math.max(from, serviceFrom, trialEnd) && to >= Math.min(period.to, serviceTo)
}
