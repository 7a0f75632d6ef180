import type { LocalDate } from '../calendar/date.js'
import { localDateOf } from '../calendar/zone.js'
import type { UnitPrice } from '../marketplace/types.js'
import { type FoldSettings, type RecordHistory, statesInService } from './record.js'

/** A price and a cost that hold from a local date on, as the marketplace states them. */
export interface PriceStep {
  readonly on: LocalDate
  readonly price: UnitPrice | undefined
  readonly cost: UnitPrice | undefined
}

/**
 * The prices of a lineage in order: each record's from its start, news about them from the day it was observed
 * (BILLING B16). What an observation does not state is looked up, see {@link withoutSlips}.
 *
 * @param parts licence lines with their first day of service, in order.
 */
export function foldPrices(
  parts: readonly { readonly record: RecordHistory; readonly start: LocalDate }[],
  settings: FoldSettings,
): readonly PriceStep[] {
  const stated: PriceStep[] = []
  for (const { record, start } of parts) {
    while ((stated.at(-1)?.on ?? start - 1) >= start) stated.pop()
    for (const [index, { subscription, observedAt }] of statesInService(record).entries()) {
      const on = index === 0 ? start : localDateOf(observedAt, settings.timeZone)
      stated.push({
        on: on < start ? start : on,
        price: subscription.unitPrice,
        cost: subscription.unitCost,
      })
    }
  }
  const prices = withoutSlips(stated.map(({ price }) => price))
  const costs = withoutSlips(stated.map(({ cost }) => cost))
  const steps: PriceStep[] = []
  for (const [index, { on }] of stated.entries()) {
    const step = { on, price: prices[index], cost: costs[index] }
    const before = steps.at(-1)
    if (before === undefined || !isSame(before.price, step.price) || !isSame(before.cost, step.cost))
      steps.push(step)
  }
  return steps
}

/**
 * A marketplace that leaves a price out says nothing about it. Stated again as it was, it never changed; stated for the
 * first time, it is the price since the start. Between two that differ nobody knows which held: that stays a gap (B14).
 */
function withoutSlips(stated: readonly (UnitPrice | undefined)[]): readonly (UnitPrice | undefined)[] {
  let before: UnitPrice | undefined
  return stated.map((price, index) => {
    if (price !== undefined) {
      before = price
      return price
    }
    const next = stated.slice(index + 1).find((later) => later !== undefined)
    return before === undefined || isSame(before, next) ? next : undefined
  })
}

function isSame(left: UnitPrice | undefined, right: UnitPrice | undefined): boolean {
  return left?.amount === right?.amount && left?.currency === right?.currency
}
