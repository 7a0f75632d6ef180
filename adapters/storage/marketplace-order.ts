import type { ObservedOrder, OrderProduct, OrderSetup } from '../../core/marketplace/types.js'
import type { Ledger } from '../../core/ports.js'
import { insertRows } from './bulk.js'
import type { BulkColumn } from './bulk.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import {
  decimalInJson,
  flag,
  instant,
  instantColumn,
  integer,
  optionalInstant,
  optionalText,
  packedColumns,
  remembering,
  text,
  unpack,
  word,
  writeDecimal,
  writeInstant,
  writeOptionalText,
  writeText,
} from './values.js'

const TYPES = ['sales', 'change', 'renewal', 'cancellation', 'migration', 'unknown'] as const
const STATUSES = ['submitted', 'processing', 'error', 'completed', 'cancelled', 'unknown'] as const

/** As JSON: exact numbers are strings, because a JSON number would come back as a float. */
interface StoredProduct {
  readonly mpn: string
  readonly quantity: string
}

interface StoredSetup {
  readonly detail: number
  readonly mpn: string
  readonly description: string
  readonly quantity: string
  readonly unitPrice: { readonly currency: string; readonly amount: string }
}

const COLUMNS: readonly BulkColumn<ObservedOrder>[] = [
  { name: 'id', type: 'text', value: ({ id }) => writeText(id, 'an order id') },
  { name: 'number', type: 'text', value: ({ id, number }) => writeText(number, `number of order ${id}`) },
  { name: 'type', type: 'text', value: ({ type }) => type },
  { name: 'status', type: 'text', value: ({ status }) => status },
  {
    name: 'customer_id',
    type: 'text',
    value: ({ id, customerId }) => writeText(customerId, `customer of order ${id}`),
  },
  {
    name: 'subscription_id',
    type: 'text',
    value: ({ id, subscriptionId }) => writeOptionalText(subscriptionId, `subscription of order ${id}`),
  },
  { name: 'created_at', type: 'timestamptz', value: ({ createdAt }) => writeInstant(createdAt) },
  { name: 'provisioned_at', type: 'timestamptz', value: ({ provisionedAt }) => writeInstant(provisionedAt) },
  { name: 'scheduled_at_renewal', type: 'boolean', value: ({ scheduledAtRenewal }) => scheduledAtRenewal },
  { name: 'products', type: 'jsonb', value: ({ id, products }) => productsJson(products, id) },
  { name: 'setups', type: 'jsonb', value: ({ id, setups }) => setupsJson(setups, id) },
  {
    name: 'po_number',
    type: 'text',
    value: ({ id, poNumber }) => writeOptionalText(poNumber, `PO number of ${id}`),
  },
]

/** Adds orders and takes the latest content of known ones; what saw an order first stays. */
export async function saveOrders(
  database: Database,
  tx: Transaction,
  mspId: string,
  sequence: number,
  orders: readonly ObservedOrder[],
): Promise<void> {
  const content = COLUMNS.filter(({ name }) => name !== 'id').map(({ name }) => `${name} = excluded.${name}`)
  const insert = {
    table: 'marketplace_order',
    shared: { msp_id: mspId, first_sequence: sequence },
    columns: COLUMNS,
    onConflict: `(msp_id, id) DO UPDATE SET ${content.join(', ')}`,
  }
  await insertRows(database, tx, insert, orders)
}

const PACKED = [
  'first_sequence',
  'type',
  'status',
  instantColumn('created_at'),
  instantColumn('provisioned_at'),
  'scheduled_at_renewal',
]

const SELECT = `SELECT ${packedColumns(PACKED)}, id, number, customer_id, subscription_id, products, setups, po_number
  FROM marketplace_order WHERE msp_id = $1 ORDER BY id`

type PackedCells = [
  firstSequence: Cell,
  type: Cell,
  status: Cell,
  createdAt: Cell,
  provisionedAt: Cell,
  scheduledAtRenewal: Cell,
]

type OrderRow = readonly [
  packed: Cell,
  id: Cell,
  number: Cell,
  customerId: Cell,
  subscriptionId: Cell,
  products: Cell,
  setups: Cell,
  poNumber: Cell,
]

/** Latest content of each order, by id. */
export function readOrders(query: Query, mspId: string): Promise<Ledger['orders']> {
  return query(SELECT, [mspId], orderReader())
}

function orderReader(): (row: OrderRow) => Ledger['orders'][number] {
  const productsOf = remembering((json) => (JSON.parse(json) as StoredProduct[]).map(productOf))
  const setupsOf = remembering((json) => (JSON.parse(json) as StoredSetup[]).map(setupOf))
  const sameText = remembering((same) => same)
  return ([packed, id, number, customerId, subscriptionId, products, setups, poNumber]) => {
    const cells = unpack<PackedCells>(packed, 6)
    const [firstSequence, type, status, createdAt, provisionedAt, scheduled] = cells
    return {
      id: text(id),
      number: text(number),
      type: word(TYPES, type),
      status: word(STATUSES, status),
      customerId: sameText(text(customerId)),
      subscriptionId: optionalText(subscriptionId),
      createdAt: instant(createdAt),
      provisionedAt: optionalInstant(provisionedAt),
      scheduledAtRenewal: flag(scheduled),
      products: products === null ? undefined : productsOf(products),
      setups: setupsOf(text(setups)),
      poNumber: optionalText(poNumber),
      firstSequence: integer(firstSequence),
    }
  }
}

function productsJson(products: readonly OrderProduct[] | undefined, order: string): string | null {
  if (products === undefined) return null
  const stored: StoredProduct[] = products.map(({ mpn, quantity }) => ({
    mpn: writeText(mpn, `product of order ${order}`),
    quantity: writeDecimal(quantity),
  }))
  return JSON.stringify(stored)
}

function productOf({ mpn, quantity }: StoredProduct): OrderProduct {
  return { mpn, quantity: decimalInJson(quantity) }
}

function setupsJson(setups: readonly OrderSetup[], order: string): string {
  const stored: StoredSetup[] = setups.map(({ detail, mpn, description, quantity, unitPrice }) => ({
    detail,
    mpn: writeText(mpn, `product of set-up ${detail} of order ${order}`),
    description: writeText(description, `set-up ${detail} of order ${order}`),
    quantity: writeDecimal(quantity),
    unitPrice: { currency: unitPrice.currency, amount: writeDecimal(unitPrice.amount) },
  }))
  return JSON.stringify(stored)
}

function setupOf({ detail, mpn, description, quantity, unitPrice }: StoredSetup): OrderSetup {
  const { currency, amount } = unitPrice
  return {
    detail,
    mpn,
    description,
    quantity: decimalInJson(quantity),
    unitPrice: { currency, amount: decimalInJson(amount) },
  }
}
