import { assert } from '../../core/assert.js'
import type { ObservedSubscription } from '../../core/marketplace/types.js'
import type { BillingPeriod } from '../../core/calendar/billing-period.js'
import type { SubscriptionState } from '../../core/ports.js'
import { insertRows } from './bulk.js'
import type { BulkColumn } from './bulk.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import {
  dateColumn,
  decimal,
  flag,
  instant,
  instantColumn,
  integer,
  localDate,
  optionalFlag,
  optionalLocalDate,
  optionalText,
  packedColumns,
  remembering,
  text,
  unitPrice,
  unitPriceColumn,
  unpack,
  word,
  writeDate,
  writeDecimal,
  writeOptionalText,
  writeText,
} from './values.js'

const STATUSES = ['pending', 'active', 'hold', 'terminated', 'removed', 'unknown'] as const
const PERIOD_TYPES = ['day', 'month', 'year'] as const

/** A licence line as one observation found it. */
type State = Pick<SubscriptionState, 'subscription' | 'present'>

/** A column taken from the licence line itself. */
function of(
  name: string,
  type: BulkColumn<State>['type'],
  value: (subscription: ObservedSubscription) => ReturnType<BulkColumn<State>['value']>,
): BulkColumn<State> {
  return { name, type, value: ({ subscription }) => value(subscription) }
}

const COLUMNS: readonly BulkColumn<State>[] = [
  of('record_key', 'text', ({ key }) => writeText(key, 'a licence line')),
  of('subscription_id', 'text', ({ subscriptionId }) => subscriptionId),
  of('mpn', 'text', ({ mpn }) => mpn),
  of('customer_id', 'text', ({ key, customerId }) => writeText(customerId, `customer of ${key}`)),
  of('product_name', 'text', ({ key, productName }) => writeText(productName, `product name of ${key}`)),
  of('status', 'text', ({ status }) => status),
  { name: 'present', type: 'boolean', value: ({ present }) => present },
  of('quantity', 'numeric', ({ quantity }) => writeDecimal(quantity)),
  of('unit_price', 'numeric', (line) =>
    line.unitPrice === undefined ? null : writeDecimal(line.unitPrice.amount),
  ),
  of('unit_price_currency', 'text', (line) => line.unitPrice?.currency ?? null),
  of('unit_cost', 'numeric', (line) =>
    line.unitCost === undefined ? null : writeDecimal(line.unitCost.amount),
  ),
  of('unit_cost_currency', 'text', (line) => line.unitCost?.currency ?? null),
  of('billing_period_type', 'text', ({ billingPeriod }) => billingPeriod?.type ?? null),
  of('billing_period_duration', 'integer', ({ billingPeriod }) => billingPeriod?.duration ?? null),
  of('usage', 'boolean', ({ usage }) => usage),
  of('starts_on', 'date', ({ startsOn }) => writeDate(startsOn)),
  of('expires_on', 'date', ({ expiresOn }) => writeDate(expiresOn)),
  of('renews_on', 'date', ({ renewsOn }) => writeDate(renewsOn)),
  of('auto_renew', 'boolean', ({ autoRenew }) => autoRenew ?? null),
  of('last_modified_on', 'date', ({ lastModifiedOn }) => writeDate(lastModifiedOn)),
  of('vendor_subscription_id', 'text', ({ key, vendorSubscriptionId }) =>
    writeOptionalText(vendorSubscriptionId, `vendor's id of ${key}`),
  ),
]

/** Adds the states an observation found changed. One line has one state in an observation: a second fails. */
export async function addStates(
  database: Database,
  tx: Transaction,
  mspId: string,
  sequence: number,
  states: readonly State[],
): Promise<void> {
  const insert = { table: 'subscription_state', shared: { msp_id: mspId, sequence }, columns: COLUMNS }
  await insertRows(database, tx, insert, states)
}

const PACKED = [
  'sequence',
  'present',
  'status',
  'quantity',
  unitPriceColumn('unit_price', 'unit_price_currency'),
  unitPriceColumn('unit_cost', 'unit_cost_currency'),
  `billing_period_type || ' ' || billing_period_duration`,
  'usage',
  dateColumn('starts_on'),
  dateColumn('expires_on'),
  dateColumn('renews_on'),
  'auto_renew',
  dateColumn('last_modified_on'),
]

type PackedCells = [
  sequence: Cell,
  present: Cell,
  status: Cell,
  quantity: Cell,
  price: Cell,
  cost: Cell,
  period: Cell,
  usage: Cell,
  startsOn: Cell,
  expiresOn: Cell,
  renewsOn: Cell,
  autoRenew: Cell,
  lastModifiedOn: Cell,
]

const SELECT = `SELECT ${packedColumns(PACKED)}, record_key, subscription_id, mpn, customer_id, product_name,
  vendor_subscription_id FROM subscription_state WHERE msp_id = $1 ORDER BY record_key, sequence`

type StateRow = readonly [
  packed: Cell,
  key: Cell,
  subscriptionId: Cell,
  mpn: Cell,
  customerId: Cell,
  productName: Cell,
  vendorSubscriptionId: Cell,
]

const SELECT_INSTANTS = `SELECT sequence, ${instantColumn('observed_at')} FROM observation
  WHERE msp_id = $1 AND sequence IN (SELECT sequence FROM subscription_state WHERE msp_id = $1)`

type InstantRow = readonly [sequence: Cell, observedAt: Cell]

/** Every state ever observed, by licence line, then by sequence. */
export async function readStates(query: Query, mspId: string): Promise<readonly SubscriptionState[]> {
  const instants = await query(SELECT_INSTANTS, [mspId], ([sequence, at]: InstantRow) => {
    return [integer(sequence), instant(at)] as const
  })
  return query(SELECT, [mspId], stateReader(new Map(instants)))
}

function stateReader(observedAt: ReadonlyMap<number, Date>): (row: StateRow) => SubscriptionState {
  const quantityOf = remembering(decimal)
  const priceOf = remembering(unitPrice)
  const periodOf = remembering(readPeriod)
  const sameText = remembering((same) => same)
  return ([packed, key, subscriptionId, mpn, customerId, productName, vendorSubscriptionId]) => {
    const cells = unpack<PackedCells>(packed, 13)
    const [sequenceCell, present, status, quantity, price, cost, period, usage, ...dates] = cells
    const [startsOn, expiresOn, renewsOn, autoRenew, lastModifiedOn] = dates
    const sequence = integer(sequenceCell)
    const at = observedAt.get(sequence)
    assert(at !== undefined, `observation ${sequence} has states but no header`)
    return {
      sequence,
      observedAt: at,
      present: flag(present),
      subscription: {
        key: text(key),
        subscriptionId: text(subscriptionId),
        mpn: sameText(text(mpn)),
        customerId: sameText(text(customerId)),
        productName: sameText(text(productName)),
        status: word(STATUSES, status),
        quantity: quantityOf(text(quantity)),
        unitPrice: price === null ? undefined : priceOf(price),
        unitCost: cost === null ? undefined : priceOf(cost),
        billingPeriod: period === null ? undefined : periodOf(period),
        usage: flag(usage),
        startsOn: localDate(startsOn),
        expiresOn: optionalLocalDate(expiresOn),
        renewsOn: optionalLocalDate(renewsOn),
        autoRenew: optionalFlag(autoRenew),
        lastModifiedOn: optionalLocalDate(lastModifiedOn),
        vendorSubscriptionId: optionalText(vendorSubscriptionId),
      },
    }
  }
}

/** Reads "month 1". */
function readPeriod(cell: string): BillingPeriod {
  const [type = '', duration = ''] = cell.split(' ')
  return { type: word(PERIOD_TYPES, type), duration: integer(duration) }
}
