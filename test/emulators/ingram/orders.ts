import { addMonths, addSeconds, dateOf } from '../shared/dates.js'
import { multiply } from '../shared/decimal.js'
import { digitsOf } from './currencies.js'
import type {
  Amount,
  DateText,
  Duration,
  EventDraft,
  Instant,
  LineCreated,
  OrderDetail,
  OrderStep,
  OrderType,
} from './events.js'
import { durationOf, monthsOf, type Span, spanAround, spanWords } from './terms.js'

type SoldLine = Pick<LineCreated, 'mpn' | 'productId' | 'productName' | 'unitPrice'>

/** The subscription an order is about, as it is when the order takes effect. */
export interface OrderedSubscription {
  readonly subscriptionId: string
  readonly customerId: string
  readonly currency: string
  readonly billingPeriod: Duration
  /** Day its billing periods are counted from. */
  readonly anchor: DateText
  readonly expirationDate: DateText
}

export interface Setup {
  readonly description: string
  readonly quantity: number
  readonly unitPrice: Amount
}

/** How an order went. `none` of products: the API sends neither products nor details. */
export interface OrderRequest {
  readonly orderId: string
  readonly number: string
  readonly orderType: OrderType
  readonly subscription: OrderedSubscription
  readonly createdAt: Instant
  /** When its last status was reached; must not be before `createdAt`. */
  readonly settledAt: Instant
  readonly outcome: 'completed' | 'cancelled' | 'error'
  /** Shown while completed; default `settledAt`. */
  readonly provisionedAt?: Instant
  readonly visibleFrom?: Instant
  readonly poNumber?: string | null
  readonly scheduledAtRenewal?: boolean
  readonly products: readonly { readonly line: SoldLine; readonly quantity: number }[] | 'none'
  readonly setups?: readonly Setup[]
}

/**
 * What a change is charged for: a monthly subscription from its day to the next billing day, a longer one to the end
 * of its term; a first purchase its whole first period.
 */
function chargedSpan(request: OrderRequest): { readonly from: DateText; readonly whole: Span } {
  const { anchor, billingPeriod, expirationDate } = request.subscription
  const months = monthsOf(billingPeriod)
  if (request.scheduledAtRenewal === true) {
    return { from: expirationDate, whole: { from: expirationDate, to: addMonths(expirationDate, months) } }
  }
  const day = dateOf(request.provisionedAt ?? request.settledAt)
  const on = day < anchor || request.orderType === 'sales' ? anchor : day
  const whole =
    months === 1
      ? spanAround(anchor, months, on)
      : { from: addMonths(expirationDate, -months), to: expirationDate }
  return { from: on < whole.from ? whole.from : on, whole }
}

function recurringDetail(request: OrderRequest, line: SoldLine, quantity: number): OrderDetail {
  const { from, whole } = chargedSpan(request)
  const { currency, billingPeriod } = request.subscription
  const unitPrice = line.unitPrice ?? '0'
  const duration = durationOf(from, whole)
  const word = billingPeriod.type === 'year' ? 'Year' : 'Month'
  return {
    type: quantity < 0 ? 'recurringRefund' : 'recurring',
    mpn: line.mpn,
    productId: line.productId,
    description: `${line.productName} Recurring (${billingPeriod.duration} ${word}(s) term) ${spanWords(from, whole.to)}`,
    quantity,
    duration,
    periodType: billingPeriod.type,
    unitPrice,
    extendedPrice: multiply([String(quantity), unitPrice, duration], digitsOf(currency)),
  }
}

function setupDetail(request: OrderRequest, line: SoldLine, setup: Setup): OrderDetail {
  return {
    type: 'setup',
    mpn: line.mpn,
    productId: line.productId,
    description: setup.description,
    quantity: setup.quantity,
    duration: '1',
    periodType: request.subscription.billingPeriod.type,
    unitPrice: setup.unitPrice,
    extendedPrice: multiply(
      [String(setup.quantity), setup.unitPrice],
      digitsOf(request.subscription.currency),
    ),
  }
}

function detailsOf(request: OrderRequest): readonly OrderDetail[] | null {
  if (request.products === 'none') return null
  const recurring = request.products.map(({ line, quantity }) => recurringDetail(request, line, quantity))
  const first = request.products[0]
  if (first === undefined) return recurring
  return [...recurring, ...(request.setups ?? []).map((setup) => setupDetail(request, first.line, setup))]
}

/** submitted → processing half a minute later → the outcome. */
function historyOf({ createdAt, settledAt, outcome }: OrderRequest): readonly OrderStep[] {
  const processingAt = addSeconds(createdAt, 30)
  return [
    { status: 'submitted', at: createdAt },
    ...(processingAt < settledAt ? [{ status: 'processing' as const, at: processingAt }] : []),
    { status: outcome, at: settledAt },
  ]
}

export function orderPlaced(request: OrderRequest): EventDraft {
  const { subscription, outcome, createdAt, settledAt } = request
  return {
    type: 'orderPlaced',
    at: createdAt,
    ...(request.visibleFrom === undefined ? {} : { visibleFrom: request.visibleFrom }),
    orderId: request.orderId,
    number: request.number,
    orderType: request.orderType,
    customerId: subscription.customerId,
    subscriptionId: subscription.subscriptionId,
    currency: subscription.currency,
    poNumber: request.poNumber ?? null,
    createdAt,
    history: historyOf(request),
    provisionedAt: outcome === 'completed' ? (request.provisionedAt ?? settledAt) : null,
    scheduledAtRenewal: request.scheduledAtRenewal ?? false,
    products:
      request.products === 'none'
        ? null
        : request.products.map(({ line, quantity }) => ({
            mpn: line.mpn,
            productId: line.productId,
            name: line.productName,
            quantity,
          })),
    details: detailsOf(request),
  }
}
