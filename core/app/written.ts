import { assert } from '../assert.js'
import { formatLocalDate, parseLocalDate } from '../calendar/date.js'
import { formatDecimal, parseDecimal } from '../money/decimal.js'
import { slotUnits } from '../sync/held.js'
import type { Written } from '../sync/intent.js'
import type { Container, Slot, UnitSteps } from '../sync/types.js'

/** What a slot is now, for telling a person's edit later (S9): its counts from the first open day on. */
export function writtenOf(slot: Slot, container: Container): Written {
  return { slotId: slot.id, text: countText(slotUnits(container, slot, container.lockedTo)) }
}

/** "2026-04-01 20|2026-05-01 25" */
export function countText(steps: UnitSteps): string {
  return steps.map(({ on, units }) => `${formatLocalDate(on)} ${formatDecimal(units)}`).join('|')
}

/** The counts a {@link Written} holds. */
export function writtenUnits({ text }: Written): UnitSteps {
  const steps = text === '' ? [] : text.split('|')
  return steps.map((step) => {
    const [day = '', count = ''] = step.split(' ')
    const [on, units] = [parseLocalDate(day), parseDecimal(count)]
    assert(on !== undefined && units !== undefined, `counts that cannot be read: ${step}`)
    return { on, units }
  })
}
