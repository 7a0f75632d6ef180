import { assert } from '../../../core/assert.js'
import { formatLocalDate } from '../../../core/calendar/date.js'
import type { Period } from '../../../core/calendar/period.js'
import { explainLine } from '../../../core/charges/explain.js'
import type { ChargeLine, ChargeResult, Fraction, LineKind } from '../../../core/charges/types.js'
import { currencyDigits } from '../../../core/money/currency.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import { amountDigits } from '../../../core/money/money.js'
import { divideRounded } from '../../../core/money/rounding.js'

/** Dates as "2026-03-11", `to` being the day after the last. */
export interface WrittenPeriod {
  readonly from: string
  readonly to: string
}

/** One line as the calculator prints it, and takes it back as `billed`. Money and decimals are exact text. */
export interface OutputLine {
  readonly kind: LineKind
  readonly period: WrittenPeriod
  readonly from: string
  readonly to: string
  readonly billOn: string
  readonly quantity: string
  readonly unitPrice: string
  readonly days: number
  readonly daysInPeriod: number
  /** `decimal` is what multiplies the price with `durationDecimals`; else days / of to 12 places, for reading. */
  readonly fraction: { readonly days: number; readonly of: number; readonly decimal: string }
  readonly unitAmount?: string
  readonly amount: string
  readonly priceRule: string
  readonly explanation: string
}

export interface CalculatorOutput {
  readonly currency: string
  readonly periods: readonly WrittenPeriod[]
  readonly lines: readonly OutputLine[]
  readonly due: string
  readonly billed: string
  readonly total: string
}

/** Writes a result in the calculator's words; amounts with the digits of their currency. */
export function writeOutput({
  currency,
  periods,
  lines,
  due,
  billed,
  total,
}: ChargeResult): CalculatorOutput {
  return {
    currency,
    periods: periods.map(writePeriod),
    lines: lines.map((line) => writeLine(line, currency)),
    due: amountDigits(due, currency),
    billed: amountDigits(billed, currency),
    total: amountDigits(total, currency),
  }
}

function writePeriod({ from, to }: Period): WrittenPeriod {
  return { from: formatLocalDate(from), to: formatLocalDate(to) }
}

function writeLine(line: ChargeLine, currency: string): OutputLine {
  const { days, of } = line.fraction
  return {
    kind: line.kind,
    period: writePeriod(line.period),
    ...writePeriod(line),
    billOn: formatLocalDate(line.billOn),
    quantity: formatDecimal(line.quantity),
    unitPrice: formatDecimal(line.unitPrice, digitsOf(currency)),
    days: line.days,
    daysInPeriod: line.daysInPeriod,
    fraction: { days, of, decimal: fractionDecimal(line.fraction) },
    ...(line.unitAmount === undefined ? {} : { unitAmount: amountDigits(line.unitAmount, currency) }),
    amount: amountDigits(line.amount, currency),
    priceRule: line.priceRule,
    explanation: explainLine(line, currency),
  }
}

function digitsOf(currency: string): number {
  const digits = currencyDigits(currency)
  assert(digits !== undefined, `writeOutput: unknown currency ${currency}`)
  return digits
}

/** As many places as `durationDecimals` may keep, so that the exact fraction reads the same beside a rounded one. */
const EXACT_FRACTION_PLACES = 12

function fractionDecimal({ days, of, rounded }: Fraction): string {
  const places = rounded?.places ?? EXACT_FRACTION_PLACES
  const units = rounded?.units ?? divideRounded(BigInt(days) * 10n ** BigInt(places), BigInt(of), 'halfAway')
  const digits = units.toString().padStart(places + 1, '0')
  const decimals = digits.slice(-places).replace(/0+$/, '')
  return decimals === '' ? digits.slice(0, -places) : `${digits.slice(0, -places)}.${decimals}`
}
