import type { BillingPeriod } from '../calendar/billing-period.js'
import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import type { Decimal } from '../money/decimal.js'

/**
 * Something that happened to a subscription on a local date. A `change` carries the absolute count and/or unit price
 * that hold from then on; events of one day apply in array order (BILLING B6).
 */
export interface TimelineEvent {
  readonly on: LocalDate
  readonly type: 'change' | 'suspend' | 'resume' | 'cancel' | 'oneTime'
  /** Seats from this day on. For `oneTime`: how many, default 1. */
  readonly quantity?: Decimal
  /** Price of one seat for one billing period from this day on; for `oneTime` the price of one. */
  readonly unitPrice?: Decimal
  /** What set `unitPrice`, in words ("own price", "margin 15% on cost $17.35"). */
  readonly priceRule?: string
  /** `oneTime` only: the amount in minor units when it is not quantity × unit price. */
  readonly amount?: bigint
  /** `oneTime` only: what it is. */
  readonly description?: string
  /** The date is the day we first saw it, not the day it happened (B19). */
  readonly estimated?: boolean
}

/**
 * Days `[from, to)` on which nobody can say what a seat costs: nothing is stated, or only in another currency than the
 * customer is billed in (BILLING B14, B17). Periods that take their price from such a day are held.
 */
export interface PriceGap {
  readonly from: LocalDate
  /** null: still open. */
  readonly to: LocalDate | null
  readonly kind: 'noPrice' | 'otherCurrency'
  /** What is missing and since when, in words. */
  readonly why: string
  /** With `otherCurrency`: what the timeline's prices of these days are in. */
  readonly currency?: string
}

/** A subscription's gap-free history, ready to be charged. Dates are half-open. */
export interface Timeline {
  readonly billingPeriod: BillingPeriod
  /** First day of service. */
  readonly start: LocalDate
  /** First day without service; null while it runs (B12). */
  readonly end: LocalDate | null
  /**
   * Terms of a billing period other than a month that are stated, in order and without overlap; the others follow from
   * them (B4, D2). Absent: all follow from the start.
   */
  readonly terms?: readonly Period[]
  /** First day that is not free (B15). */
  readonly trialEnd?: LocalDate
  /** In order, without overlap; prices of `events` on these days are only for showing what they would come to. */
  readonly priceGaps?: readonly PriceGap[]
  /** In order of date; the first gives the opening count and price. */
  readonly events: readonly TimelineEvent[]
}

/**
 * A person's word on a licence line that could continue several others (BILLING B18): which one it does, or that it begins
 * a subscription of its own. Of several words on one line the last counts.
 */
export interface LineageAnswer {
  /** The licence line that is meant. */
  readonly recordKey: string
  /** The licence line it continues; undefined: none, it is new. */
  readonly continues: string | undefined
  /** Who said so: the id of a person. */
  readonly by: string
  readonly at: Date
  /** Version of the books it made: what was billed under a smaller one was billed without it. */
  readonly version: number
}

/** A licence line of the marketplace that belongs to one of our subscriptions (BILLING B18). */
export interface LineageMembership {
  /** Our subscription: survives the marketplace's changing ids. */
  readonly lineageId: string
  /** The marketplace's licence line (`ObservedSubscription.key`). */
  readonly recordKey: string
}
