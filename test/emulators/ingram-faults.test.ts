import { afterEach, describe, expect, it } from 'vitest'
import type { Fault } from './ingram/faults.js'
import { type IngramEmulator, startIngramEmulator } from './ingram/server.js'
import { type ApiClient, connect, dataOf, field } from './shared/api-client.js'

const CLOCK = '2026-03-20T13:00:00Z'

let running: IngramEmulator[] = []
let now = new Date(CLOCK)

afterEach(async () => {
  await Promise.all(running.map((emulator) => emulator.close()))
  running = []
  now = new Date(CLOCK)
})

/** Signs in before the faults begin. */
async function start(
  faults: readonly Fault[],
  seed = 7,
): Promise<{ emulator: IngramEmulator; client: ApiClient }> {
  const emulator = await startIngramEmulator({ seed, now: () => now })
  running.push(emulator)
  const client = await connect(emulator)
  emulator.setFaults(faults)
  return { emulator, client }
}

async function statusesOf(client: ApiClient, path: string, times: number): Promise<number[]> {
  const statuses: number[] = []
  for (let count = 0; count < times; count += 1) statuses.push((await client.get(path)).status)
  return statuses
}

async function idsOf(client: ApiClient, path: string): Promise<unknown[]> {
  return dataOf(await client.get(path)).map((row) => row['id'])
}

describe('the rate limit', () => {
  const limit = { kind: 'rateLimit', requests: 3, windowMilliseconds: 60_000, clock: 'emulator' } as const

  it('refuses what is over the budget of a window, and opens with the next', async () => {
    const { client } = await start([limit])
    expect(await statusesOf(client, '/customers', 5)).toEqual([200, 200, 200, 429, 429])
    const refused = await client.get('/customers')
    expect(refused.headers.get('retry-after')).toBe('60')
    expect(refused.json).toEqual({
      statusCode: 429,
      message: 'Rate limit is exceeded. Try again in 60 seconds.',
    })
    now = new Date('2026-03-20T13:00:45Z')
    expect((await client.get('/customers')).headers.get('retry-after')).toBe('15')
    now = new Date('2026-03-20T13:01:00Z')
    expect(await statusesOf(client, '/customers', 1)).toEqual([200])
  })

  it('counts tokens too', async () => {
    const { client } = await start([limit])
    await statusesOf(client, '/customers', 3)
    expect((await client.signIn()).status).toBe(429)
  })

  it('can keep silent about when to come back, or talk nonsense', async () => {
    const { emulator, client } = await start([{ ...limit, requests: 0, retryAfter: 'never' }])
    expect((await client.get('/customers')).headers.has('retry-after')).toBe(false)
    for (const text of ['-1', '1000000000', 'soon', 'Fri, 20 Mar 2026 13:01:00 GMT']) {
      emulator.setFaults([{ ...limit, requests: 0, retryAfter: { text } }])
      expect((await client.get('/customers')).headers.get('retry-after')).toBe(text)
    }
    emulator.setFaults([{ ...limit, requests: 0, retryAfter: 'sometimes' }])
    const told: boolean[] = []
    for (let count = 0; count < 30; count += 1) {
      told.push((await client.get('/customers')).headers.has('retry-after'))
    }
    expect(new Set(told)).toEqual(new Set([true, false]))
  })

  it('counts windows on the wall clock unless told otherwise', async () => {
    const { client } = await start([{ kind: 'rateLimit', requests: 2, windowMilliseconds: 20 }])
    const before = await statusesOf(client, '/reports', 3)
    await new Promise((resolve) => setTimeout(resolve, 25))
    expect(before[0]).toBe(200)
    expect((await client.get('/reports')).status).toBe(200)
  })

  it('is not there without the fault', async () => {
    const { client } = await start([])
    expect(new Set(await statusesOf(client, '/reports', 100))).toEqual(new Set([200]))
  })
})

describe('disturbed answers', () => {
  it('refuses with any status, for as many requests as asked, after as many as asked', async () => {
    const { client } = await start([
      { kind: 'status', status: 503, retryAfter: '7', path: '/orders', skip: 1, times: 2 },
    ])
    expect(await statusesOf(client, '/orders', 4)).toEqual([200, 503, 503, 200])
    expect(await statusesOf(client, '/customers', 2)).toEqual([200, 200])
    const { client: other } = await start([{ kind: 'status', status: 503, retryAfter: '7' }])
    const refused = await other.get('/orders')
    expect(refused.headers.get('retry-after')).toBe('7')
    expect(refused.json).toMatchObject({ status: 503, path: '/marketplace/us/orders' })
  })

  it('draws by chance, the same for the same seed', async () => {
    const faults: readonly Fault[] = [{ kind: 'status', status: 500, probability: 0.5 }]
    const draw = async (seed: number) => await statusesOf((await start(faults, seed)).client, '/reports', 40)
    const first = await draw(7)
    expect(await draw(7)).toEqual(first)
    expect(await draw(8)).not.toEqual(first)
    expect(new Set(first)).toEqual(new Set([200, 500]))
  })

  it('answers HTML with 200', async () => {
    const { emulator, client } = await start([{ kind: 'html' }])
    const answer = await client.get('/customers')
    expect([answer.status, answer.headers.get('content-type'), answer.json]).toEqual([
      200,
      'text/html',
      undefined,
    ])
    expect(answer.text).toContain('<html>')
    emulator.setFaults([])
    expect((await client.get('/customers')).headers.get('content-type')).toBe('application/json')
  })

  it('cuts JSON in the middle', async () => {
    const { emulator, client } = await start([{ kind: 'truncated' }])
    const answer = await client.get('/customers')
    expect([answer.status, answer.json]).toEqual([200, undefined])
    emulator.setFaults([])
    const whole = await client.get('/customers')
    expect(whole.text.startsWith(answer.text)).toBe(true)
    expect(whole.json).toBeDefined()
  })

  it('drops connections', async () => {
    const { client } = await start([{ kind: 'dropped', times: 1 }])
    await expect(client.get('/customers')).rejects.toThrow('fetch failed')
    expect((await client.get('/customers')).status).toBe(200)
  })

  it('answers late', async () => {
    const { client } = await start([{ kind: 'slow', milliseconds: 10_000, path: '/orders' }])
    const slow = client.get('/orders').then(
      () => 'answered',
      () => 'closed',
    )
    expect((await client.get('/customers')).status).toBe(200)
    const first = await Promise.race([slow, client.get('/reports').then(() => 'overtaken')])
    expect(first).toBe('overtaken')
  })

  it('lets a token die before its time', async () => {
    const { client } = await start([{ kind: 'expiredToken', skip: 1, times: 1 }])
    expect(await statusesOf(client, '/customers', 3)).toEqual([200, 401, 401])
    client.token = String(field((await client.signIn()).json, 'token'))
    expect((await client.get('/customers')).status).toBe(200)
  })

  it('rewrites any field', async () => {
    const change = (body: unknown): unknown => ({ ...(body as object), pagination: 'none' })
    const { client } = await start([{ kind: 'rewrite', path: '/customers', change }])
    expect(field((await client.get('/customers')).json, 'pagination')).toBe('none')
    expect(field((await client.get('/orders')).json, 'pagination')).not.toBe('none')
  })
})

describe('lists that lie', () => {
  it('loses a page in one poll only', async () => {
    const fault: Fault = { kind: 'missingPage', list: '/customers', page: 1, poll: 2 }
    const { client } = await start([fault])
    const poll = async () => [
      await idsOf(client, '/customers?limit=15'),
      await idsOf(client, '/customers?offset=15&limit=15'),
    ]
    const healthy = await poll()
    expect(healthy.map((page) => page.length)).toEqual([15, 15])
    expect(await poll()).toEqual([healthy[0], []])
    expect(field((await client.get('/customers?offset=15&limit=15')).json, 'pagination', 'total')).toBe(40)
    expect(await poll()).toEqual(healthy)
  })

  it('repeats a page', async () => {
    const { emulator, client } = await start([{ kind: 'duplicatePage', list: '/subscriptions', page: 1 }])
    const first = await idsOf(client, '/subscriptions?limit=100')
    expect(await idsOf(client, '/subscriptions?offset=100&limit=100')).toEqual(first)
    emulator.setFaults([])
    expect(await idsOf(client, '/subscriptions?offset=100&limit=100')).not.toEqual(first)
  })

  it('goes round in circles', async () => {
    const { client } = await start([{ kind: 'loopingPages', list: '/orders' }])
    const first = await client.get('/orders?limit=500')
    const far = await client.get('/orders?offset=5000&limit=500')
    expect(dataOf(far)).toEqual(dataOf(first))
    expect(Number(field(far.json, 'pagination', 'total'))).toBeGreaterThan(5000)
  })

  it('hides a subscription for one poll', async () => {
    const { emulator, client } = await start([])
    const [subscriptionId = ''] = [...emulator.world.projection().subscriptions.keys()].slice(-1)
    emulator.setFaults([{ kind: 'vanished', subscriptionId, poll: 2 }])
    const poll = async () => {
      const answer = await client.get('/subscriptions?limit=500')
      const detail = await client.get(`/subscriptions/${subscriptionId}`)
      return [dataOf(answer).some((row) => row['id'] === subscriptionId), detail.status]
    }
    const polls = [await poll(), await poll(), await poll()]
    expect(polls).toEqual([
      [true, 200],
      [false, 404],
      [true, 200],
    ])
  })

  it('answers as it was', async () => {
    const { emulator, client } = await start([{ kind: 'stale', secondsBehind: 10 * 86_400 }])
    const [state] = emulator.world.subscriptionsOf(emulator.world.customerNamed('Contoso').customerId)
    const seats = async () =>
      field((await client.get(`/subscriptions/${state?.subscriptionId}`)).json, 'products', 0, 'quantity')
    expect(await seats()).toBe(20)
    emulator.setFaults([])
    expect(await seats()).toBe(25)
  })

  it('claims that nobody has any seats', async () => {
    const { emulator, client } = await start([{ kind: 'massZero', path: '/subscriptions' }])
    const states = [...emulator.world.projection().subscriptions.values()].slice(0, 5)
    const seats = async () =>
      await Promise.all(
        states.map(async ({ subscriptionId }) =>
          field((await client.get(`/subscriptions/${subscriptionId}`)).json, 'products', 0, 'quantity'),
        ),
      )
    expect(await seats()).toEqual([0, 0, 0, 0, 0])
    emulator.setFaults([])
    expect(await seats()).toEqual(states.map(({ lines }) => lines[0]?.seats))
  })
})
