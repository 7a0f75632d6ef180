import type { Amount, BillingModel, DateText, Duration, Instant } from './events.js'
import type { LineChoice } from './ground.js'
import type { Setup } from './orders.js'
import type { Projection, SubscriptionState } from './projection.js'

export interface NewSubscription {
  readonly customerId: string
  readonly mpn: string
  readonly productName: string
  readonly seats: number
  readonly unitPrice: Amount | null
  readonly unitCost?: Amount | null
  readonly currency?: string
  readonly billingPeriod?: Duration
  readonly subscriptionPeriod?: Duration
  readonly billingModel?: BillingModel
  /** Default: today. */
  readonly startDate?: DateText
  /** Exclusive. Default: `startDate` plus the subscription period. A shorter term is a co-term. */
  readonly expirationDate?: DateText
  readonly vendorSubscriptionId?: string | null
  readonly status?: 'active' | 'pending'
  /** Default: true. */
  readonly autoRenew?: boolean
  /** Set-up fees of its sales order. */
  readonly setups?: readonly Setup[]
}

/** How a change of seats is explained by orders. */
export type ExplainedBy = 'order' | 'orderWithoutProducts' | 'nothing'

/** What a late order is until its day: not shown at all, or shown and not completed. */
export type Waiting = 'hidden' | 'processing'

/**
 * The marketplace as it is, and everything that can happen to it while it runs. Each method acts at the emulator's
 * clock, appends to the event log, and makes the seed forget what it had planned for that subscription. A subscription
 * that does not exist, or is not visible yet, is an error.
 */
export interface World {
  /** What the API shows now. */
  projection(): Projection
  /** Finds a customer by its exact name. */
  customerNamed(name: string): { readonly customerId: string; readonly currency: string }
  /** Subscriptions of a customer that have not ended, oldest first. */
  subscriptionsOf(customerId: string): readonly SubscriptionState[]
  createCustomer(customer: { readonly name: string; readonly currency?: string }): string
  /** A purchase with its completed sales order (of a pending one the order is never completed). */
  createSubscription(wanted: NewSubscription): string
  activate(choice: { readonly subscriptionId: string }): void
  /** `delta` may be negative. Returns the order's id, null when nothing explains it. */
  addSeats(change: LineChoice & { readonly delta: number; readonly by?: ExplainedBy }): string | null
  /** Seats change now; the explaining order appears, or was there all along and completes, `days` later. */
  placeLateOrder(
    change: LineChoice & { readonly delta: number; readonly days: number; readonly until?: Waiting },
  ): string
  /** An order placed and completed now that says it took effect `at` an earlier instant. Changes no seats. */
  placeOrderAfterwards(change: LineChoice & { readonly delta: number; readonly at: Instant }): string
  /** A change ordered for the next renewal; the next `turnOver` or `renew` carries it out. */
  scheduleAtRenewal(change: LineChoice & { readonly target: number }): string
  /** An order that is submitted and never completed, until it is withdrawn. */
  placeOpenOrder(change: LineChoice & { readonly delta: number }): string
  withdrawOrder(order: { readonly orderId: string }): void
  changePrice(change: LineChoice & { readonly unitPrice: Amount; readonly unitCost?: Amount | null }): void
  /** Serves another price without logging it: an independent recomputation from the log must notice. */
  flipPrice(change: LineChoice & { readonly unitPrice: Amount }): void
  hold(choice: { readonly subscriptionId: string }): void
  resume(choice: { readonly subscriptionId: string }): void
  renew(choice: { readonly subscriptionId: string }): void
  /** Monthly turnover: the record is removed and a new one continues it. Returns the new record's id. */
  turnOver(change: {
    readonly subscriptionId: string
    /** Default: the old record's expiration date. */
    readonly startDate?: DateText
    readonly seats?: number
    readonly unitPrice?: Amount
    readonly vendorSubscriptionId?: string | null
  }): string
  /** Default: today, with a cancellation order. */
  endSubscription(change: {
    readonly subscriptionId: string
    readonly endDate?: DateText
    readonly withOrder?: boolean
    readonly status?: 'terminated' | 'removed'
  }): void
  /** The served price that differs from the log, if any. */
  servedPrice(subscriptionId: string, mpn: string): Amount | undefined
}
