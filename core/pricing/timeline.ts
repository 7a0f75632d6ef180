import type { LocalDate } from '../calendar/date.js'
import type { Decimal } from '../money/decimal.js'
import { EXCEPTION_WORDS, type ExceptionKind } from '../timeline/exceptions.js'
import type { FoldedSubscription } from '../timeline/fold.js'
import type { PriceStep } from '../timeline/prices.js'
import type { Timeline, TimelineEvent } from '../timeline/types.js'
import type { DescriptionOverride, PriceOverride } from './overrides.js'
import { type PriceAt, gapsOf } from './gaps.js'
import { overrideDays, priceOn } from './price.js'

/** A subscription ready to be charged, or held with the reasons why not. Price gaps hold periods, see its timeline. */
export interface PricedSubscription {
  readonly subscription: FoldedSubscription
  /** undefined: nothing to charge; `exceptions` say why. */
  readonly timeline: Timeline | undefined
  readonly currency: string
  /** All its lines are shown but not billed until a person acts. */
  readonly held: boolean
  /** Without price gaps, which matter only where they hold a period. */
  readonly exceptions: readonly { readonly kind: ExceptionKind; readonly why: string }[]
  /** What it is called otherwise than by its product's name; absent: nothing. */
  readonly descriptions?: readonly DescriptionOverride[]
  /** From when and by which periods a PSA bills it (SYNC S1); absent: it is billed by file. */
  readonly route?: Route
  /** By which periods PSAs have billed it before, in order; absent: by none. */
  readonly formerly?: readonly PsaPeriods[]
}

/** The periods a PSA bills by, of a month each, in its own time (SYNC S10). */
export interface PsaPeriods {
  /** First day on which it bills: the start of one of them. */
  readonly from: LocalDate
  /** First day on which it does not bill any more, the start of another; null: it goes on. */
  readonly to: LocalDate | null
  /** Day of the month they begin on. */
  readonly anchorDay: number
}

/** A way of being billed that is not a file of ours. */
export interface Route extends PsaPeriods {
  readonly to: null
  /** "ConnectWise" */
  readonly title: string
}

/** Kinds of exception that keep all of a subscription's lines out of the bill. */
const HOLDING: ReadonlySet<ExceptionKind> = new Set([
  'ambiguous',
  'mayContinue',
  'unbillablePeriod',
  'periodChanged',
  'seatsReturned',
  'unknownStatus',
  'feeUnlisted',
  'notMapped',
])
const NO_EXCEPTIONS: PricedSubscription['exceptions'] = []
const FOREIGN_FEE = { kind: 'feeOtherCurrency' as const, why: EXCEPTION_WORDS.feeOtherCurrency }
/** Said of days without a price; only lines that are never billed are made of it. */
const NO_PRICE = 0n as Decimal
/** Where nothing has a price no amount is ever written, and any digits will do. */
const UNPRICED_CURRENCY = 'USD'

/** Whether an exception keeps all lines of its subscription out of the bill. */
export function isHolding(kind: ExceptionKind): boolean {
  return HOLDING.has(kind)
}

/** Kinds that are not billed here at all. */
const NOT_BILLED: ReadonlySet<ExceptionKind> = new Set(['pending', 'usage'])

/**
 * Prices a folded subscription: every day on which its count, its marketplace price or an override changes becomes an
 * event (BILLING B14, B15, B17).
 */
export function priceSubscription(
  subscription: FoldedSubscription,
  overrides: readonly PriceOverride[],
  billingCurrency: string | undefined,
): PricedSubscription {
  const own =
    subscription.exceptions.length === 0
      ? NO_EXCEPTIONS
      : subscription.exceptions.map((kind) => ({ kind, why: EXCEPTION_WORDS[kind] }))
  if (subscription.exceptions.some((kind) => NOT_BILLED.has(kind))) {
    return {
      subscription,
      timeline: undefined,
      currency: billingCurrency ?? '',
      held: false,
      exceptions: own,
    }
  }
  const prices = resolvePrices(subscription, overrides, billingCurrency)
  const currency = currencyOf(subscription, prices, billingCurrency)
  const foreignFee = subscription.setups.some(({ unitPrice }) => unitPrice.currency !== currency)
  const exceptions = foreignFee ? [...own, FOREIGN_FEE] : own
  const held = exceptions.some(({ kind }) => HOLDING.has(kind))
  if (subscription.billingPeriod === undefined) {
    return { subscription, timeline: undefined, currency, held, exceptions }
  }
  const { start, end, counts } = subscription
  // Without seats there is nothing to price: a fee has its own.
  const priceGaps = counts.length === 0 ? undefined : gapsOf(prices, start, end)
  const timeline: Timeline = {
    billingPeriod: subscription.billingPeriod,
    start,
    end,
    ...(subscription.terms.length === 0 ? {} : { terms: subscription.terms }),
    ...trialOf(prices),
    ...(priceGaps === undefined ? {} : { priceGaps }),
    events: mergeEvents(subscription, prices, currency),
  }
  return { subscription, timeline, currency, held, exceptions }
}

/** The one currency a subscription is billed in: its customer's, or while that is not settled its first price's. */
function currencyOf(
  { setups }: FoldedSubscription,
  prices: readonly PriceAt[],
  billingCurrency: string | undefined,
): string {
  if (billingCurrency !== undefined) return billingCurrency
  for (const { resolved } of prices) if (resolved.found) return resolved.price.currency
  return setups[0]?.unitPrice.currency ?? UNPRICED_CURRENCY
}

/**
 * A price of zero at the start that later becomes one is the end of a trial: it acts at once (BILLING B15). So does a
 * gap after it: the trial may have ended there.
 */
function trialOf([first, ...later]: readonly PriceAt[]): Pick<Timeline, 'trialEnd'> {
  if (first?.resolved.found !== true || first.resolved.price.amount !== 0n) return {}
  const paid = later.find(({ resolved }) => !resolved.found || resolved.price.amount > 0n)
  return paid === undefined ? {} : { trialEnd: paid.on }
}

/** The price on every day it may change, without repeats; nothing is converted, so the first currency stays (B17). */
function resolvePrices(
  subscription: FoldedSubscription,
  overrides: readonly PriceOverride[],
  billingCurrency: string | undefined,
): PriceAt[] {
  const { prices } = subscription
  const days = priceDays(subscription, overrides)
  const resolved: PriceAt[] = []
  let currency = billingCurrency
  for (const on of days) {
    const at = priceOn(on, marketPriceOn(prices, on), subscription, overrides, currency)
    if (at.found) currency ??= at.price.currency
    const before = resolved[resolved.length - 1]?.resolved
    if (
      before?.found === true &&
      at.found &&
      before.price.amount === at.price.amount &&
      before.rule === at.rule
    )
      continue
    resolved.push({ on, resolved: at })
  }
  return resolved
}

/** The days of service on which the price may change, in order: usually the start alone. */
function priceDays(
  subscription: FoldedSubscription,
  overrides: readonly PriceOverride[],
): readonly LocalDate[] {
  const { start, end, prices } = subscription
  const later: LocalDate[] = []
  const add = (day: LocalDate) => {
    if (day > start && (end === null || day < end)) later.push(day)
  }
  for (const { on } of prices) add(on)
  for (const day of overrideDays(overrides, subscription)) add(day)
  return later.length === 0 ? [start] : [start, ...new Set(later.sort((left, right) => left - right))]
}

/** What the marketplace states on a day. */
export function marketPriceOn(
  prices: readonly PriceStep[],
  day: LocalDate,
): Pick<PriceStep, 'price' | 'cost'> {
  return prices.findLast(({ on }) => on <= day) ?? prices[0] ?? { price: undefined, cost: undefined }
}

/** Counts, prices, holds and set-up fees as one ordered list; on one day the price comes first (D6). */
function mergeEvents(
  subscription: FoldedSubscription,
  prices: readonly PriceAt[],
  currency: string,
): TimelineEvent[] {
  const events: TimelineEvent[] = []
  for (const { on, resolved } of prices) {
    const { price, rule } = resolved
    events.push({ on, type: 'change', unitPrice: price?.amount ?? NO_PRICE, priceRule: rule ?? 'no price' })
  }
  for (const { on, quantity, estimated } of subscription.counts) {
    events.push(estimated ? { on, type: 'change', quantity, estimated } : { on, type: 'change', quantity })
  }
  for (const hold of subscription.holds) events.push(hold)
  for (const { on, quantity, unitPrice, description, estimated } of subscription.setups) {
    if (unitPrice.currency !== currency) continue
    events.push({
      on,
      type: 'oneTime',
      quantity,
      unitPrice: unitPrice.amount,
      description,
      priceRule: 'set-up fee',
      ...(estimated ? { estimated } : {}),
    })
  }
  return inOrder(events)
}

/** Most subscriptions have one price and counts in order: nothing is to be sorted. */
function inOrder(events: TimelineEvent[]): TimelineEvent[] {
  for (let index = 1; index < events.length; index += 1) {
    const [before, event] = [events[index - 1], events[index]]
    if (before !== undefined && event !== undefined && event.on < before.on)
      return events.sort((left, right) => left.on - right.on)
  }
  return events
}
