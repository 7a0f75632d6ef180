import type { Amount, DateText, Instant } from '../events.js'
import type { Setup } from '../orders.js'
import type { Cadence, Offer } from './catalog.js'

/**
 * How a change of seats is explained. `normal`: a completed order. `bare`: a completed order without products.
 * `none`: no order, ever. `hidden`: placed on time, shown `days` later. `backdated`: placed `days` later, provisioned
 * when the seats changed.
 */
export type Explanation =
  | { readonly kind: 'normal'; readonly slowDays?: number }
  | { readonly kind: 'bare' }
  | { readonly kind: 'none' }
  | { readonly kind: 'hidden'; readonly days: number }
  | { readonly kind: 'backdated'; readonly days: number; readonly shownAfterDays?: number }

/** Something that happens to a subscription of the seed world. `line` is a position among its products, default 0. */
export type Move = { readonly at: Instant; readonly line?: number } & (
  | { readonly type: 'seats'; readonly delta: number; readonly by: Explanation }
  | { readonly type: 'price'; readonly unitPrice: Amount; readonly unitCost: Amount | null }
  | { readonly type: 'priceAtRenewal'; readonly unitPrice: Amount }
  | { readonly type: 'scheduleAtRenewal'; readonly target: number }
  | { readonly type: 'failedOrder'; readonly delta: number; readonly outcome: 'cancelled' | 'error' }
  | { readonly type: 'hold' }
  | { readonly type: 'resume' }
  | { readonly type: 'activate' }
  | { readonly type: 'cancel'; readonly slowDays?: number }
  | { readonly type: 'stop'; readonly endDate: DateText; readonly status: 'terminated' | 'removed' }
)

export interface PlannedLine {
  readonly offer: Offer
  readonly seats: number
}

/** One subscription of the seed world through all its records. */
export interface LineagePlan {
  /** Unique, before the marketplace's ids are given out. */
  readonly key: string
  readonly customerId: string
  readonly currency: string
  readonly cadence: Cadence
  readonly lines: readonly PlannedLine[]
  /** First day of service. */
  readonly start: DateText
  /** A co-termed subscription: end of its first, shorter term. */
  readonly coTermUntil?: DateText
  /** Moment of its sales order; absent when it is older than the log. */
  readonly soldAt?: Instant
  readonly setups?: readonly Setup[]
  readonly pending?: boolean
  readonly poNumber?: string
  /** Identity at the vendor: kept through turnover, new with each record, or never told. */
  readonly vendorIds: 'kept' | 'renewed' | 'none'
  readonly moves: readonly Move[]
}
