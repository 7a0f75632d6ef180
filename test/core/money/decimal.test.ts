import { expect, test } from 'vitest'
import {
  decimalFromInteger,
  decimalFromUnits,
  formatDecimal,
  parseDecimal,
} from '../../../core/money/decimal.js'

test.each([
  ['22', 2_200_000_000n, '22'],
  ['22.00', 2_200_000_000n, '22'],
  ['2.0', 200_000_000n, '2'],
  ['-0.125', -12_500_000n, '-0.125'],
  ['+3', 300_000_000n, '3'],
  ['0.00000001', 1n, '0.00000001'],
  ['0', 0n, '0'],
  ['-0.0', 0n, '0'],
  ['1000000000000', 100_000_000_000_000_000_000n, '1000000000000'],
  ['1.100000000000', 110_000_000n, '1.1'],
])('"%s" is exact and comes back in its shortest form', (text, units, shortest) => {
  const value = parseDecimal(text)
  expect(value).toBe(units)
  expect(formatDecimal(decimalFromUnits(units))).toBe(shortest)
})

test.each([
  '',
  ' ',
  'abc',
  '1,5',
  '1e3',
  '0x10',
  '.5',
  '5.',
  '--1',
  '0.000000001',
  '1 2',
  'Infinity',
  'NaN',
  '1'.repeat(21),
])('"%s" is refused, never rounded', (text) => {
  expect(parseDecimal(text)).toBeUndefined()
})

test('whole numbers, and places that are asked for', () => {
  expect(decimalFromInteger(10n ** 12n)).toBe(10n ** 20n)
  expect(formatDecimal(decimalFromInteger(22), 2)).toBe('22.00')
  expect(formatDecimal(decimalFromUnits(-50_000_000n), 2)).toBe('-0.50')
})
