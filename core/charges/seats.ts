import type { Decimal } from '../money/decimal.js'
import type { Policy } from './types.js'

/**
 * What a count at the end of a day does to the seats charged in a period, beginning with the count at its start.
 * - B8 `decreases=nextPeriod`: the seats charged are the highest count so far; only more than that is a rise.
 * - B9 `decreases=credit`: fewer seats than charged are a decrease, and from then on only those are charged.
 * - B10 `increases=nextPeriod`: more seats than charged wait for the next period, so that a credit covers only seats
 *   below the count charged in this one (D4).
 */
export function seatMove(
  charged: Decimal,
  count: Decimal,
  { increases, decreases }: Policy,
): 'rise' | 'decrease' | undefined {
  if (count > charged) return increases === 'nextPeriod' ? undefined : 'rise'
  if (count < charged) return decreases === 'credit' ? 'decrease' : undefined
  return undefined
}
