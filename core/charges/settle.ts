import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { DECIMAL_ONE, type Decimal } from '../money/decimal.js'
import { OWN_PRICE_RULE } from '../pricing/price.js'
import type { Scale } from './amount.js'
import type { PeriodLines } from './held.js'
import { periodKey } from './periods.js'
import type { ChargeLine, SettledLine } from './types.js'

/**
 * B23: what is left to bill of one subscription and period. When the lines due contain all settled ones, the others
 * are ordinary lines; otherwise one correction brings the period to what is due. Lines of zero are passed on and never
 * compared (D10).
 */
export function settlePeriod(
  scale: Scale,
  period: Period,
  due: readonly ChargeLine[],
  settled: readonly SettledLine[],
): readonly ChargeLine[] {
  const compared = settled.filter(isCompared)
  if (compared.length === 0) return due
  const { unmatched, rest } = matchLines(compared, due)
  if (rest.length === 0) return unmatched
  const zeros = due.filter((line) => !isCompared(line))
  const line = correctionLine(scale, period, due.filter(isCompared), compared)
  return line.amount === 0n ? zeros : [...zeros, line]
}

/**
 * B23: each period is settled for itself, also one that is billed but not due any more. What is billed of a held period
 * is left alone until its price is known; so are periods that are not due any more because a held one took their days.
 */
export function settlePeriods(
  scale: Scale,
  found: readonly PeriodLines[],
  billed: readonly SettledLine[],
): readonly ChargeLine[] {
  const periods = new Map<string, { period: Period; due: readonly ChargeLine[]; settled: SettledLine[] }>()
  const held: Period[] = []
  for (const { period, lines, held: isHeld } of found) {
    if (isHeld !== undefined) held.push(period.period)
    else periods.set(periodKey(period.period), { period: period.period, due: lines, settled: [] })
  }
  for (const line of billed) {
    const key = periodKey(line.period)
    const entry = periods.get(key)
    if (entry === undefined && held.some((period) => overlaps(period, line.period))) continue
    if (entry === undefined) periods.set(key, { period: line.period, due: [], settled: [line] })
    else entry.settled.push(line)
  }
  return [...periods.values()]
    .sort((left, right) => left.period.from - right.period.from || left.period.to - right.period.to)
    .flatMap(({ period, due, settled }) => settlePeriod(scale, period, due, settled))
}

function overlaps(left: Period, right: Period): boolean {
  return left.from < right.to && right.from < left.to
}

/** Takes each settled line out of the due ones once: the due lines left, and the settled lines without a partner. */
export function matchLines(
  settled: readonly SettledLine[],
  due: readonly ChargeLine[],
): { readonly unmatched: readonly ChargeLine[]; readonly rest: readonly SettledLine[] } {
  const unmatched = [...due]
  const rest: SettledLine[] = []
  for (const line of settled) {
    const index = unmatched.findIndex((candidate) => isSameLine(candidate, line))
    if (index === -1) rest.push(line)
    else unmatched.splice(index, 1)
  }
  return { unmatched, rest }
}

/** D9: equal in period, from, to, quantity, unit price and amount. */
export function isSameLine(left: SettledLine, right: SettledLine): boolean {
  return (
    left.amount === right.amount &&
    left.from === right.from &&
    left.to === right.to &&
    left.quantity === right.quantity &&
    left.unitPrice === right.unitPrice &&
    left.period.from === right.period.from &&
    left.period.to === right.period.to
  )
}

/** D10 */
export function isCompared({ amount }: SettledLine): boolean {
  return amount !== 0n
}

/** B23, D9: one line of Σ due − Σ settled over the whole period, to be billed on the latest day involved. */
function correctionLine(
  { pricePerMinor }: Scale,
  period: Period,
  due: readonly ChargeLine[],
  settled: readonly SettledLine[],
): ChargeLine {
  const amount = sumOf(due) - sumOf(settled)
  const days = period.to - period.from
  return {
    kind: 'correction',
    period,
    from: period.from,
    to: period.to,
    billOn: Math.max(...due.map((line) => line.billOn), ...settled.map((line) => line.billOn)) as LocalDate,
    quantity: DECIMAL_ONE,
    unitPrice: (amount * pricePerMinor) as Decimal,
    amount,
    days,
    daysInPeriod: days,
    fraction: { days, of: days },
    priceRule: OWN_PRICE_RULE,
    reason: { type: 'correction', due, settled },
    estimated: false,
  }
}

/** Σ of the amounts, in minor units. */
export function sumOf(lines: readonly SettledLine[]): bigint {
  let total = 0n
  for (const { amount } of lines) total += amount
  return total
}
