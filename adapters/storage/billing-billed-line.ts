import { assert } from '../../core/assert.js'
import type { Period } from '../../core/calendar/period.js'
import type { BilledLine, Books } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { numberedId } from './billing-books.js'
import { readOverrides } from './billing-override.js'
import { readSettings } from './billing-settings.js'
import { RUN_LINE, type RunLineRow, runLineReader } from './billing-run-line.js'
import { insertRows } from './bulk.js'
import type { BulkColumn } from './bulk.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import { isUniqueViolation } from './errors.js'
import {
  dateColumn,
  instant,
  instantColumn,
  integer,
  localDate,
  packedColumns,
  text,
  unpack,
  word,
} from './values.js'

/** One frozen line by its place in its run. */
interface Place {
  readonly key: string
  readonly position: number
}

const COLUMNS: readonly BulkColumn<Place>[] = [
  { name: 'position', type: 'integer', value: ({ position }) => position },
  { name: 'key', type: 'text', value: ({ key }) => key },
]

/** The request that bills or voids, and the run it is about. */
export interface Deciding {
  readonly approvalNumber: number
  readonly runNumber: number
}

/**
 * Bills lines of a run: exactly as they were frozen, whatever the caller holds. Problem `conflict` when one of them is
 * billed already; nothing is written then.
 */
export async function billLines(
  database: Database,
  tx: Transaction,
  mspId: string,
  { approvalNumber, runNumber }: Deciding,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return
  const positions = await positionsOf(tx, mspId, runNumber)
  const places = keys.map((key) => {
    const position = positions.get(key)
    assert(position !== undefined, `line ${key} is not part of ${numberedId('BR', runNumber)}`)
    return { key, position }
  })
  const insert = {
    table: 'billed_line',
    shared: { msp_id: mspId, run_number: runNumber, approval_number: approvalNumber },
    columns: COLUMNS,
  }
  await insertRows(database, tx, insert, places).catch((error: unknown) => {
    throw isUniqueViolation(error) ? billedAlready(error) : error
  })
}

/** In the database's own words one list: reading 100,000 rows one by one would take longer than writing them. */
async function positionsOf(
  tx: Transaction,
  mspId: string,
  runNumber: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.$queryRaw<{ keys: string | null }[]>`
    SELECT json_agg(key ORDER BY position)::text AS keys FROM bill_run_line
    WHERE msp_id = ${mspId} AND run_number = ${runNumber}`
  const keys = JSON.parse(rows[0]?.keys ?? '[]') as readonly string[]
  return new Map(keys.map((key, position) => [key, position]))
}

function billedAlready(cause: unknown): Problem {
  return new Problem({
    kind: 'conflict',
    what: 'Some of these lines are billed already.',
    notDone: 'Nothing was decided or billed.',
    next: 'Propose the month again: what is billed is then left out.',
    cause,
  })
}

/** Makes billed lines of a run due again. A line that is not billed there is a bug of the caller. */
export async function voidLines(
  tx: Transaction,
  mspId: string,
  { approvalNumber, runNumber }: Deciding,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return
  const written = await tx.$executeRaw`
    UPDATE billed_line SET voided_by = ${approvalNumber}
    WHERE msp_id = ${mspId} AND run_number = ${runNumber} AND voided_by IS NULL AND key = ANY(${keys}::text[])`
  assert(
    written === keys.length,
    `of ${keys.length} lines to void ${written} are billed by ${numberedId('BR', runNumber)}`,
  )
}

const PACKED_CHANGE = [
  'approval.type',
  'approval.number',
  'run.number',
  dateColumn('run.month_from'),
  dateColumn('run.month_to'),
  instantColumn('decision.decided_at'),
  'decision.version',
]

type ChangeCells = [
  type: Cell,
  approval: Cell,
  run: Cell,
  monthFrom: Cell,
  monthTo: Cell,
  decidedAt: Cell,
  version: Cell,
]

/** What changed the books after a version, in the order in which it was decided. What is synced is billed elsewhere. */
const SELECT_CHANGES = `SELECT ${packedColumns(PACKED_CHANGE)} FROM decision
  JOIN approval ON approval.msp_id = decision.msp_id AND approval.number = decision.approval_number
  JOIN bill_run AS run ON run.msp_id = approval.msp_id AND run.number = approval.run_number
  WHERE decision.msp_id = $1 AND decision.version > $2 AND decision.verdict = 'approved'
    AND approval.type <> 'sync' ORDER BY decision.version`

/** An approval to bill a run or to void what it billed. */
interface Change {
  readonly type: 'bill' | 'void'
  readonly approvalNumber: number
  readonly runNumber: number
  readonly month: Period
  readonly at: Date
  readonly version: number
}

function changeOf([packed]: readonly [packed: Cell]): Change {
  const [type, approval, run, monthFrom, monthTo, at, version] = unpack<ChangeCells>(packed, 7)
  return {
    type: word(['bill', 'void'] as const, type),
    approvalNumber: integer(approval),
    runNumber: integer(run),
    month: { from: localDate(monthFrom), to: localDate(monthTo) },
    at: instant(at),
    version: integer(version),
  }
}

/**
 * Reads the books, what is billed in the order it was approved, then in the order of its run. Years of billed lines are
 * read once: after that only what was decided since. The answer before is kept for it, and shared with whoever has it.
 */
export function booksReader(mspId: string): (query: Query) => Promise<Books> {
  let kept: Books = NOTHING
  return async (query) => {
    const version = await currentVersion(query, mspId)
    // Behind what was read before: the database was put back to an earlier day.
    const before = version < kept.version ? NOTHING : kept
    const changes = await query(SELECT_CHANGES, [mspId, before.version], changeOf)
    const billed = await billedAfter(query, mspId, before.billed, changes)
    const settings = await readSettings(query, mspId)
    const books = { version, billed, settings, overrides: await readOverrides(query, mspId) }
    kept = books
    return books
  }
}

const NOTHING: Books = { version: 0, billed: [], settings: [], overrides: [] }

async function currentVersion(query: Query, mspId: string): Promise<number> {
  const select = 'SELECT version FROM books WHERE msp_id = $1'
  return (await query(select, [mspId], ([cell]: readonly [version: Cell]) => integer(cell)))[0] ?? 0
}

async function billedAfter(
  query: Query,
  mspId: string,
  before: readonly BilledLine[],
  changes: readonly Change[],
): Promise<readonly BilledLine[]> {
  if (changes.length === 0) return before
  const voids = changes.filter(({ type }) => type === 'void')
  const voided = new Set(voids.length === 0 ? [] : await readVoided(query, mspId, voids))
  const fresh = await readFresh(
    query,
    mspId,
    changes.filter(({ type }) => type === 'bill'),
  )
  return [...before.filter(({ runId, key }) => !voided.has(`${runId} ${key}`)), ...fresh]
}

/** Lines that became due again, as run and key: the same charge may be billed by a later run. */
function readVoided(query: Query, mspId: string, voids: readonly Change[]): Promise<readonly string[]> {
  const select = `SELECT run_number, key FROM billed_line
    WHERE msp_id = $1 AND run_number = ANY($2::integer[]) AND voided_by = ANY($3::integer[])`
  const runs = voids.map(({ runNumber }) => runNumber)
  const approvals = voids.map(({ approvalNumber }) => approvalNumber)
  return query(select, [mspId, runs, approvals], ([run, key]: readonly [run: Cell, key: Cell]) => {
    return `${numberedId('BR', integer(run))} ${text(key)}`
  })
}

/** In the order of both primary keys, so that nothing has to be sorted. */
const SELECT_LINES = `SELECT ${RUN_LINE} FROM billed_line AS billed
  JOIN bill_run_line AS line
    ON line.msp_id = billed.msp_id AND line.run_number = billed.run_number AND line.position = billed.position
  WHERE billed.msp_id = $1 AND billed.run_number = ANY($2::integer[]) AND billed.voided_by IS NULL
  ORDER BY billed.run_number, billed.position`

async function readFresh(
  query: Query,
  mspId: string,
  changes: readonly Change[],
): Promise<readonly BilledLine[]> {
  const runs = new Map(
    changes.map(({ runNumber, month, at, version }) => {
      const billing = { runId: numberedId('BR', runNumber), month, approvedAt: at, version }
      return [runNumber, { billing, lines: [] as BilledLine[] }]
    }),
  )
  const lineOf = runLineReader()
  await query(SELECT_LINES, [mspId, [...runs.keys()]], (row: RunLineRow) => {
    const { runNumber, line } = lineOf(row)
    const run = runs.get(runNumber)
    assert(run !== undefined, `lines of ${numberedId('BR', runNumber)} came with others`)
    run.lines.push({ ...line, ...run.billing })
  })
  return [...runs.values()].flatMap(({ lines }) => lines)
}
