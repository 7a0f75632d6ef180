/** The currencies of the emulated marketplace and their digits after the point (ISO 4217). */
const DIGITS: Readonly<Record<string, number>> = {
  USD: 2,
  EUR: 2,
  GBP: 2,
  JPY: 0,
  KWD: 3,
  CAD: 2,
  AUD: 2,
  CHF: 2,
}

/** Digits of a currency's amounts; 2 for one that is not listed. */
export function digitsOf(currency: string): number {
  return DIGITS[currency] ?? 2
}
