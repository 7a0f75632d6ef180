import type { Period } from '../calendar/period.js'
import { monthPeriods } from './months.js'
import { type SlotMemory, lockKey } from './settled.js'
import type { Container, DuePeriod, Slot } from './types.js'

/*
 * Months in which the PSA bills seats of a subscription of which nothing is due any more: it was cancelled. They are looked
 * at like all others, with nothing due, so what is billed of them is credited.
 */

/**
 * Months without anything due of a subscription that are still to be billed, as a count cannot always end on the day on
 * which it should (S12), and those that we know to be billed (S13): an invoice was found to have seats or a line of ours.
 *
 * @param known periods of the subscription in which something is due, or would be if its price were known.
 * @param span days that are looked at.
 */
export function undueMonths(
  lineageId: string,
  known: readonly Period[],
  { slot, container, span }: { readonly slot: Slot; readonly container: Container; readonly span: Period },
  { locked, oneTimes }: Pick<SlotMemory, 'locked' | 'oneTimes'>,
): readonly DuePeriod[] {
  const { anchorDay, to } = container
  if (anchorDay === undefined) return []
  const end = to !== null && to < span.to ? to : span.to
  const opens = Math.max(slot.routeFrom, container.lockedTo, container.from)
  const written = new Set(
    [...oneTimes.values()].flatMap(({ settles }) =>
      settles.map((line) => lockKey(line.lineageId, line.period)),
    ),
  )
  const isBilled = (period: Period) => {
    const key = lockKey(lineageId, period)
    return period.to > opens || (locked.get(key) ?? []).length > 0 || written.has(key)
  }
  return monthPeriods(anchorDay, span.from, end)
    .filter((month) => month.from >= span.from && isBilled(month))
    .filter((month) => !known.some(({ from, to: until }) => from < month.to && month.from < until))
    .map((period) => ({ lineageId, period, lines: [] }))
}
