import { describe, expect, test } from 'vitest'
import type { ObservedOrder, ObservedSubscription } from '../../../core/marketplace/types.js'
import { Observing } from '../../support/observing.js'
import { day, decimal, observed, order } from '../../support/observed.js'

const FIRST = '2026-03-10T12:00:00Z'
const ARREARS = { timing: 'arrears' } as const
const MARCH = '2026-03-01'

function seats(quantity: string, more: Partial<ObservedSubscription> = {}) {
  return observed({ quantity: decimal(quantity), ...more })
}

function change(quantity: string, on: string, more: Partial<ObservedOrder> = {}) {
  const at = new Date(`${on}T15:00:00Z`)
  const products = [{ mpn: 'BP', quantity: decimal(quantity) }]
  return order({ id: quantity + on, products, createdAt: at, provisionedAt: at, ...more })
}

async function world(
  subscriptions: readonly ObservedSubscription[],
  orders: readonly ObservedOrder[],
): Promise<Observing> {
  const seen = new Observing()
  await seen.see(FIRST, subscriptions, orders)
  return seen
}

describe('B20, B21: in arrears the period before the opening date is due on it', () => {
  test('a change of February counts from its day: 20 × 22 + 5 × 22 × 18/28', async () => {
    const seen = await world([seats('25')], [change('5', '2026-02-11')])
    expect(await seen.total(MARCH, ARREARS)).toBe(44_000n + 7_071n)
    expect(await seen.exceptions(MARCH, ARREARS)).toEqual([])
    expect(await seen.total(MARCH)).toBe(55_000n)
  })

  test('an order of February without products leaves its count assumed; in advance it does not matter', async () => {
    const seen = await world([seats('25')], [change('5', '2026-02-11', { products: undefined })])
    expect(await seen.total(MARCH, ARREARS)).toBe(55_000n)
    expect(await seen.exceptions(MARCH, ARREARS)).toEqual(['assumed'])
    expect(await seen.total(MARCH)).toBe(55_000n)
    expect(await seen.exceptions(MARCH)).toEqual([])
  })

  test('an order of January without products is of no period that is due', async () => {
    const orders = [change('5', '2026-01-31', { products: undefined }), change('5', '2026-02-11')]
    const seen = await world([seats('25')], orders)
    expect(await seen.total(MARCH, ARREARS)).toBe(44_000n + 7_071n)
    expect(await seen.exceptions(MARCH, ARREARS)).toEqual([])
  })

  test('by the subscription’s own day: 15 February to 15 March, +5 on 20 February: 5 × 22 × 23/28', async () => {
    const own = { ...ARREARS, cycle: 'anniversary' } as const
    const seen = await world([seats('25', { startsOn: day('2025-06-15') })], [change('5', '2026-02-20')])
    expect(await seen.total(MARCH, own)).toBe(44_000n + 9_036n)
    expect(await seen.exceptions(MARCH, own)).toEqual([])
  })

  test('a year that began before orders are read has an assumed count, in arrears only', async () => {
    const yearly = seats('25', { billingPeriod: { type: 'year', duration: 1 } })
    const seen = await world([yearly], [change('5', '2026-03-05')])
    expect(await seen.exceptions(MARCH, ARREARS)).toEqual(['assumed'])
    expect(await seen.exceptions(MARCH)).toEqual([])
    // 5 × 22 × 88/365: 5 March to 1 June of the year since 1 June 2025.
    expect(await seen.total(MARCH)).toBe(2_652n)
  })

  test('over a turnover of February: +5 on the new licence line on the 20th: 5 × 22 × 9/28', async () => {
    const old = seats('20', {
      status: 'removed',
      startsOn: day('2026-01-11'),
      expiresOn: day('2026-02-11'),
    })
    const fresh = seats('25', { subscriptionId: '2000', startsOn: day('2026-02-11') })
    const more = change('5', '2026-02-20', { subscriptionId: '2000' })
    const seen = await world([old, fresh], [more])
    expect(await seen.total(MARCH, ARREARS)).toBe(44_000n + 3_536n)
    expect(await seen.exceptions(MARCH, ARREARS)).toEqual([])
  })

  test('on hold since 11 February, +5 on the 5th: 20 × 22 × 10/28 + 5 × 22 × 6/28', async () => {
    const held = seats('25', { status: 'hold', lastModifiedOn: day('2026-02-11') })
    const seen = await world([held], [change('5', '2026-02-05')])
    expect(await seen.total(MARCH, { ...ARREARS, suspended: 'pause' })).toBe(15_714n + 2_357n)
  })

  test('orders are asked for from a month before the opening on, and as long before as one may take', async () => {
    const seen = await world([seats('25')], [])
    expect(seen.ordersAsked).toEqual([new Date('2025-12-15T00:00:00Z')])
  })
})

describe('B8, B20: a period that encloses the opening date', () => {
  const own = { cycle: 'anniversary' } as const

  test('begins with the count before that date: 25 until 25 February, then 20, and 5 more on 5 March', async () => {
    const orders = [change('-5', '2026-02-25'), change('5', '2026-03-05')]
    const seen = await world([seats('25', { startsOn: day('2025-06-15') })], orders)
    // 5 × 22 × 10/28, and from 15 March on 25 × 22.
    expect(await seen.total(MARCH, own)).toBe(3_929n + 55_000n)
  })

  test('a rise on that date is due on it: 5 × 22 × 21/31 from 11 March', async () => {
    const seen = await world([seats('20')], [])
    await seen.see('2026-03-11T20:00:00Z', [seats('25')], [change('5', '2026-03-11')])
    const opened = seen.openingOn('2026-03-11')
    expect(await opened.total(MARCH)).toBe(7_452n)
    // In full it is 5 × 22, and what waits for the next period is not due in this one.
    expect(await opened.total(MARCH, { increases: 'full' })).toBe(11_000n)
    expect(await opened.total(MARCH, { increases: 'nextPeriod' })).toBe(0n)
    expect(await opened.total('2026-04-01')).toBe(7_452n + 55_000n)
    expect(await opened.exceptions(MARCH)).toEqual([])
  })

  test('and so by its own day: 5 × 22 × 14/28 from 1 March, and from the 15th on 25 × 22', async () => {
    const seen = await world([seats('25', { startsOn: day('2025-06-15') })], [change('5', '2026-03-01')])
    expect(await seen.total(MARCH, own)).toBe(5_500n + 55_000n)
  })

  test('seats taken away on that date leave nothing to give back, and what was paid for is not due again', async () => {
    const orders = [change('-5', '2026-03-01'), change('5', '2026-03-05')]
    const seen = await world([seats('25', { startsOn: day('2025-06-15') })], orders)
    // 25 × 22 from 15 March on. With credits nothing is due yet that could be given back; then 5 × 22 × 10/28.
    expect(await seen.total(MARCH, own)).toBe(55_000n)
    expect(await seen.total(MARCH, { ...own, decreases: 'credit' })).toBe(3_929n + 55_000n)
  })

  test('in arrears on the first day of the period that is due it only says how that begins', async () => {
    const seen = await world([seats('25')], [change('5', '2026-02-01'), change('-5', '2026-03-01')])
    expect(await seen.total(MARCH, ARREARS)).toBe(66_000n)
  })
})

describe('B16, B20: what the counts of a day are does not depend on the opening date', () => {
  test.each([
    ['an older order without products', [change('5', '2026-02-10', { products: undefined })]],
    ['an older order without a date', [change('5', '2026-01-10', { provisionedAt: undefined })]],
    ['an older order that cannot be true', [change('40', '2026-02-10')]],
    ['a sale that does not add up', [change('17', '2026-02-05', { type: 'sales' })]],
  ])('%s: March stays 20 × 22 + 5 × 22 × 21/31', async (_, older) => {
    const startsOn = day('2026-02-05')
    const seen = await world([seats('25', { startsOn })], [...older, change('5', '2026-03-11')])
    // The order of 11 March is completed after the first look.
    await seen.see('2026-03-11T20:00:00Z', [seats('30', { startsOn })], [...older, change('5', '2026-03-11')])
    const march = async (opensOn: string) => {
      const { bills } = await seen.openingOn(opensOn).who(MARCH)
      const lines = bills.flatMap((bill) => bill.lines).filter(({ charge }) => charge.billOn >= day(MARCH))
      return lines.map(({ charge }) => charge.amount)
    }
    expect(await march('2026-02-01')).toEqual(await march(MARCH))
    expect(await march('2026-01-01')).toEqual(await march(MARCH))
    expect(await march(MARCH)).toEqual([55_000n, 7_452n])
    expect(await seen.exceptions(MARCH)).toEqual([])
    expect(await seen.openingOn('2026-02-01').exceptions(MARCH)).toEqual(['assumed'])
  })

  test('since the opening all orders must tell: with one that does not the count is constant', async () => {
    const orders = [change('5', '2026-03-05', { products: undefined }), change('5', '2026-03-08')]
    const seen = await world([seats('25')], orders)
    expect(await seen.total(MARCH)).toBe(55_000n)
    expect(await seen.exceptions(MARCH)).toEqual(['assumed'])
    // Of a date behind it that order says nothing: 20 × 22, +5 on 8 March.
    const later = seen.openingOn('2026-03-07')
    expect((await later.portfolio()).subscriptions[0]?.subscription.counts).toHaveLength(2)
    expect(await later.exceptions(MARCH)).toEqual([])
  })
})

describe('B19, B20: a licence line without a sale to begin with', () => {
  test('is walked back to its start: 7 from 5 March, 3 from the 8th, and that is assumed', async () => {
    const seen = await world([seats('3', { startsOn: day('2026-03-05') })], [change('-4', '2026-03-08')])
    // 7 × 22 × 27/31; seats taken away are paid for to the end of the month (B8).
    expect(await seen.total(MARCH)).toBe(13_413n)
    expect(await seen.exceptions(MARCH)).toEqual(['assumed'])
  })

  const old = seats('11', { startsOn: day('2026-02-11'), expiresOn: day('2026-03-11') })
  const next = (quantity: string) =>
    seats(quantity, { subscriptionId: '2000', startsOn: day('2026-03-11'), expiresOn: day('2026-04-11') })
  const more = change('2', '2026-03-14', { subscriptionId: '2000' })

  test('goes on with what was ordered of the one before: 2 of it for the renewal, and 2 on 14 March', async () => {
    const renewal = change('2', '2026-03-11', { scheduledAtRenewal: true })
    const seen = await world([old], [])
    const ended = { ...old, status: 'removed' } as const
    await seen.see('2026-03-20T12:00:00Z', [ended, next('4')], [renewal, more])
    // 11 for all of March, which are paid for, and in April the 4.
    expect(await seen.total('2026-04-01')).toBe(24_200n + 8_800n)
    const credited = await seen.total(MARCH, { decreases: 'credit' })
    // 11 × 22 − 9 × 22 × 21/31 + 2 × 22 × 18/31
    expect(credited).toBe(24_200n - 13_413n + 2_555n)
    expect(await seen.exceptions(MARCH)).toEqual([])
  })

  test('goes on with what that showed at its end: 10, and 12 from 14 March', async () => {
    const seen = await world([old], [])
    const ended = { ...old, status: 'removed', quantity: decimal('10') } as const
    await seen.see('2026-03-20T12:00:00Z', [ended, next('12')], [more])
    // 11 × 22 − 1 × 22 × 21/31 + 2 × 22 × 18/31
    expect(await seen.total(MARCH, { decreases: 'credit' })).toBe(24_200n - 1_490n + 2_555n)
    expect(await seen.exceptions(MARCH)).toEqual([])
  })
})
