import type { SyncState } from '../sync/intent.js'
import { readMarker } from '../sync/marker.js'
import type { Container, ContainerPlan, PsaLine, Step } from '../sync/types.js'
import type { StepLine } from '../sync/words.js'
import { containerKey } from './routed.js'

/** The lines that the steps of a plan change or take back, by the steps' keys; those that are not known are left out. */
export function stepLines(
  plan: readonly ContainerPlan[],
  { readings, intents }: Pick<SyncState, 'readings' | 'intents'>,
): ReadonlyMap<string, StepLine> {
  const containers = new Map(readings.map(({ container }) => [containerKey(container), container]))
  const done = new Map(intents.map(({ id, step }) => [id, step]))
  const lines = new Map<string, StepLine>()
  for (const { psa, containerId, steps } of plan) {
    const container = containers.get(containerKey({ psa, id: containerId }))
    for (const step of steps) {
      const line = lineOf(step, container) ?? undoneLine(done.get(step.undoes ?? ''))
      if (line !== undefined) lines.set(step.key, repriced(step, line, steps))
    }
  }
  return lines
}

function lineOf(step: Step, container: Container | undefined): StepLine | undefined {
  if (step.type === 'add' || container === undefined) return undefined
  if (step.type !== 'adjust') return fromRead(container.lines.find(({ id }) => id === step.lineId))
  const unitPrice = step.unitPrice ?? container.units.find(({ itemId }) => itemId === step.itemId)?.unitPrice
  return unitPrice === undefined ? undefined : { quantity: step.delta, unitPrice, oneTime: false }
}

function fromRead(line: PsaLine | undefined): StepLine | undefined {
  if (line === undefined) return undefined
  const { quantity, unitPrice, marker } = line
  return { quantity, unitPrice, oneTime: readMarker(marker)?.oneTime === true }
}

/** A line that was taken back is not there any more: it was as we wrote it. */
function undoneLine(step: Step | undefined): StepLine | undefined {
  if (step?.type !== 'add') return undefined
  const { quantity, unitPrice, oneTime } = step
  return { quantity, unitPrice, oneTime }
}

/** At the price that the same plan writes into it. */
function repriced(step: Step, line: StepLine, steps: readonly Step[]): StepLine {
  if (step.type !== 'setQuantity') return line
  const price = steps.find((other) => other.type === 'setPrice' && other.lineId === step.lineId)
  return price?.type === 'setPrice' ? { ...line, unitPrice: price.after } : line
}
