import type { Decimal } from '../money/decimal.js'
import { type FoldSettings, type RecordHistory, firstEndedState, statesInService } from './record.js'

/**
 * One count of a licence line as observations saw it: each from `from` on, and before `until`. Between the last of one
 * and the first of the next nobody looked.
 */
export interface Sight {
  readonly quantity: Decimal
  readonly from: Date
  /** undefined: it is what was seen last. */
  readonly until: Date | undefined
  /** What a line shows that has ended: only orders make it true. */
  readonly ended: boolean
}

/** The counts of a licence line in service, in order; not those of observations that did not list it. */
export function sightsOf(history: RecordHistory): readonly Sight[] {
  const { states } = history
  const inService = new Set(statesInService(history))
  const closing = closingState(history)
  return states.flatMap((state, index): readonly Sight[] => {
    const { observedAt: from, subscription, present } = state
    const { quantity } = subscription
    if (state === closing && !inService.has(state)) return [{ quantity, from, until: from, ended: true }]
    if (!present || !inService.has(state)) return []
    return [{ quantity, from, until: states[index + 1]?.observedAt, ended: false }]
  })
}

/** An ended line that was not zeroed: what it shows may have been ordered before its end (BILLING B12). */
function closingState(history: RecordHistory) {
  const ended = firstEndedState(history)
  return ended?.subscription.quantity === 0n ? undefined : ended
}

/** The last time a count was seen before an instant behind its first. */
export function lastSeen({ from, until }: Sight, before: Date, { observedAt }: FoldSettings): Date {
  const bound = until === undefined || until > before ? before : until
  const last = observedAt[firstIndexFrom(observedAt, bound) - 1]
  return last === undefined || last < from ? from : last
}

/** The first time a count was seen again at an instant behind its first, or after it; undefined: not any more. */
export function nextSeen({ until }: Sight, at: Date, { observedAt }: FoldSettings): Date | undefined {
  const next = observedAt[firstIndexFrom(observedAt, at)]
  return next === undefined || (until !== undefined && next >= until) ? undefined : next
}

/** Index of the first instant that is not before `at`; the length when there is none. */
function firstIndexFrom(instants: readonly Date[], at: Date): number {
  let low = 0
  let high = instants.length
  while (low < high) {
    const middle = (low + high) >> 1
    const instant = instants[middle]
    if (instant !== undefined && instant < at) low = middle + 1
    else high = middle
  }
  return low
}
