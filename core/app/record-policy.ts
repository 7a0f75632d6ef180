import type { LocalDate } from '../calendar/date.js'
import { dayMonthYear } from '../calendar/words.js'
import { localDateOf } from '../calendar/zone.js'
import { type RecordedPolicy, policyToRecord } from '../charges/policies.js'
import { policyDifference } from '../charges/policy-words.js'
import { DEFAULT_POLICY, type Policy } from '../charges/types.js'
import { POLICY_ATTEMPTS } from '../limits.js'
import type { BillingStore, Clock, PolicyDraft } from '../ports.js'
import { Problem } from '../problem.js'

export interface PolicyPorts {
  readonly billing: BillingStore
  readonly clock: Clock
}

/**
 * Records the policy of the settings when it is another than the one recorded last (B16), with an entry in the trail.
 * Of several programs that start at once with the same settings one records it; the others find it recorded.
 */
export async function recordPolicy(
  { billing, clock }: PolicyPorts,
  { policy, timeZone }: { readonly policy: Policy; readonly timeZone: string },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { version, last, isBilled } = await billing.policyStanding()
    const recordedAt = await clock.now()
    const next = policyToRecord(last, policy, isBilled, localDateOf(recordedAt, timeZone))
    if (next === undefined) return
    try {
      await billing.recordPolicy({ ...next, recordedAt, audit: auditOf(last, next) }, version)
      return
    } catch (error) {
      const moved = error instanceof Problem && error.kind === 'conflict'
      if (!moved || attempt >= POLICY_ATTEMPTS) throw error
    }
  }
}

/** Old → new in words. A first policy changes something only where it is not the default. */
function auditOf(
  last: RecordedPolicy | undefined,
  { policy, holdsFrom }: Pick<RecordedPolicy, 'policy' | 'holdsFrom'>,
): PolicyDraft['audit'] {
  const before = last?.policy ?? DEFAULT_POLICY
  const after = policyDifference(before, policy)
  if (after.length === 0) return undefined
  const was = policyDifference(policy, before)
  const words = `${was.join(', ')} → ${after.join(', ')}; holds ${holdsFromWords(holdsFrom)}`
  return {
    actor: 'system',
    action: 'policy.changed',
    subject: 'billing policy',
    details: { by: 'the BILLING_ settings, read at the start', before: was, after, words },
  }
}

function holdsFromWords(holdsFrom: LocalDate | undefined): string {
  return holdsFrom === undefined
    ? 'from the beginning'
    : `from ${dayMonthYear(holdsFrom)}, for each subscription behind what is billed of it`
}
