import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import type { PriceOverride } from '../../../core/pricing/overrides.js'
import { priceSubscription } from '../../../core/pricing/timeline.js'
import { type LineageRecord, foldLineage } from '../../../core/timeline/fold.js'
import { day, decimal, observed, order, record } from '../../support/observed.js'

const SETTINGS = { timeZone: 'America/New_York', opensOn: day('2026-03-01'), observedOn: day('2026-03-20') }
const NOW = '2026-03-20T13:00:00Z'

function priced(
  history: LineageRecord,
  overrides: readonly PriceOverride[] = [],
  currency: string | undefined = 'USD',
) {
  return priceSubscription(foldLineage('L-test', [history], SETTINGS), overrides, currency)
}

function events(history: LineageRecord, overrides: readonly PriceOverride[] = []): string[] {
  return (priced(history, overrides).timeline?.events ?? []).map(({ on, type, quantity, unitPrice }) => {
    const seats = quantity === undefined ? '' : ` ${formatDecimal(quantity)}`
    return `${formatLocalDate(on)} ${type}${seats}${unitPrice === undefined ? '' : ` at ${formatDecimal(unitPrice, 2)}`}`
  })
}

test('counts, prices, holds and fees become one ordered history; on a day the price comes first (D6)', () => {
  const fee = {
    detail: 0,
    mpn: 'SETUP',
    description: 'Onboarding',
    quantity: decimal('1'),
    unitPrice: { currency: 'USD', amount: decimal('150') },
  }
  const history = record([[NOW, observed({ quantity: decimal('25') })]], [order({ setups: [fee] })])
  expect(events(history)).toEqual([
    '2025-06-01 change at 22.00',
    '2025-06-01 change 20',
    '2026-03-11 change 25',
    '2026-03-11 oneTime 1 at 150.00',
  ])
})

test('B15: an override’s start and end are price changes on those dates', () => {
  const march = {
    id: '1',
    scope: { customerId: 'C1' },
    rule: { kind: 'fixed', price: decimal('19'), currency: 'USD' } as const,
    from: day('2026-03-15'),
    to: day('2026-05-01'),
  }
  expect(events(record([[NOW, observed()]]), [march])).toEqual([
    '2025-06-01 change at 22.00',
    '2025-06-01 change 20',
    '2026-03-15 change at 19.00',
    '2026-05-01 change at 22.00',
  ])
})

test('B15: a free beginning is a trial, and the first price ends it', () => {
  const free = observed({ unitPrice: { currency: 'USD', amount: decimal('0') } })
  const tried = record([
    ['2026-03-02T13:00:00Z', free],
    ['2026-03-15T13:00:00Z', observed()],
  ])
  expect(priced(tried).timeline?.trialEnd).toBe(day('2026-03-15'))
  expect(priced(record([[NOW, free]])).timeline?.trialEnd).toBeUndefined()
  expect(priced(record([[NOW, observed()]])).timeline?.trialEnd).toBeUndefined()
})

describe('what cannot be billed is held with its reason', () => {
  test.each([
    ['noPrice', observed({ unitPrice: undefined }), true],
    ['otherCurrency', observed({ unitPrice: { currency: 'EUR', amount: decimal('20') } }), true],
    ['unbillablePeriod', observed({ billingPeriod: undefined }), true],
    ['unknownStatus', observed({ status: 'unknown' }), true],
    ['usage', observed({ usage: true }), false],
    ['pending', observed({ status: 'pending' }), false],
  ] as const)('%s', (kind, subscription, held) => {
    const result = priced(record([[NOW, subscription]]))
    expect(result.exceptions.map((exception) => exception.kind)).toContain(kind)
    expect(result.held).toBe(held)
    expect(result.timeline === undefined).toBe(kind !== 'unknownStatus')
  })

  test('a fee in another currency holds only the fee, and says so', () => {
    const fee = {
      detail: 0,
      mpn: 'SETUP',
      description: 'Onboarding',
      quantity: decimal('1'),
      unitPrice: { currency: 'EUR', amount: decimal('150') },
    }
    const result = priced(record([[NOW, observed({ quantity: decimal('25') })]], [order({ setups: [fee] })]))
    expect(result.held).toBe(false)
    expect(result.exceptions.map(({ kind }) => kind)).toEqual(['feeOtherCurrency'])
    expect(result.timeline?.events.some(({ type }) => type === 'oneTime')).toBe(false)
  })
})
