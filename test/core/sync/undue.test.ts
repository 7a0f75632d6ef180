import { describe, expect, it } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import type { Period } from '../../../core/calendar/period.js'
import { type SlotMemory, lockKey } from '../../../core/sync/settled.js'
import type { Container, SettledCharge } from '../../../core/sync/types.js'
import { undueMonths } from '../../../core/sync/undue.js'
import { day, decimal } from '../charges/build.js'
import { LINEAGE, NOTHING_KNOWN, SLOT, container } from './build.js'

const MARCH = { from: day('2026-03-01'), to: day('2026-04-01') }
const APRIL = { from: day('2026-04-01'), to: day('2026-05-01') }
const SPAN = { from: MARCH.from, to: day('2026-07-01') }

function charge(period: Period): SettledCharge {
  const [unitPrice, amount] = [decimal('22'), 2200n]
  const quantity = decimal('1')
  return {
    lineageId: LINEAGE,
    kind: 'recurring',
    period,
    ...period,
    billOn: period.from,
    quantity,
    unitPrice,
    amount,
  }
}

/** First days of the months found, where March and April are invoiced. */
function months(
  known: readonly Period[],
  memory: Partial<SlotMemory> = {},
  changes: Partial<Container> = {},
): readonly string[] {
  const there = container({ mode: 'units', lockedTo: APRIL.to, ...changes })
  const place = { slot: SLOT, container: there, span: SPAN }
  const found = undueMonths(LINEAGE, known, place, { ...NOTHING_KNOWN, ...memory })
  return found.map(({ period }) => formatLocalDate(period.from))
}

describe('months in which nothing is due any more', () => {
  it('are those that are open, but not where something is or may be due', () => {
    expect(months([])).toEqual(['2026-05-01', '2026-06-01'])
    expect(months([{ from: day('2026-05-15'), to: day('2026-06-01') }])).toEqual(['2026-06-01'])
  })

  it('end with the contract', () => {
    expect(months([], {}, { to: day('2026-06-01') })).toEqual(['2026-05-01'])
  })

  it('are those that an invoice was found to have seats or a line of ours in', () => {
    const locked = new Map([
      [lockKey(LINEAGE, MARCH), []],
      [lockKey(LINEAGE, APRIL), [charge(APRIL)]],
    ])
    expect(months([], { locked })).toEqual(['2026-04-01', '2026-05-01', '2026-06-01'])
    const oneTimes = new Map([
      ['marker', { settles: [charge(MARCH)], from: MARCH.from, lockedTo: MARCH.from }],
    ])
    expect(months([], { oneTimes })).toEqual(['2026-03-01', '2026-05-01', '2026-06-01'])
  })
})
