import type { ObservedCustomer, ObservedOrder, ObservedSubscription, Snapshot } from './types.js'

/** A licence line as last known, and whether the last observation still listed it. */
export interface KnownSubscription {
  readonly subscription: ObservedSubscription
  readonly present: boolean
}

/** What was known before an observation: the latest content of everything. */
export interface Known {
  readonly customers: ReadonlyMap<string, ObservedCustomer>
  readonly subscriptions: ReadonlyMap<string, KnownSubscription>
  readonly orders: ReadonlyMap<string, ObservedOrder>
}

/** Only what differs from what was known. An equal observation is empty. */
export interface Difference {
  readonly customers: readonly ObservedCustomer[]
  readonly subscriptions: readonly KnownSubscription[]
  readonly orders: readonly ObservedOrder[]
}

/**
 * Compares a complete observation with what was known. A line that is no longer listed is recorded as absent, never
 * as ended: the marketplace drops rows for a poll, and an end has a status (BILLING B19, B25). Where its subscription
 * has that status, the line ended with it although it is not shown. Orders are never absent: only recent ones are read.
 */
export function compare(known: Known, snapshot: Snapshot): Difference {
  const customers = snapshot.customers.filter(
    (customer) => known.customers.get(customer.id)?.name !== customer.name,
  )
  const seen = new Set<string>()
  const subscriptions: KnownSubscription[] = []
  for (const subscription of snapshot.subscriptions) {
    seen.add(subscription.key)
    const before = known.subscriptions.get(subscription.key)
    if (before?.present === true && sameContent(before.subscription, subscription)) continue
    subscriptions.push({ subscription, present: true })
  }
  const ended = new Map(snapshot.ended?.map((end) => [end.subscriptionId, end]))
  for (const [key, before] of known.subscriptions) {
    if (seen.has(key) || isOver(before.subscription)) continue
    const end = ended.get(before.subscription.subscriptionId)
    if (end !== undefined) {
      subscriptions.push({ subscription: { ...before.subscription, ...end }, present: true })
    } else if (before.present) {
      subscriptions.push({ subscription: before.subscription, present: false })
    }
  }
  const orders = snapshot.orders.filter((order) => {
    const before = known.orders.get(order.id)
    return before === undefined || !sameContent(before, order)
  })
  return { customers, subscriptions, orders }
}

/** Ended lines leave the list in time; that is not news, nor what is said of them afterwards: they ended before. */
function isOver({ status }: ObservedSubscription): boolean {
  return status === 'terminated' || status === 'removed'
}

/** Structural equality of plain observation data (bigint, number, string, Date, arrays, nested objects). */
export function sameContent(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (left instanceof Date || right instanceof Date) {
    return left instanceof Date && right instanceof Date && left.getTime() === right.getTime()
  }
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  const [leftEntries, rightEntries] = [Object.entries(left), Object.entries(right)]
  if (leftEntries.length !== rightEntries.length) return false
  const others = new Map<string, unknown>(rightEntries)
  return leftEntries.every(([key, value]) => others.has(key) && sameContent(value, others.get(key)))
}
