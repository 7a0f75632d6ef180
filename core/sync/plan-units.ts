import { assert } from '../assert.js'
import type { LocalDate } from '../calendar/date.js'
import { DECIMAL_ZERO, type Decimal } from '../money/decimal.js'
import type { CountDraft, UnitSteps } from './types.js'
import { combineSteps, daysOf, sameSteps, stepsFrom, sumOfSpans, unitsOn } from './units.js'

/**
 * The adjustments that bring a count to what is wanted (S12): one net change for each day on which the two begin to
 * differ otherwise than before, each stated with all counts from the first open day before and after it.
 *
 * @param unitPrice what a unit costs where the item is new in the container.
 */
export function planUnits(
  have: UnitSteps,
  want: UnitSteps,
  openFrom: LocalDate,
  unitPrice: Decimal | undefined,
): readonly CountDraft[] {
  let before = stepsFrom(have, openFrom)
  const target = stepsFrom(want, openFrom)
  const missing = combineSteps(target, before, (wanted, there) => wanted - there)
  const actions: CountDraft[] = []
  let last = DECIMAL_ZERO
  for (const on of daysOf([missing])) {
    const now = unitsOn(missing, on)
    const delta = (now - last) as Decimal
    last = now
    if (delta === 0n) continue
    const after = combineSteps(before, sumOfSpans([{ from: on, to: null, units: delta }]))
    actions.push({ type: 'adjust', on, delta, unitPrice, count: { from: openFrom, before, after } })
    before = after
  }
  assert(sameSteps(before, target), 'planUnits: the adjustments add up to what is wanted')
  return actions
}
