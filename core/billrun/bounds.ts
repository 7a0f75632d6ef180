import type { Comparison } from './run.js'
import { formatMoney, money } from '../money/money.js'
import { divideRounded } from '../money/rounding.js'

/** How far a customer's month may be from the last approved one before a person has to look (BILLING B25). */
export interface Bounds {
  /** Whole percent up or down. */
  readonly percent: number
  /** Differences up to this many minor units never hold anything. */
  readonly floorMinor: bigint
}

export const DEFAULT_BOUNDS: Bounds = { percent: 20, floorMinor: 5000n }

/**
 * Compares a customer's month, with this run, to the last approved earlier month in the same currency.
 *
 * @param before minor units of that month; undefined: there is none.
 */
export function compareWithLast(
  month: bigint,
  before: bigint | undefined,
  currency: string,
  bounds: Bounds,
): Comparison {
  if (before === undefined) return { type: 'firstBill' }
  const difference = month - before
  const size = difference < 0n ? -difference : difference
  const base = before < 0n ? -before : before
  if (size <= bounds.floorMinor || size * 100n <= base * BigInt(bounds.percent))
    return { type: 'within', before }
  const [now, then] = [formatMoney(money(currency, month)), formatMoney(money(currency, before))]
  const sign = difference < 0n ? '−' : '+'
  const percent = base === 0n ? '' : ` (${sign}${divideRounded(size * 100n, base, 'halfAway')} %)`
  return { type: 'outside', before, why: `${now} this month after ${then} in the last one billed${percent}` }
}
