import type { LocalDate } from '../calendar/date.js'
import { dayMonthYear } from '../calendar/words.js'
import type { UnitPrice } from '../marketplace/types.js'
import { currencyDigits } from '../money/currency.js'
import { type Decimal, DECIMAL_ONE, formatDecimal } from '../money/decimal.js'
import { formatUnitPrice } from '../money/money.js'
import { divideRounded } from '../money/rounding.js'
import {
  type DescriptionOverride,
  type OverrideTarget,
  type PriceOverride,
  appliesTo,
  overrideOn,
  rungWords,
} from './overrides.js'

/** What the marketplace says about one seat on a day. */
export interface MarketplacePrice {
  readonly price: UnitPrice | undefined
  readonly cost: UnitPrice | undefined
}

/** A price found, with the rule that set it in words; or why there is none (a gap, BILLING B14, B17). */
export type ResolvedPrice =
  | { readonly found: true; readonly price: UnitPrice; readonly rule: string }
  | {
      readonly found: false
      readonly gap: 'noPrice' | 'otherCurrency'
      /** What is missing, given the words for since when (" from 1 Apr 2026"). */
      readonly words: (stretch: string) => string
      /** `otherCurrency`: the price that is not billed, and what set it. */
      readonly price?: UnitPrice
      readonly rule?: string
    }

/** The rule's words when no override applies. */
export const OWN_PRICE_RULE = 'marketplace price'

const HUNDRED = 100n * DECIMAL_ONE

/**
 * The price of one seat on a day (BILLING B14): the most specific override, else the subscription's own marketplace
 * price. A price in another currency than the customer pays in is a gap; nothing is converted (B17).
 */
export function priceOn(
  day: LocalDate,
  market: MarketplacePrice,
  target: OverrideTarget,
  overrides: readonly PriceOverride[],
  billingCurrency: string | undefined,
): ResolvedPrice {
  const resolved = resolve(market, overrideOn(overrides, target, day))
  if (!resolved.found || billingCurrency === undefined) return resolved
  if (resolved.price.currency === billingCurrency) return resolved
  const { price, rule } = resolved
  const words = (stretch: string) =>
    `priced in ${price.currency}${stretch}, but this customer is billed in ${billingCurrency}`
  return { found: false, gap: 'otherCurrency', words, price, rule }
}

/** The marketplace does not state what the price is made from. */
function missing(what: string, needs: string): ResolvedPrice {
  const words = (stretch: string) => `${needs}the marketplace states no ${what}${stretch}`
  return { found: false, gap: 'noPrice', words }
}

function resolve({ price, cost }: MarketplacePrice, override: PriceOverride | undefined): ResolvedPrice {
  if (override === undefined) {
    if (price === undefined) return missing('price', '')
    return { found: true, price, rule: OWN_PRICE_RULE }
  }
  const { rule } = override
  const scope = `${rungWords(override.scope)}${sinceWords(override)}`
  switch (rule.kind) {
    case 'fixed':
      return {
        found: true,
        price: { currency: rule.currency, amount: rule.price },
        rule: `fixed ${formatUnitPrice(rule.price, rule.currency)} ${scope}`,
      }
    case 'discount':
      if (price === undefined) return missing('price', 'a discount needs a list price, and ')
      return derived(price, HUNDRED - rule.percent, HUNDRED, `${percent(rule.percent)} off list`, scope)
    case 'markup':
      if (cost === undefined) return missing('cost', 'a markup needs a cost, and ')
      return derived(cost, HUNDRED + rule.percent, HUNDRED, `markup ${percent(rule.percent)} on cost`, scope)
    case 'margin':
      if (cost === undefined) return missing('cost', 'a margin needs a cost, and ')
      return derived(cost, HUNDRED, HUNDRED - rule.percent, `margin ${percent(rule.percent)} on cost`, scope)
  }
}

/** ", since 1 Mar 2026 by Dana"; nothing where nobody is known to have recorded it. */
function sinceWords({ from, by }: PriceOverride): string {
  return by === undefined ? '' : `, since ${dayMonthYear(from)} by ${by}`
}

/** A derived price is rounded half away to the currency's digits before use, and shown (B14). */
function derived(base: UnitPrice, times: bigint, over: bigint, words: string, scope: string): ResolvedPrice {
  const step = 10n ** BigInt(8 - (currencyDigits(base.currency) ?? 2))
  const amount = (divideRounded(base.amount * times, over * step, 'halfAway') * step) as Decimal
  const rule = `${words} ${formatUnitPrice(base.amount, base.currency)} ${scope}`
  return { found: true, price: { currency: base.currency, amount }, rule }
}

function percent(value: Decimal): string {
  return `${formatDecimal(value)}%`
}

/** Days on which the price may change because an override starts or ends (B15), within `(after, before]`. */
export function overrideDays(overrides: readonly PriceOverride[], target: OverrideTarget): LocalDate[] {
  const days: LocalDate[] = []
  for (const override of overrides) {
    if (!appliesTo(override.scope, target)) continue
    days.push(override.from)
    if (override.to !== null) days.push(override.to)
  }
  return days
}

/** The words for a product on a day: the most specific description override, else the marketplace's name. */
export function descriptionOn(
  day: LocalDate,
  productName: string,
  target: OverrideTarget,
  overrides: readonly DescriptionOverride[],
): string {
  return overrideOn(overrides, target, day)?.description ?? productName
}
