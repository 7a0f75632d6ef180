import { besideOf } from './beside.js'
import { slotUnits } from './held.js'
import type { Intent } from './intent.js'
import { type Unkeyed, stepKey } from './plan.js'
import type { Container, Slot, Step, StepAction } from './types.js'
import { sameSteps } from './units.js'

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
 */
export function undoSteps(
  intents: readonly Intent[],
  container: Container,
  slots: readonly Slot[],
  taken: ReadonlySet<string>,
): Undo {
  const steps: Step[] = []
  const left: { intent: Intent; why: string }[] = []
  for (const intent of intents.toReversed()) {
    const slot = slots.find(({ id }) => id === intent.step.slotId)
    const found =
      slot === undefined ? 'it is not mapped there any more' : inverse(intent.step, container, slot)
    if (typeof found === 'string') left.push({ intent, why: found })
    else steps.push(named(intent, found, container, slots, taken))
  }
  return { steps, left }
}

type Inverse = StepAction & Pick<Step, 'count'>

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
    settles: [],
    lockedTo: container.lockedTo,
    undoes: id,
    ...besideOf(back, container, itemId, slots),
    ...back,
  }
  let ordinal = 0
  while (taken.has(stepKey(step, ordinal))) ordinal += 1
  return { ...step, key: stepKey(step, ordinal) }
}

const EDITED = 'somebody changed it since'

/** The write that takes a step back; a text says why there is none. */
function inverse(step: Step, container: Container, slot: Slot): Inverse | string {
  switch (step.type) {
    case 'add':
      return withoutLine(step, container)
    case 'setQuantity':
    case 'setPrice': {
      const line = container.lines.find(({ id }) => id === step.lineId)
      const now = step.type === 'setPrice' ? line?.unitPrice : line?.quantity
      if (now !== step.after) return EDITED
      const { type, lineId, before, after } = step
      return { type, lineId, before: after, after: before, count: undefined }
    }
    case 'end': {
      const line = container.lines.find(({ id }) => id === step.lineId)
      if (line === undefined || line.to !== step.after) return EDITED
      return { type: 'end', lineId: step.lineId, before: step.after, after: step.before, count: undefined }
    }
    case 'remove':
      return 'a line that was taken away does not come back; `sync` plans what is missing'
    case 'adjust': {
      const { count, on, delta } = step
      if (on < container.lockedTo) return 'its month is posted; `sync` says what is to be corrected'
      if (count === undefined || !sameSteps(slotUnits(container, slot, count.from), count.after))
        return EDITED
      const { from, before, after } = count
      const back = { from, before: after, after: before }
      return { type: 'adjust', on, delta: -delta as typeof delta, unitPrice: undefined, count: back }
    }
  }
}

/** A line is taken away while no invoice can have covered it; one that goes on ends with what is invoiced. */
function withoutLine(
  step: Extract<Step, { type: 'add' }>,
  { mode, lines, lockedTo }: Container,
): Inverse | string {
  const line = lines.find(({ marker }) => marker === step.marker)
  if (line === undefined) return 'it is not there any more'
  if (mode === 'units') return 'a charge is taken back in the PSA itself'
  const { id: lineId, quantity, from, to } = line
  const wasInvoiced = step.lockedTo !== undefined && lockedTo > step.lockedTo
  if (!wasInvoiced) return { type: 'remove', lineId, quantity, count: undefined }
  if (from >= lockedTo) return { type: 'remove', lineId, quantity, count: undefined }
  if (step.oneTime || (to !== null && to <= lockedTo))
    return 'it was invoiced; `sync` says what is to be corrected'
  return { type: 'end', lineId, before: to, after: lockedTo, count: undefined }
}
