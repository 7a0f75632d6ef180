import type { BillRun } from '../../../core/billrun/run.js'
import type { ApprovalRecord, BillingStore, ProposalDraft } from '../../../core/ports.js'
import type { Claim, IntentOutcome, MappingDraft, SyncStore } from '../../../core/psa-ports.js'
import type { LockedPeriod, Reading } from '../../../core/sync/intent.js'
import type { Container, ContainerPlan, SettledCharge, Slot, Step } from '../../../core/sync/types.js'
import { ENGINE, type TestDatabases } from '../../support/database.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { memoryBooks } from '../../support/memory-books.js'
import { memorySync } from '../../support/memory-sync.js'
import { day, decimal } from '../../support/observed.js'
import {
  APRIL,
  DECIDED_AT,
  MARCH,
  decisionOn,
  draft,
  fact,
  proposed,
  runLine,
  withStorage,
} from './billing-fixtures.js'

export interface Stores {
  readonly billing: BillingStore
  readonly sync: SyncStore
}

type WithStores = (work: (stores: Stores) => Promise<void>) => Promise<void>

/** For `describe.each`: the same suite over the stores in memory and over the real ones. */
export function bothStores(databases: TestDatabases): readonly (readonly [name: string, WithStores])[] {
  return [
    ['in memory', (work) => work(inMemory())],
    [`in the database, ${ENGINE} engine`, (work) => withStorage(databases, work)],
  ]
}

export function inMemory(): Stores {
  const books = memoryBooks()
  return { billing: memoryBilling(books), sync: memorySync(books) }
}

export const LINEAGE = 'L-contosopremium'
export const READ_AT = new Date('2026-03-12T07:00:00.125Z')

/** The instant so many seconds after the decision. */
export function after(seconds: number): Date {
  return new Date(DECIDED_AT.getTime() + seconds * 1000)
}

/** Contoso's rise from 20 to 25 seats on 11 March: 5 × $22.00 × 21/31 = $74.52. */
export function charge(changes: Partial<SettledCharge> = {}): SettledCharge {
  return {
    kind: 'prorated',
    period: MARCH,
    from: day('2026-03-11'),
    to: day('2026-04-01'),
    billOn: day('2026-03-11'),
    quantity: decimal('5'),
    unitPrice: decimal('22'),
    amount: 7452n,
    lineageId: LINEAGE,
    ...changes,
  }
}

type SetQuantity = Extract<Step, { readonly type: 'setQuantity' }>

/** 20 → 25 seats on Contoso's line of agreement 77. A key belongs to one content: the line is named after it. */
export function step(key: string, changes: Partial<SetQuantity> = {}): SetQuantity {
  return {
    key,
    psa: 'connectwise',
    containerId: '77',
    slotId: LINEAGE,
    itemId: '1234',
    product: 'Business Premium',
    settles: [],
    count: undefined,
    type: 'setQuantity',
    lineId: `line-${key}`,
    before: decimal('20'),
    after: decimal('25'),
    ...changes,
  }
}

/** One step of each kind, with everything that may be missing there and missing. */
export function everyStep(containerId: string): readonly Step[] {
  const where = { psa: 'autotask' as const, containerId, slotId: 'L-2', itemId: '9', product: '日本' }
  const place = { ...where, settles: [], count: undefined }
  const [one, none] = [decimal('1'), decimal('-0.00000001')]
  const money = charge({ kind: 'credit', period: APRIL, quantity: one, amount: -9_007_199_254_740_993n })
  const oneTime = { marker: 'CBS:L-2:o0123456789ab', lineWords: 'Défense “P1”, 日本 😀 \\ {a,b} \t NULL' }
  const counts = [
    { on: day('2026-03-11'), units: decimal('20') },
    { on: day('2199-12-31'), units: decimal('99999999999999999999.12345678') },
  ]
  const add = { type: 'add' as const, ...oneTime, oneTime: true, quantity: one, unitPrice: decimal('74.52') }
  const adjust = { type: 'adjust' as const, on: day('2026-03-11'), delta: decimal('5') }
  const count = { from: MARCH.from, before: counts, after: [] }
  const other = { id: '日本', quantity: none, unitPrice: one, from: MARCH.from, to: null }
  const others = [other, { ...other, id: '9', to: MARCH.to }]
  return [
    { ...place, ...add, key: 'e1', settles: [charge(), money], from: MARCH.from, to: MARCH.to },
    { ...place, ...add, key: 'e2', oneTime: false, from: day('1900-01-01'), to: null },
    { ...place, key: 'e3', beside: [], type: 'setQuantity', lineId: '1', before: one, after: none },
    { ...place, key: 'e4', type: 'setPrice', lineId: '', before: none, after: one },
    { ...place, key: 'e5', type: 'end', lineId: '2', before: null, after: APRIL.from },
    {
      ...place,
      key: 'e6',
      type: 'end',
      lineId: '2',
      before: APRIL.to,
      after: null,
      undoes: 'BR-0001/1, “x”',
    },
    { ...place, key: 'e7', beside: others, type: 'remove', lineId: '3', quantity: one },
    { ...place, ...adjust, key: 'e8', unitPrice: undefined },
    { ...place, ...adjust, key: 'e9', count, unitPrice: decimal('22') },
  ]
}

/** What is written into one container: agreement 77 of Contoso, unless said otherwise. */
export function part(
  steps: readonly (string | Step)[],
  changes: Partial<Omit<ContainerPlan, 'steps'>> = {},
): ContainerPlan {
  const { psa = 'connectwise', containerId = '77' } = changes
  return {
    psa,
    containerId,
    containerName: 'Contoso licences',
    customerId: 'C1',
    customerName: 'Contoso',
    currency: 'USD',
    mode: 'datedLines',
    steps: steps.map((one) => (typeof one === 'string' ? step(one, { psa, containerId }) : one)),
    ...changes,
  }
}

/** A request to write a plan: steps of Contoso with the given keys, or the given parts. */
export function syncDraft(
  plan: readonly (string | ContainerPlan)[],
  changes: Partial<Omit<BillRun, 'id'>> = {},
): ProposalDraft {
  const keys = plan.filter((one) => typeof one === 'string')
  const parts = plan.filter((one) => typeof one !== 'string')
  const ofContoso = keys.length === 0 ? [] : [part(keys)]
  return { ...draft([runLine('k-shown', { lineageId: LINEAGE })], changes), plan: [...ofContoso, ...parts] }
}

/** What deciding a request to write into PSAs does: nothing is billed, its steps are sent. */
export function yes(record: ApprovalRecord, version: number): ReturnType<typeof decisionOn> {
  return decisionOn(record, 'approved', version, { bill: [], send: true })
}

/** Proposes a plan and approves it. */
export async function promised(
  billing: BillingStore,
  plan: readonly (string | ContainerPlan)[],
): Promise<ApprovalRecord> {
  const record = await proposed(billing, syncDraft(plan))
  const { outcome } = await billing.decide(yes(record, await billing.version()))
  if (outcome !== 'written') throw new Error(`${record.approval.id} was not decided: ${outcome}`)
  return record
}

export function container(changes: Partial<Container> = {}): Container {
  return {
    psa: 'connectwise',
    id: '77',
    name: 'Contoso licences',
    companyId: '12',
    currency: 'USD',
    closed: undefined,
    from: day('2026-01-01'),
    to: null,
    anchorDay: 1,
    lockedTo: MARCH.to,
    mode: 'datedLines',
    lines: [
      {
        id: '90001',
        itemId: '1234',
        quantity: decimal('20'),
        unitPrice: decimal('22'),
        from: day('2026-01-01'),
        to: null,
        marker: undefined,
        words: 'Microsoft 365 Business Premium',
        ownAmount: 44_000n,
      },
    ],
    units: [],
    ...changes,
  }
}

export function reading(changes: Partial<Container> = {}, readAt = READ_AT): Reading {
  return { container: container(changes), readAt }
}

export function slot(changes: Partial<Slot> = {}): Slot {
  return {
    id: LINEAGE,
    psa: 'connectwise',
    containerId: '77',
    itemId: '1234',
    lineId: '90001',
    lineageIds: [LINEAGE],
    offset: decimal('0'),
    priceOwner: 'keep',
    routeFrom: MARCH.from,
    ...changes,
  }
}

export function locked(changes: Partial<LockedPeriod> = {}): LockedPeriod {
  return { lineageId: LINEAGE, period: MARCH, lines: [charge()], ...changes }
}

export function mapping(changes: Partial<MappingDraft> = {}): MappingDraft {
  return {
    customer: { customerId: 'C1', psa: 'connectwise', companyId: '12', companyName: 'Contoso Ltd.' },
    slots: [slot()],
    written: [{ slotId: LINEAGE, text: '90001|20' }],
    audit: fact({ action: 'psa.mapped', subject: 'C1' }),
    ...changes,
  }
}

export function outcome(state: IntentOutcome['state'], changes: Partial<IntentOutcome> = {}): IntentOutcome {
  return { state, why: undefined, notBefore: undefined, audit: undefined, ...changes }
}

/** Claims for somebody, who must get one. */
export async function claimed(sync: SyncStore, owner = 'one', now = after(0)): Promise<Claim> {
  const claim = await sync.claim(owner, now, new Date(now.getTime() + 60_000))
  if (claim === undefined) throw new Error(`nothing to claim for ${owner}`)
  return claim
}

/** Every intent as its id and state. */
export async function states(sync: SyncStore): Promise<readonly (readonly [id: string, state: string])[]> {
  return (await sync.state()).intents.map(({ id, state }) => [id, state] as const)
}
