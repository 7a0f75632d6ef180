import { addDays, addMonths, daysBetween } from '../shared/dates.js'
import { shareOf } from './money.js'
import type { Line, Step } from './records.js'

/** A billing period of a contract, or what the contract's end leaves of it. */
export interface Period {
  readonly start: string
  /** The last day, included; never after the contract's. */
  readonly end: string
  /** Days of the whole period, even when the contract ends within it: what a share is a share of. */
  readonly days: number
}

/** Days of a line over which units and prices stay as they are. */
export interface Stretch {
  readonly start: string
  readonly end: string
  readonly units: number
  readonly price: bigint
  readonly cost: bigint
}

/** What a period bills, as lines: its base, and one for each change within it. Cents. */
export interface Part {
  readonly start: string
  readonly units: number
  readonly unitPrice: bigint
  readonly amount: bigint
  readonly cost: bigint
  readonly prorated: boolean
}

/** Counted from the contract's first day, so that a 31st comes back after a short month. */
export function periodsOf(
  contract: { readonly startDate: string; readonly endDate: string },
  months: number,
): readonly Period[] {
  const periods: Period[] = []
  for (let count = 0; ; count += 1) {
    const start = addMonths(contract.startDate, count * months)
    if (start > contract.endDate) return periods
    const next = addMonths(contract.startDate, (count + 1) * months)
    const last = addDays(next, -1)
    periods.push({
      start,
      end: last < contract.endDate ? last : contract.endDate,
      days: daysBetween(start, next),
    })
  }
}

export function unitsOn(steps: readonly Step[], date: string): number {
  return steps.reduce((units, step) => (step.date <= date ? units + step.unitChange : units), 0)
}

function lastSet(steps: readonly Step[], date: string, field: 'price' | 'cost'): bigint {
  let value = 0n
  for (const step of steps) if (step.date <= date) value = step[field] ?? value
  return value
}

export function priceOn(steps: readonly Step[], date: string): bigint {
  return lastSet(steps, date, 'price')
}

export function costOn(steps: readonly Step[], date: string): bigint {
  return lastSet(steps, date, 'cost')
}

/** A period cut at every change within it. */
export function stretchesOf(steps: readonly Step[], period: Period): readonly Stretch[] {
  const cuts = steps.map(({ date }) => date).filter((date) => date > period.start && date <= period.end)
  const starts = [...new Set([period.start, ...cuts])].sort()
  return starts.map((start, index) => {
    const next = starts[index + 1]
    return {
      start,
      end: next === undefined ? period.end : addDays(next, -1),
      units: unitsOn(steps, start),
      price: priceOn(steps, start),
      cost: costOn(steps, start),
    }
  })
}

/** Days from `start` to `end`, both included. */
export function daysFromTo(start: string, end: string): number {
  return daysBetween(start, end) + 1
}

/**
 * The base is what holds on the first day, for all days of the contract in the period; each change adds its difference
 * for the days that are left. Every line is rounded once.
 */
export function partsOf(steps: readonly Step[], period: Period): readonly Part[] {
  const stretches = stretchesOf(steps, period)
  return stretches.map((now, index) => {
    const before = stretches[index - 1]
    const share = (value: bigint): bigint => shareOf(value, daysFromTo(now.start, period.end), period.days)
    const worth = (stretch: Stretch | undefined, field: 'price' | 'cost'): bigint =>
      stretch === undefined ? 0n : BigInt(stretch.units) * stretch[field]
    return {
      start: now.start,
      ...changeOf(before, now),
      amount: share(worth(now, 'price') - worth(before, 'price')),
      cost: share(worth(now, 'cost') - worth(before, 'cost')),
      prorated: daysFromTo(now.start, period.end) !== period.days,
    }
  })
}

/** A difference as units times a price: more units, or another price, or (both at once) the whole as one. */
function changeOf(before: Stretch | undefined, now: Stretch): { units: number; unitPrice: bigint } {
  if (before === undefined) return { units: now.units, unitPrice: now.price }
  if (before.price === now.price) return { units: now.units - before.units, unitPrice: now.price }
  if (before.units === now.units) return { units: now.units, unitPrice: now.price - before.price }
  return { units: 1, unitPrice: BigInt(now.units) * now.price - BigInt(before.units) * before.price }
}

/** A stretch with its amounts in cents. */
export interface Priced extends Stretch {
  readonly amount: bigint
  readonly costAmount: bigint
}

/**
 * A period's rows. Each is its own share, rounded; the last one with units takes what is left, so that the rows add up
 * to the lines of {@link partsOf} to the cent.
 */
export function pricedStretches(steps: readonly Step[], period: Period): readonly Priced[] {
  const stretches = stretchesOf(steps, period)
  const parts = partsOf(steps, period)
  const amounts = fitted(stretches, period, 'price', sum(parts.map(({ amount }) => amount)))
  const costs = fitted(stretches, period, 'cost', sum(parts.map(({ cost }) => cost)))
  return stretches.map((stretch, index) => ({
    ...stretch,
    amount: amounts[index] ?? 0n,
    costAmount: costs[index] ?? 0n,
  }))
}

function fitted(
  stretches: readonly Stretch[],
  period: Period,
  field: 'price' | 'cost',
  total: bigint,
): readonly bigint[] {
  const own = stretches.map((stretch) =>
    shareOf(BigInt(stretch.units) * stretch[field], daysFromTo(stretch.start, stretch.end), period.days),
  )
  const taker = stretches.findLastIndex(({ units }) => units !== 0)
  const left = total - sum(own)
  return own.map((amount, index) => (index === taker ? amount + left : amount))
}

export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}

/** The last day of the last posted period; undefined: nothing is posted. */
export function postedThrough(line: Line, periods: readonly Period[]): string | undefined {
  return periods.findLast(({ start }) => line.posted.has(start))?.end
}
