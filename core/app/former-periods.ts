import { toCivil } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import type { PsaPeriods } from '../pricing/timeline.js'
import { monthPeriod } from '../sync/months.js'

/**
 * The periods a PSA billed a subscription by, from those that were found locked: the file has to know them for what is
 * before, between and behind them (BILLING B24). A period tells the day it begins on, though a short month clamps it:
 * of two months in a row one is long enough.
 *
 * @param locked in any order.
 */
export function formerPeriods(locked: readonly Period[]): readonly PsaPeriods[] {
  const spans: (PsaPeriods & Period)[] = []
  for (const { from, to } of locked.toSorted((left, right) => left.from - right.from)) {
    const last = spans.at(-1)
    if (last !== undefined && to <= last.to) continue
    const anchorDay = Math.max(toCivil(from).day, toCivil(to).day)
    const goesOn = last?.to === from && monthPeriod(last.anchorDay, from).to === to
    if (last !== undefined && goesOn) spans[spans.length - 1] = { ...last, to }
    else spans.push({ from, to, anchorDay })
  }
  return spans
}
