import { assert, unreachable } from '../assert.js'
import { type LocalDate, addMonths, dayOfMonth, daysInMonth, monthNumber, toCivil } from '../calendar/date.js'
import { type Period, daysIn } from '../calendar/period.js'
import type { ChargedPeriod } from './periods.js'
import type { Fraction, Policy } from './types.js'

/** Days the banker's month has (B5). */
const DAYS_OF_30 = 30

type Measure = Pick<Fraction, 'days' | 'of' | 'parts'>

/** What a line covers: its days of service, and which part of its whole period they are. */
export interface Coverage {
  readonly days: number
  readonly daysInPeriod: number
  readonly fraction: Measure
}

/**
 * B5, D1, D3: the part of its whole period a line covers without its paused days. A full period is 1 whatever the day
 * count, and never goes through a division (B2); a fraction is held within 0…1.
 */
export function coverageOf(
  { period, wholeFrom, policy }: ChargedPeriod,
  months: number,
  line: Period,
  allPauses: readonly Period[],
): Coverage {
  const daysInPeriod = period.to - wholeFrom
  const pauses = allPauses.length === 0 ? allPauses : pausesWithin(line, allPauses)
  const days = without(pauses, line, daysIn)
  if (policy.dayCount === 'actual' || days === daysInPeriod) {
    return { days, daysInPeriod, fraction: { days, of: daysInPeriod } }
  }
  assert(months > 0, 'coverageOf: only actual days measure a period of days')
  const base = policy.baseMonth ?? period.from
  return {
    days,
    daysInPeriod,
    fraction: held(measureInMonths(line, pauses, months, policy.dayCount, base)),
  }
}

/** D1: the paused stretches of a line. */
function pausesWithin(line: Period, pauses: readonly Period[]): readonly Period[] {
  return pauses
    .filter(({ from, to }) => from < line.to && to > line.from)
    .map(({ from, to }) => ({ from: from > line.from ? from : line.from, to: to < line.to ? to : line.to }))
}

/** D1: pauses take their days out of the line's day count, each measured as the line is. */
function without(pauses: readonly Period[], line: Period, measure: (stretch: Period) => number): number {
  let days = measure(line)
  for (const pause of pauses) days -= measure(pause)
  return days
}

/** D3 */
function held(fraction: Measure): Measure {
  if (fraction.days < 0) return { days: 0, of: fraction.of }
  return fraction.days > fraction.of ? { days: fraction.of, of: fraction.of } : fraction
}

/** D2: every day count but `actual` measures months and is divided by the months of the period. */
function measureInMonths(
  line: Period,
  pauses: readonly Period[],
  months: number,
  dayCount: Exclude<Policy['dayCount'], 'actual'>,
  base: LocalDate,
): Measure {
  switch (dayCount) {
    case 'actualOver30':
      return { days: without(pauses, line, daysIn), of: DAYS_OF_30 * months }
    case 'thirty':
      return { days: without(pauses, line, daysOf360), of: DAYS_OF_30 * months }
    case 'calendarMonths':
      return calendarMonths(line, pauses, months)
    case 'baseMonth': {
      const { year, month } = toCivil(base)
      const baseDays = daysInMonth(year, month)
      const days = without(pauses, line, (stretch) => daysOfBaseMonth(stretch, baseDays))
      return { days, of: baseDays * months }
    }
    default:
      return unreachable(dayCount, 'measureInMonths')
  }
}

/** B5 `thirty`: f(to) − f(from) with f = 360·year + 30·month + min(day, 30). */
function daysOf360({ from, to }: Period): number {
  return dayOf360(to) - dayOf360(from)
}

function dayOf360(date: LocalDate): number {
  return DAYS_OF_30 * monthNumber(date) + Math.min(toCivil(date).day, DAYS_OF_30)
}

/** B5 `baseMonth`: months between, each worth the base month's days, and the days to the same day that many later. */
function daysOfBaseMonth({ from, to }: Period, baseDays: number): number {
  const between = monthNumber(to) - monthNumber(from)
  return between * baseDays + (to - addMonths(from, between))
}

/** B5 `calendarMonths`: each part over its own month (20 Jan → 7 Feb = 12/31 + 6/28). */
function calendarMonths(line: Period, pauses: readonly Period[], months: number): Measure {
  const parts: { readonly days: number; readonly of: number }[] = []
  for (let { from } = line; from < line.to; ) {
    const month = monthNumber(from)
    const next = dayOfMonth(month + 1, 1)
    const part = { from, to: next < line.to ? next : line.to }
    const days = without(pausesWithin(part, pauses), part, daysIn)
    if (days > 0) parts.push({ days, of: (next - dayOfMonth(month, 1)) * months })
    from = part.to
  }
  return total(parts)
}

/** Adds parts over their least common multiple: at most 28·29·30·31 days times the months, far below 2^53. */
function total(parts: readonly { readonly days: number; readonly of: number }[]): Measure {
  const of = parts.reduce((common, part) => (common * part.of) / greatestCommonDivisor(common, part.of), 1)
  const days = parts.reduce((all, part) => all + (part.days * of) / part.of, 0)
  return parts.length > 1 ? { days, of, parts } : { days, of }
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right)
}
