import { describe, expect, it } from 'vitest'
import type { LoggedEvent } from '../support/recompute/event-log.js'
import { type Asked, recomputeFromEvents } from '../support/recompute/from-events.js'

const ASKED: Asked = {
  now: '2026-03-20T09:00:00-04:00',
  opensOn: '2026-03-01',
  timeZone: 'America/New_York',
  until: '2026-03-31',
}

type Draft = Readonly<Record<string, unknown>> & { readonly type: string; readonly at: string }

function log(...drafts: readonly Draft[]): readonly LoggedEvent[] {
  return drafts.map((draft, index) => ({ sequence: index + 1, visibleFrom: draft.at, ...draft }))
}

function created(fields: Readonly<Record<string, unknown>> = {}): Draft {
  const { line, ...rest } = { line: {}, ...fields }
  return {
    type: 'subscriptionCreated',
    at: '2025-09-01T12:00:00Z',
    subscriptionId: '200',
    customerId: '100',
    status: 'active',
    currency: 'USD',
    billingModel: 'chargeBeforeBillingPeriod',
    billingPeriod: { type: 'month', duration: 1 },
    subscriptionPeriod: { type: 'year', duration: 1 },
    startDate: '2025-09-01',
    expirationDate: '2026-09-01',
    autoRenew: true,
    lines: [{ mpn: 'BP', seats: 20, unitPrice: '22.00', vendorSubscriptionId: null, ...line }],
    ...rest,
  }
}

const YEARLY = { billingPeriod: { type: 'year', duration: 1 }, line: { seats: 5, unitPrice: '240.00' } }

function order(at: string, fields: Readonly<Record<string, unknown>> = {}): Draft {
  return {
    type: 'orderPlaced',
    at,
    orderId: '300',
    orderType: 'change',
    customerId: '100',
    subscriptionId: '200',
    currency: 'USD',
    history: [{ status: 'completed', at }],
    provisionedAt: at,
    scheduledAtRenewal: false,
    products: [{ mpn: 'BP', quantity: 5 }],
    details: [],
    ...fields,
  }
}

const rise = (at: string, after = 25): Draft => ({
  type: 'seatsChanged',
  at,
  subscriptionId: '200',
  mpn: 'BP',
  after,
})

const ended = (at: string, endDate: string, status = 'removed', shown = endDate): Draft => ({
  type: 'subscriptionEnded',
  at,
  subscriptionId: '200',
  endDate,
  status,
  shownExpirationDate: shown,
})

const amounts = (events: readonly LoggedEvent[], asked: Partial<Asked> = {}) => {
  const { customers } = recomputeFromEvents(events, { ...ASKED, ...asked })
  return customers.flatMap(({ lines }) => lines.map((line) => line.amount))
}

describe('opening from the event log', () => {
  const at = '2026-03-11T14:00:00Z'

  it('B20: walks back through completed orders', () => {
    const events = log(created(), order(at), rise(at))
    const who = recomputeFromEvents(events, ASKED)
    expect(who.customers).toMatchObject([{ customerId: '100', currency: 'USD', amount: '514.52' }])
    expect(who.customers[0]?.lines).toMatchObject([
      { subject: '200/BP', from: '2026-03-01', quantity: '20', assumed: false },
      { subject: '200/BP', from: '2026-03-11', to: '2026-04-01', quantity: '5', amount: '74.52' },
    ])
    expect(who.totals).toEqual([{ currency: 'USD', amount: '514.52' }])
  })

  it('B3: an order in the night belongs to the local date', () => {
    const night = '2026-03-11T02:00:00Z'
    expect(amounts(log(created(), order(night), rise(night)))).toEqual(['440.00', '78.06'])
    expect(amounts(log(created(), order(night), rise(night)), { timeZone: 'UTC' })).toEqual([
      '440.00',
      '74.52',
    ])
  })

  it('B20: takes the count as constant without products, without an order, and before the order shows', () => {
    const bare = log(created(), order(at, { products: null, details: null }), rise(at))
    expect(amounts(bare)).toEqual(['550.00'])
    expect(recomputeFromEvents(bare, ASKED).customers[0]?.lines[0]?.assumed).toBe(true)
    expect(amounts(log(created(), rise(at)))).toEqual(['550.00'])
    const late = log(created(), order(at, { visibleFrom: '2026-03-25T00:00:00Z' }), rise(at))
    expect(amounts(late)).toEqual(['550.00'])
    expect(amounts(late, { now: '2026-03-25T12:00:00Z' })).toEqual(['440.00', '74.52'])
  })

  it('B20: takes the count as constant where a first order and changes do not add up', () => {
    const start = created({ at: '2026-03-05T12:00:00Z', startDate: '2026-03-05' })
    const sale = (quantity: number) =>
      order('2026-03-05T12:00:00Z', {
        orderId: '299',
        orderType: 'sales',
        products: [{ mpn: 'BP', quantity }],
      })
    expect(amounts(log(start, sale(20), order(at), rise(at)))).toEqual(['383.23', '74.52'])
    expect(amounts(log(start, sale(19), order(at), rise(at)))).toEqual(['479.03'])
    expect(amounts(log(created(), order(at, { products: [{ mpn: 'BP', quantity: 25 }] }), rise(at)))).toEqual(
      ['550.00'],
    )
  })

  it('leaves out what changed nothing: withdrawn, failed, before the opening, of another product', () => {
    const withdrawn: Draft = { type: 'orderWithdrawn', at: '2026-03-12T00:00:00Z', orderId: '300' }
    expect(amounts(log(created(), order(at), withdrawn))).toEqual(['440.00'])
    const failed = order(at, { history: [{ status: 'error', at }], provisionedAt: null })
    expect(amounts(log(created(), failed))).toEqual(['440.00'])
    expect(amounts(log(created(), order('2026-02-11T14:00:00Z')))).toEqual(['440.00'])
    expect(amounts(log(created(), order(at, { products: [{ mpn: 'E3', quantity: 5 }] })))).toEqual(['440.00'])
  })

  it('sees only what is visible, and the price of now for the whole time', () => {
    const price: Draft = { type: 'priceChanged', at, subscriptionId: '200', mpn: 'BP', unitPrice: '24.00' }
    expect(amounts(log(created(), price))).toEqual(['480.00'])
    expect(amounts(log(created(), { ...price, visibleFrom: '2026-03-21T00:00:00Z' }))).toEqual(['440.00'])
    expect(amounts(log(created(), { ...price, at: '2026-03-21T00:00:00Z' }))).toEqual(['440.00'])
  })

  it('B13: bills what is on hold, not what is pending, and leaves usage to the file', () => {
    expect(amounts(log(created(), { type: 'subscriptionHeld', at, subscriptionId: '200' }))).toEqual([
      '440.00',
    ])
    expect(amounts(log(created({ status: 'pending' })))).toEqual([])
    expect(
      amounts(log(created({ billingModel: 'chargeAfterBillingPeriod', line: { unitPrice: null } }))),
    ).toEqual([])
    const held = { type: 'subscriptionHeld', at, subscriptionId: '200' }
    // Paused since it was last modified: 10 of 31 days are left.
    expect(amounts(log(created(), held), { policy: { suspended: 'pause' } })).toEqual(['141.94'])
  })

  it('B12: an ended record is billed to its period, and not when it ended before the opening', () => {
    expect(amounts(log(created(), ended(at, '2026-03-11')))).toEqual(['440.00'])
    expect(amounts(log(created(), ended(at, '2026-03-11')), { policy: { lastPeriod: 'prorate' } })).toEqual([
      '141.94',
    ])
    expect(amounts(log(created(), ended(at, '2026-03-01')))).toEqual([])
    // A date still to come cannot be the end: the day of the last modification is.
    expect(
      amounts(log(created(), ended('2026-02-11T14:00:00Z', '2026-02-11', 'removed', '2035-01-01'))),
    ).toEqual([])
    // Nor can tomorrow, unless it is tomorrow already in UTC: a date has no zone.
    const tomorrow = log(created(), ended('2026-02-11T14:00:00Z', '2026-02-11', 'removed', '2026-03-21'))
    expect(amounts(tomorrow)).toEqual([])
    expect(amounts(tomorrow, { now: '2026-03-21T02:00:00Z' })).toEqual(['440.00'])
  })

  it('B20b: set-up fees of completed orders on their local date', () => {
    const details = [
      { type: 'recurring', mpn: 'BP', quantity: 5, unitPrice: '22.00' },
      { type: 'setup', mpn: 'BP', quantity: 2, unitPrice: '49.50' },
    ]
    const who = recomputeFromEvents(log(created(), order(at, { details }), rise(at)), ASKED)
    expect(who.customers[0]?.amount).toBe('613.52')
    expect(who.customers[0]?.lines.find((line) => line.kind === 'oneTime')).toMatchObject({
      subject: '200/BP',
      billOn: '2026-03-11',
      amount: '99.00',
    })
    const early = order('2026-03-01T03:00:00Z', { details })
    expect(amounts(log(created(), early))).toEqual(['440.00'])
  })
})

describe('lineages, currencies and terms from the event log', () => {
  const turnover = ended('2026-03-11T06:10:00Z', '2026-03-11')
  const next = (fields: Readonly<Record<string, unknown>> = {}) =>
    created({ subscriptionId: '201', at: '2026-03-11T06:10:00Z', startDate: '2026-03-11', ...fields })

  it('B18: a turnover is one subscription', () => {
    const who = recomputeFromEvents(log(created(), turnover, next()), ASKED)
    expect(who.customers).toMatchObject([{ amount: '440.00', lines: [{ subject: '200/BP' }] }])
    expect(amounts(log(created(), turnover, next({ line: { seats: 25 } })))).toEqual(['440.00', '74.52'])
    expect(amounts(log(created(), turnover, next({ startDate: '2026-03-14' })))).toEqual(['440.00'])
  })

  it('B18: another product, another customer or a later start does not continue it', () => {
    const total = (event: Draft) =>
      recomputeFromEvents(log(created(), turnover, event), ASKED).totals[0]?.amount
    expect(total(next({ line: { mpn: 'E3' } }))).toBe('738.06')
    expect(total(next({ customerId: '101' }))).toBe('738.06')
    expect(total(next({ startDate: '2026-03-15' }))).not.toBe('440.00')
  })

  it('B18: two candidates are held, unless the vendor knows which', () => {
    const two = [next({ line: { vendorSubscriptionId: 'v1' } }), next({ subscriptionId: '202' })] as const
    const doubtful = recomputeFromEvents(log(created(), turnover, ...two), ASKED)
    // What ended is billed to its end, whoever continues it.
    expect(doubtful.customers).toMatchObject([{ amount: '440.00', lines: [{ subject: '200/BP' }] }])
    expect(doubtful.held.map(({ subject, why }) => [subject, why])).toEqual([
      ['201/BP', 'ambiguous'],
      ['202/BP', 'ambiguous'],
    ])
    const known = log(created({ line: { vendorSubscriptionId: 'v1' } }), turnover, ...two)
    expect(amounts(known)).toEqual(['440.00', '298.06'])
  })

  it('B17: the currency of the earliest start, then the lowest id; another is held', () => {
    const euro = created({ subscriptionId: '199', currency: 'EUR', line: { mpn: 'E3' } })
    const who = recomputeFromEvents(log(created(), euro), ASKED)
    expect(who.customers).toMatchObject([{ currency: 'EUR', amount: '440.00' }])
    expect(who.held).toMatchObject([{ subject: '200/BP', why: 'currency', lines: [{ amount: '440.00' }] }])
    const later = created({ ...euro, startDate: '2025-09-02' })
    expect(recomputeFromEvents(log(created(), later), ASKED).customers).toMatchObject([{ currency: 'USD' }])
  })

  it('B4, D2: terms of a year, whole and co-termed, before and after a renewal', () => {
    const whole = created({ ...YEARLY, startDate: '2025-03-15', expirationDate: '2026-03-15' })
    expect(amounts(log(whole))).toEqual(['1200.00'])
    const ending = created({ ...YEARLY, startDate: '2025-03-25', expirationDate: '2026-03-25' })
    expect(amounts(log(ending))).toEqual(['1200.00'])
    expect(amounts(log({ ...ending, autoRenew: false }))).toEqual([])
    const coTermed = created({ ...YEARLY, startDate: '2026-03-11', expirationDate: '2027-01-01' })
    expect(amounts(log(coTermed))).toEqual(['973.15'])
    const renewed = created({ ...YEARLY, startDate: '2025-09-05', expirationDate: '2027-03-15' })
    expect(amounts(log(renewed))).toEqual(['1200.00'])
    const perpetual = created({
      ...YEARLY,
      startDate: '2025-02-03',
      expirationDate: '2035-03-15',
      autoRenew: false,
    })
    expect(amounts(log(perpetual))).toEqual([])
  })

  it('B20: a term that began before the opening is not due, seats added after it are', () => {
    const at = '2026-03-11T14:00:00Z'
    const term = created({ ...YEARLY, startDate: '2026-01-01', expirationDate: '2027-01-01' })
    // 5 more seats for 296 of 365 days
    expect(amounts(log(term, order(at), rise(at, 10)))).toEqual(['973.15'])
  })

  it('B21: the last count continues; a scheduled total counts from the first period on or after its date', () => {
    const april = { until: '2026-04-30' }
    expect(amounts(log(created()), april)).toEqual(['440.00', '440.00'])
    const scheduled = order('2026-03-12T10:00:00Z', {
      history: [{ status: 'processing', at: '2026-03-12T10:00:00Z' }],
      provisionedAt: null,
      scheduledAtRenewal: true,
      products: [{ mpn: 'BP', quantity: 30 }],
    })
    const soon = created({ expirationDate: '2026-04-10' })
    expect(amounts(log(soon, scheduled), april)).toEqual(['440.00', '440.00'])
    expect(amounts(log(soon, scheduled), { until: '2026-05-31' })).toEqual(['440.00', '440.00', '660.00'])
  })
})
