import type { AuditFact } from '../audit/chain.js'
import type { Approval } from './approval.js'

const REPLACES = 'approval.replaces'

/** What the trail of a request says of the undecided ones whose place it took; undefined: there was none. */
export function replacesFact(
  { id, requestedAt: at, requestedBy: actor }: Pick<Approval, 'id' | 'requestedAt' | 'requestedBy'>,
  replaced: readonly string[],
): AuditFact | undefined {
  if (replaced.length === 0) return undefined
  return { at, actor, action: REPLACES, subject: id, details: { replaced } }
}

/** Ids of the requests whose place a request took, as its own trail tells. */
export function replacedIn(trail: readonly Pick<AuditFact, 'action' | 'details'>[]): readonly string[] {
  return trail.flatMap(({ action, details: { replaced } }) =>
    action === REPLACES && Array.isArray(replaced) ? replaced.map(String) : [],
  )
}
