import type { LocalDate } from '../calendar/date.js'
import { overrideOn } from '../pricing/overrides.js'
import {
  type RecordedOverride,
  descriptionOverridesFor,
  idOf,
  priceOverridesFor,
} from '../pricing/recorded.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import type { Portfolio } from './portfolio.js'
import { type Billed, settledOf } from './who.js'

/** An override that counts where another one was said, or ended: of how many subscriptions, from when. */
export interface OtherCounts {
  readonly number: number
  /** First day charged at it where the other one counted before; undefined: that never counts there. */
  readonly on: LocalDate | undefined
  readonly subscriptions: number
}

/** Which override's price counts for a subscription on a day, by its number; undefined: the marketplace's price. */
export type Counting = (priced: PricedSubscription, day: LocalDate) => number | undefined

/** Of prices, among those recorded. */
export function countingPrice(
  recorded: readonly RecordedOverride[],
  { customers }: Pick<Portfolio, 'customers'>,
  billed: Billed,
): Counting {
  return ({ subscription }, day) => {
    const currency = customers.get(subscription.customerId)?.billingCurrency
    const taken = priceOverridesFor(recorded, subscription, settledOf(subscription, billed), currency)
    return numberOf(recorded, overrideOn(taken, subscription, day))
  }
}

/** The same of descriptions. */
export function countingWords(recorded: readonly RecordedOverride[]): Counting {
  return ({ subscription }, day) =>
    numberOf(recorded, overrideOn(descriptionOverridesFor(recorded, subscription), subscription, day))
}

function numberOf(
  recorded: readonly RecordedOverride[],
  taken: { readonly id: string } | undefined,
): number | undefined {
  return recorded.find(({ number }) => idOf(number) === taken?.id)?.number
}

/** How many subscriptions each counts for, those that count for most first. */
export function countedOthers(all: readonly Omit<OtherCounts, 'subscriptions'>[]): readonly OtherCounts[] {
  const counts = new Map<string, OtherCounts>()
  for (const { number, on } of all) {
    const key = `${number} ${on ?? ''}`
    counts.set(key, { number, on, subscriptions: (counts.get(key)?.subscriptions ?? 0) + 1 })
  }
  return [...counts.values()].sort(
    (left, right) => right.subscriptions - left.subscriptions || left.number - right.number,
  )
}
