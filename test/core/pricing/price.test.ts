import { describe, expect, test } from 'vitest'
import { formatDecimal } from '../../../core/money/decimal.js'
import { type OverrideRule, type PriceOverride, overrideOn } from '../../../core/pricing/overrides.js'
import { descriptionOn, priceOn } from '../../../core/pricing/price.js'
import { day, decimal } from '../../support/observed.js'

const TARGET = { lineageId: 'L-1', customerId: 'C1', mpn: 'BP' }
const MARKET = {
  price: { currency: 'USD', amount: decimal('22.00') },
  cost: { currency: 'USD', amount: decimal('17.35') },
}
const MARCH = day('2026-03-01')

function override(
  id: string,
  scope: PriceOverride['scope'],
  rule: OverrideRule,
  from = '2026-01-01',
  to?: string,
) {
  return { id, scope, rule, from: day(from), to: to === undefined ? null : day(to) }
}

function fixed(price: string): OverrideRule {
  return { kind: 'fixed', price: decimal(price), currency: 'USD' }
}

function price(
  overrides: readonly PriceOverride[],
  on = MARCH,
  market: Parameters<typeof priceOn>[1] = MARKET,
) {
  const resolved = priceOn(on, market, TARGET, overrides, 'USD')
  return resolved.found ? `${formatDecimal(resolved.price.amount, 2)} by ${resolved.rule}` : resolved.gap
}

describe('B14: the most specific override wins', () => {
  const LADDER = [
    override('5', {}, fixed('15')),
    override('4', { mpn: 'BP' }, fixed('14')),
    override('3', { customerId: 'C1' }, fixed('13')),
    override('2', { customerId: 'C1', mpn: 'BP' }, fixed('12')),
    override('1', { lineageId: 'L-1' }, fixed('11')),
  ]

  test.each([
    [1, '15.00 by fixed $15.00 for everyone'],
    [2, '14.00 by fixed $14.00 for this product'],
    [3, '13.00 by fixed $13.00 for this customer'],
    [4, '12.00 by fixed $12.00 for this customer and product'],
    [5, '11.00 by fixed $11.00 for this subscription'],
  ])('of the first %i rungs: %s', (rungs, expected) => {
    expect(price(LADDER.slice(0, rungs))).toBe(expected)
    expect(price(LADDER.slice(0, rungs).reverse())).toBe(expected)
  })

  test('without one, the marketplace price', () => {
    expect(price([])).toBe('22.00 by marketplace price')
    expect(price([override('1', { customerId: 'C2' }, fixed('9'))])).toBe('22.00 by marketplace price')
  })

  test('it holds from its first day until the day it no longer holds', () => {
    const march = [override('1', {}, fixed('9'), '2026-03-01', '2026-04-01')]
    expect(price(march, day('2026-02-28'))).toBe('22.00 by marketplace price')
    expect(price(march, day('2026-03-31'))).toBe('9.00 by fixed $9.00 for everyone')
    expect(price(march, day('2026-04-01'))).toBe('22.00 by marketplace price')
  })

  test('on one rung the one that started last, then the greater id', () => {
    const two = [override('b', {}, fixed('8'), '2026-02-01'), override('a', {}, fixed('9'), '2026-01-01')]
    expect(overrideOn(two, TARGET, MARCH)?.id).toBe('b')
    expect(
      overrideOn([override('a', {}, fixed('9')), override('b', {}, fixed('8'))], TARGET, MARCH)?.id,
    ).toBe('b')
  })
})

describe('B14: derived prices are rounded to the currency’s digits before use', () => {
  test.each<[string, OverrideRule, string]>([
    ['margin', { kind: 'margin', percent: decimal('15') }, '20.41 by margin 15% on cost $17.35 for everyone'],
    ['markup', { kind: 'markup', percent: decimal('15') }, '19.95 by markup 15% on cost $17.35 for everyone'],
    ['discount', { kind: 'discount', percent: decimal('10') }, '19.80 by 10% off list $22.00 for everyone'],
  ])('%s', (_, rule, expected) => {
    expect(price([override('1', {}, rule)])).toBe(expected)
  })

  test('yen have no digits', () => {
    const yen = { price: undefined, cost: { currency: 'JPY', amount: decimal('1735') } }
    const resolved = priceOn(
      MARCH,
      yen,
      TARGET,
      [override('1', {}, { kind: 'margin', percent: decimal('15') })],
      'JPY',
    )
    expect(resolved).toMatchObject({ found: true, price: { amount: decimal('2041') } })
  })

  test.each<[string, OverrideRule]>([
    ['margin', { kind: 'margin', percent: decimal('15') }],
    ['markup', { kind: 'markup', percent: decimal('15') }],
    ['discount', { kind: 'discount', percent: decimal('15') }],
  ])('a %s without what it is taken from is a gap', (_, rule) => {
    expect(price([override('1', {}, rule)], MARCH, { price: undefined, cost: undefined })).toBe('noPrice')
  })

  test('no price at all is a gap', () => {
    expect(price([], MARCH, { price: undefined, cost: MARKET.cost })).toBe('noPrice')
  })
})

describe('B17: nothing is converted', () => {
  const euros = { price: { currency: 'EUR', amount: decimal('20') }, cost: undefined }

  test('a price in another currency is a gap', () => {
    expect(price([], MARCH, euros)).toBe('otherCurrency')
  })

  test('until a fixed override in the customer’s currency exists', () => {
    expect(price([override('1', {}, fixed('21'))], MARCH, euros)).toBe('21.00 by fixed $21.00 for everyone')
  })
})

test('B14: descriptions follow the same ladder', () => {
  const words = [
    { id: '1', scope: { mpn: 'BP' }, description: 'Business Premium', from: day('2026-01-01'), to: null },
    {
      id: '2',
      scope: { customerId: 'C1' },
      description: 'Office licences',
      from: day('2026-01-01'),
      to: null,
    },
  ]
  expect(descriptionOn(MARCH, 'Microsoft 365', TARGET, words)).toBe('Office licences')
  expect(descriptionOn(MARCH, 'Microsoft 365', { ...TARGET, customerId: 'C2' }, words)).toBe(
    'Business Premium',
  )
  expect(descriptionOn(day('2025-12-31'), 'Microsoft 365', TARGET, words)).toBe('Microsoft 365')
})
