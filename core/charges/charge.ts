import { linesByPeriod, openAccount } from './account.js'
import type { PeriodLines } from './held.js'
import { settlePeriods, sumOf } from './settle.js'
import type { ChargeInput, ChargeLine, ChargeResult } from './types.js'

/**
 * What a subscription's timeline makes due in the periods of a window, minus what is billed (BILLING B2–B15, B21, B23).
 * Pure and deterministic. Throws Problem `input`, with the path of the fault in `where`, for a term longer than its
 * billing period and for a day count a period of days does not allow (D2).
 */
export function chargeTimeline(input: ChargeInput): ChargeResult {
  const { currency, window, asOf, billed } = input
  const account = openAccount(input)
  const found = linesByPeriod(account, {
    from: window.from,
    before: window.to,
    wanted: ({ period }) => period.from >= window.from && period.from < window.to,
  })
  const periods = found.map(({ period }) => period.period)
  const dated = asOf === undefined ? found : found.map((entry) => dueBy(entry, asOf))
  const due = sumOfAll(dated)
  if (billed === undefined || billed.length === 0) {
    return { currency, periods, lines: linesOf(dated), due, billed: 0n, total: due }
  }
  const inWindow = billed.filter(({ period }) => period.from >= window.from && period.from < window.to)
  const lines = settlePeriods(account.scale, dated, inWindow)
  return { currency, periods, lines, due, billed: sumOf(inWindow), total: sumOf(lines) }
}

/** B21: lines to be billed on or before `asOf`. */
function dueBy(entry: PeriodLines, asOf: number): PeriodLines {
  return { ...entry, lines: entry.lines.filter(({ billOn }) => billOn <= asOf) }
}

function linesOf(found: readonly PeriodLines[]): readonly ChargeLine[] {
  return found.length === 1 && found[0] !== undefined ? found[0].lines : found.flatMap(({ lines }) => lines)
}

function sumOfAll(found: readonly PeriodLines[]): bigint {
  let total = 0n
  for (const { lines } of found) total += sumOf(lines)
  return total
}
