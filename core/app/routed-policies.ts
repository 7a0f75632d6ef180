import { boundaryBy } from '../charges/account.js'
import { samePolicy } from '../charges/policy-words.js'
import type { DueInput, Policy, PolicyChange } from '../charges/types.js'
import type { PsaPeriods } from '../pricing/timeline.js'

/**
 * S10: while a PSA bills a subscription the periods are the PSA's, and it bills them in its own time: what is due in
 * them is due from their first day. All other policies stay ours: they choose the dates that are sent.
 *
 * Around it no day is billed twice or never, because each change of cycle leaves a stub that the file bills (B24). The
 * last of the file's own periods is the last that has ended by the first day of the PSA; what is between the two is a
 * stub of the PSA's period it lies in. Behind the PSA's last day the file begins with a stub of its own period.
 */
export function routedPolicies(own: DueInput, { from, to, anchorDay }: PsaPeriods): DueInput {
  const { policy, policyChanges = [] } = own
  const inCycle = (other: Policy): Policy => ({
    ...other,
    cycle: anchorDay === 1 ? 'calendar' : 'anniversary',
    anchorDay: anchorDay === 1 ? undefined : anchorDay,
  })
  const routed = (other: Policy): Policy => ({ ...inCycle(other), timing: 'advance' })
  const all = [policy, ...policyChanges.map((change) => change.policy)]
  if (all.every((each) => samePolicy(each, routed(each)))) return own
  const before = policyChanges.filter((change) => change.from < from)
  const boundary = boundaryBy({ ...own, policyChanges: before }, from)
  const earlier = before.filter((change) => change.from <= boundary)
  const between = before.filter((change) => change.from > boundary)
  const during = policyChanges.filter((change) => change.from >= from && (to === null || change.from < to))
  const behind = policyChanges.filter((change) => to !== null && change.from >= to)
  const heldAt = (changes: readonly PolicyChange[]) => changes.at(-1)?.policy ?? policy
  const changes = [
    ...earlier,
    { from: boundary, policy: inCycle(heldAt(earlier)) },
    ...between.map((change) => ({ ...change, policy: inCycle(change.policy) })),
    { from, policy: routed(heldAt(before)) },
    ...during.map((change) => ({ ...change, policy: routed(change.policy) })),
    ...(to === null ? [] : [{ from: to, policy: heldAt([...before, ...during]) }, ...behind]),
  ]
  return { ...own, policyChanges: changes }
}
