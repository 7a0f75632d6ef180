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

/** What is compared: sums of one customer in one currency, in minor units. */
export interface Compared {
  /** What the run would bill. */
  readonly run: bigint
  /** What is billed already of the run's month; undefined: nothing. */
  readonly billed: bigint | undefined
  /** The last earlier month that was billed; undefined: there is none. */
  readonly last: bigint | undefined
}

/** Compares a customer's month, with this run, to the last approved earlier month in the same currency (B25). */
export function compareWithLast(
  { run, billed, last: before }: Compared,
  currency: string,
  bounds: Bounds,
): Comparison {
  if (before === undefined) {
    return billed === undefined ? { type: 'firstBill' } : { type: 'billedInPart', billed }
  }
  const month = (billed ?? 0n) + run
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
