import { describe, expect, test } from 'vitest'
import { AssertionFailed } from '../../../core/assert.js'
import { parseDecimal } from '../../../core/money/decimal.js'
import {
  add,
  amountDigits,
  formatMoney,
  formatUnitPrice,
  minorPerMajor,
  money,
  subtract,
  toMinor,
} from '../../../core/money/money.js'

const decimal = (text: string) => parseDecimal(text) ?? expect.fail(`not a decimal: ${text}`)

describe('amounts add within one currency', () => {
  test('to the cent', () => {
    expect(add(money('USD', 44_000n), money('USD', 7_452n))).toEqual(money('USD', 51_452n))
    expect(subtract(money('USD', 17_742n), money('USD', 55_000n))).toEqual(money('USD', -37_258n))
  })

  test('two currencies never mix, whatever the types were told', () => {
    const [dollars, euros] = [money<string>('USD', 1n), money<string>('EUR', 1n)]
    expect(() => add(dollars, euros)).toThrow(/USD and EUR never mix/)
    expect(() => subtract(dollars, euros)).toThrow(/USD and EUR never mix/)
  })

  test('a currency we do not know is a bug', () => {
    expect(() => money('XYZ', 1n)).toThrow(AssertionFailed)
    expect(() => minorPerMajor('XYZ')).toThrow(AssertionFailed)
    expect(() => amountDigits(1n, 'XYZ')).toThrow(AssertionFailed)
    expect(() => formatUnitPrice(decimal('1'), 'XYZ')).toThrow(AssertionFailed)
  })
})

describe('digits of the currency', () => {
  test.each([
    ['USD', '22', 2_200n, '22.00'],
    ['USD', '0.005', 1n, '0.01'],
    ['USD', '-0.005', -1n, '-0.01'],
    ['USD', '0.004', 0n, '0.00'],
    ['JPY', '1200', 1_200n, '1200'],
    ['JPY', '0.5', 1n, '1'],
    ['KWD', '1.2345', 1_235n, '1.235'],
    ['KWD', '0.001', 1n, '0.001'],
  ])('%s %s', (currency, text, minor, digits) => {
    expect(toMinor(decimal(text), currency)).toBe(minor)
    expect(amountDigits(minor, currency)).toBe(digits)
  })
})

describe('what people read', () => {
  test.each([
    ['USD', 123_450n, '$1,234.50'],
    ['USD', 1n, '$0.01'],
    ['USD', 0n, '$0.00'],
    ['EUR', -500n, '-€5.00'],
    ['CHF', 2_000n, 'CHF 20.00'],
    ['CHF', -2_000n, '-CHF 20.00'],
    ['JPY', 1_200n, '¥1,200'],
    ['KWD', 1_234_567n, 'KWD 1,234.567'],
    ['USD', 10n ** 23n, '$1,000,000,000,000,000,000,000.00'],
  ])('%s %i is %s', (currency, minor, text) => {
    expect(formatMoney({ currency, minor })).toBe(text)
  })

  test.each([
    ['USD', '22', '$22.00'],
    ['USD', '0.00125', '$0.00125'],
    ['USD', '-2', '-$2.00'],
    ['USD', '1234.5', '$1,234.50'],
    ['USD', '1234.56789', '$1,234.56789'],
    ['JPY', '150', '¥150'],
    ['JPY', '150.5', '¥150.5'],
    ['KWD', '1.5', 'KWD 1.500'],
  ])('a unit price in %s, %s, keeps all its places: %s', (currency, text, words) => {
    expect(formatUnitPrice(decimal(text), currency)).toBe(words)
  })
})
