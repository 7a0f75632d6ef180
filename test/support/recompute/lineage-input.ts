import { type Day, formatDay, parseDay } from './days.js'
import type { CalculatorInput, EventInput, PolicyInput } from './input.js'
import { readInput } from './input.js'
import type { Lineage } from './lineages.js'
import { hasEnded, type OpenedRecord } from './opening.js'
import { type OverrideInput, overriddenPrices } from './overrides.js'
import { periodsOf } from './periods.js'
import type { WatchedOrder } from './polls.js'
import type { Rules } from './rules.js'
import { firstTerm } from './terms.js'

/** A set-up fee as a one-time event (B20b). */
export type FeeEvent = EventInput & { readonly on: string; readonly type: 'oneTime' }

export interface InputRequest {
  readonly currency: string
  readonly policy: PolicyInput
  readonly overrides: readonly OverrideInput[]
  readonly rules: Rules
  readonly orders: readonly WatchedOrder[]
  readonly fees: readonly FeeEvent[]
  /** Local day of the last poll. */
  readonly today: Day
  /** The periods that start on one of these days or between them are charged. */
  readonly from: Day
  readonly until: Day
  /** Nothing with an earlier `billOn` is due. */
  readonly opensOn: Day
}

/** B16: the prices of one record, each from its observation on, the first from the record's start; until the next. */
function priceEvents(opened: OpenedRecord, next: OpenedRecord | undefined): readonly EventInput[] {
  const prices = opened.prices.flatMap(({ on, value }, index) =>
    value === undefined ? [] : [{ on: index === 0 ? opened.start : on, unitPrice: value }],
  )
  return prices
    .filter(({ on }) => next === undefined || on < next.start)
    .map(({ on, unitPrice }) => ({ on: formatDay(Math.max(on, opened.start)), unitPrice }))
}

/** B13: a hold lasts from the poll that saw it to the one that saw its end, or to a record that began without. */
function holdEvents(lineage: Lineage, rules: Rules): readonly EventInput[] {
  const events: EventInput[] = []
  let held = false
  const set = (on: Day, value: boolean) => {
    if (value !== held) events.push({ on: formatDay(on), type: value ? 'suspend' : 'resume' })
    held = value
  }
  for (const [index, opened] of lineage.records.entries()) {
    const next = lineage.records[index + 1]?.start ?? Number.POSITIVE_INFINITY
    for (const [position, { on, value }] of opened.holds.entries()) {
      const begins = position === 0 && !value
      if (begins && index > 0 && rules.broken === 'holdLostAtTurnover') continue
      if (on < next || begins) set(begins ? opened.start : on, value)
    }
  }
  return events
}

/** B15: a price of zero that becomes one ends a trial, which acts at once. */
function trialEndOf(events: readonly EventInput[]): string | undefined {
  const prices = events.filter((event) => event.unitPrice !== undefined && event.type === undefined)
  const isFree = (event: EventInput) => Number(event.unitPrice) === 0
  const [first] = prices
  return first !== undefined && isFree(first) ? prices.find((event) => !isFree(event))?.on : undefined
}

/** B21: the first day of a period that is not before `day`. */
function nextPeriod(input: CalculatorInput, day: Day): string {
  const { subscription, policy } = readInput(input)
  const period = periodsOf(subscription, policy, {}).containing(day)
  return formatDay(period.from === day ? period.from : period.to)
}

/** B21: a change with a future date counts from the first period that starts on or after it. */
function scheduledEvents(last: OpenedRecord, input: CalculatorInput, request: InputRequest): EventInput[] {
  const { record } = last
  if (last.end !== undefined) return []
  const expires = parseDay(record.expires)
  return request.orders.flatMap((order) => {
    const waits = order.scheduledAtRenewal && (order.status === 'submitted' || order.status === 'processing')
    if (order.subscriptionId !== record.subscriptionId || !waits) return []
    const wanted = order.products?.find((product) => product.mpn === record.mpn)
    if (wanted === undefined) return []
    return [{ on: nextPeriod(input, expires), quantity: `${wanted.quantity}` }]
  })
}

/**
 * B20: nothing before the opening is due, so what is charged begins with the count of the day before: a change on that
 * day is due (B21). In arrears the period before it, or around it, is due: there it is what that period begins with.
 */
function openedCounts(
  lineage: Lineage,
  input: CalculatorInput,
  request: InputRequest,
): readonly EventInput[] {
  const { subscription, policy } = readInput(input)
  const { opensOn, rules } = request
  const before = periodsOf(subscription, policy, {}).containing(opensOn - 1)
  const opens = policy.timing === 'arrears' ? before.from : opensOn
  const from = rules.broken === 'openingDayCarriedBack' ? opens + 1 : opens
  const { counts } = lineage
  const [first] = counts
  const opening = counts.findLast(({ on }) => on < from)
  if (first === undefined || opening === undefined) return counts.map(countEvent)
  return [{ on: first.on, seats: opening.seats }, ...counts.filter(({ on }) => on >= from)].map(countEvent)
}

function countEvent({ on, seats }: Lineage['counts'][number]): EventInput {
  return { on: formatDay(on), quantity: `${seats}` }
}

/** The calculator's input of a lineage: its records one after the other, as the polls told them. */
export function inputOf(lineage: Lineage, request: InputRequest): CalculatorInput {
  const { records } = lineage
  const [first, last] = [records[0], records.at(-1)]
  if (first === undefined || last === undefined) throw new Error('a lineage has at least one record')
  const listed = records.flatMap((opened, index) => priceEvents(opened, records[index + 1]))
  const { customerId, mpn } = first.record
  const whose = { customerId, mpn, currency: request.currency }
  const own = overriddenPrices(listed, request.overrides, whose)
  const others = [...holdEvents(lineage, request.rules), ...request.fees]
  const trialEnd = trialEndOf(own)
  const terms = records.map((opened) => {
    const term = hasEnded(opened.running) ? undefined : firstTerm(opened.running, request.today)
    return term ?? { from: formatDay(opened.start) }
  })
  const described: CalculatorInput = {
    currency: request.currency,
    policy: request.policy,
    subscription: {
      billingPeriod: last.record.billingPeriod,
      start: formatDay(first.start),
      end: last.end === undefined ? null : formatDay(last.end),
      terms,
      ...(trialEnd === undefined ? {} : { trialEnd }),
      events: own,
    },
    from: formatDay(request.from),
    dueFrom: formatDay(request.opensOn),
    to: formatDay(request.until + 1),
  }
  const events = [...own, ...openedCounts(lineage, described, request), ...others]
  const input = { ...described, subscription: { ...described.subscription, events } }
  const scheduled = scheduledEvents(last, input, request)
  const planned = last.end ?? last.plannedEnd
  const end = last.end === undefined && planned !== undefined ? { end: nextPeriod(input, planned) } : {}
  return { ...input, subscription: { ...input.subscription, ...end, events: [...events, ...scheduled] } }
}
