import { assert } from '../assert.js'
import { type LocalDate, startOfMonth } from '../calendar/date.js'
import { localDateOf } from '../calendar/zone.js'
import type { ObservedOrder, ObservedSubscription } from '../marketplace/types.js'
import type { Ledger, SubscriptionState } from '../ports.js'
import { type PricedSubscription, priceSubscription } from '../pricing/timeline.js'
import type { PriceOverride } from '../pricing/overrides.js'
import { type FoldedSubscription, type LineageRecord, foldLineage } from '../timeline/fold.js'
import { type LineageAssignment, assignLineages } from '../timeline/lineage.js'
import { type FoldSettings, endOf, latestState } from '../timeline/record.js'

/** What the MSP decided once: where its days begin, and from when it bills with us. */
export interface PortfolioSettings {
  readonly timeZone: string
  /** undefined: the first day of the month of the first observation (BILLING B20). */
  readonly opensOn: LocalDate | undefined
}

/** Every subscription of the MSP, folded from the ledger and priced: what all answers are computed from. */
export interface Portfolio {
  readonly opensOn: LocalDate
  readonly customers: ReadonlyMap<
    string,
    { readonly name: string; readonly billingCurrency: string | undefined }
  >
  readonly subscriptions: readonly PricedSubscription[]
  readonly assignment: LineageAssignment
}

/** Folds and prices the whole ledger. Pure: the same ledger gives the same portfolio. */
export function buildPortfolio(
  ledger: Ledger,
  settings: PortfolioSettings,
  overrides: readonly PriceOverride[],
): Portfolio {
  const opensOn = settings.opensOn ?? defaultOpening(ledger, settings.timeZone)
  const fold: FoldSettings = { timeZone: settings.timeZone, opensOn }
  const records = collectRecords(ledger)
  const known = new Map(ledger.memberships.map(({ recordKey, lineageId }) => [recordKey, lineageId]))
  const assignment = assignLineages(
    [...records.values()].map((record) => candidateOf(record, fold)),
    known,
  )
  const ambiguous = new Set(assignment.ambiguous.map(({ recordKey }) => recordKey))
  const customers = new Map(
    ledger.customers.map(({ id, name, billingCurrency }) => [id, { name, billingCurrency }]),
  )
  const subscriptions: PricedSubscription[] = []
  for (const [lineageId, members] of groupByLineage(records, assignment)) {
    const folded = withAmbiguity(foldLineage(lineageId, members, fold), ambiguous)
    subscriptions.push(
      priceSubscription(folded, overrides, customers.get(folded.customerId)?.billingCurrency),
    )
  }
  return { opensOn, customers, subscriptions, assignment }
}

function defaultOpening(ledger: Ledger, timeZone: string): LocalDate {
  assert(ledger.firstObservedAt !== undefined, 'a portfolio of nothing observed')
  return startOfMonth(localDateOf(ledger.firstObservedAt, timeZone))
}

function withAmbiguity(folded: FoldedSubscription, ambiguous: ReadonlySet<string>): FoldedSubscription {
  if (!folded.recordKeys.some((key) => ambiguous.has(key))) return folded
  return { ...folded, exceptions: [...folded.exceptions, 'ambiguous'] }
}

/** The history of each licence line: its states in order, whether it is still listed, and the orders that name it. */
export function collectRecords(ledger: Pick<Ledger, 'states' | 'orders'>): Map<string, LineageRecord> {
  const orders = new Map<string, ObservedOrder[]>()
  for (const order of ledger.orders) {
    if (order.subscriptionId === undefined) continue
    const list = orders.get(order.subscriptionId)
    if (list === undefined) orders.set(order.subscriptionId, [order])
    else list.push(order)
  }
  const states = new Map<string, SubscriptionState[]>()
  for (const state of ledger.states) {
    const list = states.get(state.subscription.key)
    if (list === undefined) states.set(state.subscription.key, [state])
    else list.push(state)
  }
  const siblings = new Map<string, ObservedSubscription[]>()
  for (const [first] of states.values()) {
    if (first === undefined) continue
    const list = siblings.get(first.subscription.subscriptionId)
    if (list === undefined) siblings.set(first.subscription.subscriptionId, [first.subscription])
    else list.push(first.subscription)
  }
  const records = new Map<string, LineageRecord>()
  for (const [key, list] of states) {
    const [first, ...rest] = list
    if (first === undefined) continue
    const { subscriptionId } = first.subscription
    const named = orders.get(subscriptionId) ?? []
    records.set(key, {
      states: [first, ...rest],
      orders: named.map((order) => withOwnFees(order, key, siblings.get(subscriptionId) ?? [])),
      present: (list.at(-1) ?? first).present,
    })
  }
  return records
}

/** A fee belongs to one licence line of its subscription: the one of its product, else the first (BILLING B20b). */
function withOwnFees(
  order: ObservedOrder,
  key: string,
  siblings: readonly ObservedSubscription[],
): ObservedOrder {
  if (order.setups.length === 0 || siblings.length === 1) return order
  const keys = siblings.map((sibling) => sibling.key).sort(byText)
  const ownerOf = (mpn: string) => siblings.find((sibling) => sibling.mpn === mpn)?.key ?? keys[0]
  return { ...order, setups: order.setups.filter(({ mpn }) => ownerOf(mpn) === key) }
}

function byText(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

function candidateOf(record: LineageRecord, settings: FoldSettings) {
  const { subscription } = latestState(record)
  return {
    recordKey: subscription.key,
    customerId: subscription.customerId,
    mpn: subscription.mpn,
    vendorSubscriptionId: subscription.vendorSubscriptionId,
    startsOn: subscription.startsOn,
    endsOn: endOf(record, settings)?.on,
    expiresOn: subscription.expiresOn,
  }
}

function groupByLineage(
  records: ReadonlyMap<string, LineageRecord>,
  { memberships }: LineageAssignment,
): Map<string, [LineageRecord, ...LineageRecord[]]> {
  const groups = new Map<string, [LineageRecord, ...LineageRecord[]]>()
  for (const { lineageId, recordKey } of memberships) {
    const record = records.get(recordKey)
    if (record === undefined) continue
    const group = groups.get(lineageId)
    if (group === undefined) groups.set(lineageId, [record])
    else group.push(record)
  }
  for (const group of groups.values()) {
    group.sort(
      (left, right) => latestState(left).subscription.startsOn - latestState(right).subscription.startsOn,
    )
  }
  return groups
}
