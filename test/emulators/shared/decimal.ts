/** Exact arithmetic on decimal text ("22.00", "-3.2755"), up to 8 places. No float touches an amount. */

const PLACES = 8
const SCALE = 10n ** BigInt(PLACES)

function read(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,8}))?$/.exec(text)
  if (match === null) throw new Error(`not a decimal: ${text}`)
  const value = BigInt(match[2] ?? '0') * SCALE + BigInt((match[3] ?? '').padEnd(PLACES, '0'))
  return match[1] === '-' ? -value : value
}

/** Half away from zero. */
function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n
  const size = negative ? -dividend : dividend
  const quotient = (size * 2n + divisor) / (divisor * 2n)
  return negative ? -quotient : quotient
}

function write(scaled: bigint, digits: number): string {
  const units = divideRounded(scaled, 10n ** BigInt(PLACES - digits))
  const size = units < 0n ? -units : units
  const text = size.toString().padStart(digits + 1, '0')
  const sign = units < 0n ? '-' : ''
  if (digits === 0) return `${sign}${text}`
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** The product of all factors, rounded once to `digits` places. */
export function multiply(factors: readonly string[], digits: number): string {
  let product = SCALE
  let scale = 1n
  for (const factor of factors) {
    product *= read(factor)
    scale *= SCALE
  }
  return write(divideRounded(product, scale), digits)
}

export function sum(terms: readonly string[], digits: number): string {
  return write(
    terms.reduce((total, term) => total + read(term), 0n),
    digits,
  )
}

/** A ratio of whole numbers, rounded to `digits` places. */
export function ratio(dividend: number, divisor: number, digits: number): string {
  return write(divideRounded(BigInt(dividend) * SCALE, BigInt(divisor)), digits)
}

/** The product of all factors, times `dividend` days of `divisor`, rounded once to `digits` places. */
export function multiplyShare(
  factors: readonly string[],
  share: { readonly dividend: number; readonly divisor: number },
  digits: number,
): string {
  let product = SCALE * BigInt(share.dividend)
  let scale = BigInt(share.divisor)
  for (const factor of factors) {
    product *= read(factor)
    scale *= SCALE
  }
  return write(divideRounded(product, scale), digits)
}
