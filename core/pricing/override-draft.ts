import type { AuditFact } from '../audit/chain.js'
import type { LocalDate } from '../calendar/date.js'
import type { RecordedOverride } from './recorded.js'

/** An override, or the end of one, as it will be recorded, with its entry in the trail. */
export interface OverrideDraft {
  readonly said:
    | ({ readonly type: 'set' } & Pick<
        RecordedOverride,
        'number' | 'scope' | 'says' | 'from' | 'to' | 'replaces'
      >)
    | { readonly type: 'end'; readonly number: number; readonly on: LocalDate }
  readonly byName: string
  /** See `OverrideStamp`. */
  readonly held: ReadonlyMap<string, LocalDate>
  /** Who, when and what. */
  readonly audit: AuditFact
  /** Versions of the books, and of what is known of the PSAs, it was made from. */
  readonly version: number
  readonly syncVersion: number
}
