import type { LocalDate } from '../calendar/date.js'
import { boundaryBy, priceDay } from '../charges/account.js'
import { monthsIn } from '../charges/periods.js'
import type { Policies } from '../charges/policies.js'
import type { UnitPrice } from '../marketplace/types.js'
import { DECIMAL_ONE, type Decimal } from '../money/decimal.js'
import { minorPerMajor } from '../money/money.js'
import { divideRounded } from '../money/rounding.js'
import { type OverrideStamp, type RecordedOverride, behindAll } from '../pricing/recorded.js'
import { type PricedSubscription, marketPriceOn } from '../pricing/timeline.js'
import { Problem } from '../problem.js'
import { isAbout } from './overridden.js'
import { type Counting, type OtherCounts, countedOthers } from './override-counting.js'
import { periodName } from './override-period.js'
import type { Portfolio } from './portfolio.js'
import { type Billed, describedOn, dueInputOf, settledOf } from './who.js'

/** What becomes of one subscription by an override, or by its end. */
export interface OverrideEffect {
  readonly customerName: string
  readonly product: string
  /** First day that is charged at the new price. */
  readonly from: LocalDate
  /** First day that is charged at another override again, before this one ends; undefined: none. */
  readonly until: LocalDate | undefined
  /** On that day, or today where it is past. */
  readonly seats: Decimal
  /** undefined: none can be known, and `gap` says why for the one after. */
  readonly before: UnitPrice | undefined
  readonly after: UnitPrice | undefined
  readonly gap: string | undefined
  /** What the seats cost more or less in a month, minor units; undefined: it cannot be said. */
  readonly monthly: MonthlyDifference | undefined
  readonly customerId: string
  readonly mpn: string
  /** What prices of a seat are for there: "month". */
  readonly per: string
  /** What the marketplace states of that day. */
  readonly list: UnitPrice | undefined
  readonly cost: UnitPrice | undefined
}

/** Amounts of a month, in minor units. */
export interface MonthlyDifference {
  readonly currency: string
  readonly before: bigint
  readonly after: bigint
  /** after − before. */
  readonly amount: bigint
}

/** What was billed, or is in a PSA, and stays as it is (B16). */
export interface OverrideStays {
  readonly subscriptions: number
  /** First day behind all of it. */
  readonly to: LocalDate
  /** Whether the change counts for any of them behind that. */
  readonly isFollowed: boolean
  readonly totals: readonly { readonly currency: string; readonly amount: bigint }[]
}

export interface OverrideEffects {
  /** Running subscriptions it is about. */
  readonly touched: number
  /** Those whose price becomes another one, the largest difference first. */
  readonly changed: readonly OverrideEffect[]
  /** What counts for those it is about in its place. */
  readonly others: readonly OtherCounts[]
  /** Those that have the very price already. */
  readonly same: number
  readonly monthly: readonly MonthlyDifference[]
  readonly stays: OverrideStays | undefined
  /** The earliest day a price of today's period could hold from, where it waits for the next one; undefined: none waits. */
  readonly couldHoldFrom: LocalDate | undefined
}

/** What effects are computed from. */
export interface EffectsView {
  readonly before: Portfolio
  readonly after: Portfolio
  readonly billed: Billed
  readonly policies: Policies
  readonly today: LocalDate
}

/** A change of what holds: an override that begins, or ends, on a day. */
export interface OverrideChange {
  /** One, or several that say the same from the same day. */
  readonly overrides: readonly RecordedOverride[]
  /** Which one counts where it holds: with it as long as it does. */
  readonly counting: Counting
  readonly stamp: Pick<OverrideStamp, 'version' | 'held'>
  readonly on: LocalDate
  /** First day it would not have held any more anyway; null: none. */
  readonly until: LocalDate | null
}

/** What a price override changes, subscription by subscription. */
export function effectsOf(view: EffectsView, change: OverrideChange): OverrideEffects {
  const { before, after, today } = view
  const touched = after.subscriptions.flatMap((priced, index) => {
    const { end } = priced.subscription
    const former = before.subscriptions[index]
    const isOver = end !== null && end <= (change.on > today ? change.on : today)
    if (former === undefined || isOver || !isMeant(after, priced, change)) return []
    return [effectOf(view, change, former, priced)]
  })
  const changed = touched
    .flatMap(({ effect }) => effect ?? [])
    .sort((left, right) => compare(size(right), size(left)))
  const waiting = touched.flatMap(({ couldHoldFrom }) => couldHoldFrom ?? [])
  return {
    touched: touched.length,
    changed,
    others: countedOthers(touched.flatMap(({ other }) => other ?? [])),
    same: touched.filter(({ isSame }) => isSame).length,
    monthly: monthlyOf(changed.flatMap(({ monthly }) => monthly ?? [])),
    stays: staysOf(touched.flatMap(({ stays }) => stays ?? [])),
    couldHoldFrom: waiting.length === 0 ? undefined : (Math.min(...waiting) as LocalDate),
  }
}

interface Touched {
  /** undefined: its price stays what it is. */
  readonly effect: OverrideEffect | undefined
  readonly other: Omit<OtherCounts, 'subscriptions'> | undefined
  readonly isSame: boolean
  readonly stays: Omit<OverrideStays, 'subscriptions'> | undefined
  readonly couldHoldFrom: LocalDate | undefined
}

function effectOf(
  view: EffectsView,
  change: OverrideChange,
  former: PricedSubscription,
  priced: PricedSubscription,
): Touched {
  const { after, today } = view
  const { stamp, on, until, counting } = change
  const { subscription } = priced
  const billed = settledOf(subscription, view.billed)
  const holdsFrom = behindAll(on, stamp, subscription, billed)
  const there = billed.filter(({ period }) => period.to > on && period.from < holdsFrom)
  const opens = holdsFrom > after.opensOn ? holdsFrom : after.opensOn
  const from = chargedFrom(priced, view, opens)
  const found = firstDifference(view, former, priced, from)
  const isOver = (day: LocalDate) => [until, subscription.end].some((end) => end !== null && day >= end)
  const counts = counting(priced, from)
  const stays = (isFollowed: boolean) =>
    holdsFrom === on ? undefined : { to: holdsFrom, totals: summed(there), isFollowed }
  if (found === undefined || isOver(found.on)) {
    const isOther = counts !== undefined && !isOwn(change, counts)
    const other = isOther ? { number: counts, on: undefined } : undefined
    const isSame = isOwn(change, counts) && !isOver(from)
    return { effect: undefined, other, isSame, stays: stays(isSame), couldHoldFrom: undefined }
  }
  const next = nextCounting(view, change, priced, found.on)
  const shown = found.on > today ? found.on : today
  const { price: list, cost } = marketPriceOn(subscription.prices, shown)
  const effect: OverrideEffect = {
    customerId: subscription.customerId,
    mpn: subscription.mpn,
    per: subscription.billingPeriod === undefined ? 'billing period' : periodName(subscription.billingPeriod),
    list,
    cost,
    customerName: after.customers.get(subscription.customerId)?.name ?? subscription.customerId,
    product: describedOn(priced, found.on),
    from: found.on,
    until: next?.on,
    seats: seatsAt(priced, shown),
    before: found.old.price,
    after: found.now.price,
    gap: found.now.why,
    monthly: monthlyDifference(priced, shown, found.old.price, found.now.price),
  }
  const waits = from > opens && opens <= today && opens > subscription.start && found.on === from
  const couldHoldFrom = waits && holdsFrom === on ? periodStart(priced, view, on, stamp) : undefined
  return { effect, other: next, isSame: false, stays: stays(true), couldHoldFrom }
}

function isMeant(portfolio: Portfolio, priced: PricedSubscription, { overrides }: OverrideChange): boolean {
  return overrides.some((override) => isAbout(override, portfolio, priced))
}

function isOwn({ overrides }: OverrideChange, number: number | undefined): boolean {
  return overrides.some((override) => override.number === number)
}

/** The first day behind one that is charged at another override while this one still holds. */
function nextCounting(
  view: EffectsView,
  change: OverrideChange,
  priced: PricedSubscription,
  from: LocalDate,
): { readonly number: number; readonly on: LocalDate } | undefined {
  const { counting, until } = change
  if (!isOwn(change, counting(priced, from))) return undefined
  for (const day of priceChangesBehind([priced], from)) {
    const on = chargedFrom(priced, view, day)
    const number = counting(priced, on)
    if (isOwn(change, number)) continue
    const isBefore = [until, priced.subscription.end].every((end) => end === null || on < end)
    return number === undefined || !isBefore ? undefined : { number, on }
  }
  return undefined
}

/** The first day from `from` on that is charged at another price than before: another override may hold until then. */
function firstDifference(
  view: EffectsView,
  former: PricedSubscription,
  priced: PricedSubscription,
  from: LocalDate,
): { readonly on: LocalDate; readonly old: PriceThen; readonly now: PriceThen } | undefined {
  for (const day of [from, ...priceChangesBehind([former, priced], from)]) {
    const on = day === from ? from : chargedFrom(priced, view, day)
    const [old, now] = [priceAt(former, on), priceAt(priced, on)]
    const isSame = old.price?.amount === now.price?.amount && old.price?.currency === now.price?.currency
    if (!isSame) return { on, old, now }
  }
  return undefined
}

/** Days behind one on which a price changes, in order. */
function priceChangesBehind(priced: readonly PricedSubscription[], from: LocalDate): readonly LocalDate[] {
  const days = priced
    .flatMap(({ timeline }) => timeline?.events ?? [])
    .flatMap(({ on, unitPrice }) => (unitPrice !== undefined && on > from ? [on] : []))
  return [...new Set(days.toSorted((left, right) => left - right))]
}

/** The first day charged at a price that holds from a day on; that day itself where nothing can be charged. */
function chargedFrom(
  priced: PricedSubscription,
  { policies, billed }: EffectsView,
  day: LocalDate,
): LocalDate {
  const input = dueInputOf(priced, policies, billed)
  if (input === undefined) return day
  try {
    return priceDay(input, day)
  } catch (error) {
    if (error instanceof Problem) return day
    throw error
  }
}

/** The start of the period a day is in, where nothing billed stands before it: a price could hold from there. */
export function periodStart(
  priced: PricedSubscription,
  view: Pick<EffectsView, 'after' | 'policies' | 'billed'>,
  day: LocalDate,
  stamp: OverrideChange['stamp'],
): LocalDate | undefined {
  const first = firstDayOf(priced, view, day)
  // Of what began before billing did, nothing waits.
  if (first === undefined || first >= day || first < view.after.opensOn) return undefined
  const free = behindAll(first, stamp, priced.subscription, settledOf(priced.subscription, view.billed))
  return free === first ? first : undefined
}

function firstDayOf(
  priced: PricedSubscription,
  { policies, billed }: Pick<EffectsView, 'policies' | 'billed'>,
  day: LocalDate,
): LocalDate | undefined {
  const input = dueInputOf(priced, policies, billed)
  if (input === undefined) return undefined
  try {
    return boundaryBy(input, day)
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

interface PriceThen {
  readonly price: UnitPrice | undefined
  readonly why: string | undefined
}

function priceAt({ timeline, currency }: PricedSubscription, day: LocalDate): PriceThen {
  const gap = timeline?.priceGaps?.find(({ from, to }) => from <= day && (to === null || day < to))
  if (gap !== undefined) return { price: undefined, why: gap.why }
  const event = timeline?.events.findLast(
    ({ on, type, unitPrice }) => on <= day && type === 'change' && unitPrice !== undefined,
  )
  const amount = event?.unitPrice
  return { price: amount === undefined ? undefined : { currency, amount }, why: undefined }
}

function seatsAt({ subscription: { counts } }: PricedSubscription, day: LocalDate): Decimal {
  return (counts.findLast(({ on }) => on <= day) ?? counts[0])?.quantity ?? (0n as Decimal)
}

/** Of a period of several months its part of one month; of days it cannot be said. */
function monthlyDifference(
  priced: PricedSubscription,
  day: LocalDate,
  before: UnitPrice | undefined,
  after: UnitPrice | undefined,
): MonthlyDifference | undefined {
  const months = priced.timeline === undefined ? 0 : monthsIn(priced.timeline.billingPeriod)
  if (months === 0 || before === undefined || after === undefined) return undefined
  if (before.currency !== after.currency) return undefined
  const { currency } = after
  const seats = seatsAt(priced, day)
  const [old, now] = [before, after].map(({ amount }) => {
    const times = amount * seats * minorPerMajor(currency)
    return divideRounded(times, DECIMAL_ONE * DECIMAL_ONE * BigInt(months), 'halfAway')
  })
  return { currency, before: old ?? 0n, after: now ?? 0n, amount: (now ?? 0n) - (old ?? 0n) }
}

function monthlyOf(all: readonly MonthlyDifference[]): readonly MonthlyDifference[] {
  const sums = new Map<string, MonthlyDifference>()
  for (const { currency, before, after, amount } of all) {
    const sum = sums.get(currency) ?? { currency, before: 0n, after: 0n, amount: 0n }
    sums.set(currency, {
      currency,
      before: sum.before + before,
      after: sum.after + after,
      amount: sum.amount + amount,
    })
  }
  return [...sums.values()]
}

function summed(
  amounts: readonly { readonly currency: string; readonly amount: bigint }[],
): OverrideStays['totals'] {
  const totals = new Map<string, bigint>()
  for (const { currency, amount } of amounts) totals.set(currency, (totals.get(currency) ?? 0n) + amount)
  return [...totals].map(([currency, amount]) => ({ currency, amount }))
}

function staysOf(all: readonly Omit<OverrideStays, 'subscriptions'>[]): OverrideStays | undefined {
  const [first] = all
  if (first === undefined) return undefined
  const to = all.reduce((day, stays) => (stays.to > day ? stays.to : day), first.to)
  const totals = summed(all.flatMap((stays) => stays.totals))
  return { subscriptions: all.length, to, totals, isFollowed: all.some(({ isFollowed }) => isFollowed) }
}

function size({ monthly }: OverrideEffect): bigint {
  const amount = monthly?.amount ?? 0n
  return amount < 0n ? -amount : amount
}

function compare(left: bigint, right: bigint): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
