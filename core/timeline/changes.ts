import type { LocalDate } from '../calendar/date.js'
import type { UnitPrice } from '../marketplace/types.js'
import type { Decimal } from '../money/decimal.js'
import type { FoldedSubscription } from './fold.js'

export type ChangeKind =
  | 'added'
  | 'quantityChanged'
  | 'priceChanged'
  | 'renewed'
  | 'suspended'
  | 'resumed'
  | 'cancelled'

/** Something that happened to a subscription, dated by when it took effect, not by when we saw it. */
export interface Change {
  readonly kind: ChangeKind
  readonly lineageId: string
  readonly customerId: string
  readonly product: string
  readonly effectiveOn: LocalDate
  /** The date is the day it was first seen (BILLING B19). */
  readonly estimated: boolean
  readonly seats?: { readonly before: Decimal; readonly after: Decimal }
  readonly price?: { readonly before: UnitPrice | undefined; readonly after: UnitPrice | undefined }
  /** The number of the order that explains it. */
  readonly order: string | undefined
  /** It is ordered for the next renewal and has not happened yet. */
  readonly scheduled: boolean
}

/** All changes of a subscription that took effect on or after `since`, in order of date. */
export function changesOf(subscription: FoldedSubscription, since: LocalDate): Change[] {
  const { lineageId, customerId, productName: product } = subscription
  const about = { lineageId, customerId, product, estimated: false, order: undefined, scheduled: false }
  const changes: Change[] = []
  const [opening, ...steps] = subscription.counts
  if (opening !== undefined) {
    const { on: effectiveOn, estimated, order } = opening
    const seats = { before: 0n as Decimal, after: opening.quantity }
    changes.push({ ...about, kind: 'added', effectiveOn, estimated, order, seats })
  }
  let before = opening?.quantity ?? (0n as Decimal)
  for (const { on, quantity, estimated, order, scheduled = false } of steps) {
    if (quantity === before) continue
    changes.push({
      ...about,
      kind: 'quantityChanged',
      effectiveOn: on,
      estimated,
      order,
      scheduled,
      seats: { before, after: quantity },
    })
    before = quantity
  }
  for (const [index, { on, price }] of subscription.prices.entries()) {
    const earlier = subscription.prices[index - 1]
    if (earlier === undefined || earlier.price?.amount === price?.amount) continue
    changes.push({
      ...about,
      kind: 'priceChanged',
      effectiveOn: on,
      price: { before: earlier.price, after: price },
    })
  }
  for (const on of subscription.renewals) changes.push({ ...about, kind: 'renewed', effectiveOn: on })
  for (const { on, type, estimated } of subscription.holds) {
    const kind = type === 'suspend' ? 'suspended' : 'resumed'
    changes.push({ ...about, kind, effectiveOn: on, estimated: estimated ?? false })
  }
  const { end, endPlanned: scheduled, endEstimated: estimated } = subscription
  if (end !== null && opening !== undefined) {
    changes.push({ ...about, kind: 'cancelled', effectiveOn: end, estimated, scheduled })
  }
  return changes
    .filter(({ effectiveOn }) => effectiveOn >= since)
    .sort((left, right) => left.effectiveOn - right.effectiveOn)
}
