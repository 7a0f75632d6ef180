import { describe, expect, test } from 'vitest'
import { type CaseWords, charge, day, type EventWords, explained, totalOf, YEARLY } from './build.js'

/** D1–D3: pauses, long periods and fractions decide cents. */

const TWENTY: EventWords = ['2026-03-01', 20, '22.00']

describe('D1: pause', () => {
  const pause = { suspended: 'pause' } as const

  test('leaves every line’s day count, each rounded once', () => {
    const events: EventWords[] = [
      TWENTY,
      ['2026-03-05', 25],
      ['2026-03-11', 'suspend'],
      ['2026-03-21', 'resume'],
    ]
    expect(explained({ policy: pause, events })).toEqual([
      '1–31 Mar 2026: 20 × $22.00 × 21/31 = $298.06 · 10 days paused',
      '20 → 25 seats from 5 Mar: 5 × $22.00 × 17/31 = $60.32 · 10 days paused',
    ])
  })

  test('an edge is neither a rise nor a decrease', () => {
    const events: EventWords[] = [TWENTY, ['2026-03-11', 'suspend'], ['2026-03-12', 'resume']]
    const words: CaseWords = { policy: { ...pause, decreases: 'credit', increases: 'full' }, events }
    expect(explained(words)).toEqual(['1–31 Mar 2026: 20 × $22.00 × 30/31 = $425.81 · 1 day paused'])
  })

  test('a rise during a pause is charged for the days after it', () => {
    const events: EventWords[] = [
      TWENTY,
      ['2026-03-11', 'suspend'],
      ['2026-03-15', 25],
      ['2026-03-21', 'resume'],
    ]
    expect(explained({ policy: pause, events })[1]).toBe(
      '20 → 25 seats from 15 Mar: 5 × $22.00 × 11/31 = $39.03 · 6 days paused',
    )
  })

  test('a period that begins paused has as its base the count at resumption', () => {
    const events: EventWords[] = [
      ['2026-02-01', 20, '22.00'],
      ['2026-02-20', 'suspend'],
      ['2026-03-03', 30],
      ['2026-03-08', 25],
      ['2026-03-11', 'resume'],
      ['2026-03-21', 26],
    ]
    const words: CaseWords = { policy: pause, start: '2026-02-01', events }
    expect(explained(words)).toEqual([
      '1–31 Mar 2026: 25 × $22.00 × 21/31 = $372.58 · 10 days paused',
      '25 → 26 seats from 21 Mar: 1 × $22.00 × 11/31 = $7.81',
    ])
    expect(charge(words).lines[0]?.billOn).toBe(day('2026-03-01'))
  })

  test('… at the price of its start; a price that changes before resumption is a line for those seats', () => {
    const events: EventWords[] = [
      TWENTY,
      ['2026-03-01', 'suspend'],
      ['2026-03-05', undefined, '24.00'],
      ['2026-03-11', 'resume'],
    ]
    expect(explained({ policy: { ...pause, priceChange: 'immediate' }, events })).toEqual([
      '1–31 Mar 2026: 20 × $22.00 × 21/31 = $298.06 · 10 days paused',
      '$22.00 → $24.00 from 5 Mar: 20 × $2.00 × 21/31 = $27.10 · 6 days paused',
    ])
    expect(totalOf({ policy: pause, events })).toBe('298.06')
  })

  test('a pause without resume lasts, over the end of a cancelled service too', () => {
    const events: EventWords[] = [TWENTY, ['2026-03-11', 'suspend']]
    const april = { window: ['2026-04-01', '2026-05-01'] } as const
    expect(explained({ policy: pause, events })).toEqual([
      '1–31 Mar 2026: 20 × $22.00 × 10/31 = $141.94 · 21 days paused',
    ])
    expect(totalOf({ policy: pause, events, end: '2026-03-20' })).toBe('141.94')
    expect(charge({ policy: pause, events, ...april }).lines).toEqual([])
    expect(totalOf({ events, ...april })).toBe('440.00')
  })

  test('a period paused from end to end has no line', () => {
    const events: EventWords[] = [TWENTY, ['2026-03-01', 'suspend'], ['2026-04-01', 'resume']]
    const april = explained({ policy: pause, events, window: ['2026-03-01', '2026-05-01'] })
    expect(april).toEqual(['20 × $22.00 = $440.00'])
  })

  test('suspended and resumed on one day is nothing', () => {
    const events: EventWords[] = [TWENTY, ['2026-03-11', 'suspend'], ['2026-03-11', 'resume']]
    expect(totalOf({ policy: pause, events })).toBe('440.00')
  })

  test('every day count measures the stretches around it', () => {
    const events: EventWords[] = [TWENTY, ['2026-03-11', 'suspend'], ['2026-03-21', 'resume']]
    const at = (dayCount: 'actualOver30' | 'thirty' | 'baseMonth') =>
      explained({ policy: { ...pause, dayCount }, events })[0]
    expect(at('actualOver30')).toContain('× 21/30 = $308.00')
    expect(at('thirty')).toContain('× 20/30 = $293.33')
    expect(at('baseMonth')).toContain('× 21/31 = $298.06')
  })
})

describe('D2: long periods', () => {
  const annual: CaseWords = {
    every: YEARLY,
    start: '2026-01-01',
    events: [
      ['2026-01-01', 5, '240.00'],
      ['2026-03-11', 10],
    ],
    window: ['2026-01-01', '2026-02-01'],
  }
  test.each([
    ['actual', '296/365 = $973.15'],
    ['actualOver30', '296/360 = $986.67'],
    ['thirty', '290/360 = $966.67'],
    ['baseMonth', '300/372 = $967.74'],
  ] as const)('%s measures months and is divided by twelve of them', (dayCount, words) => {
    expect(explained({ ...annual, policy: { dayCount } })[1]).toBe(
      `5 → 10 seats from 11 Mar: 5 × $240.00 × ${words}`,
    )
  })

  test('calendarMonths adds the months, each over its own', () => {
    const quarter: CaseWords = {
      ...annual,
      every: { type: 'month', duration: 3 },
      events: [
        ['2026-01-01', 5, '60.00'],
        ['2026-01-11', 10],
      ],
    }
    const words = explained({ ...quarter, policy: { dayCount: 'calendarMonths' } })[1]
    expect(words).toContain('5 × $60.00 × (21/93 + 28/84 + 31/93) = $267.74')
    const paused: EventWords[] = [
      ['2026-01-01', 5, '60.00'],
      ['2026-02-01', 'suspend'],
      ['2026-03-01', 'resume'],
    ]
    const policy = { dayCount: 'calendarMonths', suspended: 'pause' } as const
    expect(explained({ ...quarter, events: paused, policy })[0]).toContain(
      '5 × $60.00 × (31/93 + 31/93) = $200.00',
    )
  })
})

describe('D3: fractions', () => {
  test('actual ÷ 30 of a whole month is 1, and never more than 1', () => {
    const events: EventWords[] = [
      ['2026-02-01', 20, '22.00'],
      ['2026-03-02', 25],
    ]
    const words: CaseWords = { policy: { dayCount: 'actualOver30' }, start: '2026-02-01', events }
    expect(totalOf({ ...words, window: ['2026-02-01', '2026-03-01'] })).toBe('440.00')
    expect(explained(words)).toEqual([
      '20 × $22.00 = $440.00',
      '20 → 25 seats from 2 Mar: 5 × $22.00 = $110.00',
    ])
    expect(charge(words).lines[1]?.kind).toBe('prorated')
  })

  test('a fraction is never below 0: 31 March → 1 April over a base month of 28 days', () => {
    const events: EventWords[] = [
      ['2026-03-15', 20, '22.00'],
      ['2026-03-31', 25],
    ]
    const policy = {
      dayCount: 'baseMonth',
      baseMonth: day('2026-02-01'),
      lastPeriod: 'prorate',
      cycle: 'anniversary',
    } as const
    const words: CaseWords = { policy, start: '2026-03-15', end: '2026-04-01', events }
    expect(explained(words)[1]).toBe('20 → 25 seats from 31 Mar: 5 × $22.00 × 0/28 = $0.00')
  })

  test('baseMonth absent is the month of the period’s start', () => {
    const at = (policy: CaseWords['policy']) => totalOf({ policy: { dayCount: 'baseMonth', ...policy } })
    expect(at({})).toBe(at({ baseMonth: day('2026-03-01') }))
    expect(at({})).not.toBe(at({ baseMonth: day('2026-02-01') }))
  })

  test('roundAt=unit rounds the price of a full period, too', () => {
    const events: EventWords[] = [['2026-03-01', 1000, '1.2345']]
    expect(totalOf({ events })).toBe('1234.50')
    expect(explained({ events, policy: { roundAt: 'unit' } })).toEqual(['1000 × $1.23 ($1.2345) = $1,230.00'])
    expect(totalOf({ events, policy: { roundAt: 'unit', roundMode: 'down' } })).toBe('1230.00')
  })

  test('the fraction is rounded half away even when amounts are cut, at 2 to 12 decimals', () => {
    const words = (durationDecimals: number) =>
      explained({ policy: { durationDecimals, roundMode: 'down' } })[1]?.split(': ')[1]
    expect(words(2)).toBe('5 × $22.00 × 0.68 (21/31) = $74.80 · rounded down')
    expect(words(12)).toBe('5 × $22.00 × 0.677419354839 (21/31) = $74.51 · rounded down')
  })

  test('down cuts toward zero on both sides of it', () => {
    const events: EventWords[] = [
      ['2026-03-01', 25, '22.00'],
      ['2026-03-20', 22],
    ]
    const at = (roundMode: 'down' | 'halfAway') =>
      totalOf({ policy: { decreases: 'credit', roundMode }, events })
    expect([at('halfAway'), at('down')]).toEqual(['524.45', '524.46'])
  })
})
