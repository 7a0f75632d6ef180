import { createHash } from 'node:crypto'
import { canonical } from '../audit/chain.js'
import { type RunCustomer, fingerprintOf } from '../billrun/run.js'
import type { Period } from '../calendar/period.js'
import { stepContent } from '../sync/plan.js'
import type { ContainerPlan } from '../sync/types.js'
import { grouped } from './grouped.js'
import { type RoutedSlot, containerKey, openIntents } from './routed.js'
import { type BillingView, type RunContent, billedKeys, freezeBills, whoOf } from './run-content.js'

/** What a request to write into PSAs would hold now. */
export interface SyncContent extends RunContent {
  readonly plan: readonly ContainerPlan[]
  /** Slots of the customers asked for that nothing can be planned for, and why. */
  readonly faults: readonly SlotFault[]
}

export interface SlotFault {
  readonly customerId: string
  readonly customerName: string
  readonly product: string
  readonly why: string
}

/**
 * The steps that bring the PSAs of customers to their targets, and the due lines they settle (S3). A container that is
 * still being written is left out until that has ended.
 *
 * @param asked ids of customers; empty: all.
 */
export function syncContent(view: BillingView, month: Period, asked: readonly string[]): SyncContent {
  const wanted = asked.length === 0 ? undefined : new Set(asked)
  const slots = view.slots.filter(({ customerId }) => wanted === undefined || wanted.has(customerId))
  const open = openIntents(view.sync)
  const whyNot = (slot: RoutedSlot) =>
    open.has(containerOf(slot)) ? 'what was approved is still being written' : slot.fault
  const faults = slots.flatMap((slot): SlotFault[] => {
    const [why, { customerId, due }] = [whyNot(slot), slot]
    const customerName = view.portfolio.customers.get(customerId)?.name ?? customerId
    return why === undefined ? [] : [{ customerId, customerName, product: due.words, why }]
  })
  const planned = slots.filter((slot) => slot.steps.length > 0 && whyNot(slot) === undefined)
  const plan = [...grouped(planned, containerOf).values()].map((own) => containerPlan(view, own))
  const { psa } = whoOf(view, month, new Set(planned.map(({ customerId }) => customerId)))
  const lines = freezeBills(psa, billedKeys(view))
  const customers = psa.map((bill): RunCustomer => {
    const { customerId, name, currency, amount } = bill
    return { customerId, name, currency, amount, lines: bill.lines.length, comparison: { type: 'firstBill' } }
  })
  return { lines, customers, held: [], fingerprint: syncFingerprint(month, { lines, plan }), plan, faults }
}

function containerOf({ reading }: RoutedSlot): string {
  return containerKey(reading.container)
}

function containerPlan(
  { portfolio }: BillingView,
  slots: readonly [RoutedSlot, ...RoutedSlot[]],
): ContainerPlan {
  const [{ customerId, reading, due }] = slots
  const { psa, id: containerId, name: containerName, mode } = reading.container
  const customerName = portfolio.customers.get(customerId)?.name ?? customerId
  const place = { psa, containerId, containerName, customerId, customerName, currency: due.currency, mode }
  return { ...place, steps: slots.flatMap(({ steps }) => steps) }
}

/** What a yes is to: the lines and every step, in one string. */
export function syncFingerprint(
  month: Period,
  { lines, plan }: { readonly lines: RunContent['lines']; readonly plan: readonly ContainerPlan[] },
): string {
  const steps = plan.map(({ containerId, steps: own }) => [containerId, own.map(stepContent)])
  return createHash('sha256')
    .update(canonical([fingerprintOf(month, lines), steps]))
    .digest('hex')
}
