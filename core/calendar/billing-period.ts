/** How often the marketplace bills a subscription; the commitment may be longer (BILLING B4). */
export interface BillingPeriod {
  readonly type: 'day' | 'month' | 'year'
  /** A positive whole number of `type`s. */
  readonly duration: number
}

/** The same text for periods of the same length: a year is twelve months. */
export function billingPeriodKey({ type, duration }: BillingPeriod): string {
  return type === 'day' ? `${duration} days` : `${type === 'year' ? duration * 12 : duration} months`
}
