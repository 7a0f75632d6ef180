/** How often the marketplace bills a subscription; the commitment may be longer (BILLING B4). */
export interface BillingPeriod {
  readonly type: 'day' | 'month' | 'year'
  /** A positive whole number of `type`s. */
  readonly duration: number
}
