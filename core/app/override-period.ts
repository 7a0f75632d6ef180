import { monthsIn } from '../charges/periods.js'
import { currencyDigits } from '../money/currency.js'
import type { Decimal } from '../money/decimal.js'
import { formatUnitPrice } from '../money/money.js'
import type { OverrideScope } from '../pricing/overrides.js'
import type { AskedPeriod } from '../pricing/typed-rule.js'
import { Problem } from '../problem.js'
import type { Timeline } from '../timeline/types.js'
import type { Portfolio } from './portfolio.js'
import { isKnownBy } from './who.js'

type BillingPeriod = Timeline['billingPeriod']

/** "month", "year", "3 months": what a price of one seat is for. */
export function periodName({ type, duration }: BillingPeriod): string {
  return duration === 1 ? type : `${duration} ${type}s`
}

/** By what subscriptions of a scope are billed; "billing period" where it is not one and the same for all. */
export function perOf({ subscriptions }: Pick<Portfolio, 'subscriptions'>, scope: OverrideScope): string {
  const names = new Set(periodsOf(subscriptions, scope).map(periodName))
  const [only = 'billing period'] = names
  return names.size > 1 ? 'billing period' : only
}

function periodsOf(
  subscriptions: Portfolio['subscriptions'],
  scope: OverrideScope,
): readonly BillingPeriod[] {
  return subscriptions.flatMap(({ subscription }) =>
    isInScope(scope, subscription) ? (subscription.billingPeriod ?? []) : [],
  )
}

interface AskedPrice {
  readonly price: Decimal
  readonly currency: string
  /** undefined: for what is billed there. */
  readonly per: AskedPeriod | undefined
}

const MONTHS: Readonly<Record<AskedPeriod, number>> = { month: 1, year: 12 }

/** A price that was said for a month or a year, for what is billed there. Problem `input` where that is not exact. */
export function pricePerPeriod(
  { subscriptions }: Portfolio,
  scopes: readonly OverrideScope[],
  { price, currency, per }: AskedPrice,
): Decimal {
  const periods = scopes.flatMap((scope) => periodsOf(subscriptions, scope))
  const [period] = periods
  if (period === undefined) {
    if (per === undefined) return price
    throw periodUnknown(per)
  }
  const names = [...new Set(periods.map(periodName))]
  // One amount for terms that are billed by the month and by the year is right for one of them at most.
  if (names.length > 1 && (per !== undefined || scopes.length > 1)) throw severalPeriods(names)
  if (per === undefined) return price
  const months = BigInt(monthsIn(period))
  const times = price * months
  const said = BigInt(MONTHS[per])
  const step = 10n ** BigInt(8 - (currencyDigits(currency) ?? 2))
  // What was said in parts of a cent for the very period that is billed stays what it is.
  const isExact = months > 0n && (months === said || times % (said * step) === 0n)
  if (isExact) return (times / said) as Decimal
  throw notExact(formatUnitPrice(price, currency), per, periodName(period))
}

function periodUnknown(per: AskedPeriod): Problem {
  return new Problem({
    kind: 'input',
    what: `Nothing is billed there yet, so nobody knows whether a price a ${per} fits.`,
    notDone: 'No price was set.',
    next: 'Say it without the period, for whatever will be billed there, or when the first subscription is there.',
  })
}

function severalPeriods(names: readonly string[]): Problem {
  return new Problem({
    kind: 'input',
    what: `There is billed by the ${names.join(' and by the ')}, and one amount is no price of both.`,
    notDone: 'No price was set.',
    next: 'Set it product by product, with `monthly` or `yearly` or the part number behind its name.',
  })
}

function notExact(price: string, per: string, period: string): Problem {
  return new Problem({
    kind: 'input',
    what: `${price} a ${per} is no exact price of a ${period}, which is what is billed there.`,
    notDone: 'No price was set.',
    next: `Type the price of a ${period}, as in \`20.50 a ${period}\`.`,
  })
}

/** Whether a subscription is one of those a scope names. */
export function isInScope(
  { lineageId, customerId, mpn }: OverrideScope,
  subscription: Portfolio['subscriptions'][number]['subscription'],
): boolean {
  return (
    (lineageId === undefined || isKnownBy(subscription, lineageId)) &&
    (customerId === undefined || subscription.customerId === customerId) &&
    (mpn === undefined || subscription.mpn === mpn)
  )
}
