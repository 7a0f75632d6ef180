import { type Approval, type Decision, type RunVoid, stateOf } from '../../core/approval/approval.js'
import type { AuditDetails } from '../../core/audit/chain.js'
import type { BillRun } from '../../core/billrun/run.js'
import type { RecordedPolicy } from '../../core/charges/policies.js'
import type {
  ApprovalRecord,
  BilledLine,
  BillingStore,
  Decided,
  DecisionRecord,
  ProposalDraft,
} from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { ContainerPlan } from '../../core/sync/types.js'
import { type MemoryBooks, isBusy, keepSteps, memoryBooks, note, promise } from './memory-books.js'

type NewRequest = Omit<Approval, 'id' | 'decision' | 'supersededBy'>

interface Shelf {
  readonly books: MemoryBooks
  readonly runs: Map<string, BillRun>
  readonly plans: Map<string, readonly ContainerPlan[]>
  readonly approvals: Map<string, Approval>
  readonly voids: Map<string, readonly RunVoid[]>
  readonly policies: RecordedPolicy[]
  billed: readonly BilledLine[]
}

/**
 * Bill runs, approvals and the trail in memory, with the rules of the real store.
 *
 * @param books shared with the store of mappings and intents, where there is one.
 */
export function memoryBilling(books: MemoryBooks = memoryBooks()): BillingStore {
  const shelf: Shelf = {
    books,
    runs: new Map(),
    plans: new Map(),
    approvals: new Map(),
    voids: new Map(),
    policies: [],
    billed: [],
  }
  const { runs, approvals, policies } = shelf
  return {
    books: async () => ({ version: books.version, billed: shelf.billed, policies: [...policies] }),
    version: async () => books.version,
    propose: async (draft, expected) => propose(shelf, draft, expected),
    proposeVoid: async ({ runId, customerId, reason, facts, ...request }) => {
      if (!runs.has(runId)) throw new Problem({ kind: 'notFound', what: `There is no bill run “${runId}”.` })
      const subject = { type: 'void', runId, customerId, reason } as const
      return ask(shelf, { ...request, subject }, { void: facts })
    },
    approval: async (id) => {
      const approval = approvals.get(id)
      return approval === undefined ? undefined : recordOf(shelf, approval)
    },
    run: async (id) => runs.get(id),
    open: async () => [...approvals.values()].filter(isOpen).map((approval) => recordOf(shelf, approval)),
    decide: async (record) => decide(shelf, record),
    policyStanding: async () => ({
      version: books.version,
      last: policies.at(-1),
      isBilled: shelf.billed.length > 0,
    }),
    recordPolicy: async ({ audit, ...policy }, expected) => {
      refuseMoved(expected, books.version)
      policies.push(structuredClone({ ...policy, version: (books.version += 1) }))
      if (audit !== undefined) note(books, { ...audit, at: policy.recordedAt })
    },
    note: async (fact) => note(books, fact),
    trail: async (subject) =>
      books.trail.filter((entry) => subject === undefined || entry.subject === subject),
  }
}

function recordOf({ runs, plans, voids }: Shelf, approval: Approval): ApprovalRecord {
  const run = runs.get(approval.subject.runId)
  if (run === undefined) throw new Error(`no run ${approval.subject.runId}`)
  const record = { approval, run, voids: voids.get(run.id) ?? [] }
  return approval.subject.type === 'sync' ? { ...record, plan: plans.get(run.id) ?? [] } : record
}

function ask(shelf: Shelf, request: NewRequest, more: AuditDetails = {}): ApprovalRecord {
  const { books, approvals } = shelf
  books.version += 1
  const id = `APR-${String(approvals.size + 1).padStart(4, '0')}`
  const approval = { ...request, id, decision: undefined, supersededBy: undefined }
  approvals.set(id, approval)
  const { subject, fingerprint, requestedAt: at, requestedBy: actor } = approval
  const details = { run: subject.runId, fingerprint, ...more }
  note(books, { at, actor, action: `${subject.type}.proposed`, subject: id, details })
  return recordOf(shelf, approval)
}

function propose(shelf: Shelf, draft: ProposalDraft, expected: number): ApprovalRecord {
  const { run, requestedByName, expiresAt, plan } = draft
  refuseMoved(expected, shelf.books.version)
  const runId = `BR-${String(shelf.runs.size + 1).padStart(4, '0')}`
  if (plan !== undefined) {
    keepSteps(shelf.books, plan)
    shelf.plans.set(runId, structuredClone(plan))
  }
  shelf.runs.set(runId, { ...run, id: runId })
  const { fingerprint, proposedBy: requestedBy, proposedAt: requestedAt } = run
  const subject = { type: plan === undefined ? 'bill' : 'sync', runId } as const
  const added = ask(shelf, { subject, fingerprint, requestedBy, requestedByName, requestedAt, expiresAt })
  supersede(shelf, added)
  return added
}

function decide(shelf: Shelf, record: DecisionRecord): Decided {
  const { books, approvals } = shelf
  const approval = approvals.get(record.approvalId)
  if (approval?.decision !== undefined) return { outcome: 'decidedBefore', decision: approval.decision }
  if (approval === undefined || record.version !== books.version) return { outcome: 'moved' }
  if (stateOf(approval, record.decision.at) !== 'pending') return { outcome: 'moved' }
  const { run, plan = [] } = recordOf(shelf, approval)
  if (record.send) {
    if (approval.subject.type !== 'sync') throw new Error(`${approval.id} has no plan to send`)
    if (isBusy(books, plan)) return { outcome: 'moved' }
    promise(books, plan, run.id, approval.id)
    books.syncVersion += 1
  }
  shelf.billed = booksAfter(shelf.billed, record, run, books.version + 1)
  books.version += 1
  approvals.set(approval.id, { ...approval, decision: record.decision })
  rememberVoid(shelf.voids, approval, record.decision)
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
 * any of the same customers.
 */
function supersede(shelf: Shelf, added: ApprovalRecord): void {
  const { approvals } = shelf
  for (const [id, approval] of approvals) {
    const isOther = id !== added.approval.id && approval.subject.type === added.approval.subject.type
    if (!isOther || !isOpen(approval)) continue
    if (isSameScope(recordOf(shelf, approval), added)) {
      approvals.set(id, { ...approval, supersededBy: added.approval.id })
    }
  }
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
