import { assert } from '../assert.js'
import { formatLocalDate, parseLocalDate } from '../calendar/date.js'
import { formatDecimal, parseDecimal } from '../money/decimal.js'
import { linesBeside } from '../sync/beside.js'
import { slotUnits } from '../sync/held.js'
import type { Written } from '../sync/intent.js'
import type { Container, OtherLine, Slot, UnitSteps } from '../sync/types.js'

/**
 * What a slot is now, for telling a person's edit later (S9): its counts from the first open day on, and what stands beside it.
 *
 * @param slots all there are.
 */
export function writtenOf(slot: Slot, container: Container, slots: readonly Slot[]): Written {
  const counts = slotUnits(container, slot, container.lockedTo)
  return { slotId: slot.id, text: writtenText(counts, linesBeside(container, slot.itemId, slots)) }
}

/**
 * "2026-04-01 20|2026-05-01 25;108 5 22 2026-03-11 -": counts, and after them lines of somebody else.
 *
 * @param beside undefined: nobody looked.
 */
export function writtenText(steps: UnitSteps, beside: readonly OtherLine[] | undefined): string {
  const counts = steps.map(({ on, units }) => `${formatLocalDate(on)} ${formatDecimal(units)}`).join('|')
  return beside === undefined ? counts : `${counts};${beside.map(otherText).join('|')}`
}

function otherText({ id, quantity, unitPrice, from, to }: OtherLine): string {
  const end = to === null ? '-' : formatLocalDate(to)
  return `${id} ${formatDecimal(quantity)} ${formatDecimal(unitPrice)} ${formatLocalDate(from)} ${end}`
}

/** The counts a {@link Written} holds. */
export function writtenUnits({ text }: Written): UnitSteps {
  const [counts = ''] = text.split(';')
  return (counts === '' ? [] : counts.split('|')).map((step) => {
    const [day = '', count = ''] = step.split(' ')
    const [on, units] = [parseLocalDate(day), parseDecimal(count)]
    assert(on !== undefined && units !== undefined, `counts that cannot be read: ${step}`)
    return { on, units }
  })
}

/** Lines that are not as a {@link Written} holds them; undefined where it does not tell. */
export function cameBeside(
  { text }: Written,
  beside: readonly OtherLine[],
): readonly OtherLine[] | undefined {
  const [, known] = text.split(';')
  if (known === undefined) return undefined
  const there = new Set(known.split('|'))
  return beside.filter((line) => !there.has(otherText(line)))
}
