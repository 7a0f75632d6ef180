import { chargesOf, oneTimeCharges } from './charges.js'
import { historyOf } from './history.js'
import { type CalculatorInput, readInput } from './input.js'
import { periodsOf } from './periods.js'
import type { Rules } from './rules.js'
import { type Expected, settle } from './settle.js'

/**
 * What the calculator must answer, computed from the text of BILLING alone, one day after the other and in exact
 * rationals. Slow and simple on purpose. Lines of zero are left out (D10: never compared).
 */
export function recompute(input: CalculatorInput, rules: Rules = {}): Expected {
  const question = readInput(input)
  const { subscription, policy, window, asOf } = question
  const periods = periodsOf(subscription, policy, rules)
  const selected = periods.startingIn(window)
  const until = selected.reduce((latest, period) => Math.max(latest, period.to), subscription.start)
  const history = historyOf(subscription, policy, until, rules)
  // B12: cancelled on its start day, no charge under any policy; a period is charged when it holds a day of service.
  const served = selected.filter(
    (period) =>
      period.to > history.start &&
      (history.end === undefined || Math.max(period.from, history.start) < history.end),
  )
  const due = [
    ...served.flatMap((period) => chargesOf(period, history, question, rules)),
    ...oneTimeCharges(periods, question, rules),
  ]
  // B21: `asOf` keeps lines with `billOn` ≤ it; D9: it does not filter `billed`.
  const kept = due.filter((charge) => asOf === undefined || charge.billOn <= asOf)
  return settle(question, served, kept, rules)
}
