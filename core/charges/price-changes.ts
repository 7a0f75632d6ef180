import type { LocalDate } from '../calendar/date.js'
import { DECIMAL_ZERO, type Decimal } from '../money/decimal.js'
import { type History, stepOn } from './history.js'
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
