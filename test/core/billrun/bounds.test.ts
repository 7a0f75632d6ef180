import { describe, expect, test } from 'vitest'
import type { Period } from '../../../core/calendar/period.js'
import type { SettledLine } from '../../../core/charges/types.js'
import { day } from '../../support/observed.js'
import { DEFAULT_BOUNDS, compareWithLast, monthAmount } from '../../../core/billrun/bounds.js'

function amount(whole: bigint, usual = whole): { readonly whole: bigint; readonly usual: bigint } {
  return { whole, usual }
}

test.each([
  [52_800n, 44_000n, 'within'], // exactly +20 %
  [52_801n, 44_000n, 'outside'],
  [35_200n, 44_000n, 'within'], // exactly −20 %
  [35_199n, 44_000n, 'outside'],
  [6_000n, 1_000n, 'within'], // five times as much, but not more than the floor
  [6_001n, 1_000n, 'outside'],
  [0n, 44_000n, 'outside'],
  [-6_000n, 0n, 'outside'],
] as const)('B25: %s after %s is %s', (month, before, type) => {
  expect(
    compareWithLast(
      { run: month, earlier: 0n, billed: undefined, last: amount(before) },
      'USD',
      DEFAULT_BOUNDS,
    ).type,
  ).toBe(type)
})

test('it says both amounts and by how much, with what of the month is billed already', () => {
  const compared = { run: 16_000n, earlier: 0n, billed: amount(50_000n), last: amount(44_000n) }
  expect(compareWithLast(compared, 'USD', DEFAULT_BOUNDS)).toEqual({
    type: 'outside',
    before: 44_000n,
    why: '$660.00 this month after $440.00 in the last one billed (+50 %)',
  })
})

// March's 514.52 and April's 550.00 are 1,064.52; 514.52 more than 550.00 is 93.5 %.
test('what earlier months left is not called of this month', () => {
  const compared = { run: 106_452n, earlier: 51_452n, billed: undefined, last: amount(55_000n) }
  expect(compareWithLast(compared, 'USD', DEFAULT_BOUNDS)).toMatchObject({
    why: '$1,064.52, of that $514.52 left from earlier months, after $550.00 in the last month billed (+94 %)',
  })
})

test('without an earlier month it is a first bill, or adds to what of this month is billed', () => {
  const first = { run: 44_000n, earlier: 0n, billed: undefined, last: undefined }
  expect(compareWithLast(first, 'USD', DEFAULT_BOUNDS)).toEqual({ type: 'firstBill' })
  const second = { run: 7452n, earlier: 0n, billed: amount(88_000n, 44_000n), last: undefined }
  expect(compareWithLast(second, 'USD', DEFAULT_BOUNDS)).toEqual({ type: 'billedInPart', billed: 88_000n })
})

// $440.00 for February in arrears beside $440.00 for March in advance: $880.00 billed in March, $440.00 of it usual.
test('after a month of two periods the usual one is within', () => {
  const caughtUp = amount(88_000n, 44_000n)
  const compare = (run: bigint, billed?: typeof caughtUp, last = caughtUp) =>
    compareWithLast({ run, earlier: 0n, billed, last }, 'USD', DEFAULT_BOUNDS)
  expect(compare(44_000n)).toEqual({ type: 'within', before: 44_000n })
  // 5 seats more on the 11th in the month that caught up: 440.00 + 74.52 after 440.00 is +17 %.
  expect(compare(7452n, caughtUp, amount(44_000n))).toEqual({ type: 'within', before: 44_000n })
})

test('it still says what is outside, and that it did not count what was caught up', () => {
  const compared = { run: 88_000n, earlier: 0n, billed: undefined, last: amount(88_000n, 44_000n) }
  expect(compareWithLast(compared, 'USD', DEFAULT_BOUNDS)).toEqual({
    type: 'outside',
    before: 44_000n,
    why: '$880.00 this month after $440.00 in the last one billed, without the earlier periods it caught up (+100 %)',
  })
})

describe('what of a month is usual', () => {
  const period = (from: string, to: string) => ({ from: day(from), to: day(to) })
  const [FEBRUARY, MARCH] = [period('2026-02-01', '2026-03-01'), period('2026-03-01', '2026-04-01')]
  const line = (lineageId: string, of: Period, minor: bigint, kind: SettledLine['kind'] = 'recurring') => ({
    lineageId,
    kind,
    period: of,
    amount: minor,
  })

  test('the latest period of each subscription, with what was added in it', () => {
    const lines = [
      line('A', FEBRUARY, 44_000n),
      line('A', MARCH, 44_000n),
      line('A', MARCH, 7452n, 'prorated'),
      line('B', FEBRUARY, 12_500n),
    ]
    expect(monthAmount(lines)).toEqual({ whole: 107_952n, usual: 63_952n })
  })

  test('fees and corrections of an earlier period count: they are no periods', () => {
    const lines = [
      line('A', MARCH, 44_000n),
      line('A', FEBRUARY, -710n, 'correction'),
      line('A', FEBRUARY, 9900n, 'oneTime'),
    ]
    expect(monthAmount(lines)).toEqual({ whole: 53_190n, usual: 53_190n })
  })

  test('all weeks of a month; not those of the month before', () => {
    const weeks = ['02-22', '03-01', '03-08', '03-15', '03-22', '03-29', '04-05']
    const lines = weeks
      .slice(0, -1)
      .map((from, index) => line('A', period(`2026-${from}`, `2026-${weeks[index + 1]}`), 1000n))
    expect(monthAmount(lines)).toEqual({ whole: 6000n, usual: 5000n })
  })

  test.each([
    ['2026-01-31', '2026-02-28', '2026-03-31'],
    ['2026-02-28', '2026-03-31', '2026-04-30'],
  ])('periods of the 31st from %s, %s and %s are a month each', (first, second, third) => {
    const lines = [line('A', period(first, second), 500n), line('A', period(second, third), 700n)]
    expect(monthAmount(lines)).toEqual({ whole: 1200n, usual: 700n })
  })
})
