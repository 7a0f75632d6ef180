import { type LocalDate, addMonths } from '../calendar/date.js'
import type { BillingPeriod } from '../calendar/billing-period.js'
import type { Period } from '../calendar/period.js'
import { localDateOf } from '../calendar/zone.js'
import type { ObservedSubscription, SubscriptionStatus, UnitPrice } from '../marketplace/types.js'
import {
  type CountStep,
  type FoldSettings,
  type RecordHistory,
  countHistory,
  endOf,
  hasEnded,
  latestState,
  scheduledCounts,
} from './record.js'
import type { TimelineEvent } from './types.js'

/** What a person should know about a subscription before believing its amount. */
export type ExceptionKind =
  | 'assumed' // B20: orders do not add up, the count is taken as constant
  | 'dateEstimated' // B19: no order says when, so the day we saw it counts
  | 'ambiguous' // B18: it could continue several others; held
  | 'noPrice' // B14: nothing says what it costs; held
  | 'otherCurrency' // B17: priced in another currency than its customer pays in; held
  | 'feeOtherCurrency' // B17, B20b: only the set-up fee is held
  | 'pending' // B13: not active yet, not billed
  | 'usage' // billed from the vendor's file
  | 'unbillablePeriod' // a billing period we do not bill; held
  | 'unknownStatus' // a status we do not know; held
  | 'missing' // not listed in the last observation; taken as still running

/** A price or cost that holds from a local date on, as the marketplace states it. */
export interface PriceStep {
  readonly on: LocalDate
  readonly price: UnitPrice | undefined
  readonly cost: UnitPrice | undefined
}

/** A one-time set-up fee of an order, keyed by order and detail (BILLING B20b). */
export interface SetupStep {
  readonly on: LocalDate
  readonly key: string
  readonly description: string
  readonly quantity: ObservedSubscription['quantity']
  readonly unitPrice: UnitPrice
}

/** A subscription of ours: its gap-free history, not priced yet. */
export interface FoldedSubscription {
  readonly lineageId: string
  readonly customerId: string
  readonly mpn: string
  readonly productName: string
  readonly status: SubscriptionStatus
  readonly billingPeriod: BillingPeriod | undefined
  readonly start: LocalDate
  readonly end: LocalDate | null
  /** The end lies ahead: it will not be renewed, unless somebody changes that (B21). */
  readonly endPlanned: boolean
  readonly term: Period | undefined
  readonly counts: readonly CountStep[]
  readonly prices: readonly PriceStep[]
  readonly holds: readonly Pick<TimelineEvent, 'on' | 'type' | 'estimated'>[]
  readonly setups: readonly SetupStep[]
  readonly exceptions: readonly ExceptionKind[]
  /** Days on which a new licence line of the marketplace continued the one before (B18). */
  readonly renewals: readonly LocalDate[]
  /** The marketplace's licence lines behind it, oldest first. */
  readonly recordKeys: readonly string[]
}

/** One licence line of a lineage, with whether the last observation still listed it. */
export interface LineageRecord extends RecordHistory {
  readonly present: boolean
}

/**
 * Folds the licence lines of one lineage, oldest first, into one subscription (BILLING B18–B20b). Where two overlap
 * the newer one's start wins; the few days between two belong to the older.
 */
export function foldLineage(
  lineageId: string,
  records: readonly [LineageRecord, ...LineageRecord[]],
  settings: FoldSettings,
): FoldedSubscription {
  const last = records.at(-1) ?? records[0]
  const { subscription } = latestState(last)
  const ended = endOf(last, settings) ?? plannedEnd(last, settings)
  const start = serviceStart(records[0], settings)
  const counted = foldCounts(records, settings)
  const end = ended === undefined ? null : ended.on
  return {
    lineageId,
    customerId: subscription.customerId,
    mpn: subscription.mpn,
    productName: subscription.productName,
    status: subscription.status,
    billingPeriod: subscription.billingPeriod,
    start,
    end: end !== null && end < start ? start : end,
    endPlanned: end !== null && !hasEnded(subscription),
    term: termOf(termState(last), start),
    counts: [...counted.steps, ...scheduledCounts(last, settings)],
    prices: foldPrices(records, settings),
    holds: records.flatMap((record) => foldHolds(record, settings)),
    setups: records.flatMap((record) => foldSetups(record, settings)),
    exceptions: [
      ...(counted.assumed && subscription.status !== 'pending' ? ['assumed' as const] : []),
      ...(counted.steps.some(({ estimated }) => estimated) || ended?.estimated === true
        ? ['dateEstimated' as const]
        : []),
      ...statusExceptions(subscription, last.present),
    ],
    renewals: records.slice(1).map((record) => serviceStart(record, settings)),
    recordKeys: records.map(({ states }) => states[0].subscription.key),
  }
}

/** A running line that will not renew ends with its term: known today, and not yet true (BILLING B21). */
function plannedEnd(
  record: LineageRecord,
  { timeZone }: FoldSettings,
): { on: LocalDate; estimated: boolean } | undefined {
  const { subscription, observedAt } = latestState(record)
  const { autoRenew, expiresOn } = subscription
  if (hasEnded(subscription) || autoRenew !== false || expiresOn === undefined) return undefined
  return expiresOn > localDateOf(observedAt, timeZone) ? { on: expiresOn, estimated: false } : undefined
}

/** The first day of service: the marketplace's start, or for a line first seen pending the day it became active (B13). */
function serviceStart(record: LineageRecord, { timeZone }: FoldSettings): LocalDate {
  const [first] = record.states
  if (first.subscription.status !== 'pending') return first.subscription.startsOn
  const active = record.states.find(({ subscription }) => subscription.status !== 'pending')
  if (active === undefined) return latestState(record).subscription.startsOn
  const seenOn = localDateOf(active.observedAt, timeZone)
  const order = record.orders.find(({ type, status }) => type === 'sales' && status === 'completed')
  const provisionedOn =
    order?.provisionedAt === undefined ? seenOn : localDateOf(order.provisionedAt, timeZone)
  return provisionedOn < seenOn ? provisionedOn : seenOn
}

/** What was counted while a line was still pending was an order's wish, not service (B13). */
function sinceActive(record: LineageRecord): LineageRecord {
  const active = record.states.findIndex(({ subscription }) => subscription.status !== 'pending')
  const [first, ...rest] = record.states.slice(Math.max(0, active))
  return first === undefined ? record : { ...record, states: [first, ...rest] }
}

function foldCounts(
  records: readonly LineageRecord[],
  settings: FoldSettings,
): { steps: CountStep[]; assumed: boolean } {
  const steps: CountStep[] = []
  let assumed = false
  for (const record of records) {
    const base = steps.at(-1)?.quantity
    const history = countHistory(sinceActive(record), base, settings)
    const from = serviceStart(record, settings)
    while (steps.length > 0 && (steps.at(-1)?.on ?? from) >= from) steps.pop()
    const own = history.steps.map((step) => (step.on < from ? { ...step, on: from } : step))
    steps.push(...own.filter((step, index) => index > 0 || step.quantity !== steps.at(-1)?.quantity))
    assumed ||= history.assumed
  }
  return { steps, assumed }
}

/** Prices hold from their record's start; news about them from the day it was observed (B16). */
function foldPrices(records: readonly LineageRecord[], settings: FoldSettings): PriceStep[] {
  const steps: PriceStep[] = []
  for (const record of records) {
    const from = serviceStart(record, settings)
    for (const [index, { subscription, observedAt }] of record.states.entries()) {
      const on = index === 0 ? from : localDateOf(observedAt, settings.timeZone)
      const step = { on: on < from ? from : on, price: subscription.unitPrice, cost: subscription.unitCost }
      const before = steps.at(-1)
      if (before !== undefined && samePrice(before.price, step.price) && samePrice(before.cost, step.cost))
        continue
      steps.push(step)
    }
  }
  return steps
}

function samePrice(left: UnitPrice | undefined, right: UnitPrice | undefined): boolean {
  return left?.amount === right?.amount && left?.currency === right?.currency
}

/** Holds and resumptions: dated by the marketplace's last modification where it fits, else by observation. */
function foldHolds(
  record: LineageRecord,
  settings: FoldSettings,
): Pick<TimelineEvent, 'on' | 'type' | 'estimated'>[] {
  const events: Pick<TimelineEvent, 'on' | 'type' | 'estimated'>[] = []
  let held = false
  let previousOn = record.states[0].subscription.startsOn
  for (const { subscription, observedAt } of record.states) {
    const seenOn = localDateOf(observedAt, settings.timeZone)
    const onHold = subscription.status === 'hold'
    if (onHold !== held && (onHold || subscription.status === 'active')) {
      const modifiedOn = subscription.lastModifiedOn
      const known = modifiedOn !== undefined && modifiedOn >= previousOn && modifiedOn <= seenOn
      events.push({ on: known ? modifiedOn : seenOn, type: onHold ? 'suspend' : 'resume', estimated: !known })
      held = onHold
    }
    previousOn = seenOn
  }
  return events
}

function foldSetups({ orders }: LineageRecord, { timeZone }: FoldSettings): SetupStep[] {
  const steps: SetupStep[] = []
  for (const order of orders) {
    if (order.status !== 'completed' || order.provisionedAt === undefined) continue
    const on = localDateOf(order.provisionedAt, timeZone)
    for (const { detail, description, quantity, unitPrice } of order.setups) {
      steps.push({ on, key: `${order.id}:${detail}`, description, quantity, unitPrice })
    }
  }
  return steps.sort((left, right) => left.on - right.on)
}

/** An ended line's expiration date is its end, not its term's: the term is what was said while it ran. */
function termState(record: LineageRecord): ObservedSubscription | undefined {
  return record.states.findLast(({ subscription }) => !hasEnded(subscription))?.subscription
}

/**
 * The first term of a billing period longer than a month (BILLING B4, D2): from the start to the end of the term that
 * contains it, found by stepping whole terms back from the current expiration date.
 */
function termOf(subscription: ObservedSubscription | undefined, start: LocalDate): Period | undefined {
  if (subscription === undefined) return undefined
  const { billingPeriod, expiresOn } = subscription
  if (billingPeriod === undefined || expiresOn === undefined || expiresOn <= start) return undefined
  if (billingPeriod.type === 'day') return undefined
  const months = billingPeriod.duration * (billingPeriod.type === 'year' ? 12 : 1)
  if (months <= 1) return undefined
  let terms = 0
  while (addMonths(expiresOn, -(terms + 1) * months) > start) terms += 1
  return { from: start, to: addMonths(expiresOn, -terms * months) }
}

function statusExceptions(subscription: ObservedSubscription, present: boolean): ExceptionKind[] {
  const kinds: ExceptionKind[] = []
  if (subscription.usage) kinds.push('usage')
  else if (subscription.billingPeriod === undefined) kinds.push('unbillablePeriod')
  if (subscription.status === 'pending') kinds.push('pending')
  if (subscription.status === 'unknown') kinds.push('unknownStatus')
  if (!present) kinds.push('missing')
  return kinds
}
