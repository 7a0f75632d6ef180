import type { Period } from '../calendar/period.js'
import { scaleOf } from '../charges/amount.js'
import { isCompared, isSameLine, matchLines } from '../charges/settle.js'
import { DECIMAL_ONE, type Decimal } from '../money/decimal.js'
import { settledOf } from './covered.js'
import { isSeatsByKind } from './prices.js'
import { isCounted } from './target.js'
import type { DuePeriod, SettledCharge, StepAction, UnitSteps } from './types.js'
import { combineSteps, runsOf } from './units.js'

// Money beside a count of units, for days on which the count cannot be what is wanted: a day takes one adjustment (S12).

/** From the first day in `[from, to)` on which two counts are not the same to the last; undefined: there is none. */
export function daysApart(left: UnitSteps, right: UnitSteps, { from, to }: Period): Period | undefined {
  const difference = combineSteps(left, right, (one, other) => one - other)
  const apart = runsOf(difference, from, to).filter(({ units }) => units !== 0n)
  const [first, last] = [apart[0], apart.at(-1)]
  return first === undefined || last === undefined ? undefined : { from: first.from, to: last.to ?? to }
}

/**
 * What is due of the seats of a period and is settled neither by the count the PSA will hold nor by money. Fees and
 * other lines that are no counts are left to be written by themselves.
 *
 * @param counted what the count will settle.
 */
export function uncountedSeats(
  { lineageId, lines }: DuePeriod,
  counted: readonly SettledCharge[],
  oneTime: readonly SettledCharge[],
): readonly SettledCharge[] {
  const isByCount = (line: DuePeriod['lines'][number]) => isCounted(line, 'units')
  const other = matchLines(
    oneTime.filter(isCompared),
    lines.filter((line) => !isByCount(line)),
  ).rest
  const due = lines.filter(isByCount).map((line) => ({ ...settledOf(line), lineageId }))
  return differenceOf(due, [...counted, ...other.map((line) => ({ ...line, lineageId }))])
}

/** Lines that bring what is there to what is wanted: what is missing, and the opposite of what is there beyond it. */
export function differenceOf(
  wanted: readonly SettledCharge[],
  there: readonly SettledCharge[],
): readonly SettledCharge[] {
  const left: SettledCharge[] = []
  for (const line of [...wanted, ...there.map(opposite)].filter(isCompared)) {
    const index = left.findIndex((other) => isSameLine(opposite(other), line))
    if (index === -1) left.push(line)
    else left.splice(index, 1)
  }
  return left
}

/** The line that takes another one back: fewer seats of more of them; a fee or a correction stays what it is. */
export function opposite(line: SettledCharge): SettledCharge {
  const quantity = -line.quantity as Decimal
  const { inPsa } = line
  return {
    ...line,
    kind: !isSeatsByKind(line) ? line.kind : quantity < 0n ? 'credit' : 'prorated',
    quantity,
    amount: -line.amount,
    ...(inPsa === undefined ? {} : { inPsa: { ...inPsa, amount: -inPsa.amount } }),
  }
}

export type MoneyLine = Extract<StepAction, { type: 'add' }>

/** Quantity and price of one line with the amount these have in the PSA; undefined: they add up to nothing. */
export function moneyFor(
  settles: readonly SettledCharge[],
  currency: string,
): Pick<MoneyLine, 'quantity' | 'unitPrice'> | undefined {
  const amount = settles.reduce((sum, line) => sum + (line.inPsa ?? line).amount, 0n)
  if (amount === 0n) return undefined
  return { quantity: DECIMAL_ONE, unitPrice: (amount * scaleOf(currency).pricePerMinor) as Decimal }
}
