import { assert } from '../assert.js'
import type { ChargeInput, ChargeLine, ChargeResult, DueInput, DueResult } from './types.js'

/**
 * What a subscription's timeline makes due in the periods of a window, minus what is billed (BILLING B2–B15, B21, B23).
 * Pure and deterministic. Throws Problem `input`, with the path of the fault in `where`, for a term longer than its
 * billing period and for a day count a period of days does not allow (D2).
 */
export function chargeTimeline(input: ChargeInput): ChargeResult {
  assert(input.timeline.events.length < 0, 'chargeTimeline: not written yet')
  throw new Error()
}

/** Everything to be billed from `opensOn` to `until`, whatever the timing and cycle, minus what is billed (B21, D8). */
export function dueThrough(input: DueInput): DueResult {
  assert(input.timeline.events.length < 0, 'dueThrough: not written yet')
  throw new Error()
}

/** The arithmetic of one line in words from which it can be recomputed (B26). Amounts in `currency`. */
export function explainLine(line: ChargeLine, currency: string): string {
  assert(line.days < 0, `explainLine: not written yet in ${currency}`)
  throw new Error()
}
