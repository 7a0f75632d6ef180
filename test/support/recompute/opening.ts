import { addMonths, type Day, formatDay, localDay, parseDay } from './days.js'
import type { SeenOrder, SeenRecord } from './event-log.js'

/** What one observation has to know beside the marketplace. */
export interface Opening {
  readonly now: string
  readonly opensOn: Day
  readonly timeZone: string
}

/** A record with its days of service and the counts of its seats since the opening. */
export interface OpenedRecord {
  readonly record: SeenRecord
  readonly start: Day
  /** First day without service; undefined while it runs on. */
  readonly end: Day | undefined
  /** The count from each day on, in date order; the first is the record's start. */
  readonly counts: readonly { readonly on: Day; readonly seats: number }[]
  /** B20: the orders do not add up or carry no products; the count is taken as constant. */
  readonly assumed: boolean
}

export function hasEnded(record: SeenRecord): boolean {
  return record.status === 'terminated' || record.status === 'removed'
}

/**
 * B12: the first day without service. Of an ended record the expiration date; where that is still to come (a
 * perpetual licence keeps a far one), the day of its completed cancellation order, else the day it was last
 * modified. A running record that will not renew ends with its term (B21: a change with a future date).
 */
function endOf(record: SeenRecord, orders: readonly SeenOrder[], opening: Opening): Day | undefined {
  const expires = parseDay(record.expires)
  const today = localDay(opening.now, opening.timeZone)
  if (!hasEnded(record)) return record.autoRenew || expires <= today ? undefined : expires
  if (expires <= today) return expires
  const cancellation = orders.find(
    (order) => order.orderType === 'cancellation' && order.provisionedAt !== null,
  )
  if (cancellation?.provisionedAt) return localDay(cancellation.provisionedAt, opening.timeZone)
  return parseDay(record.lastModified)
}

interface Step {
  readonly on: Day
  readonly type: SeenOrder['orderType']
  /** Signed difference; undefined: the order carries no products, or only a wanted total. */
  readonly difference: number | undefined
}

/** The completed orders that may have changed the count of a record, newest first. */
function stepsOf(record: SeenRecord, orders: readonly SeenOrder[], timeZone: string): readonly Step[] {
  return orders
    .flatMap((order): readonly Step[] => {
      const changes = order.orderType === 'sales' || order.orderType === 'change'
      if (!changes || order.provisionedAt === null) return []
      const on = localDay(order.provisionedAt, timeZone)
      const quantities = order.products?.filter((product) => product.mpn === record.mpn)
      if (quantities?.length === 0) return []
      const sum = quantities?.reduce((total, product) => total + product.quantity, 0)
      return [{ on, type: order.orderType, difference: order.scheduledAtRenewal ? undefined : sum }]
    })
    .toSorted((left, right) => right.on - left.on)
}

/**
 * B20: walks back from the observed count to the later of opening and start. Undefined where the orders do not add
 * up: one without products or with only a total, a count that would fall below one seat, or, for a record that began
 * after the opening, a first order and changes whose sum is not the observed count.
 */
function walkBack(record: SeenRecord, steps: readonly Step[], from: Day, wholeHistory: boolean) {
  const counts: { on: Day; seats: number }[] = []
  let seats = record.seats
  for (const step of steps) {
    if (step.on <= from || step.type === 'sales') continue
    if (step.difference === undefined) return undefined
    counts.unshift({ on: step.on, seats })
    seats -= step.difference
    if (seats < 1) return undefined
  }
  const sold = steps.find((step) => step.type === 'sales')?.difference
  if (wholeHistory && sold !== undefined) {
    const changes = steps.filter((step) => step.type === 'change')
    const sum = changes.reduce((total, step) => total + (step.difference ?? 0), sold)
    if (sum !== record.seats) return undefined
  }
  return [{ on: from, seats }, ...counts]
}

export function openRecord(record: SeenRecord, orders: readonly SeenOrder[], opening: Opening): OpenedRecord {
  const own = orders.filter(
    (order) => order.subscriptionId === record.subscriptionId && order.status === 'completed',
  )
  const start = parseDay(record.starts)
  const end = endOf(record, own, opening)
  const from = Math.max(start, opening.opensOn)
  const steps = stepsOf(record, own, opening.timeZone).filter((step) => end === undefined || step.on < end)
  const walked = walkBack(record, steps, from, start >= opening.opensOn)
  const counts = walked ?? [{ on: from, seats: record.seats }]
  // Before the opening nothing is due: the count there only has to be one.
  const first = counts[0]?.seats ?? record.seats
  return {
    record,
    start,
    end,
    counts: [{ on: start, seats: first }, ...counts],
    assumed: walked === undefined,
  }
}

/**
 * B4, D2: the first term of a record with a longer billing period, when it was cut to end with another: the one
 * from which whole terms lead to the expiration date. Undefined (terms count from the start) when whole terms lead
 * there from the start; when the record has ended, because its date is then the end of service; and when the date
 * lies more than a commitment ahead and so ends no term that runs today (a perpetual licence).
 */
export function firstTerm(
  record: SeenRecord,
  today: Day,
): { readonly from: string; readonly to: string } | undefined {
  const months = (period: SeenRecord['billingPeriod']) => period.duration * (period.type === 'year' ? 12 : 1)
  if (record.billingPeriod.type === 'day' || months(record.billingPeriod) === 1) return undefined
  if (hasEnded(record)) return undefined
  const step = months(record.billingPeriod)
  const [start, expires] = [parseDay(record.starts), parseDay(record.expires)]
  if (addMonths(expires, -months(record.subscriptionPeriod)) > today) return undefined
  let whole = 0
  while (addMonths(start, whole * step) < expires) whole += 1
  if (addMonths(start, whole * step) === expires) return undefined
  let back = 0
  while (addMonths(expires, -(back + 1) * step) > start) back += 1
  return { from: record.starts, to: formatDay(addMonths(expires, -back * step)) }
}
