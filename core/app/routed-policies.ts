import { samePolicy } from '../charges/policy-words.js'
import type { Policy, PolicyChange } from '../charges/types.js'
import type { Route } from '../pricing/timeline.js'

interface Dated {
  readonly policy: Policy
  readonly policyChanges: readonly PolicyChange[]
}

/**
 * S10: from the route's start on the periods are the PSA's, and it bills them in its own time: what is due in them is
 * due from their first day. All other policies stay ours: they choose the dates that are sent.
 */
export function routedPolicies({ policy, policyChanges }: Dated, { from, anchorDay }: Route): Dated {
  const routed = (own: Policy): Policy => ({
    ...own,
    timing: 'advance',
    cycle: anchorDay === 1 ? 'calendar' : 'anniversary',
    anchorDay: anchorDay === 1 ? undefined : anchorDay,
  })
  const before = policyChanges.filter((change) => change.from < from)
  const held = before.at(-1)?.policy ?? policy
  const later = policyChanges.filter((change) => change.from >= from)
  const changes = [
    { from, policy: routed(held) },
    ...later.map((change) => ({ ...change, policy: routed(change.policy) })),
  ]
  const isSame = changes.every((change) => samePolicy(change.policy, held))
  return { policy, policyChanges: isSame ? before : [...before, ...changes] }
}
