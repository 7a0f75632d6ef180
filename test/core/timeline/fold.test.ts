import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import { type LineageRecord, foldLineage } from '../../../core/timeline/fold.js'
import { day, decimal, observed, order, record } from '../../support/observed.js'

const NEW_YORK = {
  timeZone: 'America/New_York',
  opensOn: day('2026-03-01'),
  observedAt: [],
  observedOn: day('2026-03-20'),
}
const NOW = '2026-03-20T13:00:00Z'

function fold(records: readonly [LineageRecord, ...LineageRecord[]], settings = NEW_YORK) {
  return foldLineage('L-test', records, settings)
}

/** "2026-03-11 25", with "?" for an estimated date. */
function counts(records: readonly [LineageRecord, ...LineageRecord[]], settings = NEW_YORK): string[] {
  return fold(records, settings).counts.map(
    ({ on, quantity, estimated }) =>
      `${formatLocalDate(on)} ${formatDecimal(quantity)}${estimated ? '?' : ''}`,
  )
}

describe('B20: the opening count is walked back through completed orders', () => {
  const now = observed({ quantity: decimal('25') })

  test('25 seats seen, +5 completed on 11 March: 20 before it', () => {
    expect(counts([record([[NOW, now]], [order()])])).toEqual(['2025-06-01 20', '2026-03-11 25'])
  })

  test('the date is the billing zone’s, not UTC’s', () => {
    const late = order({ provisionedAt: new Date('2026-03-11T02:00:00Z') })
    expect(counts([record([[NOW, now]], [late])])).toEqual(['2025-06-01 20', '2026-03-10 25'])
  })

  test('also before the opening date: a period that is due may have begun there (B21)', () => {
    const february = order({ provisionedAt: new Date('2026-02-11T14:00:00Z') })
    expect(counts([record([[NOW, now]], [february])])).toEqual(['2025-06-01 20', '2026-02-11 25'])
  })

  test.each([
    ['processing', order({ status: 'processing' })],
    ['cancelled', order({ status: 'cancelled' })],
    ['a renewal', order({ type: 'renewal', products: undefined })],
    ['for another product', order({ products: [{ mpn: 'E3', quantity: decimal('5') }] })],
  ])('an order that is %s explains nothing', (_, other) => {
    const folded = fold([record([[NOW, now]], [other])])
    expect(folded.counts.map(({ quantity }) => quantity)).toEqual([decimal('25')])
    expect(folded.exceptions).toEqual([])
    // None are read from before February.
    expect(folded.assumedThrough).toBe(day('2026-01-28'))
  })

  test.each([
    ['carries no products', order({ products: undefined })],
    ['would leave fewer than no seats', order({ products: [{ mpn: 'BP', quantity: decimal('30') }] })],
    ['states a total instead of a difference', order({ scheduledAtRenewal: true })],
  ])('an order that %s: the count is assumed constant, and said so', (_, odd) => {
    const folded = fold([record([[NOW, now]], [odd])])
    expect(folded.counts.map(({ quantity }) => quantity)).toEqual([decimal('25')])
    expect(folded.assumedThrough).toBe(day('2026-03-20'))
  })

  test('a subscription that starts inside must add up to its sales order', () => {
    const started = observed({ startsOn: day('2026-03-05'), quantity: decimal('25') })
    const at = new Date('2026-03-05T15:00:00Z')
    const sales = order({
      id: '1',
      number: 'SO1',
      type: 'sales',
      provisionedAt: at,
      products: [{ mpn: 'BP', quantity: decimal('20') }],
    })
    expect(counts([record([[NOW, started]], [sales, order()])])).toEqual(['2026-03-05 20', '2026-03-11 25'])
    const wrong = { ...sales, products: [{ mpn: 'BP', quantity: decimal('19') }] }
    expect(counts([record([[NOW, started]], [wrong, order()])])).toEqual(['2026-03-05 25'])
    expect(fold([record([[NOW, started]], [wrong, order()])]).assumedThrough).toBe(day('2026-03-20'))
    expect(fold([record([[NOW, started]], [sales, order()])]).assumedThrough).toBeUndefined()
  })
})

describe('B19: snapshots count, orders date', () => {
  const states = [
    ['2026-03-10T12:00:00Z', observed()],
    ['2026-03-12T12:00:00Z', observed({ quantity: decimal('25') })],
  ] as const

  test('no order: the day of first observation, marked as estimated', () => {
    expect(counts([record(states)])).toEqual(['2025-06-01 20', '2026-03-12 25?'])
    expect(fold([record(states)]).exceptions).toContain('dateEstimated')
  })

  test('orders that add up give their dates', () => {
    const two = [
      order({
        id: '1',
        provisionedAt: new Date('2026-03-10T15:00:00Z'),
        products: [{ mpn: 'BP', quantity: decimal('7') }],
      }),
      order({
        id: '2',
        provisionedAt: new Date('2026-03-11T15:00:00Z'),
        products: [{ mpn: 'BP', quantity: decimal('-2') }],
      }),
    ]
    expect(counts([record(states, two)])).toEqual(['2025-06-01 20', '2026-03-10 27', '2026-03-11 25'])
  })

  test('orders that do not add up exactly date nothing', () => {
    const wrong = order({ products: [{ mpn: 'BP', quantity: decimal('4') }] })
    expect(counts([record(states, [wrong])])).toEqual(['2025-06-01 20', '2026-03-12 25?'])
  })

  test('a later order corrects the date, also when it is stamped after the change was seen', () => {
    const stampedLate = order({ provisionedAt: new Date('2026-03-13T09:00:00Z') })
    expect(counts([record(states, [stampedLate])])).toEqual(['2025-06-01 20', '2026-03-13 25'])
    const tooLate = order({ provisionedAt: new Date('2026-03-17T09:00:00Z') })
    expect(counts([record(states, [tooLate])])).toEqual(['2025-06-01 20', '2026-03-12 25?'])
  })

  test('seats that came and went between two observations are known from their orders', () => {
    const quiet = [
      ['2026-03-10T12:00:00Z', observed()],
      ['2026-03-20T12:00:00Z', observed({ quantity: decimal('21') })],
    ] as const
    const orders = [
      order({ id: '1', provisionedAt: new Date('2026-03-11T15:00:00Z') }),
      order({
        id: '2',
        provisionedAt: new Date('2026-03-14T15:00:00Z'),
        products: [{ mpn: 'BP', quantity: decimal('-5') }],
      }),
      order({
        id: '3',
        provisionedAt: new Date('2026-03-18T15:00:00Z'),
        products: [{ mpn: 'BP', quantity: decimal('1') }],
      }),
    ]
    expect(counts([record(quiet, orders)])).toEqual([
      '2025-06-01 20',
      '2026-03-11 25',
      '2026-03-14 20',
      '2026-03-18 21',
    ])
  })

  test('the order in which orders arrive does not matter', () => {
    const orders = [
      order({
        id: '1',
        provisionedAt: new Date('2026-03-10T15:00:00Z'),
        products: [{ mpn: 'BP', quantity: decimal('7') }],
      }),
      order({
        id: '2',
        provisionedAt: new Date('2026-03-11T15:00:00Z'),
        products: [{ mpn: 'BP', quantity: decimal('-2') }],
      }),
    ]
    expect(counts([record(states, [...orders].reverse())])).toEqual(counts([record(states, orders)]))
  })
})

describe('B12, B13, B18: ends, holds and turnovers', () => {
  test('an ended line ends on its expiration date', () => {
    const ended = observed({ status: 'removed', expiresOn: day('2026-03-11') })
    expect(fold([record([[NOW, ended]])]).end).toBe(day('2026-03-11'))
  })

  test('an expiration date years ahead is not an end: the cancellation order, else the last modification', () => {
    const ended = observed({
      status: 'terminated',
      expiresOn: day('2031-03-11'),
      lastModifiedOn: day('2026-03-09'),
    })
    expect(fold([record([[NOW, ended]])]).end).toBe(day('2026-03-09'))
    const cancelled = order({
      type: 'cancellation',
      products: undefined,
      provisionedAt: new Date('2026-03-07T15:00:00Z'),
    })
    expect(fold([record([[NOW, ended]], [cancelled])]).end).toBe(day('2026-03-07'))
  })

  test('a line that will not renew ends with its term: planned, not ended', () => {
    const leaving = observed({ autoRenew: false, expiresOn: day('2026-04-15') })
    expect(fold([record([[NOW, leaving]])])).toMatchObject({ end: day('2026-04-15'), endPlanned: true })
    const past = observed({ autoRenew: false, expiresOn: day('2026-03-15') })
    expect(fold([record([[NOW, past]])])).toMatchObject({ end: null, endPlanned: false })
    expect(fold([record([[NOW, observed()]])])).toMatchObject({ end: null, endPlanned: false })
  })

  test('a turnover is one subscription with one start and no end', () => {
    const old = observed({
      subscriptionId: '1',
      status: 'removed',
      startsOn: day('2026-02-11'),
      expiresOn: day('2026-03-11'),
    })
    const fresh = observed({ subscriptionId: '2', startsOn: day('2026-03-11'), expiresOn: day('2026-04-11') })
    const folded = fold([record([[NOW, old]]), record([[NOW, fresh]])])
    expect([folded.start, folded.end]).toEqual([day('2026-02-11'), null])
    expect(folded.counts.map(({ quantity }) => formatDecimal(quantity))).toEqual(['20'])
    expect(folded.renewals).toEqual([day('2026-03-11')])
    expect(folded.exceptions).toEqual([])
  })

  test('a turnover with other seats changes them on its start, and on overlap the new start wins', () => {
    const old = observed({
      subscriptionId: '1',
      status: 'removed',
      startsOn: day('2026-02-11'),
      expiresOn: day('2026-03-13'),
    })
    const fresh = observed({ subscriptionId: '2', startsOn: day('2026-03-11'), quantity: decimal('25') })
    const late = order({
      subscriptionId: '1',
      provisionedAt: new Date('2026-03-12T15:00:00Z'),
      products: [{ mpn: 'BP', quantity: decimal('1') }],
    })
    expect(counts([record([[NOW, old]], [late]), record([[NOW, fresh]])])).toEqual([
      '2026-02-11 19',
      '2026-03-11 25',
    ])
  })

  test('holds are dated by the last modification when that fits, else by observation', () => {
    const states = [
      ['2026-03-05T12:00:00Z', observed()],
      ['2026-03-12T12:00:00Z', observed({ status: 'hold', lastModifiedOn: day('2026-03-11') })],
      ['2026-03-22T12:00:00Z', observed({ lastModifiedOn: day('2026-03-01') })],
    ] as const
    expect(fold([record(states)]).holds).toEqual([
      { on: day('2026-03-11'), type: 'suspend', estimated: false },
      { on: day('2026-03-22'), type: 'resume', estimated: true },
    ])
  })

  test('pending is not billed, and starts on the day it became active', () => {
    const pending = observed({ status: 'pending', startsOn: day('2026-03-02') })
    expect(fold([record([[NOW, pending]])]).exceptions).toEqual(['pending'])
    const active = observed({ startsOn: day('2026-03-02') })
    const folded = fold([
      record([
        ['2026-03-05T12:00:00Z', pending],
        ['2026-03-09T12:00:00Z', active],
      ]),
    ])
    expect(folded.start).toBe(day('2026-03-09'))
    expect(folded.exceptions).not.toContain('pending')
  })

  test('a line that is not listed any more runs on, and is said to be missing', () => {
    const folded = fold([record([[NOW, observed()]], [], false)])
    expect(folded.end).toBeNull()
    expect(folded.exceptions).toEqual(['missing'])
  })
})

describe('B4, D2: the first term of a long period', () => {
  const yearly = { billingPeriod: { type: 'year', duration: 1 } as const }

  test('a co-termed first term is shorter than a year', () => {
    const coTermed = observed({ ...yearly, startsOn: day('2025-08-20'), expiresOn: day('2027-01-01') })
    expect(fold([record([[NOW, coTermed]])]).terms).toEqual([
      { from: day('2025-08-20'), to: day('2026-01-01') },
    ])
  })

  test('whole years stay whole, a month has no term, an ended line keeps the term it had', () => {
    const whole = observed({ ...yearly, startsOn: day('2024-05-10'), expiresOn: day('2026-05-10') })
    expect(fold([record([[NOW, whole]])]).terms).toEqual([{ from: day('2024-05-10'), to: day('2025-05-10') }])
    expect(fold([record([[NOW, observed()]])]).terms).toEqual([])
    const ended = { ...whole, status: 'removed' as const, expiresOn: day('2026-03-11') }
    const folded = fold([
      record([
        ['2026-03-05T12:00:00Z', whole],
        [NOW, ended],
      ]),
    ])
    expect(folded.terms).toEqual([{ from: day('2024-05-10'), to: day('2025-05-10') }])
  })
})

describe('B21: what is ordered for the next renewal', () => {
  const total = order({ status: 'processing', scheduledAtRenewal: true, provisionedAt: undefined })

  test('is a change on the day the term ends, marked as scheduled', () => {
    const { counts: steps } = fold([record([[NOW, observed()]], [total])])
    expect(steps.at(-1)).toMatchObject({ on: day('2026-06-01'), quantity: decimal('5'), scheduled: true })
  })

  test.each([
    ['withdrawn', { ...total, status: 'cancelled' as const }],
    ['without products', { ...total, products: undefined }],
    ['not for the renewal', { ...total, scheduledAtRenewal: false }],
    ['for less than no seats', { ...total, products: [{ mpn: 'BP', quantity: decimal('-5') }] }],
  ])('unless it is %s', (_, other) => {
    expect(counts([record([[NOW, observed()]], [other])])).toEqual(['2025-06-01 20'])
  })
})

test('B20b: a set-up fee has its order’s date and a key of order and detail', () => {
  const fee = {
    detail: 2,
    mpn: 'SETUP',
    description: 'Onboarding',
    quantity: decimal('1'),
    unitPrice: { currency: 'USD', amount: decimal('150') },
  }
  const [setup] = fold([
    record([[NOW, observed({ quantity: decimal('25') })]], [order({ setups: [fee] })]),
  ]).setups
  expect(setup).toMatchObject({ on: day('2026-03-11'), key: '900:2', description: 'Onboarding' })
})
