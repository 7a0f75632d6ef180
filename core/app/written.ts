import { canonical } from '../audit/chain.js'
import { formatLocalDate } from '../calendar/date.js'
import { formatDecimal } from '../money/decimal.js'
import { slotUnits } from '../sync/held.js'
import type { Written } from '../sync/intent.js'
import type { Container, Slot } from '../sync/types.js'

/** What a slot is now, for telling a person's edit later (S9): its counts from the first open day on. */
export function writtenOf(slot: Slot, container: Container): Written {
  return { slotId: slot.id, text: countText(slot, container) }
}

/** "2026-04-01 20, 2026-05-01 25" */
function countText(slot: Slot, container: Container): string {
  const steps = slotUnits(container, slot, container.lockedTo)
  return canonical(steps.map(({ on, units }) => [formatLocalDate(on), formatDecimal(units)]))
}
