import type { LocalDate } from '../calendar/date.js'
import { policySteps } from '../charges/account.js'
import type { DatedPolicy, Policies } from '../charges/policies.js'
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

/** Says which policy is in force and which are ahead: each subscription takes a change at a boundary of its own. */
export function policyStatus({ portfolio, policies, billed }: PolicyView, today: LocalDate): PolicyStatus {
  const { first, changes } = policies
  const running = changes.length === 0 ? [] : portfolio.subscriptions.filter((one) => runsOn(one, today))
  const steps = running.map((subscription) => stepsOf(subscription, policies, billed))
  const dates = changes.map((change) => datesOf(change, steps))
  const latest = dates.findLastIndex((days) => days.some((on) => on <= today))
  const inForce = changes[latest]?.policy ?? first
  const ahead = changes.flatMap((change, index): PolicyAhead[] => {
    const days = (dates[index] ?? []).filter((on) => on > today).sort((left, right) => left - right)
    // One that was replaced before anybody took it changed nothing.
    const taken = dates.findLastIndex((of, earlier) => earlier < index && of.length > 0)
    const before: Policy = changes[taken]?.policy ?? first
    const words = policyDifference(before, change.policy)
    const [from, last] = [days[0], days.at(-1)]
    if (from === undefined || last === undefined || words.length === 0) return []
    return [{ words, from, last, subscriptions: days.length, running: Math.max(running.length, 1) }]
  })
  return { inForce: policyDifference(DEFAULT_POLICY, inForce), byDefault: defaultWords(inForce), ahead }
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

/** When each subscription takes a change; without any it is the day it was recorded for. */
function datesOf(
  { policy, holdsFrom }: DatedPolicy,
  all: readonly (readonly PolicyChange[])[],
): readonly LocalDate[] {
  if (all.length === 0) return [holdsFrom]
  return all.flatMap((steps) => steps.findLast((step) => step.policy === policy)?.from ?? [])
}
