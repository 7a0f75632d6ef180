import { assert } from '../../core/assert.js'
import type { LedgerCustomer } from '../../core/ports.js'
import { insertRows } from './bulk.js'
import type { BulkColumn } from './bulk.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import { optionalText, text, writeText } from './values.js'

const COLUMNS: readonly BulkColumn<LedgerCustomer>[] = [
  { name: 'id', type: 'text', value: ({ id }) => writeText(id, 'a customer id') },
  { name: 'name', type: 'text', value: ({ id, name }) => writeText(name, `name of customer ${id}`) },
  { name: 'billing_currency', type: 'text', value: ({ billingCurrency }) => billingCurrency ?? null },
]

/** Adds customers and takes new names. A billing currency is set once and stays: another one is a bug of the caller. */
export async function saveCustomers(
  database: Database,
  tx: Transaction,
  mspId: string,
  sequence: number,
  customers: readonly LedgerCustomer[],
): Promise<void> {
  const insert = {
    table: 'customer',
    shared: { msp_id: mspId, first_sequence: sequence },
    columns: COLUMNS,
    onConflict: `(msp_id, id) DO UPDATE SET name = excluded.name,
      billing_currency = coalesce(customer.billing_currency, excluded.billing_currency)`,
  }
  await insertRows(database, tx, insert, customers)
  const fixed = customers.filter(({ billingCurrency }) => billingCurrency !== undefined)
  const stored = await tx.$queryRaw<{ id: string }[]>`
    SELECT customer.id FROM customer
    JOIN unnest(${fixed.map(({ id }) => id)}::text[], ${fixed.map(({ billingCurrency }) => billingCurrency)}::text[])
      AS wanted (id, currency) ON customer.msp_id = ${mspId} AND customer.id = wanted.id
    WHERE customer.billing_currency <> wanted.currency`
  assert(stored.length === 0, `billing currency of customer ${stored[0]?.id} was about to change`)
}

type CustomerRow = readonly [id: Cell, name: Cell, billingCurrency: Cell]

/** Latest content of each customer, by id. */
export function readCustomers(query: Query, mspId: string): Promise<readonly LedgerCustomer[]> {
  const select = 'SELECT id, name, billing_currency FROM customer WHERE msp_id = $1 ORDER BY id'
  return query(select, [mspId], ([id, name, billingCurrency]: CustomerRow) => ({
    id: text(id),
    name: text(name),
    billingCurrency: optionalText(billingCurrency),
  }))
}
