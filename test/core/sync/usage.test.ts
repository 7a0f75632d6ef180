import { describe, expect, it } from 'vitest'
import { planSlot } from '../../../core/sync/plan.js'
import type { Container } from '../../../core/sync/types.js'
import { day, decimal } from '../charges/build.js'
import { SLOT, container, psaLine, remember, settledBy, stepText, written } from './build.js'
import { withUsage } from './usage.js'

/* Usage is money of its own, whoever owns the price of a seat (SYNC S10–S12): $12.35, and 250 × $0.04 exactly. */

function planned(read: Container, slot = SLOT): readonly string[] {
  const wanted = withUsage(slot)
  const memory = remember(wanted, read)
  const { steps } = planSlot(wanted, read, memory)
  const again = planSlot(wanted, written(read, steps), { ...memory, oneTimes: settledBy(steps) })
  expect(again.steps.map(stepText), 'a second plan has nothing to do').toEqual([])
  return steps.map(stepText)
}

describe.each(['2026-03-01', '2026-04-01'])('usage of March, invoiced to %s', (locked) => {
  const lockedTo = day(locked)

  it.each(['keep', 'ours'] as const)(
    'goes over the whole period where dates prorate (price %s)',
    (priceOwner) => {
      const lines = [psaLine({ id: '90001', unitPrice: priceOwner === 'keep' ? '24.00' : '22.00' })]
      expect(planned(container({ mode: 'datedLines', lockedTo, lines }), { ...SLOT, priceOwner })).toEqual([
        'add 1 × 12.35 from 2026-03-01 to 2026-04-01, once',
        'add 250 × 0.04 from 2026-03-01 to 2026-04-01, once',
      ])
    },
  )

  it('goes for its own days where they do not', () => {
    expect(planned(container({ mode: 'wholeLines', lockedTo }))).toEqual([
      'add 1 × 12.35 from 2026-03-11 to 2026-03-18, once',
      'add 250 × 0.04 from 2026-03-11 to 2026-03-18, once',
    ])
  })

  it('is a charge beside counted units, in a month that is open', () => {
    const steps = [{ on: day('2026-01-01'), units: decimal('20') }]
    const units = [{ itemId: '5', steps, unitPrice: decimal('24') }]
    const slot = { ...SLOT, psa: 'autotask', itemId: '5', lineId: undefined } as const
    const days = locked === '2026-03-01' ? 'from 2026-03-11 to 2026-03-18' : 'from 2026-04-01 to 2026-05-01'
    expect(planned(container({ psa: 'autotask', mode: 'units', lockedTo, lines: [], units }), slot)).toEqual([
      `add 1 × 12.35 ${days}, once`,
      `add 250 × 0.04 ${days}, once`,
    ])
  })
})
