import { describe, expect, it } from 'vitest'
import { planSlot } from '../../../core/sync/plan.js'
import type { Container, SlotDue } from '../../../core/sync/types.js'
import type { CaseWords } from '../charges/build.js'
import { day, decimal } from '../charges/build.js'
import { SLOT, container, due, psaLine, remember, settledBy, stepText, written } from './build.js'

/** 20 seats at $22.00, and 5 more from 11 March: March 514.52, April 550.00. */
const FIVE_MORE: CaseWords = {
  start: '2026-01-01',
  events: [
    ['2026-01-01', 20, '22.00'],
    ['2026-03-11', 25],
  ],
}

function plan(wanted: SlotDue, read: Container, before = read): readonly string[] {
  const memory = remember(wanted, before)
  const { steps } = planSlot(wanted, read, memory)
  const again = planSlot(wanted, written(read, steps), { ...memory, oneTimes: settledBy(steps) })
  expect(again.steps.map(stepText), 'a second plan has nothing to do').toEqual([])
  return steps.map(stepText)
}

describe('a rise in an agreement that does not prorate (S11)', () => {
  const wanted = due(FIVE_MORE, '2026-03-01', '2026-06-01')

  it('is one one-time line and the new count, where its month is invoiced', () => {
    expect(plan(wanted, container({ mode: 'wholeLines', lockedTo: day('2026-04-01') }))).toEqual([
      'add 1 × 74.52 from 2026-03-11 to 2026-04-01, once',
      'set 90001 20 → 25',
    ])
  })

  it('is one one-time line for each invoiced month, and the new count', () => {
    expect(plan(wanted, container({ mode: 'wholeLines', lockedTo: day('2026-05-01') }))).toEqual([
      'add 1 × 74.52 from 2026-03-11 to 2026-04-01, once',
      'add 1 × 110.00 from 2026-04-01 to 2026-05-01, once',
      'set 90001 20 → 25',
    ])
  })

  it('is a one-time line for this month and a line of 5 from the next, where nothing is invoiced', () => {
    expect(plan(wanted, container({ mode: 'wholeLines', lockedTo: day('2026-03-01') }))).toEqual([
      'add 1 × 74.52 from 2026-03-11 to 2026-04-01, once',
      'add 5 × 22.00 from 2026-04-01 on',
    ])
  })
})

describe('a rise in an agreement that prorates (S11)', () => {
  const wanted = due(FIVE_MORE, '2026-03-01', '2026-06-01')

  it('is a dated line at full price, where its month is not invoiced', () => {
    expect(plan(wanted, container({ mode: 'datedLines', lockedTo: day('2026-03-01') }))).toEqual([
      'add 5 × 22.00 from 2026-03-11 on',
    ])
  })

  it('is a dated line to the end of the invoiced month, and the new count', () => {
    expect(plan(wanted, container({ mode: 'datedLines', lockedTo: day('2026-04-01') }))).toEqual([
      'add 5 × 22.00 from 2026-03-11 to 2026-04-01, once',
      'set 90001 20 → 25',
    ])
  })

  it('is a correction over the whole of a second invoiced month', () => {
    expect(plan(wanted, container({ mode: 'datedLines', lockedTo: day('2026-05-01') }))).toEqual([
      'add 5 × 22.00 from 2026-03-11 to 2026-04-01, once',
      'add 1 × 110.00 from 2026-04-01 to 2026-05-01, once',
      'set 90001 20 → 25',
    ])
  })
})

describe('a rise and a decrease in one plan', () => {
  /** 20 seats, 25 from 11 March, 22 from 20 March: March stays 25 (B8), April 22. */
  const upAndDown: CaseWords = {
    start: '2026-01-01',
    events: [
      ['2026-01-01', 20, '22.00'],
      ['2026-03-11', 25],
      ['2026-03-20', 22],
    ],
  }
  const wanted = due(upAndDown, '2026-03-01', '2026-06-01')

  it('is a line that ends where it has to: what is not there yet cannot be ended', () => {
    expect(plan(wanted, container({ mode: 'datedLines', lockedTo: day('2026-03-01') }))).toEqual([
      'add 5 × 22.00 from 2026-03-11 to 2026-04-01',
      'add 2 × 22.00 from 2026-04-01 on',
    ])
  })

  it('of a price of ours that changes meanwhile, too', () => {
    const dearer: CaseWords = {
      start: '2026-01-01',
      events: [
        ['2026-01-01', 20, '22.00'],
        ['2026-03-11', 25],
        ['2026-04-01', undefined, '23.00'],
      ],
    }
    const ours = due(dearer, '2026-03-01', '2026-06-01', { ...SLOT, priceOwner: 'ours' })
    expect(plan(ours, container({ mode: 'datedLines', lockedTo: day('2026-03-01') }))).toEqual([
      'add 5 × 22.00 from 2026-03-11 to 2026-04-01',
      'end 90001 before 2026-04-01',
      'add 25 × 23.00 from 2026-04-01 on',
    ])
  })
})

describe('a decrease', () => {
  /** 25 seats, 22 from 20 March: March stays 25 (B8), April 22. */
  const threeLess: CaseWords = {
    start: '2026-01-01',
    events: [
      ['2026-01-01', 25, '22.00'],
      ['2026-03-20', 22],
    ],
  }
  const wanted = due(threeLess, '2026-03-01', '2026-06-01')
  const mainOf20 = psaLine({ id: '90001' })
  const oursOf5 = psaLine({
    id: '90010',
    quantity: '5',
    from: '2026-02-01',
    marker: 'CBS:L-contosopremi:r0123456789ab',
  })

  for (const mode of ['datedLines', 'wholeLines'] as const) {
    it(`ends our newest line first and adds what is left of it again (${mode})`, () => {
      const read = container({ mode, lockedTo: day('2026-03-01'), lines: [mainOf20, oursOf5] })
      expect(plan(wanted, read)).toEqual(['end 90010 before 2026-04-01', 'add 2 × 22.00 from 2026-04-01 on'])
    })

    it(`sets the count of the mapped line where everything before is invoiced (${mode})`, () => {
      const read = container({
        mode,
        lockedTo: day('2026-04-01'),
        lines: [psaLine({ id: '90001', quantity: '25' })],
      })
      expect(plan(wanted, read)).toEqual(['set 90001 25 → 22'])
    })

    it(`is a credit in the next open month where its own is invoiced: 3 × 22.00 (S13, ${mode})`, () => {
      const read = container({
        mode,
        lockedTo: day('2026-05-01'),
        lines: [psaLine({ id: '90001', quantity: '25' })],
      })
      expect(plan(wanted, read)).toEqual([
        'add 1 × -66.00 from 2026-05-01 to 2026-06-01, once',
        'set 90001 25 → 22',
      ])
    })
  }
})

describe('an invoiced month that held another count than was due', () => {
  /** 22 seats, 25 from 7 May: 22 × $22.00 + 3 × $22.00 × 25/31 = 484.00 + 53.23 = 537.23. */
  const late: CaseWords = {
    start: '2026-01-01',
    events: [
      ['2026-01-01', 22, '22.00'],
      ['2026-05-07', 25],
    ],
  }

  it('was billed as the whole it is: 18 × $22.00 = 396.00, so 141.23 is left', () => {
    const wanted = due(late, '2026-05-01', '2026-07-01', { ...SLOT, routeFrom: day('2026-05-01') })
    const lines = [psaLine({ id: '90001', quantity: '18' })]
    const read = container({ mode: 'datedLines', lockedTo: day('2026-06-01'), lines })
    expect(plan(wanted, read)).toEqual([
      'add 1 × 141.23 from 2026-05-01 to 2026-06-01, once',
      'set 90001 18 → 25',
    ])
  })
})

describe('counts by unit (S12)', () => {
  const slot = { ...SLOT, psa: 'autotask', itemId: '5', lineId: undefined } as const
  const wanted = due(FIVE_MORE, '2026-03-01', '2026-06-01', slot)
  const units = [
    { itemId: '5', steps: [{ on: day('2026-01-01'), units: decimal('20') }], unitPrice: decimal('22') },
  ]
  const contract = { mode: 'units', lines: [], units } as const

  it('is one adjustment on the day of the change', () => {
    expect(plan(wanted, container({ ...contract, lockedTo: day('2026-03-01') }))).toEqual([
      'adjust 5 on 2026-03-11',
    ])
  })

  it('never reaches into a posted month: a charge for it, the count from the first open day', () => {
    expect(plan(wanted, container({ ...contract, lockedTo: day('2026-04-01') }))).toEqual([
      'add 1 × 74.52 from 2026-04-01 to 2026-05-01, once',
      'adjust 5 on 2026-04-01',
    ])
  })

  it('writes nothing where the units are there already', () => {
    const steps = [
      { on: day('2026-01-01'), units: decimal('20') },
      { on: day('2026-03-11'), units: decimal('25') },
    ]
    const read = { ...contract, units: [{ itemId: '5', steps, unitPrice: decimal('22') }] }
    expect(plan(wanted, container({ ...read, lockedTo: day('2026-03-01') }))).toEqual([])
  })
})

describe('who owns the price (S15)', () => {
  const other = psaLine({ id: '90001', quantity: '25', unitPrice: '24.00' })
  const steady: CaseWords = { start: '2026-01-01', events: [['2026-01-01', 25, '22.00']] }
  /** $22.00, from 1 April $23.00. */
  const dearer: CaseWords = {
    start: '2026-01-01',
    events: [
      ['2026-01-01', 25, '22.00'],
      ['2026-04-01', undefined, '23.00'],
    ],
  }
  const ours = { ...SLOT, priceOwner: 'ours' } as const

  it('theirs is never written', () => {
    const read = container({ mode: 'datedLines', lockedTo: day('2026-03-01'), lines: [other] })
    expect(plan(due(steady, '2026-03-01', '2026-06-01'), read)).toEqual([])
  })

  it('theirs is the price of what is added beside it', () => {
    const read = container({
      mode: 'datedLines',
      lockedTo: day('2026-03-01'),
      lines: [psaLine({ id: '90001', unitPrice: '24.00' })],
    })
    expect(plan(due(FIVE_MORE, '2026-03-01', '2026-06-01'), read)).toEqual([
      'add 5 × 24.00 from 2026-03-11 on',
    ])
  })

  it('theirs is what a part of a month is worth: 5 × 24.00 × 21/31', () => {
    const read = container({
      mode: 'wholeLines',
      lockedTo: day('2026-04-01'),
      lines: [psaLine({ id: '90001', unitPrice: '24.00' })],
    })
    expect(plan(due(FIVE_MORE, '2026-03-01', '2026-06-01'), read)[0]).toBe(
      'add 1 × 81.29 from 2026-03-11 to 2026-04-01, once',
    )
  })

  for (const mode of ['datedLines', 'wholeLines'] as const) {
    it(`ours is set where nothing before it is open (${mode})`, () => {
      const read = container({ mode, lockedTo: day('2026-03-01'), lines: [other] })
      expect(plan(due(steady, '2026-03-01', '2026-06-01', ours), read)).toEqual(['price 90001 24.00 → 22.00'])
    })

    it(`ours from a later month is a line of its own (${mode})`, () => {
      const read = container({
        mode,
        lockedTo: day('2026-03-01'),
        lines: [psaLine({ id: '90001', quantity: '25' })],
      })
      expect(plan(due(dearer, '2026-03-01', '2026-06-01', ours), read)).toEqual([
        'end 90001 before 2026-04-01',
        'add 25 × 23.00 from 2026-04-01 on',
      ])
    })
  }
})

describe('several subscriptions on one line (S14)', () => {
  it('are added up, with the seats bought elsewhere', () => {
    const wanted = due(FIVE_MORE, '2026-03-01', '2026-06-01', { ...SLOT, offset: decimal('3') })
    const read = container({
      mode: 'datedLines',
      lockedTo: day('2026-03-01'),
      lines: [psaLine({ id: '90001', quantity: '23' })],
    })
    expect(plan(wanted, read)).toEqual(['add 5 × 22.00 from 2026-03-11 on'])
  })
})
