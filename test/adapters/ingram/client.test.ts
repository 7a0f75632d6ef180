import { afterEach, describe, expect, it } from 'vitest'
import type { ObservedOrder } from '../../../core/marketplace/types.js'
import type { Progress } from '../../../core/ports.js'
import { type ScriptedServer, sendJson } from '../http/scripted-server.js'
import {
  customer,
  type FakeMarketplace,
  fakeMarketplace,
  type Holdings,
  type Interference,
  many,
  offsets,
  order,
  product,
  readRequest,
  reader,
  refusalOf,
  SINCE,
  subscription,
} from './fake-marketplace.js'

const open: ScriptedServer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function start(
  holdings?: Holdings,
  interfere?: Interference,
  pageRows?: number,
): Promise<FakeMarketplace> {
  const server = await fakeMarketplace(holdings, interfere, pageRows)
  open.push(server)
  return server
}

describe('a whole read', () => {
  it('says why it waits, also while it signs in, and which try comes then', async () => {
    const refused = new Set(['/token', '/customers'])
    const server = await start({}, ({ url }, response) => {
      if (!refused.delete(url.pathname)) return false
      sendJson(response, {}, 429, { 'Retry-After': '30' })
      return true
    })
    const progress: Progress[] = []
    await reader(server).marketplace.read(readRequest({ onProgress: (step) => progress.push(step) }))
    const why = 'The marketplace answered 429 Too Many Requests'
    const waiting = { step: 'waiting', why, waitMilliseconds: 30_000, attempt: 2, attempts: 6 }
    expect(progress.filter(({ step }) => step === 'waiting')).toEqual([waiting, waiting])
  })

  it('brings customers, licence lines and orders, counts its requests and says how far it is', async () => {
    const server = await start({
      customers: [customer({ id: '2', name: 'Fabrikam' }), customer()],
      subscriptions: [
        subscription({ id: '9', customerId: '2', products: [product(), product({ mpn: 'X' })] }),
        subscription(),
      ],
      orders: [order()],
    })
    const progress: Progress[] = []
    const read = await reader(server).marketplace.read(
      readRequest({ onProgress: (step) => progress.push(step) }),
    )
    expect(read.customers).toEqual([
      { id: '2', name: 'Fabrikam' },
      { id: '1000275', name: 'Contoso' },
    ])
    expect(read.subscriptions.map(({ key }) => key)).toEqual(['9/BP-1', '9/X', '1000177/BP-1'])
    expect(read.orders.map(({ number }) => number)).toEqual(['CH000012'])
    expect(read.requests).toBe(server.received.length)
    // One token, three lists, two subscriptions, one order.
    expect(read.requests).toBe(7)
    expect(progress).toEqual([
      { step: 'customers', done: 2, total: 2 },
      { step: 'subscriptions', done: 0, total: 2 },
      { step: 'subscriptions', done: 1, total: 2 },
      { step: 'subscriptions', done: 2, total: 2 },
      { step: 'orders', done: 0, total: 1 },
      { step: 'orders', done: 1, total: 1 },
    ])
  })

  it('only ever reads', async () => {
    const server = await start({ subscriptions: [subscription()], orders: [order()] })
    await reader(server).marketplace.read(readRequest())
    expect(server.received.filter(({ method }) => method !== 'GET').map(({ url }) => url.pathname)).toEqual([
      '/token',
    ])
  })

  it('of an empty marketplace is empty', async () => {
    const server = await start({ customers: [] })
    const { customers, subscriptions, orders } = await reader(server).marketplace.read(readRequest())
    expect([customers, subscriptions, orders]).toEqual([[], [], []])
  })

  it('asks by name for a customer the list does not have, and refuses one nobody knows', async () => {
    const server = await start(
      { subscriptions: [subscription({ customerId: '55' })] },
      (received, response) => {
        if (received.url.pathname !== '/customers/55') return false
        sendJson(response, customer({ id: '55', name: 'Late Ltd' }))
        return true
      },
    )
    const { customers } = await reader(server).marketplace.read(readRequest())
    expect(customers.map(({ name }) => name)).toEqual(['Contoso', 'Late Ltd'])

    const orphaned = await start({ subscriptions: [subscription({ customerId: '56' })] })
    const refusal = await refusalOf(reader(orphaned).marketplace.read(readRequest()))
    expect(refusal.message).toContain(
      'subscription 1000177 belongs to customer 56, whom the marketplace does not know',
    )
  })
})

describe('subscriptions', () => {
  it('of every status are asked for at once: the marketplace takes one status or none', async () => {
    const server = await start({ subscriptions: [subscription()] })
    await reader(server).marketplace.read(readRequest())
    expect([...(server.to('/subscriptions')[0]?.url.searchParams.keys() ?? [])].sort()).toEqual([
      'limit',
      'offset',
    ])
  })

  it('that were over a week before the time asked for cost no request; all others do', async () => {
    const ended = { status: 'removed', lastModifiedDate: '2019-09-01' }
    const cases: [string, boolean, Readonly<Record<string, unknown>>][] = [
      ['1', true, { status: 'active', expirationDate: '2018-01-01', lastModifiedDate: '2018-01-01' }],
      ['2', true, { status: 'hold', expirationDate: '2018-01-01', lastModifiedDate: '2018-01-01' }],
      ['3', true, { status: 'pending', expirationDate: '2018-01-01', lastModifiedDate: '2018-01-01' }],
      ['4', true, { status: 'frozen', expirationDate: '2018-01-01', lastModifiedDate: '2018-01-01' }],
      ['5', false, { ...ended, expirationDate: '2019-09-23' }],
      ['6', true, { ...ended, expirationDate: '2019-09-24' }],
      ['7', false, { status: 'terminated', expirationDate: '2019-09-23', lastModifiedDate: undefined }],
      ['8', true, { ...ended, expirationDate: undefined }],
      ['9', true, { ...ended, expirationDate: '2030-01-01' }],
      ['10', true, { status: 'terminated', expirationDate: '2018-01-01', lastModifiedDate: '2019-10-02' }],
    ]
    const server = await start({
      subscriptions: cases.map(([id, , changes]) => subscription({ ...changes, id })),
    })
    const { subscriptions } = await reader(server).marketplace.read(readRequest())
    const wanted = cases.filter(([, matters]) => matters).map(([id]) => id)
    expect(subscriptions.map(({ subscriptionId }) => subscriptionId)).toEqual(wanted)
    expect(server.to('/subscriptions')).toHaveLength(1 + wanted.length)
  })

  it('that ended without products are told, though they have no lines', async () => {
    const removed = subscription({ id: '7', status: 'removed', expirationDate: '2026-03-11', products: [] })
    const server = await start({ subscriptions: [subscription(), removed] })
    const { subscriptions, ended } = await reader(server).marketplace.read(readRequest())
    expect(subscriptions.map(({ subscriptionId }) => subscriptionId)).toEqual(['1000177'])
    expect(ended?.map(({ subscriptionId, status }) => [subscriptionId, status])).toEqual([['7', 'removed']])
  })

  it('removed long ago are listed by the thousand without a call each', async () => {
    const removed = many(1056, ({ id }) =>
      subscription({ id, status: 'removed', expirationDate: '2018-05-01', lastModifiedDate: '2018-05-01' }),
    )
    const server = await start({ subscriptions: [subscription(), ...removed] })
    const { subscriptions, requests } = await reader(server).marketplace.read(readRequest())
    expect(subscriptions).toHaveLength(1)
    // Token, customers, three pages and the first again, one detail, orders.
    expect(requests).toBe(8)
  })

  it('one of which cannot be used refuse the whole read and end the others', async () => {
    const server = await start(
      {
        subscriptions: many(100, ({ id }) =>
          subscription({ id, ...(id === '2000095' ? { creationDate: '2026-02-30' } : {}) }),
        ),
      },
      (received) =>
        received.url.pathname.startsWith('/subscriptions/') && !received.url.pathname.endsWith('/2000095'),
    )
    const refusal = await refusalOf(reader(server).marketplace.read(readRequest()))
    expect(refusal.message).toMatch(/GET 127\.0\.0\.1:\d+\/subscriptions\/2000095, correlation id c-77: /)
    expect(refusal.message).toContain(
      'subscription 2000095 has creationDate = "2026-02-30" instead of a date that exists',
    )
    // A page of the list and the requests that were in flight; those behind were never sent.
    expect(server.to('/subscriptions').length).toBeLessThanOrEqual(1 + 20)
    expect(server.to('/orders')).toHaveLength(0)
  })

  it('one of which is gone refuse the whole read', async () => {
    const server = await start({ subscriptions: [subscription()] }, (received, response) => {
      if (received.url.pathname !== '/subscriptions/1000177') return false
      sendJson(response, { status: 404, error: 'no such subscription' }, 404)
      return true
    })
    const refusal = await refusalOf(reader(server).marketplace.read(readRequest()))
    expect(refusal.message).toContain(
      'answered 404 Not Found: "no such subscription". The marketplace was not read completely',
    )
  })
})

describe('orders', () => {
  const orders = (count: number): Readonly<Record<string, unknown>>[] =>
    many(count, ({ id }) =>
      order({
        id,
        creationDate: new Date(
          Date.UTC(2019, 11, 1) - (2_000_000 + count - Number(id)) * 86_400_000,
        ).toISOString(),
      }),
    )

  it('are asked for from the given instant on', async () => {
    const server = await start({ orders: [order()] })
    await reader(server).marketplace.read(readRequest())
    expect(server.to('/orders')[0]?.url.searchParams.get('creationTimeFrom')).toBe('2019-10-01T00:00:00Z')
  })

  it('are walked from the newest and only so far, when the marketplace ignores that', async () => {
    const server = await start({ orders: orders(1000) }, undefined, 50)
    const { orders: read } = await reader(server).marketplace.read(readRequest())
    // 1 December back to 1 October 2019: 62 days.
    expect(read).toHaveLength(62)
    expect(read.every(({ createdAt }) => createdAt >= SINCE)).toBe(true)
    expect(offsets(server, '/orders')).toEqual(['0', '50', '0'])
  })

  it('are walked to the end when they are not newest first', async () => {
    const server = await start({ orders: orders(120).reverse() }, undefined, 50)
    expect((await reader(server).marketplace.read(readRequest())).orders).toHaveLength(62)
    expect(offsets(server, '/orders')).toEqual(['0', '50', '100', '0'])
  })

  it('that arrive during an early ending walk are read too', async () => {
    let asked = 0
    const server = await start(
      { orders: orders(200) },
      (received) => {
        if (received.url.pathname !== '/orders') return false
        asked += 1
        if (asked === 2)
          server.holdings.orders.unshift(order({ id: '3000000', creationDate: '2019-12-02T00:00:00Z' }))
        return false
      },
      50,
    )
    const { orders: read } = await reader(server).marketplace.read(readRequest())
    expect(read).toHaveLength(63)
    expect(read.some(({ id }) => id === '3000000')).toBe(true)
  })

  it('that become visible among older ones during an early ending walk are read too', async () => {
    let asked = 0
    const late = order({ id: '3000000', creationDate: '2019-10-02T12:00:00Z' })
    const server = await start(
      { orders: orders(200) },
      (received) => {
        if (received.url.pathname !== '/orders') return false
        asked += 1
        // Before the first page is read again, which does not show it.
        if (asked === 3) server.holdings.orders.splice(60, 0, late)
        return false
      },
      50,
    )
    const { orders: read } = await reader(server).marketplace.read(readRequest())
    expect(read.some(({ id }) => id === '3000000')).toBe(true)
    expect(offsets(server, '/orders')).toEqual(['0', '50', '0', '0', '50', '0'])
  })

  it('cost a request only where they changed seats or will, and are not recorded already', async () => {
    const statuses = ['submitted', 'processing', 'error', 'completed', 'cancelled', 'paused']
    const server = await start({
      orders: statuses.map((status, index) => order({ id: String(90 - index), status })),
    })
    const settled: ObservedOrder = {
      id: '87',
      number: 'CH87',
      type: 'change',
      status: 'completed',
      customerId: '1000275',
      subscriptionId: '1000177',
      createdAt: new Date('2019-11-01T02:11:09Z'),
      provisionedAt: new Date('2019-11-01T02:12:40Z'),
      scheduledAtRenewal: false,
      products: [],
      setups: [],
      poNumber: undefined,
    }
    const first = await reader(server).marketplace.read(readRequest())
    expect(first.orders.map(({ status, products }) => [status, products?.length])).toEqual([
      ['submitted', undefined],
      ['processing', 1],
      ['error', undefined],
      ['completed', 1],
      ['cancelled', undefined],
      ['unknown', undefined],
    ])
    expect(server.to('/orders')).toHaveLength(3)
    const again = await reader(server).marketplace.read(
      readRequest({ settledOrders: new Map([['87', settled]]) }),
    )
    expect(again.orders[3]).toBe(settled)
    expect(server.to('/orders')).toHaveLength(5)
  })

  it('recorded as completed are read again when the marketplace says something else now', async () => {
    const server = await start({ orders: [order({ status: 'cancelled' })] })
    const settledOrders = new Map([['1000027', { status: 'completed' } as ObservedOrder]])
    const { orders: read } = await reader(server).marketplace.read(readRequest({ settledOrders }))
    expect(read.map(({ status }) => status)).toEqual(['cancelled'])
  })
})

describe('a marketplace with a window of requests', () => {
  it('is read completely: 12 answers, then 429 until somebody has waited', async () => {
    let budget = 12
    const server = await start({ subscriptions: many(60, subscription) }, (_received, response) => {
      if (budget > 0) {
        budget -= 1
        return false
      }
      sendJson(
        response,
        { statusCode: 429, message: 'Rate limit is exceeded. Try again in 3 seconds.' },
        429,
        { 'Retry-After': '3' },
      )
      return true
    })
    const { marketplace, waits } = reader(server, {
      sleep: async (milliseconds) => {
        waits.push(milliseconds)
        await new Promise((resolve) => setTimeout(resolve, 5))
        budget = 12
      },
    })
    const read = await marketplace.read(readRequest())
    expect(read.subscriptions).toHaveLength(60)
    expect(read.requests).toBe(server.received.length)
    expect(read.requests).toBeGreaterThan(64)
    expect(waits.every((wait) => wait === 3000)).toBe(true)
  })
})
