import { assert } from '../../core/assert.js'
import { formatLocalDate } from '../../core/calendar/date.js'
import type { LocalDate } from '../../core/calendar/date.js'
import type { UnitPrice } from '../../core/marketplace/types.js'
import { decimalFromUnits, formatDecimal, parseDecimal } from '../../core/money/decimal.js'
import type { Decimal } from '../../core/money/decimal.js'
import { Problem } from '../../core/problem.js'
import type { Cell } from './database.js'

// Core values ↔ the database's text. Both ways exact: no number of ours ever becomes a float.

/** Select a `date` column so that {@link localDate} reads it: days since 1970-01-01, the core's own form. */
export function dateColumn(column: string): string {
  return `(${column} - DATE '1970-01-01')`
}

/** Select a `timestamptz(3)` column so that {@link instant} reads it: milliseconds since 1970. */
export function instantColumn(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::bigint`
}

/** Reads a `numeric(28,8)`: always eight places, so its digits are the count of 10⁻⁸ units. */
export function decimal(cell: Cell): Decimal {
  assert(cell !== null && cell.at(-9) === '.', `stored number ${cell} has not eight places`)
  return decimalFromUnits(BigInt(cell.slice(0, -9) + cell.slice(-8)))
}

export function unitPrice(amount: Cell, currency: Cell): UnitPrice | undefined {
  return amount === null || currency === null ? undefined : { currency, amount: decimal(amount) }
}

/** Reads what {@link dateColumn} selected. */
export function localDate(cell: Cell): LocalDate {
  assert(cell !== null, 'a stored date is missing')
  return Number(cell) as LocalDate
}

export function optionalLocalDate(cell: Cell): LocalDate | undefined {
  return cell === null ? undefined : localDate(cell)
}

/** Reads what {@link instantColumn} selected. */
export function instant(cell: Cell): Date {
  assert(cell !== null, 'a stored instant is missing')
  return new Date(Number(cell))
}

export function optionalInstant(cell: Cell): Date | undefined {
  return cell === null ? undefined : instant(cell)
}

export function text(cell: Cell): string {
  assert(cell !== null, 'a stored text is missing')
  return cell
}

export function optionalText(cell: Cell): string | undefined {
  return cell ?? undefined
}

export function integer(cell: Cell): number {
  const value = Number(cell)
  assert(cell !== null && Number.isSafeInteger(value), `stored count ${cell} is no whole number`)
  return value
}

export function flag(cell: Cell): boolean {
  assert(cell === 't' || cell === 'f', `stored yes or no is ${cell}`)
  return cell === 't'
}

export function optionalFlag(cell: Cell): boolean | undefined {
  return cell === null ? undefined : flag(cell)
}

/** Reads one of a few words; the column's check in the database allows no other. */
export function word<Word extends string>(words: readonly Word[], cell: Cell): Word {
  const known = words.find((candidate) => candidate === cell)
  assert(known !== undefined, `stored word ${cell} is none of ${words.join(', ')}`)
  return known
}

/** Reads a decimal inside JSON, where it is a string. */
export function decimalInJson(value: string): Decimal {
  const parsed = parseDecimal(value)
  assert(parsed !== undefined, `stored number ${value} cannot be read`)
  return parsed
}

export function writeDecimal(value: Decimal): string {
  return formatDecimal(value)
}

export function writeDate(value: LocalDate | undefined): string | null {
  return value === undefined ? null : formatLocalDate(value)
}

export function writeInstant(value: Date | undefined): string | null {
  return value === undefined ? null : value.toISOString()
}

/**
 * Text from outside as the database can hold it. A NUL and half a surrogate pair are the only characters it cannot:
 * both are cleaned where the text comes in, so one that arrives here is refused, with its place.
 */
export function writeText(value: string, where: string): string {
  if (!/\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(value)) return value
  throw new Problem({
    kind: 'input',
    what: 'A text contains a character that cannot be stored (NUL or half of a pair).',
    where,
    notDone: 'Nothing was stored.',
    next: 'Correct the text where it comes from, then repeat.',
  })
}

export function writeOptionalText(value: string | undefined, where: string): string | null {
  return value === undefined ? null : writeText(value, where)
}
