import type { LocalDate } from '../calendar/date.js'
import { DECIMAL_ZERO, type Decimal } from '../money/decimal.js'
import type { CountChange, UnitStep, UnitSteps } from './types.js'

/** A count that holds on the days `[from, to)`; `to` null: for ever. */
export interface UnitSpan {
  readonly from: LocalDate
  readonly to: LocalDate | null
  readonly units: Decimal
}

export const NO_UNITS: UnitSteps = []

/** The count of a day. */
export function unitsOn(steps: UnitSteps, day: LocalDate): Decimal {
  return steps.findLast(({ on }) => on <= day)?.units ?? DECIMAL_ZERO
}

/** Spans added up: where they overlap their counts add. */
export function sumOfSpans(spans: readonly UnitSpan[]): UnitSteps {
  const changes = new Map<LocalDate, bigint>()
  const change = (on: LocalDate, by: bigint) => changes.set(on, (changes.get(on) ?? 0n) + by)
  for (const { from, to, units } of spans) {
    if (to !== null && to <= from) continue
    change(from, units)
    if (to !== null) change(to, -units)
  }
  let units = 0n
  const steps = [...changes]
    .sort(([left], [right]) => left - right)
    .map(([on, by]) => ({ on, units: (units += by) as Decimal }))
  return withoutRepeats(steps)
}

/** Several counts added up, or with `combine` otherwise. */
export function combineSteps(
  left: UnitSteps,
  right: UnitSteps,
  combine: (left: Decimal, right: Decimal) => bigint = (one, other) => one + other,
): UnitSteps {
  const days = daysOf([left, right])
  return withoutRepeats(
    days.map((on) => ({ on, units: combine(unitsOn(left, on), unitsOn(right, on)) as Decimal })),
  )
}

/** The count from a day on: what held on it is its first step. */
export function stepsFrom(steps: UnitSteps, day: LocalDate): UnitSteps {
  const later = steps.filter(({ on }) => on > day)
  return withoutRepeats([{ on: day, units: unitsOn(steps, day) }, ...later])
}

/** A count once a change of it is written, with its days before that: who had seats then has them still (S14). */
export function afterChange(steps: UnitSteps, change: CountChange | undefined): UnitSteps {
  if (change === undefined) return steps
  const { from, after } = change
  const later = after.filter(({ on }) => on > from)
  // None from its first day on is no step of a change by itself.
  return withoutRepeats([
    ...steps.filter(({ on }) => on < from),
    { on: from, units: unitsOn(after, from) },
    ...later,
  ])
}

/** Stretches of `[from, to)` on which the count does not change. */
export function runsOf(steps: UnitSteps, from: LocalDate, to: LocalDate): readonly UnitSpan[] {
  const inside = steps.filter(({ on }) => on > from && on < to).map(({ on }) => on)
  const days = [from, ...inside]
  return days.map((day, index) => ({ from: day, to: days[index + 1] ?? to, units: unitsOn(steps, day) }))
}

export function sameSteps(left: UnitSteps, right: UnitSteps): boolean {
  const [one, other] = [withoutRepeats(left), withoutRepeats(right)]
  return (
    one.length === other.length &&
    one.every(({ on, units }, index) => on === other[index]?.on && units === other[index]?.units)
  )
}

/** Days on which any of the counts changes, in order. */
export function daysOf(all: readonly UnitSteps[]): readonly LocalDate[] {
  const days = new Set(all.flatMap((steps) => steps.map(({ on }) => on)))
  return [...days].sort((left, right) => left - right)
}

function withoutRepeats(steps: readonly UnitStep[]): UnitSteps {
  return steps.filter(({ units }, index) => units !== (steps[index - 1]?.units ?? DECIMAL_ZERO))
}
