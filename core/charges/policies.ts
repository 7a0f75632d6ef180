import type { LocalDate } from '../calendar/date.js'
import { type BilledPeriod, behindBilled } from '../pricing/recorded.js'
import { samePolicy } from './policy-words.js'
import type { Policy, PolicyChange } from './types.js'

/** A policy the MSP decided on, as it was recorded: rows of it are only ever added. */
export interface RecordedPolicy {
  readonly policy: Policy
  /** Local date from which it holds; undefined: from the beginning, in the place of all recorded before it. */
  readonly holdsFrom: LocalDate | undefined
  readonly recordedAt: Date
  /** Version of the books it made: what was billed before it has a smaller one. */
  readonly version: number
}

/** What holds, and from when: the first from the beginning, each change from its date (B16). */
export interface Policies {
  readonly first: Policy
  /** In the order in which they were recorded, so with dates that never go back. */
  readonly changes: readonly DatedPolicy[]
}

export interface DatedPolicy extends RecordedPolicy {
  readonly holdsFrom: LocalDate
}

const NO_CHANGES: readonly PolicyChange[] = []

/** The policies in force. @param configured holds from the beginning while nothing is recorded. */
export function policiesOf(recorded: readonly RecordedPolicy[], configured: Policy): Policies {
  const begins = recorded.findLastIndex(({ holdsFrom }) => holdsFrom === undefined)
  return {
    first: recorded[begins]?.policy ?? configured,
    changes: recorded.slice(begins + 1).filter((change): change is DatedPolicy => isDated(change)),
  }
}

function isDated({ holdsFrom }: RecordedPolicy): boolean {
  return holdsFrom !== undefined
}

/**
 * B16: what has to be recorded so that `configured` holds; undefined when it is what was recorded last. The first
 * policy holds from the beginning, and so does its successor while nothing is billed; a later one from `today`.
 */
export function policyToRecord(
  last: RecordedPolicy | undefined,
  configured: Policy,
  isBilled: boolean,
  today: LocalDate,
): Pick<RecordedPolicy, 'policy' | 'holdsFrom'> | undefined {
  if (last !== undefined && samePolicy(last.policy, configured)) return undefined
  if (last === undefined || !isBilled) return { policy: configured, holdsFrom: undefined }
  // A clock put back must not make a later decision hold earlier.
  const holdsFrom = last.holdsFrom !== undefined && last.holdsFrom > today ? last.holdsFrom : today
  return { policy: configured, holdsFrom }
}

/**
 * B16, B24: the changes of policy as one subscription takes them. None before its date, and none before the end of a
 * period of the subscription that was billed before the change was recorded, also one billed ahead: so an edit never
 * changes a billed period. The first period boundary from there on is where it takes effect.
 *
 * @param billed lines billed of this subscription and not voided: a voided period is free to take the new policy.
 */
export function changesFor({ changes }: Policies, billed: readonly BilledPeriod[]): readonly PolicyChange[] {
  if (changes.length === 0) return NO_CHANGES
  return changes.map((change) => ({
    from: behindBilled(change.holdsFrom, change, billed),
    policy: change.policy,
  }))
}
