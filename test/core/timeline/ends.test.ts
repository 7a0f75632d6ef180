import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import type { ObservedOrder, ObservedSubscription } from '../../../core/marketplace/types.js'
import { type LineageRecord, foldLineage } from '../../../core/timeline/fold.js'
import { Observing } from '../../support/observing.js'
import { day, decimal, observed, order, record } from '../../support/observed.js'

const SETTINGS = {
  timeZone: 'America/New_York',
  opensOn: day('2026-03-01'),
  observedAt: [],
  observedOn: day('2026-03-20'),
}

function fold(...records: [LineageRecord, ...LineageRecord[]]) {
  const folded = foldLineage('L-test', records, SETTINGS)
  const steps = folded.counts.map(({ on, quantity }) => `${formatLocalDate(on)} ${formatDecimal(quantity)}`)
  const end = folded.end === null ? 'runs' : `ends ${formatLocalDate(folded.end)}`
  return [...steps, end, ...folded.exceptions]
}

function seen(
  states: readonly (readonly [string, ObservedSubscription])[],
  orders: readonly ObservedOrder[] = [],
) {
  return record(
    states.map(([date, state]) => [`${date}T12:00:00Z`, state]),
    orders,
  )
}

function seats(quantity: string, more: Partial<ObservedSubscription> = {}) {
  return observed({ quantity: decimal(quantity), ...more })
}

function change(quantity: string, date: string, more: Partial<ObservedOrder> = {}) {
  const provisionedAt = new Date(`${date}T15:00:00Z`)
  return order({ id: date, provisionedAt, products: [{ mpn: 'BP', quantity: decimal(quantity) }], ...more })
}

const SALE = change('20', '2026-03-05', { type: 'sales' })
const old = { subscriptionId: '1', startsOn: day('2026-02-11'), expiresOn: day('2026-03-11') }
const fresh = seats('20', { subscriptionId: '2', startsOn: day('2026-03-11'), expiresOn: day('2026-04-11') })

describe('B12: an ended line', () => {
  const zeroed = seats('0', { ...old, status: 'removed' })

  test('that was zeroed at its end says nothing about its seats', () => {
    const turned = seen([
      ['2026-03-05', seats('20', old)],
      ['2026-03-12', zeroed],
    ])
    expect(fold(turned)).toEqual(['2026-02-11 20', 'ends 2026-03-11'])
    expect(fold(turned, seen([['2026-03-12', fresh]]))).toEqual(['2026-02-11 20', 'runs'])
    expect(fold({ ...turned, orders: [change('-20', '2026-03-08')] })).toEqual([
      '2026-02-11 20',
      'ends 2026-03-11',
    ])
  })

  test('nor does any other count it shows, unless orders say so', () => {
    const states = [
      ['2026-03-05', seats('20', old)],
      ['2026-03-12', seats('25', { ...old, status: 'removed' })],
    ] as const
    expect(fold(seen(states))).toEqual(['2026-02-11 20', 'ends 2026-03-11'])
    expect(fold(seen(states, [change('5', '2026-03-08')]))).toEqual([
      '2026-02-11 20',
      '2026-03-08 25',
      'ends 2026-03-11',
    ])
  })

  test('first seen ended has the seats it shows; zeroed, those of the orders since its beginning', () => {
    expect(fold(seen([['2026-03-12', seats('20', { ...old, status: 'removed' })]]))).toEqual([
      '2026-02-11 20',
      'ends 2026-03-11',
    ])
    expect(fold(seen([['2026-03-12', zeroed]], [SALE]))).toEqual(['2026-02-11 20', 'ends 2026-03-11'])
    const inside = { ...zeroed, startsOn: day('2026-03-05') }
    expect(fold(seen([['2026-03-12', inside]], [SALE, change('5', '2026-03-07')]))).toEqual([
      '2026-03-05 20',
      '2026-03-07 25',
      'ends 2026-03-11',
    ])
  })

  test('first seen zeroed, without those orders, is not billed, and said', () => {
    const inside = { ...zeroed, startsOn: day('2026-03-05') }
    const untold = change('5', '2026-03-07', { products: undefined })
    const tooFew = change('-25', '2026-03-07')
    for (const orders of [[], [change('5', '2026-03-07')], [SALE, untold], [SALE, tooFew]]) {
      expect(fold(seen([['2026-03-12', inside]], orders))).toEqual(['ends 2026-03-11', 'seatsUnknown'])
    }
    const longAgo = { ...zeroed, startsOn: day('2025-06-01') }
    expect(fold(seen([['2026-03-12', longAgo]], [SALE]))).toEqual(['ends 2026-03-11', 'seatsUnknown'])
  })

  test('through the ledger: the turnover of a zeroed line is billed on', async () => {
    const world = new Observing()
    await world.see('2026-03-05T12:00:00Z', [seats('20', old)])
    await world.see('2026-03-12T12:00:00Z', [zeroed, fresh])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    expect(await world.total('2026-04-01')).toBe(88_000n)
    expect(await world.exceptions('2026-03-01')).toEqual([])
  })

  test('and one whose seats nobody saw is an exception of the bill', async () => {
    const world = new Observing()
    await world.see('2026-03-12T12:00:00Z', [zeroed])
    expect(await world.total('2026-03-01')).toBe(0n)
    expect(await world.exceptions('2026-03-01')).toEqual(['seatsUnknown'])
  })
})

describe('B12, B19: an ended line whose date lies ahead', () => {
  const perpetual = seats('20', { expiresOn: day('2035-06-01') })
  const cancelled = (date: string) => change('0', date, { type: 'cancellation', products: undefined })
  const endsBy = (...orders: ObservedOrder[]) =>
    fold(
      seen(
        [
          ['2026-03-05', perpetual],
          ['2026-03-12', { ...perpetual, status: 'removed' }],
        ],
        orders,
      ),
    ).slice(1)

  test('ended with its cancellation; one stamped after it was seen to have ended is another matter', () => {
    expect(endsBy(cancelled('2026-03-10'))).toEqual(['ends 2026-03-10'])
    expect(endsBy(cancelled('2026-03-12'))).toEqual(['ends 2026-03-12'])
    expect(endsBy(cancelled('2026-03-13'))).toEqual(['ends 2026-03-12', 'dateEstimated'])
    expect(endsBy(cancelled('2026-03-10'), cancelled('2026-03-13'))).toEqual(['ends 2026-03-10'])
  })

  test('unless it is the day after the local one: it has no zone', () => {
    // 22:00 on 11 March in New York.
    const endsOn = (date: string) =>
      fold(
        record([['2026-03-12T02:00:00Z', seats('20', { status: 'removed', expiresOn: day(date) })]]),
      ).slice(1)
    expect(endsOn('2026-03-12')).toEqual(['ends 2026-03-12'])
    expect(endsOn('2026-03-13')).toEqual(['ends 2026-03-11', 'dateEstimated'])
  })
})

describe('B12, B21: a line cancelled on the day before its term ends is not billed for the next one', () => {
  const running = seats('20', { expiresOn: day('2026-04-02') })
  const removed = { ...running, status: 'removed' } as const
  const cancelled = order({
    type: 'cancellation',
    products: undefined,
    provisionedAt: new Date('2026-04-01T14:00:00Z'),
  })

  async function aprilOf(
    ended: ObservedSubscription,
    orders: readonly ObservedOrder[],
    seenAt = '2026-04-01T16:00:00Z',
  ) {
    const world = new Observing()
    await world.see('2026-03-20T12:00:00Z', [running])
    await world.see(seenAt, [ended], orders)
    return [await world.total('2026-04-01'), ...(await world.exceptions('2026-04-01'))]
  }

  // March is 20 × 22 = 440.00; the first day without service is 1 April, so nothing of April is served.
  test('by its order: 440.00 for March, also where it is tomorrow in UTC already', async () => {
    expect(await aprilOf(removed, [cancelled])).toEqual([44_000n])
    expect(await aprilOf(removed, [cancelled], '2026-04-02T02:00:00Z')).toEqual([44_000n])
  })

  test('without one on the day it was last modified, which is estimated', async () => {
    const modified = { ...removed, lastModifiedOn: day('2026-04-01') }
    expect(await aprilOf(modified, [])).toEqual([44_000n, 'dateEstimated'])
  })

  test('seen on the day of its date in UTC it ended on that: 1 April was served, and April is billed', async () => {
    expect(await aprilOf(removed, [], '2026-04-02T02:00:00Z')).toEqual([88_000n])
  })
})

describe('B12, B23: later news of an ended line does not move its end', () => {
  const terminated = seats('20', {
    status: 'terminated',
    expiresOn: undefined,
    lastModifiedOn: day('2026-03-31'),
  })
  const { subscriptionId, renewsOn, autoRenew } = terminated
  const gone = { subscriptionId, renewsOn, autoRenew, status: 'removed', expiresOn: undefined } as const

  async function ended() {
    const world = new Observing()
    await world.see('2026-03-20T12:00:00Z', [seats('20', { expiresOn: undefined })])
    await world.see('2026-04-02T12:00:00Z', [terminated])
    expect(await world.total('2026-04-01')).toBe(44_000n)
    return world
  }

  test('removed days later, without its products: March stays all there is', async () => {
    const world = await ended()
    await world.see('2026-04-10T12:00:00Z', [], [], [{ ...gone, lastModifiedOn: day('2026-04-10') }])
    expect(await world.total('2026-04-01')).toBe(44_000n)
    expect((await world.portfolio()).subscriptions[0]?.subscription.end).toBe(day('2026-03-31'))
  })

  test('or with them, as they are modified or said to expire later', async () => {
    for (const more of [{ lastModifiedOn: day('2026-04-10') }, { lastModifiedOn: undefined }]) {
      const world = await ended()
      await world.see('2026-04-10T12:00:00Z', [{ ...terminated, status: 'removed', ...more }])
      expect(await world.total('2026-04-01')).toBe(44_000n)
    }
    const dated = { ...terminated, expiresOn: day('2026-03-30') }
    const world = new Observing()
    await world.see('2026-04-02T12:00:00Z', [dated])
    await world.see('2026-04-10T12:00:00Z', [{ ...dated, expiresOn: day('2026-04-10') }])
    expect((await world.portfolio()).subscriptions[0]?.subscription).toMatchObject({
      end: day('2026-03-30'),
      endEstimated: false,
    })
  })

  test('but a date before it was seen to have ended corrects it', async () => {
    const world = await ended()
    await world.see('2026-04-10T12:00:00Z', [{ ...terminated, expiresOn: day('2026-03-25') }])
    expect((await world.portfolio()).subscriptions[0]?.subscription.end).toBe(day('2026-03-25'))
  })
})

describe('B12: a running line without seats is cancelled', () => {
  const states = [
    ['2026-03-05', seats('20')],
    ['2026-03-12', seats('0')],
  ] as const

  test('on the day of the order that took the last ones, else on the day it was seen', () => {
    expect(fold(seen(states, [change('-20', '2026-03-10')]))).toEqual(['2025-06-01 20', 'ends 2026-03-10'])
    expect(fold(seen(states))).toEqual(['2025-06-01 20', 'ends 2026-03-12', 'dateEstimated'])
  })

  test('also when it ends later, or was to', () => {
    const ended = ['2026-03-20', seats('0', { status: 'removed', expiresOn: day('2026-03-18') })] as const
    expect(fold(seen([...states, ended]))).toContain('ends 2026-03-12')
    const leaving = ['2026-03-13', seats('0', { autoRenew: false })] as const
    expect(fold(seen([...states, leaving]))).toContain('ends 2026-03-12')
  })

  test('never in service when it never had any', () => {
    expect(fold(seen([['2026-03-05', seats('0')]]))).toEqual(['ends 2025-06-01'])
  })

  test('is continued by a line that starts within three days, and by no later one (B18)', async () => {
    for (const [start, lineages] of [
      ['2026-03-13', 1],
      ['2026-03-14', 2],
    ] as const) {
      const world = new Observing()
      const line = seats('20', { subscriptionId: '1' })
      await world.see('2026-03-09T12:00:00Z', [line])
      const next = seats('20', { subscriptionId: '2', startsOn: day(start) })
      const empty = { ...line, quantity: decimal('0') }
      await world.see('2026-03-10T12:00:00Z', [empty])
      await world.see('2026-03-15T12:00:00Z', [empty, next])
      expect((await world.portfolio()).subscriptions).toHaveLength(lineages)
      expect(await world.total('2026-04-01')).toBe(lineages === 1 ? 88_000n : 88_000n + 25_548n)
    }
  })

  test('nor by one that starts where it ends long after it lost them', async () => {
    const world = new Observing()
    const line = seats('20', old)
    await world.see('2026-03-03T12:00:00Z', [line])
    await world.see('2026-03-05T12:00:00Z', [{ ...line, quantity: decimal('0') }])
    await world.see('2026-03-12T12:00:00Z', [{ ...line, quantity: decimal('0'), status: 'removed' }, fresh])
    expect((await world.portfolio()).subscriptions).toHaveLength(2)
  })

  test('to bill: 20 seats in March, nothing in April; the change is a cancellation', async () => {
    const world = new Observing()
    await world.see('2026-03-05T12:00:00Z', [seats('20')])
    await world.see('2026-03-12T12:00:00Z', [seats('0')], [change('-20', '2026-03-10')])
    expect(await world.total('2026-04-01')).toBe(44_000n)
    expect(await world.total('2026-03-01', { lastPeriod: 'prorate' })).toBe(12_774n)
    expect(await world.changes('2026-03-01')).toEqual(['cancelled'])
  })
})

describe('B12, D7: seats that come back on the same line', () => {
  const states = [
    ['2026-03-05', seats('20')],
    ['2026-03-12', seats('0')],
    ['2026-03-14', seats('15')],
  ] as const

  test('are held, and said', () => {
    expect(fold(seen(states)).slice(-2)).toEqual(['seatsReturned', 'dateEstimated'])
  })

  test('also when only orders tell of the days without any', () => {
    const hidden = [change('-20', '2026-03-10'), change('15', '2026-03-12')]
    expect(fold(seen([states[0], states[2]], hidden))).toContain('seatsReturned')
  })

  test('also when another line had taken over', () => {
    expect(fold(seen(states), seen([['2026-03-13', { ...fresh, startsOn: day('2026-03-13') }]]))).toContain(
      'seatsReturned',
    )
  })

  test('within one day nothing ended: only its end counts', () => {
    const sameDay = [change('-20', '2026-03-10', { id: 'a' }), change('15', '2026-03-10', { id: 'b' })]
    expect(fold(seen([states[0], states[2]], sameDay))).not.toContain('seatsReturned')
  })

  test('to bill: nothing, with words that say what to do', async () => {
    const world = new Observing()
    for (const [date, state] of states) await world.see(`${date}T12:00:00Z`, [state])
    expect(await world.total('2026-03-01')).toBe(0n)
    const { exceptions } = await world.who('2026-03-01')
    expect(exceptions.map(({ kind }) => kind)).toEqual(['seatsReturned', 'dateEstimated'])
    expect(exceptions[0]?.why).toContain('bill it by hand')
  })
})

describe('B18: an old line that runs on beside the one that continues it', () => {
  const running = seats('20', { ...old, vendorSubscriptionId: 'V', expiresOn: day('2026-04-11') })

  test('is said once the days of a turnover are over', () => {
    const next = seen([['2026-03-12', fresh]])
    expect(fold(seen([['2026-03-12', running]]), next)).toContain('overlap')
    const ended = seen([
      ['2026-03-12', { ...running, status: 'removed' as const, expiresOn: day('2026-03-11') }],
    ])
    expect(fold(ended, next)).not.toContain('overlap')
    const unlisted = { ...seen([['2026-03-12', running]]), present: false }
    expect(fold(unlisted, next)).not.toContain('overlap')
    const soon = { ...SETTINGS, observedOn: day('2026-03-14') }
    const early = foldLineage('L-test', [seen([['2026-03-12', running]]), next], soon)
    expect(early.exceptions).not.toContain('overlap')
  })
})

describe('B21: what is planned is judged by the latest observation', () => {
  const leaving = observed({ autoRenew: false, expiresOn: day('2026-03-15') })

  test('a line that will not renew runs on when it is still listed after that day, also unchanged', async () => {
    const world = new Observing()
    await world.see('2026-03-10T12:00:00Z', [leaving])
    expect(await world.total('2026-04-01')).toBe(44_000n)
    await world.see('2026-03-15T12:00:00Z', [leaving])
    expect(await world.total('2026-04-01')).toBe(44_000n)
    await world.see('2026-03-16T12:00:00Z', [leaving])
    expect(await world.total('2026-04-01')).toBe(88_000n)
    expect(await world.changes('2026-03-01')).toEqual([])
  })

  test('one that is not listed any more after that day has ended as planned; before it, it is only missing', async () => {
    const world = new Observing()
    await world.see('2026-03-10T12:00:00Z', [leaving])
    await world.see('2026-03-12T12:00:00Z', [])
    expect(await world.exceptions('2026-03-01')).toEqual(['missing'])
    expect(await world.total('2026-04-01')).toBe(44_000n)
    await world.see('2026-03-17T12:00:00Z', [])
    expect(await world.exceptions('2026-03-01')).toEqual([])
    expect(await world.total('2026-06-01')).toBe(44_000n)
    expect((await world.portfolio()).subscriptions[0]?.subscription).toMatchObject({
      end: day('2026-03-15'),
      endPlanned: false,
    })
  })

  test('so is an order for the renewal: one that did not happen on its day is not awaited', async () => {
    const world = new Observing()
    const line = observed({ expiresOn: day('2026-04-01') })
    const total = change('5', '2026-04-01', { status: 'processing', scheduledAtRenewal: true })
    const waiting = { ...total, provisionedAt: undefined }
    await world.see('2026-03-20T12:00:00Z', [line], [waiting])
    expect(await world.total('2026-04-01')).toBe(44_000n + 11_000n)
    await world.see('2026-04-01T12:00:00Z', [line], [waiting])
    expect(await world.total('2026-04-01')).toBe(44_000n + 11_000n)
    await world.see('2026-04-02T12:00:00Z', [line], [waiting])
    expect(await world.total('2026-04-01')).toBe(88_000n)
  })
})
