import type { Charge } from './charges.js'
import { digitsOf } from './currencies.js'
import { formatDay, parseDay } from './days.js'
import { add, type Fraction, formatFraction, isZero, ONE, parseFraction, subtract, ZERO } from './fraction.js'
import type { BilledLine, Question, Span } from './input.js'
import type { Rules } from './rules.js'

/** A line as the calculator prints it, without its explanation; numerals in their shortest form. */
export type ExpectedLine = BilledLine

export interface Expected {
  readonly currency: string
  readonly periods: readonly { readonly from: string; readonly to: string }[]
  readonly lines: readonly ExpectedLine[]
  readonly due: string
  readonly billed: string
  readonly total: string
}

function readBilled(line: BilledLine): Charge {
  return {
    kind: line.kind,
    period: { from: parseDay(line.period.from), to: parseDay(line.period.to) },
    from: parseDay(line.from),
    to: parseDay(line.to),
    billOn: parseDay(line.billOn),
    quantity: parseFraction(line.quantity),
    unitPrice: parseFraction(line.unitPrice),
    amount: parseFraction(line.amount),
  }
}

/** D9: lines are equal in period, from, to, quantity, unit price and amount. */
function identity(charge: Charge): string {
  const days = [charge.period.from, charge.period.to, charge.from, charge.to]
  const numbers = [charge.quantity, charge.unitPrice, charge.amount].map((value) => formatFraction(value))
  return [...days, ...numbers].join(' ')
}

function sumOf(charges: readonly Charge[]): Fraction {
  return charges.reduce((sum, charge) => add(sum, charge.amount), ZERO)
}

/** The due lines that are not among the settled ones, or undefined when a settled line is not due any more. */
function extraLines(due: readonly Charge[], settled: readonly Charge[]): readonly Charge[] | undefined {
  const extra = [...due]
  for (const charge of settled) {
    const index = extra.findIndex((candidate) => identity(candidate) === identity(charge))
    if (index === -1) return undefined
    extra.splice(index, 1)
  }
  return extra
}

/** B23, D9: one correction = Σ due now − Σ settled, its dates the period's, its `billOn` the latest involved. */
function correction(period: Span, due: readonly Charge[], settled: readonly Charge[]): readonly Charge[] {
  const amount = subtract(sumOf(due), sumOf(settled))
  if (isZero(amount)) return []
  const billOn = Math.max(...[...due, ...settled].map((charge) => charge.billOn))
  const { from, to } = period
  return [{ kind: 'correction', period, from, to, billOn, quantity: ONE, unitPrice: amount, amount }]
}

function settlePeriod(due: readonly Charge[], settled: readonly Charge[], rules: Rules): readonly Charge[] {
  const extra = extraLines(due, settled)
  if (extra !== undefined) return extra
  const first = settled[0]
  if (first === undefined) return due
  if (rules.broken !== 'correctionLeavesOutOneTime') return correction(first.period, due, settled)
  const recurring = (charges: readonly Charge[]) => charges.filter((charge) => charge.kind !== 'oneTime')
  return correction(first.period, recurring(due), recurring(settled))
}

function settleCharges(due: readonly Charge[], billed: readonly Charge[], rules: Rules): readonly Charge[] {
  const key = (charge: Charge) => `${charge.period.from} ${charge.period.to}`
  const keys = [...new Set([...due, ...billed].map(key))]
  return keys.flatMap((wanted) => {
    const ofPeriod = (charges: readonly Charge[]) => charges.filter((charge) => key(charge) === wanted)
    return settlePeriod(ofPeriod(due), ofPeriod(billed), rules)
  })
}

export function expectedLine(charge: Charge, currency: string): ExpectedLine {
  return {
    kind: charge.kind,
    period: { from: formatDay(charge.period.from), to: formatDay(charge.period.to) },
    from: formatDay(charge.from),
    to: formatDay(charge.to),
    billOn: formatDay(charge.billOn),
    quantity: formatFraction(charge.quantity),
    unitPrice: formatFraction(charge.unitPrice),
    amount: formatFraction(charge.amount, digitsOf(currency)),
  }
}

/** B23: what is due minus what each period settled. */
export function settle(
  question: Question,
  periods: readonly Span[],
  due: readonly Charge[],
  rules: Rules,
): Expected {
  const { window, currency } = question
  // D9: billed lines whose period starts outside the window are ignored; D10: lines of zero are never compared.
  const billed = question.billed
    .map(readBilled)
    .filter(({ period, amount }) => period.from >= window.from && period.from < window.to && !isZero(amount))
  const lines = settleCharges(due, billed, rules)
  const money = (value: Fraction) => formatFraction(value, digitsOf(currency))
  return {
    currency,
    periods: periods.map(({ from, to }) => ({ from: formatDay(from), to: formatDay(to) })),
    lines: lines.map((charge) => expectedLine(charge, currency)),
    due: money(sumOf(due)),
    billed: money(sumOf(billed)),
    total: money(sumOf(lines)),
  }
}

/** B23 for lines of one subscription as they are printed: what is due now, minus what was settled. */
export function settleLines(
  due: readonly BilledLine[],
  billed: readonly BilledLine[],
  currency: string,
): readonly ExpectedLine[] {
  return settleCharges(due.map(readBilled), billed.map(readBilled), {}).map((charge) =>
    expectedLine(charge, currency),
  )
}
