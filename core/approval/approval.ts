import { hoursAfter } from '../calendar/zone.js'
import type { Person } from '../access/rights.js'
import { approvers, isOf, may } from '../access/rights.js'
import { unreachable } from '../assert.js'

/** What is asked: to bill a run by file, to write one into PSAs, or to make a billed one due again. */
export type ApprovalSubject =
  | { readonly type: 'bill'; readonly runId: string }
  | { readonly type: 'sync'; readonly runId: string }
  | {
      readonly type: 'void'
      readonly runId: string
      readonly customerId: string | undefined
      readonly reason: string
    }

export type Verdict = 'approved' | 'rejected'

export interface Decision {
  readonly verdict: Verdict
  /** Id and name of the person, as they were then. */
  readonly by: string
  readonly byName: string
  readonly at: Date
  /** Required when rejecting. */
  readonly reason: string | undefined
}

/** An approved void: what the run billed of one customer, or of all (`customerId` undefined), became due again. */
export interface RunVoid {
  readonly approvalId: string
  readonly customerId: string | undefined
  readonly decision: Decision
}

/** A request to say yes or no to exactly one fingerprint, once, until a time. */
export interface Approval {
  /** "APR-0012" */
  readonly id: string
  readonly subject: ApprovalSubject
  readonly fingerprint: string
  readonly requestedBy: string
  readonly requestedByName: string
  readonly requestedAt: Date
  readonly expiresAt: Date
  readonly decision: Decision | undefined
  /** A newer proposal over the same customers and month took its place. */
  readonly supersededBy: string | undefined
}

export type ApprovalState = 'pending' | 'approved' | 'rejected' | 'expired' | 'superseded'

/** How long a request waits for a decision. */
export const APPROVAL_HOURS = 72

/** Where a request stands at an instant. A decision is for ever; only an undecided one expires. */
export function stateOf(approval: Approval, now: Date): ApprovalState {
  if (approval.decision !== undefined) return approval.decision.verdict
  if (approval.supersededBy !== undefined) return 'superseded'
  return now >= approval.expiresAt ? 'expired' : 'pending'
}

export function expiryOf(requestedAt: Date): Date {
  return hoursAfter(requestedAt, APPROVAL_HOURS)
}

/** Why a decision is refused, in the order in which it is checked. */
export type Refusal =
  | { readonly type: 'notAllowed' } // the person's role may not decide
  | { readonly type: 'ownRequest' } // they asked for it, and somebody else could decide
  | { readonly type: 'decided'; readonly decision: Decision }
  | { readonly type: 'superseded'; readonly by: string }
  | { readonly type: 'expired'; readonly at: Date }
  | { readonly type: 'wrongRevision' } // the button shows other content than the request's
  | { readonly type: 'reasonMissing' }

export interface Attempt {
  readonly verdict: Verdict
  readonly reason: string | undefined
  /** The fingerprint of what the person saw. */
  readonly seen: string
}

/** Nobody approves their own request as soon as somebody else could. */
export function isOwnToLeave(
  { requestedBy }: Pick<Approval, 'requestedBy'>,
  person: Person,
  people: readonly Person[],
): boolean {
  return isOf(person, requestedBy) && approvers(people).length >= 2
}

/** Checks one attempt to decide; undefined when it may be written. Staleness is checked by comparing fresh lines. */
export function refusalOf(
  approval: Approval,
  attempt: Attempt,
  person: Person,
  people: readonly Person[],
  now: Date,
): Refusal | undefined {
  if (!may(person, 'decide')) return { type: 'notAllowed' }
  const state = stateOf(approval, now)
  switch (state) {
    case 'approved':
    case 'rejected':
      return approval.decision === undefined ? undefined : { type: 'decided', decision: approval.decision }
    case 'superseded':
      return { type: 'superseded', by: approval.supersededBy ?? '' }
    case 'expired':
      return { type: 'expired', at: approval.expiresAt }
    case 'pending':
      break
    default:
      return unreachable(state, 'refusalOf')
  }
  if (attempt.verdict === 'approved' && isOwnToLeave(approval, person, people)) return { type: 'ownRequest' }
  if (attempt.seen !== approval.fingerprint) return { type: 'wrongRevision' }
  if (attempt.verdict === 'rejected' && (attempt.reason ?? '').trim() === '') return { type: 'reasonMissing' }
  return undefined
}
