import type { KnownPerson } from '../access/rights.js'
import type { AuditFact } from './chain.js'

/** People as they will be from now on, each in the place of the one of the same id, with the entries of the trail. */
export interface PeopleDraft {
  /** Each with all identities; one that was another's is this person's from now on. */
  readonly people: readonly KnownPerson[]
  readonly audit: readonly AuditFact[]
  /** Hash of the code that is used up by it. */
  readonly usesCode?: string
}
