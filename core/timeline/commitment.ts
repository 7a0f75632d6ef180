import type { LocalDate } from '../calendar/date.js'
import { localDateOf } from '../calendar/zone.js'
import { LINEAGE_GAP_DAYS } from '../limits.js'
import type { ObservedOrder } from '../marketplace/types.js'
import { type FoldSettings, type RecordHistory, hasEnded, latestState, statesInService } from './record.js'

/** What a running subscription is bound to: since when, until when, and what happens then. */
export interface Commitment {
  /** First day after the current term; undefined: the marketplace does not say. */
  readonly endsOn: LocalDate | undefined
  /** Whether it goes on by itself then; undefined: the marketplace does not say. */
  readonly autoRenew: boolean | undefined
  /** How the current term came about. */
  readonly began: TermStart
}

export interface TermStart {
  readonly kind: 'purchase' | 'renewal'
  readonly on: LocalDate
  /** The instant, as its completed order says; undefined: no order is known, and only the day is. */
  readonly at: Date | undefined
}

interface Part {
  readonly record: RecordHistory
  readonly start: LocalDate
}

/** undefined: its latest licence line is not in service. */
export function commitmentOf(
  parts: readonly [Part, ...Part[]],
  settings: FoldSettings,
): Commitment | undefined {
  const last = parts.at(-1) ?? parts[0]
  const { subscription } = latestState(last.record)
  if (hasEnded(subscription) || subscription.status === 'pending') return undefined
  const { expiresOn: endsOn, autoRenew } = subscription
  return { endsOn, autoRenew, began: termStart(parts, last, settings) }
}

/** The newest of: the purchase, a new licence line that continued the one before, a renewal in place. */
function termStart(parts: readonly Part[], last: Part, settings: FoldSettings): TermStart {
  const orders = parts.flatMap(({ record }) => record.orders)
  const renewals = completed(orders, 'renewal', settings.timeZone)
  const days = [
    ...(parts.length > 1 ? [last.start] : []),
    ...renewedInPlace(last.record, settings),
    ...renewals.map(({ on }) => on),
  ]
  const on = days.length === 0 ? undefined : (Math.max(...days) as LocalDate)
  if (on === undefined || on <= (parts[0]?.start ?? last.start)) {
    const sold = completed(orders, 'sales', settings.timeZone)
    return { kind: 'purchase', on: last.start, at: sold.find((sale) => sale.on === last.start)?.at }
  }
  // An order of the small hours in UTC is dated the day before in America: it is the same renewal.
  const order = renewals.findLast((renewal) => Math.abs(renewal.on - on) <= 1)
  const start = order === undefined ? undefined : days.find((day) => Math.abs(day - order.on) <= 1)
  return { kind: 'renewal', on: start ?? on, at: order?.at }
}

function completed(
  orders: readonly ObservedOrder[],
  wanted: ObservedOrder['type'],
  timeZone: string,
): readonly { readonly on: LocalDate; readonly at: Date }[] {
  return orders
    .flatMap(({ type, status, provisionedAt }) =>
      type === wanted && status === 'completed' && provisionedAt !== undefined
        ? [{ on: localDateOf(provisionedAt, timeZone), at: provisionedAt }]
        : [],
    )
    .sort((left, right) => left.at.getTime() - right.at.getTime())
}

/** Days on which a licence line's term ended and the next one began: its date moved on when its time had come. */
function renewedInPlace(record: RecordHistory, { timeZone }: FoldSettings): LocalDate[] {
  const days: LocalDate[] = []
  let before: LocalDate | undefined
  for (const { subscription, observedAt } of statesInService(record)) {
    const { expiresOn } = subscription
    const seenOn = localDateOf(observedAt, timeZone)
    if (before !== undefined && expiresOn !== undefined && expiresOn > before) {
      if (seenOn >= before - LINEAGE_GAP_DAYS) days.push(before)
    }
    before = expiresOn ?? before
  }
  return days
}
