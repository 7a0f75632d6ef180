import { assert, unreachable } from '../assert.js'
import { type LocalDate, addMonths, dayOfMonth, daysInMonth, monthNumber, toCivil } from '../calendar/date.js'
import { type Period, daysIn } from '../calendar/period.js'
import type { ChargedPeriod } from './periods.js'
import type { Fraction, Policy } from './types.js'

/** Days the banker's month has (B5). */
const DAYS_OF_30 = 30

/** What a line covers: its days of service, and which part of its whole period they are. */
export interface Coverage {
  readonly days: number
  readonly daysInPeriod: number
  readonly fraction: Pick<Fraction, 'days' | 'of' | 'parts'>
}

interface Measure {
  readonly days: number
  readonly of: number
  readonly parts?: readonly { readonly days: number; readonly of: number }[]
}

/**
 * B5, D1, D3: the part of its whole period a line `[from, to)` covers without its paused days. A full period is 1
 * whatever the day count, and never goes through a division (B2); a fraction is held within 0…1.
 */
export function coverageOf(
  { period, wholeFrom, policy }: ChargedPeriod,
  months: number,
  from: LocalDate,
  to: LocalDate,
  pauses: readonly Period[],
): Coverage {
  const daysInPeriod = period.to - wholeFrom
  if (pauses.length === 0) {
    const days = to - from
    if (policy.dayCount === 'actual' || days === daysInPeriod)
      return { days, daysInPeriod, fraction: { days, of: daysInPeriod } }
  }
  const stretches = withoutPauses({ from, to }, pauses)
  const days = stretches.reduce((sum, stretch) => sum + daysIn(stretch), 0)
  if (days === daysInPeriod) return { days, daysInPeriod, fraction: { days, of: daysInPeriod } }
  return {
    days,
    daysInPeriod,
    fraction: held(measure(stretches, days, daysInPeriod, months, period.from, policy)),
  }
}

/** D1: what a line keeps of its days when the pauses are taken out. */
export function withoutPauses(line: Period, pauses: readonly Period[]): readonly Period[] {
  const kept: Period[] = []
  let from = line.from
  for (const pause of pauses) {
    if (pause.to <= from) continue
    if (pause.from >= line.to) break
    if (pause.from > from) kept.push({ from, to: pause.from })
    from = pause.to
  }
  if (from < line.to) kept.push({ from, to: line.to })
  return kept
}

/** D3 */
function held(fraction: Measure): Measure {
  if (fraction.days < 0) return { days: 0, of: fraction.of }
  return fraction.days > fraction.of ? { days: fraction.of, of: fraction.of } : fraction
}

/** D2: every day count but `actual` measures months and is divided by the months of the period. */
function measure(
  stretches: readonly Period[],
  days: number,
  daysInPeriod: number,
  months: number,
  periodFrom: LocalDate,
  policy: Policy,
): Measure {
  assert(policy.dayCount === 'actual' || months > 0, 'measure: only actual days measure a period of days')
  switch (policy.dayCount) {
    case 'actual':
      return { days, of: daysInPeriod }
    case 'actualOver30':
      return { days, of: DAYS_OF_30 * months }
    case 'thirty':
      return { days: sum(stretches, daysOf360), of: DAYS_OF_30 * months }
    case 'calendarMonths':
      return calendarMonths(stretches, months)
    case 'baseMonth': {
      const base = toCivil(policy.baseMonth ?? periodFrom)
      const baseDays = daysInMonth(base.year, base.month)
      return { days: sum(stretches, (stretch) => daysOfBaseMonth(stretch, baseDays)), of: baseDays * months }
    }
    default:
      return unreachable(policy.dayCount, 'measure')
  }
}

function sum(stretches: readonly Period[], days: (stretch: Period) => number): number {
  return stretches.reduce((total, stretch) => total + days(stretch), 0)
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
function calendarMonths(stretches: readonly Period[], months: number): Measure {
  const parts = new Map<number, { days: number; of: number }>()
  for (const stretch of stretches) {
    for (let { from } = stretch; from < stretch.to; ) {
      const month = monthNumber(from)
      const [first, next] = [dayOfMonth(month, 1), dayOfMonth(month + 1, 1)]
      const to = next < stretch.to ? next : stretch.to
      const part = parts.get(month)
      parts.set(month, { days: (part?.days ?? 0) + to - from, of: (next - first) * months })
      from = to
    }
  }
  return total([...parts.values()])
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
