import { sum } from '../shared/decimal.js'

/** A number, or a decimal as text where a number would not be exact. */
export type Amount = number | string

/** Exact text of an amount without zeros at its end; a number counts as what its shortest text says. */
export function exact(amount: Amount): string {
  return sum([String(amount)], 8).replace(/\.?0+$/, '')
}
