import type { LocalDate } from '../calendar/date.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import type { Loaded } from './loader.js'

/**
 * What PSAs hold of subscriptions now, or once invoiced, as far as it stands in the way of a price (B16, SYNC S2): by
 * lineage, the first day behind it. Of what is not invoiced a PSA holds the period of today and earlier ones; one that
 * begins later is still to come, and follows.
 *
 * @param from days before it stand in nobody's way.
 */
export function heldByPsas(
  { portfolio, sync, slots, today }: Pick<Loaded, 'portfolio' | 'sync' | 'slots' | 'today'>,
  isMeant: (priced: PricedSubscription) => boolean,
  from: LocalDate,
): ReadonlyMap<string, LocalDate> {
  const ends = new Map<string, LocalDate>()
  const keep = (lineageId: string, to: LocalDate) => {
    if (to > from && to > (ends.get(lineageId) ?? from)) ends.set(lineageId, to)
  }
  for (const { lineageId, period } of sync.locked) keep(lineageId, period.to)
  for (const { covered } of slots) {
    for (const { due, isLocked, counted, oneTime } of covered) {
      const isThere = counted.length + oneTime.length > 0
      if (isLocked || (isThere && due.period.from <= today)) keep(due.lineageId, due.period.to)
    }
  }
  if (ends.size === 0) return ends
  const meant = portfolio.subscriptions.filter(isMeant).flatMap(({ subscription }) => {
    return [subscription.lineageId, ...(subscription.alsoIds ?? [])]
  })
  return new Map(meant.flatMap((id) => [[id, ends.get(id)] as const]).filter(isSet))
}

function isSet<V>(entry: readonly [string, V | undefined]): entry is readonly [string, V] {
  return entry[1] !== undefined
}
