import type { Intent, SyncState } from '../sync/intent.js'
import type { Step } from '../sync/types.js'
import { containerKey } from './routed.js'

/** How far one approved step is. */
export interface StepProgress {
  readonly intent: Intent
  /** The PSA's own figure for the line it wrote, minor units; undefined: it states none. */
  readonly ownAmount: bigint | undefined
}

/** How far the steps of a run are, in their order; empty while none was approved. */
export function progressOf(runId: string, { intents, readings }: SyncState): readonly StepProgress[] {
  const containers = new Map(readings.map(({ container }) => [containerKey(container), container]))
  const own = (step: Step): bigint | undefined => {
    if (step.type !== 'add') return undefined
    const container = containers.get(containerKey({ psa: step.psa, id: step.containerId }))
    return container?.lines.find(({ marker }) => marker === step.marker)?.ownAmount
  }
  return intents
    .filter((intent) => intent.runId === runId)
    .map((intent) => ({ intent, ownAmount: own(intent.step) }))
}
