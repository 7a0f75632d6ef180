import { appendFileSync, writeFileSync } from 'node:fs'
import type { Author } from './records.js'

/** One write that took effect. Records are as the API shows them. */
export interface LedgerEntry {
  /** From 1, without gaps. */
  readonly sequence: number
  /** By the emulator's clock. */
  readonly at: string
  readonly by: Author
  readonly method: 'POST' | 'PATCH' | 'DELETE' | 'INVOICE'
  readonly agreement: number
  /** null: the write is about the agreement itself. */
  readonly addition: number | null
  readonly before: unknown
  readonly after: unknown
}

export interface Ledger {
  append(entry: Omit<LedgerEntry, 'sequence' | 'at'>): void
  entries(): readonly LedgerEntry[]
}

/**
 * Keeps every write that took effect; with a path also as a file, a line each, begun anew at the start. A line is in the
 * file before the client hears of the write, so that a client that dies then is judged by what truly happened.
 */
export function createLedger(now: () => Date, path: string | undefined): Ledger {
  const entries: LedgerEntry[] = []
  if (path !== undefined) writeFileSync(path, '')
  return {
    append(entry) {
      const whole = { sequence: entries.length + 1, at: now().toISOString(), ...entry }
      entries.push(whole)
      if (path !== undefined) appendFileSync(path, `${JSON.stringify(whole)}\n`, { flush: true })
    },
    entries: () => entries,
  }
}
