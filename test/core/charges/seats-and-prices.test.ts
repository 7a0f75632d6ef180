import { describe, expect, test } from 'vitest'
import { type CaseWords, charge, day, decimal, type EventWords, explained, totalOf } from './build.js'

/** D4–D6: increases, credits and changes of price decide cents. */

const TWENTY: EventWords = ['2026-03-01', 20, '22.00']

describe('D4: increases', () => {
  test('a credit under increases=nextPeriod covers only seats below the count charged', () => {
    const policy = { increases: 'nextPeriod', decreases: 'credit' } as const
    const events: EventWords[] = [
      TWENTY,
      ['2026-03-11', 25],
      ['2026-03-20', 18],
      ['2026-03-25', 19],
      ['2026-03-28', 17],
    ]
    expect(explained({ policy, events })).toEqual([
      '20 × $22.00 = $440.00',
      '20 → 18 seats from 20 Mar: -2 × $22.00 × 12/31 = -$17.03',
      '18 → 17 seats from 28 Mar: -1 × $22.00 × 4/31 = -$2.84',
    ])
  })

  test('seats of the first day are not added seats', () => {
    const events: EventWords[] = [TWENTY, ['2026-03-01', 25]]
    expect(totalOf({ policy: { increases: 'nextPeriod' }, events })).toBe('550.00')
  })
})

describe('D5: credits', () => {
  test('and changes of price run from their own date, also with increases=full', () => {
    const policy = { increases: 'full', decreases: 'credit', priceChange: 'immediate' } as const
    const events: EventWords[] = [TWENTY, ['2026-03-15', undefined, '24.00'], ['2026-03-20', 18]]
    expect(explained({ policy, events }).slice(1)).toEqual([
      '$22.00 → $24.00 from 15 Mar: 20 × $2.00 × 17/31 = $21.94',
      '20 → 18 seats from 20 Mar: -2 × $24.00 × 12/31 = -$18.58',
    ])
  })

  test('run to where charge lines end', () => {
    const events: EventWords[] = [
      ['2026-03-01', 25, '22.00'],
      ['2026-03-11', 20],
    ]
    const words: CaseWords = {
      policy: { decreases: 'credit', lastPeriod: 'prorate' },
      end: '2026-03-21',
      events,
    }
    expect(explained(words)).toEqual([
      '1–20 Mar 2026: 25 × $22.00 × 20/31 = $354.84',
      '25 → 20 seats from 11 Mar: -5 × $22.00 × 10/31 = -$35.48',
    ])
  })

  test('the line that would push the period below 0 is cut to leave 0, and says what it was', () => {
    // Ten rises of $0.0004 round to nothing each, but the credit has their sum.
    const rises = Array.from({ length: 10 }, (_, index): EventWords => {
      const on = `2026-03-${String(index + 2).padStart(2, '0')}`
      return [on, undefined, `0.00${10 + 4 * (index + 1)}`]
    })
    const events: EventWords[] = [['2026-03-01', 10, '0.001'], ...rises, ['2026-03-12', 1]]
    const words: CaseWords = { policy: { priceChange: 'immediate', decreases: 'credit' }, events }
    expect(explained(words).at(-1)).toBe(
      '10 → 1 seats from 12 Mar: -9 × $0.005 × 20/31 = -$0.03 · held at -$0.01, so that the period is not below zero',
    )
    expect(charge(words).lines.at(-1)).toMatchObject({ kind: 'credit', amount: -1n, amountBeforeCap: -3n })
    expect(totalOf(words)).toBe('0.00')
  })

  const FALLING: readonly EventWords[] = [
    ['2026-03-01', 1, '0.02'],
    ['2026-03-02', undefined, '0.013'],
    ['2026-03-03', undefined, '0.006'],
    ['2026-03-04', undefined, '0.00'],
  ]

  test('the cap stands under every policy: a price that falls cannot take more than there is', () => {
    expect(explained({ policy: { priceChange: 'immediate' }, events: FALLING })).toEqual([
      '1 × $0.02 = $0.02',
      '$0.02 → $0.013 from 2 Mar: 1 × -$0.007 × 30/31 = -$0.01',
      '$0.013 → $0.006 from 3 Mar: 1 × -$0.007 × 29/31 = -$0.01',
      '$0.006 → $0.00 from 4 Mar: 1 × -$0.006 × 28/31 = -$0.01 · held at $0.00, so that the period is not below zero',
    ])
  })

  test('one-time lines stand outside the cap', () => {
    const fee = {
      on: day('2026-03-02'),
      type: 'oneTime',
      quantity: decimal('1'),
      unitPrice: decimal('50'),
    } as const
    expect(totalOf({ policy: { priceChange: 'immediate' }, events: FALLING, oneTimes: [fee] })).toBe('50.00')
  })
})

describe('D6: price changes', () => {
  test('on one day the price changes first, for the seats charged before; the day’s seats take the new price', () => {
    const events: EventWords[] = [TWENTY, ['2026-03-15', 25, '24.00']]
    expect(explained({ policy: { priceChange: 'immediate' }, events })).toEqual([
      '20 × $22.00 = $440.00',
      '$22.00 → $24.00 from 15 Mar: 20 × $2.00 × 17/31 = $21.94',
      '20 → 25 seats from 15 Mar: 5 × $24.00 × 17/31 = $65.81',
    ])
  })

  test('a line takes the price of its effective date, with increases=full too', () => {
    const events: EventWords[] = [TWENTY, ['2026-03-15', undefined, '24.00'], ['2026-03-20', 25]]
    expect(explained({ policy: { priceChange: 'immediate', increases: 'full' }, events })[2]).toBe(
      '20 → 25 seats from 20 Mar: 5 × $24.00 = $120.00 · charged from 1 Mar',
    )
  })

  test('nextPeriod: the price at the start holds, for added seats too; the next period has the new one', () => {
    const events: EventWords[] = [TWENTY, ['2026-03-05', undefined, '24.00'], ['2026-03-11', 25]]
    expect(totalOf({ events })).toBe('514.52')
    expect(totalOf({ events, window: ['2026-04-01', '2026-05-01'] })).toBe('600.00')
    expect(totalOf({ events: [TWENTY, ['2026-03-01', undefined, '24.00']] })).toBe('480.00')
  })

  test('a credit line has the price of its date', () => {
    const events: EventWords[] = [TWENTY, ['2026-03-15', undefined, '24.00'], ['2026-03-20', 18]]
    const policy = { priceChange: 'immediate', decreases: 'credit' } as const
    expect(explained({ policy, events })[2]).toBe('20 → 18 seats from 20 Mar: -2 × $24.00 × 12/31 = -$18.58')
  })

  describe('a trial is free until its end, which acts at once', () => {
    const trial: CaseWords = {
      trialEnd: '2026-03-15',
      events: [TWENTY, ['2026-03-11', 25], ['2026-03-20', 27]],
    }
    const lines = [
      '20 × $0.00 = $0.00 · trial',
      '20 → 25 seats from 11 Mar: 5 × $0.00 × 21/31 = $0.00 · trial',
      '$0.00 → $22.00 from 15 Mar: 25 × $22.00 × 17/31 = $301.61',
      '25 → 27 seats from 20 Mar: 2 × $22.00 × 12/31 = $17.03',
    ]
    test('under both rules for prices', () => {
      expect(explained(trial)).toEqual(lines)
      expect(explained({ ...trial, policy: { priceChange: 'immediate' } })).toEqual(lines)
    })

    test('nextPeriod: the price valid on that day holds to the period’s end', () => {
      const events: EventWords[] = [
        TWENTY,
        ['2026-03-05', undefined, '23.00'],
        ['2026-03-20', undefined, '24.00'],
      ]
      const words: CaseWords = { ...trial, events }
      expect(explained(words)[1]).toBe('$0.00 → $23.00 from 15 Mar: 20 × $23.00 × 17/31 = $252.26')
      expect(explained(words)).toHaveLength(2)
      expect(explained({ ...words, policy: { priceChange: 'immediate' } })[2]).toBe(
        '$23.00 → $24.00 from 20 Mar: 20 × $1.00 × 12/31 = $7.74',
      )
    })

    test('seats of its last day are charged from that day at the full price', () => {
      const events: EventWords[] = [TWENTY, ['2026-03-15', 25]]
      expect(explained({ ...trial, events }).slice(1)).toEqual([
        '$0.00 → $22.00 from 15 Mar: 20 × $22.00 × 17/31 = $241.29',
        '20 → 25 seats from 15 Mar: 5 × $22.00 × 17/31 = $60.32',
      ])
    })

    test('that ends with a period needs no line, and one over before the start never was', () => {
      expect(totalOf({ ...trial, trialEnd: '2026-04-01' })).toBe('0.00')
      expect(explained({ ...trial, trialEnd: '2026-04-01', window: ['2026-04-01', '2026-05-01'] })).toEqual([
        '27 × $22.00 = $594.00',
      ])
      expect(totalOf({ trialEnd: '2026-03-01' })).toBe('514.52')
    })
  })
})
