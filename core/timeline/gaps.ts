import type { LocalDate } from '../calendar/date.js'
import { hoursAfter, localDateOf } from '../calendar/zone.js'
import { COUNT_LAG_DAYS, ORDER_LAG_DAYS } from '../limits.js'
import type { Decimal } from '../money/decimal.js'
import type { QuantityOrder } from './orders.js'
import type { FoldSettings, RecordHistory } from './record.js'
import { type Sight, lastSeen, nextSeen, sightsOf } from './sights.js'

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

/** The stretch between two sights of a licence line in which nobody looked, and the orders completed in it. */
export interface Gap {
  /** The counts before and after it; equal when only its orders make it one. */
  readonly from: Decimal
  readonly to: Decimal
  /** When the count before was seen last. */
  readonly after: Date
  /** When the count after was seen first; undefined: it was not seen since. */
  readonly until: Date | undefined
  readonly orders: readonly QuantityOrder[]
  /** Its second count is that of a line that has ended: only orders make it true. */
  readonly ended: boolean
}

/** The stretches between sights in which the count changed or orders were completed, in order. */
export function observedGaps(
  history: RecordHistory,
  orders: readonly QuantityOrder[],
  settings: FoldSettings,
): readonly Gap[] {
  const sights = sightsOf(history)
  const gaps = new Map<number, Gap & { orders: QuantityOrder[] }>()
  for (const [index, sight] of sights.entries()) {
    const before = sights[index - 1]
    if (before === undefined || before.quantity === sight.quantity) continue
    const { quantity: to, from: until, ended } = sight
    const after = lastSeen(before, until, settings)
    gaps.set(after.getTime(), { from: before.quantity, to, after, until, orders: [], ended })
  }
  for (const order of orders) {
    const index = sights.findLastIndex(({ from }) => from < order.at)
    const sight = sights[index]
    if (sight === undefined) continue
    const after = lastSeen(sight, order.at, settings)
    const gap = gaps.get(after.getTime())
    if (gap !== undefined) gap.orders.push(order)
    else gaps.set(after.getTime(), quietGap(sight, sights[index + 1], after, order, settings))
  }
  return [...gaps.values()].sort((left, right) => left.after.getTime() - right.after.getTime())
}

function quietGap(
  sight: Sight,
  next: Sight | undefined,
  after: Date,
  order: QuantityOrder,
  settings: FoldSettings,
): Gap & { orders: QuantityOrder[] } {
  const { quantity } = sight
  const again = nextSeen(sight, order.at, settings)
  const ended = again === undefined && next?.ended === true
  return { from: quantity, to: quantity, after, until: again ?? next?.from, orders: [order], ended }
}

/** What orders and observations after the first make of a count. */
export interface LaterCounts {
  readonly steps: readonly CountStep[]
  /** Orders after its last sight in service which explain nothing: a line that continues this one may show them. */
  readonly open: readonly QuantityOrder[]
  /** What it showed when it had ended, though no order made that true. */
  readonly closing: Decimal | undefined
}

/**
 * B19: the counts after the opening. Each difference is dated by the orders that add up to it exactly, else by the
 * observation that first showed it. Orders date only what nobody saw: those that a count seen after them contradicts
 * say nothing, unless they are a few days away, see {@link explainedNearby}.
 *
 * @param counted orders that the opening has taken.
 */
export function laterCounts(
  gaps: readonly Gap[],
  counted: readonly QuantityOrder[],
  settings: FoldSettings,
): LaterCounts {
  const steps: CountStep[] = []
  let open: readonly QuantityOrder[] = []
  let closing: Decimal | undefined
  const used = new Set(counted)
  // Orders since the last difference that left the count as it was: it may have been shown late.
  let waiting: QuantityOrder[] = []
  for (const [index, gap] of gaps.entries()) {
    const own = gap.orders.filter((order) => !used.has(order))
    const alone = explained(gap, own, settings)
    if (alone !== undefined) steps.push(...alone)
    else if (gap.from === gap.to) {
      waiting.push(...own)
      if (gap.until === undefined || gap.ended) open = own
    } else {
      const later = gaps.slice(index + 1)
      const nearby = explainedNearby(gap, own, waiting, later, settings)
      for (const order of nearby?.orders ?? []) used.add(order)
      steps.push(...(nearby?.steps ?? estimated(gap, settings)))
      if (nearby === undefined && gap.ended) closing = gap.to
    }
    if (gap.from !== gap.to) waiting = []
  }
  return { steps, open, closing }
}

function estimated({ to, until, ended }: Gap, { timeZone }: FoldSettings): readonly CountStep[] {
  if (ended || until === undefined) return []
  const on = localDateOf(until, timeZone)
  return [{ on, quantity: to, estimated: true, order: undefined, observedAt: until }]
}

/** The steps of a gap whose orders add up exactly to its difference; undefined when they do not. */
export function explained(
  { from, to, after, until = after }: Gap,
  orders: readonly QuantityOrder[],
  { timeZone }: FoldSettings,
): readonly CountStep[] | undefined {
  let running = from
  const steps: CountStep[] = []
  for (const { at, delta, target, number } of orders) {
    if (delta === undefined && target === undefined) return undefined
    running = target ?? ((running + (delta ?? 0n)) as Decimal)
    if (running < 0n) return undefined
    const on = localDateOf(at, timeZone)
    steps.push({ on, quantity: running, estimated: false, order: number, observedAt: until })
  }
  return running === to ? steps : undefined
}

interface Nearby {
  readonly orders: readonly QuantityOrder[]
  readonly steps: readonly CountStep[]
}

/**
 * The fewest orders of other stretches with which those of a gap add up: ones before it whose count was shown late, or
 * ones stamped after their change was seen.
 */
function explainedNearby(
  gap: Gap,
  own: readonly QuantityOrder[],
  waiting: readonly QuantityOrder[],
  later: readonly Gap[],
  settings: FoldSettings,
): Nearby | undefined {
  const shownSince = hoursAfter(gap.after, -24 * COUNT_LAG_DAYS)
  for (let first = waiting.length - 1; first >= 0; first -= 1) {
    const orders = [...waiting.slice(first), ...own]
    if (orders.some(({ at }) => at < shownSince)) break
    const steps = explained(gap, orders, settings)
    if (steps !== undefined) return { orders, steps }
  }
  const stampedUntil = hoursAfter(gap.until ?? gap.after, 24 * ORDER_LAG_DAYS)
  let orders = own
  for (const next of later) {
    const needed = explained(next, next.orders, settings) !== undefined
    for (const [index, order] of next.orders.entries()) {
      if (order.at > stampedUntil) return undefined
      orders = [...orders, order]
      const steps = explained(gap, orders, settings)
      const isFree = !needed || explained(next, next.orders.slice(index + 1), settings) !== undefined
      if (steps !== undefined && isFree) return { orders, steps }
    }
    if (next.from !== next.to) return undefined
  }
  return undefined
}
