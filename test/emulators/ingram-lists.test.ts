import { afterEach, describe, expect, it } from 'vitest'
import type { IngramEmulator, IngramEmulatorOptions } from './ingram/server.js'
import { dataOf, field } from './shared/api-client.js'
import { CLOCK, closeAll, column, start } from './shared/running.js'

afterEach(closeAll)

/** Id of an order of a type that is visible at the clock. */
function orderOf(emulator: IngramEmulator, accept: (order: Record<string, unknown>) => boolean): string {
  const found = emulator
    .eventLog()
    .find((event) => event.type === 'orderPlaced' && event.visibleFrom <= CLOCK && accept({ ...event }))
  if (found?.type !== 'orderPlaced') throw new Error('no such order in the seed world')
  return found.orderId
}

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

  it('adds up what a billing period and a whole term cost', async () => {
    const { emulator, client } = await start()
    const [state] = emulator.world.subscriptionsOf(emulator.world.customerNamed('Contoso').customerId)
    const path = `/subscriptions/${state?.subscriptionId}`
    expect((await client.get(path)).json).toMatchObject({
      totalPrice: { amount: '550.00' },
      totalSubscriptionPrice: { amount: '6600.00' },
      totalSubscriptionCost: { amount: '5478.00' },
      creationDate: '2025-02-01',
      renewalDate: '2027-02-01',
      lastModifiedDate: '2026-03-11',
    })
    const early = await start({ now: () => new Date('2025-02-01T16:00:00Z') })
    expect((await early.client.get(path)).json).toMatchObject({
      expirationDate: '2026-02-01',
      lastModifiedDate: '2025-02-01',
    })
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
