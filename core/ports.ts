import type { ObservedCustomer, ObservedOrder, ObservedSubscription, Snapshot } from './marketplace/types.js'
import type { LineageMembership } from './timeline/types.js'

/** The one clock: production reads the database's, tests and the demo inject their own. */
export interface Clock {
  now(): Promise<Date>
}

/** Fresh unique ids; tests inject repeatable ones. */
export interface Ids {
  next(): string
}

export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

/** How far a long read has come: "subscriptions 120 of 512". */
export interface Progress {
  readonly step: 'customers' | 'subscriptions' | 'orders'
  readonly done: number
  readonly total: number
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
  /** The first observation's instant: the default opening date is the 1st of its local month (B20). */
  readonly firstObservedAt: Date | undefined
  /** Latest content of each customer. */
  readonly customers: readonly LedgerCustomer[]
  /** By licence line, then by sequence. */
  readonly states: readonly SubscriptionState[]
  /** Latest content of each order, with the observation that first saw it. */
  readonly orders: readonly (ObservedOrder & { readonly firstSequence: number })[]
  readonly memberships: readonly LineageMembership[]
}

/** Where observations live. Every method sees one MSP only. */
export interface LedgerStore {
  latest(): Promise<ObservationHeader | undefined>
  ledger(): Promise<Ledger>
  /** All or nothing. Problem `conflict` when `record.previous` is not the latest any more. */
  record(
    record: ObservationRecord,
  ): Promise<{ readonly header: ObservationHeader; readonly repeated: boolean }>
}
