import type { Approval } from '../../core/approval/approval.js'
import type { BillRun } from '../../core/billrun/run.js'
import type {
  ApprovalRecord,
  BillingStore,
  Books,
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
  supersede,
} from './billing-approval.js'
import type { StoredApproval } from './billing-approval.js'
import { addEntry, readTrail } from './billing-audit.js'
import { billLines, readBilled, voidLines } from './billing-billed-line.js'
import { type BooksState, lockBooks, numberOf, numberedId, readVersion, saveBooks } from './billing-books.js'
import { addRun, readRuns } from './billing-run.js'
import { inTransaction, readConsistently } from './database.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import { integer } from './values.js'

/** Bill runs, approvals, what is billed and the trail of one MSP. */
export function billingStore(database: Database, mspId: string): BillingStore {
  const read = <T>(work: (query: Query) => Promise<T>) => readConsistently(database, work)
  const write = <T>(work: (tx: Transaction) => Promise<T>) => inTransaction(database, work)
  return {
    books: () => read((query) => readBooks(query, mspId)),
    version: () => readVersion(database, mspId),
    propose: (draft, version) => write((tx) => propose(database, tx, mspId, draft, version)),
    proposeVoid: (draft) => proposeVoid(database, mspId, draft),
    async approval(id) {
      const number = numberOf('APR', id)
      return number === undefined ? undefined : read((query) => readRecord(query, mspId, number))
    },
    async run(id) {
      const number = numberOf('BR', id)
      return number === undefined ? undefined : readRun(database, mspId, number)
    },
    open: () => read(async (query) => recordsOf(query, mspId, await readOpen(query, mspId))),
    decide: (record) => write((tx) => decide(database, tx, mspId, record)),
    note: (fact) =>
      write(async (tx) => {
        const books = await lockBooks(tx, mspId)
        const lastEntry = await addEntry(tx, mspId, books.lastEntry, fact)
        await saveBooks(tx, mspId, { ...books, lastEntry })
      }),
    trail: (subject) => readTrail(database, mspId, subject),
  }
}

async function readBooks(query: Query, mspId: string): Promise<Books> {
  const select = 'SELECT version FROM books WHERE msp_id = $1'
  const [version] = await query(select, [mspId], ([cell]: readonly [version: Cell]) => integer(cell))
  return { version: version ?? 0, billed: await readBilled(query, mspId) }
}

async function readRecord(query: Query, mspId: string, number: number): Promise<ApprovalRecord | undefined> {
  const found = await findApproval(query, mspId, number)
  return found === undefined ? undefined : (await recordsOf(query, mspId, [found]))[0]
}

/** Requests with their runs; two requests about one run share it. */
async function recordsOf(
  query: Query,
  mspId: string,
  approvals: readonly StoredApproval[],
): Promise<readonly ApprovalRecord[]> {
  const numbers = [...new Set(approvals.map(({ runNumber }) => runNumber))]
  const runs = await readRuns(query, mspId, numbers)
  return approvals.flatMap(({ approval, runNumber }) => {
    const run = runs.get(runNumber)
    return run === undefined ? [] : [{ approval, run }]
  })
}

async function propose(
  database: Database,
  tx: Transaction,
  mspId: string,
  { run: draft, requestedByName, expiresAt }: ProposalDraft,
  version: number,
): Promise<ApprovalRecord> {
  const books = await lockBooks(tx, mspId)
  if (books.version !== version) throw movedOn(books.version, version)
  const runNumber = books.lastRun + 1
  const run = { ...draft, id: numberedId('BR', runNumber) }
  await addRun(database, tx, mspId, runNumber, draft)
  const { fingerprint, proposedBy: requestedBy, proposedAt: requestedAt } = draft
  const subject = { type: 'bill', runId: run.id } as const
  const request = { subject, fingerprint, requestedBy, requestedByName, requestedAt, expiresAt }
  const approval = await ask(tx, mspId, { ...books, lastRun: runNumber }, runNumber, request)
  await supersede(tx, mspId, { approvalNumber: books.lastApproval + 1, runNumber })
  return { approval, run }
}

async function proposeVoid(
  database: Database,
  mspId: string,
  { runId, customerId, reason, ...request }: VoidDraft,
): Promise<ApprovalRecord> {
  const number = numberOf('BR', runId)
  const run = number === undefined ? undefined : await readRun(database, mspId, number)
  if (number === undefined || run === undefined) throw noSuchRun(runId)
  const subject = { type: 'void', runId, customerId, reason } as const
  const approval = await inTransaction(database, async (tx) =>
    ask(tx, mspId, await lockBooks(tx, mspId), number, { ...request, subject }),
  )
  return { approval, run }
}

async function readRun(database: Database, mspId: string, number: number): Promise<BillRun | undefined> {
  return (await readConsistently(database, (query) => readRuns(query, mspId, [number]))).get(number)
}

/** Adds the request and its trail, and moves the books on. */
async function ask(
  tx: Transaction,
  mspId: string,
  books: BooksState,
  runNumber: number,
  request: Omit<Approval, 'id' | 'decision' | 'supersededBy'>,
): Promise<Approval> {
  const { subject, fingerprint, requestedBy: actor, requestedAt: at } = request
  const lastApproval = books.lastApproval + 1
  const id = numberedId('APR', lastApproval)
  await addApproval(tx, mspId, lastApproval, runNumber, request)
  const details = { run: subject.runId, fingerprint }
  const fact = { at, actor, action: `${subject.type}.proposed`, subject: id, details }
  const lastEntry = await addEntry(tx, mspId, books.lastEntry, fact)
  await saveBooks(tx, mspId, { ...books, version: books.version + 1, lastApproval, lastEntry })
  return { ...request, id, decision: undefined, supersededBy: undefined }
}

async function decide(
  database: Database,
  tx: Transaction,
  mspId: string,
  { approvalId, decision, version, bill, void: voided, audit }: DecisionRecord,
): Promise<Decided> {
  const books = await lockBooks(tx, mspId)
  const approvalNumber = numberOf('APR', approvalId)
  if (approvalNumber === undefined) return { outcome: 'moved' }
  const standing = await findStanding(tx, mspId, approvalNumber)
  if (standing?.decision !== undefined) return { outcome: 'decidedBefore', decision: standing.decision }
  const isOpen = standing !== undefined && !standing.superseded && decision.at < standing.expiresAt
  if (!isOpen || books.version !== version) return { outcome: 'moved' }
  const deciding = { approvalNumber, runNumber: standing.runNumber }
  await addDecision(tx, mspId, approvalNumber, decision, version + 1)
  await billLines(
    database,
    tx,
    mspId,
    deciding,
    bill.map(({ key }) => key),
  )
  await voidLines(tx, mspId, deciding, voided)
  const fact = { ...audit, at: decision.at, actor: decision.by }
  const lastEntry = await addEntry(tx, mspId, books.lastEntry, fact)
  await saveBooks(tx, mspId, { ...books, version: version + 1, lastEntry })
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
