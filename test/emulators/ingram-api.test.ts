import { afterEach, describe, expect, it } from 'vitest'
import { dataOf, field, toAnswer } from './shared/api-client.js'
import { CLOCK, closeAll, column, start } from './shared/running.js'

afterEach(closeAll)

describe('signing in', () => {
  it('gives a token for user, password, key and marketplace, and for nothing less', async () => {
    const { emulator, client } = await start()
    expect((await client.signIn()).json).toMatchObject({ expiresInSeconds: 1500 })
    expect((await client.signIn({ authorization: 'Basic bm9ib2R5Ondyb25n' })).status).toBe(401)
    expect((await client.signIn({ marketplace: 'zz' })).status).toBe(400)
    const withoutKey = await toAnswer(
      await fetch(`${emulator.url}/token`, { method: 'POST', body: '{"marketplace":"us"}' }),
    )
    expect(withoutKey.status).toBe(401)
    expect(withoutKey.json).toMatchObject({ statusCode: 401 })
  })

  it('lets a token live 1500 seconds of its own clock', async () => {
    let now = new Date(CLOCK)
    const { client } = await start({ now: () => now })
    now = new Date('2026-03-20T13:24:59Z')
    expect((await client.get('/customers')).status).toBe(200)
    now = new Date('2026-03-20T13:25:00Z')
    const expired = await client.get('/customers')
    expect(expired.status).toBe(401)
    expect(field(expired.json, 'correlationId')).toBe(expired.headers.get('x-correlation-id'))
    client.token = String(field((await client.signIn()).json, 'token'))
    expect((await client.get('/customers')).status).toBe(200)
  })

  it('refuses a missing, a foreign and an unkeyed token', async () => {
    const { client } = await start()
    expect((await client.get('/customers', { authorization: '' })).status).toBe(401)
    expect((await client.get('/customers', { authorization: 'Bearer made-up' })).status).toBe(401)
    const withoutKey = await client.get('/customers', { 'x-subscription-key': '' })
    expect(withoutKey.status).toBe(401)
    expect(field(withoutKey.json, 'statusCode')).toBe(401)
  })

  it('knows the password grant of panels run by CloudBlue', async () => {
    const { emulator, client } = await start()
    const { tokenUrl, username, password, clientId, clientSecret } = emulator.credentials.keycloak
    const ask = async (secret: string) =>
      await toAnswer(
        await fetch(tokenUrl, {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'password',
            username,
            password,
            client_id: clientId,
            client_secret: secret,
            scope: 'openid',
          }),
        }),
      )
    const granted = await ask(clientSecret)
    expect(granted.json).toMatchObject({ expires_in: 1500, token_type: 'Bearer' })
    client.token = String(field(granted.json, 'access_token'))
    expect((await client.get('/orders')).status).toBe(200)
    expect((await ask('wrong')).status).toBe(401)
  })
})

describe('every answer', () => {
  it('has a correlation id of its own, refusals included', async () => {
    const { client } = await start()
    const answers = [
      await client.get('/customers'),
      await client.get('/orders/0'),
      await client.get('/nothing'),
    ]
    const ids = answers.map((answer) => answer.headers.get('x-correlation-id'))
    expect(new Set(ids).size).toBe(3)
    expect(ids).not.toContain(null)
    expect(answers.map((answer) => answer.status)).toEqual([200, 404, 404])
    expect(answers[1]?.json).toMatchObject({
      status: 404,
      path: '/marketplace/us/orders/0',
      correlationId: ids[1],
    })
  })

  it('has no date of the real clock, which would make it differ', async () => {
    const { client } = await start()
    expect((await client.get('/customers')).headers.has('date')).toBe(false)
  })

  it('is the same, byte for byte, for the same seed, clock and requests', async () => {
    const paths = [
      '/customers?limit=500',
      '/subscriptions?limit=500',
      '/orders?limit=500',
      '/products?limit=50',
      '/reports',
    ]
    const read = async (seed: number) => {
      const { client } = await start({ seed })
      const answers = await Promise.all(paths.map(async (path) => (await client.get(path)).text))
      return [client.token, ...answers]
    }
    expect(await read(7)).toEqual(await read(7))
    expect(await read(8)).not.toEqual(await read(7))
  })

  it('is a refusal for a path that is none', async () => {
    const { client } = await start()
    expect((await client.get('/orders/%E0%A4%A')).status).toBe(400)
    expect((await client.get('/orders/1/details')).status).toBe(404)
  })

  it('is only given to reading', async () => {
    const { emulator, client } = await start()
    const response = await fetch(`${emulator.url}/orders`, {
      method: 'POST',
      headers: {
        'x-subscription-key': emulator.credentials.subscriptionKey,
        authorization: `Bearer ${client.token}`,
      },
      body: '{}',
    })
    expect(response.status).toBe(405)
  })
})

describe('what is visible', () => {
  it('follows the clock', async () => {
    let now = new Date('2026-03-11T14:04:59Z')
    const { emulator, client } = await start({ now: () => now })
    const { customerId } = emulator.world.customerNamed('Contoso')
    const [row] = dataOf(await client.get(`/subscriptions?customerId=${customerId}`))
    const seats = async () =>
      field((await client.get(`/subscriptions/${String(row?.['id'])}`)).json, 'products', 0, 'quantity')
    const statuses = async () =>
      column(dataOf(await client.get(`/orders?subscriptionId=${String(row?.['id'])}`)), 'status')
    expect(await seats()).toBe(20)
    expect((await statuses())[0]).toBe('processing')
    now = new Date('2026-03-11T14:05:00Z')
    expect(await seats()).toBe(25)
    expect((await statuses())[0]).toBe('completed')
  })

  it('leaves out orders that come late until they come', async () => {
    let now = new Date(CLOCK)
    const { emulator, client } = await start({ now: () => now })
    const late = emulator
      .eventLog()
      .filter((event) => event.type === 'orderPlaced' && event.at <= CLOCK && event.visibleFrom > CLOCK)
    expect(late.length).toBeGreaterThan(0)
    const [order] = late
    if (order?.type !== 'orderPlaced') throw new Error('unreachable')
    const totalNow = field((await client.get('/orders')).json, 'pagination', 'total')
    expect((await client.get(`/orders/${order.orderId}`)).status).toBe(404)
    now = new Date(order.visibleFrom)
    client.token = String(field((await client.signIn()).json, 'token'))
    const detail = await client.get(`/orders/${order.orderId}`)
    expect(detail.json).toMatchObject({
      creationDate: order.createdAt,
      provisioningDate: order.provisionedAt,
    })
    expect(field((await client.get('/orders')).json, 'pagination', 'total')).toBeGreaterThan(Number(totalNow))
  })

  it('shows ended and replaced records with their end', async () => {
    const { emulator, client } = await start()
    const replaced = emulator
      .eventLog()
      .find(
        (event) =>
          event.type === 'subscriptionEnded' && event.cause === 'turnover' && event.at > '2026-03-01',
      )
    if (replaced?.type !== 'subscriptionEnded') throw new Error('no turnover in March')
    const detail = await client.get(`/subscriptions/${replaced.subscriptionId}`)
    expect(detail.json).toMatchObject({
      status: 'removed',
      expirationDate: replaced.endDate,
      renewalStatus: false,
    })
    const removed = dataOf(await client.get('/subscriptions?status=removed&limit=500'))
    expect(column(removed, 'id')).toContain(replaced.subscriptionId)
    expect(new Set(column(removed, 'status'))).toEqual(new Set(['removed']))
  })
})

describe('paging', () => {
  it('gives 10 rows when not asked, and 500 at most', async () => {
    const { client } = await start()
    const standard = await client.get('/subscriptions')
    expect(dataOf(standard)).toHaveLength(10)
    expect(field(standard.json, 'pagination')).toMatchObject({ offset: 0, limit: 10 })
    const most = await client.get('/orders?limit=9999')
    expect(dataOf(most)).toHaveLength(500)
    expect(field(most.json, 'pagination', 'limit')).toBe(500)
    const other = await start({ quirks: { defaultLimit: 25, maximumLimit: 1000 } })
    expect(dataOf(await other.client.get('/subscriptions'))).toHaveLength(25)
    expect(dataOf(await other.client.get('/orders?limit=9999'))).toHaveLength(1000)
  })

  it('refuses nonsense', async () => {
    const { client } = await start()
    for (const query of ['limit=0', 'limit=-1', 'limit=abc', 'offset=-1', 'offset=1.5']) {
      expect((await client.get(`/orders?${query}`)).status).toBe(400)
    }
    const beyond = await client.get('/customers?offset=1000')
    expect([beyond.status, dataOf(beyond).length]).toEqual([200, 0])
  })

  it('shows every row once, newest first', async () => {
    const { client } = await start()
    const orders = await client.rows('/orders')
    const created = column(orders, 'creationDate').map(String)
    expect(new Set(column(orders, 'id')).size).toBe(orders.length)
    expect(created).toEqual(created.toSorted().reverse())
    const oldestFirst = await start({ quirks: { newestFirst: false } })
    const reversed = await oldestFirst.client.rows('/orders')
    expect(column(reversed, 'id')).toEqual(column(orders, 'id').reverse())
  })
})
