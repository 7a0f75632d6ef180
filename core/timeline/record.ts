import { type LocalDate, addDays } from '../calendar/date.js'
import { localDateOf } from '../calendar/zone.js'
import type { ObservedOrder, ObservedSubscription } from '../marketplace/types.js'
import { type Decimal, DECIMAL_ZERO } from '../money/decimal.js'

/** One licence line as it was observed from an instant on. */
export interface RecordState {
  readonly observedAt: Date
  readonly subscription: ObservedSubscription
}

/** One licence line's whole story as far as it was observed: its states in order, and the orders that name it. */
export interface RecordHistory {
  readonly states: readonly [RecordState, ...RecordState[]]
  readonly orders: readonly ObservedOrder[]
}

export interface FoldSettings {
  /** The MSP's billing time zone (BILLING B3). */
  readonly timeZone: string
  /** Nothing before it is due (B20). */
  readonly opensOn: LocalDate
}

/** The latest state: what the marketplace says today. */
export function latestState(history: RecordHistory): RecordState {
  return history.states.at(-1) ?? history.states[0]
}

/** True once the marketplace says the licence line is over. */
export function hasEnded({ status }: ObservedSubscription): boolean {
  return status === 'terminated' || status === 'removed'
}

/**
 * First day without service of an ended line; undefined while it runs. The marketplace's expiration date says it, unless
 * that lies ahead although the line has ended (some perpetual products): then a completed cancellation, else the day it
 * was last modified, else the day we first saw it ended (BILLING B12, B19).
 */
export function endOf(
  history: RecordHistory,
  settings: FoldSettings,
): { on: LocalDate; estimated: boolean } | undefined {
  const running = history.states.findLastIndex(({ subscription }) => !hasEnded(subscription))
  const ended = history.states[running + 1]
  if (ended === undefined) return undefined
  const { startsOn, expiresOn, lastModifiedOn } = latestState(history).subscription
  const seenOn = localDateOf(ended.observedAt, settings.timeZone)
  const notBeforeStart = (day: LocalDate) => (day < startsOn ? startsOn : day)
  if (expiresOn !== undefined && expiresOn <= seenOn)
    return { on: notBeforeStart(expiresOn), estimated: false }
  const cancelledOn = cancellationDate(history.orders, settings.timeZone)
  if (cancelledOn !== undefined && cancelledOn <= seenOn)
    return { on: notBeforeStart(cancelledOn), estimated: false }
  const known = lastModifiedOn !== undefined && lastModifiedOn <= seenOn
  return { on: notBeforeStart(known ? lastModifiedOn : seenOn), estimated: true }
}

function cancellationDate(orders: readonly ObservedOrder[], timeZone: string): LocalDate | undefined {
  const dates = orders
    .filter((order) => order.type === 'cancellation' && order.status === 'completed')
    .flatMap(({ provisionedAt }) =>
      provisionedAt === undefined ? [] : [localDateOf(provisionedAt, timeZone)],
    )
  return dates.length === 0 ? undefined : (Math.max(...dates) as LocalDate)
}

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

export interface CountHistory {
  /** In order of date; the first is the opening count. */
  readonly steps: readonly CountStep[]
  /** The opening count could not be walked back: taken as constant since the later of opening and start (B20). */
  readonly assumed: boolean
}

/**
 * The counts of one licence line (BILLING B19, B20): walked back from the first observation through completed orders,
 * then observation by observation, dated by the orders that add up to each difference.
 *
 * @param base seats of the line this one continues; 0 for a new one; undefined when it began before the opening.
 */
export function countHistory(
  history: RecordHistory,
  base: Decimal | undefined,
  settings: FoldSettings,
): CountHistory {
  const orders = quantityOrders(history)
  const opening = openingCounts(history, orders, base, settings)
  return { steps: [...opening.steps, ...laterCounts(history, orders, settings)], assumed: opening.assumed }
}

/** A completed order that changes the count of this line. */
interface QuantityOrder {
  readonly at: Date
  readonly number: string
  readonly initial: boolean
  /** undefined: the marketplace sent no products, so nobody knows. */
  readonly delta: Decimal | undefined
  /** A wanted total instead of a difference (scheduled at renewal). */
  readonly target: Decimal | undefined
}

function quantityOrders(history: RecordHistory): QuantityOrder[] {
  const { mpn } = history.states[0].subscription
  const changes: QuantityOrder[] = []
  for (const order of history.orders) {
    if (order.status !== 'completed' || order.provisionedAt === undefined) continue
    if (order.type === 'renewal' || order.type === 'cancellation') continue
    const products = order.products?.filter((candidate) => candidate.mpn === mpn)
    if (products?.length === 0) continue
    const quantity = products?.reduce((sum, product) => (sum + product.quantity) as Decimal, DECIMAL_ZERO)
    changes.push({
      at: order.provisionedAt,
      number: order.number,
      initial: order.type === 'sales' || order.type === 'migration',
      delta: order.scheduledAtRenewal ? undefined : quantity,
      target: order.scheduledAtRenewal ? quantity : undefined,
    })
  }
  return changes.sort((left, right) => left.at.getTime() - right.at.getTime())
}

function openingCounts(
  history: RecordHistory,
  orders: readonly QuantityOrder[],
  base: Decimal | undefined,
  { timeZone, opensOn }: FoldSettings,
): CountHistory {
  const [{ observedAt, subscription }] = history.states
  const startsInside = subscription.startsOn >= opensOn
  const floor = startsInside ? subscription.startsOn : opensOn
  const window = orders.filter(
    ({ at, initial }) =>
      at <= observedAt && (localDateOf(at, timeZone) >= floor || (initial && startsInside)),
  )
  const constant = (assumed: boolean): CountHistory => ({
    steps: [
      {
        on: subscription.startsOn,
        quantity: subscription.quantity,
        estimated: false,
        order: undefined,
        observedAt,
      },
    ],
    assumed,
  })
  if (window.some(({ delta }) => delta === undefined)) return constant(true)
  const total = window.reduce((sum, { delta }) => sum + (delta ?? 0n), 0n)
  const before = (subscription.quantity - total) as Decimal
  const expected = window.some(({ initial }) => initial) ? DECIMAL_ZERO : (base ?? DECIMAL_ZERO)
  if (startsInside && before !== expected) return constant(true)
  const steps: CountStep[] = []
  if (before > 0n) {
    steps.push({
      on: subscription.startsOn,
      quantity: before,
      estimated: false,
      order: undefined,
      observedAt,
    })
  }
  let running = before
  for (const { at, delta, number, initial } of window) {
    running = (running + (delta ?? 0n)) as Decimal
    if (running < 0n) return constant(true)
    const on = initial ? subscription.startsOn : localDateOf(at, timeZone)
    steps.push({ on, quantity: running, estimated: false, order: number, observedAt })
  }
  if (steps.length === 0) return constant(false)
  return before <= 0n && !startsInside ? constant(true) : { steps, assumed: false }
}

/** Orders for the next renewal of a running line: what will be, from the day its term ends (BILLING B21). */
export function scheduledCounts(history: RecordHistory, { timeZone }: FoldSettings): CountStep[] {
  const { subscription, observedAt } = latestState(history)
  const on = subscription.expiresOn ?? subscription.renewsOn
  if (hasEnded(subscription) || on === undefined || on <= localDateOf(observedAt, timeZone)) return []
  return history.orders.flatMap(({ scheduledAtRenewal, status, products, number }) => {
    const waits = scheduledAtRenewal && (status === 'submitted' || status === 'processing')
    const product = products?.find(({ mpn }) => mpn === subscription.mpn)
    if (!waits || product === undefined) return []
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

/** The stretch between two observed counts, and the orders completed in it. */
interface Gap {
  readonly from: Decimal
  readonly to: Decimal
  readonly observedAt: Date
  readonly orders: readonly QuantityOrder[]
}

/** How long after a change was seen its order may be stamped and still explain it. */
const ORDER_LAG_DAYS = 3

function laterCounts(
  history: RecordHistory,
  orders: readonly QuantityOrder[],
  settings: FoldSettings,
): CountStep[] {
  const gaps = observedGaps(history, orders)
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
    if (gap.from === gap.to) continue
    const on = localDateOf(gap.observedAt, settings.timeZone)
    steps.push({ on, quantity: gap.to, estimated: true, order: undefined, observedAt: gap.observedAt })
  }
  return steps
}

function observedGaps(history: RecordHistory, orders: readonly QuantityOrder[]): Gap[] {
  const gaps: Gap[] = []
  let before = history.states[0]
  for (const state of history.states.slice(1)) {
    if (state.subscription.quantity === before.subscription.quantity) continue
    const [after, until] = [before.observedAt, state.observedAt]
    gaps.push({
      from: before.subscription.quantity,
      to: state.subscription.quantity,
      observedAt: until,
      orders: orders.filter(({ at }) => at > after && at <= until),
    })
    before = state
  }
  const [last, quantity] = [before.observedAt, before.subscription.quantity]
  const open = orders.filter(({ at }) => at > last)
  if (open.length > 0) gaps.push({ from: quantity, to: quantity, observedAt: last, orders: open })
  return gaps
}

/** The steps of a gap whose orders add up exactly to its difference; undefined when they do not. */
function explained(
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
