import { addDays, type LocalDate } from '../../core/calendar/date.js'
import { localDateOf } from '../../core/calendar/zone.js'
import { MARKETPLACE_PAGE_ROWS } from '../../core/limits.js'
import type { ObservedCustomer, ObservedOrder, ObservedSubscription } from '../../core/marketplace/types.js'
import type { Marketplace, ReadRequest } from '../../core/ports.js'
import { type Call, createIngramApi, type IngramApi, type IngramOptions } from './api.js'
import { type Page, readList } from './list.js'
import { read, subjectOf, unusable } from './reading.js'
import {
  type OrderRow,
  parseCustomer,
  parseOrderRow,
  parsePage,
  parseSubscriptionRow,
  type SubscriptionRow,
} from './schema.js'
import type { Parser } from '../http/schema.js'
import {
  type ReadSubscription,
  toCustomer,
  toOrder,
  toOrderWithoutDetails,
  toSubscription,
} from './translate.js'

export type { IngramOptions } from './api.js'

/**
 * The Ingram Micro Cloud Marketplace (CloudBlue SimpleAPI 1.15), read only. `read` gives a complete observation or
 * throws a Problem; it never gives a part.
 */
export function createIngramMarketplace(options: IngramOptions): Marketplace {
  const api = createIngramApi(options)
  return {
    async read(request) {
      const giveUp = new AbortController()
      let requests = 0
      const call: Call = {
        signal: giveUp.signal,
        watch: {
          onAttempt: () => {
            requests += 1
          },
          onWait: (wait) => request.onProgress?.({ step: 'waiting', ...wait }),
        },
      }
      const reader: Reader = { api, call, giveUp: (reason) => giveUp.abort(reason), request }
      const listed = await readCustomers(reader)
      const details = await readSubscriptions(reader)
      const subscriptions = details.flatMap(({ lines }) => lines)
      const ended = details.flatMap((one) => one.ended ?? [])
      const customers = await withMissingCustomers(reader, listed, subscriptions)
      const orders = await readOrders(reader)
      return { customers, subscriptions, ended, orders, requests }
    },
  }
}

/** One read under way. */
interface Reader {
  readonly api: IngramApi
  readonly call: Call
  /** Ends all requests of this read that are still under way. */
  readonly giveUp: (reason: unknown) => void
  readonly request: ReadRequest
}

async function readCustomers(reader: Reader): Promise<ObservedCustomer[]> {
  return await readList({
    name: 'customers',
    fetchPage: (offset) =>
      fetchPage(reader, { kind: 'customer', path: 'customers', offset, parse: parseCustomer }),
    onRows: (done, total) => reader.request.onProgress?.({ step: 'customers', done, total }),
  })
}

async function readSubscriptions(reader: Reader): Promise<ReadSubscription[]> {
  const { onProgress, ordersSince } = reader.request
  const rows = await readList<SubscriptionRow>({
    name: 'subscriptions',
    fetchPage: (offset) =>
      fetchPage(reader, { kind: 'subscription', path: 'subscriptions', offset, parse: parseSubscriptionRow }),
  })
  const since = addDays(localDateOf(ordersSince, 'UTC'), -ENDED_MARGIN_DAYS)
  const wanted = rows.filter((row) => canMatter(row, since))
  return await readEach(
    reader,
    wanted,
    async ({ id }) => {
      const answer = await reader.api.get(['subscriptions', id], reader.call)
      return toSubscription(answer.body, id, { subject: `subscription ${id}`, where: answer.where })
    },
    (done) => onProgress?.({ step: 'subscriptions', done, total: wanted.length }),
  )
}

/** A line continues one that ended up to three days before (BILLING B18); dates have no zone; the rest is for safety. */
const ENDED_MARGIN_DAYS = 7

/**
 * Whether a subscription's details have to be read. Every month leaves a removed record behind each monthly licence
 * (thousands after some years); one that was over before the time asked for bills nothing and continues nothing.
 * `lastModifiedDate` counts too: one that expired long ago but ended just now is news.
 */
function canMatter({ status, expirationDate, lastModifiedDate }: SubscriptionRow, since: LocalDate): boolean {
  if (status !== 'terminated' && status !== 'removed') return true
  const end = expirationDate?.on
  return end === undefined || end >= since || (lastModifiedDate ?? end) >= since
}

/** Customers that appeared while subscriptions were read, or are not the reseller's own, are asked for one by one. */
async function withMissingCustomers(
  reader: Reader,
  listed: readonly ObservedCustomer[],
  subscriptions: readonly ObservedSubscription[],
): Promise<ObservedCustomer[]> {
  const known = new Set(listed.map(({ id }) => id))
  const missing = new Map<string, string>()
  for (const { customerId, subscriptionId } of subscriptions) {
    if (!known.has(customerId)) missing.set(customerId, subscriptionId)
  }
  const found = await readEach(reader, [...missing], async ([id, subscriptionId]) => {
    const answer = await reader.api.get(['customers', id], reader.call, { returned: [404] })
    if (answer.status === 404) {
      const reading = { subject: `subscription ${subscriptionId}`, where: answer.where }
      throw unusable(reading, `belongs to customer ${id}, whom the marketplace does not know`)
    }
    return toCustomer(answer.body, { subject: `customer ${id}`, where: answer.where })
  })
  return [...listed, ...found]
}

async function readOrders(reader: Reader): Promise<ObservedOrder[]> {
  const { ordersSince: since, settledOrders, onProgress } = reader.request
  const rows = await readList<OrderRow>({
    name: 'orders',
    fetchPage: (offset) =>
      fetchPage(reader, {
        kind: 'order',
        path: 'orders',
        offset,
        parse: parseOrderRow,
        query: { creationTimeFrom: `${since.toISOString().slice(0, 19)}Z` },
      }),
    newestFirst: { createdAt: ({ creationDate }) => creationDate, since },
  })
  const recent = rows.filter(({ creationDate }) => creationDate >= since)
  return await readEach(
    reader,
    recent,
    async (row) => {
      const settled = settledOrders.get(row.id)
      if (settled !== undefined && settled.status === row.status) return settled
      // Only these have changed seats or will; the others changed nothing, whatever they asked for. A renewal carries
      // neither products nor fees anywhere, and there are more of them than of all others together.
      const mayMatter = row.status === 'completed' || row.status === 'processing'
      if (!mayMatter || row.type === 'renewal') return toOrderWithoutDetails(row)
      const answer = await reader.api.get(['orders', row.id], reader.call)
      return toOrder(answer.body, row.id, { subject: `order ${row.id}`, where: answer.where })
    },
    (done) => onProgress?.({ step: 'orders', done, total: recent.length }),
  )
}

interface PageRequest<Row> {
  /** "subscription": what one row is. */
  readonly kind: string
  readonly path: string
  readonly offset: number
  readonly parse: Parser<Row>
  readonly query?: Readonly<Record<string, string>>
}

async function fetchPage<Row>(
  { api, call }: Reader,
  { kind, path, offset, parse, query }: PageRequest<Row>,
): Promise<Page<Row>> {
  const answer = await api.get([path], call, {
    query: { ...query, offset: String(offset), limit: String(MARKETPLACE_PAGE_ROWS) },
  })
  const { where } = answer
  const { data, pagination } = read(parsePage, answer.body, { subject: `the list of ${path}`, where })
  const rows = data.map((raw, index) =>
    read(parse, raw, { subject: subjectOf(kind, raw, `position ${offset + index + 1} of the list`), where }),
  )
  return { rows, total: pagination.total, where }
}

/** Works on all items at once (the HTTP client limits how many); the first failure ends the rest and is the one thrown. */
async function readEach<Item, Result>(
  { call, giveUp }: Reader,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  onDone?: (done: number) => void,
): Promise<Result[]> {
  let done = 0
  onDone?.(done)
  const results = await Promise.allSettled(
    items.map(async (item) => {
      try {
        const result = await work(item)
        done += 1
        onDone?.(done)
        return result
      } catch (error) {
        giveUp(error)
        throw error
      }
    }),
  )
  call.signal.throwIfAborted()
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}
