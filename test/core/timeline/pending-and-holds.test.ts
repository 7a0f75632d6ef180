import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import type { LineageRecord } from '../../../core/timeline/fold.js'
import { Observing } from '../../support/observing.js'
import { day, decimal, observed, order, record } from '../../support/observed.js'
import { fold } from './folding.js'

function holds(...records: [LineageRecord, ...LineageRecord[]]): string[] {
  return fold(...records).holds.map(
    ({ on, type, estimated }) => `${formatLocalDate(on)} ${type}${estimated === true ? '?' : ''}`,
  )
}

const monthly = { startsOn: day('2026-02-11'), expiresOn: day('2026-03-11') }
const sales = order({
  id: '1',
  number: 'SO1',
  type: 'sales',
  products: [{ mpn: 'BP', quantity: decimal('20') }],
})

const unitPrice = { currency: 'USD', amount: decimal('150') }
const fee = { detail: 0, mpn: 'BP', description: 'Onboarding', quantity: decimal('1'), unitPrice }

describe('B13: a licence line that never was active', () => {
  const running = record([['2026-03-05T12:00:00Z', observed()]])
  const pending = observed({ subscriptionId: '2', status: 'pending', startsOn: day('2026-03-12') })

  test('takes no part beside one that was', () => {
    const folded = fold(running, record([['2026-03-12T12:00:00Z', pending]]))
    expect(folded).toMatchObject({ start: day('2025-06-01'), end: null, status: 'active', renewals: [] })
    expect(folded.counts.map(({ quantity }) => quantity)).toEqual([decimal('20')])
    expect(folded.exceptions).toEqual([])
    expect(folded.recordKeys).toEqual(['1000/BP', '2/BP'])
  })

  test('nor does one that ended without becoming active', () => {
    const never = record([
      ['2026-03-12T12:00:00Z', pending],
      ['2026-03-13T12:00:00Z', { ...pending, status: 'removed', expiresOn: day('2026-03-13') }],
    ])
    expect(fold(running, never)).toMatchObject({ end: null, status: 'active', exceptions: [] })
    const alone = fold(never)
    expect([alone.counts, alone.exceptions, alone.status]).toEqual([[], [], 'removed'])
    expect(fold({ ...never, orders: [order({ setups: [fee] })] }).setups).toHaveLength(1)
    const waiting = record([
      ['2026-03-05T12:00:00Z', observed({ status: 'pending', startsOn: day('2026-03-05') })],
    ])
    expect(fold(waiting, never).exceptions).toEqual(['pending'])
  })

  test('a completed sale says that it was active between two looks', () => {
    const ended = { ...pending, status: 'removed', expiresOn: day('2026-03-16') } as const
    const provisionedAt = new Date('2026-03-13T15:00:00Z')
    const between = record(
      [
        ['2026-03-12T12:00:00Z', { ...pending, quantity: decimal('25') }],
        ['2026-03-16T12:00:00Z', ended],
      ],
      [{ ...sales, subscriptionId: '2', provisionedAt }],
    )
    expect(fold(between)).toMatchObject({ start: day('2026-03-13'), end: day('2026-03-16') })
    expect(fold(between).counts.map(({ quantity }) => quantity)).toEqual([decimal('20')])
  })

  test('alone it is pending, with its fees', () => {
    const waiting = record([['2026-03-12T12:00:00Z', pending]], [{ ...sales, setups: [fee] }])
    const folded = fold(waiting)
    expect([folded.exceptions, folded.counts, folded.setups]).toEqual([['pending'], [], []])
    expect(fold(running, waiting).setups).toEqual([])
    const active = record(
      [
        ['2026-03-12T12:00:00Z', pending],
        ['2026-03-13T12:00:00Z', { ...pending, status: 'active' }],
      ],
      [{ ...sales, setups: [fee] }],
    )
    expect(fold(active).setups).toHaveLength(1)
  })

  test('through the ledger: its turnover is billed on, and it stays apart until it is active', async () => {
    const world = new Observing()
    const old = observed({ subscriptionId: '1', ...monthly })
    await world.see('2026-03-10T12:00:00Z', [old, pending])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    expect(await world.exceptions('2026-03-01')).toEqual(['pending'])
    const ended = { ...old, status: 'removed' } as const
    await world.see('2026-03-12T12:00:00Z', [ended, pending])
    await world.see('2026-03-13T12:00:00Z', [ended, { ...pending, status: 'active' }])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    expect((await world.portfolio()).subscriptions).toHaveLength(1)
  })

  test('active three days after the old one ended it continues it, active later it is another one', async () => {
    const world = new Observing()
    const ended = observed({ subscriptionId: '1', ...monthly, status: 'removed' })
    await world.see('2026-03-12T12:00:00Z', [ended, pending])
    await world.see('2026-03-18T12:00:00Z', [ended, { ...pending, status: 'active' }])
    const { subscriptions } = await world.portfolio()
    expect(subscriptions.map(({ subscription }) => subscription.start)).toEqual([
      day('2026-02-11'),
      day('2026-03-18'),
    ])
  })
})

describe('B13: the day a pending line became active', () => {
  const pending = observed({ status: 'pending', startsOn: day('2026-03-02') })
  const seen = (active: Partial<typeof pending>, orders = [sales]) => {
    const { start, counts, exceptions } = fold(
      record(
        [
          ['2026-03-05T12:00:00Z', pending],
          ['2026-03-09T12:00:00Z', { ...pending, status: 'active', ...active }],
        ],
        orders,
      ),
    )
    return [formatLocalDate(start), counts[0]?.on === start, exceptions.join(' ')]
  }
  const soldOn = (instant: string) => [{ ...sales, provisionedAt: new Date(instant) }]

  test('the start stated anew', () => {
    expect(seen({ startsOn: day('2026-03-07') }, soldOn('2026-03-06T15:00:00Z'))).toEqual([
      '2026-03-07',
      true,
      '',
    ])
  })

  test('else the completion of its sales order, between the two looks', () => {
    expect(seen({}, soldOn('2026-03-06T15:00:00Z'))).toEqual(['2026-03-06', true, ''])
  })

  test('else the day it was seen, marked as estimated: on the 5th it was not active yet', () => {
    expect(seen({}, soldOn('2026-03-03T15:00:00Z'))).toEqual(['2026-03-09', true, 'dateEstimated'])
    expect(seen({}, soldOn('2026-03-12T15:00:00Z'))[0]).toBe('2026-03-09')
  })
})

describe('the start of a line that was active from the first look on', () => {
  const start = (startsOn: string) =>
    fold(
      record([
        ['2026-03-05T12:00:00Z', observed({ startsOn: day('2026-02-11') })],
        ['2026-03-12T12:00:00Z', observed({ startsOn: day(startsOn) })],
      ]),
    ).start

  test('is put right by the marketplace (B16)', () => {
    expect(start('2026-02-09')).toBe(day('2026-02-09'))
    expect(start('2026-03-05')).toBe(day('2026-03-05'))
  })

  test('is not the start of a later term', () => {
    expect(start('2026-03-11')).toBe(day('2026-02-11'))
  })
})

test('B13: a line that was active and shows as pending is billed as before, and said', async () => {
  const again = observed({ status: 'pending', quantity: decimal('30') })
  const folded = fold(
    record([
      ['2026-03-05T12:00:00Z', observed()],
      ['2026-03-12T12:00:00Z', again],
    ]),
  )
  expect(folded.exceptions).toEqual(['pendingAgain'])
  expect(folded.counts.map(({ quantity }) => quantity)).toEqual([decimal('20')])
  const world = new Observing()
  await world.see('2026-03-05T12:00:00Z', [observed()])
  await world.see('2026-03-12T12:00:00Z', [again])
  expect(await world.total('2026-03-01')).toBe(44_000n)
  expect(await world.exceptions('2026-03-01')).toEqual(['pendingAgain'])
})

describe('B13, D1: a hold lasts over a turnover until the new line is active', () => {
  const old = observed({ subscriptionId: '1', ...monthly })
  const held = { ...old, status: 'hold', lastModifiedOn: day('2026-03-06') } as const
  const ended = { ...held, status: 'removed' } as const
  const first = record([
    ['2026-03-05T12:00:00Z', old],
    ['2026-03-07T12:00:00Z', held],
    ['2026-03-12T12:00:00Z', ended],
  ])
  const fresh = observed({ subscriptionId: '2', startsOn: day('2026-03-11'), expiresOn: day('2026-04-11') })

  test('an active new line resumes on its start', () => {
    expect(holds(first, record([['2026-03-12T12:00:00Z', fresh]]))).toEqual([
      '2026-03-06 suspend',
      '2026-03-11 resume',
    ])
  })

  test('a new line on hold goes on being held; it resumes when it says so', () => {
    const onHold = { ...fresh, status: 'hold', lastModifiedOn: day('2026-03-11') } as const
    const resumed = { ...fresh, lastModifiedOn: day('2026-03-14') }
    const second = record([
      ['2026-03-12T12:00:00Z', onHold],
      ['2026-03-15T12:00:00Z', resumed],
    ])
    expect(holds(first, second)).toEqual(['2026-03-06 suspend', '2026-03-14 resume'])
  })

  test('a hold of the old line after the new one’s start counts for nothing', () => {
    const late = record([
      ['2026-03-05T12:00:00Z', old],
      ['2026-03-13T12:00:00Z', { ...held, lastModifiedOn: day('2026-03-13') }],
    ])
    expect(holds(late, record([['2026-03-12T12:00:00Z', fresh]]))).toEqual([])
  })

  test('to bill with suspended=pause: 20 seats without 6–10 March, 26 of 31 days, $369.03', async () => {
    const world = new Observing()
    await world.see('2026-03-05T12:00:00Z', [old])
    await world.see('2026-03-07T12:00:00Z', [held])
    await world.see('2026-03-12T12:00:00Z', [ended, fresh])
    expect(await world.total('2026-03-01', { suspended: 'pause' })).toBe(36_903n)
    expect(await world.changes('2026-03-01')).toEqual(['suspended', 'renewed', 'resumed'])
  })
})
