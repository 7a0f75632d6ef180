import type { AuditFact } from '../audit/chain.js'
import type { Container, PsaName, SettledCharge, Slot, Step } from './types.js'
import type { Period } from '../calendar/period.js'

/**
 * Where a promise to write one step stands.
 * - `waiting`: approved, not sent; `sending`: it may be on its way; `unknown`: nobody knows whether it took effect.
 * - `confirmed`: read back as done; `parked`: it needs a person; `replaced`: a later approved plan took its place.
 */
export type IntentState = 'waiting' | 'sending' | 'unknown' | 'confirmed' | 'parked' | 'replaced'

/** Our durable promise to bring one step about (S6, S8). */
export interface Intent {
  /** "BR-0007/3": the request's run and the step's place in its plan, from 1. */
  readonly id: string
  readonly runId: string
  readonly approvalId: string
  readonly step: Step
  readonly state: IntentState
  /** Times it was sent. */
  readonly attempts: number
  /** When it was sent last; undefined: never. */
  readonly sentAt: Date | undefined
  /** Before this instant nothing may be done for it: an answer, or an effect, may still come. */
  readonly notBefore: Date | undefined
  /** Why it waits, is parked or unknown, in plain words. */
  readonly why: string | undefined
}

/** Intents that are neither done nor given up: their container is not planned again. */
export function isOpen({ state }: Pick<Intent, 'state'>): boolean {
  return state === 'waiting' || state === 'sending' || state === 'unknown'
}

/** A customer of ours and who that is in a PSA (S1). */
export interface CustomerMapping {
  readonly customerId: string
  readonly psa: PsaName
  readonly companyId: string
  readonly companyName: string
}

/** A container as it was read last. */
export interface Reading {
  readonly container: Container
  readonly readAt: Date
}

/** What a period was billed at when an invoice of the PSA locked it (S2). */
export interface LockedPeriod {
  readonly lineageId: string
  readonly period: Period
  readonly lines: readonly SettledCharge[]
}

/** What a slot's lines or counts were when we last wrote or mapped them: what a person's edit is told from (S9). */
export interface Written {
  readonly slotId: string
  /** The slot's part of its container, and what stands beside it: as `writtenText` makes it. */
  readonly text: string
}

/** A right to write into one container, until a time; lost to another when it is not renewed. */
export interface Claim {
  readonly psa: PsaName
  readonly containerId: string
  /** Grows with every claim of the container: a stale owner's word does not count. */
  readonly fence: number
}

/** What became of an intent. */
export interface IntentOutcome {
  readonly state: IntentState
  readonly why: string | undefined
  readonly notBefore: Date | undefined
  /** undefined: nothing for the trail. */
  readonly audit: AuditFact | undefined
  /** What its slot is by our own hand now. Default: as it was. */
  readonly written?: Written
}

/** Everything known of the PSAs of one MSP, at one version. */
export interface SyncState {
  readonly version: number
  readonly customers: readonly CustomerMapping[]
  readonly slots: readonly Slot[]
  readonly readings: readonly Reading[]
  readonly locked: readonly LockedPeriod[]
  /** All but `replaced` ones, in order of run and place. */
  readonly intents: readonly Intent[]
  readonly written: readonly Written[]
}
