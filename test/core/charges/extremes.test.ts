import { describe, expect, test } from 'vitest'
import { AssertionFailed } from '../../../core/assert.js'
import { type CaseWords, type EventWords, charge, decimal, explained, totalOf } from './build.js'

/** B1: amounts of any size, exactly; and what can only be a bug. */

const half = (seats: number | string, price: string): CaseWords => ({
  start: '2026-03-01',
  events: [
    ['2026-03-01', seats, price],
    ['2026-03-17', Number(seats) * 2],
  ],
})

test.each([
  ['USD', '1', '0.01', '0.01'],
  ['USD', '1', '0', '0.00'],
  ['USD', '1', '0.00000001', '0.00'],
  ['USD', '1000000000000', '1000000000', '1000000000000000000000.00'],
  ['USD', '1000000000000', '0.00000001', '10000.00'],
  ['USD', '0.00000001', '1000000000', '10.00'],
  ['JPY', '3', '150.5', '452'],
  ['JPY', '1000000000000', '1000000000', '1000000000000000000000'],
  ['KWD', '7', '1.2345', '8.642'],
  ['KWD', '1000000000000', '0.001', '1000000000.000'],
])('%s: %s seats at %s are %s', (currency, seats, price, total) => {
  expect(totalOf({ currency, events: [['2026-03-01', seats, price]] })).toBe(total)
})

test('a part of the largest amount is exact, where a float would be off by thousands', () => {
  const words = half('1000000000000', '999999999.99999999')
  expect(charge(words).lines[1]?.amount).toBe(48_387_096_774_193_547_903_226n)
  expect(explained(words)[1]).toBe(
    '1000000000000 → 2000000000000 seats from 17 Mar: 1000000000000 × $999,999,999.99999999 × 15/31 = $483,870,967,741,935,479,032.26',
  )
})

test('the smallest part of a cent rounds once per line, not per seat', () => {
  expect(totalOf({ events: [['2026-03-01', 1000, '0.00001']] })).toBe('0.01')
})

test('ten years of daily changes', () => {
  const events: EventWords[] = [['2026-01-01', 1, '1.00']]
  for (let year = 2026; year < 2036; year += 1) {
    for (let month = 1; month <= 12; month += 1) {
      for (let ofMonth = 1; ofMonth <= 28; ofMonth += 1) {
        events.push([
          [year, String(month).padStart(2, '0'), String(ofMonth).padStart(2, '0')].join('-'),
          ofMonth,
        ])
      }
    }
  }
  const { periods, lines } = charge({ start: '2026-01-01', events, window: ['2026-01-01', '2036-01-01'] })
  expect([periods.length, lines.length]).toEqual([120, 120 * 28])
})

describe('what only a bug can bring is stopped', () => {
  test.each<[string, CaseWords]>([
    ['a currency we do not know', { currency: 'XYZ' }],
    ['a negative count', { events: [['2026-03-01', -1, '22.00']] }],
    ['a count without a price', { events: [['2026-03-01', 20]] }],
    ['a billing period of nothing', { every: { type: 'month', duration: 0 } }],
    ['a billing period of one and a half', { every: { type: 'month', duration: 1.5 } }],
  ])('%s', (_name, words) => {
    expect(() => charge(words)).toThrow(AssertionFailed)
  })
})

test('without a single count there is nothing to charge; a count after the start begins the service', () => {
  expect(charge({ events: [['2026-03-01', undefined, '22.00']] })).toMatchObject({ lines: [], periods: [] })
  const words: CaseWords = {
    events: [
      ['2026-03-01', undefined, '22.00'],
      ['2026-03-05', 20],
    ],
  }
  expect(explained(words)).toEqual(['5–31 Mar 2026: 20 × $22.00 × 27/31 = $383.23'])
  expect(
    charge({
      events: [
        ['2026-02-01', 10, '22.00'],
        ['2026-02-20', 20],
      ],
    }).lines[0]?.quantity,
  ).toBe(decimal('20'))
})

test('events before the start only say how it starts', () => {
  const before: EventWords[] = [
    ['2026-02-01', 10, '22.00'],
    ['2026-02-20', 20],
  ]
  expect(explained({ events: before, window: ['2026-01-01', '2026-04-01'] })).toEqual([
    '20 × $22.00 = $440.00',
  ])
})

test('events may come in any order', () => {
  expect(
    explained({
      events: [
        ['2026-03-11', 25],
        ['2026-03-01', 20, '22.00'],
      ],
    }),
  ).toEqual(explained({}))
})
