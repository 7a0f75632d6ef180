import type {
  EndedSubscription,
  ObservedCustomer,
  ObservedOrder,
  ObservedSubscription,
  OrderSetup,
  UnitPrice,
} from '../../core/marketplace/types.js'
import { recordKey } from '../../core/marketplace/types.js'
import { type Decimal, decimalFromUnits } from '../../core/money/decimal.js'
import { type Reading, read, unusable } from './reading.js'
import {
  type Order,
  type OrderRow,
  parseCustomer,
  parseOrder,
  parseSetup,
  parseSubscription,
  type Subscription,
} from './schema.js'

/** Their words into ours. Each takes one answer and throws a Problem that names the record, the field and the value. */

export function toCustomer(raw: unknown, reading: Reading): ObservedCustomer {
  return read(parseCustomer, raw, reading)
}

/** What `GET /subscriptions/{id}` says: its licence lines, and how it ended if it has. */
export interface ReadSubscription {
  readonly lines: readonly ObservedSubscription[]
  readonly ended: EndedSubscription | undefined
}

/**
 * The licence lines of `GET /subscriptions/{id}`: one for each product. A subscription without products has no lines,
 * which is believed of one that is not active yet, has ended or is metered, and a Problem otherwise.
 */
export function toSubscription(raw: unknown, id: string, reading: Reading): ReadSubscription {
  const subscription = read(parseSubscription, raw, reading)
  if (subscription.id !== id) throw unusable(reading, `came with the id ${subscription.id}`)
  const products = mergeProducts(subscription.products ?? [], reading)
  const { status } = subscription
  if (products.length === 0 && (status === 'active' || status === 'hold') && !isMetered(subscription)) {
    throw unusable(reading, `is ${status} but has no products`)
  }
  const state = {
    subscriptionId: subscription.id,
    status,
    expiresOn: subscription.expirationDate?.on,
    renewsOn: subscription.renewalDate?.on,
    autoRenew: subscription.renewalStatus,
    lastModifiedOn: subscription.lastModifiedDate,
  }
  const lines = products.map((product) => ({
    ...state,
    key: recordKey(subscription.id, product.mpn),
    mpn: product.mpn,
    customerId: subscription.customerId,
    productName: product.name ?? subscription.name ?? product.mpn,
    quantity: product.quantity,
    unitPrice: product.unitPrice,
    unitCost: product.unitCost,
    billingPeriod: subscription.billingPeriod?.period,
    usage: isMetered(subscription),
    startsOn: subscription.creationDate,
    vendorSubscriptionId: product.vendorSubscriptionId,
  }))
  return { lines, ended: status === 'terminated' || status === 'removed' ? state : undefined }
}

function isMetered({ billingModel }: Subscription): boolean {
  return billingModel === 'chargeAfterBillingPeriod' || billingModel === 'chargeExternalRating'
}

type Product = NonNullable<Subscription['products']>[number]

/** A product listed twice at one price is one licence line; at two prices nobody could say what a seat costs. */
function mergeProducts(products: readonly Product[], reading: Reading): Product[] {
  const merged = new Map<string, Product>()
  for (const product of products) {
    const before = merged.get(product.mpn)
    if (before === undefined) {
      merged.set(product.mpn, product)
      continue
    }
    if (!samePrice(before.unitPrice, product.unitPrice) || !samePrice(before.unitCost, product.unitCost)) {
      throw unusable(reading, `has product ${product.mpn} twice, at different prices`)
    }
    merged.set(product.mpn, { ...before, quantity: decimalFromUnits(before.quantity + product.quantity) })
  }
  return [...merged.values()]
}

function samePrice(left: UnitPrice | undefined, right: UnitPrice | undefined): boolean {
  return left?.amount === right?.amount && left?.currency === right?.currency
}

/** An order as its row in the list says it: no products, no fees. */
export function toOrderWithoutDetails(row: OrderRow): ObservedOrder {
  return {
    id: row.id,
    number: row.orderNumber ?? row.id,
    type: row.type,
    status: row.status,
    customerId: row.customerId,
    // Some lists name it, most do not: what is not read in full is the same either way.
    subscriptionId: undefined,
    createdAt: row.creationDate,
    // A date ahead of completion is a plan.
    provisionedAt: row.status === 'completed' ? row.provisioningDate : undefined,
    scheduledAtRenewal: row.scheduledOn === 'renewal',
    products: undefined,
    setups: [],
    poNumber: row.poNumber,
  }
}

/** `GET /orders/{id}`. */
export function toOrder(raw: unknown, id: string, reading: Reading): ObservedOrder {
  const order = read(parseOrder, raw, reading)
  if (order.id !== id) throw unusable(reading, `came with the id ${order.id}`)
  return {
    ...toOrderWithoutDetails(order),
    subscriptionId: order.subscriptionId,
    products: toProducts(order),
    setups: (order.details ?? []).flatMap((detail, index) =>
      detail.type === 'setup' ? [toSetup(detail, index, reading)] : [],
    ),
  }
}

/** An empty list says as little as none: such an order does not explain a count. */
function toProducts({ products }: Order): { mpn: string; quantity: Decimal }[] | undefined {
  return products === null || products === undefined || products.length === 0 ? undefined : products
}

/** The price of a set-up fee is the order's `unitPrice`, as a subscription's is (CloudBlue SimpleAPI 1.15). */
function toSetup(detail: unknown, index: number, reading: Reading): OrderSetup {
  const { mpn, description, quantity, unitPrice } = read(parseSetup, detail, {
    ...reading,
    part: `details[${index}]`,
  })
  return { detail: index, mpn: mpn ?? '', description: description ?? 'Set-up fee', quantity, unitPrice }
}
