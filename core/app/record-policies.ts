import type { LocalDate } from '../calendar/date.js'
import { dayMonthYear } from '../calendar/words.js'
import { localDateOf } from '../calendar/zone.js'
import { policyDifference } from '../charges/policy-words.js'
import { DEFAULT_POLICY } from '../charges/types.js'
import { POLICY_ATTEMPTS } from '../limits.js'
import type { BillingStore, Clock, SettingsDraft } from '../ports.js'
import { Problem } from '../problem.js'
import { type ToRecord, policiesToRecord, settingsOn } from '../settings/standing.js'
import type { RecordedSettings, SomeSettings } from '../settings/types.js'

export interface PolicyPorts {
  readonly billing: BillingStore
  readonly clock: Clock
}

/**
 * Records the policies of the configuration where they are others than those that hold (B16), with an entry in the trail.
 * Of several programs that start at once with the same lines one records them; the others find them recorded.
 */
export async function recordPolicies(
  { billing, clock }: PolicyPorts,
  { lines, timeZone }: { readonly lines: SomeSettings; readonly timeZone: string },
): Promise<void> {
  for (let attempt = 1; ; ) {
    const { version, recorded, isBilled } = await billing.settingsStanding()
    const recordedAt = await clock.now()
    // A clock put back must not make a later decision hold earlier.
    const [last = recordedAt] = recorded.map((each) => each.recordedAt).toReversed()
    const today = localDateOf(last > recordedAt ? last : recordedAt, timeZone)
    const next = policiesToRecord(recorded, lines, isBilled, today)
    if (next === undefined) return
    const audit = auditOf(recorded, next, today)
    try {
      await billing.recordSettings({ ...next, recordedAt, by: undefined, audit }, version)
    } catch (error) {
      const moved = error instanceof Problem && error.kind === 'conflict'
      attempt += 1
      if (!moved || attempt > POLICY_ATTEMPTS) throw error
    }
  }
}

/** Old → new in words. First policies change something only where they are not the defaults. */
function auditOf(
  recorded: readonly RecordedSettings[],
  { says, holdsFrom }: ToRecord,
  today: LocalDate,
): SettingsDraft['audit'] {
  const before = recorded.length === 0 ? DEFAULT_POLICY : settingsOn(recorded, {}, holdsFrom ?? today)
  const policy = { ...before, ...says }
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
