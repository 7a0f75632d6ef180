import { expect, test } from 'vitest'
import { add, type Money, money, subtract } from '../../core/money/money.js'
import { type Decimal, DECIMAL_ONE } from '../../core/money/decimal.js'
import type { LocalDate } from '../../core/calendar/date.js'

/**
 * Mistakes that do not compile. Each line under `@ts-expect-error` is one; should it ever compile, the build fails. What
 * the types cannot see any more is stopped when it runs.
 */
test('dollars and euros do not add', () => {
  const dollars = money('USD', 100n)
  const euros = money('EUR', 100n)
  // @ts-expect-error USD + EUR
  expect(() => add(dollars, euros)).toThrow(/never mix/)
  // @ts-expect-error USD − EUR
  expect(() => subtract(dollars, euros)).toThrow(/never mix/)
  const sum: Money<'USD'> = add(dollars, dollars)
  expect(sum.minor).toBe(200n)
})

test('a float is no money, a bare integer no decimal, a number no date', () => {
  // @ts-expect-error an amount is a bigint
  const float: Money<'USD'> = { currency: 'USD', minor: 1.5 }
  // @ts-expect-error 5n could be 5 or 0.00000005: parse it or wrap it
  const bare: Decimal = 5n
  // @ts-expect-error a number of days is not a date until it is made one
  const day: LocalDate = 20_000
  // @ts-expect-error and no date is an instant
  const instant: LocalDate = new Date(0)
  expect([float.minor, bare, day, instant]).not.toContain(DECIMAL_ONE)
})
