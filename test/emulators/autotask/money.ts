import { PRICE_PLACES } from './limits.js'
import { Refusal } from './refusal.js'

/**
 * Exact arithmetic on whole numbers. A price is a bigint of ten-thousandths of the currency's unit, an amount a bigint
 * of cents. Nothing here is shared with who is tested.
 */
const PRICE_SCALE = 10n ** BigInt(PRICE_PLACES)
/** Ten-thousandths in a cent. */
const CENT = PRICE_SCALE / 100n

/** Half away from zero. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const size = dividend < 0n ? -dividend : dividend
  const quotient = (size * 2n + divisor) / (divisor * 2n)
  return dividend < 0n ? -quotient : quotient
}

/** "22.00" or the JSON number 22 as ten-thousandths; refused when finer than that. */
export function readPrice(value: string | number): bigint {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,4}))?$/.exec(String(value))
  if (match === null)
    throw new Refusal(`The value ${value} is not a decimal with at most ${PRICE_PLACES} places.`)
  const price = BigInt(match[2] ?? '0') * PRICE_SCALE + BigInt((match[3] ?? '').padEnd(PRICE_PLACES, '0'))
  return match[1] === '-' ? -price : price
}

/** A price as the JSON number that is nearest to it. */
export function priceNumber(price: bigint): number {
  return Number(price) / Number(PRICE_SCALE)
}

/** Cents of `price × days / ofDays`, rounded once. */
export function shareOf(price: bigint, days: number, ofDays: number): bigint {
  return divideRounded(price * BigInt(days), BigInt(ofDays) * CENT)
}

/** Cents of an exact price times a count that may have decimals ("1.5"). */
export function amountOf(price: bigint, count: bigint): bigint {
  return divideRounded(price * count, PRICE_SCALE * CENT)
}

/** An amount as the JSON number that is nearest to it. */
export function centsNumber(cents: bigint): number {
  return Number(cents) / 100
}

/** "514.52". */
export function centsText(cents: bigint): string {
  const size = (cents < 0n ? -cents : cents).toString().padStart(3, '0')
  return `${cents < 0n ? '-' : ''}${size.slice(0, -2)}.${size.slice(-2)}`
}

/** What a price of the customer's currency is in the tenant's own one. */
export function inInternalCurrency(price: bigint, rate: bigint): bigint {
  return divideRounded(price * rate, PRICE_SCALE)
}

/** Cents as a price: both count the same money. */
export function priceOfCents(cents: bigint): bigint {
  return cents * CENT
}
