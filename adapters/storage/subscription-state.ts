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
  text,
  unitPrice,
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

const SELECT = `SELECT state.sequence, ${instantColumn('observation.observed_at')},
  state.record_key, state.subscription_id, state.mpn, state.customer_id, state.product_name, state.status, state.present,
  state.quantity, state.unit_price, state.unit_price_currency, state.unit_cost, state.unit_cost_currency,
  state.billing_period_type, state.billing_period_duration, state.usage,
  ${dateColumn('state.starts_on')}, ${dateColumn('state.expires_on')}, ${dateColumn('state.renews_on')}, state.auto_renew,
  ${dateColumn('state.last_modified_on')}, state.vendor_subscription_id
  FROM subscription_state AS state
  JOIN observation ON observation.msp_id = state.msp_id AND observation.sequence = state.sequence
  WHERE state.msp_id = $1 ORDER BY state.record_key, state.sequence`

type StateRow = readonly [
  sequence: Cell,
  observedAt: Cell,
  key: Cell,
  subscriptionId: Cell,
  mpn: Cell,
  customerId: Cell,
  productName: Cell,
  status: Cell,
  present: Cell,
  quantity: Cell,
  unitPrice: Cell,
  unitPriceCurrency: Cell,
  unitCost: Cell,
  unitCostCurrency: Cell,
  billingPeriodType: Cell,
  billingPeriodDuration: Cell,
  usage: Cell,
  startsOn: Cell,
  expiresOn: Cell,
  renewsOn: Cell,
  autoRenew: Cell,
  lastModifiedOn: Cell,
  vendorSubscriptionId: Cell,
]

/** Every state ever observed, by licence line, then by sequence. */
export async function readStates(query: Query, mspId: string): Promise<readonly SubscriptionState[]> {
  return (await query<StateRow>(SELECT, [mspId])).map(stateOf)
}

function stateOf(row: StateRow): SubscriptionState {
  const [sequence, observedAt, key, subscriptionId, mpn, customerId, productName, status, present, ...rest] =
    row
  const [quantity, price, priceCurrency, cost, costCurrency, periodType, periodDuration, usage, ...dates] =
    rest
  const [startsOn, expiresOn, renewsOn, autoRenew, lastModifiedOn, vendorSubscriptionId] = dates
  return {
    sequence: integer(sequence),
    observedAt: instant(observedAt),
    present: flag(present),
    subscription: {
      key: text(key),
      subscriptionId: text(subscriptionId),
      mpn: text(mpn),
      customerId: text(customerId),
      productName: text(productName),
      status: word(STATUSES, status),
      quantity: decimal(quantity),
      unitPrice: unitPrice(price, priceCurrency),
      unitCost: unitPrice(cost, costCurrency),
      billingPeriod: billingPeriod(periodType, periodDuration),
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

function billingPeriod(type: Cell, duration: Cell): BillingPeriod | undefined {
  return type === null ? undefined : { type: word(PERIOD_TYPES, type), duration: integer(duration) }
}
