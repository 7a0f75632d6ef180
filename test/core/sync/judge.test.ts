import { describe, expect, it } from 'vitest'
import { standingOf } from '../../../core/sync/judge.js'
import { planSlot } from '../../../core/sync/plan.js'
import type { Container, PsaLine, Step } from '../../../core/sync/types.js'
import { applied } from '../../support/fake-psa.js'
import { type CaseWords, day, decimal } from '../charges/build.js'
import { SLOT, container, due, psaLine, remember } from './build.js'

const FIVE_MORE: CaseWords = {
  start: '2026-01-01',
  events: [
    ['2026-01-01', 20, '22.00'],
    ['2026-03-11', 25],
  ],
}

/** The steps of 20 → 25 seats in an agreement as it was read. */
function planned(read: Container, slot = SLOT): readonly [Step, ...Step[]] {
  const wanted = due(FIVE_MORE, '2026-03-01', '2026-06-01', slot)
  const [first, ...others] = planSlot(wanted, read, remember(wanted, read)).steps
  if (first === undefined) throw new Error('nothing is planned')
  return [first, ...others]
}

function withLine(read: Container, id: string, changes: Partial<PsaLine>): Container {
  return { ...read, lines: read.lines.map((line) => (line.id === id ? { ...line, ...changes } : line)) }
}

const OPEN = container({ mode: 'datedLines', lockedTo: day('2026-03-01') })
const INVOICED = container({ mode: 'wholeLines', lockedTo: day('2026-04-01') })

describe('a line to be added', () => {
  const [step] = planned(OPEN)

  it('is before, then done', () => {
    expect(standingOf(step, OPEN, SLOT)).toEqual({ type: 'before' })
    expect(standingOf(step, applied(OPEN, step), SLOT)).toEqual({ type: 'done' })
  })

  it('is not added beside a count that somebody changed: 20 → 22 by hand', () => {
    expect(standingOf(step, withLine(OPEN, '90001', { quantity: decimal('22') }), SLOT).type).toBe('other')
  })

  it('needs a person when another line brought the count there', () => {
    expect(standingOf(step, withLine(OPEN, '90001', { quantity: decimal('25') }), SLOT).type).toBe('other')
    const marker = `CBS:${SLOT.id}:r0123456789ab`
    const byHand = psaLine({ id: '90002', quantity: '5', from: '2026-03-11', marker })
    expect(standingOf(step, { ...OPEN, lines: [...OPEN.lines, byHand] }, SLOT).type).toBe('other')
  })

  it('is not written into a month that was invoiced since it was shown', () => {
    const invoiced = { ...OPEN, lockedTo: day('2026-04-01') }
    const why = 'it was invoiced since it was shown; a new plan says what is still missing'
    expect(standingOf(step, invoiced, SLOT)).toEqual({ type: 'other', why })
    expect(standingOf(step, applied(invoiced, step), SLOT)).toEqual({ type: 'done' })
  })

  it('that is there twice needs a person', () => {
    const twice = applied(applied(OPEN, step), step)
    expect(standingOf(step, twice, SLOT)).toEqual({ type: 'other', why: 'the line is there twice' })
  })

  it('that is there with other content needs a person', () => {
    const there = applied(OPEN, step)
    const id = there.lines.at(-1)?.id ?? ''
    for (const change of [
      { quantity: decimal('6') },
      { unitPrice: decimal('1') },
      { from: day('2026-03-12') },
      { to: day('2026-04-01') },
    ]) {
      expect(standingOf(step, withLine(there, id, change), SLOT).type).toBe('other')
    }
  })
})

describe('a one-time line', () => {
  const [step] = planned(INVOICED)

  it('is found by its marker alone', () => {
    expect(standingOf(step, INVOICED, SLOT)).toEqual({ type: 'before' })
    const there = applied(INVOICED, step)
    expect(standingOf(step, withLine(there, '90001', { quantity: decimal('25') }), SLOT)).toEqual({
      type: 'done',
    })
  })
})

describe('a count to be set', () => {
  const [, step] = planned(INVOICED)
  if (step === undefined) throw new Error('no second step')

  for (const [quantity, type] of [
    ['20', 'before'],
    ['25', 'done'],
    ['22', 'other'],
  ] as const) {
    it(`is ${type} when ${quantity} is there`, () => {
      const read = withLine(INVOICED, '90001', { quantity: decimal(quantity) })
      expect(standingOf(step, read, SLOT).type).toBe(type)
    })
  }

  it('of a line that is gone needs a person', () => {
    expect(standingOf(step, { ...INVOICED, lines: [] }, SLOT)).toEqual({
      type: 'other',
      why: 'the line is gone',
    })
  })
})

it('a price to be set is not done because the counts are as they should be', () => {
  const slot = { ...SLOT, priceOwner: 'ours' } as const
  const read = withLine(INVOICED, '90001', { unitPrice: decimal('24'), quantity: decimal('25') })
  const step = planned(read, slot).find(({ type }) => type === 'setPrice')
  if (step === undefined) throw new Error('no price is set')
  expect(standingOf(step, read, slot)).toEqual({ type: 'before' })
  expect(standingOf(step, applied(read, step), slot)).toEqual({ type: 'done' })
})

describe('counts by unit', () => {
  const slot = { ...SLOT, psa: 'autotask', itemId: '5', lineId: undefined } as const
  const units = [
    { itemId: '5', steps: [{ on: day('2026-01-01'), units: decimal('20') }], unitPrice: decimal('22') },
  ]
  const contract = container({ mode: 'units', lockedTo: day('2026-03-01'), lines: [], units })
  const [step] = planned(contract, slot)

  it('are before, done, or somebody else changed them', () => {
    expect(standingOf(step, contract, slot)).toEqual({ type: 'before' })
    expect(standingOf(step, applied(contract, step), slot)).toEqual({ type: 'done' })
    const byHand = {
      ...contract,
      units: [
        {
          ...units[0],
          itemId: '5',
          unitPrice: undefined,
          steps: [{ on: day('2026-01-01'), units: decimal('22') }],
        },
      ],
    }
    expect(standingOf(step, byHand, slot).type).toBe('other')
  })
})
