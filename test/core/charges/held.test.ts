import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { chargeTimeline } from '../../../core/charges/charge.js'
import { dueAsKnown } from '../../../core/charges/due.js'
import { explainLine } from '../../../core/charges/explain.js'
import type { ChargeLine, HeldLine, KnownDue, SettledLine } from '../../../core/charges/types.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import { type CaseWords, type EventWords, day, decimal, inputOf } from './build.js'

/** B14, B17: a price gap holds the periods whose price lies in it, and no other. */

const BASE: EventWords = ['2026-03-01', 20, '22.00']
const LATER = '2026-12-31'

function known(
  of: CaseWords,
  until: string,
  billed: readonly SettledLine[] = [],
  today = LATER,
  opensOn = '2026-03-01',
): KnownDue {
  const { currency, policy, timeline } = inputOf(of)
  return dueAsKnown({ currency, policy, timeline, billed }, day(opensOn), day(until), day(today))
}

function lines({ lines: due }: KnownDue): string[] {
  return due.map((line) => `${formatLocalDate(line.billOn)} ${explainLine(line, 'USD')}`)
}

function held({ held: periods }: KnownDue): string[] {
  return periods.map(({ period, gap, lines: of }) =>
    [`${formatLocalDate(period.from)} ${gap.why}:`, ...of.map(heldWords)].join(' '),
  )
}

function heldWords({ quantity, from, priced }: HeldLine): string {
  return priced === undefined
    ? `${formatDecimal(quantity)} from ${formatLocalDate(from)}`
    : explainLine(priced.charge, priced.currency)
}

describe('priceChange=nextPeriod: the day whose price a period takes decides', () => {
  test('a gap from 1 April holds April; March is 514.52', () => {
    const due = known({ gaps: [['2026-04-01', null]] }, '2026-04-30')
    expect(lines(due)).toEqual([
      '2026-03-01 20 × $22.00 = $440.00',
      '2026-03-11 20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52',
    ])
    expect(held(due)).toEqual(['2026-04-01 no price: 25 from 2026-04-01'])
  })

  test('a gap inside March holds nothing: seats added in it take the price of 1 March', () => {
    const due = known({ gaps: [['2026-03-05', '2026-04-01']] }, '2026-04-30')
    expect(lines(due)).toHaveLength(3)
    expect(held(due)).toEqual([])
  })

  test('a gap of the first days of April holds April alone; May takes the new price', () => {
    const events: EventWords[] = [BASE, ['2026-04-10', undefined, '24.00']]
    const due = known({ events, gaps: [['2026-04-01', '2026-04-10']] }, '2026-05-31')
    expect(lines(due)).toEqual(['2026-03-01 20 × $22.00 = $440.00', '2026-05-01 20 × $24.00 = $480.00'])
    expect(held(due)).toEqual(['2026-04-01 no price: 20 from 2026-04-01'])
  })

  test('in the first period it is the first day of service', () => {
    const from5: CaseWords = { start: '2026-03-05', events: [['2026-03-05', 20, '22.00']] }
    expect(held(known({ ...from5, gaps: [['2026-03-05', '2026-03-06']] }, '2026-03-31'))).toEqual([
      '2026-03-01 no price: 20 from 2026-03-05',
    ])
    expect(held(known({ ...from5, gaps: [['2026-03-06', '2026-03-31']] }, '2026-03-31'))).toEqual([])
  })

  test('a free trial needs no price until it ends', () => {
    const trial: CaseWords = { trialEnd: '2026-03-11', events: [BASE] }
    expect(held(known({ ...trial, gaps: [['2026-03-01', '2026-03-11']] }, '2026-03-31'))).toEqual([])
    expect(held(known({ ...trial, gaps: [['2026-03-11', null]] }, '2026-03-31'))).toHaveLength(1)
    expect(
      held(known({ ...trial, trialEnd: '2026-04-01', gaps: [['2026-03-01', null]] }, '2026-03-31')),
    ).toEqual([])
  })
})

describe('priceChange=immediate: any day it serves decides', () => {
  const policy = { priceChange: 'immediate' } as const

  test('a gap inside March holds March, and no other month', () => {
    const due = known({ policy, gaps: [['2026-03-20', '2026-03-25']] }, '2026-04-30')
    expect(lines(due)).toEqual(['2026-04-01 25 × $22.00 = $550.00'])
    expect(held(due)).toEqual(['2026-03-01 no price: 20 from 2026-03-01 5 from 2026-03-11'])
  })

  test('what a new price adds after a gap is not known either', () => {
    const events: EventWords[] = [BASE, ['2026-03-20', undefined, '24.00']]
    expect(held(known({ policy, events, gaps: [['2026-03-10', '2026-03-20']] }, '2026-03-31'))).toEqual([
      '2026-03-01 no price: 20 from 2026-03-01',
    ])
  })

  test('not one before the first day of service, or after the last', () => {
    const short: CaseWords = {
      policy,
      start: '2026-03-05',
      end: '2026-03-20',
      events: [['2026-03-05', 20, '22.00']],
    }
    const gaps: CaseWords['gaps'] = [
      ['2026-03-01', '2026-03-05'],
      ['2026-03-20', null],
    ]
    expect(held(known({ ...short, gaps }, '2026-03-31'))).toEqual([])
    expect(held(known({ ...short, gaps: [['2026-03-19', null]] }, '2026-03-31'))).toHaveLength(1)
  })

  test('not one that lies ahead: on its day it does', () => {
    const ahead: CaseWords = {
      policy,
      events: [BASE, ['2026-03-25', undefined, '0']],
      gaps: [['2026-03-25', null]],
    }
    const before = known(ahead, '2026-03-31', [], '2026-03-20')
    expect([lines(before), held(before), before.forecast]).toEqual([
      ['2026-03-01 20 × $22.00 = $440.00'],
      [],
      [],
    ])
    expect(held(known(ahead, '2026-03-31', [], '2026-03-25'))).toHaveLength(1)
  })
})

describe('what is billed of a held period is left alone until its gap closes', () => {
  const run = known({ events: [BASE] }, '2026-03-31').lines

  test('no correction, and no second line for seats that are billed', () => {
    const due = known({ gaps: [['2026-03-01', null]] }, '2026-03-31', run)
    expect(lines(due)).toEqual([])
    expect(held(due)).toEqual(['2026-03-01 no price: 5 from 2026-03-11'])
    expect(lines(known({}, '2026-03-31', run))).toEqual([
      '2026-03-11 20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52',
    ])
  })

  test('also when late news is that there are fewer seats: −22.00 waits', () => {
    const fewer: CaseWords = { events: [['2026-03-01', 19, '22.00']] }
    expect(lines(known({ ...fewer, gaps: [['2026-03-01', null]] }, '2026-03-31', run))).toEqual([])
    expect(lines(known(fewer, '2026-03-31', run))).toEqual([
      '2026-03-01 Correction for 1–31 Mar 2026: due $418.00 less settled $440.00 = -$22.00',
    ])
  })

  test('a period of which all is billed is still told', () => {
    const due = known({ events: [BASE], gaps: [['2026-03-01', null]] }, '2026-03-31', run)
    expect([lines(due), held(due)]).toEqual([[], ['2026-03-01 no price:']])
  })

  test('a period that a held one took the days of is not taken back', () => {
    const moved: CaseWords = {
      policy: { cycle: 'anniversary' },
      start: '2026-03-10',
      gaps: [['2026-03-10', null]],
    }
    const events: EventWords[] = [['2026-03-10', 20, '22.00']]
    expect(lines(known({ ...moved, events }, '2026-03-31', run))).toEqual([])
  })

  test('a month that is not held is corrected as ever', () => {
    const fewer: CaseWords = { events: [['2026-03-01', 19, '22.00']], gaps: [['2026-04-01', null]] }
    expect(lines(known(fewer, '2026-04-30', run))).toHaveLength(1)
  })

  test('a service that never was is taken back: nothing of it needs a price', () => {
    const never: CaseWords = { events: [BASE], end: '2026-03-01', gaps: [['2026-03-01', null]] }
    expect(lines(known(never, '2026-03-31', run))).toEqual([
      '2026-03-01 Correction for 1–31 Mar 2026: due $0.00 less settled $440.00 = -$440.00',
    ])
  })

  test('a month that was paused from end to end is taken back, too', () => {
    const policy = { suspended: 'pause' } as const
    const paused: CaseWords = {
      policy,
      events: [BASE, ['2026-03-01', 'suspend']],
      gaps: [['2026-03-01', null]],
    }
    expect(lines(known(paused, '2026-03-31', run))).toHaveLength(1)
  })

  test('over a window, too', () => {
    const of = inputOf({ gaps: [['2026-03-01', null]], events: [['2026-03-01', 19, '22.00']] })
    expect(chargeTimeline({ ...of, billed: run, asOf: day('2026-03-31') }).lines).toEqual([])
  })
})

describe('a price in another currency', () => {
  const yen: EventWords[] = [
    ['2026-03-01', 20, '1500.5'],
    ['2026-03-11', 25],
  ]

  test('is shown with what it would come to, in that currency and its digits', () => {
    const due = known({ events: yen, gaps: [['2026-03-01', null, 'JPY']] }, '2026-03-31')
    expect(lines(due)).toEqual([])
    expect(held(due)).toEqual([
      '2026-03-01 in JPY: 20 × ¥1,500.5 = ¥30,010 20 → 25 seats from 11 Mar: 5 × ¥1,500.5 × 21/31 = ¥5,082',
    ])
  })

  test('has no amount where it holds for a part of the period only', () => {
    const mixed: CaseWords = {
      policy: { priceChange: 'immediate' },
      events: yen,
      gaps: [['2026-03-11', null, 'JPY']],
    }
    expect(held(known(mixed, '2026-03-31'))).toEqual([
      '2026-03-01 in JPY: 20 from 2026-03-01 5 from 2026-03-11',
    ])
    const closing: CaseWords = { ...mixed, gaps: [['2026-03-01', '2026-03-31', 'JPY']] }
    expect(held(known(closing, '2026-03-31'))[0]).not.toContain('¥')
  })
})

describe('one-time charges', () => {
  const fee = (on: string) => ({ on: day(on), type: 'oneTime', unitPrice: decimal('50') }) as const

  test('of a held period are held with it, amount and all; others are billed', () => {
    const oneTimes = [fee('2026-03-20'), fee('2026-04-20')]
    const due = known({ events: [BASE], oneTimes, gaps: [['2026-04-01', null]] }, '2026-04-30')
    expect(lines(due)).toEqual([
      '2026-03-01 20 × $22.00 = $440.00',
      '2026-03-20 one-time charge on 20 Mar: 1 × $50.00 = $50.00',
    ])
    expect(held(due)).toEqual([
      '2026-04-01 no price: 20 from 2026-04-01 one-time charge on 20 Apr: 1 × $50.00 = $50.00',
    ])
  })

  test('dated later are not known yet', () => {
    const events: EventWords[] = [BASE, ['2026-04-15', 25]]
    const case_: CaseWords = {
      events,
      oneTimes: [fee('2026-04-20'), fee('2026-04-02')],
      gaps: [['2026-04-01', null]],
    }
    const due = known(case_, '2026-04-30', [], '2026-04-10')
    expect(held(due)).toEqual([
      '2026-04-01 no price: 20 from 2026-04-01 one-time charge on 2 Apr: 1 × $50.00 = $50.00',
    ])
    expect(due.forecast).toEqual([])
  })

  test('before and after the service need no price of a seat', () => {
    const ended: CaseWords = { events: [BASE], end: '2026-04-01', gaps: [['2026-03-01', null]] }
    expect(lines(known({ ...ended, oneTimes: [fee('2026-04-20')] }, '2026-04-30'))).toHaveLength(1)
  })
})

test('what has no line yet holds nothing: it begins later, or is billed before the opening', () => {
  expect(held(known({ gaps: [['2026-03-01', null]] }, '2026-02-28'))).toEqual([])
  const arrears: CaseWords = { policy: { timing: 'arrears' }, gaps: [['2026-03-01', null]] }
  expect(held(known(arrears, '2026-03-31'))).toEqual([])
  expect(held(known(arrears, '2026-04-01'))).toHaveLength(1)
  const old: CaseWords = {
    policy: { cycle: 'anniversary' },
    start: '2026-02-15',
    gaps: [['2026-02-15', '2026-02-20']],
  }
  const steady: EventWords[] = [['2026-02-15', 20, '22.00']]
  expect(held(known({ ...old, events: steady }, '2026-03-14'))).toEqual([])
  const more: EventWords[] = [...steady, ['2026-03-05', 25]]
  expect(held(known({ ...old, events: more }, '2026-03-14'))).toEqual([
    '2026-02-15 no price: 5 from 2026-03-05',
  ])
})

test('what is billed ahead of a held period stays', () => {
  const ahead: readonly ChargeLine[] = known({ events: [BASE] }, '2026-04-30').lines
  const due = known({ events: [BASE], gaps: [['2026-04-01', null]] }, '2026-03-31', ahead)
  expect([lines(due), held(due)]).toEqual([[], []])
})
