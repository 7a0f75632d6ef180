import { describe, expect, it } from 'vitest'
import { planSlot } from '../../../core/sync/plan.js'
import { type SlotMemory, coveredOf } from '../../../core/sync/settled.js'
import type { Container, SettledCharge, Slot, SlotDue, Step } from '../../../core/sync/types.js'
import { type CaseWords, day, decimal } from '../charges/build.js'
import { SLOT, container, due, psaLine, remember, settledBy, stepText, written } from './build.js'

/*
 * Whose price it is (SYNC S15), on invoiced and on open days. Ours is $22.00, theirs $24.00: 3 seats are 66.00 and 72.00,
 * 5 seats from 11 March 5 × 21/31 × 22.00 = 74.52 and 5 × 21/31 × 24.00 = 81.29.
 */

const CATALOG: Slot = { ...SLOT, priceOwner: 'catalog' }
const FIVE_MORE: CaseWords = {
  start: '2026-01-01',
  events: [
    ['2026-01-01', 20, '22.00'],
    ['2026-03-11', 25],
  ],
}
/** 25 seats, from April 22. */
const THREE_LESS: CaseWords = {
  start: '2026-01-01',
  events: [
    ['2026-01-01', 25, '22.00'],
    ['2026-03-20', 22],
  ],
}

function wanted(words: CaseWords, slot = SLOT): SlotDue {
  return due(words, '2026-03-01', '2026-06-01', slot)
}

function at(unitPrice: string, quantity = '25') {
  return psaLine({ id: '90001', quantity, unitPrice })
}

function catalogOf(unitPrice: string): Required<Pick<Container, 'catalog'>> {
  return { catalog: [{ itemId: '1234', unitPrice: decimal(unitPrice), isThere: true }] }
}

interface Planned {
  readonly steps: readonly Step[]
  readonly texts: readonly string[]
  /** The container and what is remembered once all is written. */
  readonly after: Container
  readonly memory: SlotMemory
}

function planned(asked: SlotDue, read: Container, memory = remember(asked, read)): Planned {
  const { steps } = planSlot(asked, read, memory)
  const after = written(read, steps)
  const then = { ...memory, oneTimes: new Map([...memory.oneTimes, ...settledBy(steps)]) }
  expect(planSlot(asked, after, then).steps.map(stepText), 'a second plan has nothing to do').toEqual([])
  return { steps, texts: steps.map(stepText), after, memory: then }
}

/** What is covered in our money, all periods together; minor units. */
function covered(asked: SlotDue, read: Container, memory: SlotMemory): bigint {
  const all = coveredOf(asked, read, memory).flatMap(({ counted, oneTime }) => [...counted, ...oneTime])
  return all.reduce((sum, { amount }) => sum + amount, 0n)
}

function dueSum({ periods }: SlotDue): bigint {
  return periods.flatMap(({ lines }) => lines).reduce((sum, { amount }) => sum + amount, 0n)
}

describe('a correction of an invoiced month, where the price is kept', () => {
  for (const mode of ['datedLines', 'wholeLines'] as const) {
    it(`is written in their money and settles ours, so that nothing is left (${mode})`, () => {
      const asked = wanted(THREE_LESS)
      const read = container({ mode, lockedTo: day('2026-05-01'), lines: [at('24.00')] })
      const { steps, texts, after, memory } = planned(asked, read)
      expect(texts).toEqual(['add 1 × -72.00 from 2026-05-01 to 2026-06-01, once', 'set 90001 25 → 22'])
      expect(steps[0]?.settles).toMatchObject([
        { amount: -6_600n, inPsa: { unitPrice: decimal('-72'), amount: -7_200n } },
      ])
      expect(covered(asked, after, memory)).toBe(dueSum(asked))
    })
  }

  it('of a period that was remembered without a price is made at the price the line has', () => {
    const asked = wanted(THREE_LESS)
    const read = container({ mode: 'datedLines', lockedTo: day('2026-05-01'), lines: [at('24.00')] })
    const known = remember(asked, read)
    const withoutPrice = ({ inPsa: _, ...line }: SettledCharge) => line
    const locked = new Map([...known.locked].map(([key, lines]) => [key, lines.map(withoutPrice)]))
    expect(planned(asked, read, { ...known, locked }).texts[0]).toContain('1 × -72.00')
  })

  it('is one also where a price of ours made up for the seats: 22 × 21.00 and 21 × 22.00', () => {
    const before = wanted({ start: '2026-01-01', events: [['2026-01-01', 22, '21.00']] })
    const read = container({ mode: 'datedLines', lockedTo: day('2026-05-01'), lines: [at('24.00', '22')] })
    const now = wanted({ start: '2026-01-01', events: [['2026-01-01', 21, '22.00']] })
    const { steps, texts } = planned(now, read, remember(before, read))
    expect(texts).toEqual([
      'add 1 × -24.00 from 2026-05-01 to 2026-06-01, once',
      'add 1 × -24.00 from 2026-05-01 to 2026-06-01, once',
      'set 90001 22 → 21',
    ])
    expect(steps[0]?.settles).toMatchObject([{ amount: 0n, inPsa: { amount: -2_400n } }])
  })

  it('is none where only ours changed, and ours is settled with it', () => {
    const before = wanted({ start: '2026-01-01', events: [['2026-01-01', 25, '22.00']] })
    const read = container({ mode: 'datedLines', lockedTo: day('2026-05-01'), lines: [at('24.00')] })
    const now = wanted({ start: '2026-01-01', events: [['2026-01-01', 25, '23.00']] })
    const memory = remember(before, read)
    expect(planned(now, read, memory).texts).toEqual([])
    expect(covered(now, read, memory)).toBe(dueSum(now))
  })

  it('of counted units is a charge in their money (S12)', () => {
    const slot = { ...SLOT, psa: 'autotask', itemId: '5', lineId: undefined } as const
    const asked = wanted(THREE_LESS, slot)
    const steps = [{ on: day('2026-01-01'), units: decimal('25') }]
    const units = [{ itemId: '5', steps, unitPrice: decimal('24') }]
    const read = container({ psa: 'autotask', mode: 'units', lockedTo: day('2026-05-01'), lines: [], units })
    expect(planned(asked, read).texts).toEqual([
      'add 1 × -72.00 from 2026-05-01 to 2026-06-01, once',
      'adjust -3 on 2026-05-01',
    ])
  })
})

describe('a part of an open month that was written at 24.00', () => {
  function partWritten(slot: Slot) {
    const asked = wanted(FIVE_MORE, slot)
    const open = { mode: 'wholeLines', lockedTo: day('2026-03-01'), ...catalogOf('24.00') } as const
    const first = planned(asked, container({ ...open, lines: [at('24.00', '20')] }))
    expect(first.texts).toEqual([
      'add 1 × 81.29 from 2026-03-11 to 2026-04-01, once',
      'add 5 × 24.00 from 2026-04-01 on',
    ])
    return { asked, ...first }
  }

  it('stays where the price is kept, whatever a person makes of the price beside it', () => {
    const { asked, after, memory } = partWritten(SLOT)
    const edited = after.lines.map((line) =>
      line.id === '90001' ? { ...line, unitPrice: decimal('26') } : line,
    )
    expect(planned(asked, { ...after, lines: edited }, memory).texts).toEqual([])
  })

  it('follows the catalog, as the lines do: 5 × 2.00 × 21/31 = 6.77', () => {
    const { asked, after, memory } = partWritten(CATALOG)
    const { texts } = planned(asked, { ...after, ...catalogOf('26.00') }, memory)
    expect(texts).toEqual([
      'add 1 × 6.77 from 2026-03-01 to 2026-04-01, once',
      'price 90001 24.00 → 26.00',
      'price 91002 24.00 → 26.00',
    ])
  })
})

describe('a part of a month at 24.00 that was invoiced', () => {
  it('stays as the invoice has it, whatever the catalog says since and the line beside it cost', () => {
    const asked = wanted(FIVE_MORE, CATALOG)
    const open = { mode: 'wholeLines', lockedTo: day('2026-03-01'), ...catalogOf('24.00') } as const
    const { after, memory } = planned(asked, container({ ...open, lines: [at('24.00', '20')] }))
    const edited = after.lines.map((line) =>
      line.id === '90001' ? { ...line, unitPrice: decimal('26') } : line,
    )
    const invoiced = { ...after, lines: edited, lockedTo: day('2026-04-01'), ...catalogOf('26.00') }
    expect(planned(asked, invoiced, memory).texts).toEqual(['price 91002 24.00 → 26.00'])
  })
})

describe('the price of the catalog', () => {
  it('is ended and added again where a day before it is open', () => {
    const asked = due(FIVE_MORE, '2026-04-01', '2026-06-01', { ...CATALOG, routeFrom: day('2026-04-01') })
    const read = container({
      mode: 'datedLines',
      lockedTo: day('2026-03-01'),
      lines: [at('22.00')],
      ...catalogOf('24.00'),
    })
    expect(planned(asked, read).texts).toEqual([
      'end 90001 before 2026-04-01',
      'add 25 × 24.00 from 2026-04-01 on',
    ])
  })

  it('is no reason to correct what an invoice has at another price', () => {
    const asked = wanted({ start: '2026-01-01', events: [['2026-01-01', 25, '22.00']] }, CATALOG)
    const read = container({
      mode: 'datedLines',
      lockedTo: day('2026-04-01'),
      lines: [at('20.00')],
      ...catalogOf('24.00'),
    })
    expect(planned(asked, read).texts).toEqual(['price 90001 20.00 → 24.00'])
  })
})

it('the price beside is the one of the line that runs, not of one that was ended', () => {
  const ended = psaLine({ id: '90001', quantity: '20', unitPrice: '24.00', to: '2026-03-01' })
  const runs = psaLine({
    id: '90010',
    quantity: '20',
    unitPrice: '25.00',
    from: '2026-03-01',
    marker: 'CBS:L-contosopremi:r0123456789ab',
  })
  const read = container({ mode: 'datedLines', lockedTo: day('2026-03-01'), lines: [ended, runs] })
  expect(planned(wanted(FIVE_MORE), read).texts).toEqual(['add 5 × 25.00 from 2026-03-11 on'])
})
