import { describe, expect, it } from 'vitest'
import { differenceOf, moneyFor, opposite } from '../../../core/sync/apart.js'
import { chargedAt } from '../../../core/sync/left.js'
import type { Intent } from '../../../core/sync/intent.js'
import { planSlot } from '../../../core/sync/plan.js'
import { planUnits } from '../../../core/sync/plan-units.js'
import type { Container, SettledCharge, SlotDue, Step, UnitSteps } from '../../../core/sync/types.js'
import { undoSteps } from '../../../core/sync/undo.js'
import { type CaseWords, day, decimal } from '../charges/build.js'
import { SLOT, container, due, remember, settledBy, stepText, written } from './build.js'

/** "20 from 2026-01-01" for each step. */
function counts(...words: readonly string[]): UnitSteps {
  return words.map((text) => {
    const [units = '', on = ''] = text.split(' from ')
    return { on: day(on), units: decimal(units) }
  })
}

describe('the adjustments of a count, one a day (S12)', () => {
  function days(
    have: UnitSteps,
    want: UnitSteps,
    to: string | null = null,
    adjusted: readonly string[] = [],
  ) {
    const contract = { to: to === null ? null : day(to) }
    const task = {
      have,
      adjustedOn: adjusted.map(day),
      want,
      openFrom: day('2026-03-01'),
      container: contract,
      unitPrice: undefined,
    }
    return planUnits(task).map(({ type, ...step }) => stepText({ type, ...step } as Step))
  }
  const twenty = '20 from 2026-01-01'

  it('are on the day of the change where it has none', () => {
    expect(days(counts(twenty), counts(twenty, '25 from 2026-03-11'))).toEqual(['adjust 5 on 2026-03-11'])
  })

  it('are on the next day that has none, however many have one', () => {
    const have = counts(twenty, '25 from 2026-03-11', '27 from 2026-03-12')
    expect(days(have, counts(twenty, '31 from 2026-03-11'))).toEqual(['adjust 4 on 2026-03-13'])
  })

  it('pass by a day on which only a price was adjusted', () => {
    const want = counts(twenty, '25 from 2026-03-11')
    expect(days(counts(twenty), want, null, ['2026-03-11'])).toEqual(['adjust 5 on 2026-03-12'])
  })

  it('are one with the change of that day, or none where the two take each other back', () => {
    const have = counts(twenty, '25 from 2026-03-11')
    const want = counts(twenty, '27 from 2026-03-11', '30 from 2026-03-12')
    expect(days(have, want)).toEqual(['adjust 5 on 2026-03-12'])
    expect(days(have, counts(twenty, '25 from 2026-03-12'))).toEqual([])
  })

  it('are none behind the end of the contract', () => {
    const have = counts(twenty, '25 from 2026-03-31')
    const want = counts(twenty, '27 from 2026-03-31')
    expect(days(have, want)).toEqual(['adjust 2 on 2026-04-01'])
    expect(days(have, want, '2026-04-01')).toEqual([])
  })
})

const slot = { ...SLOT, psa: 'autotask', itemId: '5', lineId: undefined } as const

/** 20 seats at $22.00; from 11 March as many as told. */
function seats(after: number, more: Partial<CaseWords> = {}): CaseWords {
  return {
    start: '2026-01-01',
    events: [
      ['2026-01-01', 20, '22.00'],
      ['2026-03-11', after],
    ],
    ...more,
  }
}

function contract(steps: UnitSteps, words: Partial<Container> & { readonly price?: string } = {}): Container {
  const { price = '22', ...more } = words
  const units = [{ itemId: '5', steps, unitPrice: decimal(price) }]
  return container({ mode: 'units', lines: [], units, lockedTo: day('2026-03-01'), ...more })
}

/** The steps of a plan; once they are written, a second plan has nothing to do. */
function planned(wanted: SlotDue, read: Container): readonly string[] {
  const memory = remember(wanted, read)
  const { steps } = planSlot(wanted, read, memory)
  const again = planSlot(wanted, written(read, steps), { ...memory, oneTimes: settledBy(steps) })
  expect(again.steps.map(stepText), 'a second plan has nothing to do').toEqual([])
  return steps.map(stepText)
}

describe('the money of the days between', () => {
  const fiveMore = counts('20 from 2026-01-01', '25 from 2026-03-11')

  it('is what is due less what the counts are billed with: 104.32 − 74.52 − 28.39', () => {
    expect(planned(due(seats(27), '2026-03-01', '2026-06-01', slot), contract(fiveMore))).toEqual([
      'add 1 × 1.41 from 2026-03-11 to 2026-03-12, once',
      'adjust 2 on 2026-03-12',
    ])
  })

  it('is reckoned as the PSA bills: one line for each change of its count', () => {
    // 7 were written for the 11th, then 5 prove to be right, and 6 more from the 20th: billed are 104.32 − 28.39 + 51.10,
    // due 74.52 + 51.10.
    const words: CaseWords = {
      start: '2026-01-01',
      events: [
        ['2026-01-01', 20, '22.00'],
        ['2026-03-11', 25],
        ['2026-03-20', 31],
      ],
    }
    const have = counts('20 from 2026-01-01', '27 from 2026-03-11')
    expect(planned(due(words, '2026-03-01', '2026-06-01', slot), contract(have))).toEqual([
      'add 1 × -1.41 from 2026-03-11 to 2026-03-12, once',
      'adjust -2 on 2026-03-12',
      'adjust 6 on 2026-03-20',
    ])
  })

  it('takes due lines that the counts hold for what they are, whatever a policy rounds them to', () => {
    // With the price of one seat rounded: 7 × 14.90 = 104.30 and 3 × 8.52 = 25.56 are due. 104.30 − 74.52 − 28.39; the 3 are
    // there, as seats, although Autotask bills 25.55 for them.
    const words: CaseWords = {
      policy: { roundAt: 'unit' },
      start: '2026-01-01',
      events: [
        ['2026-01-01', 20, '22.00'],
        ['2026-03-11', 27],
        ['2026-03-20', 30],
      ],
    }
    const have = counts('20 from 2026-01-01', '25 from 2026-03-11', '28 from 2026-03-20')
    expect(planned(due(words, '2026-03-01', '2026-06-01', slot), contract(have))).toEqual([
      'add 1 × 1.39 from 2026-03-11 to 2026-03-12, once',
      'adjust 2 on 2026-03-12',
    ])
  })

  it('is at the price of the PSA where it is theirs: 3,528 / 31 − 2,520 / 31 − 960 / 31', () => {
    const read = contract(fiveMore, { price: '24' })
    // 113.81 − 81.29 − 30.97
    expect(planned(due(seats(27), '2026-03-01', '2026-06-01', slot), read)[0]).toBe(
      'add 1 × 1.55 from 2026-03-11 to 2026-03-12, once',
    )
  })

  it('stands beside a fee of the month, which is a line of its own and written once', () => {
    const fee = {
      on: day('2026-03-05'),
      type: 'oneTime',
      unitPrice: decimal('150'),
      description: 'Onboarding',
    } as const
    const wanted = due(seats(27, { oneTimes: [fee] }), '2026-03-01', '2026-06-01', slot)
    expect(planned(wanted, contract(fiveMore)).map((text) => text.split(' from ')[0])).toEqual([
      'add 1 × 150.00',
      'add 1 × 1.41',
      'adjust 2 on 2026-03-12',
    ])
  })

  it('is for all days that are left where the contract ends before another could take the change', () => {
    const lastDay = counts('20 from 2026-01-01', '25 from 2026-03-31')
    const words: CaseWords = {
      start: '2026-01-01',
      events: [
        ['2026-01-01', 20, '22.00'],
        ['2026-03-31', 27],
      ],
    }
    const read = contract(lastDay, { to: day('2026-04-01') })
    // 7 × 22.00 / 31 = 4.97; 5 × 22.00 / 31 = 3.55
    expect(planned(due(words, '2026-03-01', '2026-06-01', slot), read)).toEqual([
      'add 1 × 1.42 from 2026-03-31 to 2026-04-01, once',
    ])
  })
})

describe('lines that make up for others', () => {
  const march = { from: day('2026-03-01'), to: day('2026-04-01') }
  const line = (
    quantity: string,
    amount: bigint,
    kind: SettledCharge['kind'] = 'prorated',
  ): SettledCharge => ({
    lineageId: SLOT.id,
    kind,
    period: march,
    from: day('2026-03-11'),
    to: march.to,
    billOn: day('2026-03-11'),
    quantity: decimal(quantity),
    unitPrice: decimal('22'),
    amount,
  })
  const [five, seven] = [line('5', 7452n), line('7', 10_432n)]

  it('are what is missing and the opposite of what is too much; nothing where lines take each other back', () => {
    expect(differenceOf([seven], [five])).toEqual([seven, opposite(five)])
    expect(differenceOf([seven], [seven])).toEqual([])
    expect(differenceOf([seven], [five, seven, opposite(five)])).toEqual([])
  })

  it('are seats at the price of the PSA, and corrections as they are', () => {
    const priced = (one: SettledCharge) => chargedAt('USD', [one], decimal('24'))
    // 5 × 24.00 × 21/31 = 2,520 / 31 = 81.29
    expect(moneyFor(priced(five), 'USD')?.unitPrice).toBe(decimal('81.29'))
    expect(moneyFor(priced(five).map(opposite), 'USD')?.unitPrice).toBe(decimal('-81.29'))
    const correction = line('1', 1000n, 'correction')
    expect(moneyFor(priced(correction), 'USD')?.unitPrice).toBe(decimal('10'))
    expect(moneyFor(priced(opposite(correction)), 'USD')?.unitPrice).toBe(decimal('-10'))
  })
})

describe('taking back in a PSA that counts units', () => {
  const wanted = due(seats(25), '2026-03-01', '2026-06-01', slot)
  const before = contract(counts('20 from 2026-01-01'))
  const { steps } = planSlot(wanted, before, remember(wanted, before))
  const intents = steps.map(
    (step, index): Intent => ({
      id: `BR-0001/${index + 1}`,
      runId: 'BR-0001',
      approvalId: 'APR-0001',
      step,
      state: 'confirmed',
      attempts: 1,
      sentAt: undefined,
      notBefore: undefined,
      why: undefined,
    }),
  )
  const undo = (read: Container, dues = [wanted]) => {
    const { steps: backs, left } = undoSteps(intents, read, [slot], new Set(), dues)
    return [...backs.map(stepText), ...left.map(({ why }) => why)]
  }

  it('is an adjustment of the next day and the money of this one', () => {
    expect(undo(written(before, steps))).toEqual([
      'add 1 × -3.55 from 2026-03-11 to 2026-03-12, once',
      'adjust -5 on 2026-03-12',
    ])
  })

  it('leaves counts that somebody changed since', () => {
    expect(undo(contract(counts('20 from 2026-01-01', '26 from 2026-03-11')))).toEqual([
      'somebody changed it since',
    ])
  })

  it('leaves a posted month', () => {
    expect(undo({ ...written(before, steps), lockedTo: day('2026-04-01') })).toEqual([
      'its month is posted; `sync` says what is to be corrected',
    ])
  })

  it('leaves what nothing is known to be due of', () => {
    expect(undo(written(before, steps), [])).toEqual(['what is due of it is not known now'])
  })
})
