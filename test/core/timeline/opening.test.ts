import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { OBSERVATION_READ_HOURS } from '../../../core/limits.js'
import type { ObservedOrder, ObservedSubscription } from '../../../core/marketplace/types.js'
import { foldLineage } from '../../../core/timeline/fold.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import { Observing } from '../../support/observing.js'
import { day, decimal, observed, order, record } from '../../support/observed.js'

const SETTINGS = {
  timeZone: 'America/New_York',
  opensOn: day('2026-03-01'),
  observedAt: [],
  observedOn: day('2026-03-20'),
}
const FIRST = '2026-03-10T12:00:00Z'

type States = readonly (readonly [string, ObservedSubscription])[]

function opening(states: States, orders: readonly ObservedOrder[]) {
  const {
    counts,
    exceptions,
    assumedThrough = SETTINGS.opensOn - 1,
  } = foldLineage('L-test', [record(states, orders)], SETTINGS)
  const steps = counts.map(
    ({ on, quantity, estimated }) =>
      `${formatLocalDate(on)} ${formatDecimal(quantity)}${estimated ? '?' : ''}`,
  )
  return [...steps, ...(assumedThrough < SETTINGS.opensOn ? [] : ['assumed']), ...exceptions]
}

function seats(quantity: string, more: Partial<ObservedSubscription> = {}) {
  return observed({ quantity: decimal(quantity), ...more })
}

function change(quantity: string, at: string | undefined, more: Partial<ObservedOrder> = {}) {
  return order({
    id: quantity + String(at),
    products: [{ mpn: 'BP', quantity: decimal(quantity) }],
    createdAt: new Date(at ?? '2026-03-08T12:00:00Z'),
    provisionedAt: at === undefined ? undefined : new Date(at),
    ...more,
  })
}

describe('B20: a change during the read of the first observation', () => {
  const during = change('5', '2026-03-10T13:30:00Z')

  test('is counted already: walked back as belonging before it', () => {
    expect(opening([[FIRST, seats('25')]], [during])).toEqual(['2025-06-01 20', '2026-03-10 25'])
  })

  test('also when more changes follow', () => {
    const states = [
      [FIRST, seats('25')],
      ['2026-03-12T12:00:00Z', seats('28')],
    ] as const
    expect(opening(states, [during, change('3', '2026-03-11T12:00:00Z')])).toEqual([
      '2025-06-01 20',
      '2026-03-10 25',
      '2026-03-11 28',
    ])
  })

  test('unless what was seen afterwards says that it was not counted yet', () => {
    const states = [
      [FIRST, seats('25')],
      ['2026-03-12T12:00:00Z', seats('30')],
    ] as const
    expect(opening(states, [during])).toEqual(['2025-06-01 25', '2026-03-10 30'])
    const cameAndWent = [during, change('-5', '2026-03-10T13:45:00Z')]
    expect(opening([[FIRST, seats('25')]], cameAndWent)).toEqual([
      '2025-06-01 25',
      '2026-03-10 30',
      '2026-03-10 25',
    ])
  })

  test('and not later than a read may take', () => {
    const late = new Date(new Date(FIRST).getTime() + OBSERVATION_READ_HOURS * 3_600_000 + 1)
    expect(opening([[FIRST, seats('25')]], [change('5', late.toISOString())])).toEqual(['2025-06-01 25'])
  })

  test('and not when the opening did not add up with it', () => {
    const fresh = seats('20', { startsOn: day('2026-03-05') })
    const sales = change('20', '2026-03-05T15:00:00Z', { type: 'sales' })
    expect(opening([[FIRST, fresh]], [sales, during])).toEqual(['2026-03-05 20'])
  })

  test('a line sold during the read is no assumption', () => {
    const sales = change('20', '2026-03-10T12:20:00Z', { type: 'sales' })
    expect(opening([[FIRST, seats('20', { startsOn: day('2026-03-10') })]], [sales])).toEqual([
      '2026-03-10 20',
    ])
  })

  test('through the ledger: 20 seats, 25 from 10 March: 440.00 + 5 × 22 × 22/31', async () => {
    const world = new Observing()
    await world.see(FIRST, [seats('25')], [during])
    await world.see('2026-03-10T18:00:00Z', [seats('25')], [during])
    expect(await world.total('2026-03-01')).toBe(44_000n + 7_806n)
  })
})

describe('B20: a sales order', () => {
  const fresh = seats('25', { startsOn: day('2026-03-05') })

  test('begins its line on its first day, whatever is stamped before it', () => {
    const sale = change('20', '2026-03-06T15:00:00Z', { type: 'sales' })
    const early = change('5', '2026-03-05T15:00:00Z')
    expect(opening([[FIRST, fresh]], [sale, early])).toEqual(['2026-03-05 20', '2026-03-05 25'])
    const late = change('5', '2026-03-07T15:00:00Z')
    const afterAll = { ...sale, provisionedAt: new Date('2026-03-08T15:00:00Z') }
    expect(opening([[FIRST, fresh]], [afterAll, late])).toEqual(['2026-03-05 20', '2026-03-07 25'])
  })

  test('of a line that had begun long before is a change of its day', () => {
    const more = change('5', '2026-03-06T15:00:00Z', { type: 'sales' })
    expect(opening([[FIRST, seats('25')]], [more])).toEqual(['2025-06-01 20', '2026-03-06 25'])
  })
})

test('B20: orders that would leave less than no seats in between explain nothing', () => {
  const orders = [change('-40', '2026-03-05T15:00:00Z'), change('40', '2026-03-07T15:00:00Z')]
  expect(opening([[FIRST, seats('25')]], orders)).toEqual(['2025-06-01 25', 'assumed'])
})

test('of a line billed by usage nobody needs to know when its count changed', () => {
  const metered = (quantity: string) => seats(quantity, { usage: true, startsOn: day('2026-03-05') })
  const states = [
    [FIRST, metered('1')],
    ['2026-03-12T12:00:00Z', metered('2')],
  ] as const
  expect(opening(states, []).slice(2)).toEqual(['usage'])
})

describe('B20: a completed order that cannot be dated', () => {
  test('a change: the count is assumed constant, and said so', () => {
    expect(opening([[FIRST, seats('25')]], [change('5', undefined)])).toEqual(['2025-06-01 25', 'assumed'])
    const before = change('5', undefined, { createdAt: new Date('2026-02-10T12:00:00Z') })
    expect(opening([[FIRST, seats('25')]], [before])).toEqual(['2025-06-01 25', 'assumed'])
  })

  test.each([
    ['placed too long before the opening to matter', { createdAt: new Date('2026-01-10T12:00:00Z') }],
    ['placed after the observation', { createdAt: new Date('2026-03-11T12:00:00Z') }],
    ['not completed', { status: 'processing' }],
    ['for another product', { products: [{ mpn: 'E3', quantity: decimal('5') }] }],
    [
      'the sale of a line that began long ago',
      { type: 'sales', createdAt: new Date('2025-06-01T12:00:00Z') },
    ],
  ] as const)('nothing is assumed for one that is %s', (_, more) => {
    expect(opening([[FIRST, seats('25')]], [change('5', undefined, more)])).toEqual(['2025-06-01 25'])
  })

  test('of a line that begins inside: assumed when the others do not add up', () => {
    const fresh = (quantity: string) => seats(quantity, { startsOn: day('2026-03-05') })
    const sales = change('20', '2026-03-05T15:00:00Z', { type: 'sales' })
    expect(opening([[FIRST, fresh('25')]], [sales, change('5', undefined)])).toEqual([
      '2026-03-05 25',
      'assumed',
    ])
    expect(opening([[FIRST, fresh('20')]], [sales, change('5', undefined)])).toEqual(['2026-03-05 20'])
  })

  test('a sale took effect on the first day of its line', () => {
    const fresh = seats('25', { startsOn: day('2026-03-05') })
    const sales = change('20', undefined, { type: 'sales', createdAt: new Date('2026-03-04T15:00:00Z') })
    expect(opening([[FIRST, fresh]], [sales, change('5', '2026-03-07T15:00:00Z')])).toEqual([
      '2026-03-05 20',
      '2026-03-07 25',
    ])
  })

  test('an order of a kind nobody knows is as unclear, also with a date', () => {
    const unknown = change('20', '2026-03-05T15:00:00Z', { type: 'unknown' })
    expect(opening([[FIRST, seats('25')]], [unknown])).toEqual(['2025-06-01 25', 'assumed'])
    const history = change('20', '2026-02-25T15:00:00Z', { type: 'unknown' })
    expect(opening([[FIRST, seats('25')]], [history])).toEqual(['2025-06-01 25'])
  })

  test('later the day it was seen counts, marked as estimated (B19)', () => {
    const states = [
      [FIRST, seats('20')],
      ['2026-03-12T12:00:00Z', seats('25')],
    ] as const
    const undated = change('5', undefined, { createdAt: new Date('2026-03-11T12:00:00Z') })
    expect(opening(states, [undated])).toEqual(['2025-06-01 20', '2026-03-12 25?', 'dateEstimated'])
    const billed = change('25', '2026-03-11T12:00:00Z', { type: 'unknown' })
    const dated = change('5', '2026-03-11T15:00:00Z')
    expect(opening(states, [billed, dated])).toEqual(['2025-06-01 20', '2026-03-11 25'])
  })

  test('through the ledger: 25 seats all March, with the exception', async () => {
    const world = new Observing()
    await world.see(FIRST, [seats('25')], [change('5', undefined)])
    expect(await world.total('2026-03-01')).toBe(55_000n)
    expect(await world.exceptions('2026-03-01')).toEqual(['assumed'])
  })
})
