import { type Approval, type Decision, type RunVoid, stateOf } from '../../core/approval/approval.js'
import { type AuditDetails, type AuditEntry, type AuditFact, chain } from '../../core/audit/chain.js'
import type { BillRun } from '../../core/billrun/run.js'
import type { RecordedPolicy } from '../../core/charges/policies.js'
import type { ApprovalRecord, BilledLine, BillingStore, DecisionRecord } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'

type NewRequest = Omit<Approval, 'id' | 'decision' | 'supersededBy'>

/** Bill runs, approvals and the trail in memory, with the rules of the real store. */
export function memoryBilling(): BillingStore {
  const runs = new Map<string, BillRun>()
  const approvals = new Map<string, Approval>()
  const voids = new Map<string, readonly RunVoid[]>()
  const trail: AuditEntry[] = []
  const policies: RecordedPolicy[] = []
  let billed: BilledLine[] = []
  let version = 0
  const note = (fact: AuditFact) => void trail.push(chain(fact, trail.at(-1)))
  const recordOf = (approval: Approval): ApprovalRecord => {
    const run = runs.get(approval.subject.runId)
    if (run === undefined) throw new Error(`no run ${approval.subject.runId}`)
    return { approval, run, voids: voids.get(run.id) ?? [] }
  }
  const add = (request: NewRequest, action: string, more: AuditDetails = {}): ApprovalRecord => {
    version += 1
    const id = `APR-${String(approvals.size + 1).padStart(4, '0')}`
    const approval = { ...request, id, decision: undefined, supersededBy: undefined }
    approvals.set(id, approval)
    const details = { run: approval.subject.runId, fingerprint: approval.fingerprint, ...more }
    note({ at: approval.requestedAt, actor: approval.requestedBy, action, subject: id, details })
    return recordOf(approval)
  }
  return {
    books: async () => ({ version, billed, policies: [...policies] }),
    version: async () => version,
    propose: async ({ run, requestedByName, expiresAt }, expected) => {
      refuseMoved(expected, version)
      const runId = `BR-${String(runs.size + 1).padStart(4, '0')}`
      runs.set(runId, { ...run, id: runId })
      const { fingerprint, proposedBy: requestedBy, proposedAt: requestedAt } = run
      const subject = { type: 'bill', runId } as const
      const request = { subject, fingerprint, requestedBy, requestedByName, requestedAt, expiresAt }
      const added = add(request, 'bill.proposed')
      supersede(approvals, runs, added)
      return added
    },
    proposeVoid: async ({ runId, customerId, reason, facts, ...request }) => {
      if (!runs.has(runId)) throw new Problem({ kind: 'notFound', what: `There is no bill run “${runId}”.` })
      const subject = { type: 'void', runId, customerId, reason } as const
      return add({ ...request, subject }, 'void.proposed', { void: facts })
    },
    approval: async (id) => {
      const approval = approvals.get(id)
      return approval === undefined ? undefined : recordOf(approval)
    },
    run: async (id) => runs.get(id),
    open: async () => [...approvals.values()].filter(isOpen).map(recordOf),
    decide: async (record) => {
      const approval = approvals.get(record.approvalId)
      if (approval?.decision !== undefined) return { outcome: 'decidedBefore', decision: approval.decision }
      if (approval === undefined || record.version !== version) return { outcome: 'moved' }
      if (stateOf(approval, record.decision.at) !== 'pending') return { outcome: 'moved' }
      billed = booksAfter(billed, record, recordOf(approval).run, version + 1)
      version += 1
      approvals.set(approval.id, { ...approval, decision: record.decision })
      rememberVoid(voids, approval, record.decision)
      note({ at: record.decision.at, actor: record.decision.by, ...record.audit })
      return { outcome: 'written' }
    },
    policyStanding: async () => ({ version, last: policies.at(-1), isBilled: billed.length > 0 }),
    recordPolicy: async ({ audit, ...policy }, expected) => {
      refuseMoved(expected, version)
      policies.push(structuredClone({ ...policy, version: (version += 1) }))
      if (audit !== undefined) note({ ...audit, at: policy.recordedAt })
    },
    note: async (fact) => note(fact),
    trail: async (subject) => trail.filter((entry) => subject === undefined || entry.subject === subject),
  }
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

/** A new proposal takes the place of undecided ones for the same month and customers. */
function supersede(
  approvals: Map<string, Approval>,
  runs: Map<string, BillRun>,
  added: ApprovalRecord,
): void {
  const scope = ({ month, asked }: BillRun) => `${month.from} ${[...asked].sort().join(' ')}`
  for (const [id, approval] of approvals) {
    const run = runs.get(approval.subject.runId)
    if (
      id === added.approval.id ||
      !isOpen(approval) ||
      approval.subject.type !== 'bill' ||
      run === undefined
    )
      continue
    if (scope(run) === scope(added.run)) approvals.set(id, { ...approval, supersededBy: added.approval.id })
  }
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
