import { assert } from '../../core/assert.js'
import type { Period } from '../../core/calendar/period.js'
import type { BilledLine } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { numberedId } from './billing-books.js'
import { RUN_LINE, type RunLineRow, runLineReader } from './billing-run-line.js'
import { insertRows } from './bulk.js'
import type { BulkColumn } from './bulk.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import { dateColumn, instant, instantColumn, integer, localDate, packedColumns, unpack } from './values.js'

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
    onConflict: 'DO NOTHING',
  }
  const written = await insertRows(database, tx, insert, places)
  if (written < places.length) throw billedAlready(places.length - written)
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

function billedAlready(count: number): Problem {
  return new Problem({
    kind: 'conflict',
    what:
      count === 1 ? 'One of these lines is billed already.' : `${count} of these lines are billed already.`,
    notDone: 'Nothing was billed.',
    next: 'Propose the month again: what is billed is then left out.',
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

const PACKED_RUN = [
  'run.number',
  dateColumn('run.month_from'),
  dateColumn('run.month_to'),
  instantColumn('decision.decided_at'),
]

/** Runs that were approved, in the order of their decisions. */
const SELECT_RUNS = `SELECT ${packedColumns(PACKED_RUN)} FROM decision
  JOIN approval ON approval.msp_id = decision.msp_id AND approval.number = decision.approval_number
  JOIN bill_run AS run ON run.msp_id = approval.msp_id AND run.number = approval.run_number
  WHERE decision.msp_id = $1 AND decision.verdict = 'approved' AND approval.type = 'bill' ORDER BY decision.version`

/** In the order of both primary keys, so that nothing has to be sorted. */
const SELECT_LINES = `SELECT ${RUN_LINE} FROM billed_line AS billed
  JOIN bill_run_line AS line
    ON line.msp_id = billed.msp_id AND line.run_number = billed.run_number AND line.position = billed.position
  WHERE billed.msp_id = $1 AND billed.voided_by IS NULL ORDER BY billed.run_number, billed.position`

type RunRow = readonly [packed: Cell]

function approvedRunOf([packed]: RunRow): { number: number; month: Period; approvedAt: Date } {
  const [number, from, to, at] = unpack<[number: Cell, from: Cell, to: Cell, at: Cell]>(packed, 4)
  return {
    number: integer(number),
    month: { from: localDate(from), to: localDate(to) },
    approvedAt: instant(at),
  }
}

/** What is billed: in the order it was approved, then in the order of its run. */
export async function readBilled(query: Query, mspId: string): Promise<readonly BilledLine[]> {
  const approved = await query(SELECT_RUNS, [mspId], approvedRunOf)
  const runs = new Map(
    approved.map(({ number, ...rest }) => {
      return [number, { billing: { runId: numberedId('BR', number), ...rest }, lines: [] as BilledLine[] }]
    }),
  )
  const lineOf = runLineReader()
  await query(SELECT_LINES, [mspId], (row: RunLineRow) => {
    const { runNumber, line } = lineOf(row)
    const run = runs.get(runNumber)
    assert(run !== undefined, `${numberedId('BR', runNumber)} has billed lines and no approval`)
    run.lines.push({ ...line, ...run.billing })
  })
  return [...runs.values()].flatMap(({ lines }) => lines)
}
