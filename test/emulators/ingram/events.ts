/**
 * The event log of the emulated marketplace: the truth from which every answer is folded, and the only input of an
 * independent recomputation. Plain data, one JSON object per event. README.md says how events become visible.
 */

/** UTC with whole seconds, "2026-03-11T14:05:00Z": compares as text. */
export type Instant = string
/** A calendar date without a zone, "2026-03-11". */
export type DateText = string
/** An exact decimal, "22.00". Never a float. */
export type Amount = string

interface Stamp {
  /** 1, 2, 3 …, unique. Breaks ties between events of one instant. */
  readonly sequence: number
  /** When it truly happened. */
  readonly at: Instant
  /** From when on the API shows it; equals `at` unless it is late. Never earlier than `at`. */
  readonly visibleFrom: Instant
}

export interface Duration {
  readonly type: 'day' | 'month' | 'year'
  readonly duration: number
}

export type BillingModel = 'chargeBeforeBillingPeriod' | 'chargeAfterBillingPeriod'

export interface CustomerCreated extends Stamp {
  readonly type: 'customerCreated'
  readonly customerId: string
  readonly name: string
  /** ISO 4217: what its subscriptions are priced in, with one exception in the seed world. */
  readonly currency: string
  /** ISO 3166-1 alpha-2. */
  readonly countryCode: string
  readonly city: string
  readonly externalId: string | null
  readonly status: 'active' | 'creditHold'
}

/** One product of a subscription: a licence line, identified by subscription id and mpn. */
export interface LineCreated {
  readonly mpn: string
  readonly productId: string
  readonly productName: string
  readonly vendor: string
  /** Whole seats, 1 or more. */
  readonly seats: number
  /** Price of one seat for one billing period, in the subscription's currency; null: the API sends none (usage). */
  readonly unitPrice: Amount | null
  /** What the reseller pays for one seat and billing period; null: the API sends none. */
  readonly unitCost: Amount | null
  readonly vendorSubscriptionId: string | null
}

export interface SubscriptionCreated extends Stamp {
  readonly type: 'subscriptionCreated'
  readonly subscriptionId: string
  readonly customerId: string
  readonly name: string
  readonly status: 'active' | 'pending'
  readonly currency: string
  readonly billingModel: BillingModel
  /** How often it is charged. */
  readonly billingPeriod: Duration
  /** How long the customer committed. */
  readonly subscriptionPeriod: Duration
  /** First day of service; of a pending one, the day it was ordered. */
  readonly startDate: DateText
  /** First day after the term (exclusive). */
  readonly expirationDate: DateText
  readonly autoRenew: boolean
  /** The first term was cut to end with another subscription's. */
  readonly coTermed: boolean
  /** Monthly turnover: the id of the record this one continues; null otherwise. */
  readonly replaces: string | null
  /** The sales order that made it; null when it is older than the log, or when it replaces a record. */
  readonly orderId: string | null
  readonly lines: readonly LineCreated[]
}

/** A pending subscription starts: its dates are set anew. */
export interface SubscriptionActivated extends Stamp {
  readonly type: 'subscriptionActivated'
  readonly subscriptionId: string
  readonly startDate: DateText
  readonly expirationDate: DateText
  readonly orderId: string | null
}

export interface SeatsChanged extends Stamp {
  readonly type: 'seatsChanged'
  readonly subscriptionId: string
  readonly mpn: string
  readonly before: number
  readonly after: number
  /** The order that explains it, visible or not yet; null: none ever will. */
  readonly orderId: string | null
}

export interface PriceChanged extends Stamp {
  readonly type: 'priceChanged'
  readonly subscriptionId: string
  readonly mpn: string
  readonly unitPrice: Amount
  readonly unitCost: Amount | null
}

/** The next term of the same record: only its expiration date moves. */
export interface SubscriptionRenewed extends Stamp {
  readonly type: 'subscriptionRenewed'
  readonly subscriptionId: string
  readonly expirationDate: DateText
  readonly orderId: string | null
}

export interface SubscriptionHeld extends Stamp {
  readonly type: 'subscriptionHeld'
  readonly subscriptionId: string
}

export interface SubscriptionResumed extends Stamp {
  readonly type: 'subscriptionResumed'
  readonly subscriptionId: string
}

export interface SubscriptionEnded extends Stamp {
  readonly type: 'subscriptionEnded'
  readonly subscriptionId: string
  /** First day without service. */
  readonly endDate: DateText
  readonly status: 'terminated' | 'removed'
  /**
   * `cancelled`: by a cancellation order. `withoutOrder`: the marketplace just stopped it. `turnover`: another record
   * replaces it (see `SubscriptionCreated.replaces`).
   */
  readonly cause: 'cancelled' | 'withoutOrder' | 'turnover'
  /** The cancellation order, or the renewal order of a turnover; null when there is none. */
  readonly orderId: string | null
  /** The expiration date the API shows from now on: `endDate`, except for a perpetual licence that keeps a far one. */
  readonly shownExpirationDate: DateText
}

export type OrderType = 'sales' | 'change' | 'renewal' | 'cancellation'
export type OrderStatus = 'submitted' | 'processing' | 'completed' | 'cancelled' | 'error'

export interface OrderStep {
  readonly status: OrderStatus
  readonly at: Instant
}

export interface OrderProduct {
  readonly mpn: string
  readonly productId: string
  readonly name: string
  /** Signed difference in seats; with `scheduledAtRenewal` the wanted total. */
  readonly quantity: number
}

/** A priced row of an order, in the order the API lists them (position 0, 1, 2 …). */
export interface OrderDetail {
  readonly type: 'recurring' | 'recurringRefund' | 'setup'
  readonly mpn: string
  readonly productId: string
  readonly description: string
  readonly quantity: number
  /** Length charged, in billing periods of `periodType`, rounded to 2 decimals; 1 for a set-up fee. */
  readonly duration: Amount
  readonly periodType: Duration['type']
  readonly unitPrice: Amount
  /** quantity × unitPrice × duration, rounded to the currency's digits. */
  readonly extendedPrice: Amount
}

export interface OrderPlaced extends Stamp {
  readonly type: 'orderPlaced'
  readonly orderId: string
  /** SO sales, CH change, RN renewal, CL cancellation, and six digits. */
  readonly number: string
  readonly orderType: OrderType
  readonly customerId: string
  readonly subscriptionId: string | null
  readonly currency: string
  readonly poNumber: string | null
  /** The creation date the API shows; equals `at`. */
  readonly createdAt: Instant
  /** First step `submitted` at `createdAt`; the status at T is that of the last step with `at` ≤ T. */
  readonly history: readonly OrderStep[]
  /** When it took effect: shown while the status is `completed`; may lie before `createdAt`. null: never took effect. */
  readonly provisionedAt: Instant | null
  /** Takes effect at the next renewal; `products[].quantity` is then the wanted total. */
  readonly scheduledAtRenewal: boolean
  /** null: the API sends none (every renewal and cancellation, and some changes). */
  readonly products: readonly OrderProduct[] | null
  /** null exactly when `products` is. */
  readonly details: readonly OrderDetail[] | null
}

/** The order is withdrawn: its status is `cancelled` from now on, whatever its history says. */
export interface OrderWithdrawn extends Stamp {
  readonly type: 'orderWithdrawn'
  readonly orderId: string
}

export type MarketplaceEvent =
  | CustomerCreated
  | SubscriptionCreated
  | SubscriptionActivated
  | SeatsChanged
  | PriceChanged
  | SubscriptionRenewed
  | SubscriptionHeld
  | SubscriptionResumed
  | SubscriptionEnded
  | OrderPlaced
  | OrderWithdrawn

/** An event before the log has numbered it; `visibleFrom` is `at` when absent. */
export type EventDraft = MarketplaceEvent extends infer E
  ? E extends MarketplaceEvent
    ? Omit<E, 'sequence' | 'visibleFrom'> & { readonly visibleFrom?: Instant }
    : never
  : never
