import { addDays, startOfMonth } from '../calendar/date.js'
import { localDateOf, startOfDayUtc } from '../calendar/zone.js'
import { OBSERVE_ATTEMPTS, OPENING_REACH_DAYS, ORDER_LOOKBACK_DAYS } from '../limits.js'
import { type Known, compare } from '../marketplace/compare.js'
import type { ObservedCustomer, ObservedSubscription, Snapshot } from '../marketplace/types.js'
import type {
  Clock,
  Ids,
  Ledger,
  LedgerCustomer,
  LedgerStore,
  Marketplace,
  ObservationHeader,
  ObservationRecord,
  Progress,
} from '../ports.js'
import { Problem } from '../problem.js'
import { type PortfolioSettings, buildPortfolio } from './portfolio.js'

export interface ObservePorts {
  readonly marketplace: Marketplace
  readonly ledger: LedgerStore
  readonly clock: Clock
  readonly ids: Ids
}

/** What an observation found. */
export interface Observed {
  readonly header: ObservationHeader
  readonly first: boolean
  /** Licence lines that are new or differ from the last observation. */
  readonly changed: number
}

/**
 * Reads the marketplace once, completely, compares with what is known and stores the differences: all of it or
 * nothing. Another observation that finishes first is a conflict: the comparison is made again on what it left.
 */
export async function observe(
  ports: ObservePorts,
  settings: PortfolioSettings,
  onProgress?: (progress: Progress) => void,
): Promise<Observed> {
  const id = ports.ids.next()
  const known = await ports.ledger.ledger()
  const observedAt = await ports.clock.now()
  const { requests, ...read } = await ports.marketplace.read({
    ordersSince: ordersSince(known, observedAt, settings),
    settledOrders: settledOrders(known),
    ...(onProgress === undefined ? {} : { onProgress }),
  })
  const snapshot: Snapshot = { observedAt, ...read }
  for (let attempt = 1; ; attempt += 1) {
    const ledger = attempt === 1 ? known : await ports.ledger.ledger()
    refuseOlder(ledger, observedAt)
    const record = recordOf(id, snapshot, requests, ledger, settings)
    try {
      const { header } = await ports.ledger.record(record)
      return { header, first: ledger.latest === undefined, changed: record.states.length }
    } catch (error) {
      const lost = error instanceof Problem && error.kind === 'conflict'
      if (!lost || attempt >= OBSERVE_ATTEMPTS) throw error
    }
  }
}

/** An observation older than the stored one is never compared (BILLING B25). */
function refuseOlder({ latest }: Ledger, observedAt: Date): void {
  if (latest === undefined || latest.observedAt < observedAt) return
  throw new Problem({
    kind: 'conflict',
    what: 'A newer observation of the marketplace is stored already.',
    notDone: 'This older one was not compared or stored.',
    next: 'Nothing needs to be done; `status` shows the latest.',
  })
}

/** Orders tell the counts back to before the opening date, and may be placed well before they take effect. */
function ordersSince(ledger: Ledger, observedAt: Date, { opensOn, timeZone }: PortfolioSettings): Date {
  const first = ledger.observedAt[0] ?? observedAt
  const opening = opensOn ?? startOfMonth(localDateOf(first, timeZone))
  return startOfDayUtc(addDays(opening, -OPENING_REACH_DAYS - ORDER_LOOKBACK_DAYS))
}

function settledOrders(ledger: Ledger) {
  const settled = ledger.orders.filter(({ status, products, type, provisionedAt }) => {
    if (status === 'cancelled' || status === 'error') return true
    if (status !== 'completed' || provisionedAt === undefined) return false
    return products !== undefined || type === 'renewal' || type === 'cancellation'
  })
  return new Map(settled.map(({ firstSequence: _, ...order }) => [order.id, order]))
}

/** The differences to store, and the identities they add. */
function recordOf(
  id: string,
  snapshot: Snapshot,
  requests: number,
  ledger: Ledger,
  settings: PortfolioSettings,
): ObservationRecord {
  const difference = compare(knownOf(ledger), snapshot)
  const { observedAt } = snapshot
  const sequence = (ledger.latest?.sequence ?? 0) + 1
  const customers = withCurrencies(ledger, difference.customers, snapshot.subscriptions)
  const counts = {
    customers: snapshot.customers.length,
    subscriptions: snapshot.subscriptions.length,
    orders: snapshot.orders.length,
    requests,
  }
  const next: Ledger = {
    ...ledger,
    latest: { sequence, id, observedAt, ...counts },
    observedAt: [...ledger.observedAt, observedAt],
    states: [
      ...ledger.states,
      ...difference.subscriptions.map((state) => ({ ...state, sequence, observedAt })),
    ],
    orders: mergeOrders(ledger, difference.orders, sequence),
  }
  const { assignment } = buildPortfolio(next, settings)
  const stored = new Set(ledger.memberships.map(({ recordKey }) => recordKey))
  return {
    id,
    observedAt,
    previous: ledger.latest?.sequence,
    answered: ledger.answers.at(-1)?.version ?? 0,
    counts,
    customers,
    states: difference.subscriptions,
    orders: difference.orders,
    memberships: assignment.memberships.filter(
      ({ recordKey }) => !assignment.undecided.has(recordKey) && !stored.has(recordKey),
    ),
  }
}

function mergeOrders(ledger: Ledger, fresh: Snapshot['orders'], firstSequence: number): Ledger['orders'] {
  const merged = new Map(ledger.orders.map((order) => [order.id, order]))
  for (const order of fresh) {
    merged.set(order.id, { ...order, firstSequence: merged.get(order.id)?.firstSequence ?? firstSequence })
  }
  return [...merged.values()]
}

function knownOf(ledger: Ledger): Known {
  const orders = ledger.orders.map(({ firstSequence: _, ...order }) => [order.id, order] as const)
  return {
    customers: new Map(ledger.customers.map((customer) => [customer.id, customer])),
    subscriptions: new Map(ledger.states.map((state) => [state.subscription.key, state])),
    orders: new Map(orders),
  }
}

/**
 * A customer's billing currency is fixed at first sight: that of its priced subscription with the earliest start, then
 * the lowest id (BILLING B17). Customers seen before without one get it with their first priced subscription.
 */
function withCurrencies(
  ledger: Ledger,
  changed: readonly ObservedCustomer[],
  subscriptions: readonly ObservedSubscription[],
): LedgerCustomer[] {
  const fixed = new Map(ledger.customers.map(({ id, billingCurrency }) => [id, billingCurrency]))
  const earliest = new Map<string, ObservedSubscription>()
  for (const subscription of subscriptions) {
    if (subscription.unitPrice === undefined) continue
    const before = earliest.get(subscription.customerId)
    if (before === undefined || startsBefore(subscription, before))
      earliest.set(subscription.customerId, subscription)
  }
  const names = new Map(ledger.customers.map(({ id, name }) => [id, name]))
  for (const { id, name } of changed) names.set(id, name)
  const rows: LedgerCustomer[] = []
  const changedIds = new Set(changed.map(({ id }) => id))
  for (const [id, name] of names) {
    const billingCurrency = fixed.get(id) ?? earliest.get(id)?.unitPrice?.currency
    if (changedIds.has(id) || billingCurrency !== fixed.get(id)) rows.push({ id, name, billingCurrency })
  }
  return rows
}

function startsBefore(left: ObservedSubscription, right: ObservedSubscription): boolean {
  return left.startsOn < right.startsOn || (left.startsOn === right.startsOn && left.key < right.key)
}
