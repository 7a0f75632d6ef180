import { assert } from '../../core/assert.js'
import type { Approval } from '../../core/approval/approval.js'
import { replacesFact } from '../../core/approval/replaces.js'
import type { AuditDetails } from '../../core/audit/chain.js'
import type { BillRun } from '../../core/billrun/run.js'
import type {
  ApprovalRecord,
  BillingStore,
  Decided,
  DecisionRecord,
  ProposalDraft,
  VoidDraft,
} from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import {
  addApproval,
  addDecision,
  findApproval,
  findStanding,
  readOpen,
  readVoids,
  supersede,
  supersedeSync,
} from './billing-approval.js'
import type { StoredApproval } from './billing-approval.js'
import { addEntry, readTrail } from './billing-audit.js'
import { billLines, booksReader, voidLines } from './billing-billed-line.js'
import { type BooksState, lockBooks, numberOf, numberedId, readVersion, saveBooks } from './billing-books.js'
import { recordOverride } from './billing-override.js'
import { type RunReader, addRun, runReader } from './billing-run.js'
import { readStanding, recordSettings } from './billing-settings.js'
import { inTransaction, readConsistently } from './database.js'
import type { Database, Query, Transaction } from './database.js'
import { addIntents, hasOpenIntents } from './sync-intent.js'
import { addSteps, readPlans } from './sync-step.js'

/** Bill runs, approvals, what is billed, settings and the trail of one MSP. */
export function billingStore(database: Database, mspId: string): BillingStore {
  const read = <T>(work: (query: Query) => Promise<T>) => readConsistently(database, work)
  const write = <T>(work: (tx: Transaction) => Promise<T>) => inTransaction(database, work)
  const readBooks = booksReader(mspId)
  const readRuns = runReader(mspId)
  async function run(id: string): Promise<BillRun | undefined> {
    const number = numberOf('BR', id)
    return number === undefined ? undefined : (await read((query) => readRuns(query, [number]))).get(number)
  }
  async function request(id: string): Promise<ApprovalRecord | undefined> {
    const number = numberOf('APR', id)
    if (number === undefined) return undefined
    const records = await read(async (query) => {
      return recordsOf(query, mspId, readRuns, await findApproval(query, mspId, number))
    })
    return records[0]
  }
  return {
    books: () => read(readBooks),
    version: () => readVersion(database, mspId),
    propose: (draft, version) => write((tx) => propose(database, tx, mspId, draft, version)),
    async proposeVoid(draft) {
      if ((await run(draft.runId)) === undefined) throw noSuchRun(draft.runId)
      const { id } = await write((tx) => proposeVoid(tx, mspId, draft))
      const record = await request(id)
      assert(record !== undefined, `${id} is gone right after it was asked for`)
      return record
    },
    approval: request,
    run,
    open: () => read(async (query) => recordsOf(query, mspId, readRuns, await readOpen(query, mspId))),
    decide: (record) => write((tx) => decide(database, tx, mspId, record)),
    settingsStanding: () => read((query) => readStanding(query, mspId)),
    recordSettings: (draft, version) => write((tx) => recordSettings(tx, mspId, draft, version)),
    recordOverride: (...drafts) =>
      write(async (tx) => {
        for (const draft of drafts) await recordOverride(tx, mspId, draft)
      }),
    note: (fact) =>
      write(async (tx) => {
        const books = await lockBooks(tx, mspId)
        const lastEntry = await addEntry(tx, mspId, books.lastEntry, fact)
        await saveBooks(tx, mspId, { ...books, lastEntry })
      }),
    trail: (subject) => readTrail(database, mspId, subject),
  }
}

/** Requests with their runs and what was voided of them; two requests about one run share it. */
async function recordsOf(
  query: Query,
  mspId: string,
  readRuns: RunReader,
  approvals: readonly StoredApproval[],
): Promise<readonly ApprovalRecord[]> {
  const numbers = [...new Set(approvals.map(({ runNumber }) => runNumber))]
  const runs = await readRuns(query, numbers)
  const voids = await readVoids(
    query,
    mspId,
    approvals.filter(mayBeVoided).map(({ runNumber }) => runNumber),
  )
  const synced = approvals.filter(({ approval }) => approval.subject.type === 'sync')
  const plans = await readPlans(
    query,
    mspId,
    synced.map(({ runNumber }) => runNumber),
  )
  return approvals.map(({ approval, runNumber }) => {
    const run = runs.get(runNumber)
    assert(run !== undefined, `${approval.id} is about a bill run that does not exist`)
    const record = { approval, run, voids: voids.get(runNumber) ?? [] }
    return approval.subject.type === 'sync' ? { ...record, plan: plans.get(runNumber) ?? [] } : record
  })
}

/** Nothing is billed, and so nothing voided, of a run that waits: most clicks are on those. Nor of one that is synced. */
function mayBeVoided({ approval: { subject, decision } }: StoredApproval): boolean {
  return subject.type === 'void' || (subject.type === 'bill' && decision?.verdict === 'approved')
}

async function propose(
  database: Database,
  tx: Transaction,
  mspId: string,
  { run: draft, requestedByName, expiresAt, plan, note }: ProposalDraft,
  version: number,
): Promise<ApprovalRecord> {
  const books = await lockBooks(tx, mspId)
  if (books.version !== version) throw movedOn(books.version, version)
  const runNumber = books.lastRun + 1
  const run = { ...draft, id: numberedId('BR', runNumber) }
  await addRun(database, tx, mspId, runNumber, draft)
  const { fingerprint, proposedBy: requestedBy, proposedAt: requestedAt } = draft
  const subject = { type: plan === undefined ? 'bill' : 'sync', runId: run.id } as const
  const request = { subject, fingerprint, requestedBy, requestedByName, requestedAt, expiresAt }
  const approval = await ask(tx, mspId, { ...books, lastRun: runNumber }, runNumber, request, {
    note,
    supersede: async () => {
      const by = { approvalNumber: books.lastApproval + 1, runNumber }
      if (plan === undefined) {
        await supersede(tx, mspId, by)
        return []
      }
      await addSteps(database, tx, mspId, runNumber, plan)
      return supersedeSync(tx, mspId, by)
    },
  })
  return { approval, run, ...(plan === undefined ? {} : { plan }), voids: [] }
}

async function proposeVoid(
  tx: Transaction,
  mspId: string,
  { runId, customerId, reason, facts, ...request }: VoidDraft,
): Promise<Approval> {
  const runNumber = numberOf('BR', runId)
  if (runNumber === undefined) throw noSuchRun(runId)
  const subject = { type: 'void', runId, customerId, reason } as const
  const details = { void: facts }
  return ask(tx, mspId, await lockBooks(tx, mspId), runNumber, { ...request, subject }, { details })
}

/** What belongs to a request beside itself. */
interface Beside {
  /** What the trail says of it beyond its run. */
  readonly details?: AuditDetails
  readonly note?: ProposalDraft['note']
  /** Takes the place of others, and returns the ids of those the trail names. */
  readonly supersede?: () => Promise<readonly string[]>
}

/** Adds the request and its trail, and moves the books on. */
async function ask(
  tx: Transaction,
  mspId: string,
  books: BooksState,
  runNumber: number,
  request: Omit<Approval, 'id' | 'decision' | 'supersededBy'>,
  { details = {}, note, supersede: takePlaces = async () => [] }: Beside,
): Promise<Approval> {
  const { subject, fingerprint, requestedBy: actor, requestedAt: at } = request
  const lastApproval = books.lastApproval + 1
  const id = numberedId('APR', lastApproval)
  await addApproval(tx, mspId, lastApproval, runNumber, request)
  const asked = {
    action: `${subject.type}.proposed`,
    details: { run: subject.runId, fingerprint, ...details },
  }
  const replaces = replacesFact({ ...request, id }, await takePlaces())
  let { lastEntry } = books
  for (const fact of [asked, replaces, note]) {
    if (fact === undefined) continue
    const { action, details: more } = fact
    lastEntry = await addEntry(tx, mspId, lastEntry, { at, actor, action, subject: id, details: more })
  }
  await saveBooks(tx, mspId, { ...books, version: books.version + 1, lastApproval, lastEntry })
  return { ...request, id, decision: undefined, supersededBy: undefined }
}

async function decide(
  database: Database,
  tx: Transaction,
  mspId: string,
  { approvalId, decision, version, bill, send, void: voided, audit }: DecisionRecord,
): Promise<Decided> {
  const books = await lockBooks(tx, mspId)
  const approvalNumber = numberOf('APR', approvalId)
  if (approvalNumber === undefined) return { outcome: 'moved' }
  const standing = await findStanding(tx, mspId, approvalNumber)
  if (standing?.decision !== undefined) return { outcome: 'decidedBefore', decision: standing.decision }
  const isOpen = standing !== undefined && !standing.superseded && decision.at < standing.expiresAt
  if (!isOpen || books.version !== version) return { outcome: 'moved' }
  const deciding = { approvalNumber, runNumber: standing.runNumber }
  assert(!send || standing.type === 'sync', `${approvalId} has no plan to send`)
  // What is under way there comes first: this plan was made without knowing how it ends.
  if (send && (await hasOpenIntents(tx, mspId, standing.runNumber))) return { outcome: 'moved' }
  await addDecision(tx, mspId, approvalNumber, decision, version + 1)
  await billLines(
    database,
    tx,
    mspId,
    deciding,
    bill.map(({ key }) => key),
  )
  await voidLines(tx, mspId, deciding, voided)
  if (send) await addIntents(tx, mspId, deciding)
  const fact = { ...audit, at: decision.at, actor: decision.by }
  const lastEntry = await addEntry(tx, mspId, books.lastEntry, fact)
  const syncVersion = books.syncVersion + (send ? 1 : 0)
  await saveBooks(tx, mspId, { ...books, version: version + 1, syncVersion, lastEntry })
  return { outcome: 'written' }
}

function movedOn(now: number, then: number): Problem {
  return new Problem({
    kind: 'conflict',
    what: `The books moved on while the bill run was computed (they are at version ${now}, it was computed at ${then}).`,
    notDone: 'No bill run was made.',
    next: 'Propose again.',
  })
}

function noSuchRun(id: string): Problem {
  return new Problem({
    kind: 'notFound',
    what: `There is no bill run “${id}”.`,
    notDone: 'Nothing was voided.',
    next: 'Type `approvals` to see what waits.',
  })
}
