import { DATABASE_INTEGER_MAXIMUM } from '../../core/limits.js'
import { assert } from '../../core/assert.js'
import type { AuditEntry } from '../../core/audit/chain.js'
import type { Database, Transaction } from './database.js'
import { asStorageProblem } from './errors.js'

/** Where an MSP's billing stands. */
export interface BooksState {
  readonly version: number
  /** Of what is known of the PSAs. */
  readonly syncVersion: number
  /** Of people and their roles. */
  readonly peopleVersion: number
  /** Number of the last bill run; 0: none yet. The same for requests. */
  readonly lastRun: number
  readonly lastApproval: number
  /** The end of the trail; undefined: nothing was noted yet. */
  readonly lastEntry: Pick<AuditEntry, 'sequence' | 'hash'> | undefined
}

interface BooksRow {
  readonly version: number
  readonly sync_version: number
  readonly people_version: number
  readonly last_run: number
  readonly last_approval: number
  readonly audit_sequence: number
  readonly audit_hash: string | null
}

/**
 * Makes whoever writes for this MSP wait until our transaction ends, in this program or any other: version, numbers and
 * trail go on without gaps. Call it first.
 */
export async function lockBooks(tx: Transaction, mspId: string): Promise<BooksState> {
  const state = await lockRow(tx, mspId)
  if (state !== undefined) return state
  // Of two first writers one inserts; the other waits for it here and then finds its row.
  await tx.$executeRaw`INSERT INTO books (msp_id) VALUES (${mspId}) ON CONFLICT DO NOTHING`
  const made = await lockRow(tx, mspId)
  assert(made !== undefined, `books of ${mspId} are gone right after they were made`)
  return made
}

async function lockRow(tx: Transaction, mspId: string): Promise<BooksState | undefined> {
  const [row] = await tx.$queryRaw<BooksRow[]>`
    SELECT version, sync_version, people_version, last_run, last_approval, audit_sequence, audit_hash FROM books
    WHERE msp_id = ${mspId} FOR UPDATE`
  if (row === undefined) return undefined
  const { audit_sequence: sequence, audit_hash: hash } = row
  return {
    version: row.version,
    syncVersion: row.sync_version,
    peopleVersion: row.people_version,
    lastRun: row.last_run,
    lastApproval: row.last_approval,
    lastEntry: hash === null ? undefined : { sequence, hash },
  }
}

/** Writes what changed; the row is locked by {@link lockBooks}. */
export async function saveBooks(
  tx: Transaction,
  mspId: string,
  { version, syncVersion, peopleVersion, lastRun, lastApproval, lastEntry }: BooksState,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE books SET version = ${version}, sync_version = ${syncVersion}, people_version = ${peopleVersion},
      last_run = ${lastRun}, last_approval = ${lastApproval}, audit_sequence = ${lastEntry?.sequence ?? 0}, audit_hash = ${lastEntry?.hash ?? null}
    WHERE msp_id = ${mspId}`
}

export async function readVersion(database: Database, mspId: string): Promise<number> {
  return (await readRow(database, mspId))?.version ?? 0
}

export async function readSyncVersion(database: Database, mspId: string): Promise<number> {
  return (await readRow(database, mspId))?.syncVersion ?? 0
}

export async function readPeopleVersion(database: Database, mspId: string): Promise<number> {
  return (await readRow(database, mspId))?.peopleVersion ?? 0
}

async function readRow({ prisma }: Database, mspId: string) {
  try {
    return await prisma.books.findUnique({ where: { mspId } })
  } catch (error) {
    throw asStorageProblem(error, 'Nothing was read.')
  }
}

/** 7 is "BR-0007": four digits, more when needed. */
export function numberedId(prefix: 'BR' | 'APR', number: number): string {
  return `${prefix}-${String(number).padStart(4, '0')}`
}

/** The number of an id as we write it; undefined for any other text. */
export function numberOf(prefix: 'BR' | 'APR', id: string): number | undefined {
  const number = Number(/^[A-Z]+-(\d{4,10})$/.exec(id)?.[1] ?? 0)
  return number <= DATABASE_INTEGER_MAXIMUM && numberedId(prefix, number) === id ? number : undefined
}
