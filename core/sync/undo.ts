import { AssertionFailed } from '../assert.js'
import { besideOf } from './beside.js'
import type { Intent } from './intent.js'
import { type Unkeyed, stepKey } from './plan.js'
import type { Container, Slot, SlotDue, Step, StepAction } from './types.js'
import { EDITED, INVOICED, type Inverse, type SlotUndo, undoUnits } from './undo-units.js'

/** What takes back confirmed writes, and what cannot be taken back, with why. */
export interface Undo {
  readonly steps: readonly Step[]
  readonly left: readonly { readonly intent: Intent; readonly why: string }[]
}

/**
 * The writes that take back what was confirmed, the newest first (S6: approved like any other). What a person changed
 * since is left to them (S9).
 *
 * @param intents confirmed ones of one container, in the order in which they were written.
 * @param dues what is due of the slots of the container, as far as it is known.
 */
export function undoSteps(
  intents: readonly Intent[],
  container: Container,
  slots: readonly Slot[],
  taken: ReadonlySet<string>,
  dues: readonly SlotDue[],
): Undo {
  const newestFirst = intents.toReversed()
  const own = newestFirst.filter(({ step }) => slots.some(({ id }) => id === step.slotId))
  const left = newestFirst
    .filter((intent) => !own.includes(intent))
    .map((intent) => ({ intent, why: 'it is not mapped there any more' }))
  const undo = container.mode === 'units' ? undoneUnits(own, container, dues) : undoneLines(own, container)
  const steps = undo.backs.map(({ intent, back }) => named(intent, back, container, slots, taken))
  return { steps, left: [...left, ...undo.left] }
}

function undoneUnits(intents: readonly Intent[], container: Container, dues: readonly SlotDue[]): SlotUndo {
  const slotIds = [...new Set(intents.map(({ step }) => step.slotId))]
  const undos = slotIds.map((slotId): SlotUndo => {
    const own = intents.filter(({ step }) => step.slotId === slotId)
    const due = dues.find(({ slot, periods }) => slot.id === slotId && periods.length > 0)
    if (due !== undefined) return undoUnits(own, container, due)
    return { backs: [], left: own.map((intent) => ({ intent, why: 'what is due of it is not known now' })) }
  })
  return { backs: undos.flatMap(({ backs }) => backs), left: undos.flatMap(({ left }) => left) }
}

function undoneLines(intents: readonly Intent[], container: Container): SlotUndo {
  const backs: { intent: Intent; back: Inverse }[] = []
  const left: { intent: Intent; why: string }[] = []
  for (const intent of intents) {
    const found = inverse(intent.step, container)
    if (typeof found === 'string') left.push({ intent, why: found })
    else backs.push({ intent, back: { ...found, settles: [], count: undefined } })
  }
  return { backs, left }
}

function named(
  { id, step: done }: Intent,
  back: Inverse,
  container: Container,
  slots: readonly Slot[],
  taken: ReadonlySet<string>,
): Step {
  const { psa, containerId, slotId, itemId, product } = done
  const step: Unkeyed<Step> = {
    psa,
    containerId,
    slotId,
    itemId,
    product,
    lockedTo: container.lockedTo,
    undoes: id,
    ...besideOf(back, container, itemId, slots),
    ...back,
  }
  let ordinal = 0
  while (taken.has(stepKey(step, ordinal))) ordinal += 1
  return { ...step, key: stepKey(step, ordinal) }
}

/** The write that takes a step back; a text says why there is none. */
function inverse(step: Step, container: Container): StepAction | string {
  switch (step.type) {
    case 'add':
      return withoutLine(step, container)
    case 'setQuantity':
    case 'setPrice': {
      const line = container.lines.find(({ id }) => id === step.lineId)
      const now = step.type === 'setPrice' ? line?.unitPrice : line?.quantity
      if (now !== step.after) return EDITED
      const { type, lineId, before, after } = step
      return { type, lineId, before: after, after: before }
    }
    case 'end': {
      const line = container.lines.find(({ id }) => id === step.lineId)
      if (line === undefined || line.to !== step.after) return EDITED
      return { type: 'end', lineId: step.lineId, before: step.after, after: step.before }
    }
    case 'remove':
      return 'a line that was taken away does not come back; `sync` plans what is missing'
    case 'adjust':
      throw new AssertionFailed('a container of lines has no counts to adjust')
  }
}

/** A line is taken away while no invoice can have covered it; one that goes on ends with what is invoiced. */
function withoutLine(
  step: Extract<Step, { type: 'add' }>,
  { lines, lockedTo }: Container,
): StepAction | string {
  const line = lines.find(({ marker }) => marker === step.marker)
  if (line === undefined) return 'it is not there any more'
  const { id: lineId, quantity, from, to } = line
  const wasInvoiced = step.lockedTo !== undefined && lockedTo > step.lockedTo
  if (!wasInvoiced) return { type: 'remove', lineId, quantity }
  if (from >= lockedTo) return { type: 'remove', lineId, quantity }
  if (step.oneTime || (to !== null && to <= lockedTo)) return INVOICED
  return { type: 'end', lineId, before: to, after: lockedTo }
}
