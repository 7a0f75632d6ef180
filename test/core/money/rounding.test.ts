import { expect, test } from 'vitest'
import { AssertionFailed } from '../../../core/assert.js'
import { divideRounded } from '../../../core/money/rounding.js'

test.each([
  [5n, 2n, 3n, 2n],
  [-5n, 2n, -3n, -2n],
  [7n, 3n, 2n, 2n],
  [8n, 3n, 3n, 2n],
  [-8n, 3n, -3n, -2n],
  [1n, 3n, 0n, 0n],
  [-1n, 2n, -1n, 0n],
  [6n, 3n, 2n, 2n],
  [0n, 7n, 0n, 0n],
])('%i / %i is %i half away from zero and %i cut toward it', (numerator, denominator, halfAway, down) => {
  expect(divideRounded(numerator, denominator, 'halfAway')).toBe(halfAway)
  expect(divideRounded(numerator, denominator, 'down')).toBe(down)
})

test.each([0n, -1n])('a denominator of %i is a bug', (denominator) => {
  expect(() => divideRounded(1n, denominator, 'down')).toThrow(AssertionFailed)
})
