import { slotUnits } from './held.js'
import type { Intent } from './intent.js'
import { type Unkeyed, stepKey } from './plan.js'
import type { Container, PsaLine, Slot, Step, StepAction } from './types.js'
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
export function undoSteps(intents: readonly Intent[], container: Container, slots: readonly Slot[]): Undo {
  const steps: Step[] = []
  const left: { intent: Intent; why: string }[] = []
  for (const intent of intents.toReversed()) {
    const slot = slots.find(({ id }) => id === intent.step.slotId)
    const found =
      slot === undefined ? 'it is not mapped there any more' : inverse(intent.step, container, slot)
    if (typeof found === 'string') left.push({ intent, why: found })
    else steps.push(named(intent, found))
  }
  return { steps, left }
}

type Inverse = StepAction & Pick<Step, 'count'>

function named({ id, step: done }: Intent, back: Inverse): Step {
  const { psa, containerId, slotId, itemId, product } = done
  const step: Unkeyed<Step> = {
    psa,
    containerId,
    slotId,
    itemId,
    product,
    settles: [],
    undoes: id,
    ...back,
  }
  return { ...step, key: stepKey(step, 0) }
}

const EDITED = 'somebody changed it since'

/** The write that takes a step back; a text says why there is none. */
function inverse(step: Step, container: Container, slot: Slot): Inverse | string {
  switch (step.type) {
    case 'add':
      return withoutLine(
        container.lines.find(({ marker }) => marker === step.marker),
        container,
      )
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
      if (count === undefined || !sameSteps(slotUnits(container, slot, count.from), count.after))
        return EDITED
      const { from, before, after } = count
      const back = { from, before: after, after: before }
      return { type: 'adjust', on, delta: -delta as typeof delta, unitPrice: undefined, count: back }
    }
  }
}

/** A line is taken away while no invoice can have covered it; else it ends with what is invoiced. */
function withoutLine(line: PsaLine | undefined, { lockedTo }: Container): Inverse | string {
  if (line === undefined) return 'it is not there any more'
  const { id: lineId, quantity, from, to } = line
  const isOver = to !== null && to <= lockedTo
  if (from >= lockedTo || isOver) return { type: 'remove', lineId, quantity, count: undefined }
  return { type: 'end', lineId, before: to, after: lockedTo, count: undefined }
}
