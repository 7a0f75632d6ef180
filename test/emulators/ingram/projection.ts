import { dateOf, later } from '../shared/dates.js'
import type {
  Amount,
  BillingModel,
  CustomerCreated,
  DateText,
  Duration,
  Instant,
  MarketplaceEvent,
  OrderPlaced,
  OrderStatus,
} from './events.js'

export interface LineState {
  readonly mpn: string
  readonly productId: string
  readonly productName: string
  readonly vendor: string
  readonly seats: number
  readonly unitPrice: Amount | null
  readonly unitCost: Amount | null
  readonly vendorSubscriptionId: string | null
}

export interface SubscriptionState {
  readonly subscriptionId: string
  readonly customerId: string
  readonly name: string
  readonly status: 'pending' | 'active' | 'hold' | 'terminated' | 'removed'
  readonly currency: string
  readonly billingModel: BillingModel
  readonly billingPeriod: Duration
  readonly subscriptionPeriod: Duration
  readonly creationDate: DateText
  readonly expirationDate: DateText
  readonly lastModifiedDate: DateText
  readonly autoRenew: boolean
  readonly lines: readonly LineState[]
}

export interface OrderState {
  readonly order: OrderPlaced
  readonly withdrawnAt: Instant | null
}

/** What the marketplace shows, folded from the visible events. Each map is in order of creation, oldest first. */
export interface Projection {
  readonly customers: ReadonlyMap<string, CustomerCreated>
  readonly subscriptions: ReadonlyMap<string, SubscriptionState>
  readonly orders: ReadonlyMap<string, OrderState>
}

type SubscriptionEvent = Exclude<
  MarketplaceEvent,
  { type: 'customerCreated' | 'subscriptionCreated' | 'orderPlaced' | 'orderWithdrawn' }
>

function withLine(state: SubscriptionState, mpn: string, change: Partial<LineState>): SubscriptionState {
  return { ...state, lines: state.lines.map((line) => (line.mpn === mpn ? { ...line, ...change } : line)) }
}

function changed(state: SubscriptionState, event: SubscriptionEvent): SubscriptionState {
  switch (event.type) {
    case 'subscriptionActivated':
      return {
        ...state,
        status: 'active',
        creationDate: event.startDate,
        expirationDate: event.expirationDate,
      }
    case 'seatsChanged':
      return withLine(state, event.mpn, { seats: event.after })
    case 'priceChanged':
      return withLine(state, event.mpn, { unitPrice: event.unitPrice, unitCost: event.unitCost })
    case 'subscriptionRenewed':
      return { ...state, expirationDate: event.expirationDate }
    case 'subscriptionHeld':
      return { ...state, status: 'hold' }
    case 'subscriptionResumed':
      return { ...state, status: 'active' }
    case 'subscriptionEnded':
      return { ...state, status: event.status, expirationDate: event.shownExpirationDate, autoRenew: false }
  }
}

/** Folds events that are in order of (at, sequence). */
export function project(events: readonly MarketplaceEvent[]): Projection {
  const customers = new Map<string, CustomerCreated>()
  const subscriptions = new Map<string, SubscriptionState>()
  const orders = new Map<string, OrderState>()
  for (const event of events) {
    switch (event.type) {
      case 'customerCreated':
        customers.set(event.customerId, event)
        break
      case 'subscriptionCreated':
        subscriptions.set(event.subscriptionId, {
          subscriptionId: event.subscriptionId,
          customerId: event.customerId,
          name: event.name,
          status: event.status,
          currency: event.currency,
          billingModel: event.billingModel,
          billingPeriod: event.billingPeriod,
          subscriptionPeriod: event.subscriptionPeriod,
          creationDate: event.startDate,
          expirationDate: event.expirationDate,
          lastModifiedDate: dateOf(event.visibleFrom),
          autoRenew: event.autoRenew,
          lines: event.lines,
        })
        break
      case 'orderPlaced':
        orders.set(event.orderId, { order: event, withdrawnAt: null })
        break
      case 'orderWithdrawn': {
        const state = orders.get(event.orderId)
        if (state !== undefined) orders.set(event.orderId, { ...state, withdrawnAt: event.at })
        break
      }
      default: {
        const state = subscriptions.get(event.subscriptionId)
        if (state === undefined) break
        const lastModifiedDate = later(state.lastModifiedDate, dateOf(event.visibleFrom))
        subscriptions.set(event.subscriptionId, { ...changed(state, event), lastModifiedDate })
      }
    }
  }
  return { customers, subscriptions, orders }
}

/** The status an order shows at an instant. */
export function orderStatusAt({ order, withdrawnAt }: OrderState, instant: Instant): OrderStatus {
  if (withdrawnAt !== null && withdrawnAt <= instant) return 'cancelled'
  let status: OrderStatus = 'submitted'
  for (const step of order.history) if (step.at <= instant) status = step.status
  return status
}
