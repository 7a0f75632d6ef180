import type { Storage } from '../../../adapters/storage/open.js'
import type { Decision, Verdict } from '../../../core/approval/approval.js'
import type { AuditFact } from '../../../core/audit/chain.js'
import type { BillRun, RunCustomer, RunLine } from '../../../core/billrun/run.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import type {
  ApprovalRecord,
  BillingStore,
  DecisionRecord,
  SettingsDraft,
  ProposalDraft,
  VoidDraft,
} from '../../../core/ports.js'
import type { OverrideDraft } from '../../../core/pricing/override-draft.js'
import { type CommonDatabase, ENGINE, type TestDatabases } from '../../support/database.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { observation } from '../../support/observations.js'
import { day, decimal } from '../../support/observed.js'

export const MARCH = { from: day('2026-03-01'), to: day('2026-04-01') }
export const APRIL = { from: day('2026-04-01'), to: day('2026-05-01') }
export const MAY = { from: day('2026-05-01'), to: day('2026-06-01') }
export const PROPOSED_AT = new Date('2026-03-12T08:30:00.250Z')
export const DECIDED_AT = new Date('2026-03-12T09:00:00.001Z')
export const EXPIRES_AT = new Date('2026-03-15T08:30:00.250Z')

/** The rise of Contoso from 20 to 25 seats on 11 March, unless said otherwise. */
export function runLine(key: string, changes: Partial<RunLine> = {}): RunLine {
  return {
    kind: 'prorated',
    period: MARCH,
    from: day('2026-03-11'),
    to: day('2026-04-01'),
    billOn: day('2026-03-11'),
    quantity: decimal('5'),
    unitPrice: decimal('22.00'),
    amount: 7452n,
    key,
    customerId: 'C1',
    customerName: 'Contoso',
    lineageId: 'L-1',
    mpn: 'BP',
    description: 'Microsoft 365 Business Premium',
    currency: 'USD',
    explanation: '20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52',
    priceRule: 'list price',
    ...changes,
  }
}

export function runCustomer(changes: Partial<RunCustomer> = {}): RunCustomer {
  return {
    customerId: 'C1',
    name: 'Contoso',
    currency: 'USD',
    amount: 7452n,
    lines: 1,
    comparison: { type: 'firstBill' },
    ...changes,
  }
}

/** A price of $20.00 for Contoso, recorded over the books of a version. */
export function overrideDraft(version: number): OverrideDraft {
  const scope = { customerId: 'C1' }
  const says = { kind: 'fixed', price: decimal('20.00'), currency: 'USD' } as const
  return {
    said: { type: 'set', number: 1, scope, says, from: day('2026-03-15'), to: null, replaces: [] },
    byName: 'Ada',
    held: new Map(),
    audit: {
      at: PROPOSED_AT,
      actor: 'slack:T1:U1',
      action: 'price.set',
      subject: 'override 1',
      details: {},
    },
    version,
    syncVersion: 0,
  }
}

/** A draft over lines with the given keys, or with the given lines. */
export function draft(
  lines: readonly (string | RunLine)[],
  changes: Partial<Omit<BillRun, 'id'>> = {},
): ProposalDraft {
  const run = {
    month: MARCH,
    proposedBy: 'slack:T1:U1',
    proposedAt: PROPOSED_AT,
    observation: 1,
    asked: [],
    lines: lines.map((line) => (typeof line === 'string' ? runLine(line) : line)),
    customers: [runCustomer()],
    held: [],
    fingerprint: `f-${lines.length}`,
    ...changes,
  }
  return { run, requestedByName: 'Ada', expiresAt: EXPIRES_AT }
}

export function voidDraft(runId: string, changes: Partial<VoidDraft> = {}): VoidDraft {
  return {
    runId,
    customerId: undefined,
    reason: 'wrong month',
    fingerprint: 'f-void',
    requestedBy: 'slack:T1:U1',
    requestedByName: 'Ada',
    requestedAt: PROPOSED_AT,
    expiresAt: EXPIRES_AT,
    facts: { lines: '1', reason: 'wrong month' },
    ...changes,
  }
}

export function decision(verdict: Verdict, changes: Partial<Decision> = {}): Decision {
  const reason = verdict === 'rejected' ? 'not yet' : undefined
  return { verdict, by: 'teams:t:b', byName: 'Grace', at: DECIDED_AT, reason, ...changes }
}

/** What deciding this request at the books' version writes. */
export function decisionOn(
  { approval, run }: ApprovalRecord,
  verdict: Verdict,
  version: number,
  changes: Partial<DecisionRecord> = {},
): DecisionRecord {
  const bills = verdict === 'approved' && approval.subject.type === 'bill'
  return {
    approvalId: approval.id,
    decision: decision(verdict),
    version,
    bill: bills ? run.lines : [],
    send: false,
    void: [],
    audit: {
      action: `${approval.subject.type}.${verdict}`,
      subject: approval.id,
      details: { run: run.id, fingerprint: approval.fingerprint },
    },
    ...changes,
  }
}

export async function proposed(billing: BillingStore, from: ProposalDraft): Promise<ApprovalRecord> {
  return billing.propose(from, await billing.version())
}

/** Proposes and approves. */
export async function approved(billing: BillingStore, from: ProposalDraft): Promise<ApprovalRecord> {
  const record = await proposed(billing, from)
  await billing.decide(decisionOn(record, 'approved', await billing.version()))
  return record
}

export function fact(changes: Partial<AuditFact> = {}): AuditFact {
  return {
    at: DECIDED_AT,
    actor: 'slack:T1:U2',
    action: 'right.refused',
    subject: 'approve APR-0001',
    details: { right: 'decide' },
    ...changes,
  }
}

export function settingsDraft(changes: Partial<SettingsDraft> = {}): SettingsDraft {
  return {
    says: { ...DEFAULT_POLICY, decreases: 'credit' },
    by: undefined,
    holdsFrom: day('2026-03-20'),
    recordedAt: new Date('2026-03-20T13:00:00.250Z'),
    audit: {
      actor: 'system',
      action: 'policy.changed',
      subject: 'billing policy',
      details: { words: 'decreases credited' },
    },
    ...changes,
  }
}

/** All a store can be asked for. */
export async function everything(billing: BillingStore): Promise<object> {
  const trail = await billing.trail()
  const ids = [...new Set(trail.map(({ subject }) => subject))].sort()
  const approvals = await Promise.all(ids.map((id) => billing.approval(id)))
  return { books: await billing.books(), open: await billing.open(), trail, approvals }
}

/** A storage on an emptied database, with one observation for bill runs to point at. */
export async function withStorage(
  databases: TestDatabases,
  work: (storage: Storage, database: CommonDatabase) => Promise<void>,
): Promise<void> {
  const database = await databases.create()
  const storage = await opened(database)
  try {
    await work(storage, database)
  } finally {
    await storage.close()
  }
}

type WithBilling = (work: (billing: BillingStore) => Promise<void>) => Promise<void>

/** What keeps the contract of billing: the store of tests in memory, and the database. */
export function billingStores(
  databases: TestDatabases,
): readonly (readonly [name: string, withBilling: WithBilling])[] {
  return [
    ['in memory', (work) => work(memoryBilling())],
    [`in the database, ${ENGINE} engine`, (work) => withStorage(databases, ({ billing }) => work(billing))],
  ]
}

/** Another storage on the same database: what another program, or this one after a restart, sees. */
export async function opened(database: CommonDatabase, mspId = 'msp-1'): Promise<Storage> {
  const storage = await database.open({ mspId })
  if ((await storage.ledger.latest()) === undefined) await storage.ledger.record(observation('a', undefined))
  return storage
}
