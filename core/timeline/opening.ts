import { addDays } from '../calendar/date.js'
import { hoursAfter, localDateOf } from '../calendar/zone.js'
import { OBSERVATION_READ_HOURS, ORDER_LOOKBACK_DAYS } from '../limits.js'
import { type Decimal, DECIMAL_ZERO } from '../money/decimal.js'
import { type CountStep, type Gap, explained } from './gaps.js'
import type { QuantityOrder, QuantityOrders } from './orders.js'
import { type FoldSettings, type RecordState, type SeenDate, hasEnded } from './record.js'

/** How a licence line began, as far as its first observation and the orders before it tell. */
export interface OpeningCounts {
  /** In order of date; empty when nobody saw how many seats an ended line had. */
  readonly steps: readonly CountStep[]
  /** Orders do not add up: the count is taken as constant since the later of opening and start (BILLING B20). */
  readonly assumed: boolean
  /** Orders stamped after the observation whose changes its count holds already. */
  readonly counted: number
}

/** What an opening is walked back from. */
export interface OpeningFacts {
  /** The line as first seen in service. */
  readonly seen: RecordState
  readonly start: SeenDate
  /** Seats of the line this one continues; 0 for a new one; undefined when it began before the opening. */
  readonly base: Decimal | undefined
  readonly orders: QuantityOrders
  /** The first difference after it, or what orders say behind it. */
  readonly next: Gap | undefined
}

/**
 * B20: the count at the later of opening and start, walked back from the first observed one through completed orders.
 * A read takes a while, and its observation bears the instant it began: an order completed during it may be counted
 * already. It is when that alone explains what was seen afterwards.
 */
export function openingCounts(facts: OpeningFacts, settings: FoldSettings): OpeningCounts {
  const { observedAt } = facts.seen
  const before = facts.orders.clear.filter(({ at }) => at <= observedAt)
  const early = countedOrders(facts, settings)
  if (early.length > 0) {
    const walked = walkBack(facts, [...before, ...early], settings)
    if (!walked.assumed) return { ...walked, counted: early.length }
  }
  return { ...walkBack(facts, before, settings), counted: 0 }
}

/** The fewest orders stamped during the read without which the next stretch adds up. */
function countedOrders({ seen, next }: OpeningFacts, settings: FoldSettings): readonly QuantityOrder[] {
  if (next === undefined) return []
  const readUntil = hoursAfter(seen.observedAt, OBSERVATION_READ_HOURS)
  for (let count = 1; count <= next.orders.length; count += 1) {
    const last = next.orders[count - 1]
    if (last === undefined || last.at > readUntil) return []
    if (explained(next, next.orders.slice(count), settings) !== undefined) return next.orders.slice(0, count)
  }
  return []
}

function walkBack(
  facts: OpeningFacts,
  orders: readonly QuantityOrder[],
  settings: FoldSettings,
): Omit<OpeningCounts, 'counted'> {
  const { seen, start, base } = facts
  const startsInside = start.on >= settings.opensOn
  const window = startsInside
    ? beginningFirst(orders)
    : orders.filter(({ at }) => localDateOf(at, settings.timeZone) >= settings.opensOn)
  const known = window.every(({ delta }) => delta !== undefined)
  const total = window.reduce((sum, { delta }) => sum + (delta ?? 0n), 0n)
  const began = window.some(({ initial }) => initial)
  // Zeroed when it ended: only the orders since its beginning still say what it had.
  const zeroed = hasEnded(seen.subscription) && seen.subscription.quantity === 0n
  const doubtful = zeroed ? { steps: [], assumed: false } : { steps: [constant(facts)], assumed: true }
  if (!known || (zeroed && !began)) return doubtful
  const before = zeroed ? DECIMAL_ZERO : ((seen.subscription.quantity - total) as Decimal)
  if (startsInside && before !== (began ? DECIMAL_ZERO : (base ?? DECIMAL_ZERO))) return doubtful
  // A line that begins inside and adds up leaves no room for what is unclear.
  if (!startsInside && hasUnclear(facts, settings)) return doubtful
  if (window.length === 0) return { steps: [constant(facts)], assumed: false }
  const steps = stepsOf(facts, before, window, settings)
  const possible = steps.every(({ quantity }) => quantity >= 0n) && (startsInside || before > 0n)
  return possible ? { steps, assumed: false } : doubtful
}

/** Whatever their stamps: a line that begins inside begins with its sales order, on its first day. */
function beginningFirst(orders: readonly QuantityOrder[]): readonly QuantityOrder[] {
  return [...orders.filter(({ initial }) => initial), ...orders.filter(({ initial }) => !initial)]
}

function hasUnclear({ orders, seen }: OpeningFacts, { timeZone, opensOn }: FoldSettings): boolean {
  return orders.unclear.some(({ at, dated }) => {
    // Without a date it took effect some time after it was placed.
    const earliest = dated ? opensOn : addDays(opensOn, -ORDER_LOOKBACK_DAYS)
    return at <= seen.observedAt && localDateOf(at, timeZone) >= earliest
  })
}

function constant({ seen, start: { on, estimated } }: OpeningFacts): CountStep {
  const { subscription, observedAt } = seen
  return { on, quantity: subscription.quantity, estimated, order: undefined, observedAt }
}

/** From `before` seats at the start, order by order. */
function stepsOf(
  { seen: { observedAt }, start }: OpeningFacts,
  before: Decimal,
  orders: readonly QuantityOrder[],
  { timeZone, opensOn }: FoldSettings,
): CountStep[] {
  const atStart = { on: start.on, estimated: start.estimated, observedAt }
  const steps: CountStep[] = before > 0n ? [{ ...atStart, quantity: before, order: undefined }] : []
  let running = before
  for (const { at, delta, number, initial } of orders) {
    running = (running + (delta ?? 0n)) as Decimal
    const on = localDateOf(at, timeZone)
    const step = { quantity: running, order: number, observedAt }
    const isBeginning = initial && start.on >= opensOn
    steps.push(isBeginning ? { ...atStart, ...step } : { ...step, on, estimated: false })
  }
  return steps
}
