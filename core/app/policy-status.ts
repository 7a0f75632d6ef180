import type { LocalDate } from '../calendar/date.js'
import { policySteps } from '../charges/account.js'
import { type Policies, changesFor } from '../charges/policies.js'
import { defaultWords, policyDifference } from '../charges/policy-words.js'
import { DEFAULT_POLICY, type Policy, type PolicyChange } from '../charges/types.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import { Problem } from '../problem.js'
import type { Portfolio } from './portfolio.js'
import { type Billed, dueInputOf } from './who.js'

/** How the MSP bills today and what changes ahead, in words (B16). */
export interface PolicyStatus {
  /** What is done otherwise than by default; empty: nothing. */
  readonly inForce: readonly string[]
  /** What is done as by default, rule by rule. */
  readonly byDefault: readonly string[]
  /** Changes that are recorded and that some subscriptions take later than today, in order. */
  readonly ahead: readonly PolicyAhead[]
}

export interface PolicyAhead {
  readonly words: readonly string[]
  /** The days on which the first and the last subscription take it. */
  readonly from: LocalDate
  readonly last: LocalDate
  /** How many take it after today, of all that run. */
  readonly subscriptions: number
  readonly running: number
}

/** What is needed to know which policy each subscription has. */
export interface PolicyView {
  readonly portfolio: Pick<Portfolio, 'subscriptions'>
  readonly policies: Policies
  readonly billed: Billed
}

/**
 * Says which policy is in force and which are ahead: each subscription takes a change at a boundary of its own. In force
 * is what the subscription that changed last has.
 */
export function policyStatus({ portfolio, policies, billed }: PolicyView, today: LocalDate): PolicyStatus {
  const { first, changes } = policies
  const running = changes.length === 0 ? [] : portfolio.subscriptions.filter((one) => runsOn(one, today))
  const all = running.map((subscription) => stepsOf(subscription, policies, billed))
  // Without any, what was recorded holds on the days it was recorded for.
  const taken = running.length > 0 ? all : [changesFor(policies, [])]
  let newest: PolicyChange | undefined
  for (const steps of taken) {
    const step = steps.findLast(({ from }) => from <= today)
    if (step !== undefined && (newest === undefined || step.from >= newest.from)) newest = step
  }
  const inForce = newest?.policy ?? first
  const ahead = aheadOf(taken, first, today).map(({ words, days }): PolicyAhead => {
    const from = Math.min(...days) as LocalDate
    const last = Math.max(...days) as LocalDate
    return { words, from, last, subscriptions: days.length, running: taken.length }
  })
  return {
    inForce: policyDifference(DEFAULT_POLICY, inForce),
    byDefault: defaultWords(inForce),
    ahead: ahead.sort((left, right) => left.from - right.from),
  }
}

/** What subscriptions do otherwise from later days on: the same words together, with the days they take them. */
function aheadOf(
  taken: readonly (readonly PolicyChange[])[],
  first: Policy,
  today: LocalDate,
): readonly { readonly words: readonly string[]; readonly days: readonly LocalDate[] }[] {
  const found = new Map<string, { words: readonly string[]; days: LocalDate[] }>()
  for (const steps of taken) {
    for (const [index, { from, policy }] of steps.entries()) {
      const words = from > today ? policyDifference(steps[index - 1]?.policy ?? first, policy) : []
      if (words.length === 0) continue
      const known = found.get(words.join('\n'))
      if (known === undefined) found.set(words.join('\n'), { words, days: [from] })
      else known.days.push(from)
    }
  }
  return [...found.values()]
}

function runsOn({ subscription: { end }, timeline }: PricedSubscription, today: LocalDate): boolean {
  return timeline !== undefined && (end === null || end > today)
}

/** Empty for a subscription that cannot be charged: `who` says so. */
function stepsOf(
  subscription: PricedSubscription,
  policies: Policies,
  billed: Billed,
): readonly PolicyChange[] {
  const input = dueInputOf(subscription, policies, billed)
  try {
    return input === undefined ? [] : policySteps(input)
  } catch (error) {
    if (error instanceof Problem) return []
    throw error
  }
}
