import type { Period } from '../calendar/period.js'
import { undoSteps } from '../sync/undo.js'
import type { ContainerPlan } from '../sync/types.js'
import { grouped } from './grouped.js'
import { containerKey, memoryOf } from './routed.js'
import type { BillingView, RunContent } from './run-content.js'
import { syncFingerprint } from './sync-plan.js'

/** What would take a sync back now. */
export interface UndoContent extends RunContent {
  readonly plan: readonly ContainerPlan[]
  /** What cannot be taken back, in words. */
  readonly left: readonly string[]
}

/** The run a plan takes back; undefined: it takes back none. */
export function undoneRun(plan: readonly ContainerPlan[] | undefined): string | undefined {
  const undoes = plan?.flatMap(({ steps }) => steps.map((step) => step.undoes)).find((id) => id !== undefined)
  return undoes?.split('/')[0]
}

/** The writes that take back what a run wrote, as its containers were read last. */
export function undoContent(
  view: BillingView,
  month: Period,
  runId: string,
  customers?: ReadonlySet<string>,
): UndoContent {
  const intents = view.sync.intents.filter((intent) => intent.runId === runId && intent.state === 'confirmed')
  const containers = grouped(intents, ({ step }) => containerKey({ psa: step.psa, id: step.containerId }))
  const { keys } = memoryOf(view.sync)
  const dues = view.slots.map(({ due }) => due)
  const plan: ContainerPlan[] = []
  const left: string[] = []
  for (const [key, own] of containers) {
    const slot = view.slots.find(({ reading }) => containerKey(reading.container) === key)
    if (slot === undefined) {
      left.push(...own.map(({ step }) => `${step.product}: it is not mapped there any more`))
      continue
    }
    const { container } = slot.reading
    if (customers?.has(slot.customerId) === false) continue
    const undo = undoSteps(own, container, view.sync.slots, keys, dues)
    left.push(...undo.left.map(({ intent, why }) => `${intent.step.product}: ${why}`))
    if (undo.steps.length > 0) plan.push({ ...placeOf(view, slot), steps: undo.steps })
  }
  return {
    lines: [],
    customers: [],
    held: [],
    plan,
    left,
    fingerprint: syncFingerprint(month, { lines: [], plan }),
  }
}

function placeOf({ portfolio }: BillingView, { customerId, reading, due }: BillingView['slots'][number]) {
  const { psa, id: containerId, name: containerName, mode } = reading.container
  const customerName = portfolio.customers.get(customerId)?.name ?? customerId
  return { psa, containerId, containerName, customerId, customerName, currency: due.currency, mode }
}
