import type { LinkOffer, StoredPeople } from './access/everybody.js'
import type { Approval, Decision, RunVoid } from './approval/approval.js'
import type { AuditDetails, AuditEntry, AuditFact } from './audit/chain.js'
import type { PeopleDraft } from './audit/people-draft.js'
import type { BillRun, RunLine } from './billrun/run.js'
import type { Period } from './calendar/period.js'
import type { RecordedOverride } from './pricing/recorded.js'
import type { OverrideDraft } from './pricing/override-draft.js'
import type { RecordedSettings } from './settings/types.js'
import type { ContainerPlan } from './sync/types.js'
import type { ObservedCustomer, ObservedOrder, ObservedSubscription, Snapshot } from './marketplace/types.js'
import type { LineageAnswer, LineageMembership } from './timeline/types.js'

/** The one clock: production reads the database's, tests and the demo inject their own. */
export interface Clock {
  now(): Promise<Date>
}

/** Fresh unique ids; tests inject repeatable ones. */
export interface Ids {
  next(): string
  /** For a person to copy: 8 letters and digits nobody can guess, none of which is mistaken for another. */
  code(): string
}

export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

/** How far a long read has come: "subscriptions 120 of 512"; or why it waits, and which try of how many comes next. */
export type Progress =
  | {
      readonly step: 'customers' | 'subscriptions' | 'orders'
      readonly done: number
      readonly total: number
    }
  | {
      readonly step: 'waiting'
      /** "The marketplace answered 429 Too Many Requests" */
      readonly why: string
      readonly waitMilliseconds: number
      readonly attempt: number
      readonly attempts: number
    }

export interface ReadRequest {
  /** Orders created before this instant are not asked for. */
  readonly ordersSince: Date
  /** Orders already recorded as completed, with their products: their details are not read again. */
  readonly settledOrders: ReadonlyMap<string, ObservedOrder>
  readonly onProgress?: (progress: Progress) => void
}

/** The marketplace as we need it: one complete observation, or a Problem and nothing. */
export interface Marketplace {
  read(request: ReadRequest): Promise<Omit<Snapshot, 'observedAt'> & { readonly requests: number }>
}

export interface ObservationHeader {
  /** 1, 2, 3 … per MSP, without gaps. */
  readonly sequence: number
  readonly id: string
  readonly observedAt: Date
  readonly customers: number
  readonly subscriptions: number
  readonly orders: number
  /** Requests the marketplace was asked to answer for it. */
  readonly requests: number
}

/** A licence line as it was from one observation on, until its next state. */
export interface SubscriptionState {
  readonly sequence: number
  readonly observedAt: Date
  readonly subscription: ObservedSubscription
  /** False: the line was not in this observation; the rest is as last seen. */
  readonly present: boolean
}

/** What one observation adds: differences only. Written whole or not at all. */
export interface ObservationRecord {
  /** Made before reading; recording the same id again changes nothing and returns what is stored. */
  readonly id: string
  readonly observedAt: Date
  /** The observation it was compared with; another newer one in between is a conflict. */
  readonly previous: number | undefined
  /** Version of the last answer it was computed with, 0 for none; another newer one in between is a conflict. */
  readonly answered: number
  readonly counts: Pick<ObservationHeader, 'customers' | 'subscriptions' | 'orders' | 'requests'>
  /** New customers, and those whose name changed. */
  readonly customers: readonly LedgerCustomer[]
  readonly states: readonly Pick<SubscriptionState, 'subscription' | 'present'>[]
  readonly orders: readonly ObservedOrder[]
  readonly memberships: readonly LineageMembership[]
}

export interface LedgerCustomer extends ObservedCustomer {
  /** Fixed at first sight (BILLING B17); undefined while the customer has no priced subscription. */
  readonly billingCurrency: string | undefined
}

/** Everything ever observed, as differences in order of observation. */
export interface Ledger {
  readonly latest: ObservationHeader | undefined
  /** Instants of all observations, in order: what did not change was seen at each of them (B19, B20). */
  readonly observedAt: readonly Date[]
  /** Latest content of each customer. */
  readonly customers: readonly LedgerCustomer[]
  /** By licence line, then by sequence. */
  readonly states: readonly SubscriptionState[]
  /** Latest content of each order, with the observation that first saw it. */
  readonly orders: readonly (ObservedOrder & { readonly firstSequence: number })[]
  readonly memberships: readonly LineageMembership[]
  /** What people said of licence lines, in order; of several words on one line the last counts. */
  readonly answers: readonly LineageAnswer[]
}

/** A person's word on a licence line, with its entry in the trail, which says who and when. */
export interface AnswerDraft extends Pick<LineageAnswer, 'recordKey' | 'continues'> {
  readonly audit: AuditFact
  /** What it was checked against: the version of the books, and the sequence of the latest observation. */
  readonly version: number
  readonly observation: number
}

/** Where observations live. Every method sees one MSP only. */
export interface LedgerStore {
  latest(): Promise<ObservationHeader | undefined>
  ledger(): Promise<Ledger>
  /** Version of the last answer; 0: none was given. With the latest observation it says which ledger this is. */
  answered(): Promise<number>
  /** Keeps an answer and moves the books on. Problem `conflict` when anything moved on since it was checked. */
  answer(draft: AnswerDraft): Promise<void>
  /** All or nothing. Problem `conflict` when `record.previous` is not the latest any more, or `answered` not the last. */
  record(
    record: ObservationRecord,
  ): Promise<{ readonly header: ObservationHeader; readonly repeated: boolean }>
}

/** A line that was approved and is not voided: what is billed (BILLING B22). */
export interface BilledLine extends RunLine {
  readonly runId: string
  readonly month: Period
  readonly approvedAt: Date
  /** Version of the books its approval made: the order in which lines were billed and policies recorded. */
  readonly version: number
}

/** What is billed and how it is billed, at one version of the books. */
export interface Books {
  /** Grows by one with every proposal, decision, setting and override: whoever writes says which version they computed from. */
  readonly version: number
  readonly billed: readonly BilledLine[]
  /** Every setting ever recorded, in order: policies and others. */
  readonly settings: readonly RecordedSettings[]
  /** Every price and description override ever recorded, with its ends, in order. */
  readonly overrides: readonly RecordedOverride[]
}

/** What deciding whether to record settings needs, without reading what is billed. */
export interface SettingsStanding {
  /** Of the books. */
  readonly version: number
  /** All there are, in order. */
  readonly recorded: readonly RecordedSettings[]
  /** At least one line is billed and not voided. */
  readonly isBilled: boolean
}

/** Settings as they will be recorded, with their entry in the trail; undefined: none is needed. */
export interface SettingsDraft extends Omit<RecordedSettings, 'version'> {
  readonly audit: Omit<AuditFact, 'at'> | undefined
}

/** A bill run with its request, as they will be written; the store numbers both. */
export interface ProposalDraft {
  readonly run: Omit<BillRun, 'id'>
  readonly requestedByName: string
  readonly expiresAt: Date
  /** What it would write into PSAs; undefined: its lines are billed by file (SYNC S3). */
  readonly plan?: readonly ContainerPlan[]
  /** What its trail says beyond that it was asked for. */
  readonly note?: Pick<AuditFact, 'action' | 'details'>
}

/** A request to void what a run billed, for one customer or for all. */
export interface VoidDraft {
  readonly runId: string
  readonly customerId: string | undefined
  readonly reason: string
  readonly fingerprint: string
  readonly requestedBy: string
  readonly requestedByName: string
  readonly requestedAt: Date
  readonly expiresAt: Date
  /** What it would make due again, for the trail. */
  readonly facts: AuditDetails
}

export interface ApprovalRecord {
  readonly approval: Approval
  readonly run: BillRun
  /** Of a request to write into PSAs: what, in the order of writing. */
  readonly plan?: readonly ContainerPlan[]
  /** Approved voids of the run, in the order in which they were decided. */
  readonly voids: readonly RunVoid[]
}

/** A decision with everything it does: all of it is written in one transaction, or nothing (SYNC S6). */
export interface DecisionRecord {
  readonly approvalId: string
  readonly decision: Decision
  /** The version of the books the decision was checked against. */
  readonly version: number
  /** Lines that become billed; empty for a rejection, a void or a sync, whose lines are billed when read back. */
  readonly bill: readonly RunLine[]
  /** The steps of the request's plan become intents, in the place of parked ones of the same slots. */
  readonly send: boolean
  /** Keys of billed lines that become due again. */
  readonly void: readonly string[]
  readonly audit: Omit<AuditFact, 'at' | 'actor'>
}

export type Decided =
  | { readonly outcome: 'written' }
  /** Somebody was faster: their decision stands. */
  | { readonly outcome: 'decidedBefore'; readonly decision: Decision }
  /** The books moved on since `version`: check again. */
  | { readonly outcome: 'moved' }

/** Where bill runs, approvals, settings and the trail live. Every method sees one MSP only. */
export interface BillingStore {
  books(): Promise<Books>
  version(): Promise<number>
  /**
   * Writes run, request and audit entries; an undecided request for the same month and customers is superseded, one that
   * would write into a PSA for any of the same customers too, and the trail says so. All of it or nothing (SYNC S6).
   * Problem `conflict` when the books are not at `version` any more.
   */
  propose(draft: ProposalDraft, version: number): Promise<ApprovalRecord>
  proposeVoid(draft: VoidDraft): Promise<ApprovalRecord>
  approval(id: string): Promise<ApprovalRecord | undefined>
  run(id: string): Promise<BillRun | undefined>
  /** Undecided, unsuperseded requests, the oldest first. */
  open(): Promise<readonly ApprovalRecord[]>
  decide(record: DecisionRecord): Promise<Decided>
  settingsStanding(): Promise<SettingsStanding>
  /** Records settings and moves the books on. Problem `conflict` when they are not at `version` any more. */
  recordSettings(draft: SettingsDraft, version: number): Promise<void>
  /**
   * Records an override or its end, and moves the books on by one; of several all or none, each made for the books behind
   * the one before. Problem `conflict` when anything moved since they were made.
   */
  recordOverride(...drafts: readonly OverrideDraft[]): Promise<void>
  /** Appends a fact that changes nothing else, such as a refused attempt. */
  note(fact: AuditFact): Promise<void>
  /** The trail of one subject, or all of it, in order. */
  trail(subject?: string): Promise<readonly AuditEntry[]>
}

/** Where people and their roles live. Every method sees one MSP only. */
export interface PeopleStore {
  version(): Promise<number>
  all(): Promise<StoredPeople>
  /** Moves the books on. False: people are not at `version` any more, or the code was used: nothing was recorded. */
  change(draft: PeopleDraft, version: number): Promise<boolean>
  /** Keeps an offer in the place of the person's one before, with its entry. */
  offer(offer: LinkOffer, audit: AuditFact): Promise<void>
  /** An offer by the hash of its code, also one that has expired; undefined: there is none, or it was used. */
  offered(hash: string): Promise<LinkOffer | undefined>
  /** Counts a try of an identity; false: it made `most` since the first one, which was not before `since`. */
  countTry(identity: string, at: Date, since: Date, most: number): Promise<boolean>
}
