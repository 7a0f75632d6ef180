/** A licence line of the marketplace that belongs to one of our subscriptions (BILLING B18). */
export interface LineageMembership {
  /** Our subscription: survives the marketplace's changing ids. */
  readonly lineageId: string
  /** The marketplace's licence line (`ObservedSubscription.key`). */
  readonly recordKey: string
}
