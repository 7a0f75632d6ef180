import { billingPeriodKey } from '../calendar/billing-period.js'
import type { LocalDate } from '../calendar/date.js'
import { localDateOf } from '../calendar/zone.js'
import type { ObservedOrder, ObservedSubscription } from '../marketplace/types.js'

/** One licence line as it was observed from an instant on. */
export interface RecordState {
  readonly observedAt: Date
  readonly subscription: ObservedSubscription
  /** False: the observation did not list it; the rest is as last seen. */
  readonly present: boolean
}

/** One licence line's whole story as far as it was observed: its states in order, and the orders that name it. */
export interface RecordHistory {
  readonly states: readonly [RecordState, ...RecordState[]]
  readonly orders: readonly ObservedOrder[]
}

export interface FoldSettings {
  /** The MSP's billing time zone (BILLING B3). */
  readonly timeZone: string
  /** Nothing before it is due (B20). */
  readonly opensOn: LocalDate
  /** Instants of all observations, in order: a state was seen at each of them until the next state. */
  readonly observedAt: readonly Date[]
  /** Local date of the latest observation: what lies behind it has been seen to happen, or not to. */
  readonly observedOn: LocalDate
}

/** A date, and whether it is only the day on which we first saw it (BILLING B19). */
export interface SeenDate {
  readonly on: LocalDate
  readonly estimated: boolean
}

/** The latest state: what the marketplace says today. */
export function latestState(history: RecordHistory): RecordState {
  return history.states.at(-1) ?? history.states[0]
}

/** True once the marketplace says the licence line is over. */
export function hasEnded({ status }: ObservedSubscription): boolean {
  return status === 'terminated' || status === 'removed'
}

/** How a licence line is billed, as a text to compare: by usage, or by a period; undefined: nobody knows the period. */
export function billedBy({ usage, billingPeriod }: ObservedSubscription): string | undefined {
  if (usage) return 'usage'
  return billingPeriod === undefined ? undefined : billingPeriodKey(billingPeriod)
}

function isPending({ subscription }: RecordState): boolean {
  return subscription.status === 'pending'
}

/**
 * False for a licence line that never was in service (BILLING B13): it is pending, or it was and ended without its
 * sales order being completed. One first seen ended has served before we looked.
 */
export function hasServed({ states, orders }: RecordHistory): boolean {
  if (!isPending(states[0])) return true
  if (states.some((state) => !isPending(state) && !hasEnded(state.subscription))) return true
  return !states.every(isPending) && orders.some(isCompletedSale)
}

/**
 * The states that say what was in service: what a pending line shows is an order's wish, and what an ended one shows is
 * over (seats are zeroed, prices vanish). A line never seen in service is known by its first state after pending.
 */
export function statesInService({ states }: RecordHistory): readonly [RecordState, ...RecordState[]] {
  const [first, ...rest] = states.filter((state) => !isPending(state) && !hasEnded(state.subscription))
  if (first !== undefined) return [first, ...rest]
  return [states.find((state) => !isPending(state)) ?? states[0]]
}

/**
 * The first day of service: the marketplace's start, as it says now; a date after the day we first saw the line in
 * service is no start of it, but of its latest term. For a line first seen pending it is the day it became active
 * (BILLING B13): the start stated anew, else the completion of its sales order, else the day it was seen.
 */
export function startOf({ states, orders }: RecordHistory, { timeZone }: FoldSettings): SeenDate {
  const active = states.findIndex((state) => !isPending(state))
  const [before, after] = [states[active - 1], states[active]]
  if (after === undefined) return { on: (states.at(-1) ?? states[0]).subscription.startsOn, estimated: false }
  if (before === undefined) return { on: statedStart(states, timeZone), estimated: false }
  const { startsOn } = after.subscription
  if (startsOn !== before.subscription.startsOn) return { on: startsOn, estimated: false }
  const [pendingOn, seenOn] = [before, after].map(({ observedAt }) => localDateOf(observedAt, timeZone)) as [
    LocalDate,
    LocalDate,
  ]
  const sold = orders
    .filter(isCompletedSale)
    .flatMap(({ provisionedAt }) =>
      provisionedAt === undefined ? [] : [localDateOf(provisionedAt, timeZone)],
    )
    .filter((on) => on >= pendingOn && on <= seenOn)
  return sold.length === 0
    ? { on: seenOn, estimated: true }
    : { on: Math.min(...sold) as LocalDate, estimated: false }
}

function statedStart([first, ...later]: RecordHistory['states'], timeZone: string): LocalDate {
  const { startsOn } = first.subscription
  if (later.every(({ subscription }) => subscription.startsOn === startsOn)) return startsOn
  const seenOn = localDateOf(first.observedAt, timeZone)
  const corrected = later.findLast(({ subscription }) => subscription.startsOn <= seenOn)
  return corrected?.subscription.startsOn ?? startsOn
}

function isCompletedSale({ type, status }: ObservedOrder): boolean {
  return type === 'sales' && status === 'completed'
}

/**
 * First day without service of an ended line; undefined while it runs. The marketplace's expiration date says it, unless
 * that lies ahead although the line has ended (some perpetual products): then a completed cancellation, else the day it
 * was last modified, else the day we first saw it ended (BILLING B12, B19). A date without a zone may be the day after
 * the local one: without a cancellation it is, when it was that day in UTC. What is dated after the line was seen to
 * have ended is not when it did: a date that moved behind that stays what it first was.
 */
export function endOf(history: RecordHistory, settings: FoldSettings): SeenDate | undefined {
  const ended = firstEndedState(history)
  if (ended === undefined) return undefined
  const start = startOf(history, settings).on
  const seenOn = localDateOf(ended.observedAt, settings.timeZone)
  const notBeforeStart = (day: LocalDate) => (day < start ? start : day)
  const stated = (field: 'expiresOn' | 'lastModifiedOn', until: LocalDate) =>
    [latestState(history), ended]
      .map(({ subscription }) => subscription[field])
      .find((on) => on !== undefined && on <= until)
  const certain =
    stated('expiresOn', seenOn) ??
    cancellationDate(history.orders, seenOn, settings.timeZone) ??
    stated('expiresOn', localDateOf(ended.observedAt, 'UTC'))
  if (certain !== undefined) return { on: notBeforeStart(certain), estimated: false }
  return { on: notBeforeStart(stated('lastModifiedOn', seenOn) ?? seenOn), estimated: true }
}

/** The state that first showed an end which still stands; an end that was taken back is none. */
export function firstEndedState({ states }: RecordHistory): RecordState | undefined {
  return states[states.findLastIndex(({ subscription }) => !hasEnded(subscription)) + 1]
}

/** The day of the last completed cancellation, if any, up to and on a day. */
function cancellationDate(
  orders: readonly ObservedOrder[],
  until: LocalDate,
  timeZone: string,
): LocalDate | undefined {
  const dates = orders
    .filter((order) => order.type === 'cancellation' && order.status === 'completed')
    .flatMap(({ provisionedAt }) =>
      provisionedAt === undefined ? [] : [localDateOf(provisionedAt, timeZone)],
    )
    .filter((on) => on <= until)
  return dates.length === 0 ? undefined : (Math.max(...dates) as LocalDate)
}
