import { addMonths, type Day, daysInMonth, monthNumber, partsOf } from './days.js'
import { add, compare, type Fraction, fraction, ONE, round, subtract, ZERO } from './fraction.js'
import type { Policy, Span, Subscription } from './input.js'
import type { BillingSpan } from './periods.js'
import type { Rules } from './rules.js'

/** Everything the fraction of a line depends on. */
export interface Measure {
  readonly period: BillingSpan
  readonly policy: Policy
  readonly subscription: Subscription
  readonly paused: (day: Day) => boolean
  readonly rules: Rules
}

/** B5 `thirty`: f(d) = 360 · year + 30 · month + min(day, 30). */
function thirty(day: Day): number {
  const { year, month, day: ofMonth } = partsOf(day)
  return 360 * year + 30 * month + Math.min(ofMonth, 30)
}

/** The part of a month that one day is; summed over days. `baseMonth` cannot be summed and has its own formula. */
function monthsOfDay(day: Day, dayCount: Policy['dayCount']): Fraction {
  if (dayCount === 'thirty') return fraction(BigInt(thirty(day + 1) - thirty(day)), 30n)
  if (dayCount === 'calendarMonths') return fraction(1n, BigInt(daysInMonth(monthNumber(day))))
  return fraction(1n, 30n)
}

/** B5 `baseMonth`: D = m + (to − (from + m months, clamped)) ÷ days of the base month, m by month numbers. */
function baseMonths(span: Span, baseMonth: Day): Fraction {
  const months = monthNumber(span.to) - monthNumber(span.from)
  const rest = span.to - addMonths(span.from, months)
  return add(fraction(BigInt(months)), fraction(BigInt(rest), BigInt(daysInMonth(monthNumber(baseMonth)))))
}

/** The stretches of paused days inside a span. */
function pausedStretches(span: Span, paused: (day: Day) => boolean): readonly Span[] {
  const stretches: Span[] = []
  let from: Day | undefined
  for (let day = span.from; day <= span.to; day += 1) {
    const inside = day < span.to && paused(day)
    if (inside && from === undefined) from = day
    if (!inside && from !== undefined) {
      stretches.push({ from, to: day })
      from = undefined
    }
  }
  return stretches
}

/** Months of a span without its paused days (D1: a pause takes its days out of each line's day count). */
function monthsOf(span: Span, measure: Measure): Fraction {
  const { policy, paused, period, rules } = measure
  if (policy.dayCount === 'baseMonth') {
    // D3: `baseMonth` absent = the month of the period's start.
    const base = rules.broken === 'baseMonthOfJanuary' ? 0 : (policy.baseMonth ?? period.from)
    return pausedStretches(span, paused).reduce(
      (months, stretch) => subtract(months, baseMonths(stretch, base)),
      baseMonths(span, base),
    )
  }
  let months = ZERO
  for (let day = span.from; day < span.to; day += 1) {
    if (!paused(day)) months = add(months, monthsOfDay(day, policy.dayCount))
  }
  return months
}

function daysOf(span: Span, paused: (day: Day) => boolean): bigint {
  let days = 0n
  for (let day = span.from; day < span.to; day += 1) if (!paused(day)) days += 1n
  return days
}

function exactShare(span: Span, measure: Measure): Fraction {
  const { policy, period, subscription, rules } = measure
  if (policy.dayCount === 'actual') {
    // B4: a short term is prorated over the nominal term.
    const over = rules.broken === 'shortTermOverItself' ? period : period.nominal
    return fraction(daysOf(span, measure.paused), BigInt(over.to - over.from))
  }
  // D2: the months of a period of n months are divided by n.
  const length = rules.broken === 'monthsNotDivided' ? 1 : subscription.length
  const months = monthsOf(span, measure)
  return fraction(months.numerator, months.denominator * BigInt(length))
}

/** True when a line covers a full period without a paused day; such a line goes through no division (B2). */
export function isFull(span: Span, measure: Measure): boolean {
  const { nominal } = measure.period
  return (
    span.from === nominal.from &&
    span.to === nominal.to &&
    daysOf(span, measure.paused) === BigInt(nominal.to - nominal.from)
  )
}

/** The part of a full period that a line covers, held within 0…1 (D3), rounded half away when asked (B2). */
export function shareOf(span: Span, measure: Measure): Fraction {
  const { policy, rules } = measure
  if (isFull(span, measure) && rules.broken !== 'wholeMonthCounted') return ONE
  const exact = exactShare(span, measure)
  const above = compare(exact, ONE) > 0 && rules.broken !== 'fractionAboveOne'
  const held = above ? ONE : compare(exact, ZERO) < 0 ? ZERO : exact
  return policy.durationDecimals === 'exact' ? held : round(held, policy.durationDecimals, 'halfAway')
}
