/**
 * How the emulated marketplace behaves all the time. The defaults are what is known of the real one; each can be
 * switched off (or on) to see whether a reader depends on it.
 */
export interface Quirks {
  /** Lists begin with the newest row. Off: the oldest. */
  readonly newestFirst: boolean
  /** Rows of a list when no limit is asked for. */
  readonly defaultLimit: number
  /** A higher limit is lowered to this one, and the answer's `pagination.limit` says so. */
  readonly maximumLimit: number
  /** Unknown query parameters are ignored without a word. Off: 400. */
  readonly ignoreUnknownParameters: boolean
  /** `status=active,hold` is refused with 400. Off: it means either. */
  readonly refuseCommaStatus: boolean
  /** `creationTimeFrom` and `creationTimeTo` filter orders. Off: ignored, as unknown parameters are. */
  readonly honourCreationTimes: boolean
  /** Rows of the subscription list have no products and no prices. Off: the list carries details. */
  readonly leanSubscriptionList: boolean
  /** Rows of the order list have no products and no details. Off: the list carries both. */
  readonly leanOrderList: boolean
  /** Rows of the order list name the subscription. The specification has it in the detail only. */
  readonly subscriptionIdInOrderList: boolean
  /** An order scheduled at renewal says so (`scheduledOn`), although the specification marks it write-only. */
  readonly showScheduledOn: boolean
  /** Amounts are text ("22.00"), as the specification says. Off: numbers, against it. */
  readonly stringAmounts: boolean
  /** Seats are the text "20.0", seen in the vendor's own examples, against the specification. */
  readonly stringQuantities: boolean
}

export const DEFAULT_QUIRKS: Quirks = {
  newestFirst: true,
  defaultLimit: 10,
  maximumLimit: 500,
  ignoreUnknownParameters: true,
  refuseCommaStatus: true,
  honourCreationTimes: true,
  leanSubscriptionList: true,
  leanOrderList: true,
  subscriptionIdInOrderList: false,
  showScheduledOn: true,
  stringAmounts: true,
  stringQuantities: false,
}
