import type { SlotChange } from '../../../core/app/map-accept.js'
import type { MappingChanged } from '../../../core/app/map-change.js'
import type { Intent, IntentState } from '../../../core/sync/intent.js'
import type { Slot, Step } from '../../../core/sync/types.js'
import { stepWords } from '../../../core/sync/words.js'
import { APRIL, DANA } from '../../support/office.js'
import { container, psaLine } from '../sync/build.js'
import { type MappingOffice, lines, mappingOffice, visio } from './mapping-office.js'

export const NOTHING = { to: undefined, offset: undefined, price: undefined }

export function set(
  msp: MappingOffice,
  subscription: string,
  change: Partial<SlotChange>,
): Promise<MappingChanged> {
  return msp.studio.mapping.set(DANA, 'contoso', { ...NOTHING, subscription, ...change })
}

export function toLine(id: string): Partial<SlotChange> {
  return { to: { type: 'line', id } }
}

export function toItem(item: string): Partial<SlotChange> {
  return { to: { type: 'item', item } }
}

/** Contoso with 25 seats of Premium mapped to line 90001, and 5 of Visio. */
export async function mapped(): Promise<MappingOffice> {
  const msp = await mappingOffice()
  const visioLine = psaLine({ id: '90002', itemId: '1300', quantity: '5', unitPrice: '15.00' })
  msp.containers = [container({ mode: 'datedLines', lockedTo: APRIL.from, lines: [...lines(), visioLine] })]
  msp.subscriptions = [...msp.subscriptions, visio()]
  await msp.observe()
  await msp.studio.mapping.accept(DANA, 'contoso')
  return msp
}

/** The first step of a plan as a promise in some state. */
export function promised(msp: MappingOffice, changed: MappingChanged, state: IntentState): void {
  const step: Step | undefined = changed.slots.flatMap(({ steps }) => steps)[0]
  if (step === undefined) throw new Error('the plan is empty')
  const rest = { attempts: 1, sentAt: undefined, notBefore: undefined, why: undefined }
  const intent: Intent = { id: 'BR-0001/1', runId: 'BR-0001', approvalId: 'APR-0001', step, state, ...rest }
  msp.sync.change({ intents: [intent] })
}

export function othersOf({ others }: MappingChanged): readonly string[] {
  return others.flatMap(({ containerName, steps, currency }) =>
    steps.map((step) => `${containerName}: ${stepWords(step, currency)}`),
  )
}

export function slotText(msp: MappingOffice): string[] {
  return msp.sync.state.slots.map(
    ({ lineageIds, itemId, lineId }) => `${lineageIds.length} on ${itemId}/${lineId ?? 'new'}`,
  )
}

/** With the first of its subscriptions only. */
export function alone(slot: Slot): Slot {
  return { ...slot, lineageIds: slot.lineageIds.slice(0, 1) }
}

export function stepsOf({ slots }: MappingChanged): readonly string[] {
  return slots.flatMap(({ steps, currency }) => steps.map((step) => stepWords(step, currency)))
}
