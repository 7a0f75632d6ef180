import type { Person } from '../access/rights.js'
import { type Attempt, type Refusal, refusalOf, stateOf } from '../approval/approval.js'
import { requestContent } from '../approval/request.js'
import type { Staleness } from '../approval/stale.js'
import { voidFacts } from '../approval/void-facts.js'
import { DECIDE_ATTEMPTS } from '../limits.js'
import type { ApprovalRecord, BilledLine, BillingStore, Books, Clock, DecisionRecord } from '../ports.js'
import { Problem } from '../problem.js'
import type { BillingView } from './run-content.js'
import { runChanges, voidChanges } from './standing.js'
import { syncChanges } from './sync-request.js'

/** How an attempt to decide ended. */
export type DecideOutcome =
  | { readonly type: 'decided'; readonly record: ApprovalRecord }
  | { readonly type: 'refused'; readonly refusal: Refusal; readonly record: ApprovalRecord }
  /** The lines changed since they were shown: nothing was billed. */
  | { readonly type: 'stale'; readonly changes: Staleness; readonly record: ApprovalRecord }

export interface DecidePorts {
  readonly billing: BillingStore
  readonly clock: Clock
}

/** Who decides, and who else could, as they are known now: asked again in every round. */
export type Decider = () => Promise<{
  readonly person: Person
  readonly people: readonly Person[]
  /** Of the people stored. */
  readonly version: number
}>

/**
 * Decides one request: the decision, the lines it bills and the audit entry are written together or not at all. An
 * approval of lines that have changed is refused with what changed; a refused attempt is written to the trail.
 */
export async function decide(
  ports: DecidePorts,
  view: () => Promise<BillingView>,
  decider: Decider,
  approvalId: string,
  attempt: Attempt,
): Promise<DecideOutcome> {
  for (let round = 1; round <= DECIDE_ATTEMPTS; round += 1) {
    const record = await ports.billing.approval(approvalId)
    if (record === undefined) throw approvalNotFound(approvalId)
    const { person, people, version } = await decider()
    const at = await ports.clock.now()
    const refusal = refusalOf(record.approval, attempt, person, people, at)
    // What has changed since is said before that a button showed something else: it says how to go on.
    if (refusal !== undefined && refusal.type !== 'wrongRevision') {
      return refuse(ports, record, person, refusal, at)
    }
    const { books, changes } = await standing(ports, view, record, attempt)
    // A change of people moves the books on, so what is changed behind this is found when it is written.
    if ((await decider()).version !== version) continue
    if (changes !== undefined) {
      // The books were read after the request: if somebody decided it in between, that is what has to be said.
      const latest = await ports.billing.approval(approvalId)
      if (latest !== undefined && stateOf(latest.approval, at) !== 'pending') continue
      await ports.billing.note({
        at,
        actor: person.id,
        action: 'approval.stale',
        subject: approvalId,
        details: {},
      })
      return { type: 'stale', changes, record: latest ?? record }
    }
    if (refusal !== undefined) return refuse(ports, record, person, refusal, at)
    const decided = await ports.billing.decide(decisionRecord(record, attempt, person, at, books))
    if (decided.outcome === 'moved') continue
    if (decided.outcome === 'decidedBefore') {
      return refuse(ports, record, person, { type: 'decided', decision: decided.decision }, at)
    }
    const after = await ports.billing.approval(approvalId)
    return { type: 'decided', record: after ?? record }
  }
  throw new Problem({
    kind: 'unavailable',
    what: 'The books kept changing while this was being decided.',
    notDone: 'Nothing was decided.',
    next: 'Try again in a moment.',
  })
}

async function refuse(
  { billing }: DecidePorts,
  record: ApprovalRecord,
  person: Person,
  refusal: Refusal,
  at: Date,
): Promise<DecideOutcome> {
  const details = { refusal: refusal.type }
  await billing.note({
    at,
    actor: person.id,
    action: 'approval.refused',
    subject: record.approval.id,
    details,
  })
  return { type: 'refused', refusal, record }
}

/**
 * The books a decision is checked against, and what differs between the lines shown and those of now; undefined when
 * nothing does. A void is about what is billed alone: it is decided also where nothing due can be computed.
 */
async function standing(
  { billing }: DecidePorts,
  view: () => Promise<BillingView>,
  record: ApprovalRecord,
  { verdict }: Attempt,
): Promise<{ readonly books: Books; readonly changes: Staleness | undefined }> {
  const { approval } = record
  if (verdict === 'rejected') return { books: await billing.books(), changes: undefined }
  if (approval.subject.type === 'void') {
    const books = await billing.books()
    return { books, changes: voidChanges(record, books.billed) }
  }
  const now = await view()
  const changes = approval.subject.type === 'sync' ? syncChanges(now, record) : runChanges(now, record)
  return { books: now.books, changes }
}

/** Billed lines of a run, for one customer or all. */
export function billedOf(
  billed: readonly BilledLine[],
  runId: string,
  customerId: string | undefined,
): readonly BilledLine[] {
  return billed.filter(
    (line) => line.runId === runId && (customerId === undefined || line.customerId === customerId),
  )
}

function decisionRecord(
  record: ApprovalRecord,
  { verdict, reason }: Attempt,
  person: Person,
  at: Date,
  books: Books,
): DecisionRecord {
  const { approval, run } = record
  const approved = verdict === 'approved'
  const { subject } = approval
  const voided =
    approved && subject.type === 'void' ? billedOf(books.billed, subject.runId, subject.customerId) : []
  return {
    approvalId: approval.id,
    decision: { verdict, by: person.id, byName: person.name, at, reason },
    version: books.version,
    bill: approved && subject.type === 'bill' ? run.lines : [],
    send: approved && subject.type === 'sync',
    void: voided.map(({ key }) => key),
    audit: {
      action: `${subject.type}.${verdict}`,
      subject: approval.id,
      details: {
        run: run.id,
        fingerprint: approval.fingerprint,
        ...(reason === undefined ? {} : { reason }),
        ...(subject.type === 'void' ? { void: voidFacts(requestContent(record).lines, subject.reason) } : {}),
      },
    },
  }
}

export function approvalNotFound(id: string): Problem {
  return new Problem({
    kind: 'notFound',
    what: `There is no approval “${id}”.`,
    next: 'Type `approvals` to see what waits.',
  })
}
