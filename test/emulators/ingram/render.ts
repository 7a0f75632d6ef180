import { multiply, sum } from '../shared/decimal.js'
import { digitsOf } from './currencies.js'
import type { Amount, CustomerCreated, Duration, Instant, OrderDetail } from './events.js'
import { type LineState, type OrderState, orderStatusAt, type SubscriptionState } from './projection.js'
import type { Quirks } from './quirks.js'

/** What turns state into the marketplace's JSON: its shape, its quirks, and prices served against the truth. */
export interface Rendering {
  readonly quirks: Quirks
  readonly instant: Instant
  /** The unit price to serve instead of the true one; undefined: the true one. */
  servedPrice(subscriptionId: string, mpn: string): Amount | undefined
}

type Json = Readonly<Record<string, unknown>>

const STATUS_CODES: Readonly<Record<string, string>> = {
  submitted: 'SB',
  processing: 'AS',
  completed: 'CP',
  cancelled: 'CN',
  error: 'ER',
}

function money({ quirks }: Rendering, currency: string, amount: Amount): Json {
  return { currency, amount: quirks.stringAmounts ? amount : Number(amount) }
}

function quantity({ quirks }: Rendering, seats: number): number | string {
  return quirks.stringQuantities ? `${seats}.0` : seats
}

export function renderCustomer(customer: CustomerCreated): Json {
  return {
    id: customer.customerId,
    ...(customer.externalId === null ? {} : { externalId: customer.externalId }),
    status: customer.status,
    name: customer.name,
    address: {
      streetAddress: `${(Number(customer.customerId) % 180) + 1} Harbour Street`,
      postalCode: String(10_000 + (Number(customer.customerId) % 80_000)),
      city: customer.city,
      countryCode: customer.countryCode,
    },
    contactPersons: [
      {
        type: 'admin',
        firstName: 'Alex',
        lastName: 'Morgan',
        email: `admin.${customer.customerId}@example.com`,
        phoneNumber: '1#555#0100#',
      },
    ],
    language: 'en',
    resellerId: '1000001',
  }
}

export function renderSubscriptionRow(state: SubscriptionState): Json {
  return {
    id: state.subscriptionId,
    name: state.name,
    customerId: state.customerId,
    status: state.status,
    attributes: {},
    renewalStatus: state.autoRenew,
    creationDate: state.creationDate,
    renewalDate: state.expirationDate,
    lastModifiedDate: state.lastModifiedDate,
    expirationDate: state.expirationDate,
    billingModel: state.billingModel,
    billingPeriod: state.billingPeriod,
    subscriptionPeriod: state.subscriptionPeriod,
  }
}

function extended(currency: string, line: LineState, price: Amount): Amount {
  return multiply([price, String(line.seats)], digitsOf(currency))
}

function renderProduct(state: SubscriptionState, line: LineState, rendering: Rendering): Json {
  const { currency } = state
  const price = rendering.servedPrice(state.subscriptionId, line.mpn) ?? line.unitPrice
  return {
    mpn: line.mpn,
    vendor: line.vendor,
    id: line.productId,
    quantity: quantity(rendering, line.seats),
    name: line.productName,
    ...(price === null
      ? {}
      : {
          unitPrice: money(rendering, currency, price),
          extendedPrice: money(rendering, currency, extended(currency, line, price)),
        }),
    ...(line.unitCost === null ? {} : { unitCost: money(rendering, currency, line.unitCost) }),
    ...(line.vendorSubscriptionId === null ? {} : { vendorSubscriptionId: line.vendorSubscriptionId }),
  }
}

const MONTHS: Readonly<Record<Duration['type'], number>> = { day: 0, month: 1, year: 12 }

/** How many billing periods a subscription period holds; 1 when they are not comparable. */
function periodsIn(state: SubscriptionState): number {
  const billing = MONTHS[state.billingPeriod.type] * state.billingPeriod.duration
  const whole = MONTHS[state.subscriptionPeriod.type] * state.subscriptionPeriod.duration
  return billing > 0 && whole % billing === 0 ? whole / billing : 1
}

export function renderSubscription(state: SubscriptionState, rendering: Rendering): Json {
  const { currency } = state
  const digits = digitsOf(currency)
  const priceOf = (line: LineState): Amount =>
    rendering.servedPrice(state.subscriptionId, line.mpn) ?? line.unitPrice ?? '0'
  const price = sum(
    state.lines.map((line) => extended(currency, line, priceOf(line))),
    digits,
  )
  const cost = sum(
    state.lines.map((line) => extended(currency, line, line.unitCost ?? '0')),
    digits,
  )
  const periods = String(periodsIn(state))
  return {
    ...renderSubscriptionRow(state),
    totalPrice: money(rendering, currency, price),
    totalSubscriptionPrice: money(rendering, currency, multiply([price, periods], digits)),
    totalSubscriptionCost: money(rendering, currency, multiply([cost, periods], digits)),
    products: state.lines.map((line) => renderProduct(state, line, rendering)),
    planId: 10_000 + (Number(state.subscriptionId) % 97),
  }
}

function subscriptionOf({ order }: OrderState): Json {
  return order.subscriptionId === null ? {} : { subscriptionId: order.subscriptionId }
}

export function renderOrderRow(state: OrderState, rendering: Rendering, inList = true): Json {
  const { order } = state
  const status = orderStatusAt(state, rendering.instant)
  const provisioned = status === 'completed' && order.provisionedAt !== null
  return {
    id: order.orderId,
    orderNumber: order.number,
    type: order.orderType,
    customerId: order.customerId,
    ...(order.poNumber === null ? {} : { poNumber: order.poNumber }),
    creationDate: order.createdAt,
    ...(provisioned ? { provisioningDate: order.provisionedAt } : {}),
    status,
    statusCode: STATUS_CODES[status],
    ...(inList && !rendering.quirks.subscriptionIdInOrderList ? {} : subscriptionOf(state)),
    ...(order.scheduledAtRenewal && rendering.quirks.showScheduledOn ? { scheduledOn: 'renewal' } : {}),
  }
}

function renderDetail(currency: string, detail: OrderDetail, rendering: Rendering): Json {
  const unitPrice = money(rendering, currency, detail.unitPrice)
  const extendedPrice = money(rendering, currency, detail.extendedPrice)
  return {
    type: detail.type,
    mpn: detail.mpn,
    productId: detail.productId,
    duration: { type: detail.periodType, duration: Number(detail.duration) },
    description: detail.description,
    quantity: quantity(rendering, detail.quantity),
    unitPrice,
    salesUnitPrice: unitPrice,
    extendedPrice,
    salesExtendedPrice: extendedPrice,
    taxAmount: money(rendering, currency, '0'),
  }
}

export function renderOrder(state: OrderState, rendering: Rendering): Json {
  const { order } = state
  const row = renderOrderRow(state, rendering, false)
  if (order.products === null || order.details === null) return row
  const total = sum(
    order.details.map((detail) => detail.extendedPrice),
    digitsOf(order.currency),
  )
  return {
    ...row,
    total: money(rendering, order.currency, total),
    details: order.details.map((detail) => renderDetail(order.currency, detail, rendering)),
    products: order.products.map((product) => ({
      mpn: product.mpn,
      id: product.productId,
      name: product.name,
      quantity: quantity(rendering, product.quantity),
    })),
  }
}

/** The catalog entry of a product, from one line that sells it. */
export function renderCatalogProduct(state: SubscriptionState, line: LineState, rendering: Rendering): Json {
  const price = (amount: Amount | null): readonly Json[] =>
    amount === null ? [] : [{ ...money(rendering, state.currency, amount), type: 'recurring', model: 'FLAT' }]
  return {
    mpn: line.mpn,
    vendor: line.vendor,
    id: line.productId,
    serviceName: line.vendor.replaceAll(/\W+/g, '_').toUpperCase(),
    name: line.productName,
    minimumQuantity: '1',
    maximumQuantity: '10000',
    prices: price(line.unitPrice),
    costs: price(line.unitCost),
    billingPeriod: state.billingPeriod,
    subscriptionPeriod: state.subscriptionPeriod,
    billingModel: state.billingModel,
  }
}

/** The marketplace's error body, as one of its clients models it. */
export function renderError(error: {
  readonly status: number
  readonly message: string
  readonly path: string
  readonly instant: Instant
  readonly correlationId: string
}): Json {
  const { status, message, path, instant, correlationId } = error
  return { timestamp: instant, status, error: message, path, correlationId }
}
