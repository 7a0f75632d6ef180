import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createIngramMarketplace, type IngramOptions } from '../../../adapters/ingram/client.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import { startRecordedEmulator } from '../../contract/emulator.js'
import type { Marketplace } from '../../../core/ports.js'
import type { Snapshot } from '../../../core/marketplace/types.js'
import type { MarketplaceEvent } from '../../emulators/ingram/events.js'
import type { IngramEmulator, IngramEmulatorOptions } from '../../emulators/ingram/server.js'
import { readRequest, refusalOf } from './fake-marketplace.js'
import { smallWorld } from './small-world.js'

const NOW = new Date('2026-03-20T13:00:00Z')
const SINCE = new Date('2026-01-15T00:00:00Z')
const open: IngramEmulator[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close()))
})

async function start(options: Partial<IngramEmulatorOptions> = {}): Promise<IngramEmulator> {
  const emulator = await startRecordedEmulator({ seed: 7, now: () => NOW, world: SMALL, ...options })
  open.push(emulator)
  return emulator
}

/** Eight customers of the seed's world: enough for every quirk and fault, and quick. */
const SMALL = smallWorld(7, 8)

/** A reader whose waits are twenty times shorter than in life, and longer than a window of the faults below. */
function marketplaceAt({ url, credentials }: IngramEmulator, options: Partial<IngramOptions> = {}) {
  const { username, password, subscriptionKey, marketplace } = credentials
  return createIngramMarketplace({
    baseUrl: url,
    subscriptionKey,
    auth: { kind: 'basic-token', username, password, marketplace },
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / 20)),
    ...options,
  })
}

const request = readRequest({ ordersSince: SINCE })

/** What a reader makes of the small marketplace when nothing disturbs it. */
let calm: Awaited<ReturnType<Marketplace['read']>>

beforeAll(async () => {
  const emulator = await startRecordedEmulator({ seed: 7, now: () => NOW, world: SMALL })
  calm = await marketplaceAt(emulator).read(request)
  await emulator.close()
})

describe('the emulated marketplace, seed 7', () => {
  it('is read whole, twice the same: every live line with its true seats, every order since', async () => {
    const emulator = await startRecordedEmulator({ seed: 7, now: () => NOW })
    open.push(emulator)
    const marketplace = marketplaceAt(emulator)
    const { requests, ...read } = await marketplace.read(request)
    expect(read.customers).toHaveLength(40)
    expect(requests).toBe(emulator.requestCount())
    // Compared with the emulator's own books, not with what it answered.
    const live = read.subscriptions.filter(({ status }) => ['active', 'hold', 'pending'].includes(status))
    const seats = new Map(live.map(({ key, quantity }) => [key, formatDecimal(quantity)]))
    expect(seats.size).toBeGreaterThan(300)
    expect(seats).toEqual(liveSeats(emulator))
    expect(new Set(read.orders.map(({ id }) => id))).toEqual(ordersSince(emulator))

    const completed = read.orders.filter(({ status }) => status === 'completed')
    const { requests: again, ...reread } = await marketplace.read({
      ...request,
      settledOrders: new Map(completed.map((order) => [order.id, order])),
    })
    expect(reread).toEqual(read)
    // The token is still good, and no recorded order is asked for again.
    const detailed = completed.filter(({ type }) => type !== 'renewal')
    expect(again).toBe(requests - 1 - detailed.length)
    expect(detailed.length).toBeLessThan(completed.length)
  })

  it('is read the same with every quirk turned round', async () => {
    const worlds: Partial<IngramEmulatorOptions>[] = [
      { quirks: { honourCreationTimes: false, stringQuantities: true, maximumLimit: 7 } },
      { quirks: { leanSubscriptionList: false, leanOrderList: false } },
      { quirks: { stringAmounts: false, newestFirst: false } },
    ]
    for (const world of worlds) {
      expect(byId(await marketplaceAt(await start(world)).read(request))).toEqual(byId(calm))
    }
  })

  it('is read through the sign-in of a panel run by CloudBlue', async () => {
    const emulator = await start()
    const auth = { kind: 'keycloak-password', ...emulator.credentials.keycloak } as const
    const read = await marketplaceAt(emulator, { auth }).read(request)
    expect(byId(read)).toEqual(byId(calm))
  })
})

describe('a disturbed marketplace', () => {
  it('is read the same through hiccups, cut answers, dead tokens and a closed window', async () => {
    const emulator = await start({
      faults: [
        { kind: 'rateLimit', requests: 15, windowMilliseconds: 40, retryAfter: 'sometimes' },
        // Not left to chance: how many requests a closed window costs depends on the machine.
        { kind: 'status', status: 503, path: '/', skip: 5, times: 2 },
        { kind: 'status', status: 500, probability: 0.02 },
        // Three broken answers to one request would be one too many, so there are two in all.
        { kind: 'html', path: '/', probability: 0.01, times: 1 },
        { kind: 'truncated', path: '/', probability: 0.01, times: 1 },
        { kind: 'dropped', path: '/', skip: 15, times: 2 },
        { kind: 'expiredToken', path: '/subscriptions/', skip: 40, times: 2 },
      ],
    })
    const reasons: unknown[] = []
    const warn = (fields: Json): unknown => reasons.push(fields['reason'])
    const log = { info: () => undefined, warn, error: () => undefined }
    const read = await marketplaceAt(emulator, { log }).read(request)
    expect(byId(read)).toEqual(byId(calm))
    expect(read.requests).toBeGreaterThanOrEqual(calm.requests + reasons.length)
    for (const reason of ['429', '503', 'could not be reached']) expect(reasons.join()).toContain(reason)
  })

  it('that misses a page, or repeats one, in one poll is read again and complete', async () => {
    for (const kind of ['missingPage', 'duplicatePage'] as const) {
      const emulator = await start({
        quirks: { maximumLimit: 20 },
        faults: [{ kind, list: '/subscriptions', page: 1, poll: 1 }],
      })
      expect(byId(await marketplaceAt(emulator).read(request))).toEqual(byId(calm))
    }
  })

  it.each([
    [
      'a page that is missing for good',
      { kind: 'missingPage', list: '/subscriptions', page: 1 },
      'list of subscriptions',
    ],
    [
      'a page that repeats for good',
      { kind: 'duplicatePage', list: '/subscriptions', page: 1 },
      'list of subscriptions',
    ],
    ['pages in a loop', { kind: 'loopingPages', list: '/orders' }, 'list of orders'],
  ] as const)('with %s is refused', async (_name, fault, words) => {
    const emulator = await start({ quirks: { maximumLimit: 20 }, faults: [fault] })
    const refusal = await refusalOf(marketplaceAt(emulator).read(request))
    expect(refusal.message).toContain(`The marketplace's ${words} does not add up`)
    expect(refusal.message).toContain('nothing was stored')
  })

  it.each([
    ['negative seats', (body: Json) => withProduct(body, { quantity: -1 }), 'products[0].quantity = -1'],
    [
      '10^12 seats',
      (body: Json) => withProduct(body, { quantity: 1e12 }),
      'products[0].quantity = 1000000000000',
    ],
    [
      'a price in words',
      (body: Json) => withProduct(body, { unitPrice: { currency: 'USD', amount: 'abc' } }),
      'products[0].unitPrice.amount = "abc"',
    ],
    [
      'an unknown currency',
      (body: Json) => withProduct(body, { unitPrice: { currency: 'ZZZ', amount: '1' } }),
      'products[0].unitPrice.currency = "ZZZ"',
    ],
    [
      '30 February',
      (body: Json) => ({ ...body, expirationDate: '2026-02-30' }),
      'expirationDate = "2026-02-30"',
    ],
  ])('that sends %s for one subscription is refused with its name', async (_name, change, words) => {
    const emulator = await start({
      faults: [
        {
          kind: 'rewrite',
          path: '/subscriptions/',
          skip: 25,
          times: 1,
          change: (body) => change(body as Json),
        },
      ],
    })
    const refusal = await refusalOf(marketplaceAt(emulator).read(request))
    expect(refusal.message).toMatch(/subscription \d+ has /)
    expect(refusal.message).toContain(words)
    expect(refusal.message).toMatch(/correlation id 00000007-0000/)
  })

  it('in which a subscription vanishes between list and details refuses the read', async () => {
    const [first] = calm.subscriptions
    const emulator = await start()
    emulator.setFaults([{ kind: 'status', status: 404, path: `/subscriptions/${first?.subscriptionId}` }])
    const refusal = await refusalOf(marketplaceAt(emulator).read(request))
    expect(refusal.message).toContain('answered 404 Not Found')
  })
})

describe('a marketplace that changes while it is read', () => {
  it('is complete, newcomer included', async () => {
    let grown = false
    let asked = 0
    const emulator: IngramEmulator = await start({
      quirks: { maximumLimit: 20 },
      beforeAnswer: ({ path }) => {
        if (path === '/subscriptions') asked += 1
        if (grown || asked !== 3) return
        grown = true
        emulator.world.createSubscription(newcomer(emulator))
      },
    })
    const read = await marketplaceAt(emulator).read(request)
    const truth = liveSeats(emulator)
    const live = read.subscriptions.filter(({ status }) => ['active', 'hold', 'pending'].includes(status))
    expect(grown).toBe(true)
    expect(new Set(live.map(({ key }) => key))).toEqual(new Set(truth.keys()))
  })
})

type Json = Readonly<Record<string, unknown>>

const INSTANT = `${NOW.toISOString().slice(0, 19)}Z`

function visible(emulator: IngramEmulator): MarketplaceEvent[] {
  return emulator.eventLog().filter(({ at, visibleFrom }) => at <= INSTANT && visibleFrom <= INSTANT)
}

/** Seats of each line that has not ended, folded here from what truly happened. */
function liveSeats(emulator: IngramEmulator): Map<string, string> {
  const seats = new Map<string, string>()
  for (const event of visible(emulator)) {
    if (event.type === 'subscriptionCreated') {
      for (const line of event.lines) seats.set(`${event.subscriptionId}/${line.mpn}`, String(line.seats))
    } else if (event.type === 'seatsChanged') {
      seats.set(`${event.subscriptionId}/${event.mpn}`, String(event.after))
    } else if (event.type === 'subscriptionEnded') {
      for (const key of seats.keys()) if (key.startsWith(`${event.subscriptionId}/`)) seats.delete(key)
    }
  }
  return seats
}

function ordersSince(emulator: IngramEmulator): Set<string> {
  const since = `${SINCE.toISOString().slice(0, 19)}Z`
  const placed = visible(emulator).filter((event) => event.type === 'orderPlaced' && event.createdAt >= since)
  return new Set(placed.flatMap((event) => (event.type === 'orderPlaced' ? [event.orderId] : [])))
}

/** The same content in one order, and without the count of requests. */
function byId({ customers, subscriptions, orders }: Omit<Snapshot, 'observedAt'>) {
  const byKey = <T>(key: (item: T) => string, items: readonly T[]): T[] =>
    items.toSorted((left, right) => (key(left) < key(right) ? -1 : 1))
  return {
    customers: byKey(({ id }) => id, customers),
    subscriptions: byKey(({ key }) => key, subscriptions),
    // A fuller list also says the subscription of orders that changed nothing.
    orders: byKey(({ id }) => id, orders).map((order) =>
      order.status === 'completed' || order.status === 'processing'
        ? order
        : { ...order, subscriptionId: '' },
    ),
  }
}

function newcomer(emulator: IngramEmulator) {
  const [customer] = emulator.eventLog().filter((event) => event.type === 'customerCreated')
  if (customer?.type !== 'customerCreated') throw new Error('the world has no customer')
  return {
    customerId: customer.customerId,
    mpn: 'NEW-1',
    productName: 'A product bought a second ago',
    seats: 3,
    unitPrice: '9.00',
  }
}

function withProduct(body: Json, changes: Json): Json {
  const [first, ...others] = body['products'] as Json[]
  return { ...body, products: [{ ...first, ...changes }, ...others] }
}
