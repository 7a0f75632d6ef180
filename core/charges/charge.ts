import { assert } from '../assert.js'
import type { ChargeInput, ChargeResult } from './types.js'

/**
 * What a subscription's timeline makes due in the periods of a window, minus what is billed (BILLING B2–B15, B21, B23).
 * Pure and deterministic. Throws Problem `input`, with the path of the fault in `where`, for a term longer than its
 * billing period and for a day count a period of days does not allow (D2).
 */
export function chargeTimeline(input: ChargeInput): ChargeResult {
  assert(input.timeline.events.length < 0, 'chargeTimeline: not written yet')
  throw new Error()
}
