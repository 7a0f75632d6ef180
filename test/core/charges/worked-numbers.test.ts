import { describe, expect, test } from 'vitest'
import { type CaseWords, YEARLY, charge, day, explained, totalOf } from './build.js'

/** Every number the billing rules state, by rule. The case is 20 seats at $22.00 from 1 March 2026, +5 on 11 March. */

const FROM_5_TO_20_MARCH: CaseWords = {
  start: '2026-03-05',
  end: '2026-03-20',
  events: [['2026-03-05', 20, '22.00']],
}
const ENDED_ON_11_MARCH: CaseWords = { end: '2026-03-11', events: [['2026-03-01', 25, '22.00']] }

test('20 seats, +5 on 11 March: 514.52, each line with its arithmetic', () => {
  expect(totalOf({})).toBe('514.52')
  expect(explained({})).toEqual([
    '20 × $22.00 = $440.00',
    '20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52',
  ])
})

describe('B2: what is rounded, and where', () => {
  test.each<[string, CaseWords['policy'], string]>([
    ['exact', {}, '5 × $22.00 × 21/31 = $74.52'],
    ['durationDecimals 2', { durationDecimals: 2 }, '5 × $22.00 × 0.68 (21/31) = $74.80'],
    ['roundAt unit', { roundAt: 'unit' }, '5 × $14.90 ($22.00 × 21/31) = $74.50'],
    ['roundMode down', { roundMode: 'down' }, '5 × $22.00 × 21/31 = $74.51 · rounded down'],
  ])('%s', (_name, policy, words) => {
    expect(explained({ policy: policy ?? {} })[1]).toBe(`20 → 25 seats from 11 Mar: ${words}`)
  })
})

test('B4: five annual seats from 11 March, term to 1 January: 296 of 365 days', () => {
  const words: CaseWords = {
    every: YEARLY,
    start: '2026-03-11',
    term: ['2026-03-11', '2027-01-01'],
    events: [['2026-03-11', 5, '240.00']],
  }
  expect(explained(words)).toEqual(['11 Mar – 31 Dec 2026: 5 × $240.00 × 296/365 = $973.15'])
})

test('B4: the 31st clamps to short months and returns', () => {
  const { periods, lines } = charge({
    policy: { cycle: 'anniversary' },
    start: '2026-01-31',
    events: [['2026-01-31', 20, '22.00']],
    window: ['2026-02-01', '2026-04-01'],
  })
  expect(periods).toEqual([
    { from: day('2026-02-28'), to: day('2026-03-31') },
    { from: day('2026-03-31'), to: day('2026-04-30') },
  ])
  expect(lines.map(({ amount }) => amount)).toEqual([44_000n, 44_000n])
})

describe('B5: day counts', () => {
  const added = (policy: CaseWords['policy'], on = '2026-03-11', from = '2026-03-01', to = '2026-04-01') =>
    explained({
      policy: policy ?? {},
      start: from,
      events: [
        [from, 20, '22.00'],
        [on, 25],
      ],
      window: [from, to],
    })[1]?.split(': ')[1]

  test('actual', () => expect(added({})).toBe('5 × $22.00 × 21/31 = $74.52'))
  test('actual ÷ 30', () => expect(added({ dayCount: 'actualOver30' })).toBe('5 × $22.00 × 21/30 = $77.00'))
  test('30/360', () => expect(added({ dayCount: 'thirty' })).toBe('5 × $22.00 × 20/30 = $73.33'))
  test('base month January, 10 February → 1 March', () => {
    const policy = { dayCount: 'baseMonth', baseMonth: day('2026-01-01') } as const
    expect(added(policy, '2026-02-10', '2026-02-01', '2026-03-01')).toBe('5 × $22.00 × 22/31 = $78.06')
  })
  test('calendar months, 20 January → 7 February', () => {
    const policy = { dayCount: 'calendarMonths', cycle: 'anniversary' } as const
    expect(added(policy, '2026-01-20', '2026-01-07', '2026-02-07')).toBe(
      '5 × $22.00 × (12/31 + 6/28) = $66.15',
    )
  })
})

test('B6: +1 three times on one day is one line', () => {
  const events: CaseWords['events'] = [
    ['2026-03-01', 20, '22.00'],
    ['2026-03-25', 21],
    ['2026-03-25', 22],
    ['2026-03-25', 23],
  ]
  expect(explained({ events })[1]).toBe('20 → 23 seats from 25 Mar: 3 × $22.00 × 7/31 = $14.90')
})

describe('B8, B9: fewer seats', () => {
  const downAndUp: CaseWords = {
    events: [
      ['2026-03-01', 20, '22.00'],
      ['2026-03-11', 25],
      ['2026-03-15', 22],
      ['2026-03-20', 25],
    ],
  }
  test('seats already paid are not charged twice', () => expect(totalOf(downAndUp)).toBe('514.52'))
  test('the next period starts from the real count', () => {
    const events = downAndUp.events?.slice(0, 3) ?? []
    expect(explained({ events, window: ['2026-04-01', '2026-05-01'] })).toEqual(['22 × $22.00 = $484.00'])
  })
  test('credit: +5 on the 11th, −3 on the 20th', () => {
    const words: CaseWords = {
      policy: { decreases: 'credit' },
      events: [
        ['2026-03-01', 20, '22.00'],
        ['2026-03-11', 25],
        ['2026-03-20', 22],
      ],
    }
    expect(explained(words)).toEqual([
      '20 × $22.00 = $440.00',
      '20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52',
      '25 → 22 seats from 20 Mar: -3 × $22.00 × 12/31 = -$25.55',
    ])
    expect(totalOf(words)).toBe('488.97')
  })
})

test('B10: increases full charge from the period’s start', () => {
  expect(explained({ policy: { increases: 'full' } })[1]).toBe(
    '20 → 25 seats from 11 Mar: 5 × $22.00 = $110.00 · charged from 1 Mar',
  )
  expect(totalOf({ policy: { increases: 'nextPeriod' } })).toBe('440.00')
})

test.each([
  ['prorate', 'full', '383.23'],
  ['full', 'prorate', '269.68'],
  ['prorate', 'prorate', '212.90'],
  ['full', 'full', '440.00'],
] as const)('B11: 5 to 20 March, first period %s, last period %s: %s', (firstPeriod, lastPeriod, total) => {
  expect(totalOf({ ...FROM_5_TO_20_MARCH, policy: { firstPeriod, lastPeriod } })).toBe(total)
})

describe('B12: cancellation', () => {
  test('full', () => expect(totalOf(ENDED_ON_11_MARCH)).toBe('550.00'))
  test('prorate', () =>
    expect(totalOf({ ...ENDED_ON_11_MARCH, policy: { lastPeriod: 'prorate' } })).toBe('177.42'))
  test('prorate after the month was billed', () => {
    const billed = charge({ events: [['2026-03-01', 25, '22.00']] }).lines
    const words: CaseWords = { ...ENDED_ON_11_MARCH, policy: { lastPeriod: 'prorate' }, billed }
    expect(explained(words)).toEqual([
      'Correction for 1–31 Mar 2026: due $177.42 less settled $550.00 = -$372.58',
    ])
  })
})

test('B13: paused 11–21 March is one line of 21/31', () => {
  const words: CaseWords = {
    policy: { suspended: 'pause' },
    events: [
      ['2026-03-01', 20, '22.00'],
      ['2026-03-11', 'suspend'],
      ['2026-03-21', 'resume'],
    ],
  }
  expect(explained(words)).toEqual(['1–31 Mar 2026: 20 × $22.00 × 21/31 = $298.06 · 10 days paused'])
})

test('B14, B26: the rule that set the price is part of the explanation', () => {
  const events = charge({
    oneTimes: [
      {
        on: day('2026-03-01'),
        type: 'change',
        quantity: 50_000_000_000n as never,
        unitPrice: 2_041_000_000n as never,
        priceRule: 'margin 15% on cost $17.35',
      },
    ],
    events: [],
  })
  expect(events.total).toBe(1_020_500n)
  expect(explained({ events: [['2026-03-01', 500, '20.41']] })).toEqual(['500 × $20.41 = $10,205.00'])
})

test('B15: 22 → 24 on 15 March, at once', () => {
  const events: CaseWords['events'] = [
    ['2026-03-01', 20, '22.00'],
    ['2026-03-15', undefined, '24.00'],
  ]
  expect(explained({ policy: { priceChange: 'immediate' }, events })).toEqual([
    '20 × $22.00 = $440.00',
    '$22.00 → $24.00 from 15 Mar: 20 × $2.00 × 17/31 = $21.94',
  ])
  expect(totalOf({ events })).toBe('440.00')
})

test('B18: a monthly turnover on its own calendar is 440.00, and by the marketplace’s ids 738.06', () => {
  const whole: CaseWords = { events: [['2026-03-01', 20, '22.00']] }
  const old: CaseWords = { ...whole, end: '2026-03-11' }
  const renewed: CaseWords = { start: '2026-03-11', events: [['2026-03-11', 20, '22.00']] }
  expect(totalOf(whole)).toBe('440.00')
  expect(charge(old).total + charge(renewed).total).toBe(73_806n)
})

test('B23: the date proves to be 13 March', () => {
  const billed = charge({}).lines
  const events: CaseWords['events'] = [
    ['2026-03-01', 20, '22.00'],
    ['2026-03-13', 25],
  ]
  expect(explained({ events, billed })).toEqual([
    'Correction for 1–31 Mar 2026: due $507.42 ($440.00 + $67.42) less settled $514.52 ($440.00 + $74.52) = -$7.10',
  ])
})

test('D4: increases full reach back to where the base line begins', () => {
  const words: CaseWords = {
    start: '2026-03-05',
    events: [
      ['2026-03-05', 20, '22.00'],
      ['2026-03-11', 25],
    ],
  }
  expect(explained({ ...words, policy: { increases: 'full' } })[1]).toContain('5 × $22.00 × 27/31 = $95.81')
  const policy = { increases: 'nextPeriod', decreases: 'credit' } as const
  const events: CaseWords['events'] = [
    ['2026-03-01', 20, '22.00'],
    ['2026-03-11', 25],
    ['2026-03-20', 22],
  ]
  expect(totalOf({ policy, events })).toBe('440.00')
})
