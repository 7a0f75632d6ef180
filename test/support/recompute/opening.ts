import { type Day, localDay, parseDay } from './days.js'
import type { SeenRecord } from './event-log.js'
import type { Sighting, Watch, Watched, WatchedOrder } from './polls.js'
import type { Rules } from './rules.js'
import { type Step, stepsOf } from './steps.js'

/** What has to be known beside the marketplace. */
export interface Opening {
  readonly timeZone: string
  readonly rules: Rules
  /** B18: what people said, by record key: which record it continues; null: none, it begins a subscription. */
  readonly answers: ReadonlyMap<string, string | null>
}

/** Something of a licence line that holds from a day on. */
interface From<Value> {
  readonly on: Day
  readonly value: Value
}

/** A licence line that is or was in service, with all its polls tell of it. */
export interface OpenedRecord {
  /** As last shown. */
  readonly record: SeenRecord
  /** As last shown before it ended; `record` when it was never shown running. */
  readonly running: SeenRecord
  readonly start: Day
  /** First day without service; undefined while it runs on. */
  readonly end: Day | undefined
  /** B21: the day on which it will end unless somebody changes that. */
  readonly plannedEnd: Day | undefined
  /** The sightings that count its seats, in order of time. */
  readonly served: readonly [Sighting, ...Sighting[]]
  /** The first sighting of it as ended. */
  readonly endedIn: Sighting | undefined
  /** Its completed orders up to its end, oldest first. */
  readonly steps: readonly Step[]
  /** B16: the price from each observation of it on; the first holds from the start. */
  readonly prices: readonly From<string | undefined>[]
  /** B13: on hold or not, from each observation of it on. */
  readonly holds: readonly From<boolean>[]
  /** The last poll listed it. */
  readonly listed: boolean
  /** The first poll that showed it in service, and the last that showed it running; -1 for none. */
  readonly firstPoll: number
  readonly ranIn: number
}

export function recordKey({ record }: Pick<OpenedRecord, 'record'>): string {
  return `${record.subscriptionId}/${record.mpn}`
}

export function hasEnded(record: SeenRecord): boolean {
  return record.status === 'terminated' || record.status === 'removed'
}

/**
 * B12: the first day without service: the expiration date. Where that is still to come (a perpetual licence keeps a far
 * one), the day of the completed cancellation order; without one a date that is today in UTC, for it has no zone; else
 * the day it was last modified.
 */
function endOf(ended: Sighting, orders: readonly WatchedOrder[], timeZone: string): Day {
  const expires = parseDay(ended.record.expires)
  if (expires <= ended.on) return expires
  const cancellation = orders.find(
    (order) => order.orderType === 'cancellation' && order.provisionedAt !== null,
  )
  if (cancellation?.provisionedAt) return localDay(cancellation.provisionedAt, timeZone)
  if (expires <= localDay(new Date(ended.startedAt).toISOString(), 'UTC')) return expires
  return parseDay(ended.record.lastModified)
}

/** B21: a running record that will not renew ends with its term; one still listed after that day runs on. */
function plannedEndOf(record: SeenRecord, today: Day, rules: Rules): Day | undefined {
  const expires = parseDay(record.expires)
  if (hasEnded(record) || record.autoRenew) return undefined
  return expires >= today || rules.broken === 'plannedEndTaken' ? expires : undefined
}

/** B12, B21: one that was not to renew and is off the list after its term has ended with it. */
function endUnlisted({ record }: Sighting, today: Day, rules: Rules): Day | undefined {
  if (rules.broken === 'missingEnded') return today
  const expires = parseDay(record.expires)
  if (hasEnded(record) || record.autoRenew || rules.broken === 'unlistedHolds') return undefined
  return expires < today ? expires : undefined
}

/** Changes of a value from sighting to sighting, each dated by the poll that saw it first. */
function changesOf<Value>(
  sightings: readonly Sighting[],
  valueOf: (record: SeenRecord) => Value,
): readonly From<Value>[] {
  return sightings
    .map(({ on, record }) => ({ on, value: valueOf(record) }))
    .filter(({ value }, index, all) => index === 0 || value !== all[index - 1]?.value)
}

/**
 * B13. Since it was last modified nothing has happened to it, so a hold or its end is at least as old as that; but it is
 * no older than the poll before, which did not show it.
 */
function holdsOf(served: readonly Sighting[]): readonly From<boolean>[] {
  return served.flatMap(({ on, pollBefore, record }, index): readonly From<boolean>[] => {
    const before = served[index - 1]
    const value = record.status === 'hold'
    if (before !== undefined && (before.record.status === 'hold') === value) return []
    const modified = parseDay(record.lastModified)
    return [{ on: before === undefined || modified >= pollBefore ? Math.min(on, modified) : on, value }]
  })
}

/** The sightings that count seats: in service; of a record that was never shown so, the first after its end. */
function countingSightings(watched: Watched, rules: Rules): readonly Sighting[] {
  const { sightings } = watched
  const served = sightings.filter(({ record }) => {
    if (record.status === 'pending') return rules.broken === 'pendingBilled'
    return !hasEnded(record)
  })
  if (served.length > 0) return served
  // B13: what was only ever shown pending before it ended was never in service.
  return sightings.every(({ record }) => hasEnded(record)) ? sightings.slice(0, 1) : []
}

/** Undefined for what is not billed by seats, or not yet: usage (B21), pending (B13). */
export function openRecord(watched: Watched, watch: Watch, opening: Opening): OpenedRecord | undefined {
  const { timeZone, rules } = opening
  const [first, ...rest] = countingSightings(watched, rules)
  const last = watched.sightings.at(-1)
  if (first === undefined || last === undefined || first.record.usage) return undefined
  const served: readonly [Sighting, ...Sighting[]] = [first, ...rest]
  const running = served.findLast(({ record }) => !hasEnded(record)) ?? first
  const orders = watch.orders.filter(
    (order) => order.subscriptionId === last.record.subscriptionId && order.status === 'completed',
  )
  const start = parseDay(running.record.starts)
  const ended = watched.sightings.find(({ record }) => hasEnded(record))
  const unlisted = watched.listed ? undefined : endUnlisted(last, watch.today, rules)
  const end = ended === undefined ? unlisted : endOf(ended, orders, timeZone)
  const steps = stepsOf(last.record, orders, timeZone)
    // The stamp of a sale may be of another local day than the record's first, and no change is before that.
    .map((step) => ({ ...step, on: step.type === 'sales' ? start : Math.max(step.on, start) }))
    .filter((step) => end === undefined || step.on <= end)
  const prices = changesOf(served, ({ unitPrice }) => unitPrice?.amount)
  return {
    record: last.record,
    running: running.record,
    start,
    end,
    plannedEnd: plannedEndOf(last.record, watch.today, rules),
    served,
    endedIn: ended,
    steps,
    prices: rules.broken === 'newPriceBackdated' ? prices.slice(-1) : prices,
    holds: holdsOf(served),
    listed: watched.listed,
    firstPoll: first.poll,
    ranIn: served.findLast(({ record }) => !hasEnded(record))?.poll ?? -1,
  }
}
