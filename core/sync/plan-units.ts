import { type LocalDate, addDays } from '../calendar/date.js'
import type { Decimal } from '../money/decimal.js'
import type { Container, CountDraft, UnitSteps } from './types.js'
import { combineSteps, daysOf, stepsFrom, sumOfSpans, unitsOn } from './units.js'

/** What planning the count of one item needs to know. */
export interface UnitsTask {
  /** As read: a day on which it changes has an adjustment, ours or a person's, and takes no other (S12). */
  readonly have: UnitSteps
  /** Other days that have one. */
  readonly adjustedOn: readonly LocalDate[]
  readonly want: UnitSteps
  /** First day that is ours to count. */
  readonly openFrom: LocalDate
  readonly container: Pick<Container, 'to'>
  /** What a unit costs where the item is new in the container. */
  readonly unitPrice: Decimal | undefined
}

/**
 * The adjustments that bring a count to what is wanted (S12): one net change for each day on which the two begin to
 * differ otherwise than before, each stated with all counts from the first open day before and after it. A change of a
 * day that has an adjustment already goes into the one of the next day that has none; the days between are money
 * (apart.ts).
 */
export function planUnits({
  have,
  adjustedOn,
  want,
  openFrom,
  container,
  unitPrice,
}: UnitsTask): readonly CountDraft[] {
  let before = stepsFrom(have, openFrom)
  const missing = combineSteps(stepsFrom(want, openFrom), before, (wanted, there) => wanted - there)
  const taken = new Set([...daysOf([have]), ...adjustedOn])
  const changes = daysOf([missing])
  const isBilled = (day: LocalDate) => container.to === null || day < container.to
  const actions: CountDraft[] = []
  let written = 0n
  let on = changes[0]
  while (on !== undefined) {
    const day = on
    const delta = (unitsOn(missing, day) - written) as Decimal
    if (delta !== 0n && !taken.has(day)) {
      const after = combineSteps(before, sumOfSpans([{ from: day, to: null, units: delta }]))
      actions.push({ type: 'adjust', on: day, delta, unitPrice, count: { from: openFrom, before, after } })
      before = after
      written += delta
    }
    const isWaiting = unitsOn(missing, day) !== written && isBilled(addDays(day, 1))
    on = isWaiting ? addDays(day, 1) : changes.find((later) => later > day)
  }
  return actions
}
