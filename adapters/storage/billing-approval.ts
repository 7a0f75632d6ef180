import type { Approval, ApprovalSubject, Decision, RunVoid } from '../../core/approval/approval.js'
import { numberedId } from './billing-books.js'
import type { Cell, Query, Transaction } from './database.js'
import {
  instant,
  instantColumn,
  integer,
  optionalText,
  packedColumns,
  text,
  unpack,
  word,
  writeInstant,
  writeOptionalText,
  writeText,
} from './values.js'

const TYPES = ['bill', 'sync', 'void'] as const
const VERDICTS = ['approved', 'rejected'] as const

/** Adds a request about a run that is stored already. */
export async function addApproval(
  tx: Transaction,
  mspId: string,
  number: number,
  runNumber: number,
  request: Omit<Approval, 'id' | 'decision' | 'supersededBy'>,
): Promise<void> {
  const { subject, fingerprint, requestedBy, requestedByName, requestedAt, expiresAt } = request
  const { customerId, reason } =
    subject.type === 'void' ? subject : { customerId: undefined, reason: undefined }
  await tx.$executeRaw`
    INSERT INTO approval (msp_id, number, type, run_number, customer_id, reason, fingerprint, requested_by,
      requested_by_name, requested_at, expires_at)
    VALUES (${mspId}, ${number}, ${subject.type}, ${runNumber}, ${writeOptionalText(customerId, 'customer of a void')},
      ${writeOptionalText(reason, 'reason of a void')}, ${fingerprint}, ${writeText(requestedBy, 'who asks')},
      ${writeText(requestedByName, 'name of who asks')}, ${writeInstant(requestedAt)}::timestamptz,
      ${writeInstant(expiresAt)}::timestamptz)`
}

/**
 * A new request to bill takes the place of undecided ones for the same month and the same customers asked for, in
 * whatever order they were named.
 */
export async function supersede(
  tx: Transaction,
  mspId: string,
  by: { readonly approvalNumber: number; readonly runNumber: number },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO supersession (msp_id, approval_number, by_number)
    SELECT approval.msp_id, approval.number, ${by.approvalNumber}
    FROM approval
    JOIN bill_run AS run ON run.msp_id = approval.msp_id AND run.number = approval.run_number
    JOIN bill_run AS fresh ON fresh.msp_id = approval.msp_id AND fresh.number = ${by.runNumber}
    LEFT JOIN decision ON decision.msp_id = approval.msp_id AND decision.approval_number = approval.number
    LEFT JOIN supersession AS done ON done.msp_id = approval.msp_id AND done.approval_number = approval.number
    WHERE approval.msp_id = ${mspId} AND approval.type = 'bill' AND approval.number <> ${by.approvalNumber}
      AND decision.approval_number IS NULL AND done.approval_number IS NULL
      AND run.month_from = fresh.month_from AND run.month_to = fresh.month_to
      AND run.asked @> fresh.asked AND run.asked <@ fresh.asked`
}

/**
 * A new request to write into PSAs takes the place of undecided ones that would write for one of its customers. Their ids,
 * in order.
 */
export async function supersedeSync(
  tx: Transaction,
  mspId: string,
  by: { readonly approvalNumber: number; readonly runNumber: number },
): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<readonly { readonly approval_number: number }[]>`
    INSERT INTO supersession (msp_id, approval_number, by_number)
    SELECT approval.msp_id, approval.number, ${by.approvalNumber}
    FROM approval
    LEFT JOIN decision ON decision.msp_id = approval.msp_id AND decision.approval_number = approval.number
    LEFT JOIN supersession AS done ON done.msp_id = approval.msp_id AND done.approval_number = approval.number
    WHERE approval.msp_id = ${mspId} AND approval.type = 'sync' AND approval.number <> ${by.approvalNumber}
      AND decision.approval_number IS NULL AND done.approval_number IS NULL
      AND EXISTS (
        SELECT 1 FROM sync_step AS step
        JOIN sync_step AS fresh ON fresh.msp_id = step.msp_id AND fresh.customer_id = step.customer_id
        WHERE step.msp_id = approval.msp_id AND step.run_number = approval.run_number
          AND fresh.run_number = ${by.runNumber})
    RETURNING approval_number`
  return rows
    .map((row) => row.approval_number)
    .sort((left, right) => left - right)
    .map((number) => numberedId('APR', number))
}

/** What deciding needs to know of a request; the books are locked, so it stays as it is. */
export interface Standing {
  readonly type: ApprovalSubject['type']
  readonly runNumber: number
  readonly expiresAt: Date
  readonly superseded: boolean
  readonly decision: Decision | undefined
}

export async function findStanding(
  tx: Transaction,
  mspId: string,
  number: number,
): Promise<Standing | undefined> {
  const row = await tx.approval.findUnique({
    where: { mspId_number: { mspId, number } },
    include: { decision: true, supersession: true },
  })
  if (row === null) return undefined
  const { type, runNumber, expiresAt, supersession, decision } = row
  return {
    type: word(TYPES, type),
    runNumber,
    expiresAt,
    superseded: supersession !== null,
    decision:
      decision === null
        ? undefined
        : {
            verdict: word(VERDICTS, decision.verdict),
            by: decision.decidedBy,
            byName: decision.decidedByName,
            at: decision.decidedAt,
            reason: decision.reason ?? undefined,
          },
  }
}

/** Writes the one decision of a request. `version`: of the books with it. */
export async function addDecision(
  tx: Transaction,
  mspId: string,
  number: number,
  { verdict, by, byName, at, reason }: Decision,
  version: number,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO decision (msp_id, approval_number, verdict, decided_by, decided_by_name, decided_at, reason, version)
    VALUES (${mspId}, ${number}, ${verdict}, ${writeText(by, 'who decides')}, ${writeText(byName, 'name of who decides')},
      ${writeInstant(at)}::timestamptz, ${writeOptionalText(reason, 'reason of a decision')}, ${version})`
}

const PACKED = [
  'approval.number',
  'approval.type',
  'approval.run_number',
  'approval.fingerprint',
  instantColumn('approval.requested_at'),
  instantColumn('approval.expires_at'),
  'supersession.by_number',
  'decision.verdict',
  instantColumn('decision.decided_at'),
]

const SELECT = `SELECT ${packedColumns(PACKED)}, approval.customer_id, approval.reason, approval.requested_by,
    approval.requested_by_name, decision.decided_by, decision.decided_by_name, decision.reason
  FROM approval
  LEFT JOIN decision ON decision.msp_id = approval.msp_id AND decision.approval_number = approval.number
  LEFT JOIN supersession ON supersession.msp_id = approval.msp_id AND supersession.approval_number = approval.number
  WHERE approval.msp_id = $1`

type ApprovalRow = readonly [
  packed: Cell,
  customerId: Cell,
  reason: Cell,
  requestedBy: Cell,
  requestedByName: Cell,
  decidedBy: Cell,
  decidedByName: Cell,
  decisionReason: Cell,
]

/** A request with the number of its run. */
export interface StoredApproval {
  readonly approval: Approval
  readonly runNumber: number
}

/** The request of a number; none when there is none. */
export function findApproval(
  query: Query,
  mspId: string,
  number: number,
): Promise<readonly StoredApproval[]> {
  return query(`${SELECT} AND approval.number = $2`, [mspId, number], approvalOf)
}

/** Undecided, unsuperseded requests, the oldest first. */
export function readOpen(query: Query, mspId: string): Promise<readonly StoredApproval[]> {
  const open = 'AND decision.approval_number IS NULL AND supersession.approval_number IS NULL'
  return query(`${SELECT} ${open} ORDER BY approval.number`, [mspId], approvalOf)
}

/** In the order in which they were decided, which is that of the books' versions. */
const SELECT_VOIDS = `SELECT ${packedColumns(['approval.number', 'approval.run_number', 'decision.verdict', instantColumn('decision.decided_at')])},
    approval.customer_id, decision.decided_by, decision.decided_by_name, decision.reason
  FROM approval
  JOIN decision ON decision.msp_id = approval.msp_id AND decision.approval_number = approval.number
  WHERE approval.msp_id = $1 AND approval.run_number = ANY($2::integer[])
    AND approval.type = 'void' AND decision.verdict = 'approved'
  ORDER BY decision.version`

type VoidRow = readonly [
  packed: Cell,
  customerId: Cell,
  decidedBy: Cell,
  decidedByName: Cell,
  decisionReason: Cell,
]

/** Approved voids by the number of their run; a run without any is left out. */
export async function readVoids(
  query: Query,
  mspId: string,
  runNumbers: readonly number[],
): Promise<ReadonlyMap<number, readonly RunVoid[]>> {
  const voids = new Map<number, RunVoid[]>()
  if (runNumbers.length === 0) return voids
  await query(SELECT_VOIDS, [mspId, runNumbers], ([packed, customerId, ...decided]: VoidRow) => {
    const [number, run, verdict, at] = unpack<[number: Cell, run: Cell, verdict: Cell, at: Cell]>(packed, 4)
    const done = {
      approvalId: numberedId('APR', integer(number)),
      customerId: optionalText(customerId),
      decision: decisionOf(verdict, at, decided),
    }
    voids.set(integer(run), [...(voids.get(integer(run)) ?? []), done])
  })
  return voids
}

type PackedCells = [
  number: Cell,
  type: Cell,
  runNumber: Cell,
  fingerprint: Cell,
  requestedAt: Cell,
  expiresAt: Cell,
  supersededBy: Cell,
  verdict: Cell,
  decidedAt: Cell,
]

function approvalOf(row: ApprovalRow): StoredApproval {
  const [packed, customerId, reason, requestedBy, requestedByName, ...decided] = row
  const [number, type, run, fingerprint, requestedAt, expiresAt, supersededBy, verdict, decidedAt] =
    unpack<PackedCells>(packed, 9)
  const runNumber = integer(run)
  const runId = numberedId('BR', runNumber)
  const approval = {
    id: numberedId('APR', integer(number)),
    subject: subjectOf(runId, type, customerId, reason),
    fingerprint: text(fingerprint),
    requestedBy: text(requestedBy),
    requestedByName: text(requestedByName),
    requestedAt: instant(requestedAt),
    expiresAt: instant(expiresAt),
    decision: verdict === null ? undefined : decisionOf(verdict, decidedAt, decided),
    supersededBy: supersededBy === null ? undefined : numberedId('APR', integer(supersededBy)),
  }
  return { approval, runNumber }
}

function subjectOf(runId: string, type: Cell, customerId: Cell, reason: Cell): ApprovalSubject {
  const known = word(TYPES, type)
  if (known !== 'void') return { type: known, runId }
  return { type: known, runId, customerId: optionalText(customerId), reason: text(reason) }
}

function decisionOf(
  verdict: Cell,
  at: Cell,
  [by, byName, reason]: readonly [by: Cell, byName: Cell, reason: Cell],
): Decision {
  return {
    verdict: word(VERDICTS, verdict),
    by: text(by),
    byName: text(byName),
    at: instant(at),
    reason: optionalText(reason),
  }
}
