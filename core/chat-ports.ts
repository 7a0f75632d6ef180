import type { AuditFact } from './audit/chain.js'
import type { BillRun } from './billrun/run.js'

/** A finished file, ready to be handed over. */
export interface ExportFile {
  readonly name: string // "BR-0007.csv"
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** Makes files of approved runs: the same run gives the same bytes, any day. */
export interface FileMaker {
  csv(run: BillRun): ExportFile
}

/** A card of a request that was posted somewhere and follows its fate. */
export interface PostedCard {
  readonly approvalId: string
  readonly surface: 'slack' | 'teams'
  /** What the surface needs to find it again, as JSON text: opaque to everybody else. */
  readonly address: string
}

/** Where cards were posted. */
export interface PostedCards {
  remember(card: PostedCard): Promise<void>
  of(approvalId: string): Promise<readonly PostedCard[]>
}

/** Remembers what was acted on, so that a request sent twice acts once, also with several processes. */
export interface Once {
  /** True for exactly one caller per key; the key may be forgotten after `until`. */
  first(key: string, until: Date): Promise<boolean>
}

/** A workspace of Slack in which the app is installed, or an organisation of workspaces that installed it for all. */
export interface SlackWorkspace {
  /** "T:T01" is a workspace, "E:E01" an organisation. */
  readonly key: string
  readonly name: string
  /** The bot's own user there. */
  readonly botUser: string
  readonly scopes: readonly string[]
  /** "U01": the Slack user who installed it. */
  readonly installedBy: string
  readonly installedAt: Date
  /** Speaks for the bot there: sealed where it is stored, shown nowhere. */
  readonly token: string
}

/** Where the app is installed in Slack. */
export interface SlackWorkspaces {
  /** Keeps an installation in the place of the one before, with its entry in the trail. */
  install(workspace: SlackWorkspace, audit: AuditFact): Promise<void>
  /**
   * Takes the token away and keeps the rest, with its entry. False: it was removed already, or installed again after
   * `installedAt`, and nothing was written.
   */
  remove(key: string, installedAt: Date, audit: AuditFact): Promise<boolean>
  /** undefined: not installed, or removed. Problem `held` when its token does not open with our key. */
  installed(key: string): Promise<SlackWorkspace | undefined>
}
