import { addMonths } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import type { Comparison, RunLine } from './run.js'
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

/** What was billed of a month, of one customer in one currency, in minor units. */
export interface MonthAmount {
  readonly whole: bigint
  /** Without what it caught up: see {@link monthAmount}. */
  readonly usual: bigint
}

type BilledPart = Pick<RunLine, 'lineageId' | 'kind' | 'period' | 'amount'>

/**
 * What a month came to, and what of it a month usually has. One that caught up holds several periods of a subscription:
 * the first in advance beside the last in arrears (B24), or a month that was forgotten. Only the latest month of each
 * subscription says what the next one will be, so that the month after is not held for being the usual one. Fees and
 * corrections are no periods, and count.
 */
export function monthAmount(lines: readonly BilledPart[]): MonthAmount {
  const latest = new Map<string, Period>()
  for (const line of lines) {
    const known = latest.get(line.lineageId)
    if (isSeats(line) && (known === undefined || line.period.from > known.from))
      latest.set(line.lineageId, line.period)
  }
  let [whole, usual] = [0n, 0n]
  for (const line of lines) {
    const last = latest.get(line.lineageId)
    whole += line.amount
    if (last === undefined || !isSeats(line) || isWithinMonth(line.period, last)) usual += line.amount
  }
  return { whole, usual }
}

function isSeats({ kind }: BilledPart): boolean {
  return kind !== 'oneTime' && kind !== 'correction'
}

/** Not a month or more before `last`: weeks of one month belong together. Both ends, as the 31st clamps to short months. */
function isWithinMonth({ from, to }: Period, last: Period): boolean {
  return from > addMonths(last.from, -1) && to > addMonths(last.to, -1)
}

/** What is compared: sums of one customer in one currency. */
export interface Compared {
  /** What the run would bill, in minor units. */
  readonly run: bigint
  /** What of it earlier months left unbilled: with bill-on dates before the run's month. */
  readonly earlier: bigint
  /** What is billed already of the run's month; undefined: nothing. */
  readonly billed: MonthAmount | undefined
  /** The last earlier month that was billed; undefined: there is none. */
  readonly last: MonthAmount | undefined
}

/** Compares a customer's month, with this run, to the last approved earlier month in the same currency (B25). */
export function compareWithLast(
  { run, earlier, billed, last }: Compared,
  currency: string,
  bounds: Bounds,
): Comparison {
  if (last === undefined) {
    return billed === undefined ? { type: 'firstBill' } : { type: 'billedInPart', billed: billed.whole }
  }
  const before = last.usual
  const month = (billed?.usual ?? 0n) + run
  const difference = month - before
  const size = difference < 0n ? -difference : difference
  const base = before < 0n ? -before : before
  if (size <= bounds.floorMinor || size * 100n <= base * BigInt(bounds.percent))
    return { type: 'within', before }
  const inMoney = (minor: bigint) => formatMoney(money(currency, minor))
  const [now, then] = [inMoney(month), inMoney(before)]
  const sign = difference < 0n ? '−' : '+'
  const percent = base === 0n ? '' : ` (${sign}${divideRounded(size * 100n, base, 'halfAway')} %)`
  const caughtUp = [billed, last].some((amount) => amount !== undefined && amount.whole !== amount.usual)
  const without = caughtUp ? ', without the earlier periods it caught up' : ''
  const words =
    earlier === 0n
      ? `${now} this month after ${then} in the last one billed`
      : `${now}, of that ${inMoney(earlier)} left from earlier months, after ${then} in the last month billed`
  const why = `${words}${without}${percent}`
  return { type: 'outside', before, why }
}
