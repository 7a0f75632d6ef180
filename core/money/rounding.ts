import { assert } from '../assert.js'

/** `halfAway`: half a unit goes away from zero. `down`: cut toward zero. */
export type RoundMode = 'halfAway' | 'down'

/** `numerator / denominator` as a whole number, rounded once. The denominator is positive. */
export function divideRounded(numerator: bigint, denominator: bigint, mode: RoundMode): bigint {
  assert(denominator > 0n, 'divideRounded: denominator must be positive')
  const quotient = numerator / denominator
  if (mode === 'down') return quotient
  const remainder = numerator % denominator
  const twice = (remainder < 0n ? -remainder : remainder) * 2n
  if (twice < denominator) return quotient
  return numerator < 0n ? quotient - 1n : quotient + 1n
}
