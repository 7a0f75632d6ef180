import { unreachable } from '../../core/assert.js'
import { type BillRun, type Comparison, type RunCustomer, whyHeld } from '../../core/billrun/run.js'
import { BILL_RUN_LINES_KEPT } from '../../core/limits.js'
import { numberedId } from './billing-books.js'
import { addRunLines, minor, readRunLines, writeMinor } from './billing-run-line.js'
import { insertRows } from './bulk.js'
import type { BulkColumn } from './bulk.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import {
  dateColumn,
  flag,
  instant,
  instantColumn,
  integer,
  localDate,
  packedColumns,
  text,
  unpack,
  word,
  writeDate,
  writeInstant,
  writeText,
} from './values.js'

/** Freezes a run with everything it shows. Problem `input` when an amount or a text of it cannot be stored. */
export async function addRun(
  database: Database,
  tx: Transaction,
  mspId: string,
  number: number,
  run: Omit<BillRun, 'id'>,
): Promise<void> {
  const { month, proposedBy, proposedAt, observation, asked, fingerprint } = run
  await tx.$executeRaw`
    INSERT INTO bill_run (msp_id, number, month_from, month_to, proposed_by, proposed_at, observation, asked, fingerprint)
    VALUES (${mspId}, ${number}, ${writeDate(month.from)}::date, ${writeDate(month.to)}::date,
      ${writeText(proposedBy, 'who proposes')}, ${writeInstant(proposedAt)}::timestamptz, ${observation},
      ${asked.map((id) => writeText(id, 'a customer asked for'))}::text[], ${fingerprint})`
  await addRunLines(database, tx, mspId, number, run.lines)
  const insert = {
    table: 'bill_run_customer',
    shared: { msp_id: mspId, run_number: number },
    columns: CUSTOMER_COLUMNS,
  }
  const customers = [...placed(run.customers, false), ...placed(run.held, true)]
  await insertRows(database, tx, insert, customers)
}

/** A customer's part in its place: proposed or held. */
interface Placed {
  readonly customer: RunCustomer
  readonly held: boolean
  readonly position: number
}

function placed(customers: readonly RunCustomer[], held: boolean): Placed[] {
  return customers.map((customer, position) => ({ customer, held, position }))
}

const CUSTOMER_COLUMNS: readonly BulkColumn<Placed>[] = [
  { name: 'held', type: 'boolean', value: ({ held }) => held },
  { name: 'position', type: 'integer', value: ({ position }) => position },
  {
    name: 'customer_id',
    type: 'text',
    value: ({ customer }) => writeText(customer.customerId, 'a customer id'),
  },
  { name: 'name', type: 'text', value: ({ customer }) => writeText(customer.name, 'name of a customer') },
  { name: 'currency', type: 'text', value: ({ customer }) => customer.currency },
  { name: 'amount', type: 'bigint', value: ({ customer }) => writeMinor(customer.amount, customer.name) },
  { name: 'lines', type: 'integer', value: ({ customer }) => customer.lines },
  { name: 'comparison', type: 'text', value: ({ customer }) => customer.comparison.type },
  { name: 'before', type: 'bigint', value: ({ customer }) => beforeOf(customer) },
  { name: 'why', type: 'text', value: ({ customer }) => whyHeld(customer) ?? null },
]

function beforeOf({ comparison, name }: RunCustomer): string | null {
  if (comparison.type === 'billedInPart') return writeMinor(comparison.billed, name)
  return 'before' in comparison ? writeMinor(comparison.before, name) : null
}

const PACKED = [
  'number',
  dateColumn('month_from'),
  dateColumn('month_to'),
  instantColumn('proposed_at'),
  'observation',
  'fingerprint',
]

const SELECT = `SELECT ${packedColumns(PACKED)}, proposed_by, array_to_json(asked) FROM bill_run
  WHERE msp_id = $1 AND number = ANY($2::integer[])`

type RunRow = readonly [packed: Cell, proposedBy: Cell, asked: Cell]

type PackedCells = [
  number: Cell,
  monthFrom: Cell,
  monthTo: Cell,
  proposedAt: Cell,
  observation: Cell,
  fingerprint: Cell,
]

/** Runs by number, exactly as they were frozen; a number that does not exist is left out. */
export type RunReader = (query: Query, numbers: readonly number[]) => Promise<ReadonlyMap<number, BillRun>>

/** Reads runs and keeps the latest ones: a run never changes, and every click on its card asks for it again. */
export function runReader(mspId: string): RunReader {
  const kept = new Map<number, BillRun>()
  return async (query, numbers) => {
    const missing = numbers.filter((number) => !kept.has(number))
    const read = missing.length === 0 ? new Map<number, BillRun>() : await readRuns(query, mspId, missing)
    const runs = new Map<number, BillRun>()
    for (const number of numbers) {
      const run = kept.get(number) ?? read.get(number)
      if (run === undefined) continue
      runs.set(number, run)
      kept.delete(number) // put behind the others: what was asked for longest ago goes first
      kept.set(number, run)
    }
    forgetOldest(kept)
    return runs
  }
}

function forgetOldest(kept: Map<number, BillRun>): void {
  let lines = [...kept.values()].reduce((sum, run) => sum + run.lines.length + 1, 0)
  for (const [number, run] of kept) {
    if (lines <= BILL_RUN_LINES_KEPT) return
    kept.delete(number)
    lines -= run.lines.length + 1
  }
}

async function readRuns(
  query: Query,
  mspId: string,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, BillRun>> {
  const lines = await readRunLines(query, mspId, numbers)
  const customers = await readCustomers(query, mspId, numbers)
  const runs = await query(SELECT, [mspId, numbers], ([packed, proposedBy, asked]: RunRow) => {
    const [cell, from, to, proposedAt, observation, fingerprint] = unpack<PackedCells>(packed, 6)
    const number = integer(cell)
    const run = {
      id: numberedId('BR', number),
      month: { from: localDate(from), to: localDate(to) },
      proposedBy: text(proposedBy),
      proposedAt: instant(proposedAt),
      observation: integer(observation),
      asked: JSON.parse(text(asked)) as string[],
      lines: lines.get(number) ?? [],
      customers: customers.get(number)?.proposed ?? [],
      held: customers.get(number)?.held ?? [],
      fingerprint: text(fingerprint),
    }
    return [number, run] as const
  })
  return new Map(runs)
}

const PACKED_CUSTOMER = ['run_number', 'held', 'currency', 'amount', 'lines', 'comparison', 'before']

const SELECT_CUSTOMERS = `SELECT ${packedColumns(PACKED_CUSTOMER)}, customer_id, name, why FROM bill_run_customer
  WHERE msp_id = $1 AND run_number = ANY($2::integer[]) ORDER BY run_number, held, position`

type CustomerRow = readonly [packed: Cell, customerId: Cell, name: Cell, why: Cell]

type PackedCustomerCells = [
  runNumber: Cell,
  held: Cell,
  currency: Cell,
  amount: Cell,
  lines: Cell,
  comparison: Cell,
  before: Cell,
]

interface Parts {
  readonly proposed: RunCustomer[]
  readonly held: RunCustomer[]
}

async function readCustomers(
  query: Query,
  mspId: string,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, Parts>> {
  const runs = new Map<number, Parts>(numbers.map((number) => [number, { proposed: [], held: [] }]))
  await query(SELECT_CUSTOMERS, [mspId, numbers], ([packed, customerId, name, why]: CustomerRow) => {
    const cells = unpack<PackedCustomerCells>(packed, 7)
    const [runNumber, held, currency, amount, lines, comparison, before] = cells
    const parts = runs.get(integer(runNumber))
    const list = flag(held) ? parts?.held : parts?.proposed
    list?.push({
      customerId: text(customerId),
      name: text(name),
      currency: text(currency),
      amount: minor(amount),
      lines: integer(lines),
      comparison: comparisonOf(comparison, before, why),
    })
  })
  return runs
}

const COMPARISONS = ['firstBill', 'billedInPart', 'within', 'outside', 'twoPeriods'] as const

function comparisonOf(type: Cell, before: Cell, why: Cell): Comparison {
  const known = word(COMPARISONS, type)
  switch (known) {
    case 'firstBill':
      return { type: known }
    case 'billedInPart':
      return { type: known, billed: minor(before) }
    case 'within':
      return { type: known, before: minor(before) }
    case 'outside':
      return { type: known, before: minor(before), why: text(why) }
    case 'twoPeriods':
      return { type: known, why: text(why) }
    default:
      return unreachable(known, 'comparisonOf')
  }
}
