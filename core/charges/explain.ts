import { assert } from '../assert.js'
import type { ChargeLine } from './types.js'

/** The arithmetic of one line in words from which it can be recomputed (B26). Amounts in `currency`. */
export function explainLine(line: ChargeLine, currency: string): string {
  assert(line.days < 0, `explainLine: not written yet in ${currency}`)
  throw new Error()
}
