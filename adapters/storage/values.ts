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
  return `(date_part('epoch', ${column}) * 1000)::bigint`
}

/**
 * Selects several columns as one text. Reading thousands of rows costs by the cell, so what is never free text (numbers,
 * dates, words of ours, yes or no) travels together: a third of the time. {@link unpack} takes it apart.
 */
export function packedColumns(columns: readonly string[]): string {
  return `concat_ws(',', ${columns.map((column) => `coalesce((${column})::text, '')`).join(', ')})`
}

/** The cells of {@link packedColumns}: as many as there were columns, in their order. */
export function unpack<Cells extends readonly Cell[]>(packed: Cell, count: Cells['length']): Cells {
  const cells: Cell[] = packed === null ? [] : packed.split(',')
  assert(cells.length === count, `${cells.length} stored values where ${count} were selected`)
  for (let index = 0; index < count; index += 1) if (cells[index] === '') cells[index] = null
  return cells as unknown as Cells
}

/** Reads equal text once: in large lists most prices, names and counts repeat, and what is shared costs no memory. */
export function remembering<T>(read: (cell: string) => T): (cell: string) => T {
  const known = new Map<string, T>()
  return (cell) => {
    const before = known.get(cell)
    if (before !== undefined) return before
    const value = read(cell)
    known.set(cell, value)
    return value
  }
}

/** Reads a `numeric(28,8)`: always eight places, so its digits are the count of 10⁻⁸ units. */
export function decimal(cell: Cell): Decimal {
  assert(cell !== null && cell.at(-9) === '.', `stored number ${cell} has not eight places`)
  return decimalFromUnits(BigInt(cell.slice(0, -9) + cell.slice(-8)))
}

/** Selects a price and its currency so that {@link unitPrice} reads them; null when there is none. */
export function unitPriceColumn(amount: string, currency: string): string {
  return `${currency} || ${amount}`
}

/** Reads what {@link unitPriceColumn} selected: three letters, then the number. */
export function unitPrice(cell: string): UnitPrice {
  return { currency: cell.slice(0, 3), amount: decimal(cell.slice(3)) }
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
  assert(cell === 'true' || cell === 'false', `stored yes or no is ${cell}`)
  return cell === 'true'
}

export function optionalFlag(cell: Cell): boolean | undefined {
  return cell === null ? undefined : flag(cell)
}

/** Reads one of a few words; the column's check in the database allows no other. */
export function word<Word extends string>(words: readonly Word[], cell: Cell): Word {
  assert(words.includes(cell as Word), `stored word ${cell} is none of ${words.join(', ')}`)
  return cell as Word
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

/** Refuses texts anywhere inside a value that will be JSON, where such characters hide behind escapes. */
export function checkTexts(value: unknown, where: string): void {
  if (typeof value === 'string') writeText(value, where)
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries<unknown>({ ...value })) {
      writeText(name, where)
      checkTexts(item, where)
    }
  }
}
