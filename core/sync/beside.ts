import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { scaleOf } from '../charges/amount.js'
import { isCompared, isSameLine, matchLines } from '../charges/settle.js'
import type { SettledLine } from '../charges/types.js'
import { DECIMAL_ONE, type Decimal } from '../money/decimal.js'
import { amountFor, settledOf } from './covered.js'
import { isCounted } from './target.js'
import type { DuePeriod, SettledCharge, StepAction, UnitSteps } from './types.js'
import { combineSteps, runsOf } from './units.js'

// Money beside a count of units, for days on which the count cannot be what is wanted: a day takes one adjustment (S12).

/** Whether two counts are the same on every day of `[from, to)`. */
export function isSameCount(left: UnitSteps, right: UnitSteps, { from, to }: Period): boolean {
  const difference = combineSteps(left, right, (one, other) => one - other)
  return runsOf(difference, from, to).every(({ units }) => units === 0n)
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
  const isSeats = (line: DuePeriod['lines'][number]) => isCounted(line, 'units')
  const other = matchLines(
    oneTime.filter(isCompared),
    lines.filter((line) => !isSeats(line)),
  ).rest
  const due = lines.filter(isSeats).map((line) => ({ ...settledOf(line), lineageId }))
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

/** The line that takes another one back. */
export function opposite(line: SettledCharge): SettledCharge {
  const quantity = -line.quantity as Decimal
  return { ...line, kind: quantity < 0n ? 'credit' : 'prorated', quantity, amount: -line.amount }
}

export type MoneyLine = Extract<StepAction, { type: 'add' }>

/** Amount and days of a line that is billed once. */
export interface Money extends Pick<MoneyLine, 'quantity' | 'unitPrice' | 'from'> {
  readonly to: LocalDate
}

/**
 * One line with the amount of these, for the days they are for; undefined: they add up to nothing.
 *
 * @param sell what the PSA charges for a seat of this price (S15).
 * @param opens first day the line may be dated on.
 */
export function moneyFor(
  settles: readonly SettledCharge[],
  currency: string,
  sell: (price: Decimal) => Decimal,
  opens: LocalDate,
): Money | undefined {
  const amount = settles.reduce((sum, line) => sum + amountAt(line, currency, sell), 0n)
  if (amount === 0n) return undefined
  const from = Math.max(opens, Math.min(...settles.map((line) => line.from))) as LocalDate
  const to = Math.max(...settles.map((line) => line.to)) as LocalDate
  const unitPrice = (amount * scaleOf(currency).pricePerMinor) as Decimal
  return { quantity: DECIMAL_ONE, unitPrice, from, to }
}

const SEATS: ReadonlySet<SettledLine['kind']> = new Set(['recurring', 'prorated', 'credit'])

/** Seats cost what the PSA charges for them; a fee or a correction is an amount of its own. */
function amountAt(line: SettledCharge, currency: string, sell: (price: Decimal) => Decimal): bigint {
  const price = SEATS.has(line.kind) ? sell(line.unitPrice) : line.unitPrice
  if (price === line.unitPrice) return line.amount
  return amountFor(currency, line.quantity, price, line, line.period)
}
