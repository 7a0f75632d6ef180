import type { LocalDate } from '../calendar/date.js'
import { type BilledPeriod, behindBilled } from '../pricing/recorded.js'
import type { Policy, PolicyChange } from './types.js'

/** Rules the MSP decided on, as they were recorded: rows of it are only ever added. */
export interface RecordedPolicy {
  /** The rules it is about; the others stay as they are. */
  readonly says: Partial<Policy>
  /** Local date from which it holds; undefined: from the beginning. */
  readonly holdsFrom: LocalDate | undefined
  /** Version of the books it made: what was billed before it has a smaller one. */
  readonly version: number
}

/** What holds, and from when: the first from the beginning, each change from its date (B16). */
export interface Policies {
  readonly first: Policy
  /** In the order in which they were recorded. One may be dated before the one ahead of it. */
  readonly changes: readonly DatedPolicy[]
}

export interface DatedPolicy extends RecordedPolicy {
  readonly holdsFrom: LocalDate
  /** All rules, as soon as this change and all recorded before it hold. */
  readonly policy: Policy
}

const NO_CHANGES: readonly PolicyChange[] = []

/**
 * The policies in force. Of two that say the same rule the one recorded last counts, from its date on; one that holds
 * from the beginning takes the place of all that was recorded of its rules before.
 *
 * @param configured holds from the beginning while nothing is recorded.
 */
export function policiesOf(recorded: readonly RecordedPolicy[], configured: Policy): Policies {
  let first = configured
  let dated: (RecordedPolicy & Pick<DatedPolicy, 'holdsFrom'>)[] = []
  for (const record of recorded) {
    const { says, holdsFrom } = record
    if (holdsFrom === undefined) {
      first = { ...first, ...says }
      dated = dated.flatMap((earlier) => {
        const rest = without(earlier.says, says)
        return isEmpty(rest) ? [] : [{ ...earlier, says: rest }]
      })
    } else if (!isEmpty(says)) dated.push({ ...record, holdsFrom })
  }
  let policy = first
  const changes = dated.map((change) => {
    policy = { ...policy, ...change.says }
    return { ...change, policy }
  })
  return { first, changes }
}

function without(says: Partial<Policy>, others: Partial<Policy>): Partial<Policy> {
  return Object.fromEntries(Object.entries(says).filter(([rule]) => !Object.hasOwn(others, rule)))
}

function isEmpty(says: Partial<Policy>): boolean {
  return Object.keys(says).length === 0
}

/**
 * B16, B24: the changes of policy as one subscription takes them. None before its date, and none before the end of a
 * period of the subscription that was billed before the change was recorded, also one billed ahead: so an edit never
 * changes a billed period. The first period boundary from there on is where it takes effect.
 *
 * @param billed lines billed of this subscription and not voided: a voided period is free to take the new policy.
 */
export function changesFor(policies: Policies, billed: readonly BilledPeriod[]): readonly PolicyChange[] {
  const { changes } = policies
  if (changes.length === 0) return NO_CHANGES
  const taken = changes.map((change) => {
    return { from: behindBilled(change.holdsFrom, change, billed), policy: change.policy }
  })
  const isInOrder = taken.every(({ from }, index) => index === 0 || from >= (taken[index - 1]?.from ?? from))
  return isInOrder
    ? taken
    : inOrderOfDays(
        policies,
        taken.map(({ from }) => from),
      )
}

/** What was said ahead of what was recorded later: on each day the rules of all changes that hold by then. */
function inOrderOfDays(policies: Policies, days: readonly LocalDate[]): readonly PolicyChange[] {
  const order = [...new Set(days)].sort((left, right) => left - right)
  return order.map((from) => {
    const held = days.flatMap((day, index) => (day <= from ? [index] : []))
    return { from, policy: policyWith(policies, held) }
  })
}

/** Subscriptions with the same changes have the very same policy: what compares them does it at a glance. */
const combined = new WeakMap<Policies, Map<string, Policy>>()

function policyWith(policies: Policies, indexes: readonly number[]): Policy {
  const known = combined.get(policies) ?? new Map<string, Policy>()
  combined.set(policies, known)
  const key = indexes.join(' ')
  const policy =
    known.get(key) ??
    indexes.reduce((rules: Policy, index) => ({ ...rules, ...policies.changes[index]?.says }), policies.first)
  known.set(key, policy)
  return policy
}
