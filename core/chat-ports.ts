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

/** The chat platforms. */
export type ChatSurface = PostedCard['surface']

/** What is to be said; a request is looked up and made into a card when it is sent, so that it says what is true then. */
export type DeliveryContent =
  /** The card of a request, posted. */
  | { readonly kind: 'request'; readonly approvalId: string }
  /** The posted card of a request is replaced by what it is now. */
  | { readonly kind: 'update'; readonly approvalId: string }
  /** That a request still waits, below its card. */
  | { readonly kind: 'reminder'; readonly approvalId: string }
  /** A finished card, as JSON text. */
  | { readonly kind: 'card'; readonly card: string }

/** Something to be said in chat once the platform takes it. */
export interface NewDelivery {
  readonly surface: ChatSurface
  /** Where it belongs, or which card it replaces: opaque to everybody but the surface. */
  readonly address: string
  readonly content: DeliveryContent
  readonly createdAt: Date
  /** Not tried before this instant. */
  readonly notBefore: Date
  /** Why it was not said at once; undefined: it has its hour now. */
  readonly reason: string | undefined
}

/** A delivery somebody has taken on, until their lease ends. */
export interface ClaimedDelivery extends NewDelivery {
  readonly id: string
  /** Times it was claimed, this one included. */
  readonly attempts: number
  /** Whoever claimed it before did not say how it ended: it may have been sent. */
  readonly interrupted: boolean
}

/** How a try ended. `unneeded`: there is nothing to say any more. `unknown`: it may have arrived, and is not repeated. */
export type DeliveryOutcome =
  | { readonly state: 'delivered' | 'unneeded' }
  | { readonly state: 'waiting'; readonly notBefore: Date; readonly reason: string }
  | { readonly state: 'unknown' | 'givenUp'; readonly reason: string }

/** What people were not told, for `status`. */
export interface DeliveryStanding {
  /** Answers and cards that wait for their platform. */
  readonly waiting: number
  /** Given up since an instant. */
  readonly givenUp: number
  /** May have arrived or not, since that instant. */
  readonly unknown: number
  /** Of the last of those two: where, and why. */
  readonly last: { readonly surface: ChatSurface; readonly reason: string } | undefined
}

/** What is still to be said in chat: it outlives this program, and is sent once by whichever process claims it. */
export interface Deliveries {
  /** An update of the same card takes the place of one that waits already. */
  keep(delivery: NewDelivery): Promise<void>
  /** Notes something that may have arrived or not: it is not repeated. */
  lose(delivery: NewDelivery, reason: string): Promise<void>
  /** The oldest that is due at `now` on one of the surfaces and that nobody else is sending; undefined: none. */
  claim(surfaces: readonly ChatSurface[], now: Date, until: Date): Promise<ClaimedDelivery | undefined>
  /** Says how it ended; false: somebody else has it by now, or it is wanted once more. */
  settle(claimed: ClaimedDelivery, outcome: DeliveryOutcome, at: Date): Promise<boolean>
  standing(since: Date): Promise<DeliveryStanding>
}

/** What has its hour in the life of a request that nobody decides: a reminder half way, the end. */
export type Deadline = 'remind' | 'expire'

/** Requests whose hour has come. */
export interface Deadlines {
  /** Ids of undecided requests for which this is due at `now` and was not taken, the oldest first. */
  due(deadline: Deadline, now: Date, most: number): Promise<readonly string[]>
  /** Takes it for good together with what it makes to be said, all or nothing; false: somebody else has. */
  take(deadline: Deadline, approvalId: string, at: Date, deliveries: readonly NewDelivery[]): Promise<boolean>
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
