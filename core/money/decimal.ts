declare const decimalBrand: unique symbol

/** An exact decimal with up to {@link DECIMAL_PLACES} places, held as an integer count of 10⁻⁸. */
export type Decimal = bigint & { readonly [decimalBrand]: true }

/** Places kept for unit prices and quantities; more are refused, never rounded away. */
export const DECIMAL_PLACES = 8
/** 10⁸: one whole unit. */
export const DECIMAL_ONE = 100_000_000n as Decimal
export const DECIMAL_ZERO = 0n as Decimal

const PATTERN = /^([+-]?)(\d{1,20})(?:\.(\d+))?$/

/** Reads "22", "22.00" or "-0.125" exactly; undefined for anything else, or for more than 8 significant places. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = PATTERN.exec(text.trim())
  if (match === null) return undefined
  const [, sign, whole = '0', rawPlaces = ''] = match
  const places = rawPlaces.replace(/0+$/, '')
  if (places.length > DECIMAL_PLACES) return undefined
  const units = BigInt(whole) * DECIMAL_ONE + BigInt(places.padEnd(DECIMAL_PLACES, '0'))
  return (sign === '-' ? -units : units) as Decimal
}

/** Wraps a raw count of 10⁻⁸ units. */
export function decimalFromUnits(units: bigint): Decimal {
  return units as Decimal
}

/** A whole number as a decimal. */
export function decimalFromInteger(value: number | bigint): Decimal {
  return (BigInt(value) * DECIMAL_ONE) as Decimal
}

/** Writes the shortest exact form, with at least `minimumPlaces` places: 22 → "22", with 2 → "22.00". */
export function formatDecimal(value: Decimal, minimumPlaces = 0): string {
  const negative = value < 0n
  const absolute = negative ? -value : value
  const whole = absolute / DECIMAL_ONE
  const places = (absolute % DECIMAL_ONE)
    .toString()
    .padStart(DECIMAL_PLACES, '0')
    .replace(/0+$/, '')
    .padEnd(minimumPlaces, '0')
  return `${negative ? '-' : ''}${whole}${places === '' ? '' : `.${places}`}`
}
