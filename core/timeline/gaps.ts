import { type LocalDate, addDays } from '../calendar/date.js'
import { localDateOf } from '../calendar/zone.js'
import { ORDER_LAG_DAYS } from '../limits.js'
import type { Decimal } from '../money/decimal.js'
import type { QuantityOrder } from './orders.js'
import { type FoldSettings, type RecordHistory, firstEndedState, statesInService } from './record.js'

/** A count that holds from a local date on, and how sure its date is. */
export interface CountStep {
  readonly on: LocalDate
  readonly quantity: Decimal
  readonly estimated: boolean
  /** The order that explains it, by number. */
  readonly order: string | undefined
  /** When an observation first showed it. */
  readonly observedAt: Date
  /** Ordered to happen at the next renewal; it may still be withdrawn. */
  readonly scheduled?: true
}

/** The stretch between two observed counts, and the orders completed in it. */
export interface Gap {
  readonly from: Decimal
  readonly to: Decimal
  readonly observedAt: Date
  readonly orders: readonly QuantityOrder[]
  /** Its second count is that of a line that has ended: only orders make it true. */
  readonly ended: boolean
}

/** The differences between observed counts in order, and behind the last of them what orders say without a difference. */
export function observedGaps(history: RecordHistory, orders: readonly QuantityOrder[]): Gap[] {
  const [first, ...later] = statesInService(history)
  const closing = closingState(history)
  const gaps: Gap[] = []
  let before = first
  for (const state of closing === undefined ? later : [...later, closing]) {
    if (state.subscription.quantity === before.subscription.quantity) continue
    const [after, until] = [before.observedAt, state.observedAt]
    gaps.push({
      from: before.subscription.quantity,
      to: state.subscription.quantity,
      observedAt: until,
      orders: orders.filter(({ at }) => at > after && at <= until),
      ended: state === closing,
    })
    before = state
  }
  const [last, quantity] = [before.observedAt, before.subscription.quantity]
  const open = orders.filter(({ at }) => at > last)
  if (open.length > 0)
    gaps.push({ from: quantity, to: quantity, observedAt: last, orders: open, ended: false })
  return gaps
}

/** An ended line that was not zeroed: what it shows may have been ordered before its end (BILLING B12). */
function closingState(history: RecordHistory) {
  const ended = firstEndedState(history)
  return ended?.subscription.quantity === 0n ? undefined : ended
}

/**
 * The steps between observed counts (BILLING B19): dated by the orders that add up to each difference, else by the
 * observation that first showed it.
 */
export function laterCounts(gaps: readonly Gap[], settings: FoldSettings): CountStep[] {
  const steps: CountStep[] = []
  for (let index = 0; index < gaps.length; index += 1) {
    const gap = gaps[index]
    if (gap === undefined) break
    const alone = explained(gap, gap.orders, settings)
    if (alone !== undefined) {
      steps.push(...alone)
      continue
    }
    const next = gaps[index + 1]
    const late = next === undefined ? undefined : explainedByLateOrder(gap, next, settings)
    if (late !== undefined) {
      steps.push(...late)
      index += 1
      continue
    }
    if (gap.from === gap.to || gap.ended) continue
    const on = localDateOf(gap.observedAt, settings.timeZone)
    steps.push({ on, quantity: gap.to, estimated: true, order: undefined, observedAt: gap.observedAt })
  }
  return steps
}

/** The steps of a gap whose orders add up exactly to its difference; undefined when they do not. */
export function explained(
  gap: Gap,
  orders: readonly QuantityOrder[],
  { timeZone }: FoldSettings,
): CountStep[] | undefined {
  let running = gap.from
  const steps: CountStep[] = []
  for (const { at, delta, target, number } of orders) {
    if (delta === undefined && target === undefined) return undefined
    running = target ?? ((running + (delta ?? 0n)) as Decimal)
    if (running < 0n) return undefined
    const on = localDateOf(at, timeZone)
    steps.push({ on, quantity: running, estimated: false, order: number, observedAt: gap.observedAt })
  }
  return running === gap.to ? steps : undefined
}

/** Some changes are seen before their order is stamped: the next stretch's orders may explain both. */
function explainedByLateOrder(gap: Gap, next: Gap, settings: FoldSettings): CountStep[] | undefined {
  const seenOn = localDateOf(gap.observedAt, settings.timeZone)
  const [first] = next.orders
  if (first === undefined || localDateOf(first.at, settings.timeZone) > addDays(seenOn, ORDER_LAG_DAYS))
    return undefined
  const orders = [...gap.orders, ...next.orders]
  return explained({ ...gap, to: next.to }, orders, settings)
}
