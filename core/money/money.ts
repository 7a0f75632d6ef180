import { assert } from '../assert.js'
import { currencyDigits } from './currency.js'
import { type Decimal, DECIMAL_PLACES } from './decimal.js'
import { divideRounded } from './rounding.js'

/** An amount in integer minor units of one ISO 4217 currency, tax excluded (BILLING B1). */
export interface Money<C extends string = string> {
  readonly currency: C
  readonly minor: bigint
}

export function money<C extends string>(currency: C, minor: bigint): Money<C> {
  assert(currencyDigits(currency) !== undefined, `money: unknown currency ${currency}`)
  return { currency, minor }
}

/** Adds two amounts of the same currency; two currencies do not compile, and are a bug at run time. */
export function add<C extends string>(left: Money<C>, right: Money<NoInfer<C>>): Money<C> {
  assert(left.currency === right.currency, `add: ${left.currency} and ${right.currency} never mix`)
  return { currency: left.currency, minor: left.minor + right.minor }
}

export function subtract<C extends string>(left: Money<C>, right: Money<NoInfer<C>>): Money<C> {
  assert(left.currency === right.currency, `subtract: ${left.currency} and ${right.currency} never mix`)
  return { currency: left.currency, minor: left.minor - right.minor }
}

/** 10^digits: minor units in one major unit. */
export function minorPerMajor(currency: string): bigint {
  const digits = currencyDigits(currency)
  assert(digits !== undefined, `minorPerMajor: unknown currency ${currency}`)
  return 10n ** BigInt(digits)
}

/** Rounds an exact decimal to minor units, half away from zero. */
export function toMinor(value: Decimal, currency: string): bigint {
  return divideRounded(value * minorPerMajor(currency), 10n ** BigInt(DECIMAL_PLACES), 'halfAway')
}

/** Signs people know; every other currency is written with its code. */
const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['USD', '$'],
  ['EUR', '€'],
  ['GBP', '£'],
  ['JPY', '¥'],
  ['CAD', 'CA$'],
  ['AUD', 'A$'],
  ['NZD', 'NZ$'],
])

/** Minor units as plain digits with the currency's places and no sign of the currency: 7452 USD → "74.52". */
export function amountDigits(minor: bigint, currency: string): string {
  const digits = currencyDigits(currency)
  assert(digits !== undefined, `amountDigits: unknown currency ${currency}`)
  const absolute = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0')
  const sign = minor < 0n ? '-' : ''
  if (digits === 0) return sign + absolute
  return `${sign}${absolute.slice(0, -digits)}.${absolute.slice(-digits)}`
}

/** What people read: "$1,234.50", "-€5.00", "CHF 20.00", "¥1,200". The only writer of amounts for people. */
export function formatMoney({ currency, minor }: Money): string {
  const plain = amountDigits(minor < 0n ? -minor : minor, currency)
  return signed(minor < 0n, currency, groupThousands(plain))
}

/** A unit price as people read it, with all its places and at least the currency's: "$22.00", "$0.00125". */
export function formatUnitPrice(price: Decimal, currency: string): string {
  const digits = currencyDigits(currency)
  assert(digits !== undefined, `formatUnitPrice: unknown currency ${currency}`)
  const absolute = price < 0n ? -price : price
  const scale = 10n ** BigInt(DECIMAL_PLACES)
  const places = (absolute % scale)
    .toString()
    .padStart(DECIMAL_PLACES, '0')
    .replace(/0+$/, '')
    .padEnd(digits, '0')
  return signed(
    price < 0n,
    currency,
    groupThousands(`${absolute / scale}${places === '' ? '' : `.${places}`}`),
  )
}

function signed(negative: boolean, currency: string, digits: string): string {
  return `${negative ? '-' : ''}${SYMBOLS.get(currency) ?? `${currency} `}${digits}`
}

function groupThousands(digits: string): string {
  const [whole = '', places] = digits.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return places === undefined ? grouped : `${grouped}.${places}`
}
