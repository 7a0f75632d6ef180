/**
 * Exact rationals, the only numbers the recomputation calculates with. Always in lowest terms with a denominator
 * above zero, so equal values have equal fields.
 */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left < 0n ? -left : left, right < 0n ? -right : right]
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

export function fraction(numerator: bigint, denominator = 1n): Fraction {
  if (denominator === 0n) throw new Error('a fraction cannot have the denominator 0')
  const sign = denominator < 0n ? -1n : 1n
  const divisor = greatestCommonDivisor(numerator, denominator)
  return { numerator: (sign * numerator) / divisor, denominator: (sign * denominator) / divisor }
}

export const ZERO: Fraction = fraction(0n)
export const ONE: Fraction = fraction(1n)

/** A decimal numeral such as `22.00` or `-3`, exactly. */
export function parseFraction(text: string): Fraction {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null) throw new Error(`"${text}" is not a decimal numeral`)
  const decimals = match[3] ?? ''
  const digits = BigInt(`${match[2] ?? ''}${decimals}`)
  return fraction(match[1] === '-' ? -digits : digits, 10n ** BigInt(decimals.length))
}

export function add(left: Fraction, right: Fraction): Fraction {
  return fraction(
    left.numerator * right.denominator + right.numerator * left.denominator,
    left.denominator * right.denominator,
  )
}

export function negate(value: Fraction): Fraction {
  return { numerator: -value.numerator, denominator: value.denominator }
}

export function subtract(left: Fraction, right: Fraction): Fraction {
  return add(left, negate(right))
}

export function multiply(left: Fraction, right: Fraction): Fraction {
  return fraction(left.numerator * right.numerator, left.denominator * right.denominator)
}

/** Below, equal or above: a number below, equal to or above 0. */
export function compare(left: Fraction, right: Fraction): number {
  const difference = left.numerator * right.denominator - right.numerator * left.denominator
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function isZero(value: Fraction): boolean {
  return value.numerator === 0n
}

export type RoundMode = 'halfAway' | 'down'

/** The nearest integer multiple of 10^-digits; `halfAway` from zero at the half, `down` cut toward zero. */
export function round(value: Fraction, digits: number, mode: RoundMode): Fraction {
  const scale = 10n ** BigInt(digits)
  const size = (value.numerator < 0n ? -value.numerator : value.numerator) * scale
  const cut = size / value.denominator
  const rest = size % value.denominator
  const away = mode === 'halfAway' && 2n * rest >= value.denominator ? cut + 1n : cut
  return fraction(value.numerator < 0n ? -away : away, scale)
}

/** A decimal numeral with at least `digits` places; more when the value needs them. Throws when it has no end. */
export function formatFraction(value: Fraction, digits = 0): string {
  let places = digits
  let scaled = value.numerator * 10n ** BigInt(places)
  while (scaled % value.denominator !== 0n) {
    places += 1
    scaled *= 10n
    if (places > 40) throw new Error(`${value.numerator}/${value.denominator} has no end as a decimal`)
  }
  const units = scaled / value.denominator
  const text = (units < 0n ? -units : units).toString().padStart(places + 1, '0')
  const point = text.length - places
  const numeral = places === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}`
  return units < 0n ? `-${numeral}` : numeral
}
