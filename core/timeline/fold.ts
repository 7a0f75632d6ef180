import { assert } from '../assert.js'
import type { BillingPeriod } from '../calendar/billing-period.js'
import { type LocalDate, addDays } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { LINEAGE_GAP_DAYS } from '../limits.js'
import type { ObservedSubscription, SubscriptionStatus } from '../marketplace/types.js'
import { type Commitment, commitmentOf } from './commitment.js'
import { countHistory, scheduledCounts, seatsReturned, withoutSeatsSince } from './counts.js'
import type { CountStep } from './gaps.js'
import type { CountLeft } from './opening.js'
import type { ExceptionKind } from './exceptions.js'
import { type HoldStep, foldHolds } from './holds.js'
import { type PriceStep, foldPrices } from './prices.js'
import {
  type FoldSettings,
  type RecordHistory,
  type SeenDate,
  billedBy,
  hasEnded,
  hasServed,
  latestState,
  startOf,
  statesInService,
} from './record.js'
import { serviceEnd } from './service-end.js'
import { type SetupStep, foldSetups } from './setups.js'
import { termsOf } from './terms.js'

/** A subscription of ours: its gap-free history, not priced yet. */
export interface FoldedSubscription {
  readonly lineageId: string
  /** Identities parts of it were known and billed by before it turned out that they continue it (B18, B23). */
  readonly alsoIds?: readonly string[]
  readonly customerId: string
  readonly mpn: string
  readonly productName: string
  readonly status: SubscriptionStatus
  readonly billingPeriod: BillingPeriod | undefined
  readonly start: LocalDate
  readonly end: LocalDate | null
  /** The end lies ahead: it will not be renewed, unless somebody changes that (B21). */
  readonly endPlanned: boolean
  /** The end is the day we first saw it (B19). */
  readonly endEstimated: boolean
  /** What its licence lines say about terms of a billing period other than a month (B4, D2). */
  readonly terms: readonly Period[]
  readonly counts: readonly CountStep[]
  readonly prices: readonly PriceStep[]
  readonly holds: readonly HoldStep[]
  readonly setups: readonly SetupStep[]
  /** Orders do not tell the count up to and on this day: it is assumed (B20). */
  readonly assumedThrough: LocalDate | undefined
  readonly exceptions: readonly ExceptionKind[]
  /** Days on which a new licence line of the marketplace continued the one before (B18). */
  readonly renewals: readonly LocalDate[]
  /** The marketplace's licence lines behind it, oldest first. */
  readonly recordKeys: readonly string[]
  /** Until when it is bound, and what happens then; absent: it is not in service. */
  readonly commitment?: Commitment
}

/** One licence line of a lineage, with whether the last observation still listed it. */
export interface LineageRecord extends RecordHistory {
  readonly present: boolean
}

/** A licence line that takes part in the fold, with its first day of service. */
interface Part {
  readonly record: LineageRecord
  readonly start: LocalDate
}

/**
 * Folds the licence lines of one lineage into one subscription (BILLING B18–B20b). Where two overlap the newer one's
 * start wins; the few days between two belong to the older. A line that never was active takes no part, unless none
 * was (B13).
 */
export function foldLineage(
  lineageId: string,
  records: readonly [LineageRecord, ...LineageRecord[]],
  settings: FoldSettings,
): FoldedSubscription {
  const parts = partsOf(records, settings)
  const [first] = parts
  const last = parts.at(-1) ?? first
  const { subscription } = latestState(last.record)
  const { billingPeriod: latestPeriod, usage } = latestInService(last.record)
  const counted = foldCounts(parts, settings)
  const ended = serviceEnd(last.record, counted.emptySince, settings)
  const end = ended === undefined ? null : ended.on
  const billingPeriod = periodChanged(parts) ? undefined : latestPeriod
  const estimated = counted.steps.some((step) => step.estimated) || ended?.estimated === true
  const commitment = commitmentOf(parts, settings)
  return {
    lineageId,
    customerId: subscription.customerId,
    mpn: subscription.mpn,
    productName: subscription.productName,
    status: subscription.status,
    billingPeriod,
    start: first.start,
    end: end !== null && end < first.start ? first.start : end,
    endPlanned: ended?.planned === true,
    endEstimated: ended?.estimated === true,
    terms: termsOf(parts, billingPeriod, settings),
    counts: [...counted.steps, ...scheduledCounts(last.record, settings)],
    prices: foldPrices(parts, settings),
    holds: foldHolds(parts, settings),
    setups: foldSetups(ordersWithFees(records), settings.timeZone),
    // Of a line billed by usage nobody needs to know when its count changed.
    assumedThrough: usage ? undefined : counted.assumedThrough,
    exceptions: [
      ...(usage ? [] : counted.exceptions),
      ...(estimated && !usage ? ['dateEstimated' as const] : []),
      ...statusExceptions(parts, last, ended !== undefined && !ended.planned, settings),
    ],
    renewals: parts.slice(1).map(({ start }) => start),
    recordKeys: records.map(keyOf),
    ...(commitment === undefined ? {} : { commitment }),
  }
}

/** The lines that were in service, oldest first; of a lineage without one, those that may still come into it. */
function partsOf(
  records: readonly [LineageRecord, ...LineageRecord[]],
  settings: FoldSettings,
): readonly [Part, ...Part[]] {
  const served = records.filter(hasServed)
  const waiting = records.filter((record) => !hasEnded(latestState(record).subscription))
  const chosen = served.length > 0 ? served : waiting.length > 0 ? waiting : records
  const [first, ...rest] = chosen
    .map((record) => ({ record, start: startOf(record, settings).on }))
    .sort((left, right) => left.start - right.start || (keyOf(left.record) < keyOf(right.record) ? -1 : 1))
  assert(first !== undefined, 'foldLineage: a lineage has at least one licence line')
  return [first, ...rest]
}

function keyOf({ states }: LineageRecord): string {
  return states[0].subscription.key
}

/** Orders whose set-up fees are due: a line that is still to become active waits with its fees, too (B13, B20b). */
function ordersWithFees(records: readonly LineageRecord[]): LineageRecord['orders'] {
  return records
    .filter((record) => hasServed(record) || hasEnded(latestState(record).subscription))
    .flatMap(({ orders }) => orders)
}

interface FoldedCounts {
  readonly steps: readonly CountStep[]
  /** The running line at its end has no seats any more. */
  readonly emptySince: SeenDate | undefined
  readonly assumedThrough: LocalDate | undefined
  readonly exceptions: readonly ExceptionKind[]
}

function foldCounts(parts: readonly Part[], settings: FoldSettings): FoldedCounts {
  const steps: CountStep[] = []
  const exceptions = new Set<ExceptionKind>()
  let emptySince: SeenDate | undefined
  let assumedThrough: LocalDate | undefined
  let left: CountLeft | undefined
  for (const { record, start } of parts) {
    if (!hasServed(record)) continue
    const history = countHistory(record, left, settings)
    left = history.left
    assumedThrough = later(assumedThrough, history.assumedThrough)
    if (history.steps.length === 0) exceptions.add('seatsUnknown')
    if (seatsReturned(history.steps)) exceptions.add('seatsReturned')
    while ((steps.at(-1)?.on ?? start - 1) >= start) steps.pop()
    const sinceOn = steps.at(-1)?.on ?? start
    steps.push(...history.before.map((step) => (step.on < sinceOn ? { ...step, on: sinceOn } : step)))
    const own = history.steps.map((step) => (step.on < start ? { ...step, on: start } : step))
    steps.push(...own.filter((step, index) => index > 0 || step.quantity !== steps.at(-1)?.quantity))
    // What a line loses at its end is its end's to say, or the next line's: a count of 0 would end them all (D7).
    emptySince = withoutSeatsSince(history.steps)
    while (emptySince !== undefined && steps.at(-1)?.quantity === 0n) steps.pop()
  }
  return { steps, emptySince, assumedThrough, exceptions: [...exceptions] }
}

function later(left: LocalDate | undefined, right: LocalDate | undefined): LocalDate | undefined {
  return left === undefined || (right !== undefined && right > left) ? right : left
}

/** How it is billed is what it said while it was in service: an ended line need not say it any more. */
function latestInService(record: LineageRecord): ObservedSubscription {
  const states = statesInService(record)
  return (states.at(-1) ?? states[0]).subscription
}

/** True when it is billed in another way now than when it began; a period nobody knows is another exception. */
function periodChanged(parts: readonly Part[]): boolean {
  let first: string | undefined
  let latest: string | undefined
  for (const { record } of parts) {
    for (const { subscription } of record.states) {
      latest = billedBy(subscription) ?? latest
      first ??= latest
    }
  }
  return first !== latest
}

function statusExceptions(
  parts: readonly Part[],
  { record }: Part,
  isOver: boolean,
  settings: FoldSettings,
): ExceptionKind[] {
  const { subscription } = latestState(record)
  const { usage, billingPeriod } = latestInService(record)
  const kinds: ExceptionKind[] = []
  if (!usage && billingPeriod === undefined) kinds.push('unbillablePeriod')
  else if (periodChanged(parts)) kinds.push('periodChanged')
  else if (usage) kinds.push('usage')
  if (subscription.status === 'pending') kinds.push(hasServed(record) ? 'pendingAgain' : 'pending')
  if (subscription.status === 'unknown') kinds.push('unknownStatus')
  if (!record.present && !isOver) kinds.push('missing')
  if (parts.some((part, index) => runsBeside(part, parts[index + 1], settings))) kinds.push('overlap')
  return kinds
}

/**
 * True for a line that is still listed as running days after another one took over, or was away and is back (B18): what
 * showed that it had ended is not true any more.
 */
function runsBeside({ record }: Part, next: Part | undefined, { observedOn }: FoldSettings): boolean {
  if (next === undefined || !record.present || hasEnded(latestState(record).subscription)) return false
  return observedOn > addDays(next.start, LINEAGE_GAP_DAYS) || isBackSince(record, next.record)
}

/** Ended or not listed at first, and running again after the other line had come. */
function isBackSince({ states }: LineageRecord, next: LineageRecord): boolean {
  const away = states.findLastIndex(({ present, subscription }) => !present || hasEnded(subscription))
  const back = away === -1 ? undefined : states[away + 1]
  return back !== undefined && back.observedAt > statesInService(next)[0].observedAt
}
