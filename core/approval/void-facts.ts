import type { AuditDetails } from '../audit/chain.js'
import type { RunLine } from '../billrun/run.js'
import { TRAIL_NAMES } from '../limits.js'

/**
 * What a void is about, as the trail keeps it: how many customers and lines, amounts per currency in minor units, and
 * why. Names as the run has them, as many as {@link TRAIL_NAMES}.
 */
export function voidFacts(lines: readonly RunLine[], reason: string): AuditDetails {
  const names = new Map(lines.map(({ customerId, customerName }) => [customerId, customerName]))
  const amounts = new Map<string, bigint>()
  for (const { currency, amount } of lines) amounts.set(currency, (amounts.get(currency) ?? 0n) + amount)
  return {
    customers: String(names.size),
    names: [...names.values()].slice(0, TRAIL_NAMES),
    lines: String(lines.length),
    amounts: Object.fromEntries([...amounts].map(([currency, sum]) => [currency, sum.toString()])),
    reason,
  }
}
