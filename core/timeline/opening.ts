import { type LocalDate, addDays, startOfMonth } from '../calendar/date.js'
import { hoursAfter, localDateOf } from '../calendar/zone.js'
import { OBSERVATION_READ_HOURS, OPENING_REACH_DAYS, ORDER_LOOKBACK_DAYS } from '../limits.js'
import { type Decimal, DECIMAL_ZERO } from '../money/decimal.js'
import { type CountStep, type Gap, explained } from './gaps.js'
import type { QuantityOrder, QuantityOrders } from './orders.js'
import { type FoldSettings, type RecordState, type SeenDate, hasEnded } from './record.js'

/** How a licence line began, as far as its first observation and the orders before it tell. */
export interface OpeningCounts {
  /** Counts of the line it continues from before its own start: nobody saw them, only orders tell. In order of date. */
  readonly before: readonly CountStep[]
  /** In order of date; empty when nobody saw how many seats an ended line had. */
  readonly steps: readonly CountStep[]
  /** Orders do not tell the count up to and on this day: it is taken as constant (BILLING B20). */
  readonly assumedThrough: LocalDate | undefined
  /** Orders stamped after the observation whose changes its count holds already. */
  readonly counted: readonly QuantityOrder[]
}

/** How a licence line left the one that continues it. */
export interface CountLeft {
  /** Its last count. */
  readonly quantity: Decimal
  /** Orders of it since that was seen last: the next line may show what they changed. */
  readonly open: readonly QuantityOrder[]
  /** Another count it showed when it had ended: the next line may have begun with that. */
  readonly closing: Decimal | undefined
}

/** What an opening is walked back from. */
export interface OpeningFacts {
  /** The line as first seen in service. */
  readonly seen: RecordState
  readonly start: SeenDate
  /** What the line this one continues left; undefined: it continues none, or nobody knows. */
  readonly base: CountLeft | undefined
  readonly orders: QuantityOrders
  /** The first stretch after it with a difference or an order. */
  readonly next: Gap | undefined
}

type Walk = Omit<OpeningCounts, 'counted'>

/**
 * B20: the counts before the first observed one, walked back through completed orders: to the line's beginning, or as
 * far as they tell. It does not stop at the opening date: in arrears the period before that is due on it (B21), and an
 * earlier date chosen later must not change the counts of what is billed (B16).
 *
 * A read takes a while, and its observation bears the instant it began: an order completed during it may be counted
 * already. It is when that alone explains what was seen afterwards.
 */
export function openingCounts(facts: OpeningFacts, settings: FoldSettings): OpeningCounts {
  const { observedAt } = facts.seen
  const before = facts.orders.clear.filter(({ at }) => at <= observedAt)
  const early = countedOrders(facts, settings)
  const without = walkBack(facts, before, settings)
  if (early.length === 0) return { ...without, counted: [] }
  const walked = walkBack(facts, [...before, ...early], settings)
  const addsUpWithout = without.assumedThrough === undefined && walked.assumedThrough !== undefined
  return addsUpWithout ? { ...without, counted: [] } : { ...walked, counted: early }
}

/** The fewest orders stamped during the read without which the next stretch adds up: none when it does with all. */
function countedOrders({ seen, next }: OpeningFacts, settings: FoldSettings): readonly QuantityOrder[] {
  if (next === undefined || next.after > seen.observedAt) return []
  const readUntil = hoursAfter(seen.observedAt, OBSERVATION_READ_HOURS)
  for (let count = 0; count <= next.orders.length; count += 1) {
    const last = next.orders[count - 1]
    if (last !== undefined && last.at > readUntil) return []
    if (explained(next, next.orders.slice(count), settings) !== undefined) return next.orders.slice(0, count)
  }
  return []
}

function walkBack(facts: OpeningFacts, orders: readonly QuantityOrder[], settings: FoldSettings): Walk {
  const { seen, start } = facts
  const begins = (order: QuantityOrder) => isBeginning(order, start, settings)
  const beginnings = orders.filter(begins)
  const changes = orders.filter((order) => !begins(order))
  const hasSale = beginnings.length > 0
  const own = fromBeginning(facts, beginnings, changes, settings)
  if (own !== undefined) {
    return { before: soldAfter(facts, own, settings), steps: own, assumedThrough: undefined }
  }
  const continued = hasSale ? undefined : fromLineBefore(facts, changes, settings)
  if (continued !== undefined) return { ...continued, assumedThrough: undefined }
  // Zeroed when it ended: only the orders since its beginning still say what it had.
  if (isZeroed(seen)) return { before: [], steps: [], assumedThrough: undefined }
  const [first = seen.observedAt] = settings.observedAt
  // One that continues another in our sight: its orders date what they add up to, or nothing (B19).
  const told = facts.base === undefined || seen.observedAt <= first ? changes : []
  return asFarBack(facts, told, hasSale, settings)
}

/** A sale or migration that began the line: not one of a line that had begun long before. */
function isBeginning({ at, initial }: QuantityOrder, start: SeenDate, { timeZone }: FoldSettings): boolean {
  return initial && localDateOf(at, timeZone) <= addDays(start.on, ORDER_LOOKBACK_DAYS)
}

function isZeroed({ subscription }: RecordState): boolean {
  return hasEnded(subscription) && subscription.quantity === 0n
}

/**
 * All counts since the line began, when its orders add up to the observed one; undefined when they do not. It leaves no
 * room for what is unclear. Whatever the stamps, a line begins with its sales order, on its first day.
 */
function fromBeginning(
  { seen, start, base }: OpeningFacts,
  beginnings: readonly QuantityOrder[],
  changes: readonly QuantityOrder[],
  settings: FoldSettings,
): readonly CountStep[] | undefined {
  const before = beginnings.length > 0 ? DECIMAL_ZERO : base?.quantity
  if (before === undefined) return undefined
  const { observedAt } = seen
  const atStart = { on: start.on, estimated: start.estimated, observedAt }
  const steps: CountStep[] = before > 0n ? [{ ...atStart, quantity: before, order: undefined }] : []
  let running = before
  for (const order of [...beginnings, ...changes]) {
    if (order.delta === undefined && order.target === undefined) return undefined
    running = order.target ?? ((running + (order.delta ?? 0n)) as Decimal)
    if (running < 0n) return undefined
    const step = stepOf(order, running, observedAt, settings)
    steps.push(beginnings.includes(order) ? { ...step, ...atStart } : step)
  }
  const addsUp = isZeroed(seen) ? beginnings.length > 0 : running === seen.subscription.quantity
  return addsUp ? steps : undefined
}

/** The same for a line without a sale: with what was still ordered of the one before, or what that showed at its end. */
function fromLineBefore(
  facts: OpeningFacts,
  changes: readonly QuantityOrder[],
  settings: FoldSettings,
): Pick<Walk, 'before' | 'steps'> | undefined {
  const { base, seen } = facts
  if (base === undefined) return undefined
  const before = beforeStart(facts, settings)
  const open = base.open.slice(before.length).filter(({ at }) => at <= seen.observedAt)
  const all = [...open, ...changes].sort((left, right) => left.at.getTime() - right.at.getTime())
  const left = before.at(-1)?.quantity ?? base.quantity
  const steps = fromBeginning({ ...facts, base: { ...base, quantity: left } }, [], all, settings)
  if (steps !== undefined) return { before, steps }
  const { closing: quantity } = base
  if (quantity === undefined) return undefined
  const closed = fromBeginning({ ...facts, base: { ...base, quantity } }, [], changes, settings)
  return closed === undefined ? undefined : { before: [], steps: closed }
}

/** Orders of the line before that lead to the count with which this one was sold (B19): else they say nothing. */
function soldAfter(
  facts: OpeningFacts,
  [first]: readonly CountStep[],
  settings: FoldSettings,
): readonly CountStep[] {
  const before = beforeStart(facts, settings)
  return before.at(-1)?.quantity === first?.quantity ? before : []
}

/** What orders of the line before changed on days that are still its own (B18); one without seats has no more. */
function beforeStart(
  { seen: { observedAt }, start, base }: OpeningFacts,
  settings: FoldSettings,
): readonly CountStep[] {
  if (base === undefined) return []
  const steps: CountStep[] = []
  let running = base.quantity
  for (const order of base.open) {
    const { delta, target } = order
    if (delta === undefined && target === undefined) break
    running = target ?? ((running + (delta ?? 0n)) as Decimal)
    const step = stepOf(order, running, observedAt, settings)
    if (running <= 0n || step.on >= start.on) break
    steps.push(step)
  }
  return steps
}

/**
 * Where orders do not add up since the opening, or to the sale of a line that began since, the count is constant (B20).
 * Beyond it the walk goes back to the latest order that does not tell what it changed, or cannot be true; there the
 * count before that is constant.
 */
function asFarBack(
  { seen, start, orders }: OpeningFacts,
  changes: readonly QuantityOrder[],
  hasSale: boolean,
  settings: FoldSettings,
): Walk {
  const { observedAt, subscription } = seen
  let running = subscription.quantity
  let doubt = latestUnclear(orders, observedAt)
  const steps: CountStep[] = []
  for (const order of changes.toReversed()) {
    const { at, delta } = order
    if (doubt !== undefined && at <= doubt) break
    if (delta === undefined || running - delta <= 0n) {
      doubt = at
      break
    }
    steps.unshift(stepOf(order, running, observedAt, settings))
    running = (running - delta) as Decimal
  }
  const { on, estimated } = start
  const from = (quantity: Decimal) => ({ on, quantity, estimated, order: undefined, observedAt })
  const opening = openedFrom(settings)
  const doubted = doubt === undefined ? undefined : localDateOf(doubt, settings.timeZone)
  const isInside = (day: LocalDate | undefined) => day !== undefined && day >= opening
  if (isInside(doubted) || (hasSale && isInside(on))) {
    const seenOn = localDateOf(observedAt, settings.timeZone)
    return { before: [], steps: [from(subscription.quantity)], assumedThrough: seenOn }
  }
  const through = assumedThrough(on, doubted, settings)
  return { before: [], steps: [from(running), ...steps], assumedThrough: through }
}

/**
 * From when on orders have to add up: an opening date behind the month of the first observation, else that month. Were
 * it an earlier date, one chosen later would change the counts of what is billed already (B16).
 */
function openedFrom({ opensOn, observedAt: [first], timeZone }: FoldSettings): LocalDate {
  const month = first === undefined ? opensOn : startOfMonth(localDateOf(first, timeZone))
  return opensOn > month ? opensOn : month
}

/** The last day of the counts that orders do not tell: a beginning not explained is one, and none are read before. */
function assumedThrough(
  start: LocalDate,
  doubted: LocalDate | undefined,
  { opensOn }: FoldSettings,
): LocalDate {
  const reach = addDays(opensOn, -OPENING_REACH_DAYS)
  const beginning = start < reach ? addDays(reach, -1) : start
  return doubted !== undefined && doubted > beginning ? doubted : beginning
}

/** When the last order without a date, or of a kind nobody knows, took effect at the latest. */
function latestUnclear({ unclear }: QuantityOrders, observedAt: Date): Date | undefined {
  let latest: Date | undefined
  for (const { at, dated } of unclear) {
    if (at > observedAt) continue
    // Without a date it took effect some time after it was placed.
    const atLatest = dated ? at : hoursAfter(at, ORDER_LOOKBACK_DAYS * 24)
    const known = atLatest < observedAt ? atLatest : observedAt
    if (latest === undefined || known > latest) latest = known
  }
  return latest
}

function stepOf(
  { at, number }: QuantityOrder,
  quantity: Decimal,
  observedAt: Date,
  { timeZone }: FoldSettings,
): CountStep {
  return { on: localDateOf(at, timeZone), quantity, estimated: false, order: number, observedAt }
}
