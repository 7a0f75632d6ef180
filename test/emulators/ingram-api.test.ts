import { afterEach, describe, expect, it } from 'vitest'
import { type IngramEmulator, type IngramEmulatorOptions, startIngramEmulator } from './ingram/server.js'
import { type ApiClient, connect, dataOf, field, toAnswer } from './shared/api-client.js'

const CLOCK = '2026-03-20T13:00:00Z'

let running: IngramEmulator[] = []

afterEach(async () => {
  await Promise.all(running.map((emulator) => emulator.close()))
  running = []
})

async function start(
  options: Partial<IngramEmulatorOptions> = {},
): Promise<{ emulator: IngramEmulator; client: ApiClient }> {
  const emulator = await startIngramEmulator({ now: () => new Date(CLOCK), ...options })
  running.push(emulator)
  return { emulator, client: await connect(emulator) }
}

function column(rows: readonly Record<string, unknown>[], name: string): unknown[] {
  return rows.map((row) => row[name])
}

/** Id of an order of a type that is visible at the clock. */
function orderOf(emulator: IngramEmulator, accept: (order: Record<string, unknown>) => boolean): string {
  const found = emulator
    .eventLog()
    .find((event) => event.type === 'orderPlaced' && event.visibleFrom <= CLOCK && accept({ ...event }))
  if (found?.type !== 'orderPlaced') throw new Error('no such order in the seed world')
  return found.orderId
}

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

describe('filters', () => {
  it('ignores parameters it does not know, unless told to refuse them', async () => {
    const { client } = await start()
    const plain = await client.get('/orders')
    expect((await client.get('/orders?startDate=2026-03-01&modifiedSince=x')).text).toBe(plain.text)
    const strict = await start({ quirks: { ignoreUnknownParameters: false } })
    expect((await strict.client.get('/orders?startDate=2026-03-01')).status).toBe(400)
    expect((await strict.client.get('/orders?status=completed')).status).toBe(200)
  })

  it('takes one status; a comma is refused, unless told to split it', async () => {
    const { client } = await start()
    expect((await client.get('/subscriptions?status=active')).status).toBe(200)
    expect((await client.get('/subscriptions?status=active,hold')).status).toBe(400)
    expect((await client.get('/orders?status=completed,error')).status).toBe(400)
    expect((await client.get('/subscriptions?status=frozen')).status).toBe(400)
    const splitting = await start({ quirks: { refuseCommaStatus: false } })
    const either = dataOf(await splitting.client.get('/subscriptions?status=hold,pending&limit=500'))
    expect(new Set(column(either, 'status'))).toEqual(new Set(['hold', 'pending']))
  })

  it('honours creation times of orders, unless told to ignore them', async () => {
    const { client } = await start()
    const march = dataOf(
      await client.get(
        '/orders?creationTimeFrom=2026-03-01T00:00:00Z&creationTimeTo=2026-03-10T23:59:59Z&limit=500',
      ),
    )
    const all = await client.rows('/orders')
    const expected = all.filter(
      (row) => String(row['creationDate']) >= '2026-03-01' && String(row['creationDate']) < '2026-03-11',
    )
    expect(march).toEqual(expected)
    expect(march.length).toBeGreaterThan(20)
    expect((await client.get('/orders?creationTimeFrom=yesterday')).status).toBe(400)
    const deaf = await start({ quirks: { honourCreationTimes: false } })
    const ignored = await deaf.client.get('/orders?creationTimeFrom=2026-03-01T00:00:00Z')
    expect(field(ignored.json, 'pagination', 'total')).toBe(all.length)
  })

  it('finds by customer, subscription, number, code, name and creation date', async () => {
    const { emulator, client } = await start()
    const { customerId } = emulator.world.customerNamed('Contoso')
    const [row] = dataOf(await client.get(`/subscriptions?customerId=${customerId}`))
    const [order] = dataOf(await client.get(`/orders?subscriptionId=${String(row?.['id'])}&statusCode=CP`))
    expect(order).toMatchObject({ customerId, status: 'completed' })
    const byNumber = dataOf(await client.get(`/orders?orderNumber=${String(order?.['orderNumber'])}`))
    expect(column(byNumber, 'id')).toEqual([order?.['id']])
    const named = dataOf(await client.get('/customers?name=contos'))
    expect(column(named, 'name')).toEqual(['Contoso'])
    expect((await client.get(`/customers/${customerId}`)).json).toMatchObject({
      name: 'Contoso',
      status: 'active',
    })
    const created = dataOf(
      await client.get('/subscriptions?creationDateFrom=2026-03-10&creationDateTo=2026-03-12&limit=500'),
    )
    expect(
      column(created, 'creationDate').every(
        (date) => String(date) >= '2026-03-10' && String(date) <= '2026-03-12',
      ),
    ).toBe(true)
    expect(created.length).toBeGreaterThan(0)
  })
})

describe('what lists and details carry', () => {
  it('leaves products and prices to the detail of a subscription, unless told otherwise', async () => {
    const { client } = await start()
    const rows = dataOf(await client.get('/subscriptions?limit=500'))
    expect(rows.some((row) => 'products' in row || 'totalPrice' in row)).toBe(false)
    const detail = await client.get(`/subscriptions/${String(rows[0]?.['id'])}`)
    expect(detail.json).toMatchObject({ ...rows[0], products: [{ vendor: 'Microsoft' }] })
    const generous = await start({ quirks: { leanSubscriptionList: false } })
    expect(dataOf(await generous.client.get('/subscriptions'))[0]).toEqual(detail.json)
  })

  it('leaves products and details to the detail of an order, unless told otherwise', async () => {
    const { emulator, client } = await start()
    const sale = orderOf(emulator, ({ orderType, at }) => orderType === 'sales' && String(at) > '2026-03-01')
    const listed = (await client.rows('/orders')).find((row) => row['id'] === sale)
    expect(listed).not.toHaveProperty('products')
    expect(listed).not.toHaveProperty('details')
    const detail = (await client.get(`/orders/${sale}`)).json
    expect(detail).toMatchObject({ ...listed, products: [{}], details: [{ type: 'recurring' }] })
    const generous = await start({ quirks: { leanOrderList: false } })
    expect((await generous.client.rows('/orders')).find((row) => row['id'] === sale)).toEqual(detail)
  })

  it('never tells the products of renewals and cancellations, even when lists are generous', async () => {
    const { emulator, client } = await start({ quirks: { leanOrderList: false } })
    for (const type of ['renewal', 'cancellation']) {
      const detail = (await client.get(`/orders/${orderOf(emulator, ({ orderType }) => orderType === type)}`))
        .json
      expect(detail).not.toHaveProperty('products')
      expect(detail).not.toHaveProperty('details')
      expect(detail).toHaveProperty('subscriptionId')
    }
  })

  it('names the subscription in the detail of an order, and in the list when told to', async () => {
    const { client } = await start()
    const [row] = dataOf(await client.get('/orders'))
    expect(row).not.toHaveProperty('subscriptionId')
    const detail = (await client.get(`/orders/${String(row?.['id'])}`)).json
    expect(detail).toHaveProperty('subscriptionId')
    const naming = await start({ quirks: { subscriptionIdInOrderList: true } })
    expect(dataOf(await naming.client.get('/orders'))[0]).toEqual({
      ...row,
      subscriptionId: field(detail, 'subscriptionId'),
    })
  })

  it('tells that an order waits for the renewal, unless told not to', async () => {
    const read = async (showScheduledOn: boolean) => {
      const { emulator, client } = await start({ quirks: { showScheduledOn } })
      const waiting = orderOf(
        emulator,
        ({ scheduledAtRenewal, provisionedAt }) =>
          scheduledAtRenewal === true && String(provisionedAt) > CLOCK,
      )
      return (await client.get(`/orders/${waiting}`)).json
    }
    expect(await read(true)).toMatchObject({
      scheduledOn: 'renewal',
      status: 'processing',
      products: [{ quantity: 8 }],
    })
    expect(await read(false)).not.toHaveProperty('scheduledOn')
  })

  it('writes amounts as text and seats as numbers, and can do the opposite', async () => {
    const read = async (quirks: IngramEmulatorOptions['quirks']) => {
      const { emulator, client } = await start(quirks === undefined ? {} : { quirks })
      const { customerId } = emulator.world.customerNamed('Contoso')
      const [state] = emulator.world.subscriptionsOf(customerId)
      return field((await client.get(`/subscriptions/${state?.subscriptionId}`)).json, 'products', 0)
    }
    expect(await read({})).toMatchObject({
      quantity: 25,
      unitPrice: { currency: 'USD', amount: '22.00' },
      extendedPrice: { amount: '550.00' },
    })
    expect(await read({ stringQuantities: true })).toMatchObject({ quantity: '25.0' })
    expect(await read({ stringAmounts: false })).toMatchObject({ unitPrice: { amount: 22 } })
  })

  it('charges a change for the part of its period, to 2 decimals', async () => {
    const { emulator, client } = await start()
    const { customerId } = emulator.world.customerNamed('Contoso')
    const [order] = dataOf(await client.get(`/orders?customerId=${customerId}`))
    const detail = (await client.get(`/orders/${String(order?.['id'])}`)).json
    // 21 of 31 days are 0.68; 5 × 22.00 × 0.68 = 74.80.
    expect(field(detail, 'details', 0)).toMatchObject({
      quantity: 5,
      duration: { type: 'month', duration: 0.68 },
      description:
        'Microsoft 365 Business Premium Recurring (1 Month(s) term) from 2026-03-11 through 2026-03-31',
      extendedPrice: { currency: 'USD', amount: '74.80' },
    })
    expect(field(detail, 'total', 'amount')).toBe('74.80')
  })

  it('lists set-up fees after the recurring rows', async () => {
    const { emulator, client } = await start()
    const sale = orderOf(
      emulator,
      ({ details, at }) => String(at) > '2026-03-12' && Array.isArray(details) && details.length === 3,
    )
    const details = field((await client.get(`/orders/${sale}`)).json, 'details')
    expect(details).toMatchObject([
      { type: 'recurring' },
      { type: 'setup', quantity: 1, unitPrice: { amount: '150.00' } },
      { type: 'setup', quantity: 12, unitPrice: { amount: '9.95' }, extendedPrice: { amount: '119.40' } },
    ])
  })

  it('has a catalog, and no reports', async () => {
    const { client } = await start()
    const products = dataOf(await client.get('/products?limit=500'))
    expect(new Set(column(products, 'mpn')).size).toBe(products.length)
    expect(dataOf(await client.get('/products?mpn=M365BP:0001:P1Y:P1M'))).toHaveLength(1)
    expect((await client.get('/reports')).json).toEqual({
      data: [],
      pagination: { offset: 0, limit: 10, total: 0 },
    })
  })
})
