import { describe, expect, it } from 'vitest'
import { toCustomer, toOrder, toSubscription } from '../../../adapters/ingram/translate.js'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import { Problem } from '../../../core/problem.js'
import { customer, order, product, subscription } from './fake-marketplace.js'

const WHERE = 'GET api.example.com/marketplace/na/subscriptions/1000177, correlation id c-77'
const SUBSCRIPTION = { subject: 'subscription 1000177', where: WHERE }
const ORDER = { subject: 'order 1000027', where: WHERE }

function lineOf(changes: Readonly<Record<string, unknown>> = {}) {
  const [line] = toSubscription(subscription(changes), '1000177', SUBSCRIPTION).lines
  if (line === undefined) throw new Error('no line')
  return line
}

function refusalOf(action: () => unknown): Problem {
  try {
    action()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a subscription', () => {
  it('becomes one licence line for each product, dates half-open', () => {
    const { lines } = toSubscription(
      subscription({ products: [product(), product({ mpn: 'DEF-2', quantity: '3.0', unitCost: null })] }),
      '1000177',
      SUBSCRIPTION,
    )
    expect(
      lines.map(({ key, quantity, unitCost }) => [key, formatDecimal(quantity), unitCost?.currency]),
    ).toEqual([
      ['1000177/BP-1', '20', 'USD'],
      ['1000177/DEF-2', '3', undefined],
    ])
    const [line] = lines
    expect(line).toMatchObject({
      subscriptionId: '1000177',
      mpn: 'BP-1',
      customerId: '1000275',
      productName: 'Microsoft 365 Business Premium',
      status: 'active',
      billingPeriod: { type: 'month', duration: 1 },
      usage: false,
      autoRenew: true,
      vendorSubscriptionId: '10294983919204',
    })
    expect(line && formatLocalDate(line.startsOn)).toBe('2019-10-25')
    expect(line?.expiresOn && formatLocalDate(line.expiresOn)).toBe('2020-10-25')
    expect(line?.renewsOn && formatLocalDate(line.renewsOn)).toBe('2020-10-23')
    expect(line?.unitPrice && formatDecimal(line.unitPrice.amount, 2)).toBe('22.00')
    expect(line?.unitCost && formatDecimal(line.unitCost.amount, 2)).toBe('17.35')
  })

  it.each([2, '2', '2.0', ' 2.00 '])('takes the count %j as two seats', (quantity) => {
    expect(formatDecimal(lineOf({ products: [product({ quantity })] }).quantity)).toBe('2')
  })

  it('ignores what it does not use, prototype keys included', () => {
    const hostile: unknown = JSON.parse(
      JSON.stringify(subscription({ newField: { deep: [1, 2] } })).replace(
        '{',
        '{"__proto__":{"status":"hold"},"constructor":1,',
      ),
    )
    const [line] = toSubscription(hostile, '1000177', SUBSCRIPTION).lines
    expect(line).toEqual(lineOf())
  })

  it.each([
    ['a new status', { status: 'frozen' }, 'status', 'unknown'],
    ['no status', { status: null }, 'status', 'unknown'],
    ['a status in capitals', { status: 'ACTIVE' }, 'status', 'active'],
    [
      'a statement day',
      { billingPeriod: { type: 'statement_day', duration: 8 } },
      'billingPeriod',
      undefined,
    ],
    [
      'a new kind of period',
      { billingPeriod: { type: 'fortnight', duration: 1 } },
      'billingPeriod',
      undefined,
    ],
    ['no billing period', { billingPeriod: null }, 'billingPeriod', undefined],
    ['usage after the period', { billingModel: 'chargeAfterBillingPeriod' }, 'usage', true],
    ['usage rated outside', { billingModel: 'chargeExternalRating' }, 'usage', true],
    ['a new billing model', { billingModel: 'chargeByMoon' }, 'usage', false],
    ['no price', { products: [product({ unitPrice: null })] }, 'unitPrice', undefined],
    ['no end', { expirationDate: undefined }, 'expiresOn', undefined],
    ['an end that means never', { expirationDate: '9999-12-31' }, 'expiresOn', undefined],
    ['no word on renewal', { renewalStatus: undefined }, 'autoRenew', undefined],
    [
      'no name of the product',
      { products: [product({ name: '' })] },
      'productName',
      'Microsoft 365 Business Premium (yearly)',
    ],
    ['no name at all', { name: null, products: [product({ name: null })] }, 'productName', 'BP-1'],
  ] as const)('with %s is read with care', (_name, changes, field, expected) => {
    expect(lineOf(changes)[field]).toEqual(expected)
  })

  it('keeps prices to the last digit', () => {
    const amounts = ['0', '0.00000001', '22', '22.1', '999999999999.99999999', 22.1, 0]
    const read = amounts.map((amount) =>
      lineOf({ products: [product({ unitPrice: { currency: 'USD', amount } })] }),
    )
    expect(read.map(({ unitPrice }) => unitPrice && formatDecimal(unitPrice.amount))).toEqual([
      '0',
      '0.00000001',
      '22',
      '22.1',
      '999999999999.99999999',
      '22.1',
      '0',
    ])
  })

  it('cleans names: one line, no control characters, no half characters, not endless', () => {
    const name = ` <!channel>\u0000 Bob's\n\t"Büro" \ud800 ${'x'.repeat(600)}`
    const { productName } = lineOf({ products: [product({ name })] })
    expect(productName.startsWith('<!channel> Bob\'s "Büro" \ufffd xxx')).toBe(true)
    expect(productName).toHaveLength(500)
    expect(productName.endsWith('x…')).toBe(true)
  })

  it('with one product twice is one line when prices agree', () => {
    const twice = [product({ quantity: 2 }), product({ quantity: 3 })]
    expect(formatDecimal(lineOf({ products: twice }).quantity)).toBe('5')
    const refusal = refusalOf(() =>
      lineOf({ products: [product(), product({ unitPrice: { currency: 'USD', amount: '1' } })] }),
    )
    expect(refusal.message).toContain('subscription 1000177 has product BP-1 twice, at different prices')
  })

  it.each(['pending', 'terminated', 'removed', 'unknown'])(
    'without products has no lines when it is %s',
    (status) => {
      const { lines } = toSubscription(subscription({ status, products: [] }), '1000177', SUBSCRIPTION)
      expect(lines).toEqual([])
    },
  )

  it('without products has no lines when it is metered, and is refused when it should have seats', () => {
    const metered = subscription({ billingModel: 'chargeExternalRating', products: null })
    expect(toSubscription(metered, '1000177', SUBSCRIPTION).lines).toEqual([])
    for (const status of ['active', 'hold']) {
      const refusal = refusalOf(() =>
        toSubscription(subscription({ status, products: [] }), '1000177', SUBSCRIPTION),
      )
      expect(refusal.message).toContain(`subscription 1000177 is ${status} but has no products`)
    }
  })

  it('that came for another one is refused', () => {
    expect(refusalOf(() => toSubscription(subscription(), '1000178', SUBSCRIPTION)).message).toContain(
      'came with the id 1000177',
    )
  })
})

describe('a subscription that cannot be used', () => {
  const price = (changes: Readonly<Record<string, unknown>>) => ({
    products: [product({ unitPrice: { currency: 'USD', amount: '22.00', ...changes } })],
  })
  const seats = (quantity: unknown) => ({ products: [product({ quantity })] })
  it.each([
    ['negative seats', seats(-1), 'products[0].quantity = -1'],
    ['negative seats as text', seats('-1'), 'products[0].quantity = "-1"'],
    ['half a seat', seats(2.5), 'products[0].quantity = 2.5'],
    ['10^12 seats', seats(1_000_000_000_000), 'products[0].quantity = 1000000000000'],
    ['10^12 seats as text', seats('1000000000000'), 'products[0].quantity = "1000000000000"'],
    ['seats beyond numbers', seats(1e300), 'products[0].quantity = 1e+300'],
    ['no seats', seats(undefined), 'products[0].quantity = nothing'],
    ['seats that are null', seats(null), 'products[0].quantity = null'],
    ['seats in words', seats('twenty'), 'products[0].quantity = "twenty"'],
    ['a price in words', price({ amount: 'abc' }), 'products[0].unitPrice.amount = "abc"'],
    ['a price of null', price({ amount: null }), 'products[0].unitPrice.amount = null'],
    ['a negative price', price({ amount: '-22.00' }), 'products[0].unitPrice.amount = "-22.00"'],
    [
      'a price with nine places',
      price({ amount: '0.123456789' }),
      'products[0].unitPrice.amount = "0.123456789"',
    ],
    [
      'an endless price',
      price({ amount: '1000000000000' }),
      'products[0].unitPrice.amount = "1000000000000"',
    ],
    [
      'a price as an inexact number',
      price({ amount: 0.1234567890123456 }),
      'products[0].unitPrice.amount = 0.12',
    ],
    ['an unknown currency', price({ currency: 'XYZ' }), 'products[0].unitPrice.currency = "XYZ"'],
    ['no currency', price({ currency: undefined }), 'products[0].unitPrice.currency = nothing'],
    [
      'a price that is no object',
      { products: [product({ unitPrice: '22.00' })] },
      'products[0].unitPrice = "22.00"',
    ],
    [
      'a cost in words',
      { products: [product({ unitCost: { currency: 'USD', amount: 'n/a' } })] },
      'products[0].unitCost.amount = "n/a"',
    ],
    ['30 February', { creationDate: '2026-02-30' }, 'creationDate = "2026-02-30"'],
    ['no start', { creationDate: null }, 'creationDate = null'],
    ['a date written differently', { expirationDate: '10/25/2020' }, 'expirationDate = "10/25/2020"'],
    ['an end on 31 June', { expirationDate: '2026-06-31' }, 'expirationDate = "2026-06-31"'],
    ['a never that does not exist', { expirationDate: '9999-99-99' }, 'expirationDate = "9999-99-99"'],
    [
      'a date with a time',
      { lastModifiedDate: '2026-03-11T13:00:00Z' },
      'lastModifiedDate = "2026-03-11T13:00:00Z"',
    ],
    ['a date as a number', { renewalDate: 20260311 }, 'renewalDate = 20260311'],
    ['no id', { id: undefined }, 'id = nothing'],
    ['an id with a path in it', { id: '../1' }, 'id = "../1"'],
    ['no customer', { customerId: null }, 'customerId = null'],
    ['no product number', { products: [product({ mpn: '  ' })] }, 'products[0].mpn = "  "'],
    ['products that are no list', { products: {} }, 'products = {}'],
    ['renewal in words', { renewalStatus: 'perhaps' }, 'renewalStatus = "perhaps"'],
    [
      'a period of no months',
      { billingPeriod: { type: 'month', duration: 0 } },
      'billingPeriod = {"type":"month","duration":0}',
    ],
    [
      'half a month',
      { billingPeriod: { type: 'month', duration: 0.5 } },
      'billingPeriod = {"type":"month","duration":0.5}',
    ],
    [
      'a period of a century',
      { billingPeriod: { type: 'year', duration: 100 } },
      'billingPeriod = {"type":"year","duration":100}',
    ],
  ])('is refused with record, field, value and way out: %s', (_name, changes, words) => {
    const refusal = refusalOf(() => lineOf(changes))
    expect(refusal.kind).toBe('unavailable')
    expect(refusal.message).toContain(`subscription 1000177 has ${words}`)
    expect(refusal.message).toMatch(/ instead of (an?|true|a whole) /)
    expect(refusal.message).toContain('correlation id c-77')
    expect(refusal.message).toContain('nothing was stored.')
    expect(refusal.next).toContain('Correct the record in the marketplace')
  })

  it.each([null, 'x', 7, [], true])('is refused when it is no record at all: %j', (raw) => {
    expect(refusalOf(() => toSubscription(raw, '1000177', SUBSCRIPTION)).kind).toBe('unavailable')
  })
})

describe('a customer', () => {
  it('is an id and a cleaned name', () => {
    expect(
      toCustomer(customer({ name: '  =cmd|"/c calc"!A1 \u202e ' }), { subject: 'customer', where: WHERE }),
    ).toEqual({
      id: '1000275',
      name: '=cmd|"/c calc"!A1 \u202e',
    })
  })

  it.each([
    ['no name', { name: undefined }, 'name = nothing'],
    ['an empty name', { name: ' \u0000 ' }, 'name = '],
    ['no id', { id: '' }, 'id = ""'],
  ])('is refused with %s', (_name, changes, words) => {
    const refusal = refusalOf(() =>
      toCustomer(customer(changes), { subject: 'customer 1000275', where: WHERE }),
    )
    expect(refusal.message).toContain(`customer 1000275 has ${words}`)
  })
})

describe('an order', () => {
  const orderOf = (changes: Readonly<Record<string, unknown>> = {}) =>
    toOrder(order(changes), '1000027', ORDER)

  it('carries its signed difference and when it took effect', () => {
    const read = orderOf({ products: [{ mpn: 'BP-1', quantity: '-1.0' }] })
    expect(read).toMatchObject({
      id: '1000027',
      number: 'CH000012',
      type: 'change',
      status: 'completed',
      customerId: '1000275',
      subscriptionId: '1000177',
      scheduledAtRenewal: false,
      setups: [],
      poNumber: 'PO1234',
    })
    expect(read.createdAt.toISOString()).toBe('2019-11-01T02:11:09.000Z')
    expect(read.provisionedAt?.toISOString()).toBe('2019-11-01T02:12:40.000Z')
    expect(read.products?.map(({ mpn, quantity }) => [mpn, formatDecimal(quantity)])).toEqual([
      ['BP-1', '-1'],
    ])
  })

  it.each([
    ['a new type', { type: 'upgrade' }, 'type', 'unknown'],
    ['a new status', { status: 'paused' }, 'status', 'unknown'],
    ['a wanted total at renewal', { scheduledOn: 'renewal' }, 'scheduledAtRenewal', true],
    ['another schedule', { scheduledOn: 'someday' }, 'scheduledAtRenewal', false],
    ['a planned date while processing', { status: 'processing' }, 'provisionedAt', undefined],
    ['no products', { products: undefined }, 'products', undefined],
    ['an empty list of products', { products: [] }, 'products', undefined],
    ['no number', { orderNumber: null }, 'number', '1000027'],
    ['no subscription', { subscriptionId: undefined }, 'subscriptionId', undefined],
    [
      'an instant elsewhere',
      { creationDate: '2019-11-01T04:11:09+02:00' },
      'createdAt',
      new Date('2019-11-01T02:11:09Z'),
    ],
    [
      'an instant without zone',
      { creationDate: '2019-11-01T02:11:09.123' },
      'createdAt',
      new Date('2019-11-01T02:11:09.123Z'),
    ],
  ] as const)('with %s is read with care', (_name, changes, field, expected) => {
    expect(orderOf(changes)[field]).toEqual(expected)
  })

  it('that came for another one is refused', () => {
    expect(refusalOf(() => toOrder(order(), '1000028', ORDER)).message).toContain('came with the id 1000027')
  })

  it('keeps set-up fees with their place among the details', () => {
    const setup = {
      type: 'setup',
      mpn: 'BP-1',
      quantity: '1.0',
      unitPrice: { currency: 'USD', amount: '99.00' },
    }
    const { setups } = orderOf({
      details: [
        { type: 'recurring' },
        { ...setup, description: 'Onboarding\n' },
        { type: 'setupRefund' },
        setup,
      ],
    })
    expect(
      setups.map((fee) => ({
        ...fee,
        quantity: formatDecimal(fee.quantity),
        unitPrice: formatDecimal(fee.unitPrice.amount),
      })),
    ).toEqual([
      { detail: 1, mpn: 'BP-1', description: 'Onboarding', quantity: '1', unitPrice: '99' },
      { detail: 3, mpn: 'BP-1', description: 'Set-up fee', quantity: '1', unitPrice: '99' },
    ])
  })

  it.each([
    [
      'a fee without price',
      { details: [{ type: 'recurring' }, { type: 'setup', quantity: 1 }] },
      'details[1].unitPrice = nothing',
    ],
    [
      'a fee for less than nothing',
      { details: [{ type: 'setup', quantity: -1, unitPrice: { currency: 'USD', amount: '1' } }] },
      'details[0].quantity = -1',
    ],
    ['30 February', { creationDate: '2026-02-30T00:00:00Z' }, 'creationDate = "2026-02-30T00:00:00Z"'],
    ["25 o'clock", { provisioningDate: '2026-02-03T25:00:00Z' }, 'provisioningDate = "2026-02-03T25:00:00Z"'],
    ['seats in words', { products: [{ mpn: 'BP-1', quantity: 'many' }] }, 'products[0].quantity = "many"'],
    [
      '-10^12 seats',
      { products: [{ mpn: 'BP-1', quantity: -1e12 }] },
      'products[0].quantity = -1000000000000',
    ],
    ['a product without number', { products: [{ quantity: 1 }] }, 'products[0].mpn = nothing'],
    ['no customer', { customerId: undefined }, 'customerId = nothing'],
  ])('is refused with %s', (_name, changes, words) => {
    expect(refusalOf(() => orderOf(changes)).message).toContain(`order 1000027 has ${words}`)
  })
})
