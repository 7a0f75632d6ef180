import { besideChange } from './beside.js'
import { type SlotPlace, slotUnits } from './held.js'
import type { Container, PsaLine, Slot, Step } from './types.js'
import { sameSteps } from './units.js'

/**
 * How a container stands to a step (S7): what the step wants is there; what it was planned from is there; or it is
 * neither, and why.
 */
export type Standing =
  | { readonly type: 'done' }
  | { readonly type: 'before' }
  | { readonly type: 'other'; readonly why: string }

const DONE: Standing = { type: 'done' }
const BEFORE: Standing = { type: 'before' }

/** @param slot the slot of the step: where its line is may have been mapped anew. */
export function standingOf(step: Step, container: Container, slot: SlotPlace): Standing {
  const own = lineStanding(step, container)
  const { count } = step
  // A price changes no count: what the counts are says nothing about it.
  if (count === undefined || own.type === 'other' || step.type === 'setPrice') return own
  if (own.type === 'before' && container.lockedTo > count.from) return other(INVOICED)
  const now = slotUnits(container, slot, count.from)
  // A line of its own is done when it is there: equal counts may be another's, as where one is ended for it.
  if (sameSteps(now, count.after)) return step.type === 'add' && own.type !== 'done' ? other(OTHERWISE) : DONE
  if (own.type === 'done') return other('the line is as it should be, but the counts beside it are not')
  if (sameSteps(now, count.before)) return BEFORE
  return other('the counts are neither what they were nor what they should be')
}

/**
 * The same before a step is sent: what stands beside it has to be what it was approved beside, or it would come on top of
 * what a person did. A step that is there already is done whatever came beside it.
 *
 * @param slots all there are.
 */
export function standingAtDoor(step: Step, container: Container, slots: readonly Slot[]): Standing {
  const standing = standingOf(step, container, placeOf(step, slots))
  if (standing.type !== 'before') return standing
  const why = besideChange(step, container, slots)
  return why === undefined ? BEFORE : other(why)
}

/** Where a step is to be looked for. */
export function placeOf({ slotId, itemId }: Step, slots: readonly Slot[]): SlotPlace {
  return slots.find(({ id }) => id === slotId) ?? { id: slotId, itemId, lineId: undefined }
}

/** What the line a step is about says by itself. */
function lineStanding(step: Step, { lines }: Container): Standing {
  switch (step.type) {
    case 'add':
      return addStanding(
        step,
        lines.filter(({ marker }) => marker === step.marker),
      )
    case 'setQuantity':
      return changeStanding(step.lineId, lines, ({ quantity }) => quantity, step.before, step.after)
    case 'setPrice':
      return changeStanding(step.lineId, lines, ({ unitPrice }) => unitPrice, step.before, step.after)
    case 'end':
      return changeStanding(step.lineId, lines, ({ to }) => to, step.before, step.after)
    case 'remove': {
      const line = lines.find(({ id }) => id === step.lineId)
      if (line === undefined) return DONE
      return line.quantity === step.quantity ? BEFORE : other(EDITED)
    }
    case 'adjust':
      return BEFORE
  }
}

/** Counts of a month that is closed by now would be billed beside what its invoice has, or not at all. */
const INVOICED = 'it was invoiced since it was shown; a new plan says what is still missing'

const OTHERWISE = 'the counts are as they should be, but by another line'

const EDITED = 'somebody changed the line since it was shown'

function addStanding(step: Extract<Step, { type: 'add' }>, found: readonly PsaLine[]): Standing {
  const [line, second] = found
  if (line === undefined) return BEFORE
  if (second !== undefined) return other('the line is there twice')
  const isSame =
    line.quantity === step.quantity &&
    line.unitPrice === step.unitPrice &&
    line.from === step.from &&
    line.to === step.to
  return isSame ? DONE : other('the line is there, with other content')
}

function changeStanding<T>(
  id: string,
  lines: readonly PsaLine[],
  valueOf: (line: PsaLine) => T,
  before: T,
  after: T,
): Standing {
  const line = lines.find((candidate) => candidate.id === id)
  if (line === undefined) return other('the line is gone')
  const value = valueOf(line)
  if (value === after) return DONE
  return value === before ? BEFORE : other(EDITED)
}

function other(why: string): Standing {
  return { type: 'other', why }
}
