import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { chargeTimeline } from '../../../core/charges/charge.js'
import { type ChargeInput, DEFAULT_POLICY, type Policy } from '../../../core/charges/types.js'
import { Problem } from '../../../core/problem.js'
import { type CaseWords, YEARLY, charge, day, explained, inputOf } from './build.js'

function periodsOf(words: CaseWords): string[] {
  return charge(words).periods.map(({ from, to }) => `${formatLocalDate(from)} ${formatLocalDate(to)}`)
}

function problemOf(input: ChargeInput): Problem {
  try {
    chargeTimeline(input)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('it was charged')
}

const TWENTY: CaseWords = { events: [['2026-03-01', 20, '22.00']] }

describe('B4: one month follows the cycle', () => {
  test('calendar: a period begins on the 1st whatever the start; its nominal start selects it (D8)', () => {
    const words: CaseWords = { start: '2026-03-05', events: [['2026-03-05', 20, '22.00']] }
    expect(periodsOf({ ...words, window: ['2026-03-01', '2026-03-02'] })).toEqual(['2026-03-01 2026-04-01'])
    expect(periodsOf({ ...words, window: ['2026-03-02', '2026-04-01'] })).toEqual([])
  })

  test('anniversary: twelve cycles from 31 January, each computed from the anchor', () => {
    const words: CaseWords = {
      policy: { cycle: 'anniversary' },
      start: '2021-01-31',
      events: [['2021-01-31', 1, '1.00']],
      window: ['2021-01-01', '2022-01-01'],
    }
    expect(periodsOf(words).map((text) => text.slice(0, 10))).toEqual([
      '2021-01-31',
      '2021-02-28',
      '2021-03-31',
      '2021-04-30',
      '2021-05-31',
      '2021-06-30',
      '2021-07-31',
      '2021-08-31',
      '2021-09-30',
      '2021-10-31',
      '2021-11-30',
      '2021-12-31',
    ])
  })

  test('anchorDay: a start before the anchor makes a stub over the enclosing period', () => {
    const words: CaseWords = {
      policy: { cycle: 'anniversary', anchorDay: 13 },
      start: '2011-02-01',
      events: [['2011-02-01', 1, '310.00']],
      window: ['2011-01-13', '2011-03-13'],
    }
    expect(periodsOf(words)).toEqual(['2011-01-13 2011-02-13', '2011-02-13 2011-03-13'])
    expect(explained(words)).toEqual([
      '1–12 Feb 2011: 1 × $310.00 × 12/31 = $120.00',
      '1 × $310.00 = $310.00',
    ])
    const full = { ...words, policy: { ...words.policy, firstPeriod: 'full' } as const }
    expect(explained(full)[0]).toBe('1 × $310.00 = $310.00')
  })

  test('a period is charged while there is service, and not a day longer', () => {
    const words: CaseWords = { ...TWENTY, end: '2026-05-01', window: ['2026-01-01', '2027-01-01'] }
    expect(periodsOf(words)).toEqual(['2026-03-01 2026-04-01', '2026-04-01 2026-05-01'])
    expect(periodsOf({ ...words, end: '2026-05-02' })).toHaveLength(3)
    expect(periodsOf({ ...words, end: '2026-03-01' })).toEqual([])
  })

  test('D2: a term and, on calendar months, an anchor day are ignored', () => {
    const plain = charge(TWENTY)
    expect(charge({ ...TWENTY, term: ['2026-01-01', '2029-01-01'] })).toEqual(plain)
    expect(charge({ ...TWENTY, policy: { anchorDay: 15 } })).toEqual(plain)
  })
})

describe('B4, D2: a longer billing period is the subscription’s own term', () => {
  const annual: CaseWords = { every: YEARLY, start: '2026-03-11', events: [['2026-03-11', 5, '240.00']] }

  test('from the start, whatever the cycle, priced per term and divided by its actual days', () => {
    const words: CaseWords = { ...annual, window: ['2026-01-01', '2028-01-01'] }
    expect(periodsOf(words)).toEqual(['2026-03-11 2027-03-11', '2027-03-11 2028-03-11'])
    const added: CaseWords = { ...annual, events: [...(annual.events ?? []), ['2026-07-01', 7]] }
    expect(explained(added)[1]).toBe('5 → 7 seats from 1 Jul: 2 × $240.00 × 253/365 = $332.71')
    const leap: CaseWords = {
      ...annual,
      start: '2027-03-11',
      events: [
        ['2027-03-11', 5, '240.00'],
        ['2027-07-01', 7],
      ],
    }
    expect(explained({ ...leap, window: ['2027-03-01', '2027-04-01'] })[1]).toContain('× 254/366 =')
  })

  test('a short term is a part of the one that ends with it, and later ones run from its end', () => {
    const words: CaseWords = {
      ...annual,
      term: ['2026-03-11', '2027-01-01'],
      window: ['2026-01-01', '2028-12-31'],
    }
    expect(periodsOf(words)).toEqual([
      '2026-03-11 2027-01-01',
      '2027-01-01 2028-01-01',
      '2028-01-01 2029-01-01',
    ])
    expect(explained({ ...words, policy: { firstPeriod: 'full' } })[0]).toBe(
      '11 Mar – 31 Dec 2026: 5 × $240.00 × 296/365 = $973.15',
    )
  })

  test('a term that began before the subscription is whole, so its first period follows firstPeriod', () => {
    const words: CaseWords = {
      ...annual,
      term: ['2026-01-01', '2027-01-01'],
      window: ['2026-01-01', '2026-02-01'],
    }
    expect(explained(words)).toEqual(['11 Mar – 31 Dec 2026: 5 × $240.00 × 296/365 = $973.15'])
    expect(explained({ ...words, policy: { firstPeriod: 'full' } })).toEqual(['5 × $240.00 = $1,200.00'])
  })

  test('terms before the stated one count back from it; the service may begin within one', () => {
    const words: CaseWords = {
      ...annual,
      start: '2024-03-11',
      term: ['2026-02-01', '2027-02-01'],
      events: [['2024-03-11', 5, '240.00']],
      window: ['2024-01-01', '2027-01-01'],
    }
    expect(periodsOf(words)).toEqual([
      '2024-02-01 2025-02-01',
      '2025-02-01 2026-02-01',
      '2026-02-01 2027-02-01',
    ])
    expect(explained(words)[0]).toBe('11 Mar 2024 – 31 Jan 2025: 5 × $240.00 × 327/366 = $1,072.13')
  })

  test('unless the stated one is one of those from the start: 29 February stays that', () => {
    const words: CaseWords = {
      ...annual,
      start: '2024-02-29',
      term: ['2025-02-28', '2026-02-28'],
      events: [['2024-02-29', 5, '240.00']],
      window: ['2024-01-01', '2027-01-01'],
    }
    expect(periodsOf(words)[0]).toBe('2024-02-29 2025-02-28')
    expect(explained(words)[0]).toBe('5 × $240.00 = $1,200.00')
  })

  test('the 31st returns after a full term, too', () => {
    const words: CaseWords = {
      every: { type: 'month', duration: 6 },
      start: '2025-08-31',
      term: ['2025-08-31', '2026-02-28'],
      events: [['2025-08-31', 1, '10.00']],
      window: ['2025-01-01', '2027-01-01'],
    }
    expect(periodsOf(words)).toEqual([
      '2025-08-31 2026-02-28',
      '2026-02-28 2026-08-31',
      '2026-08-31 2027-02-28',
    ])
  })

  test('a full term may be one by its end: 28 February to 31 August is six months', () => {
    const words: CaseWords = {
      every: { type: 'month', duration: 6 },
      start: '2026-02-28',
      term: ['2026-02-28', '2026-08-31'],
      events: [['2026-02-28', 1, '10.00']],
      window: ['2026-01-01', '2027-12-31'],
    }
    expect(periodsOf(words).slice(0, 2)).toEqual(['2026-02-28 2026-08-31', '2026-08-31 2027-02-28'])
    expect(explained(words)[0]).toBe('1 × $10.00 = $10.00')
  })

  test('several stated terms stand where they say; days between two are a short term', () => {
    const words: CaseWords = {
      ...annual,
      start: '2025-03-11',
      terms: [
        ['2025-03-11', '2026-03-11'],
        ['2026-03-13', '2027-01-01'],
      ],
      events: [['2025-03-11', 5, '240.00']],
      window: ['2025-01-01', '2027-12-31'],
    }
    expect(periodsOf(words)).toEqual([
      '2025-03-11 2026-03-11',
      '2026-03-11 2026-03-13',
      '2026-03-13 2027-01-01',
      '2027-01-01 2028-01-01',
    ])
    expect(explained({ ...words, policy: { firstPeriod: 'full' } })).toEqual([
      '5 × $240.00 = $1,200.00',
      '11–12 Mar 2026: 5 × $240.00 × 2/365 = $6.58',
      '13 Mar – 31 Dec 2026: 5 × $240.00 × 294/365 = $966.58',
      '5 × $240.00 = $1,200.00',
    ])
  })

  test('a stated term that does not follow at once leaves whole terms before it, and a short one', () => {
    const words: CaseWords = {
      ...annual,
      start: '2024-03-11',
      terms: [
        ['2024-03-11', '2025-01-01'],
        ['2026-03-01', '2027-03-01'],
      ],
      events: [['2024-03-11', 5, '240.00']],
      window: ['2024-01-01', '2027-12-31'],
    }
    expect(periodsOf(words)).toEqual([
      '2024-03-11 2025-01-01',
      '2025-01-01 2026-01-01',
      '2026-01-01 2026-03-01',
      '2026-03-01 2027-03-01',
      '2027-03-01 2028-03-01',
    ])
    expect(explained(words)[2]).toBe('1 Jan – 28 Feb 2026: 5 × $240.00 × 59/365 = $193.97')
  })

  test('stated periods of days, too: a new beginning moves those behind it', () => {
    const words: CaseWords = {
      ...annual,
      every: { type: 'day', duration: 30 },
      terms: [
        ['2026-03-11', '2026-04-10'],
        ['2026-04-12', '2026-05-12'],
      ],
      window: ['2026-03-01', '2026-06-01'],
    }
    expect(periodsOf(words)).toEqual([
      '2026-03-11 2026-04-10',
      '2026-04-10 2026-04-12',
      '2026-04-12 2026-05-12',
      '2026-05-12 2026-06-11',
    ])
    expect(explained(words)[1]).toBe('10–11 Apr 2026: 5 × $240.00 × 2/30 = $80.00')
  })

  test('days: every 30 from the start', () => {
    const words: CaseWords = {
      ...annual,
      every: { type: 'day', duration: 30 },
      end: '2026-05-01',
      policy: { lastPeriod: 'prorate' },
      window: ['2026-03-01', '2026-06-01'],
    }
    expect(periodsOf(words)).toEqual(['2026-03-11 2026-04-10', '2026-04-10 2026-05-10'])
    expect(explained(words)[1]).toBe('10–30 Apr 2026: 5 × $240.00 × 21/30 = $840.00')
  })

  test('a term longer than its billing period is refused, and so is an empty one', () => {
    const refused = problemOf(inputOf({ ...annual, term: ['2026-03-11', '2027-03-12'] }))
    expect([refused.kind, refused.where]).toEqual(['input', 'subscription.term'])
    expect(refused.message).toContain('longer than its billing period')
    expect(problemOf(inputOf({ ...annual, term: ['2026-03-11', '2026-03-11'] })).message).toContain(
      'is empty',
    )
  })

  test('a period of days allows the actual day count only, by the policy that holds for it', () => {
    const words: CaseWords = { ...annual, every: { type: 'day', duration: 30 } }
    const thirty = { ...DEFAULT_POLICY, dayCount: 'thirty' } as const
    expect(problemOf(inputOf({ ...words, policy: thirty })).where).toBe('policy.dayCount')
    const changed = (from: string) =>
      inputOf({
        ...words,
        window: ['2026-03-01', '2026-06-01'],
        policyChanges: [{ from: day(from), policy: thirty }],
      })
    expect(problemOf(changed('2026-03-20')).where).toBe('policy.dayCount')
    expect(() => problemOf(changed('2027-01-01'))).toThrow('it was charged')
  })
})

describe('B16, B24: a policy changes at a period boundary', () => {
  const anniversary: Policy = { ...DEFAULT_POLICY, cycle: 'anniversary' }
  const running: CaseWords = {
    start: '2026-01-11',
    events: [['2026-01-11', 20, '22.00']],
    window: ['2026-03-01', '2026-05-01'],
  }
  const changed = (from: string, policy: Policy): CaseWords => ({
    ...running,
    policyChanges: [{ from: day(from), policy }],
  })

  test('calendar → anniversary: a stub over the enclosing new period', () => {
    const words = changed('2026-03-20', anniversary)
    expect(periodsOf(words)).toEqual([
      '2026-03-01 2026-04-01',
      '2026-03-11 2026-04-11',
      '2026-04-11 2026-05-11',
    ])
    const stub = charge(words).lines[1]
    expect(explained(words)[1]).toBe('1–10 Apr 2026: 20 × $22.00 × 10/31 = $141.94')
    expect(stub?.billOn).toBe(day('2026-04-01'))
    const full = changed('2026-03-20', { ...anniversary, firstPeriod: 'full' })
    expect(explained(full)[1]).toBe('1–10 Apr 2026: 20 × $22.00 × 10/31 = $141.94')
  })

  test('anniversary → calendar: the stub runs to the end of the calendar month', () => {
    const words = { ...changed('2026-03-11', DEFAULT_POLICY), policy: anniversary }
    expect(explained(words)).toEqual([
      '11–31 Mar 2026: 20 × $22.00 × 21/31 = $298.06',
      '20 × $22.00 = $440.00',
    ])
  })

  test('on the boundary itself the change holds from that day', () => {
    expect(periodsOf(changed('2026-04-01', anniversary))[1]).toBe('2026-03-11 2026-04-11')
    expect(periodsOf(changed('2026-04-02', anniversary))[1]).toBe('2026-04-01 2026-05-01')
  })

  test('a subscription that starts later never saw the old cycle', () => {
    const words: CaseWords = {
      ...changed('2026-01-01', { ...anniversary, anchorDay: 15 }),
      start: '2026-03-20',
      events: [['2026-03-20', 20, '22.00']],
      window: ['2026-03-01', '2026-05-01'],
    }
    expect(periodsOf(words)).toEqual(['2026-03-15 2026-04-15', '2026-04-15 2026-05-15'])
  })

  test('… but the next one it sees: of the period around it only what is left is charged', () => {
    const fifteenth = { ...anniversary, anchorDay: 15 }
    const words: CaseWords = {
      policyChanges: [
        { from: day('2026-01-01'), policy: fifteenth },
        { from: day('2026-04-15'), policy: DEFAULT_POLICY },
      ],
      start: '2026-03-20',
      events: [['2026-03-20', 20, '22.00']],
      window: ['2026-03-01', '2026-05-01'],
    }
    // 20 March – 14 April are 26 days of 31, 15–30 April 16 of 30.
    expect(explained(words)).toEqual([
      '20 Mar – 14 Apr 2026: 20 × $22.00 × 26/31 = $369.03',
      '15–30 Apr 2026: 20 × $22.00 × 16/30 = $234.67',
    ])
  })

  test('… so that its first full period reaches back behind the change', () => {
    const full: Policy = { ...anniversary, anchorDay: 11, firstPeriod: 'full' }
    const words: CaseWords = {
      ...changed('2026-04-01', full),
      start: '2026-04-05',
      events: [['2026-04-05', 20, '22.00']],
    }
    expect(explained(words)[0]).toBe('20 × $22.00 = $440.00')
  })

  test('other rules change with the first period that starts on or after their date', () => {
    const words: CaseWords = {
      policyChanges: [{ from: day('2026-03-02'), policy: { ...DEFAULT_POLICY, increases: 'full' } }],
    }
    const events: CaseWords['events'] = [...(TWENTY.events ?? []), ['2026-03-11', 25], ['2026-04-11', 30]]
    expect(explained({ ...words, events, window: ['2026-03-01', '2026-05-01'] })).toEqual([
      '20 × $22.00 = $440.00',
      '20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52',
      '25 × $22.00 = $550.00',
      '25 → 30 seats from 11 Apr: 5 × $22.00 = $110.00 · charged from 1 Apr',
    ])
  })

  test('arrears → advance: one day on which two periods are to be billed', () => {
    const arrears: Policy = { ...DEFAULT_POLICY, timing: 'arrears' }
    const words = { ...changed('2026-04-01', DEFAULT_POLICY), policy: arrears }
    expect(charge(words).lines.map(({ billOn }) => formatLocalDate(billOn))).toEqual([
      '2026-04-01',
      '2026-04-01',
    ])
  })

  test('a long term keeps its own periods', () => {
    const words: CaseWords = {
      ...changed('2026-06-01', { ...anniversary, timing: 'arrears' }),
      every: YEARLY,
      window: ['2026-01-01', '2028-01-01'],
    }
    expect(periodsOf(words)).toEqual(['2026-01-11 2027-01-11', '2027-01-11 2028-01-11'])
    expect(charge(words).lines.map(({ billOn }) => formatLocalDate(billOn))).toEqual([
      '2026-01-11',
      '2028-01-11',
    ])
  })
})
