import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import type { PriceOverride } from '../../../core/pricing/overrides.js'
import { priceSubscription } from '../../../core/pricing/timeline.js'
import { type LineageRecord, foldLineage } from '../../../core/timeline/fold.js'
import { day, decimal, observed, order, record } from '../../support/observed.js'

const SETTINGS = {
  timeZone: 'America/New_York',
  opensOn: day('2026-03-01'),
  observedAt: [],
  observedOn: day('2026-03-20'),
}
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

describe('B14, B17: days without a price are gaps', () => {
  const euros = { currency: 'EUR', amount: decimal('20') }
  const fixed = (currency: string, from: string, to?: string): PriceOverride => ({
    id: '1',
    scope: { customerId: 'C1' },
    rule: { kind: 'fixed', price: decimal('19'), currency },
    from: day(from),
    to: to === undefined ? null : day(to),
  })

  function gaps(
    history: LineageRecord,
    overrides: readonly PriceOverride[] = [],
    currency: string | undefined = 'USD',
  ): string[] {
    const { timeline, held, exceptions } = priced(history, overrides, currency)
    expect([held, exceptions]).toEqual([false, []])
    return (timeline?.priceGaps ?? []).map(({ from, to, kind, why, currency: of }) => {
      const days = `${formatLocalDate(from)}..${to === null ? '' : formatLocalDate(to)}`
      return [days, kind, ...(of === undefined ? [] : [of]), why].join(' ')
    })
  }

  /** $22.00 at first, nothing from 1 April, $24.00 from 10 April; its cost changes with it. */
  const lost = record([
    [NOW, observed()],
    ['2026-04-01T13:00:00Z', observed({ unitPrice: undefined, unitCost: undefined })],
    [
      '2026-04-10T13:00:00Z',
      observed({
        unitPrice: { currency: 'USD', amount: decimal('24') },
        unitCost: { currency: 'USD', amount: decimal('19') },
      }),
    ],
  ])

  test('a price that is always stated has none', () => {
    expect(priced(record([[NOW, observed()]])).timeline).not.toHaveProperty('priceGaps')
  })

  test('the stretch is told: its first day while it is open, all of it once it is closed', () => {
    expect(
      gaps(record(lost.states.slice(0, 2).map((s) => [s.observedAt.toISOString(), s.subscription]))),
    ).toEqual(['2026-04-01.. noPrice the marketplace states no price from 1 Apr 2026'])
    expect(gaps(lost)).toEqual([
      '2026-04-01..2026-04-10 noPrice the marketplace states no price for 1–9 Apr 2026',
    ])
    expect(gaps(record([[NOW, observed({ unitPrice: undefined })]]))).toEqual([
      '2025-06-01.. noPrice the marketplace states no price',
    ])
    expect(events(lost)).toEqual([
      '2025-06-01 change at 22.00',
      '2025-06-01 change 20',
      '2026-04-01 change at 0.00',
      '2026-04-10 change at 24.00',
    ])
  })

  test('a fixed override closes the days it covers, and no other', () => {
    expect(gaps(lost, [fixed('USD', '2026-04-01')])).toEqual([])
    expect(gaps(lost, [fixed('USD', '2026-03-15', '2026-04-05')])).toEqual([
      '2026-04-05..2026-04-10 noPrice the marketplace states no price for 5–9 Apr 2026',
    ])
    expect(gaps(lost, [fixed('EUR', '2026-04-01', '2026-04-10')])).toEqual([
      '2026-04-01..2026-04-10 otherCurrency EUR priced in EUR for 1–9 Apr 2026, but this customer is billed in USD',
    ])
  })

  test('a markup needs a cost, a discount a list price', () => {
    const derived = (kind: 'markup' | 'discount'): PriceOverride => ({
      ...fixed('USD', '2026-01-01'),
      rule: { kind, percent: decimal('10') },
    })
    expect(gaps(lost, [derived('markup')])).toEqual([
      '2026-04-01..2026-04-10 noPrice a markup needs a cost, and the marketplace states no cost for 1–9 Apr 2026',
    ])
    expect(gaps(lost, [derived('discount')])).toEqual([
      '2026-04-01..2026-04-10 noPrice a discount needs a list price, and the marketplace states no price for 1–9 Apr 2026',
    ])
  })

  test('two reasons are two gaps; a foreign price that changes is one', () => {
    const foreign = record([
      [NOW, observed()],
      ['2026-04-01T13:00:00Z', observed({ unitPrice: undefined })],
      ['2026-04-10T13:00:00Z', observed({ unitPrice: euros })],
      ['2026-04-15T13:00:00Z', observed({ unitPrice: { ...euros, amount: decimal('21') } })],
    ])
    expect(gaps(foreign)).toEqual([
      '2026-04-01..2026-04-10 noPrice the marketplace states no price for 1–9 Apr 2026',
      '2026-04-10.. otherCurrency EUR priced in EUR from 10 Apr 2026, but this customer is billed in USD',
    ])
    expect(events(foreign).slice(-2)).toEqual(['2026-04-10 change at 20.00', '2026-04-15 change at 21.00'])
  })

  test('while a customer’s currency is not settled, the first price settles it for the subscription', () => {
    const turned = record([
      [NOW, observed()],
      ['2026-04-01T13:00:00Z', observed({ unitPrice: euros })],
    ])
    const folded = foldLineage('L-test', [turned], SETTINGS)
    const { currency, timeline } = priceSubscription(folded, [], undefined)
    expect([currency, timeline?.priceGaps?.map(({ from }) => from)]).toEqual(['USD', [day('2026-04-01')]])
  })

  test('after its end a subscription needs no price', () => {
    const ending = observed({ unitPrice: undefined, autoRenew: false, expiresOn: day('2026-04-15') })
    expect(
      gaps(
        record([
          [NOW, observed()],
          ['2026-04-01T13:00:00Z', ending],
        ]),
      ),
    ).toEqual(['2026-04-01..2026-04-15 noPrice the marketplace states no price for 1–14 Apr 2026'])
    const removed = observed({ status: 'removed', expiresOn: day('2026-04-01'), unitPrice: undefined })
    expect(
      gaps(
        record([
          [NOW, observed()],
          ['2026-04-01T13:00:00Z', removed],
        ]),
      ),
    ).toEqual([])
  })

  test('a trial lasts until the first day on which it may have ended', () => {
    const free = observed({ unitPrice: { currency: 'USD', amount: decimal('0') } })
    const tried = record([
      ['2026-03-02T13:00:00Z', free],
      ['2026-03-10T13:00:00Z', observed({ unitPrice: undefined })],
      ['2026-03-15T13:00:00Z', observed()],
    ])
    expect(priced(tried).timeline?.trialEnd).toBe(day('2026-03-10'))
  })

  test('without seats there is nothing to price', () => {
    const folded = foldLineage('L-test', [record([[NOW, observed({ unitPrice: undefined })]])], SETTINGS)
    expect(priceSubscription({ ...folded, counts: [] }, [], 'USD').timeline).not.toHaveProperty('priceGaps')
  })

  test('a subscription without any price, of a customer without a currency, is held all the same', () => {
    const folded = foldLineage('L-test', [record([[NOW, observed({ unitPrice: undefined })]])], SETTINGS)
    expect(priceSubscription(folded, [], undefined).timeline?.priceGaps).toHaveLength(1)
  })
})
