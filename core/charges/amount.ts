import { assert } from '../assert.js'
import { currencyDigits } from '../money/currency.js'
import { DECIMAL_ONE, DECIMAL_PLACES, type Decimal } from '../money/decimal.js'
import { divideRounded } from '../money/rounding.js'
import type { Fraction, Policy } from './types.js'

/** What turns decimals into minor units of one currency; the same for all currencies with as many digits. */
export interface Scale {
  /** quantity × price is held in 10^-16; this many make a minor unit. */
  readonly perMinor: bigint
  /** A price is held in 10^-8; this many make a minor unit. */
  readonly pricePerMinor: bigint
}

/** By the currency's digits after the point, 0 to 8. */
const SCALES: readonly Scale[] = Array.from({ length: DECIMAL_PLACES + 1 }, (_, digits) => ({
  perMinor: 10n ** BigInt(2 * DECIMAL_PLACES - digits),
  pricePerMinor: 10n ** BigInt(DECIMAL_PLACES - digits),
}))

/** The scale of a currency with at most 8 digits (B1). */
export function scaleOf(currency: string): Scale {
  const scale = SCALES[currencyDigits(currency) ?? -1]
  assert(scale !== undefined, `scaleOf: unknown currency ${currency}`)
  return scale
}

export interface Amount {
  readonly amount: bigint
  readonly unitAmount?: bigint
}

/** B2: the fraction rounded to `durationDecimals`, half away from zero whatever the round mode. 1 stays 1. */
export function roundFraction(
  fraction: Pick<Fraction, 'days' | 'of' | 'parts'>,
  durationDecimals: Policy['durationDecimals'],
): Fraction {
  if (durationDecimals === 'exact' || fraction.days === fraction.of) return fraction
  const units = divideRounded(
    BigInt(fraction.days) * 10n ** BigInt(durationDecimals),
    BigInt(fraction.of),
    'halfAway',
  )
  return { ...fraction, rounded: { units, places: durationDecimals } }
}

/**
 * B2: seats × price × fraction, rounded once. With `roundAt=unit` the price of one seat is rounded to the currency's
 * digits first, of a full period too (D3). A whole fraction is never divided by.
 */
export function amountOf(
  { perMinor, pricePerMinor }: Scale,
  { roundAt, roundMode }: Pick<Policy, 'roundAt' | 'roundMode'>,
  quantity: Decimal,
  unitPrice: Decimal,
  { days, of, rounded }: Fraction,
): Amount {
  const whole = days === of
  const times = whole ? 1n : rounded === undefined ? BigInt(days) : rounded.units
  const over = whole ? 1n : rounded === undefined ? BigInt(of) : 10n ** BigInt(rounded.places)
  if (roundAt === 'line')
    return { amount: divideRounded(quantity * unitPrice * times, perMinor * over, roundMode) }
  const unitAmount = divideRounded(unitPrice * times, pricePerMinor * over, roundMode)
  return { unitAmount, amount: divideRounded(quantity * unitAmount, DECIMAL_ONE, roundMode) }
}
