import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import {
  type CaseWords,
  type EventWords,
  MONTHLY,
  YEARLY,
  charge,
  day,
  decimal,
  explained,
  totalOf,
} from './build.js'

/** The details that decide cents (D1–D8, D10), each with a case of its own. */

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

describe('D7: cancellation', () => {
  test('a count of 0 ends it only as the count at the end of a day; later quantities are ignored', () => {
    expect(totalOf({ events: [TWENTY, ['2026-03-11', 0], ['2026-03-11', 20]] })).toBe('440.00')
    const events: EventWords[] = [TWENTY, ['2026-03-11', 0], ['2026-03-20', 30]]
    expect(totalOf({ events, window: ['2026-03-01', '2026-05-01'] })).toBe('440.00')
    expect(totalOf({ events, policy: { lastPeriod: 'prorate', decreases: 'credit' } })).toBe('141.94')
  })

  test('a cancel event, an end and a count of 0 are the same thing', () => {
    const policy = { lastPeriod: 'prorate' } as const
    expect(totalOf({ policy, events: [TWENTY, ['2026-03-11', 'cancel']] })).toBe('141.94')
    expect(totalOf({ policy, events: [TWENTY], end: '2026-03-11' })).toBe('141.94')
    expect(totalOf({ policy, events: [TWENTY, ['2026-03-11', 'cancel'], ['2026-03-11', 30]] })).toBe('141.94')
  })

  test.each(['full', 'prorate'] as const)(
    'cancelled on its start day: no charge, first and last period %s',
    (choice) => {
      const policy = { firstPeriod: choice, lastPeriod: choice } as const
      expect(charge({ policy, events: [TWENTY], end: '2026-03-01' }).lines).toEqual([])
      expect(charge({ policy, events: [TWENTY, ['2026-03-01', 0]] }).lines).toEqual([])
      expect(charge({ policy, events: [TWENTY, ['2026-03-01', 'cancel']] }).lines).toEqual([])
    },
  )

  test('changes on or after the end are not seen, with lastPeriod=full too', () => {
    const events: EventWords[] = [TWENTY, ['2026-03-20', 40], ['2026-03-25', undefined, '99.00']]
    expect(totalOf({ events, end: '2026-03-20', policy: { priceChange: 'immediate' } })).toBe('440.00')
  })
})

describe('D8: billOn', () => {
  const dates = (words: CaseWords) => charge(words).lines.map(({ billOn }) => formatLocalDate(billOn))
  const late: CaseWords = {
    start: '2026-03-05',
    events: [
      ['2026-03-05', 20, '22.00'],
      ['2026-03-11', 25],
      ['2026-03-20', 22],
    ],
  }

  test('advance: the first day of service, then each change on its date, also with firstPeriod=full', () => {
    const policy = { decreases: 'credit', increases: 'full' } as const
    expect(dates({ ...late, policy })).toEqual(['2026-03-05', '2026-03-11', '2026-03-20'])
    expect(dates({ ...late, policy: { ...policy, firstPeriod: 'full' } })).toEqual([
      '2026-03-05',
      '2026-03-11',
      '2026-03-20',
    ])
    expect(dates({ ...late, window: ['2026-04-01', '2026-05-01'] })).toEqual(['2026-04-01'])
  })

  test('arrears: always the period’s end, also after a cancellation', () => {
    expect(
      dates({ ...late, end: '2026-03-25', policy: { timing: 'arrears', lastPeriod: 'prorate' } }),
    ).toEqual(['2026-04-01', '2026-04-01'])
  })

  const fee = (on: string) =>
    ({
      on: day(on),
      type: 'oneTime',
      quantity: decimal('2'),
      unitPrice: decimal('500'),
      description: 'Set-up',
    }) as const

  test('a one-time line has its own date, in arrears its period’s end; it is never prorated', () => {
    const words: CaseWords = { every: MONTHLY, events: [TWENTY], oneTimes: [fee('2026-03-23')] }
    expect(explained(words)[1]).toBe('Set-up on 23 Mar: 2 × $500.00 = $1,000.00')
    expect(dates(words)[1]).toBe('2026-03-23')
    expect(dates({ ...words, policy: { timing: 'arrears' } })[1]).toBe('2026-04-01')
  })

  test('a one-time line stands outside the service and its end', () => {
    const words: CaseWords = {
      events: [TWENTY],
      end: '2026-03-10',
      oneTimes: [fee('2026-02-20'), fee('2026-04-20')],
    }
    const { periods, lines } = charge({ ...words, window: ['2026-02-01', '2026-05-01'] })
    expect(periods.map(({ from }) => formatLocalDate(from))).toEqual([
      '2026-02-01',
      '2026-03-01',
      '2026-04-01',
    ])
    expect(lines.map(({ kind }) => kind)).toEqual(['oneTime', 'recurring', 'oneTime'])
    expect(charge({ ...words, window: ['2026-03-01', '2026-04-01'] }).lines).toHaveLength(1)
  })

  test('a stated amount that is not quantity × price makes one piece of it', () => {
    const stated = { on: day('2026-03-23'), type: 'oneTime', amount: 12_345n } as const
    expect(explained({ events: [TWENTY], oneTimes: [stated] })[1]).toBe(
      'one-time charge on 23 Mar: 1 × $123.45 = $123.45',
    )
    const discounted = { ...fee('2026-03-23'), amount: 90_000n }
    expect(explained({ events: [TWENTY], oneTimes: [discounted] })[1]).toBe(
      'Set-up on 23 Mar: 1 × $900.00 = $900.00',
    )
  })
})

describe('D10: shape', () => {
  test('kinds: a full period, a part, a negative line, a price line with the difference as its price', () => {
    const events: EventWords[] = [
      TWENTY,
      ['2026-03-11', 25],
      ['2026-03-15', undefined, '20.00'],
      ['2026-03-20', 22],
    ]
    const { lines } = charge({ policy: { decreases: 'credit', priceChange: 'immediate' }, events })
    expect(lines.map(({ kind }) => kind)).toEqual(['recurring', 'prorated', 'credit', 'credit'])
    expect(lines[2]?.unitPrice).toBe(decimal('-2'))
    expect(lines[3]?.quantity).toBe(decimal('-3'))
  })

  test('lines of zero are printed', () => {
    expect(charge({ events: [['2026-03-01', 20, '0.00']] }).lines).toHaveLength(1)
  })

  test('an observed date changes no amount and no date', () => {
    const estimated = {
      on: day('2026-03-11'),
      type: 'change',
      quantity: decimal('25'),
      estimated: true,
    } as const
    const words: CaseWords = { events: [TWENTY], oneTimes: [estimated] }
    expect(explained(words)[1]).toBe(
      '20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52 · date estimated',
    )
    expect(charge(words).lines.map(({ estimated: marked }) => marked)).toEqual([false, true])
    expect(explained({ ...words, window: ['2026-04-01', '2026-05-01'] })).toEqual(['25 × $22.00 = $550.00'])
  })
})
