import { type Approval, type Decision, type RunVoid, stateOf } from '../../core/approval/approval.js'
import { replacesFact } from '../../core/approval/replaces.js'
import type { AuditDetails } from '../../core/audit/chain.js'
import type { BillRun } from '../../core/billrun/run.js'
import type {
  ApprovalRecord,
  BilledLine,
  BillingStore,
  Decided,
  DecisionRecord,
  ProposalDraft,
} from '../../core/ports.js'
import type { OverrideDraft } from '../../core/pricing/override-draft.js'
import { type RecordedOverride, withRecorded } from '../../core/pricing/recorded.js'
import { Problem } from '../../core/problem.js'
import type { RecordedSettings } from '../../core/settings/types.js'
import type { ContainerPlan } from '../../core/sync/types.js'
import { type MemoryBooks, isBusy, keepSteps, memoryBooks, note, promise } from './memory-books.js'

type NewRequest = Omit<Approval, 'id' | 'decision' | 'supersededBy'>

/**
 * Bill runs, approvals and the trail in memory, with the rules of the real store.
 *
 * @param books shared with the store of mappings and intents, where there is one.
 */
export function memoryBilling(books: MemoryBooks = memoryBooks()): BillingStore {
  const tables: Tables = {
    runs: new Map(),
    approvals: new Map(),
    voids: new Map(),
    plans: new Map(),
    billed: [],
    overrides: new Map(),
  }
  const { runs, approvals } = tables
  const settings: RecordedSettings[] = []
  return {
    books: async () => ({
      version: books.version,
      billed: tables.billed,
      settings: [...settings],
      overrides: [...tables.overrides.values()],
    }),
    version: async () => books.version,
    propose: async (draft, expected) => propose(books, tables, draft, expected),
    proposeVoid: async ({ runId, customerId, reason, facts, ...request }) => {
      if (!runs.has(runId)) throw new Problem({ kind: 'notFound', what: `There is no bill run “${runId}”.` })
      const subject = { type: 'void', runId, customerId, reason } as const
      return add(books, tables, { ...request, subject }, 'void.proposed', { void: facts })
    },
    approval: async (id) => {
      const approval = approvals.get(id)
      return approval === undefined ? undefined : recordOf(tables, approval)
    },
    run: async (id) => runs.get(id),
    open: async () => [...approvals.values()].filter(isOpen).map((approval) => recordOf(tables, approval)),
    decide: async (record) => decide(books, tables, record),
    settingsStanding: async () => ({
      version: books.version,
      recorded: [...settings],
      isBilled: tables.billed.length > 0,
    }),
    recordSettings: async ({ audit, ...said }, expected) => {
      refuseMoved(expected, books.version)
      settings.push(structuredClone({ ...said, version: (books.version += 1) }))
      if (audit !== undefined) note(books, { ...audit, at: said.recordedAt })
    },
    recordOverride: async (...drafts) => {
      // All or none, as in a transaction.
      for (const [index, { version, syncVersion }] of drafts.entries()) {
        refuseMoved(version, books.version + index)
        refuseMoved(syncVersion, books.syncVersion)
      }
      for (const draft of drafts) recordOverride(books, tables, draft)
    },
    note: async (fact) => note(books, fact),
    trail: async (subject) =>
      books.trail.filter((entry) => subject === undefined || entry.subject === subject),
  }
}

interface Tables {
  readonly runs: Map<string, BillRun>
  readonly approvals: Map<string, Approval>
  readonly voids: Map<string, readonly RunVoid[]>
  readonly plans: Map<string, readonly ContainerPlan[]>
  billed: BilledLine[]
  /** By number, in order. */
  readonly overrides: Map<number, RecordedOverride>
}

function recordOverride(
  books: MemoryBooks,
  { overrides }: Tables,
  { said, byName, held, audit, version }: OverrideDraft,
): void {
  const stamp = { by: audit.actor, byName, at: audit.at, version: version + 1, held }
  if (said.type === 'set') {
    if (overrides.has(said.number)) throw new Error(`override ${said.number} is there already`)
    const { type: _, ...content } = said
    const added = structuredClone({ ...content, ...stamp, ends: [] })
    for (const one of withRecorded([...overrides.values()], added)) overrides.set(one.number, one)
  } else {
    const override = overrides.get(said.number)
    if (override === undefined) throw new Error(`override ${said.number} ends without having begun`)
    overrides.set(said.number, { ...override, ends: [...override.ends, { ...stamp, on: said.on }] })
  }
  books.version += 1
  note(books, audit)
}

function recordOf({ runs, voids, plans }: Tables, approval: Approval): ApprovalRecord {
  const run = runs.get(approval.subject.runId)
  if (run === undefined) throw new Error(`no run ${approval.subject.runId}`)
  const record = { approval, run, voids: voids.get(run.id) ?? [] }
  return approval.subject.type === 'sync' ? { ...record, plan: plans.get(run.id) ?? [] } : record
}

function add(
  books: MemoryBooks,
  tables: Tables,
  request: NewRequest,
  action: string,
  more: AuditDetails = {},
): ApprovalRecord {
  books.version += 1
  const id = `APR-${String(tables.approvals.size + 1).padStart(4, '0')}`
  const approval = { ...request, id, decision: undefined, supersededBy: undefined }
  tables.approvals.set(id, approval)
  const details = { run: approval.subject.runId, fingerprint: approval.fingerprint, ...more }
  note(books, { at: approval.requestedAt, actor: approval.requestedBy, action, subject: id, details })
  return recordOf(tables, approval)
}

function propose(
  books: MemoryBooks,
  tables: Tables,
  { run, requestedByName, expiresAt, plan, note: more }: ProposalDraft,
  expected: number,
): ApprovalRecord {
  const { runs, approvals, plans } = tables
  refuseMoved(expected, books.version)
  if (plan !== undefined) keepSteps(books, plan)
  const runId = `BR-${String(runs.size + 1).padStart(4, '0')}`
  runs.set(runId, { ...run, id: runId })
  const { fingerprint, proposedBy: requestedBy, proposedAt: requestedAt } = run
  if (plan !== undefined) plans.set(runId, structuredClone(plan))
  const subject = { type: plan === undefined ? 'bill' : 'sync', runId } as const
  const request = { subject, fingerprint, requestedBy, requestedByName, requestedAt, expiresAt }
  const added = add(books, tables, request, `${subject.type}.proposed`)
  const replaced = supersede(approvals, (approval) => recordOf(tables, approval), added)
  const replaces = replacesFact(added.approval, plan === undefined ? [] : replaced)
  if (replaces !== undefined) note(books, replaces)
  if (more !== undefined) {
    note(books, { at: requestedAt, actor: requestedBy, subject: added.approval.id, ...more })
  }
  return added
}

function decide(books: MemoryBooks, tables: Tables, record: DecisionRecord): Decided {
  const { approvals, voids } = tables
  const approval = approvals.get(record.approvalId)
  if (approval?.decision !== undefined) return { outcome: 'decidedBefore', decision: approval.decision }
  if (approval === undefined || record.version !== books.version) return { outcome: 'moved' }
  if (stateOf(approval, record.decision.at) !== 'pending') return { outcome: 'moved' }
  const { run, plan = [] } = recordOf(tables, approval)
  if (record.send) {
    if (approval.subject.type !== 'sync') throw new Error(`${approval.id} has no plan to send`)
    if (isBusy(books, plan)) return { outcome: 'moved' }
    promise(books, plan, run.id, approval.id)
    books.syncVersion += 1
  }
  tables.billed = booksAfter(tables.billed, record, run, books.version + 1)
  books.version += 1
  approvals.set(approval.id, { ...approval, decision: record.decision })
  rememberVoid(voids, approval, record.decision)
  note(books, { at: record.decision.at, actor: record.decision.by, ...record.audit })
  return { outcome: 'written' }
}

function rememberVoid(
  voids: Map<string, readonly RunVoid[]>,
  { id: approvalId, subject }: Approval,
  decision: Decision,
): void {
  if (subject.type !== 'void' || decision.verdict !== 'approved') return
  const { runId, customerId } = subject
  voids.set(runId, [...(voids.get(runId) ?? []), { approvalId, customerId, decision }])
}

function isOpen({ decision, supersededBy }: Approval): boolean {
  return decision === undefined && supersededBy === undefined
}

function refuseMoved(expected: number, version: number): void {
  if (expected !== version) throw new Problem({ kind: 'conflict', what: 'The books moved on.' })
}

/**
 * A new proposal takes the place of undecided ones: to bill, for the same month and customers; to write into PSAs, for
 * any of the same customers. Their ids.
 */
function supersede(
  approvals: Map<string, Approval>,
  recordOf: (approval: Approval) => ApprovalRecord,
  added: ApprovalRecord,
): readonly string[] {
  const replaced: string[] = []
  for (const [id, approval] of approvals) {
    const isOther = id !== added.approval.id && approval.subject.type === added.approval.subject.type
    if (!isOther || !isOpen(approval)) continue
    if (isSameScope(recordOf(approval), added)) {
      approvals.set(id, { ...approval, supersededBy: added.approval.id })
      replaced.push(id)
    }
  }
  return replaced
}

function isSameScope(before: ApprovalRecord, added: ApprovalRecord): boolean {
  if (added.plan !== undefined) {
    const customers = new Set(added.plan.map(({ customerId }) => customerId))
    return before.plan?.some(({ customerId }) => customers.has(customerId)) === true
  }
  const scope = ({ month, asked }: BillRun) => `${month.from} ${[...asked].sort().join(' ')}`
  return scope(before.run) === scope(added.run)
}

function booksAfter(
  billed: readonly BilledLine[],
  record: DecisionRecord,
  run: BillRun,
  version: number,
): BilledLine[] {
  const approvedAt = record.decision.at
  const kept = billed.filter(({ key }) => !record.void.includes(key))
  if (record.bill.some(({ key }) => kept.some((line) => line.key === key))) {
    throw new Problem({ kind: 'conflict', what: 'One of these lines is billed already.' })
  }
  return [
    ...kept,
    ...record.bill.map((line) => ({ ...line, runId: run.id, month: run.month, approvedAt, version })),
  ]
}
