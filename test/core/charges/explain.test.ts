import { describe, expect, test } from 'vitest'
import { type CaseWords, type EventWords, charge, day, decimal, explained } from './build.js'
import { recomputeExplanation } from './recompute-explanation.js'

/** B26: every line explains itself so that the words can be recomputed. */

test('the rule that set the price is named when it is not the own price', () => {
  const ruled = {
    on: day('2026-03-01'),
    type: 'change',
    quantity: decimal('20'),
    unitPrice: decimal('20.41'),
  } as const
  const words = (priceRule?: string) =>
    explained({ events: [], oneTimes: [{ ...ruled, ...(priceRule === undefined ? {} : { priceRule }) }] })
  expect(words('margin 15% on cost $17.35')).toEqual(['20 × $20.41 = $408.20 · margin 15% on cost $17.35'])
  expect(words('own price')).toEqual(['20 × $20.41 = $408.20'])
  expect(words('marketplace price')).toEqual(['20 × $20.41 = $408.20'])
  expect(words()).toEqual(['20 × $20.41 = $408.20'])
})

test('a new rule with the same price is named from its period on', () => {
  const rule = (on: string, priceRule: string) =>
    ({ on: day(on), type: 'change', unitPrice: decimal('22'), priceRule }) as const
  const words: CaseWords = {
    events: [['2026-03-01', 20]],
    oneTimes: [rule('2026-03-01', 'fixed for everyone'), rule('2026-04-01', 'fixed for this customer')],
  }
  expect(explained({ ...words, window: ['2026-04-01', '2026-05-01'] })).toEqual([
    '20 × $22.00 = $440.00 · fixed for this customer',
  ])
})

test('everything that shaped a line is in its words', () => {
  const events: EventWords[] = [
    ['2026-03-05', '20.5', '1234.5678'],
    ['2026-03-11', 25],
    ['2026-03-12', 'suspend'],
    ['2026-03-13', 'resume'],
  ]
  const policy = {
    roundAt: 'unit',
    roundMode: 'down',
    durationDecimals: 4,
    suspended: 'pause',
    increases: 'full',
  } as const
  expect(explained({ start: '2026-03-05', events, policy })).toEqual([
    '5–31 Mar 2026: 20.5 × $1,035.43 ($1,234.5678 × 0.8387 (26/31)) = $21,226.31 · 1 day paused · rounded down',
    '20.5 → 25 seats from 11 Mar: 4.5 × $1,035.43 ($1,234.5678 × 0.8387 (26/31)) = $4,659.43 · charged from 5 Mar · 1 day paused · rounded down',
  ])
})

test('a price of one seat that needs no rounding is said once', () => {
  expect(explained({ policy: { roundAt: 'unit' } })[0]).toBe('20 × $22.00 = $440.00')
})

describe('in every currency', () => {
  test.each([
    ['JPY', '3000', '5 × ¥3,000 × 21/31 = ¥10,161'],
    ['KWD', '3.5', '5 × KWD 3.500 × 21/31 = KWD 11.855'],
    ['CHF', '22', '5 × CHF 22.00 × 21/31 = CHF 74.52'],
    ['EUR', '22', '5 × €22.00 × 21/31 = €74.52'],
  ])('%s', (currency, price, words) => {
    const events: EventWords[] = [
      ['2026-03-01', 20, price],
      ['2026-03-11', 25],
    ]
    expect(explained({ currency, events })[1]).toBe(`20 → 25 seats from 11 Mar: ${words}`)
    expect(recomputeExplanation(words, currency)).toBe(charge({ currency, events }).lines[1]?.amount)
  })
})

describe('the recomputation itself refuses words that do not add up', () => {
  test.each([
    ['5 × $22.00 × 21/31 = $74.51', /is not/],
    ['5 × $14.91 ($22.00 × 21/31) = $74.55', /is not/],
    ['5 × $22.00 × 0.67 (21/31) = $73.70', /is not/],
    ['Correction for 1–31 Mar 2026: due $507.42 ($440.00 + $67.43) less settled $514.52 = -$7.10', /is not/],
    ['Correction for 1–31 Mar 2026: due $507.42 less settled $514.52 = -$7.11', /is not/],
    ['nothing', /no arithmetic/],
  ])('%s', (words, complaint) => {
    expect(() => recomputeExplanation(words, 'USD')).toThrow(complaint)
  })

  test('and knows when a line was held at 0', () => {
    const words = '-9 × $0.005 × 20/31 = -$0.03 · held at -$0.01, so that the period is not below zero'
    expect(recomputeExplanation(words, 'USD')).toBe(-1n)
  })
})

test('what other people wrote stays words: a description with a colon, a rule with a dot', () => {
  const fee = {
    on: day('2026-03-05'),
    type: 'oneTime',
    unitPrice: decimal('50'),
    description: 'Fee: 2 × $9.00 = $18.00',
  } as const
  const words: CaseWords = { events: [['2026-03-01', 20, '22.00']], oneTimes: [fee] }
  expect(explained(words)[1]).toBe('Fee: 2 × $9.00 = $18.00 on 5 Mar: 1 × $50.00 = $50.00')
  expect(recomputeExplanation(explained(words)[1] ?? '', 'USD')).toBe(5_000n)
})
