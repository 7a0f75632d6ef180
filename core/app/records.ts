import type { ObservedOrder } from '../marketplace/types.js'
import type { Ledger, SubscriptionState } from '../ports.js'
import type { LineageRecord } from '../timeline/fold.js'
import type { Sighted } from '../timeline/lineage.js'
import { orderKey } from '../timeline/order-fees.js'
import { hasEnded } from '../timeline/record.js'

/** The ledger sorted by what it is about; every set-up fee is in exactly one place (BILLING B20b). */
export interface Records {
  /** The history of each licence line: its states in order, when it was listed, and the orders that name it. */
  readonly lines: ReadonlyMap<string, LineageRecord & Sighted>
  /** Orders whose set-up fees belong to no licence line that is billed here. */
  readonly ownFees: readonly ObservedOrder[]
  /** Completed orders with set-up fees of a subscription that no observation has listed. */
  readonly unlistedFees: readonly ObservedOrder[]
}

type LedgerOrder = Ledger['orders'][number]

/** The states of one licence line, in order. */
type Line = readonly [SubscriptionState, ...SubscriptionState[]]

const NO_LINES: readonly Line[] = []

export function collectRecords({
  latest,
  states,
  orders,
  memberships,
}: Pick<Ledger, 'latest' | 'states' | 'orders' | 'memberships'>): Records {
  const lines = linesOf(states)
  const bySubscription = new Map<string, Line[]>()
  for (const line of lines.values()) push(bySubscription, line[0].subscription.subscriptionId, line)
  const known = new Set(memberships.map(({ recordKey }) => recordKey))
  const named = new Map<string, ObservedOrder[]>()
  const ownFees: ObservedOrder[] = []
  const unlistedFees: ObservedOrder[] = []
  for (const order of orders) {
    const { subscriptionId } = order
    const own = (subscriptionId === undefined ? undefined : bySubscription.get(subscriptionId)) ?? NO_LINES
    const isOwn = known.has(orderKey(order.id))
    const billed = isOwn ? NO_LINES : own.filter((line) => !isUsage(line))
    for (const line of own) push(named, line[0].subscription.key, withFeesOf(order, line, billed))
    // Once it has its own it keeps them: what was billed of an order that is withdrawn has to be corrected.
    if (isOwn) ownFees.push(order)
    else if (billed.length === 0 && order.setups.length > 0 && order.status === 'completed')
      (subscriptionId === undefined || own.length > 0 ? ownFees : unlistedFees).push(order)
  }
  const records = new Map<string, LineageRecord & Sighted>()
  for (const [key, line] of lines) {
    const { present } = line.at(-1) ?? line[0]
    const sighted = sightedOf(line, latest?.sequence ?? 0)
    records.set(key, { states: line, orders: named.get(key) ?? [], present, ...sighted })
  }
  return { lines: records, ownFees, unlistedFees }
}

/** A state holds from the observation that showed it to the one before the next state, or to the latest. */
function sightedOf(line: Line, latest: number): Sighted {
  const served = line.find(({ subscription }) => subscription.status !== 'pending') ?? line[0]
  const running = line.findLastIndex(({ present, subscription }) => present && !hasEnded(subscription))
  const next = line[running + 1]?.sequence ?? latest + 1
  return { firstSeen: served.sequence, lastRunning: running === -1 ? 0 : next - 1 }
}

function linesOf(states: readonly SubscriptionState[]): Map<string, Line> {
  const lines = new Map<string, [SubscriptionState, ...SubscriptionState[]]>()
  for (const state of states) {
    const line = lines.get(state.subscription.key)
    if (line === undefined) lines.set(state.subscription.key, [state])
    else line.push(state)
  }
  return lines
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

/** Charged from the vendor's file only, as first seen: a fee would wait there for ever. */
function isUsage([first]: Line): boolean {
  return first.subscription.usage
}

/**
 * The order with the fees that belong to this licence line of its subscription: those of its product, and the first
 * line's those of no line's product. Only lines seen before the order, or first of all, have a part in them, so that one
 * added later takes no fee away that is billed.
 */
function withFeesOf(order: LedgerOrder, line: Line, billed: readonly Line[]): ObservedOrder {
  if (order.setups.length === 0 || (billed.length === 1 && billed[0] === line)) return order
  const sorted = billed.toSorted(bySight)
  const [first] = sorted
  const until = Math.max(order.firstSequence, first?.[0].sequence ?? 0)
  const early = sorted.filter(([{ sequence }]) => sequence <= until)
  const owner = (mpn: string) => early.find(([{ subscription }]) => subscription.mpn === mpn) ?? first
  return { ...order, setups: order.setups.filter(({ mpn }) => owner(mpn) === line) }
}

function bySight([left]: Line, [right]: Line): number {
  if (left.sequence !== right.sequence) return left.sequence - right.sequence
  return left.subscription.key < right.subscription.key ? -1 : 1
}
