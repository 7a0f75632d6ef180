import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { openWindows, renewalsIn } from '../../../core/invoices/renewals.js'
import type { Commitment } from '../../../core/timeline/commitment.js'
import type { FoldedSubscription } from '../../../core/timeline/fold.js'
import { folded } from '../../support/folded.js'
import { day } from '../../support/observed.js'

const ZONE = 'America/New_York'

function bound(
  changes: Partial<Commitment> = {},
  counts?: Readonly<Record<string, string>>,
): FoldedSubscription {
  const began = { kind: 'purchase', on: day('2026-01-07'), at: undefined } as const
  return folded({ commitment: { endsOn: day('2027-01-07'), autoRenew: true, began, ...changes } }, counts)
}

describe('terms that end', () => {
  const found = (subscription: FoldedSubscription, from = '2027-01-01', to = '2027-02-01') =>
    renewalsIn([subscription], { from: day(from), to: day(to) })

  test('within half-open days, with what happens then and the seats ordered for it', () => {
    const [renewal] = found(bound({}, { '2026-01-07': '20', '2027-01-07': '12' }))
    expect(renewal).toMatchObject({ on: day('2027-01-07'), autoRenew: true, seats: 1_200_000_000n })
    expect(found(bound(), '2027-01-07', '2027-01-08')).toHaveLength(1)
    expect(found(bound(), '2027-01-01', '2027-01-07')).toEqual([])
    expect(found(bound(), '2027-01-08', '2027-02-01')).toEqual([])
    expect(found(bound({ autoRenew: undefined }))[0]?.autoRenew).toBeUndefined()
  })

  test('not of what is over, or says no end', () => {
    expect(found({ ...bound(), end: day('2026-05-01') })).toEqual([])
    expect(found({ ...bound({ autoRenew: false }), end: day('2027-01-07'), endPlanned: true })).toHaveLength(
      1,
    )
    expect(found(bound({ endsOn: undefined }))).toEqual([])
    expect(found(folded())).toEqual([])
  })
})

describe('what can still be given back', () => {
  const at = (instant: string, subscription: FoldedSubscription, completions = new Map<string, Date>()) =>
    openWindows([subscription], completions, new Date(instant), ZONE)

  test('168 hours from the instant, to the hour, also where the clock is changed in between', () => {
    // Clocks in New York go forward on 8 March 2026: 168 hours after noon it is one o'clock.
    const began = { kind: 'purchase', on: day('2026-03-05'), at: new Date('2026-03-05T17:00:00Z') } as const
    const bought = { ...bound({ began }), start: day('2026-03-05') }
    const [window] = at('2026-03-05T17:00:00Z', bought)
    expect(window?.closesAt).toEqual(new Date('2026-03-12T17:00:00Z'))
    expect(formatLocalDate(window?.closesOn ?? day('2000-01-01'))).toBe('2026-03-12')
    expect(at('2026-03-12T16:59:59.999Z', bought)).toHaveLength(1)
    expect(at('2026-03-12T17:00:00Z', bought)).toEqual([])
  })

  test('where only the day is known, certainly seven days, and maybe the eighth', () => {
    const began = { kind: 'renewal', on: day('2026-03-05'), at: undefined } as const
    const renewed = bound({ began })
    expect(at('2026-03-12T12:00:00Z', renewed)).toMatchObject([
      { kind: 'renewal', closesAt: undefined, closesOn: day('2026-03-12') },
    ])
    expect(at('2026-03-13T12:00:00Z', renewed)).toEqual([])
    expect(at('2026-03-04T12:00:00Z', renewed)).toEqual([])
  })

  test('of seats added later, only those, from the instant their order took effect', () => {
    const { commitment, ...grown } = bound({}, { '2026-01-07': '20', '2026-03-11': '25' })
    const counts = grown.counts.map((step, index) => (index === 1 ? { ...step, order: 'CH1' } : step))
    const subscription = { ...grown, counts, ...(commitment === undefined ? {} : { commitment }) }
    const took = new Map([['CH1', new Date('2026-03-11T14:05:00Z')]])
    expect(at('2026-03-18T14:04:00Z', subscription, took)).toMatchObject([
      { kind: 'added', seats: 500_000_000n, closesAt: new Date('2026-03-18T14:05:00Z') },
    ])
    expect(at('2026-03-18T14:05:00Z', subscription, took)).toEqual([])
    expect(at('2026-03-12T14:05:00Z', { ...subscription, end: day('2026-03-12') }, took)).toEqual([])
  })

  test('seats ordered for a renewal open nothing before it, and fewer seats nothing at all', () => {
    const ordered = bound({}, { '2026-01-07': '20', '2026-03-11': '30' })
    const counts = ordered.counts.map((step, index) =>
      index === 1 ? { ...step, scheduled: true as const } : step,
    )
    expect(at('2026-03-12T12:00:00Z', { ...ordered, counts })).toEqual([])
    expect(at('2026-03-12T12:00:00Z', bound({}, { '2026-01-07': '20', '2026-03-11': '10' }))).toEqual([])
  })
})
