import { describe, expect, test } from 'vitest'
import { foldLineage } from '../../../core/timeline/fold.js'
import { day, observed, order, record } from '../../support/observed.js'

const NOW = '2026-03-20T13:00:00Z'
const BEFORE = '2026-03-01T13:00:00Z'

function commitment(...records: Parameters<typeof foldLineage>[1]) {
  const settings = {
    timeZone: 'America/New_York',
    opensOn: day('2026-03-01'),
    observedAt: [new Date(BEFORE), new Date(NOW)],
    observedOn: day('2026-03-20'),
  }
  return foldLineage('L1', records, settings).commitment
}

describe('what a running subscription is bound to', () => {
  test('is what the marketplace says of its term now', () => {
    const line = observed({ autoRenew: false, expiresOn: day('2026-06-01') })
    expect(commitment(record([[NOW, line]]))).toMatchObject({ endsOn: day('2026-06-01'), autoRenew: false })
    const silent = observed({ autoRenew: undefined, expiresOn: undefined })
    expect(commitment(record([[NOW, silent]]))).toMatchObject({ endsOn: undefined, autoRenew: undefined })
  })

  test('is nothing where it is not in service', () => {
    expect(commitment(record([[NOW, observed({ status: 'pending' })]]))).toBeUndefined()
    expect(commitment(record([[NOW, observed({ status: 'terminated' })]]))).toBeUndefined()
  })

  test('began with its purchase, at the instant of its order where one is known', () => {
    const line = observed({ startsOn: day('2026-03-11') })
    expect(commitment(record([[NOW, line]]))?.began).toEqual({
      kind: 'purchase',
      on: day('2026-03-11'),
      at: undefined,
    })
    const sold = order({ type: 'sales' })
    expect(commitment(record([[NOW, line]], [sold]))?.began.at).toEqual(sold.provisionedAt)
    const open = order({ type: 'sales', status: 'processing' })
    expect(commitment(record([[NOW, line]], [open]))?.began.at).toBeUndefined()
  })

  test('began again with a renewal: an order, a date that moved on when its time had come, or a new licence line', () => {
    const renewed = order({
      type: 'renewal',
      products: undefined,
      provisionedAt: new Date('2026-03-15T14:00:00Z'),
    })
    expect(commitment(record([[NOW, observed()]], [renewed]))?.began).toEqual({
      kind: 'renewal',
      on: day('2026-03-15'),
      at: renewed.provisionedAt,
    })
    const until = (text: string) => observed({ expiresOn: day(text) })
    expect(
      commitment(
        record([
          [BEFORE, until('2026-03-15')],
          [NOW, until('2027-03-15')],
        ]),
      )?.began,
    ).toEqual({
      kind: 'renewal',
      on: day('2026-03-15'),
      at: undefined,
    })
    // Put right long before its time: no renewal.
    expect(
      commitment(
        record([
          [BEFORE, until('2026-06-01')],
          [NOW, until('2027-06-01')],
        ]),
      )?.began.kind,
    ).toBe('purchase')
    const old = record([[BEFORE, observed({ subscriptionId: '1', startsOn: day('2026-02-15') })]])
    const next = record([[NOW, observed({ subscriptionId: '2', startsOn: day('2026-03-15') })]])
    expect(commitment(old, next)?.began).toEqual({ kind: 'renewal', on: day('2026-03-15'), at: undefined })
  })

  test('an order of the small hours in UTC is dated the day before in America: it is the same renewal', () => {
    const night = order({
      type: 'renewal',
      products: undefined,
      provisionedAt: new Date('2026-03-15T02:12:00Z'),
    })
    const until = (text: string) => observed({ expiresOn: day(text) })
    const moved = record(
      [
        [BEFORE, until('2026-03-15')],
        [NOW, until('2027-03-15')],
      ],
      [night],
    )
    expect(commitment(moved)?.began).toEqual({
      kind: 'renewal',
      on: day('2026-03-15'),
      at: night.provisionedAt,
    })
  })
})
