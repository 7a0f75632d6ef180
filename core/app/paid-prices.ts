import type { LocalDate } from '../calendar/date.js'
import { boundaryBy, priceDay } from '../charges/account.js'
import type { DueInput } from '../charges/types.js'
import type { UnitPrice } from '../marketplace/types.js'
import type { Decimal } from '../money/decimal.js'
import { type PricedSubscription, marketPriceOn } from '../pricing/timeline.js'
import { Problem } from '../problem.js'
import type { Timeline } from '../timeline/types.js'
import type { DataAge } from './data-age.js'
import type { Loaded } from './loader.js'
import { type AskedAbout, scopesOf } from './override-about.js'
import { isInScope, periodName } from './override-period.js'
import { describedOn, dueInputOf } from './who.js'

/** A price with the rule that made it. */
export interface PaidPrice {
  /** undefined: none is known, and `rule` says why. */
  readonly price: UnitPrice | undefined
  readonly rule: string
}

/** What is paid for one subscription. */
export interface PaidSubscription {
  readonly customerName: string
  readonly product: string
  readonly seats: Decimal
  /** What a price of a seat is for: "month". */
  readonly per: string
  readonly now: PaidPrice
  /** The next other price, with the first day that is charged at it; undefined: none is known. */
  readonly next: (PaidPrice & { readonly on: LocalDate }) | undefined
  readonly list: UnitPrice | undefined
}

/** What everybody that was named pays today. */
export interface PaidAnswer {
  readonly paid: readonly PaidSubscription[]
  readonly today: LocalDate
  readonly age: DataAge
}

/** Running subscriptions of whom, or what, was named, customer by customer. Problem `notFound` or `input` for a name of nothing. */
export function paidPrices(view: Loaded, about: AskedAbout): PaidAnswer {
  const { portfolio, today, age } = view
  const scopes = scopesOf(view, about, today)
  const paid = portfolio.subscriptions.flatMap((priced) => {
    const { subscription, timeline } = priced
    const isOver = subscription.end !== null && subscription.end <= today
    const isMeant = scopes.some((scope) => isInScope(scope, subscription))
    if (isOver || !isMeant || timeline === undefined || subscription.counts.length === 0) return []
    return [paidFor(view, priced, timeline)]
  })
  return { paid: paid.toSorted(byCustomer), today, age }
}

function byCustomer(left: PaidSubscription, right: PaidSubscription): number {
  if (left.customerName === right.customerName) return 0
  return left.customerName < right.customerName ? -1 : 1
}

function paidFor(
  { portfolio, policies, billed, today }: Loaded,
  priced: PricedSubscription,
  timeline: Timeline,
): PaidSubscription {
  const { subscription, currency } = priced
  const input = dueInputOf(priced, policies, billed)
  const day = today > subscription.start ? today : subscription.start
  const begins = charged(input, day, boundaryBy)
  const since = begins > subscription.start ? begins : subscription.start
  const now = ruleOn(timeline, currency, since)
  const later = timeline.events
    .filter(({ on, unitPrice }) => unitPrice !== undefined && on > since)
    .map(({ on }) => charged(input, on, priceDay))
    .find((on) => !isSamePrice(ruleOn(timeline, currency, on), now))
  return {
    customerName: portfolio.customers.get(subscription.customerId)?.name ?? subscription.customerId,
    product: describedOn(priced, since),
    seats:
      (subscription.counts.findLast(({ on }) => on <= day) ?? subscription.counts[0])?.quantity ?? NO_SEATS,
    per: periodName(timeline.billingPeriod),
    now,
    next: later === undefined ? undefined : { ...ruleOn(timeline, currency, later), on: later },
    list: marketPriceOn(subscription.prices, day).price,
  }
}

const NO_SEATS = 0n as Decimal

/** The day itself where nothing can be charged. */
function charged(
  input: DueInput | undefined,
  day: LocalDate,
  find: (input: DueInput, day: LocalDate) => LocalDate,
): LocalDate {
  if (input === undefined) return day
  try {
    return find(input, day)
  } catch (error) {
    if (error instanceof Problem) return day
    throw error
  }
}

function ruleOn(timeline: Timeline, currency: string, day: LocalDate): PaidPrice {
  const gap = timeline.priceGaps?.find(({ from, to }) => from <= day && (to === null || day < to))
  if (gap !== undefined) return { price: undefined, rule: gap.why }
  const event = timeline.events.findLast(
    ({ on, type, unitPrice }) => on <= day && type === 'change' && unitPrice !== undefined,
  )
  const { unitPrice: amount, priceRule: rule = '' } = event ?? {}
  return { price: amount === undefined ? undefined : { currency, amount }, rule }
}

function isSamePrice({ price: left }: PaidPrice, { price: right }: PaidPrice): boolean {
  return left?.amount === right?.amount && left?.currency === right?.currency
}
