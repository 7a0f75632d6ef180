import { expect, test } from 'vitest'
import { explained, totalOf } from './build.js'

test('20 seats, +5 on 11 March: 514.52, each line with its arithmetic', () => {
  expect(totalOf({})).toBe('514.52')
  expect(explained({})).toEqual([
    '20 × $22.00 = $440.00',
    '20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52',
  ])
})
