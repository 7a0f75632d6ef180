import { expect, test } from 'vitest'
import { currencyDigits, isCurrency } from '../../../core/money/currency.js'

test.each([
  ['USD', 2],
  ['EUR', 2],
  ['JPY', 0],
  ['KRW', 0],
  ['ISK', 0],
  ['KWD', 3],
  ['TND', 3],
  // Where a runtime's locale data says 0 digits and ISO 4217 says 2.
  ['HUF', 2],
  // Young codes: the Caribbean guilder and the Zimbabwe Gold.
  ['XCG', 2],
  ['ZWG', 2],
  ['IDR', 2],
  ['COP', 2],
])('%s has %i digits', (code, digits) => {
  expect([isCurrency(code), currencyDigits(code)]).toEqual([true, digits])
})

test.each(['usd', 'US', '', 'ABC', 'BTC', '__proto__', 'constructor', 'USD '])(
  '"%s" is no currency',
  (code) => {
    expect([isCurrency(code), currencyDigits(code)]).toEqual([false, undefined])
  },
)
