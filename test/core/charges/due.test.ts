import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { dueAsKnown, dueThrough } from '../../../core/charges/due.js'
import { explainLine } from '../../../core/charges/explain.js'
import {
  type ChargeLine,
  DEFAULT_POLICY,
  type DueInput,
  type SettledLine,
} from '../../../core/charges/types.js'
import { amountDigits } from '../../../core/money/money.js'
import { type CaseWords, type EventWords, TWENTY_THEN_25, YEARLY, day, decimal, inputOf } from './build.js'

/** B21: everything to be billed from the opening date to the last day of a month, minus what is billed. */

const MARCH = '2026-03-31'
const APRIL = '2026-04-30'
const OPENS_ON = '2026-03-01'
const BASE: EventWords = ['2026-03-01', 20, '22.00']

function dueInput(of: CaseWords, billed: readonly SettledLine[] = []): DueInput {
  const { currency, policy, policyChanges, timeline } = inputOf(of)
  return { currency, policy, timeline, billed, ...(policyChanges === undefined ? {} : { policyChanges }) }
}

function due(
  of: CaseWords,
  until: string,
  billed: readonly SettledLine[] = [],
  opensOn = OPENS_ON,
): readonly ChargeLine[] {
  return dueThrough(dueInput(of, billed), day(opensOn), day(until))
}

function sum(lines: readonly ChargeLine[]): string {
  return amountDigits(
    lines.reduce((total, { amount }) => total + amount, 0n),
    'USD',
  )
}

function words(lines: readonly ChargeLine[]): string[] {
  return lines.map((line) => `${formatLocalDate(line.billOn)} ${explainLine(line, 'USD')}`)
}

describe('in advance, asked on 20 March', () => {
  const run = due({ events: [BASE] }, MARCH)

  test('with nothing billed March is 514.52, with the 1 March run approved 74.52', () => {
    expect(sum(due({}, MARCH))).toBe('514.52')
    expect(words(due({}, MARCH, run))).toEqual([
      '2026-03-11 20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52',
    ])
  })

  test('April is 550.00, and 74.52 more while that is unbilled', () => {
    expect(sum(due({}, APRIL, due({}, MARCH)))).toBe('550.00')
    expect(sum(due({}, APRIL, run))).toBe('624.52')
  })
})

describe('in arrears', () => {
  const arrears: CaseWords = {
    policy: { timing: 'arrears' },
    start: '2026-01-01',
    events: [
      ['2026-01-01', 20, '22.00'],
      ['2026-03-11', 25],
    ],
  }

  test('March is February’s service; March’s comes in April', () => {
    expect(words(due(arrears, MARCH))).toEqual(['2026-03-01 20 × $22.00 = $440.00'])
    expect(sum(due(arrears, APRIL, due(arrears, MARCH)))).toBe('514.52')
  })

  test('a service that ended before the opening date is due when its period ends on or after it', () => {
    expect(words(due({ ...arrears, end: '2026-02-16' }, MARCH))).toEqual(['2026-03-01 20 × $22.00 = $440.00'])
    expect(due({ ...arrears, end: '2026-02-01' }, MARCH)).toEqual([])
  })

  test('a service that ended is billed at its period’s end', () => {
    expect(words(due({ ...arrears, end: '2026-03-20' }, APRIL)).map((text) => text.slice(0, 10))).toEqual([
      '2026-03-01',
      '2026-04-01',
      '2026-04-01',
    ])
  })
})

describe('nothing before the opening date is due (B20)', () => {
  const old: CaseWords = {
    policy: { cycle: 'anniversary' },
    start: '2020-01-15',
    events: [
      ['2020-01-15', 20, '22.00'],
      ['2026-03-05', 25],
    ],
  }

  test('a period that began before it only adds what changes after it', () => {
    expect(words(due(old, MARCH))).toEqual([
      '2026-03-05 20 → 25 seats from 5 Mar: 5 × $22.00 × 10/28 = $39.29',
      '2026-03-15 25 × $22.00 = $550.00',
    ])
  })

  test('a credit in it has nothing of ours to take from', () => {
    const events: EventWords[] = [
      ['2020-01-15', 20, '22.00'],
      ['2026-03-05', 15],
    ]
    const lines = due({ ...old, policy: { cycle: 'anniversary', decreases: 'credit' }, events }, MARCH)
    expect(lines.map(({ amount, amountBeforeCap }) => [amount, amountBeforeCap])).toEqual([
      [0n, -3_929n],
      [33_000n, undefined],
    ])
  })

  test('a one-time charge before it is not due, one after it is', () => {
    const fee = (on: string) => ({ on: day(on), type: 'oneTime', unitPrice: decimal('50') }) as const
    const lines = due({ ...old, end: '2026-02-01', oneTimes: [fee('2026-02-28'), fee('2026-03-01')] }, MARCH)
    expect(words(lines)).toEqual(['2026-03-01 one-time charge on 1 Mar: 1 × $50.00 = $50.00'])
  })

  test('an annual term is due once, on its first day', () => {
    const annual: CaseWords = { every: YEARLY, start: '2019-03-20', events: [['2019-03-20', 5, '240.00']] }
    expect(words(due(annual, MARCH))).toEqual(['2026-03-20 5 × $240.00 = $1,200.00'])
    expect(due(annual, APRIL, due(annual, MARCH))).toEqual([])
  })
})

describe('a bill run made ahead of time', () => {
  const april = due({}, APRIL)

  test('leaves nothing for the month before it', () => {
    expect(due({}, MARCH, april)).toEqual([])
  })

  test('is taken back in its own month, not before', () => {
    const ended: CaseWords = { end: '2026-03-20' }
    expect(due(ended, MARCH, april)).toEqual([])
    expect(words(due(ended, APRIL, april))).toEqual([
      '2026-04-01 Correction for 1–30 Apr 2026: due $0.00 less settled $550.00 = -$550.00',
    ])
  })

  test('of an anniversary period does not hide what is due in its first month', () => {
    const half: CaseWords = {
      policy: { cycle: 'anniversary' },
      start: '2026-03-15',
      events: [
        ['2026-03-15', 20, '22.00'],
        ['2026-04-05', 25],
      ],
    }
    const all = due(half, '2026-04-10')
    expect(all).toHaveLength(2)
    expect(due(half, MARCH, all)).toEqual([])
    const earlier: CaseWords = {
      ...half,
      events: [
        ['2026-03-15', 20, '22.00'],
        ['2026-03-28', 25],
      ],
    }
    expect(sum(due(earlier, '2026-04-10', all))).toBe('28.39')
    const fee = { on: day('2026-03-20'), type: 'oneTime', unitPrice: decimal('50') } as const
    expect(words(due({ ...half, oneTimes: [fee] }, MARCH, all))).toEqual([
      '2026-03-20 one-time charge on 20 Mar: 1 × $50.00 = $50.00',
    ])
  })
})

test('from month to month every line is billed once, whatever the cycle and timing', () => {
  for (const cycle of ['calendar', 'anniversary'] as const) {
    for (const timing of ['advance', 'arrears'] as const) {
      const policy = { cycle, timing, decreases: 'credit' } as const
      const events: EventWords[] = [
        ['2026-03-07', 20, '22.00'],
        ['2026-03-11', 25],
        ['2026-04-20', 22],
        ['2026-06-01', 30],
      ]
      const busy: CaseWords = { policy, start: '2026-03-07', end: '2026-07-20', events }
      const billed: ChargeLine[] = []
      for (const until of [MARCH, APRIL, '2026-05-31', '2026-06-30', '2026-07-31', '2026-08-31']) {
        billed.push(...due(busy, until, billed))
      }
      expect(billed).toEqual(due(busy, '2026-12-31'))
      expect(billed.some(({ kind }) => kind === 'correction')).toBe(false)
    }
  }
})

describe('changes dated after today', () => {
  const known = (case_: CaseWords, until: string, today: string, billed: readonly SettledLine[] = []) => {
    const { lines, forecast } = dueAsKnown(dueInput(case_, billed), day(OPENS_ON), day(until), day(today))
    return { lines: words(lines), forecast: words(forecast) }
  }
  const future: CaseWords = { events: [...TWENTY_THEN_25, ['2026-04-11', 30]] }

  test('are forecast, and billed only in periods that start on or after them', () => {
    expect(known(future, '2026-05-31', '2026-03-20')).toEqual({
      lines: [
        '2026-03-01 20 × $22.00 = $440.00',
        '2026-03-11 20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52',
        '2026-04-01 25 × $22.00 = $550.00',
        '2026-05-01 30 × $22.00 = $660.00',
      ],
      forecast: ['2026-04-11 25 → 30 seats from 11 Apr: 5 × $22.00 × 20/30 = $73.33'],
    })
  })

  test('are ordinary lines once their day has come', () => {
    const { lines, forecast } = known(future, APRIL, '2026-04-11')
    expect(lines).toHaveLength(4)
    expect(forecast).toEqual([])
  })

  test('a start to come is forecast in the period it falls in', () => {
    const late: CaseWords = { start: '2026-04-11', events: [['2026-04-11', 20, '22.00']] }
    expect(known(late, APRIL, '2026-03-20')).toEqual({
      lines: [],
      forecast: ['2026-04-11 11–30 Apr 2026: 20 × $22.00 × 20/30 = $293.33'],
    })
    expect(known({ ...late, policy: { cycle: 'anniversary' } }, APRIL, '2026-03-20').lines).toHaveLength(1)
  })

  test('an end to come changes no period before it has come, and is forecast with what it takes away', () => {
    const ending: CaseWords = { policy: { lastPeriod: 'prorate' }, events: [BASE], end: '2026-04-16' }
    expect(known(ending, '2026-05-31', '2026-03-20')).toEqual({
      lines: ['2026-03-01 20 × $22.00 = $440.00', '2026-04-01 20 × $22.00 = $440.00'],
      forecast: ['2026-04-01 Correction for 1–30 Apr 2026: due $220.00 less settled $440.00 = -$220.00'],
    })
    expect(known(ending, '2026-05-31', '2026-04-16').lines[1]).toContain('20 × $22.00 × 15/30 = $220.00')
  })

  test('so does a pause, the end of one, the end of a trial and a one-time charge', () => {
    const pause: EventWords[] = [BASE, ['2026-04-11', 'suspend'], ['2026-04-21', 'resume']]
    expect(known({ policy: { suspended: 'pause' }, events: pause }, APRIL, '2026-03-20').lines[1]).toBe(
      '2026-04-01 20 × $22.00 = $440.00',
    )
    expect(known({ policy: { suspended: 'pause' }, events: pause }, APRIL, '2026-04-15').lines[1]).toContain(
      '10/30',
    )
    const trial = known({ events: [BASE], trialEnd: '2026-04-11' }, APRIL, '2026-03-20')
    expect(trial.lines.at(-1)).toBe('2026-04-01 20 × $0.00 = $0.00 · trial')
    expect(trial.forecast).toEqual(['2026-04-11 $0.00 → $22.00 from 11 Apr: 20 × $22.00 × 20/30 = $293.33'])
    const fee = { on: day('2026-04-11'), type: 'oneTime', unitPrice: decimal('50') } as const
    const charged = known({ events: [BASE], oneTimes: [fee] }, APRIL, '2026-03-20')
    expect([charged.lines.length, charged.forecast.length]).toEqual([2, 1])
  })

  test('an end that has come is known, whatever lies ahead of it', () => {
    const fee = { on: day('2026-04-25'), type: 'oneTime', unitPrice: decimal('50') } as const
    const ended: CaseWords = {
      policy: { lastPeriod: 'prorate' },
      events: [BASE],
      end: '2026-04-16',
      oneTimes: [fee],
    }
    expect(known(ended, APRIL, '2026-04-16').lines[1]).toContain('20 × $22.00 × 15/30 = $220.00')
  })

  test('what is billed is still subtracted', () => {
    const billed = dueThrough(dueInput({ events: TWENTY_THEN_25 }), day(OPENS_ON), day(MARCH))
    expect(known(future, APRIL, '2026-03-20', billed).lines).toEqual(['2026-04-01 25 × $22.00 = $550.00'])
  })
})

test('the last day asked for is part of it: lines, corrections, what is billed and what is forecast', () => {
  const billed = due({}, '2026-03-11')
  expect(billed).toHaveLength(2)
  expect(due({}, '2026-03-11', billed)).toEqual([])
  const moved: CaseWords = { events: [BASE, ['2026-03-13', 25]] }
  expect(words(due(moved, '2026-03-13', billed))).toHaveLength(1)
  const until = day('2026-04-11')
  const [today, opensOn] = [day('2026-04-05'), day(OPENS_ON)]
  const fee = { on: today, type: 'oneTime', unitPrice: decimal('50') } as const
  const ahead = dueInput({ events: [BASE, ['2026-04-11', 30]], oneTimes: [fee] })
  const { lines, forecast } = dueAsKnown(ahead, opensOn, until, today)
  expect(words(forecast)).toEqual(['2026-04-11 20 → 30 seats from 11 Apr: 10 × $22.00 × 20/30 = $146.67'])
  expect(words(lines).at(-1)).toBe('2026-04-05 one-time charge on 5 Apr: 1 × $50.00 = $50.00')
})

test('a line due now is settled before an equal one that is due later', () => {
  const policy = { cycle: 'anniversary', increases: 'full' } as const
  const of: CaseWords = {
    policy,
    start: '2026-03-11',
    events: [
      ['2026-03-11', 20, '22.00'],
      ['2026-04-05', 40],
    ],
  }
  const billed = due(of, MARCH)
  expect(words(billed)).toEqual(['2026-03-11 20 × $22.00 = $440.00'])
  expect(due(of, MARCH, billed)).toEqual([])
  expect(words(due(of, APRIL, billed))[0]).toMatch(/^2026-04-05 20 → 40 seats/)
})

test('arrears → advance puts two periods into one month, none twice', () => {
  const change = { from: day('2026-04-01'), policy: DEFAULT_POLICY }
  const moved: CaseWords = { policy: { timing: 'arrears' }, policyChanges: [change], events: [BASE] }
  expect(words(due(moved, APRIL))).toEqual([
    '2026-04-01 20 × $22.00 = $440.00',
    '2026-04-01 20 × $22.00 = $440.00',
  ])
  const back: CaseWords = {
    policyChanges: [{ from: day('2026-04-01'), policy: { ...DEFAULT_POLICY, timing: 'arrears' } }],
    events: [BASE],
  }
  expect(words(due(back, APRIL)).map((text) => text.slice(0, 10))).toEqual(['2026-03-01'])
})
