import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type IngramEmulator, startIngramEmulator } from './ingram/server.js'
import { type ApiClient, connect, dataOf, field } from './shared/api-client.js'

let now: Date
let emulator: IngramEmulator
let client: ApiClient
let folder: string
let eventLogPath: string
let contoso: { customerId: string; subscriptionId: string }

async function moveTo(instant: string): Promise<void> {
  now = new Date(instant)
  client.token = String(field((await client.signIn()).json, 'token'))
}

async function detail(subscriptionId: string): Promise<unknown> {
  return (await client.get(`/subscriptions/${subscriptionId}`)).json
}

async function newestOrder(): Promise<unknown> {
  const [row] = dataOf(await client.get(`/orders?customerId=${contoso.customerId}&limit=1`))
  return (await client.get(`/orders/${String(row?.['id'])}`)).json
}

beforeEach(async () => {
  now = new Date('2026-03-20T13:00:00Z')
  folder = mkdtempSync(join(tmpdir(), 'emulated-world-'))
  eventLogPath = join(folder, 'events.ndjson')
  emulator = await startIngramEmulator({ now: () => now, eventLogPath })
  client = await connect(emulator)
  const { customerId } = emulator.world.customerNamed('Contoso')
  const [state] = emulator.world.subscriptionsOf(customerId)
  contoso = { customerId, subscriptionId: state?.subscriptionId ?? '' }
})

afterEach(async () => {
  await emulator.close()
  rmSync(folder, { recursive: true })
})

describe('seats', () => {
  it('change with an order, one without products, or none', async () => {
    const { world } = emulator
    world.addSeats({ subscriptionId: contoso.subscriptionId, delta: 3 })
    expect(await newestOrder()).toMatchObject({
      type: 'change',
      status: 'completed',
      products: [{ quantity: 3 }],
    })
    await moveTo('2026-03-20T14:00:00Z')
    world.addSeats({ subscriptionId: contoso.subscriptionId, delta: -2, by: 'orderWithoutProducts' })
    expect(await newestOrder()).not.toHaveProperty('products')
    const before = field((await client.get('/orders')).json, 'pagination', 'total')
    expect(world.addSeats({ subscriptionId: contoso.subscriptionId, delta: 1, by: 'nothing' })).toBeNull()
    expect(field((await client.get('/orders')).json, 'pagination', 'total')).toBe(before)
    expect(await detail(contoso.subscriptionId)).toMatchObject({
      products: [{ quantity: 27 }],
      lastModifiedDate: '2026-03-20',
    })
    const logged = emulator
      .eventLog()
      .filter((event) => event.type === 'seatsChanged')
      .slice(-200)
    const mine = logged.filter((event) => event.subscriptionId === contoso.subscriptionId)
    expect(mine.map(({ before: from, after }) => [from, after])).toEqual([
      [20, 25],
      [25, 28],
      [28, 26],
      [26, 27],
    ])
  })

  it('refuse to fall below nothing, and what is not there', () => {
    const { world } = emulator
    expect(() => world.addSeats({ subscriptionId: contoso.subscriptionId, delta: -26 })).toThrow('25 seats')
    expect(() => world.addSeats({ subscriptionId: '1', delta: 1 })).toThrow('no subscription 1 is visible')
  })

  it('may be explained days later', async () => {
    const orderId = emulator.world.placeLateOrder({
      subscriptionId: contoso.subscriptionId,
      delta: 2,
      days: 3,
    })
    expect(field(await detail(contoso.subscriptionId), 'products', 0, 'quantity')).toBe(27)
    expect((await client.get(`/orders/${orderId}`)).status).toBe(404)
    await moveTo('2026-03-23T13:00:00Z')
    expect((await client.get(`/orders/${orderId}`)).json).toMatchObject({
      creationDate: '2026-03-20T13:00:00Z',
      provisioningDate: '2026-03-20T13:00:00Z',
      products: [{ quantity: 2 }],
    })
  })
})

describe('orders that come late', () => {
  it('may be there all along and complete days later, for the day the seats changed', async () => {
    const change = { subscriptionId: contoso.subscriptionId, delta: 2, days: 3, until: 'processing' } as const
    const orderId = emulator.world.placeLateOrder(change)
    await moveTo('2026-03-21T13:00:00Z')
    const open = (await client.get(`/orders/${orderId}`)).json
    expect(open).toMatchObject({ status: 'processing', products: [{ quantity: 2 }] })
    expect(open).not.toHaveProperty('provisioningDate')
    await moveTo('2026-03-23T13:00:00Z')
    expect((await client.get(`/orders/${orderId}`)).json).toMatchObject({
      status: 'completed',
      provisioningDate: '2026-03-20T13:00:00Z',
    })
  })

  it('may be placed afterwards, and change no seats', async () => {
    await moveTo('2026-03-23T13:00:00Z')
    const at = '2026-03-20T13:00:00Z'
    const { subscriptionId } = contoso
    const orderId = emulator.world.placeOrderAfterwards({ subscriptionId, delta: 2, at })
    expect((await client.get(`/orders/${orderId}`)).json).toMatchObject({
      status: 'completed',
      creationDate: '2026-03-23T13:00:00Z',
      provisioningDate: at,
    })
    expect(field(await detail(subscriptionId), 'products', 0, 'quantity')).toBe(25)
  })
})

describe('a purchase', () => {
  it('may have set-up fees, and a term that will not renew', async () => {
    const subscriptionId = emulator.world.createSubscription({
      customerId: contoso.customerId,
      mpn: 'TEST:P1Y',
      productName: 'Test product',
      seats: 2,
      unitPrice: '10.00',
      autoRenew: false,
      setups: [{ description: 'Onboarding', quantity: 1, unitPrice: '150.00' }],
    })
    expect(await detail(subscriptionId)).toMatchObject({ renewalStatus: false })
    expect(await newestOrder()).toMatchObject({
      details: [{ type: 'recurring' }, { type: 'setup', unitPrice: { amount: '150.00' } }],
    })
  })
})

describe('a term', () => {
  it('ends with an order or without', async () => {
    const { world } = emulator
    world.endSubscription({ subscriptionId: contoso.subscriptionId })
    expect(await detail(contoso.subscriptionId)).toMatchObject({
      status: 'terminated',
      expirationDate: '2026-03-20',
    })
    expect(await newestOrder()).toMatchObject({
      type: 'cancellation',
      subscriptionId: contoso.subscriptionId,
    })
    const before = field((await client.get('/orders')).json, 'pagination', 'total')
    const other = [...world.projection().subscriptions.values()].find(({ status }) => status === 'active')
    const silent = { subscriptionId: other?.subscriptionId ?? '', withOrder: false, endDate: '2026-03-18' }
    world.endSubscription({ ...silent, status: 'removed' })
    expect(await detail(silent.subscriptionId)).toMatchObject({
      status: 'removed',
      expirationDate: '2026-03-18',
    })
    expect(field((await client.get('/orders')).json, 'pagination', 'total')).toBe(before)
  })

  it('turns over into a new record, with what was ordered for it', async () => {
    const { world } = emulator
    const subscriptionId = world.createSubscription({
      customerId: contoso.customerId,
      mpn: 'TEST:P1M',
      productName: 'Test product',
      seats: 9,
      unitPrice: '10.00',
      subscriptionPeriod: { type: 'month', duration: 1 },
      vendorSubscriptionId: 'vendor-1',
    })
    expect(await newestOrder()).toMatchObject({
      type: 'sales',
      status: 'completed',
      products: [{ quantity: 9 }],
    })
    const scheduled = world.scheduleAtRenewal({ subscriptionId, target: 4 })
    expect((await client.get(`/orders/${scheduled}`)).json).toMatchObject({
      status: 'submitted',
      scheduledOn: 'renewal',
      products: [{ quantity: 4 }],
    })
    await moveTo('2026-04-20T08:00:00Z')
    const renewed = world.turnOver({ subscriptionId })
    expect(await detail(subscriptionId)).toMatchObject({ status: 'removed', expirationDate: '2026-04-20' })
    expect(await detail(renewed)).toMatchObject({
      status: 'active',
      creationDate: '2026-04-20',
      expirationDate: '2026-05-20',
      products: [{ mpn: 'TEST:P1M', quantity: 4, vendorSubscriptionId: 'vendor-1' }],
    })
    expect((await client.get(`/orders/${scheduled}`)).json).toMatchObject({ status: 'completed' })
    const other = world.turnOver({
      subscriptionId: renewed,
      startDate: '2026-05-19',
      seats: 5,
      unitPrice: '11.00',
      vendorSubscriptionId: null,
    })
    expect(await detail(other)).toMatchObject({
      creationDate: '2026-05-19',
      products: [{ quantity: 5, unitPrice: { amount: '11.00' } }],
    })
  })

  it('renews on its record', async () => {
    emulator.world.renew({ subscriptionId: contoso.subscriptionId })
    expect(await detail(contoso.subscriptionId)).toMatchObject({
      status: 'active',
      expirationDate: '2028-02-01',
    })
    expect(await newestOrder()).toMatchObject({ type: 'renewal' })
  })

  it('makes the seed forget what it had planned for that subscription, and nothing else', () => {
    const planned = () =>
      emulator
        .eventLog()
        .filter(
          (event) =>
            event.type === 'subscriptionCreated' && event.replaces !== null && event.at > '2026-03-21',
        )
    const before = planned()
    const chosen = emulator
      .eventLog()
      .find(
        (event) =>
          event.type === 'subscriptionCreated' &&
          event.replaces !== null &&
          event.at < '2026-03-20' &&
          event.at > '2026-03-01',
      )
    if (chosen?.type !== 'subscriptionCreated') throw new Error('no turnover in March')
    emulator.world.endSubscription({ subscriptionId: chosen.subscriptionId })
    expect(planned().length).toBeLessThan(before.length)
    expect(planned().length).toBeGreaterThan(before.length - 4)
  })
})

describe('states and prices', () => {
  it('hold, resume, begin pending and start', async () => {
    const { world } = emulator
    world.hold(contoso)
    expect(await detail(contoso.subscriptionId)).toMatchObject({ status: 'hold' })
    world.resume(contoso)
    expect(await detail(contoso.subscriptionId)).toMatchObject({ status: 'active' })
    const subscriptionId = world.createSubscription({
      customerId: world.createCustomer({ name: 'New & Co.', currency: 'KWD' }),
      mpn: 'TEST:P1Y',
      productName: 'Test product',
      seats: 2,
      unitPrice: '6.250',
      status: 'pending',
      expirationDate: '2026-12-01',
    })
    expect(await detail(subscriptionId)).toMatchObject({
      status: 'pending',
      products: [{ unitPrice: { currency: 'KWD', amount: '6.250' }, extendedPrice: { amount: '12.500' } }],
    })
    const [sale] = dataOf(await client.get('/orders?limit=1'))
    expect(sale).toMatchObject({ type: 'sales', status: 'submitted' })
    await moveTo('2026-03-22T09:00:00Z')
    world.activate({ subscriptionId })
    expect(await detail(subscriptionId)).toMatchObject({ status: 'active', creationDate: '2026-03-22' })
  })

  it('log a changed price, and hide a flipped one', async () => {
    const { world } = emulator
    const logged = () => emulator.eventLog().length
    const price = async () =>
      field(await detail(contoso.subscriptionId), 'products', 0, 'unitPrice', 'amount')
    const before = logged()
    world.changePrice({ subscriptionId: contoso.subscriptionId, unitPrice: '23.50' })
    expect([await price(), logged()]).toEqual(['23.50', before + 1])
    world.flipPrice({ subscriptionId: contoso.subscriptionId, unitPrice: '24.00' })
    expect([await price(), logged()]).toEqual(['24.00', before + 1])
  })

  it('withdraw an open order', async () => {
    const orderId = emulator.world.placeOpenOrder({ subscriptionId: contoso.subscriptionId, delta: 4 })
    await moveTo('2026-03-20T15:00:00Z')
    expect((await client.get(`/orders/${orderId}`)).json).toMatchObject({ status: 'processing' })
    emulator.world.withdrawOrder({ orderId })
    const withdrawn = (await client.get(`/orders/${orderId}`)).json
    expect(withdrawn).toMatchObject({ status: 'cancelled' })
    expect(withdrawn).not.toHaveProperty('provisioningDate')
    expect(field(await detail(contoso.subscriptionId), 'products', 0, 'quantity')).toBe(25)
  })
})

describe('the log', () => {
  it('is kept in a file, line by line, as it is told', () => {
    emulator.world.addSeats({ subscriptionId: contoso.subscriptionId, delta: 1 })
    const lines = readFileSync(eventLogPath, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(emulator.eventLog())
  })

  it('can begin empty, or as given', async () => {
    const empty = await startIngramEmulator({ now: () => now, world: [] })
    expect(empty.eventLog()).toEqual([])
    const customerId = empty.world.createCustomer({ name: 'Only' })
    expect(customerId).toBe('1000101')
    const copy = await startIngramEmulator({ now: () => now, world: empty.eventLog() })
    expect(copy.eventLog()).toEqual(empty.eventLog())
    await Promise.all([empty.close(), copy.close()])
  })

  it('lets the world change between two pages of a list', async () => {
    await emulator.close()
    emulator = await startIngramEmulator({
      now: () => now,
      beforeAnswer({ path }) {
        if (path === '/customers') emulator.world.createCustomer({ name: 'Newcomer' })
      },
    })
    client = await connect(emulator)
    const first = dataOf(await client.get('/customers?limit=5'))
    const second = dataOf(await client.get('/customers?offset=5&limit=5'))
    expect(second[0]?.['id']).toBe(first[4]?.['id'])
  })
})
