import { expect, test } from 'vitest'
import { DEFAULT_BOUNDS, compareWithLast } from '../../../core/billrun/bounds.js'

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
  expect(compareWithLast({ run: month, billed: undefined, last: before }, 'USD', DEFAULT_BOUNDS).type).toBe(
    type,
  )
})

test('it says both amounts and by how much, with what of the month is billed already', () => {
  const compared = { run: 16_000n, billed: 50_000n, last: 44_000n }
  expect(compareWithLast(compared, 'USD', DEFAULT_BOUNDS)).toEqual({
    type: 'outside',
    before: 44_000n,
    why: '$660.00 this month after $440.00 in the last one billed (+50 %)',
  })
})

test('without an earlier month it is a first bill, or adds to what of this month is billed', () => {
  const first = { run: 44_000n, billed: undefined, last: undefined }
  expect(compareWithLast(first, 'USD', DEFAULT_BOUNDS)).toEqual({ type: 'firstBill' })
  const second = { run: 7452n, billed: 44_000n, last: undefined }
  expect(compareWithLast(second, 'USD', DEFAULT_BOUNDS)).toEqual({ type: 'billedInPart', billed: 44_000n })
})
