/** Digits after the point by ISO 4217; a small table, on purpose: an unknown code is an error, never a guess. */
const DIGITS: Readonly<Record<string, number>> = {
  AED: 2,
  AUD: 2,
  BHD: 3,
  BRL: 2,
  CAD: 2,
  CHF: 2,
  CLP: 0,
  CZK: 2,
  DKK: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  HUF: 2,
  IDR: 2,
  ILS: 2,
  INR: 2,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  MXN: 2,
  MYR: 2,
  NOK: 2,
  NZD: 2,
  OMR: 3,
  PHP: 2,
  PLN: 2,
  RON: 2,
  SAR: 2,
  SEK: 2,
  SGD: 2,
  THB: 2,
  TND: 3,
  TRY: 2,
  TWD: 2,
  USD: 2,
  VND: 0,
  XOF: 0,
  ZAR: 2,
}

export function digitsOf(currency: string): number {
  const digits = Object.hasOwn(DIGITS, currency) ? DIGITS[currency] : undefined
  if (digits === undefined) throw new Error(`${currency} is not in the recomputation's table of currencies`)
  return digits
}
