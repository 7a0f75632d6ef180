/** An exact number, so that comparing with a published one never passes through a float. */
export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint
}

export const ZERO: Rational = { numerator: 0n, denominator: 1n }

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/

/** Reads "-5.48"; undefined for anything that is no plain decimal. */
export function parseRational(text: string): Rational | undefined {
  const match = DECIMAL.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '0', places = ''] = match
  const units = BigInt(whole + places)
  return { numerator: sign === '-' ? -units : units, denominator: 10n ** BigInt(places.length) }
}

export function plus(left: Rational, right: Rational): Rational {
  return {
    numerator: left.numerator * right.denominator + right.numerator * left.denominator,
    denominator: left.denominator * right.denominator,
  }
}

export function minus(left: Rational, right: Rational): Rational {
  return plus(left, { numerator: -right.numerator, denominator: right.denominator })
}

export function same(left: Rational, right: Rational): boolean {
  return left.numerator * right.denominator === right.numerator * left.denominator
}

/** Digits after the point of a plain decimal. */
export function placesOf(text: string): number {
  return text.split('.')[1]?.length ?? 0
}

/** Rounded half away from zero to `places`, as text: 2/3 to 2 places is "0.67". */
export function rounded({ numerator, denominator }: Rational, places: number): string {
  const scaled = (numerator < 0n ? -numerator : numerator) * 10n ** BigInt(places)
  const units = (scaled * 2n + denominator) / (denominator * 2n)
  const digits = units.toString().padStart(places + 1, '0')
  const cut = digits.length - places
  const text = places === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`
  return numerator < 0n && units > 0n ? `-${text}` : text
}
