import { type Day, formatDay, localDay, parseDay } from './days.js'
import { type LoggedEvent, type Seen, type SeenOrder, type SeenRecord, seenAt } from './event-log.js'
import type { CalculatorInput, EventInput, PolicyInput } from './input.js'
import { readInput } from './input.js'
import { type Lineage, lineagesOf } from './lineages.js'
import { firstTerm, type Opening, openRecord } from './opening.js'
import { periodsOf } from './periods.js'
import { recompute } from './recompute.js'
import { type Held, type Who, type WhoLine, whoOf } from './who.js'

export interface Asked {
  /** The instant of the one observation. */
  readonly now: string
  /** Nothing before this day is due (B20). */
  readonly opensOn: string
  /** The billing time zone (B3). */
  readonly timeZone: string
  /** Last day whose `billOn` counts (B21). */
  readonly until: string
  readonly policy?: PolicyInput
}

/** A window that reaches back far enough to hold the longest term that still runs at the opening. */
const LONGEST_TERM_DAYS = 5 * 366

function recordKey(record: SeenRecord): string {
  return `${record.subscriptionId}/${record.mpn}`
}

/**
 * B17: the currency of the customer's priced subscription with the earliest start, then the lowest id.
 */
export function billingCurrency(seen: Seen, customerId: string): string | undefined {
  const first = seen.records
    .filter((record) => record.customerId === customerId && record.unitPrice !== null)
    .toSorted((left, right) => {
      if (left.starts !== right.starts) return left.starts < right.starts ? -1 : 1
      return Number(BigInt(left.subscriptionId) - BigInt(right.subscriptionId))
    })[0]
  return first?.unitPrice?.currency
}

/** B21: a change with a future date counts from the first period that starts on or after it. */
function scheduledEvents(
  lineage: Lineage,
  orders: readonly SeenOrder[],
  input: CalculatorInput,
): EventInput[] {
  const last = lineage.records.at(-1)
  if (last === undefined || last.end !== undefined) return []
  const { record } = last
  const { subscription, policy } = readInput(input)
  return orders.flatMap((order) => {
    const waits = order.scheduledAtRenewal && (order.status === 'submitted' || order.status === 'processing')
    const wanted = order.products?.find((product) => product.mpn === record.mpn)
    if (order.subscriptionId !== record.subscriptionId || !waits || wanted === undefined) return []
    const expires = parseDay(record.expires)
    const period = periodsOf(subscription, policy, {}).containing(expires)
    const on = period.from === expires ? period.from : period.to
    return [{ on: formatDay(on), quantity: `${wanted.quantity}` }]
  })
}

/**
 * The calculator's input of a lineage: the counts of its records one after the other, each at the price its record
 * is served with at the one observation (earlier prices cannot be seen; an ended record keeps its own).
 */
function inputOf(
  lineage: Lineage,
  seen: Seen,
  asked: Asked,
  price: { currency: string },
): CalculatorInput | undefined {
  const [first, last] = [lineage.records[0], lineage.records.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const events = lineage.records.flatMap((opened, index): readonly EventInput[] => {
    const next: Day | undefined = lineage.records[index + 1]?.start
    const amount = opened.record.unitPrice?.amount
    return opened.counts
      .filter(({ on }) => next === undefined || on < next)
      .map(({ on, seats }, position) => ({
        on: formatDay(on),
        quantity: `${seats}`,
        ...(position === 0 && amount !== undefined ? { unitPrice: amount } : {}),
      }))
  })
  const until = parseDay(asked.until)
  const term = firstTerm(last.record, localDay(asked.now, asked.timeZone))
  const input: CalculatorInput = {
    currency: price.currency,
    policy: asked.policy ?? {},
    subscription: {
      billingPeriod: last.record.billingPeriod,
      start: formatDay(first.start),
      end: last.end === undefined ? null : formatDay(last.end),
      ...(term === undefined ? {} : { term }),
      events,
    },
    from: formatDay(Math.max(first.start - 31, parseDay(asked.opensOn) - LONGEST_TERM_DAYS)),
    to: formatDay(Math.max(until, first.start) + 1),
  }
  const scheduled = scheduledEvents(lineage, seen.orders, input)
  return { ...input, subscription: { ...input.subscription, events: [...events, ...scheduled] } }
}

interface Charged {
  readonly lines: readonly WhoLine[]
  readonly held: readonly Held[]
}

/** B21: everything with `billOn` from the opening to `until`. */
function dueLines(input: CalculatorInput, asked: Asked): ReturnType<typeof recompute>['lines'] {
  return recompute(input).lines.filter((line) => line.billOn >= asked.opensOn && line.billOn <= asked.until)
}

function chargeLineage(lineage: Lineage, seen: Seen, asked: Asked): Charged {
  const [first, last] = [lineage.records[0], lineage.records.at(-1)]
  if (first === undefined || last === undefined) return { lines: [], held: [] }
  const { customerId } = first.record
  const subject = recordKey(first.record)
  const hold = (why: Held['why']) => ({ lines: [], held: [{ customerId, subject, why, lines: [] }] })
  const opens = parseDay(asked.opensOn)
  const over = lineage.records.every((opened) => opened.end !== undefined && opened.end <= opens)
  if (last.record.unitPrice === null) return over ? { lines: [], held: [] } : hold('noPrice')
  const currency = last.record.unitPrice.currency
  const input = inputOf(lineage, seen, asked, { currency })
  if (input === undefined) return { lines: [], held: [] }
  const assumed = lineage.records.some((opened) => opened.assumed && (opened.end ?? opens + 1) > opens)
  const records = lineage.records.map((opened) => recordKey(opened.record))
  const lines = dueLines(input, asked).map((line) => ({
    ...line,
    customerId,
    currency,
    subject,
    records,
    assumed,
  }))
  const why = lineage.ambiguous
    ? 'ambiguous'
    : currency === billingCurrency(seen, customerId)
      ? undefined
      : 'currency'
  if (why === undefined) return { lines, held: [] }
  return { lines: [], held: lines.length > 0 ? [{ customerId, subject, why, lines }] : [] }
}

/** B20b: the set-up details of completed orders, each a one-time line on its local provisioning date. */
function setupLines(order: SeenOrder, seen: Seen, asked: Asked, lineages: readonly Lineage[]): Charged {
  if (order.status !== 'completed' || order.provisionedAt === null) return { lines: [], held: [] }
  const on = formatDay(localDay(order.provisionedAt, asked.timeZone))
  const { customerId, currency } = order
  const lines = (order.details ?? []).flatMap((detail, index): readonly WhoLine[] => {
    if (detail.type !== 'setup' || on < asked.opensOn) return []
    const input: CalculatorInput = {
      currency,
      policy: asked.policy ?? {},
      subscription: {
        ...periodLike(order, seen, asked, lineages),
        events: [
          { on, quantity: '1', unitPrice: '0' },
          { on, type: 'oneTime', quantity: `${detail.quantity}`, unitPrice: detail.unitPrice },
        ],
      },
      from: formatDay(parseDay(on) - LONGEST_TERM_DAYS),
      to: formatDay(parseDay(on) + 1),
    }
    const subject = `${order.orderId}/${index}`
    return dueLines(input, asked).map((line) => ({
      ...line,
      customerId,
      currency,
      subject,
      records: [],
      assumed: false,
    }))
  })
  if (currency === billingCurrency(seen, customerId) || lines.length === 0) return { lines, held: [] }
  return { lines: [], held: [{ customerId, subject: order.orderId, why: 'currency', lines }] }
}

/** The billing period and start of the order's subscription: in arrears a fee is billed at its period's end (D8). */
function periodLike(order: SeenOrder, seen: Seen, asked: Asked, lineages: readonly Lineage[]) {
  const lineage = lineages.find(({ records }) =>
    records.some(({ record }) => record.subscriptionId === order.subscriptionId),
  )
  const currency = order.currency
  const found = lineage === undefined ? undefined : inputOf(lineage, seen, asked, { currency })?.subscription
  const { billingPeriod, start, term } = found ?? {
    billingPeriod: { type: 'month', duration: 1 },
    start: asked.opensOn,
  }
  return { billingPeriod, start, ...(term === undefined ? {} : { term }) } as const
}

/**
 * Whom to bill through `until` as one observation at `now` lets us know it, from nothing but the marketplace's event
 * log: per customer and currency, line by line, and what is held. Usage is left to the vendor's file, pending
 * subscriptions are not billed (B13), suspended ones are (policy `bill`).
 */
export function recomputeFromEvents(events: readonly LoggedEvent[], asked: Asked): Who {
  if (asked.policy?.suspended === 'pause')
    throw new Error('one observation cannot tell since when a hold lasts')
  const seen = seenAt(events, asked.now)
  const opening: Opening = { ...asked, opensOn: parseDay(asked.opensOn) }
  const billable = seen.records.filter((record) => record.status !== 'pending' && !record.usage)
  const lineages = lineagesOf(billable.map((record) => openRecord(record, seen.orders, opening)))
  const charged = [
    ...lineages.map((lineage) => chargeLineage(lineage, seen, asked)),
    ...seen.orders.map((order) => setupLines(order, seen, asked, lineages)),
  ]
  return whoOf(
    charged.flatMap(({ lines }) => lines),
    charged.flatMap(({ held }) => held),
  )
}
