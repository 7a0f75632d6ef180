import type { AuditFact } from './audit/chain.js'
import type { Decimal } from './money/decimal.js'
import type {
  Claim,
  CustomerMapping,
  IntentOutcome,
  LockedPeriod,
  Reading,
  SyncState,
  Written,
} from './sync/intent.js'
import type { Container, PsaName, Slot, Step } from './sync/types.js'

export type { Claim, IntentOutcome } from './sync/intent.js'

/** A company of a PSA, for mapping. */
export interface PsaCompany {
  readonly id: string
  readonly name: string
  /** Its own short code, or number; undefined: none. */
  readonly code: string | undefined
  readonly domain: string | undefined
}

/** Something a PSA sells: a catalog item, a service. */
export interface PsaItem {
  readonly id: string
  readonly name: string
  /** Vendor's product number, where the PSA keeps one. */
  readonly vendorNumbers: readonly string[]
  readonly unitPrice: Decimal | undefined
  /** Why it cannot be billed ("it is a bundle", "it is inactive"); undefined: it can. */
  readonly unusable: string | undefined
}

/** How a write ended, as far as its own answer tells. */
export type WriteOutcome =
  /** It says it is done; whether it is, reading back shows. */
  | { readonly type: 'accepted' }
  /** It certainly did nothing and will not: why, in plain words. */
  | { readonly type: 'refused'; readonly why: string }
  /** It certainly did nothing yet, and may be asked again. */
  | { readonly type: 'later'; readonly why: string; readonly waitMilliseconds: number }
  /** Timeout, reset, 5xx, an answer cut off: nobody knows (SYNC S8). */
  | { readonly type: 'unknown'; readonly why: string }

/** A PSA as we need it: read whole, written one absolute step at a time. */
export interface Psa {
  readonly name: PsaName
  /** "ConnectWise", as people know it. */
  readonly title: string
  companies(): Promise<readonly PsaCompany[]>
  items(): Promise<readonly PsaItem[]>
  /** What can bill a company, without lines. */
  containers(companyId: string): Promise<readonly Pick<Container, 'id' | 'name' | 'closed'>[]>
  /**
   * One container with everything in it. Problem `notFound` when it is gone.
   *
   * @param purpose `approved`: for a write that somebody approved. Others may be refused while the PSA is used heavily.
   * @param priced items whose price in the PSA's catalog is wanted beside it.
   */
  read(
    containerId: string,
    purpose?: 'background' | 'approved',
    priced?: readonly string[],
  ): Promise<Container>
  /** Never repeats a write by itself. */
  write(step: Step): Promise<WriteOutcome>
}

/** A mapping as it will be recorded, with its entry in the trail. */
export interface MappingDraft {
  readonly customer: CustomerMapping
  readonly slots: readonly Slot[]
  readonly written: readonly Written[]
  readonly audit: AuditFact
}

/** Where mappings, readings and intents live. Every method sees one MSP only. */
export interface SyncStore {
  /** Grows with everything below that changes something. */
  version(): Promise<number>
  state(): Promise<SyncState>
  /** What of the state is about one container: its slots, their customers and locked periods, its reading, its intents. */
  stateOf(container: Pick<Container, 'psa' | 'id'>): Promise<SyncState>
  /** Records a customer's mapping and its slots; a slot of the same id is replaced. Moves the books on. */
  map(draft: MappingDraft): Promise<void>
  /** Takes a customer's mapping and slots away; what is confirmed and locked is kept. Moves the books on. */
  unmap(customerId: string, audit: AuditFact): Promise<void>
  /** Keeps a reading in the place of the one before it, and periods that were found locked: the newest of each counts. */
  saveReading(reading: Reading, locked: readonly LockedPeriod[]): Promise<void>
  /**
   * Claims a container with an open intent that may be worked on at `now` (neither it nor an earlier one of its slot has
   * to wait), if no other owner holds it. undefined: there is nothing to do.
   */
  claim(owner: string, now: Date, until: Date): Promise<Claim | undefined>
  release(claim: Claim): Promise<void>
  /** Marks an intent as about to be sent and counts the attempt; false: the claim is lost, it must not be sent. */
  sending(claim: Claim, intentId: string, at: Date, notBefore: Date): Promise<boolean>
  /**
   * Records what became of an intent, with its entry and what was written, all of it or nothing; false: the claim is lost,
   * nothing was recorded.
   */
  settle(claim: Claim, intentId: string, outcome: IntentOutcome): Promise<boolean>
}
