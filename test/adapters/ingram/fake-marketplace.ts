import type { ServerResponse } from 'node:http'
import { createIngramMarketplace, type IngramOptions } from '../../../adapters/ingram/client.js'
import type { Marketplace, ReadRequest } from '../../../core/ports.js'
import { type Received, type ScriptedServer, scriptedServer, sendJson } from '../http/scripted-server.js'

type Json = Readonly<Record<string, unknown>>

/** What a tiny marketplace holds; each list newest first. */
export interface Holdings {
  customers?: Json[]
  /** As their details are; list rows are the same without products. */
  subscriptions?: Json[]
  /** As their details are; list rows are the same without products, details and subscription. */
  orders?: Json[]
}

export interface FakeMarketplace extends ScriptedServer {
  readonly holdings: Required<Holdings>
  /** Requests to this path, in order. */
  to(path: string): Received[]
}

/** Answers a request by itself and says so with true, or leaves it to the tiny marketplace. */
export type Interference = (received: Received, response: ServerResponse, index: number) => boolean

export const KEY = 'key-5f1c77'
export const PASSWORD = 'correct-horse-battery'

/** A marketplace of a few records, for answers no honest one would give. */
export async function fakeMarketplace(
  holdings: Holdings = {},
  interfere: Interference = () => false,
  pageRows = 500,
): Promise<FakeMarketplace> {
  const held: Required<Holdings> = { customers: [customer()], subscriptions: [], orders: [], ...holdings }
  let tokens = 0
  const server = await scriptedServer((received, response, index) => {
    if (interfere(received, response, index)) return
    const [, list = '', id] = received.url.pathname.split('/')
    if (list === 'token')
      return sendJson(response, { token: `token-${(tokens += 1)}`, expiresInSeconds: 1500 })
    const rows = list in held ? held[list as keyof Holdings] : undefined
    if (rows === undefined) return sendJson(response, { error: 'no such path' }, 404)
    if (id === undefined)
      return sendJson(response, pageOf(rows.map(rowOf), received.url, pageRows), 200, CORRELATED)
    const found = rows.find((row) => row['id'] === decodeURIComponent(id))
    sendJson(response, found ?? { error: 'not found' }, found === undefined ? 404 : 200, CORRELATED)
  })
  return {
    ...server,
    holdings: held,
    to: (path) =>
      server.received.filter(({ url }) => url.pathname === path || url.pathname.startsWith(`${path}/`)),
  }
}

const CORRELATED = { 'X-Correlation-ID': 'c-77' }

export function pageOf(rows: readonly unknown[], url: URL, pageRows = 500): Json {
  const offset = Number(url.searchParams.get('offset') ?? 0)
  const limit = Math.min(Number(url.searchParams.get('limit') ?? 10), pageRows)
  return { data: rows.slice(offset, offset + limit), pagination: { offset, limit, total: rows.length } }
}

function rowOf(record: Json): Json {
  const { products: _products, details: _details, subscriptionId: _subscription, ...row } = record
  return row
}

export function customer(changes: Json = {}): Json {
  return { id: '1000275', name: 'Contoso', status: 'active', language: 'en', ...changes }
}

export function product(changes: Json = {}): Json {
  return {
    mpn: 'BP-1',
    id: 'PRD326576',
    name: 'Microsoft 365 Business Premium',
    quantity: 20,
    unitPrice: { currency: 'USD', amount: '22.00' },
    unitCost: { currency: 'USD', amount: '17.35' },
    vendorSubscriptionId: '10294983919204',
    ...changes,
  }
}

/** Created 2019-10-25 for a year, so that it expires on 2020-10-25: the first day after the term. */
export function subscription(changes: Json = {}): Json {
  return {
    id: '1000177',
    name: 'Microsoft 365 Business Premium (yearly)',
    customerId: '1000275',
    status: 'active',
    renewalStatus: true,
    creationDate: '2019-10-25',
    renewalDate: '2020-10-23',
    lastModifiedDate: '2019-10-26',
    expirationDate: '2020-10-25',
    billingModel: 'chargeBeforeBillingPeriod',
    billingPeriod: { type: 'month', duration: 1 },
    subscriptionPeriod: { type: 'year', duration: 1 },
    attributes: {},
    products: [product()],
    ...changes,
  }
}

export function order(changes: Json = {}): Json {
  return {
    id: '1000027',
    orderNumber: 'CH000012',
    type: 'change',
    customerId: '1000275',
    subscriptionId: '1000177',
    poNumber: 'PO1234',
    status: 'completed',
    statusCode: 'CP',
    creationDate: '2019-11-01T02:11:09Z',
    provisioningDate: '2019-11-01T02:12:40Z',
    products: [{ mpn: 'BP-1', name: 'Microsoft 365 Business Premium', quantity: 5 }],
    details: [
      { type: 'recurring', mpn: 'BP-1', quantity: 5, unitPrice: { currency: 'USD', amount: '22.00' } },
    ],
    ...changes,
  }
}

/** A reader of that marketplace that waits for nothing; `waits` says how long it would have. */
export function reader(
  server: { readonly url: string },
  options: Partial<IngramOptions> = {},
): { marketplace: Marketplace; waits: number[]; logged: string[] } {
  const waits: number[] = []
  const logged: string[] = []
  const marketplace = createIngramMarketplace({
    baseUrl: server.url,
    subscriptionKey: KEY,
    auth: { kind: 'basic-token', username: 'me.API', password: PASSWORD, marketplace: 'us' },
    sleep: async (milliseconds) => {
      waits.push(milliseconds)
    },
    random: () => 0,
    log: {
      info: () => undefined,
      warn: (fields, message) => logged.push(JSON.stringify(fields) + message),
      error: () => undefined,
    },
    ...options,
  })
  return { marketplace, waits, logged }
}

export const SINCE = new Date('2019-10-01T00:00:00Z')

export function readRequest(changes: Partial<ReadRequest> = {}): ReadRequest {
  return { ordersSince: SINCE, settledOrders: new Map(), ...changes }
}

export { refusalOf } from '../http/scripted-client.js'

/** `count` records, newest first, with ids that fall. */
export function many(
  count: number,
  make: (changes: { id: string }) => Readonly<Record<string, unknown>>,
  from = 2_000_000,
) {
  return Array.from({ length: count }, (_, index) => make({ id: String(from + count - index) }))
}

/** Offsets a list was asked for, in order. */
export const offsets = (server: FakeMarketplace, path: string): (string | null)[] =>
  server.received.filter(({ url }) => url.pathname === path).map(({ url }) => url.searchParams.get('offset'))
