import { describe, expect, it } from 'vitest'
import type { MarketplaceEvent } from './ingram/events.js'
import { createEventLog } from './ingram/log.js'
import { orderStatusAt, project } from './ingram/projection.js'
import { seedWorld } from './ingram/seed/world.js'
import { SEED_CLOCK } from './ingram/seed/telling.js'
import { addMonths } from './shared/dates.js'

type Of<Type extends MarketplaceEvent['type']> = Extract<MarketplaceEvent, { type: Type }>

function logOf(seed: number): readonly MarketplaceEvent[] {
  const log = createEventLog()
  log.append(seedWorld(seed))
  return log.events()
}

const whole = logOf(7)
const past = whole.filter((event) => event.at <= SEED_CLOCK)
const shown = project(past.filter((event) => event.visibleFrom <= SEED_CLOCK))

function only<Type extends MarketplaceEvent['type']>(
  events: readonly MarketplaceEvent[],
  type: Type,
): readonly Of<Type>[] {
  return events.filter((event): event is Of<Type> => event.type === type)
}

function grouped<Item>(
  items: readonly Item[],
  key: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

const customers = only(past, 'customerCreated')
const created = only(past, 'subscriptionCreated')
const ended = only(past, 'subscriptionEnded')
const orders = only(past, 'orderPlaced')
const seats = only(past, 'seatsChanged')
const orderById = new Map(only(whole, 'orderPlaced').map((order) => [order.orderId, order]))

/** Changes explained by an order that is shown after them, or created after them. */
const lateExplained = seats.filter((change) => {
  const order = change.orderId === null ? undefined : orderById.get(change.orderId)
  return order !== undefined && (order.visibleFrom > change.visibleFrom || order.createdAt > change.at)
})

describe('seed 7 at its clock', () => {
  it('has 40 customers', () => {
    expect(customers).toHaveLength(40)
    expect(shown.customers.size).toBe(40)
  })

  it('has about 500 licence lines that are live or ended in the last three months', () => {
    const lines = [...shown.subscriptions.values()]
      .filter(
        (state) => !['terminated', 'removed'].includes(state.status) || state.expirationDate >= '2025-12-20',
      )
      .flatMap((state) => state.lines)
    expect(lines.length).toBeGreaterThanOrEqual(490)
    expect(lines.length).toBeLessThanOrEqual(530)
  })

  it('has 14 months of history, and plans for the weeks after', () => {
    expect(whole[0]?.at.slice(0, 10)).toBe('2025-01-20')
    const months = new Set(past.map((event) => event.at.slice(0, 7)))
    expect([...months].sort()).toEqual(
      Array.from({ length: 15 }, (_, index) => addMonths('2025-01-01', index).slice(0, 7)),
    )
    expect(whole.at(-1)?.at.slice(0, 7)).toBe('2026-05')
  })

  it('has at least 30 monthly turnovers, some inside March', () => {
    const turnovers = created.filter((event) => event.replaces !== null)
    expect(turnovers.length).toBeGreaterThanOrEqual(30)
    expect(turnovers.filter((event) => event.startDate >= '2026-03-01').length).toBeGreaterThanOrEqual(10)
    expect(ended.filter((event) => event.cause === 'turnover')).toHaveLength(turnovers.length)
    const twenty = turnovers.filter(
      ({ startDate, lines }) => startDate === '2026-03-11' && lines[0]?.seats === 20,
    )
    expect(twenty.map(({ lines }) => lines[0]?.unitPrice)).toContain('22.00')
  })

  it('has 10 churns and 10 ends without an order, both also in March', () => {
    const churns = ended.filter((event) => event.cause === 'cancelled')
    const silent = ended.filter((event) => event.cause === 'withoutOrder')
    expect(churns).toHaveLength(10)
    expect(silent).toHaveLength(10)
    expect(churns.every((event) => orderById.get(event.orderId ?? '')?.orderType === 'cancellation')).toBe(
      true,
    )
    expect(silent.every((event) => event.orderId === null)).toBe(true)
    expect(churns.filter((event) => event.endDate >= '2026-03-01').length).toBeGreaterThanOrEqual(3)
    expect(silent.filter((event) => event.endDate >= '2026-03-01').length).toBeGreaterThanOrEqual(3)
    expect(silent.filter((event) => event.shownExpirationDate > '2030-01-01')).toHaveLength(1)
  })

  it('has 20 late orders, some of them still unseen', () => {
    expect(lateExplained).toHaveLength(20)
    const unseen = lateExplained.filter(({ orderId }) => !shown.orders.has(orderId ?? ''))
    expect(unseen.length).toBeGreaterThanOrEqual(4)
    const shownLate = lateExplained.filter((change) => change.visibleFrom > change.at)
    expect(shownLate.length).toBeGreaterThanOrEqual(2)
    const hidden = lateExplained.filter(({ orderId }) => {
      const order = orderById.get(orderId ?? '')
      return order !== undefined && order.visibleFrom > order.createdAt
    })
    expect(hidden).toHaveLength(10)
  })

  it('has 5 holds, two of them lasting', () => {
    expect(only(past, 'subscriptionHeld')).toHaveLength(5)
    expect([...shown.subscriptions.values()].filter((state) => state.status === 'hold')).toHaveLength(2)
  })

  it('has 10 co-terms: annual prepaid, with a first term shorter than a year', () => {
    const coTermed = created.filter((event) => event.coTermed)
    expect(coTermed).toHaveLength(10)
    for (const event of coTermed) {
      expect(event.billingPeriod).toEqual({ type: 'year', duration: 1 })
      expect(event.expirationDate < addMonths(event.startDate, 12)).toBe(true)
    }
    const documented = coTermed.filter(
      ({ startDate, expirationDate, lines }) =>
        startDate === '2026-03-11' && expirationDate === '2027-01-01' && lines[0]?.seats === 5,
    )
    expect(documented.map(({ lines }) => lines[0]?.unitPrice)).toEqual(['240.00'])
  })

  it('has annual commitments billed monthly, annual prepaid, and monthly subscriptions', () => {
    const kinds = new Set(
      created.map((event) => `${event.subscriptionPeriod.type} by ${event.billingPeriod.type}`),
    )
    expect(kinds).toEqual(new Set(['year by month', 'year by year', 'month by month']))
  })

  it('has four currencies, and exactly one customer with a price in another than its own', () => {
    expect(new Set(customers.map(({ currency }) => currency))).toEqual(new Set(['USD', 'EUR', 'GBP', 'JPY']))
    const own = new Map(customers.map(({ customerId, currency }) => [customerId, currency]))
    const foreign = created.filter(({ customerId, currency }) => own.get(customerId) !== currency)
    expect(foreign).toHaveLength(1)
    const yen = created.filter(({ currency }) => currency === 'JPY').flatMap(({ lines }) => lines)
    expect(yen.length).toBeGreaterThan(20)
    expect(yen.every(({ unitPrice }) => /^\d+$/.test(unitPrice ?? ''))).toBe(true)
  })

  it('has hostile names', () => {
    const names = customers.map(({ name }) => name)
    for (const hostile of [
      '<!channel>',
      '=HYPERLINK(',
      '*Bold*',
      '<@U1>',
      '\u202E',
      '🚀',
      '\t',
      '"',
      '+1 @SUM',
    ]) {
      expect(names.some((name) => name.includes(hostile))).toBe(true)
    }
    expect(names.filter((name) => name.length === 200)).toHaveLength(1)
    expect(new Set(names).size).toBe(40)
  })

  it('has the oddities of orders', () => {
    const statuses = [...shown.orders.values()].map((state) => ({
      ...state,
      status: orderStatusAt(state, SEED_CLOCK),
    }))
    const withSetup = orders.filter(({ details }) => details?.some(({ type }) => type === 'setup'))
    expect(withSetup).toHaveLength(6)
    expect(withSetup.some(({ currency }) => currency === 'JPY')).toBe(true)
    expect(statuses.filter(({ status }) => status === 'cancelled')).toHaveLength(1)
    expect(statuses.filter(({ status }) => status === 'error')).toHaveLength(1)
    const waiting = statuses.filter(
      ({ order, status }) => order.scheduledAtRenewal && status === 'processing',
    )
    expect(waiting).toHaveLength(1)
    const bare = orders.filter(({ orderType, products }) => orderType === 'change' && products === null)
    expect(bare).toHaveLength(6)
    expect(seats.filter(({ orderId }) => orderId === null)).toHaveLength(6)
    expect(orders.filter(({ scheduledAtRenewal }) => scheduledAtRenewal)).toHaveLength(3)
  })

  it('has pending, metered, free and doubled subscriptions', () => {
    const states = [...shown.subscriptions.values()]
    expect(states.filter(({ status }) => status === 'pending')).toHaveLength(1)
    expect(only(past, 'subscriptionActivated')).toHaveLength(1)
    const metered = new Set(
      created
        .filter(({ billingModel }) => billingModel === 'chargeAfterBillingPeriod')
        .map(({ customerId }) => customerId),
    )
    expect(metered.size).toBe(3)
    expect(created.filter(({ lines }) => lines[0]?.unitPrice === '0.00')).toHaveLength(2)
    expect(states.filter(({ lines }) => lines.length === 2)).toHaveLength(12)
  })

  it('has changes at the edges of days and months', () => {
    const moments = new Set(seats.map(({ at }) => at))
    for (const edge of ['2026-03-01T03:00:00Z', '2026-03-10T02:30:00Z', '2026-03-11T03:59:59Z']) {
      expect(moments.has(edge)).toBe(true)
    }
    const threeInADay = seats.filter((change) => change.at.startsWith('2026-03-12'))
    const perLine = grouped(threeInADay, (change) => change.subscriptionId)
    expect([...perLine.values()].filter((changes) => changes.length === 3)).toHaveLength(1)
    const overTheEdge = orders.filter(
      ({ orderType, createdAt, provisionedAt, scheduledAtRenewal }) =>
        orderType === 'change' &&
        !scheduledAtRenewal &&
        createdAt < '2026-03-01' &&
        (provisionedAt ?? '') > '2026-03-01T23:59:59Z',
    )
    expect(overTheEdge.length).toBeGreaterThanOrEqual(1)
    const backIntoFebruary = orders.filter(
      ({ createdAt, provisionedAt }) =>
        createdAt > '2026-03-01' && (provisionedAt ?? createdAt) < '2026-03-01',
    )
    expect(backIntoFebruary.length).toBeGreaterThanOrEqual(1)
  })

  it('has terms that end, start and change price in March', () => {
    const renewed = only(past, 'subscriptionRenewed')
    const prepaid = new Set(
      created
        .filter(({ billingPeriod }) => billingPeriod.type === 'year')
        .map(({ subscriptionId }) => subscriptionId),
    )
    const inMarch = renewed.filter(
      ({ at, subscriptionId }) => at > '2026-03-01' && prepaid.has(subscriptionId),
    )
    expect(inMarch.length).toBeGreaterThanOrEqual(1)
    const recordOf = new Map(created.map((record) => [record.subscriptionId, record]))
    const priceAtTurnover = created.filter((record) => {
      const old = recordOf.get(record.replaces ?? '')
      return (
        old !== undefined &&
        record.at > '2026-03-01' &&
        old.lines[0]?.unitPrice !== record.lines[0]?.unitPrice
      )
    })
    expect(priceAtTurnover).toHaveLength(1)
    expect(only(past, 'priceChanged').filter(({ at }) => at > '2026-03-01')).toHaveLength(0)
    expect(only(whole, 'priceChanged').filter(({ at }) => at > SEED_CLOCK).length).toBeGreaterThanOrEqual(3)
  })

  it('has one customer whose same product turns over twice a month', () => {
    const doubled = created.filter(
      ({ lines, replaces }) => replaces === null && lines[0]?.mpn === 'EXOP1:0001:P1M:P1M',
    )
    const perCustomer = grouped(doubled, ({ customerId }) => customerId)
    const twice = [...perCustomer.values()].filter((records) => records.length === 2)
    expect(twice.map((records) => records.map(({ startDate }) => startDate))).toEqual([
      ['2026-01-06', '2026-01-17'],
    ])
    expect(twice[0]?.map(({ lines }) => lines[0]?.vendorSubscriptionId)).toEqual([null, null])
  })

  it('has vendor ids that are kept, renewed, or never told', () => {
    const recordOf = new Map(created.map((record) => [record.subscriptionId, record]))
    const kinds = created.flatMap((record) => {
      const old = recordOf.get(record.replaces ?? '')?.lines[0]?.vendorSubscriptionId
      const now = record.lines[0]?.vendorSubscriptionId
      return old === undefined ? [] : [now === null ? 'never told' : now === old ? 'kept' : 'renewed']
    })
    expect(new Set(kinds)).toEqual(new Set(['kept', 'renewed', 'never told']))
  })

  it('has prices finer than a cent, and a line without a cost', () => {
    const lines = created.flatMap((record) => record.lines)
    expect(lines.filter(({ unitPrice }) => /\.\d{4}$/.test(unitPrice ?? '')).length).toBeGreaterThanOrEqual(3)
    expect(lines.filter(({ unitPrice, unitCost }) => unitPrice !== null && unitCost === null)).toHaveLength(1)
  })

  it('has Contoso as the documentation tells it', () => {
    const contoso = customers.find(({ name }) => name === 'Contoso')
    const records = created.filter(({ customerId }) => customerId === contoso?.customerId)
    expect(records).toHaveLength(1)
    const record = records[0]
    expect(record).toMatchObject({ currency: 'USD', startDate: '2025-02-01' })
    expect(record?.lines).toHaveLength(1)
    expect(record?.lines[0]).toMatchObject({
      productName: 'Microsoft 365 Business Premium',
      seats: 20,
      unitPrice: '22.00',
    })
    const changes = only(whole, 'seatsChanged').filter(
      ({ subscriptionId }) => subscriptionId === record?.subscriptionId,
    )
    expect(changes.map(({ at, before, after }) => [at, before, after])).toEqual([
      ['2026-03-11T14:05:00Z', 20, 25],
    ])
    expect(orderById.get(changes[0]?.orderId ?? '')).toMatchObject({
      provisionedAt: '2026-03-11T14:05:00Z',
      products: [{ quantity: 5 }],
    })
  })
})
