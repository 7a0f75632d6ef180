import { DATABASE_BIGINT_MAXIMUM } from '../../core/limits.js'
import { assert } from '../../core/assert.js'
import type { RunLine } from '../../core/billrun/run.js'
import type { LineKind } from '../../core/charges/types.js'
import { Problem } from '../../core/problem.js'
import { insertRows } from './bulk.js'
import type { BulkColumn } from './bulk.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import {
  dateColumn,
  decimal,
  integer,
  localDate,
  packedColumns,
  remembering,
  text,
  unpack,
  word,
  writeDate,
  writeDecimal,
  writeText,
} from './values.js'

const KINDS: readonly LineKind[] = ['recurring', 'prorated', 'credit', 'correction', 'usage', 'oneTime']

interface Placed {
  readonly line: RunLine
  readonly position: number
}

/** A column taken from the line itself. */
function of(
  name: string,
  type: BulkColumn<Placed>['type'],
  value: (line: RunLine) => ReturnType<BulkColumn<Placed>['value']>,
): BulkColumn<Placed> {
  return { name, type, value: ({ line }) => value(line) }
}

/** A text column. */
function words(name: string, value: (line: RunLine) => string): BulkColumn<Placed> {
  return of(name, 'text', (line) => writeText(value(line), `${name} of line ${line.key}`))
}

const COLUMNS: readonly BulkColumn<Placed>[] = [
  { name: 'position', type: 'integer', value: ({ position }) => position },
  words('key', ({ key }) => key),
  words('customer_id', ({ customerId }) => customerId),
  words('customer_name', ({ customerName }) => customerName),
  words('lineage_id', ({ lineageId }) => lineageId),
  words('mpn', ({ mpn }) => mpn),
  words('description', ({ description }) => description),
  of('kind', 'text', ({ kind }) => kind),
  of('period_from', 'date', ({ period }) => writeDate(period.from)),
  of('period_to', 'date', ({ period }) => writeDate(period.to)),
  of('from_on', 'date', ({ from }) => writeDate(from)),
  of('to_on', 'date', ({ to }) => writeDate(to)),
  of('bill_on', 'date', ({ billOn }) => writeDate(billOn)),
  of('quantity', 'numeric', ({ quantity }) => writeDecimal(quantity)),
  of('unit_price', 'numeric', ({ unitPrice }) => writeDecimal(unitPrice)),
  of('amount', 'bigint', ({ amount, key }) => writeMinor(amount, `line ${key}`)),
  of('currency', 'text', ({ currency }) => currency),
  words('explanation', ({ explanation }) => explanation),
  words('price_rule', ({ priceRule }) => priceRule),
]

/** Freezes the lines of a run, in their order. Within a run a charge appears once: twice is a bug of the caller. */
export async function addRunLines(
  database: Database,
  tx: Transaction,
  mspId: string,
  runNumber: number,
  lines: readonly RunLine[],
): Promise<void> {
  assert(new Set(lines.map(({ key }) => key)).size === lines.length, 'a run has the same charge twice')
  const insert = {
    table: 'bill_run_line',
    shared: { msp_id: mspId, run_number: runNumber },
    columns: COLUMNS,
  }
  const rows = lines.map((line, position) => ({ line, position }))
  await insertRows(database, tx, insert, rows)
}

/** Minor units for a `bigint` column. Problem `input` when it cannot hold them. */
export function writeMinor(amount: bigint, where: string): string {
  if (amount <= DATABASE_BIGINT_MAXIMUM && amount >= -DATABASE_BIGINT_MAXIMUM) return amount.toString()
  throw new Problem({
    kind: 'input',
    what: `An amount of ${amount} minor units is larger than any that can be stored.`,
    where,
    notDone: 'Nothing was stored.',
    next: 'Look for a seat count or a price that is a mistake.',
  })
}

export function minor(cell: Cell): bigint {
  assert(cell !== null, 'a stored amount is missing')
  return BigInt(cell)
}

const PACKED = [
  'line.run_number',
  'line.kind',
  dateColumn('line.period_from'),
  dateColumn('line.period_to'),
  dateColumn('line.from_on'),
  dateColumn('line.to_on'),
  dateColumn('line.bill_on'),
  'line.quantity',
  'line.unit_price',
  'line.amount',
  'line.currency',
]

/** What to select of a table called `line`, for {@link runLineOf}. */
export const RUN_LINE = `${packedColumns(PACKED)}, line.key, line.customer_id, line.customer_name, line.lineage_id,
  line.mpn, line.description, line.explanation, line.price_rule`

export type RunLineRow = readonly [
  packed: Cell,
  key: Cell,
  customerId: Cell,
  customerName: Cell,
  lineageId: Cell,
  mpn: Cell,
  description: Cell,
  explanation: Cell,
  priceRule: Cell,
]

type PackedCells = [
  runNumber: Cell,
  kind: Cell,
  periodFrom: Cell,
  periodTo: Cell,
  from: Cell,
  to: Cell,
  billOn: Cell,
  quantity: Cell,
  unitPrice: Cell,
  amount: Cell,
  currency: Cell,
]

/** Reads what {@link RUN_LINE} selected, with the number of its run. */
export function runLineReader(): (row: RunLineRow) => { readonly runNumber: number; readonly line: RunLine } {
  const number = remembering(decimal)
  const same = remembering((repeated) => repeated)
  return ([packed, key, customerId, customerName, lineageId, mpn, description, explanation, priceRule]) => {
    const cells = unpack<PackedCells>(packed, 11)
    const [runNumber, kind, periodFrom, periodTo, from, to, billOn, quantity, price, amount, currency] = cells
    const line = {
      kind: word(KINDS, kind),
      period: { from: localDate(periodFrom), to: localDate(periodTo) },
      from: localDate(from),
      to: localDate(to),
      billOn: localDate(billOn),
      quantity: number(text(quantity)),
      unitPrice: number(text(price)),
      amount: minor(amount),
      key: text(key),
      customerId: same(text(customerId)),
      customerName: same(text(customerName)),
      lineageId: text(lineageId),
      mpn: same(text(mpn)),
      description: same(text(description)),
      currency: same(text(currency)),
      explanation: text(explanation),
      priceRule: same(text(priceRule)),
    }
    return { runNumber: integer(runNumber), line }
  }
}

const SELECT = `SELECT ${RUN_LINE} FROM bill_run_line AS line
  WHERE line.msp_id = $1 AND line.run_number = ANY($2::integer[]) ORDER BY line.run_number, line.position`

/** The frozen lines of runs, by run, in their order. */
export async function readRunLines(
  query: Query,
  mspId: string,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, readonly RunLine[]>> {
  const runs = new Map<number, RunLine[]>(numbers.map((number) => [number, []]))
  for (const { runNumber, line } of await query(SELECT, [mspId, numbers], runLineReader())) {
    runs.get(runNumber)?.push(line)
  }
  return runs
}
