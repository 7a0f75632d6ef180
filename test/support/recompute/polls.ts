import { type Day, localDay, milliseconds } from './days.js'
import { type LoggedEvent, type SeenOrder, type SeenRecord, seenAt } from './event-log.js'

/** One complete reading of the marketplace. It takes time: what each part shows is the truth of its own instant. */
export interface Poll {
  /** When reading began: what it finds is dated by this instant (B19). */
  readonly startedAt: string
  /** When the list of subscriptions was answered; default `startedAt`. */
  readonly listedAt?: string
  /** When the subscriptions themselves were; default `listedAt`. */
  readonly detailedAt?: string
  /** When the orders were; default `detailedAt`. */
  readonly orderedAt?: string
  /** Subscriptions that this reading did not list, though they are there. */
  readonly missing?: readonly string[]
}

/** A licence line as one poll showed it. */
export interface Sighting {
  /** Position of the poll among all polls. */
  readonly poll: number
  /** Local day on which the poll began, and on which the one before it did. */
  readonly on: Day
  readonly pollBefore: Day
  /** When the poll began, and the instant whose truth the line showed; in milliseconds. */
  readonly startedAt: number
  readonly shownAt: number
  readonly record: SeenRecord
}

/** Everything the polls showed of one licence line, the first sighting first. */
export interface Watched {
  readonly sightings: readonly [Sighting, ...Sighting[]]
  /** The last poll listed it. */
  readonly listed: boolean
}

/** An order as the last poll showed it, with the first poll that showed it completed. */
export interface WatchedOrder extends SeenOrder {
  readonly completedIn: number | undefined
}

export interface Watch {
  readonly records: readonly Watched[]
  readonly orders: readonly WatchedOrder[]
  /** Local day of each poll; of the last one. */
  readonly days: readonly Day[]
  readonly today: Day
}

interface Reading {
  readonly records: readonly SeenRecord[]
  readonly orders: readonly SeenOrder[]
  readonly shownAt: string
}

function readingOf(events: readonly LoggedEvent[], poll: Poll): Reading {
  const listedAt = poll.listedAt ?? poll.startedAt
  const shownAt = poll.detailedAt ?? listedAt
  const orderedAt = poll.orderedAt ?? shownAt
  const shown = seenAt(events, shownAt)
  const listed = listedAt === shownAt ? shown : seenAt(events, listedAt)
  const known = new Set(listed.records.map(({ subscriptionId }) => subscriptionId))
  for (const id of poll.missing ?? []) known.delete(id)
  const orders = orderedAt === shownAt ? shown.orders : seenAt(events, orderedAt).orders
  return { records: shown.records.filter(({ subscriptionId }) => known.has(subscriptionId)), orders, shownAt }
}

/** What `polls`, in order of time, showed of the marketplace whose event log is given. */
export function watch(events: readonly LoggedEvent[], polls: readonly Poll[], timeZone: string): Watch {
  const sightings = new Map<string, [Sighting, ...Sighting[]]>()
  const completedIn = new Map<string, number>()
  let orders: readonly SeenOrder[] = []
  let pollBefore = Number.NEGATIVE_INFINITY
  for (const [index, poll] of polls.entries()) {
    const reading = readingOf(events, poll)
    const on = localDay(poll.startedAt, timeZone)
    const startedAt = milliseconds(poll.startedAt)
    const shownAt = milliseconds(reading.shownAt)
    for (const record of reading.records) {
      const key = `${record.subscriptionId}/${record.mpn}`
      const sighting: Sighting = { poll: index, on, pollBefore, startedAt, shownAt, record }
      const earlier = sightings.get(key)
      if (earlier === undefined) sightings.set(key, [sighting])
      else earlier.push(sighting)
    }
    orders = reading.orders
    pollBefore = on
    for (const { orderId, status } of orders) {
      if (status === 'completed' && !completedIn.has(orderId)) completedIn.set(orderId, index)
    }
  }
  const last = polls.at(-1)
  if (last === undefined) throw new Error('nothing is known before the first poll')
  return {
    records: [...sightings.values()].map((seen) => ({
      sightings: seen,
      listed: seen.at(-1)?.poll === polls.length - 1,
    })),
    orders: orders.map((order) => ({ ...order, completedIn: completedIn.get(order.orderId) })),
    days: polls.map(({ startedAt }) => localDay(startedAt, timeZone)),
    today: localDay(last.startedAt, timeZone),
  }
}

/** What was known of the licence lines after one of the polls; orders are those of today. */
export function watchThrough(seen: Watch, poll: number): Watch {
  const records = seen.records.flatMap(({ sightings }): readonly Watched[] => {
    const [first, ...rest] = sightings.filter((sighting) => sighting.poll <= poll)
    const last = rest.at(-1) ?? first
    return first === undefined ? [] : [{ sightings: [first, ...rest], listed: last?.poll === poll }]
  })
  return { ...seen, records, days: seen.days.slice(0, poll + 1), today: seen.days[poll] ?? seen.today }
}
