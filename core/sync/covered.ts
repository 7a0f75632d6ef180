import { amountOf, scaleOf } from '../charges/amount.js'
import type { Period } from '../calendar/period.js'
import type { ChargeLine, SettledLine } from '../charges/types.js'
import { DECIMAL_ZERO, type Decimal } from '../money/decimal.js'
import { isCounted, priceOn } from './target.js'
import type { DuePeriod, ProrationMode, SettledCharge, UnitSteps } from './types.js'
import { combineSteps, runsOf, sumOfSpans } from './units.js'

/** Amounts of days the PSA holds and nothing due asks for: rounded once, as every line (B2). */
const ROUNDING = { roundAt: 'line', roundMode: 'halfAway' } as const

/**
 * What is settled of one subscription and period by the count the PSA holds (S2): every due line whose seats are there
 * on all of its days, and what is there beyond or short of them as a line of its own.
 *
 * @param held the subscription's share of the count.
 * @param price what the PSA charged for a seat; undefined: what is due.
 */
export function coveredLines(
  { lineageId, period, lines }: DuePeriod,
  held: UnitSteps,
  currency: string,
  mode: ProrationMode,
  price?: Decimal,
): readonly SettledCharge[] {
  const settled: SettledCharge[] = []
  let left = held
  for (const line of lines) {
    if (!isCounted(line, mode)) continue
    const after = combineSteps(left, spanOf(line), (units, wanted) => units - wanted)
    if (!isThroughout(line, after)) continue
    settled.push({ ...atPrice(settledOf(line), currency, price), lineageId })
    left = after
  }
  // A PSA that counts units bills the changes of one count: with others than are due, no due line is billed as it is.
  const isOtherwise =
    mode === 'units' && runsOf(left, period.from, period.to).some(({ units }) => units !== 0n)
  if (isOtherwise) return asBilled({ lineageId, period, lines }, held, currency, price)
  return [...settled, ...restOf({ lineageId, period, lines }, left, currency, price)]
}

/** A line for each change of a count; one that is due alike is the due line. */
function asBilled(
  due: DuePeriod,
  held: UnitSteps,
  currency: string,
  price?: Decimal,
): readonly SettledCharge[] {
  const counted = due.lines.filter((line) => isCounted(line, 'units'))
  return restOf(due, held, currency, price).map((line) => {
    const alike = counted.find(
      ({ from, to, quantity }) => from === line.from && to === line.to && quantity === line.quantity,
    )
    const { lineageId } = due
    return alike === undefined ? line : { ...atPrice(settledOf(alike), currency, price), lineageId }
  })
}

/** A line as the PSA charged it. */
function atPrice(line: SettledLine, currency: string, price: Decimal | undefined): SettledLine {
  if (price === undefined || price === line.unitPrice) return line
  const { quantity, period } = line
  return { ...line, unitPrice: price, amount: amountFor(currency, quantity, price, line, period) }
}

/** A decrease is there when the count is down to it; seats when there are enough. */
function isThroughout({ from, to, quantity }: ChargeLine, left: UnitSteps): boolean {
  return runsOf(left, from, to).every(({ units }) => (quantity < 0n ? units === 0n : units >= 0n))
}

function spanOf({ from, to, quantity }: ChargeLine): UnitSteps {
  return sumOfSpans([{ from, to, units: quantity }])
}

/**
 * Seats that are there without being due on those days, or are missing although a due line counted on them: what there is
 * on the first day for all of the period, and each change for the days that are left, as due lines are made. Stretch by
 * stretch their rounded amounts would not add up to what is charged for the whole.
 */
function restOf(
  { lineageId, period, lines }: DuePeriod,
  left: UnitSteps,
  currency: string,
  price: Decimal | undefined,
): readonly SettledCharge[] {
  const unitPrice = price ?? priceOn([{ lineageId, period, lines }], period.from) ?? DECIMAL_ZERO
  return changesIn(left, period).map(({ on: from, units }) => {
    const { to } = period
    return {
      lineageId,
      kind: units < 0n ? 'credit' : from === period.from ? 'recurring' : 'prorated',
      period,
      from,
      to,
      billOn: from,
      quantity: units,
      unitPrice,
      amount: amountFor(currency, units, unitPrice, { from, to }, period),
    }
  })
}

/** By how much a count changes within a period; on its first day from nothing. */
function changesIn(steps: UnitSteps, { from, to }: Period): UnitSteps {
  let before = 0n
  return runsOf(steps, from, to).flatMap(({ from: on, units }) => {
    const by = (units - before) as Decimal
    before = units
    return by === 0n ? [] : [{ on, units: by }]
  })
}

/** quantity × price × days of the span / days of the period, rounded once to minor units. */
export function amountFor(
  currency: string,
  quantity: Decimal,
  unitPrice: Decimal,
  span: Period,
  period: Period,
): bigint {
  const fraction = { days: span.to - span.from, of: period.to - period.from }
  return amountOf(scaleOf(currency), ROUNDING, quantity, unitPrice, fraction).amount
}

/** A due line without what only its explanation needs. */
export function settledOf(line: ChargeLine): Omit<SettledCharge, 'lineageId'> {
  const { kind, period, from, to, billOn, quantity, unitPrice, amount } = line
  return { kind, period, from, to, billOn, quantity, unitPrice, amount }
}
