import type { AuditReport } from '../../support/auditor.js'
import type { Life, Stage } from './stage.js'

/** One kind of trouble over the forty writes of a stage. */
export interface Scenario {
  readonly name: string
  /** It is not approved yet where it begins. Default: it is. */
  readonly undecided?: true
  /** Several programs on one database: it needs a server. */
  readonly needsServer?: true
  /** It takes two rounds of draws to see enough of it in the full run. */
  readonly isTwice?: true
  /** Returns what it provoked, in words, and what did not happen as it should. */
  play(stage: Stage, life: Life, draw: () => number): Promise<Played>
}

export interface Played {
  readonly words: string
  readonly faults: readonly string[]
  readonly report: AuditReport
}
