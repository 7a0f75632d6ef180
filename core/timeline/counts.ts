import type { LocalDate } from '../calendar/date.js'
import { type CountStep, laterCounts, observedGaps } from './gaps.js'
import { type CountLeft, openingCounts } from './opening.js'
import { quantityOrders } from './orders.js'
import {
  type FoldSettings,
  type RecordHistory,
  type SeenDate,
  hasEnded,
  latestState,
  startOf,
  statesInService,
} from './record.js'

export interface CountHistory {
  /** Counts of the line it continues from before its own start, which only orders tell, in order of date. */
  readonly before: readonly CountStep[]
  /** In order of date; the first is the opening count. Empty: nobody saw how many seats it had. */
  readonly steps: readonly CountStep[]
  /** Orders do not tell the count up to and on this day: it is taken as constant (B20). */
  readonly assumedThrough: LocalDate | undefined
  /** What a licence line that continues this one begins with; undefined: nobody knows. */
  readonly left: CountLeft | undefined
}

/**
 * The counts of one licence line (BILLING B19, B20): walked back from the first observation through completed orders,
 * then observation by observation, dated by the orders that add up to each difference.
 *
 * @param base what the line this one continues left; undefined: it continues none, or nobody knows.
 */
export function countHistory(
  history: RecordHistory,
  base: CountLeft | undefined,
  settings: FoldSettings,
): CountHistory {
  const orders = quantityOrders(history.orders, history.states[0].subscription.mpn)
  const gaps = observedGaps(history, orders.clear, settings)
  const [seen] = statesInService(history)
  const start = startOf(history, settings)
  const { counted, ...opening } = openingCounts({ seen, start, base, orders, next: gaps[0] }, settings)
  const later = laterCounts(gaps, counted, settings)
  const steps = [...opening.steps, ...later.steps]
  const quantity = steps.at(-1)?.quantity
  if (quantity === undefined) return { ...opening, left: undefined }
  const { open, closing } = later
  return { ...opening, steps, left: { quantity, open, closing } }
}

/** The counts at the end of each day (BILLING B6). */
function atEndOfDay(steps: readonly CountStep[]): readonly CountStep[] {
  return steps.filter(({ on }, index) => steps[index + 1]?.on !== on)
}

/** True when seats came back after a day that ended without any: the cancellation did not last (BILLING B12, D7). */
export function seatsReturned(steps: readonly CountStep[]): boolean {
  const days = atEndOfDay(steps)
  const none = days.findIndex(({ quantity }) => quantity === 0n)
  return none !== -1 && days.slice(none).some(({ quantity }) => quantity > 0n)
}

/** A running line without seats is cancelled (BILLING B12): since when, or undefined while it has some. */
export function withoutSeatsSince(steps: readonly CountStep[]): CountStep | undefined {
  const days = atEndOfDay(steps)
  if (days.at(-1)?.quantity !== 0n) return undefined
  return days[days.findLastIndex(({ quantity }) => quantity !== 0n) + 1]
}

/** When a line that runs without seats lost the last ones; undefined for any other. */
export function emptySince(history: RecordHistory, settings: FoldSettings): SeenDate | undefined {
  if (statesInService(history).at(-1)?.subscription.quantity !== 0n) return undefined
  return withoutSeatsSince(countHistory(history, undefined, settings).steps)
}

/**
 * True for a date that is still to come, as far as has been seen: what is to happen on the day of the latest
 * observation may happen later on it.
 */
export function isAhead(on: LocalDate, { observedOn }: FoldSettings): boolean {
  return on >= observedOn
}

/** Orders for the next renewal of a running line: what will be, from the day its term ends (BILLING B21). */
export function scheduledCounts(history: RecordHistory, settings: FoldSettings): CountStep[] {
  const { subscription, observedAt } = latestState(history)
  const on = subscription.expiresOn ?? subscription.renewsOn
  if (hasEnded(subscription) || on === undefined || !isAhead(on, settings)) return []
  return history.orders.flatMap(({ scheduledAtRenewal, status, products, number }) => {
    const waits = scheduledAtRenewal && (status === 'submitted' || status === 'processing')
    const product = products?.find(({ mpn }) => mpn === subscription.mpn)
    // A total below zero is none.
    if (!waits || product === undefined || product.quantity < 0n) return []
    return [
      {
        on,
        quantity: product.quantity,
        estimated: false,
        order: number,
        observedAt,
        scheduled: true as const,
      },
    ]
  })
}
