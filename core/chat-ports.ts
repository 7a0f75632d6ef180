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

/** Where in Teams somebody was met: enough to write to them there without being asked. */
export interface ConversationReference {
  /** Without the message that began a thread. */
  readonly conversation: string
  readonly kind: 'personal' | 'group' | 'channel'
  /** The team a channel belongs to; empty: none. */
  readonly team: string
  /** Tenant and object id in Entra, in small letters; no person: the conversation itself, where nobody is named. */
  readonly tenant: string
  readonly person: string
  /** Teams' id of the person for this bot; empty with no person. */
  readonly member: string
  /** The Connector that named the conversation last. */
  readonly serviceUrl: string
  /** Teams' id of this bot. */
  readonly bot: string
  readonly seenAt: Date
}

/** Where people were met in Teams. */
export interface ConversationReferences {
  /** Keeps what was seen last. True for exactly one caller when the person was not known in this conversation. */
  remember(reference: ConversationReference): Promise<boolean>
  /** Every place a person was met, the newest first. */
  ofPerson(tenant: string, person: string, most: number): Promise<readonly ConversationReference[]>
  /** Everybody met in a conversation, the newest first. */
  inConversation(conversation: string, most: number): Promise<readonly ConversationReference[]>
  /** The bot is there no more; with a team, in no channel of it. */
  forget(conversation: string, team: string): Promise<void>
}
