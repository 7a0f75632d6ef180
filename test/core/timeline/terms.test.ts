import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import type { ObservedSubscription } from '../../../core/marketplace/types.js'
import type { LineageRecord } from '../../../core/timeline/fold.js'
import { Observing } from '../../support/observing.js'
import { day, decimal, observed, order, record } from '../../support/observed.js'
import { fold } from './folding.js'

function terms(...records: [LineageRecord, ...LineageRecord[]]): string[] {
  return fold(...records).terms.map(({ from, to }) => `${formatLocalDate(from)} ${formatLocalDate(to)}`)
}

/** 5 seats at $240.00 a year. */
function yearly(startsOn: string, expiresOn: string | undefined, more: Partial<ObservedSubscription> = {}) {
  return observed({
    quantity: decimal('5'),
    unitPrice: { currency: 'USD', amount: decimal('240') },
    billingPeriod: { type: 'year', duration: 1 },
    startsOn: day(startsOn),
    expiresOn: expiresOn === undefined ? undefined : day(expiresOn),
    ...more,
  })
}

function seen(...states: readonly (readonly [string, ObservedSubscription])[]): LineageRecord {
  return record(states.map(([date, state]) => [`${date}T12:00:00Z`, state]))
}

describe('B4, D2: each licence line has its own term', () => {
  const old = yearly('2025-03-11', '2026-03-11', { subscriptionId: '1', status: 'removed' })

  test('a yearly turnover into a co-termed term', () => {
    const fresh = yearly('2026-03-11', '2027-01-01', { subscriptionId: '2' })
    expect(terms(seen(['2026-03-12', old]), seen(['2026-03-12', fresh]))).toEqual([
      '2025-03-11 2026-03-11',
      '2026-03-11 2027-01-01',
    ])
  })

  test('one first seen ended has a whole term, not one as short as its service', () => {
    const short = yearly('2026-03-11', '2026-03-12', { status: 'removed' })
    expect(terms(seen(['2026-03-20', short]))).toEqual(['2026-03-11 2027-03-11'])
  })

  test('on overlap the newer start wins', () => {
    const fresh = yearly('2026-03-09', '2027-03-09', { subscriptionId: '2' })
    expect(terms(seen(['2026-03-12', old]), seen(['2026-03-12', fresh]))).toEqual([
      '2025-03-11 2026-03-09',
      '2026-03-09 2027-03-09',
    ])
  })

  test('an old line’s terms end where the new one starts, however many it had', () => {
    const longer = yearly('2023-03-11', '2026-03-11', { subscriptionId: '1' })
    const renewedLate = seen(
      ['2026-03-05', longer],
      ['2026-03-12', { ...longer, expiresOn: day('2027-03-11') }],
    )
    const fresh = yearly('2026-03-10', '2027-03-10', { subscriptionId: '2' })
    expect(terms(renewedLate, seen(['2026-03-12', fresh]))).toEqual([
      '2023-03-11 2024-03-11',
      '2026-03-10 2027-03-10',
    ])
  })

  test('without an expiration date it is a whole one from its start; days run from the start, too', () => {
    expect(terms(seen(['2026-03-12', yearly('2026-03-05', undefined)]))).toEqual(['2026-03-05 2027-03-05'])
    const thirty = yearly('2026-03-05', '2027-03-05', { billingPeriod: { type: 'day', duration: 30 } })
    expect(terms(seen(['2026-03-12', thirty]))).toEqual(['2026-03-05 2026-04-04'])
    const twelve = yearly('2026-03-05', '2027-01-01', { billingPeriod: { type: 'month', duration: 12 } })
    expect(terms(seen(['2026-03-12', twelve]))).toEqual(['2026-03-05 2027-01-01'])
  })
})

describe('B4: a line renewed in place', () => {
  test('whole terms follow each other', () => {
    const before = yearly('2025-03-11', '2026-03-11')
    const after = { ...before, expiresOn: day('2027-03-11') }
    expect(terms(seen(['2026-03-05', before], ['2026-03-10', after]))).toEqual([
      '2025-03-11 2026-03-11',
      '2026-03-11 2027-03-11',
    ])
  })

  test('into a shorter one: the term that is over stays as it was', () => {
    const before = yearly('2025-03-11', '2026-03-11')
    const after = { ...before, expiresOn: day('2026-10-01') }
    expect(terms(seen(['2026-03-05', before], ['2026-03-12', after]))).toEqual([
      '2025-03-11 2026-03-11',
      '2026-03-11 2026-10-01',
    ])
  })

  test('at its time, into a date the term could have reached', () => {
    const before = yearly('2025-06-11', '2026-03-11')
    const after = { ...before, expiresOn: day('2026-05-11') }
    const expected = ['2025-06-11 2026-03-11', '2026-03-11 2026-05-11']
    expect(terms(seen(['2026-03-05', before], ['2026-03-08', after]))).toEqual(expected)
    expect(terms(seen(['2026-03-05', before], ['2026-03-07', after]))).toEqual(['2025-06-11 2026-05-11'])
  })

  test('long before its time, into a date the term could not reach', () => {
    const before = yearly('2025-06-11', '2026-06-11')
    const after = { ...before, expiresOn: day('2026-10-01') }
    expect(terms(seen(['2026-03-05', before], ['2026-03-12', after]))).toEqual([
      '2025-06-11 2026-06-11',
      '2026-06-11 2026-10-01',
    ])
    const again = { ...before, expiresOn: day('2027-12-01') }
    expect(terms(seen(['2026-03-05', before], ['2026-03-12', after], ['2026-03-13', again]))).toEqual([
      '2025-06-11 2026-06-11',
      '2026-06-11 2026-10-01',
      '2026-10-01 2026-12-01',
    ])
  })

  test('a date changed long before its time was put right: it never was one', () => {
    const short = yearly('2025-06-11', '2026-05-01')
    const longer = { ...short, expiresOn: day('2026-06-01') }
    expect(terms(seen(['2026-03-05', short], ['2026-03-12', longer]))).toEqual(['2025-06-11 2026-06-01'])
    const passed = { ...short, expiresOn: day('2026-03-05') }
    expect(terms(seen(['2026-03-05', short], ['2026-05-01', passed]))).toEqual(['2025-06-11 2026-03-05'])
    const sooner = { ...short, expiresOn: day('2026-04-01') }
    expect(terms(seen(['2026-03-05', short], ['2026-03-12', sooner]))).toEqual(['2025-06-11 2026-04-01'])
  })

  test('a renewal taken back leaves the term it followed', () => {
    const before = yearly('2025-03-11', '2026-03-11')
    const renewed = { ...before, expiresOn: day('2027-03-11') }
    expect(terms(seen(['2026-03-05', before], ['2026-03-10', renewed], ['2026-03-11', before]))).toEqual([
      '2025-03-11 2026-03-11',
    ])
  })

  test('an expiration date not after the start says nothing', () => {
    const odd = yearly('2026-03-05', '2026-03-05')
    expect(terms(seen(['2026-03-12', odd]))).toEqual(['2026-03-05 2027-03-05'])
  })
})

describe('B4 through the ledger', () => {
  test('a turnover into a co-termed term after a gap of two days', async () => {
    const world = new Observing()
    const old = yearly('2025-03-11', '2026-03-11', { subscriptionId: '1' })
    await world.see('2026-03-10T12:00:00Z', [old])
    expect(await world.total('2026-03-01')).toBe(120_000n)
    const fresh = yearly('2026-03-13', '2027-01-01', { subscriptionId: '2' })
    await world.see('2026-03-14T12:00:00Z', [{ ...old, status: 'removed' }, fresh])
    // 5 × $240.00 × 2/365 = $6.58 for the days between, × 294/365 = $966.58 for the new term.
    expect(await world.total('2026-03-01')).toBe(658n + 96_658n)
  })

  test('renewed in place: the next year is due on its first day', async () => {
    const world = new Observing()
    await world.see('2026-03-05T12:00:00Z', [yearly('2025-03-11', '2026-03-11')])
    await world.see('2026-03-12T12:00:00Z', [yearly('2025-03-11', '2027-03-11')])
    const { bills } = await world.who('2026-03-01')
    expect(
      bills[0]?.lines.map(({ charge: { period, amount } }) => [formatLocalDate(period.from), amount]),
    ).toEqual([['2026-03-11', 120_000n]])
  })

  test('lines of different billing periods are different subscriptions', async () => {
    const world = new Observing()
    const month = observed({ subscriptionId: '1', startsOn: day('2026-02-11'), expiresOn: day('2026-03-11') })
    const year = yearly('2026-03-11', '2027-03-11', { subscriptionId: '2' })
    const sale = order({
      type: 'sales',
      subscriptionId: '2',
      provisionedAt: new Date('2026-03-11T14:00:00Z'),
      products: [{ mpn: 'BP', quantity: decimal('5') }],
    })
    await world.see('2026-03-12T12:00:00Z', [{ ...month, status: 'removed' }, year], [sale])
    expect(await world.total('2026-03-01')).toBe(44_000n + 120_000n)
    expect(await world.exceptions('2026-03-01')).toEqual([])
    expect((await world.portfolio()).subscriptions).toHaveLength(2)
  })
})

test('B18: a line billed by seats never continues one billed by usage', async () => {
  const world = new Observing()
  const metered = observed({
    subscriptionId: '1',
    usage: true,
    startsOn: day('2026-02-11'),
    expiresOn: day('2026-03-11'),
  })
  const seats = observed({ subscriptionId: '2', startsOn: day('2026-03-11') })
  await world.see('2026-03-12T12:00:00Z', [{ ...metered, status: 'removed' }, seats])
  expect((await world.portfolio()).subscriptions).toHaveLength(2)
})

describe('B4: a licence line whose billing period changes', () => {
  const month = observed()
  const year = yearly('2025-06-01', '2026-06-01', { quantity: decimal('20') })

  test('is held and said; nothing of its history is written anew', async () => {
    const world = new Observing()
    await world.see('2026-03-05T12:00:00Z', [month])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    await world.see('2026-03-12T12:00:00Z', [year])
    expect(await world.total('2026-03-01')).toBe(0n)
    expect(await world.exceptions('2026-03-01')).toEqual(['periodChanged'])
    expect((await world.portfolio()).subscriptions[0]?.timeline).toBeUndefined()
    expect((await world.who('2026-03-01')).exceptions[0]?.why).toContain('bill it by hand')
  })

  test('so is one that is billed by usage now, or not any more; a fee stays where it was billed', async () => {
    const metered = { ...month, usage: true, unitPrice: undefined }
    for (const [before, after, due] of [
      [month, metered, 0n],
      [metered, month, 15_000n],
    ] as const) {
      const world = new Observing()
      const unitPrice = { currency: 'USD', amount: decimal('150') }
      const fee = { detail: 0, mpn: 'BP', description: 'Visit', quantity: decimal('1'), unitPrice }
      const sold = order({
        products: undefined,
        setups: [fee],
        provisionedAt: new Date('2026-03-03T15:00:00Z'),
      })
      await world.see('2026-03-05T12:00:00Z', [before], [sold])
      await world.see('2026-03-12T12:00:00Z', [after], [sold])
      expect(await world.total('2026-03-01')).toBe(due)
      expect(await world.exceptions('2026-03-01')).toContain('periodChanged')
    }
  })

  test('twelve months are a year, and a period not told once changes nothing', () => {
    const twelve = { ...year, billingPeriod: { type: 'month', duration: 12 } } as const
    expect(fold(seen(['2026-03-05', year], ['2026-03-12', twelve])).exceptions).toEqual([])
    const untold = { ...month, billingPeriod: undefined }
    expect(
      fold(seen(['2026-03-05', month], ['2026-03-06', untold], ['2026-03-12', month])).exceptions,
    ).toEqual([])
    expect(fold(seen(['2026-03-05', month], ['2026-03-06', untold])).exceptions).toEqual(['unbillablePeriod'])
  })

  test('an ended line need not tell its period, nor its price, any more', () => {
    const over = { ...month, status: 'removed', billingPeriod: undefined, unitPrice: undefined } as const
    const folded = fold(
      seen(['2026-03-05', month], ['2026-03-12', { ...over, expiresOn: day('2026-03-10') }]),
    )
    expect(folded).toMatchObject({
      end: day('2026-03-10'),
      billingPeriod: month.billingPeriod,
      exceptions: [],
    })
    expect(folded.prices).toHaveLength(1)
  })
})
