import {
  type AuditDetails,
  type AuditEntry,
  type AuditFact,
  type ChainFault,
  chain,
  verifyChain,
} from '../../core/audit/chain.js'
import { AUDIT_PAGE_ENTRIES } from '../../core/limits.js'
import { readConsistently } from './database.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import {
  checkTexts,
  instant,
  instantColumn,
  integer,
  packedColumns,
  text,
  unpack,
  writeInstant,
  writeText,
} from './values.js'

type Last = Pick<AuditEntry, 'sequence' | 'hash'> | undefined

/** Puts a fact behind the last entry and returns where the trail ends now. The books are locked. */
export async function addEntry(
  tx: Transaction,
  mspId: string,
  last: Last,
  fact: AuditFact,
): Promise<AuditEntry> {
  const { actor, action, subject } = fact
  for (const words of [actor, action, subject]) writeText(words, `trail: ${action}`)
  checkTexts(fact.details, `trail: ${action}`)
  const entry = chain(fact, last)
  const { sequence, previous, hash } = entry
  await tx.$executeRaw`
    INSERT INTO audit_entry (msp_id, sequence, at, actor, action, subject, details, previous, hash)
    VALUES (${mspId}, ${sequence}, ${writeInstant(fact.at)}::timestamptz, ${actor}, ${action}, ${subject},
      ${JSON.stringify(fact.details)}::jsonb, ${previous}, ${hash})`
  return entry
}

const PACKED = ['sequence', instantColumn('at'), 'previous', 'hash']

const SELECT = `SELECT ${packedColumns(PACKED)}, actor, action, subject, details FROM audit_entry
  WHERE msp_id = $1 AND sequence > $2 AND ($3::text IS NULL OR subject = $3) ORDER BY sequence LIMIT $4`

type EntryRow = readonly [packed: Cell, actor: Cell, action: Cell, subject: Cell, details: Cell]

type PackedCells = [sequence: Cell, at: Cell, previous: Cell, hash: Cell]

function readPage(
  query: Query,
  mspId: string,
  after: number,
  subject: string | undefined,
): Promise<readonly AuditEntry[]> {
  return query(SELECT, [mspId, after, subject ?? null, AUDIT_PAGE_ENTRIES], entryOf)
}

function entryOf([packed, actor, action, subject, details]: EntryRow): AuditEntry {
  const [sequence, at, previous, hash] = unpack<PackedCells>(packed, 4)
  return {
    sequence: integer(sequence),
    at: instant(at),
    actor: text(actor),
    action: text(action),
    subject: text(subject),
    details: JSON.parse(text(details)) as AuditDetails,
    previous: text(previous),
    hash: text(hash),
  }
}

/** The trail of one subject, or all of it, in order. Entries only ever come behind, so pages need no common moment. */
export async function readTrail(
  database: Database,
  mspId: string,
  subject: string | undefined,
): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = []
  for (;;) {
    const after = entries.at(-1)?.sequence ?? 0
    const page = await readConsistently(database, (query) => readPage(query, mspId, after, subject))
    for (const entry of page) entries.push(entry)
    if (page.length < AUDIT_PAGE_ENTRIES) return entries
  }
}

/** What verifying the trail found. */
export interface TrailCheck {
  /** Entries that hold: all of them, or those before the fault. */
  readonly entries: number
  readonly fault: ChainFault | undefined
}

/**
 * Verifies the whole trail, however long, a page at a time: every entry against its own hash and the one before it, and
 * the last one against the books, so that entries cut off at the end are missed too.
 */
export async function verifyTrail(database: Database, mspId: string): Promise<TrailCheck> {
  let last: AuditEntry | undefined
  for (;;) {
    const after = last?.sequence ?? 0
    const { page, end } = await readConsistently(database, async (query) => ({
      end: await readEnd(query, mspId),
      page: await readPage(query, mspId, after, undefined),
    }))
    const fault = verifyChain(page, last)
    if (fault !== undefined) return faultAt(fault.sequence, fault.what)
    last = page.at(-1) ?? last
    if (page.length < AUDIT_PAGE_ENTRIES) return endingAt(last, end)
  }
}

function endingAt(last: Last, end: Last): TrailCheck {
  const [written, known] = [last?.sequence ?? 0, end?.sequence ?? 0]
  if (written === known && last?.hash === end?.hash) return { entries: written, fault: undefined }
  if (written < known) return faultAt(written + 1, `entry ${written + 1} is missing`)
  if (written > known) return faultAt(known + 1, `entry ${known + 1} was put behind the last one`)
  return faultAt(written, `entry ${written} is not the one that was written last`)
}

function faultAt(sequence: number, what: string): TrailCheck {
  return { entries: sequence - 1, fault: { sequence, what } }
}

async function readEnd(query: Query, mspId: string): Promise<Last> {
  const select = 'SELECT audit_sequence, audit_hash FROM books WHERE msp_id = $1 AND audit_sequence > 0'
  const ends = await query(select, [mspId], ([sequence, hash]: readonly [sequence: Cell, hash: Cell]) => ({
    sequence: integer(sequence),
    hash: text(hash),
  }))
  return ends[0]
}
