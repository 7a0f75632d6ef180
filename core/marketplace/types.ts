import type { BillingPeriod } from '../calendar/billing-period.js'
import type { LocalDate } from '../calendar/date.js'
import type { Decimal } from '../money/decimal.js'

/** A price or cost of one seat for one billing period, exact. */
export interface UnitPrice {
  readonly currency: string
  readonly amount: Decimal
}

export interface ObservedCustomer {
  readonly id: string
  readonly name: string
}

/**
 * `pending` is not billed yet, `hold` is suspended, `terminated` and `removed` have ended. `unknown` is a word we
 * do not know: the licence is held until a person looks.
 */
export type SubscriptionStatus = 'pending' | 'active' | 'hold' | 'terminated' | 'removed' | 'unknown'

/** One licence line as one observation saw it: a product of a marketplace subscription. Dates are half-open. */
export interface ObservedSubscription {
  /** {@link recordKey} of the two ids below: one marketplace subscription may hold several products. */
  readonly key: string
  readonly subscriptionId: string
  readonly mpn: string
  readonly customerId: string
  readonly productName: string
  readonly status: SubscriptionStatus
  readonly quantity: Decimal
  /** What the reseller's customer pays by the marketplace; undefined when it sends none (a gap, BILLING B14). */
  readonly unitPrice: UnitPrice | undefined
  /** What the reseller pays. */
  readonly unitCost: UnitPrice | undefined
  /** undefined: a kind of period we do not bill (statement day, or a new word). */
  readonly billingPeriod: BillingPeriod | undefined
  /** Charged by metered usage, billed from the vendor's file only. */
  readonly usage: boolean
  /** First day of service. */
  readonly startsOn: LocalDate
  /** First day after the current term; for an ended subscription, the first day without service. */
  readonly expiresOn: LocalDate | undefined
  readonly renewsOn: LocalDate | undefined
  readonly autoRenew: boolean | undefined
  readonly lastModifiedOn: LocalDate | undefined
  readonly vendorSubscriptionId: string | undefined
}

/** How a subscription ended. The marketplace need not show the products of one that has: what was known of them ended so. */
export type EndedSubscription = Pick<
  ObservedSubscription,
  'subscriptionId' | 'status' | 'expiresOn' | 'renewsOn' | 'autoRenew' | 'lastModifiedOn'
>

export type OrderType = 'sales' | 'change' | 'renewal' | 'cancellation' | 'migration' | 'unknown'
export type OrderStatus = 'submitted' | 'processing' | 'error' | 'completed' | 'cancelled' | 'unknown'

export interface OrderProduct {
  readonly mpn: string
  /** A signed difference in seats; with `scheduledAtRenewal` the wanted total. */
  readonly quantity: Decimal
}

/** A one-time set-up fee of an order (BILLING B20b). */
export interface OrderSetup {
  /** Position among the order's details: with the order id it identifies the fee for ever. */
  readonly detail: number
  readonly mpn: string
  readonly description: string
  readonly quantity: Decimal
  readonly unitPrice: UnitPrice
}

export interface ObservedOrder {
  readonly id: string
  readonly number: string
  readonly type: OrderType
  readonly status: OrderStatus
  readonly customerId: string
  readonly subscriptionId: string | undefined
  readonly createdAt: Date
  /** When it took effect; undefined until then. */
  readonly provisionedAt: Date | undefined
  readonly scheduledAtRenewal: boolean
  /** undefined: the marketplace sent none (renewals, cancellations, and some changes). */
  readonly products: readonly OrderProduct[] | undefined
  readonly setups: readonly OrderSetup[]
  readonly poNumber: string | undefined
}

/** One complete, immutable observation of the marketplace: all of it or nothing. */
export interface Snapshot {
  readonly observedAt: Date
  readonly customers: readonly ObservedCustomer[]
  readonly subscriptions: readonly ObservedSubscription[]
  /** Subscriptions that have ended, with or without lines above; absent: none is known to. */
  readonly ended?: readonly EndedSubscription[]
  readonly orders: readonly ObservedOrder[]
}

/** Identity of a licence line inside the marketplace. */
export function recordKey(subscriptionId: string, mpn: string): string {
  return `${subscriptionId}/${mpn}`
}
