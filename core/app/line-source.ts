import type { LocalDate } from '../calendar/date.js'
import { localDateOf } from '../calendar/zone.js'
import { OWN_PRICE_RULE } from '../pricing/price.js'
import type { CountStep } from '../timeline/gaps.js'
import type { Portfolio } from './portfolio.js'
import type { BillLine } from './who.js'

/** An order that explains a line, and when it was completed; undefined: the marketplace does not say. */
export interface SourceOrder {
  readonly number: string
  readonly completedAt: Date | undefined
}

/** Where the count of a line and its date come from. */
export type CountSource =
  /** Completed orders that add up to it (BILLING B19), or the order of a fee (B20b). */
  | { readonly type: 'orders'; readonly orders: readonly SourceOrder[] }
  /** No order says when: the day it was first seen counts (B19). */
  | { readonly type: 'firstSeen'; readonly observedAt: Date }
  /** The count of the first observation, or what it was before that (B20). */
  | { readonly type: 'opening'; readonly observedAt: Date; readonly how: OpeningSource }

/**
 * How the first observation tells the count of a line: walked back through completed orders to its first day, or assumed
 * because they do not add up, or as it was seen, because the line begins on that day or later.
 */
export type OpeningSource = 'walkedBack' | 'assumed' | 'seen'

/** What the numbers of a line were taken from; undefined where it has none of its own. */
export interface LineSource {
  readonly count: CountSource | undefined
  /** The day from which the marketplace's price holds; undefined: from the start, or it is not the marketplace's. */
  readonly priceSince: LocalDate | undefined
}

/** B19, B26: what a line's count, its date and its price come from. */
export function sourceOf(
  line: BillLine,
  { completions, timeZone }: Pick<Portfolio, 'completions' | 'timeZone'>,
): LineSource {
  const ordersOf = (numbers: readonly string[]): CountSource => ({
    type: 'orders',
    orders: [...new Set(numbers)].map((number) => ({ number, completedAt: completions.get(number) })),
  })
  const { subscription, charge } = line
  const folded = subscription.subscription
  const priceSince = priceSinceOf(line)
  if (charge.reason.type === 'oneTime') {
    const { on, description } = charge.reason
    const fee = folded.setups.find((setup) => setup.on === on && setup.description === description)
    return { count: fee === undefined ? undefined : ordersOf([fee.order]), priceSince }
  }
  const steps = countSteps(line)
  const last = steps.at(-1)
  if (last === undefined) return { count: undefined, priceSince }
  const orders = steps.flatMap(({ order }) => order ?? [])
  if (orders.length > 0) return { count: ordersOf(orders), priceSince }
  const { observedAt } = last
  if (last.estimated) return { count: { type: 'firstSeen', observedAt }, priceSince }
  const how = openingSource(charge.from, folded.assumedThrough, localDateOf(observedAt, timeZone))
  return { count: { type: 'opening', observedAt, how }, priceSince }
}

function openingSource(
  from: LocalDate,
  assumedThrough: LocalDate | undefined,
  seenOn: LocalDate,
): OpeningSource {
  if (assumedThrough !== undefined && assumedThrough >= from) return 'assumed'
  return from >= seenOn ? 'seen' : 'walkedBack'
}

/** The steps that gave a line its count: those of the day of a rise or decrease, the one a base begins with. */
function countSteps({ subscription, charge }: BillLine): readonly CountStep[] {
  const { counts, start } = subscription.subscription
  const { reason, from } = charge
  switch (reason.type) {
    case 'rise':
    case 'decrease':
      return counts.filter(({ on }) => on === reason.on)
    case 'base': {
      const first = from < start ? start : from
      const held = counts.findLast(({ on, quantity }) => on <= first && quantity === reason.seats)
      // A period that begins on hold has the count of its resumption (D1).
      return [held ?? counts.find(({ on, quantity }) => on > first && quantity === reason.seats) ?? []].flat()
    }
    case 'price':
    case 'oneTime':
    case 'correction':
      return []
  }
}

/** Since when the marketplace states the price of a line, when that is later than the subscription's start. */
function priceSinceOf({ subscription, charge }: BillLine): LocalDate | undefined {
  const { priceRule, reason, to, unitPrice } = charge
  if (priceRule !== OWN_PRICE_RULE) return undefined
  const { prices } = subscription.subscription
  if (reason.type === 'price') return prices.find(({ on }) => on === reason.on)?.on
  const index = prices.findLastIndex(({ on, price }) => on < to && price?.amount === unitPrice)
  return index > 0 ? prices[index]?.on : undefined
}
