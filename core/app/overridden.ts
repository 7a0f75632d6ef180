import type { OverrideTarget } from '../pricing/overrides.js'
import {
  type RecordedOverride,
  descriptionOverridesFor,
  isMeant,
  priceOverridesFor,
} from '../pricing/recorded.js'
import { type PricedSubscription, priceSubscription } from '../pricing/timeline.js'
import type { Portfolio } from './portfolio.js'
import { type Billed, settledOf } from './who.js'

/**
 * The portfolio with the prices and descriptions people recorded (BILLING B14–B16). Subscriptions no override is about
 * stay the very same, so that a few overrides cost little.
 */
export function withOverrides(
  portfolio: Portfolio,
  recorded: readonly RecordedOverride[],
  billed: Billed,
): Portfolio {
  if (recorded.length === 0) return portfolio
  const find = finderOf(recorded)
  const subscriptions = portfolio.subscriptions.map((priced) => {
    const own = find(priced.subscription)
    return own.length === 0 ? priced : overridden(priced, own, billed, currencyFor(portfolio, priced))
  })
  return { ...portfolio, subscriptions }
}

function currencyFor({ customers }: Portfolio, { subscription }: PricedSubscription): string | undefined {
  return customers.get(subscription.customerId)?.billingCurrency
}

/** Whether an override is about a subscription. */
export function isAbout(
  override: Pick<RecordedOverride, 'scope' | 'says'>,
  portfolio: Portfolio,
  priced: PricedSubscription,
): boolean {
  if (override.says.kind !== 'words' && !hasSeatPrice(priced)) return false
  return isMeant(override, priced.subscription, currencyFor(portfolio, priced))
}

function overridden(
  priced: PricedSubscription,
  recorded: readonly RecordedOverride[],
  billed: Billed,
  billingCurrency: string | undefined,
): PricedSubscription {
  const { descriptions: _, ...plain } = priced
  const { subscription } = plain
  const descriptions = descriptionOverridesFor(recorded, subscription)
  const described = descriptions.length === 0 ? plain : { ...plain, descriptions }
  if (!hasSeatPrice(plain) || recorded.every(({ says }) => says.kind === 'words')) return described
  const settled = settledOf(subscription, billed)
  const prices = priceOverridesFor(recorded, subscription, settled, billingCurrency)
  const again = priceSubscription(subscription, prices, billingCurrency)
  // What was put into words for people with more than the subscription itself says stays said.
  const exceptions = again.exceptions.map(
    (said) => plain.exceptions.find(({ kind }) => kind === said.kind) ?? said,
  )
  return { ...described, ...again, exceptions }
}

/** Fees of an order have prices of their own, and what is not charged has none. */
function hasSeatPrice({ timeline, subscription }: PricedSubscription): boolean {
  return timeline !== undefined && subscription.counts.length > 0
}

/** Finds the overrides that can be about a subscription, in the order in which they were recorded. */
function finderOf(
  recorded: readonly RecordedOverride[],
): (target: OverrideTarget & { readonly alsoIds?: readonly string[] }) => readonly RecordedOverride[] {
  const places = new Map<string, RecordedOverride[]>()
  for (const override of recorded) {
    const key = placeOf(override.scope)
    const own = places.get(key)
    if (own === undefined) places.set(key, [override])
    else own.push(override)
  }
  const everyone = places.get(placeOf({})) ?? []
  return ({ lineageId, alsoIds = [], customerId, mpn }) => {
    const found = [
      ...[lineageId, ...alsoIds].flatMap((id) => places.get(placeOf({ lineageId: id })) ?? []),
      ...(places.get(placeOf({ customerId })) ?? []),
      ...(places.get(placeOf({ mpn })) ?? []),
    ]
    return found.length === 0 ? everyone : [...everyone, ...found]
  }
}

/** The most telling part of a scope: what is under it may still be about another product. */
function placeOf({ lineageId, customerId, mpn }: RecordedOverride['scope']): string {
  if (lineageId !== undefined) return `lineage ${lineageId}`
  if (customerId !== undefined) return `customer ${customerId}`
  return mpn === undefined ? 'everyone' : `product ${mpn}`
}
