import { appendFileSync } from 'node:fs'

/** Who a write comes from: a program, or a person in the service's own screens. */
export type By = 'api' | 'hand'

/** A write that took effect. What was refused or dropped is not in the ledger. */
export interface LedgerEntry {
  /** 1, 2, 3 … without a gap. */
  readonly sequence: number
  /** The emulator's clock, an instant. */
  readonly at: string
  readonly by: By
  readonly action: 'create' | 'update' | 'delete' | 'post' | 'invoice'
  /** The service's word: "ContractServiceAdjustments", "ContractCharges" … */
  readonly entity: string
  readonly contract: number | null
  readonly service: number | null
  readonly contractService: number | null
  /** What was written. Amounts and prices as decimal text or as they came in. */
  readonly content: Readonly<Record<string, unknown>>
  /** Units on the day from which an adjustment takes effect, after it; null for everything else. */
  readonly unitsAfter: number | null
}

export type LedgerDraft = Pick<LedgerEntry, 'by' | 'action' | 'entity' | 'content'> &
  Partial<Pick<LedgerEntry, 'contract' | 'service' | 'contractService' | 'unitsAfter'>>

export interface Ledger {
  add(draft: LedgerDraft): void
  entries(): readonly LedgerEntry[]
}

/** Only ever appended to. With a path each entry is also a line of that file, written before the answer leaves. */
export function createLedger(now: () => Date, path?: string): Ledger {
  const entries: LedgerEntry[] = []
  return {
    add(draft) {
      const entry: LedgerEntry = {
        sequence: entries.length + 1,
        at: now().toISOString(),
        contract: null,
        service: null,
        contractService: null,
        unitsAfter: null,
        ...draft,
      }
      entries.push(entry)
      if (path !== undefined) appendFileSync(path, `${JSON.stringify(entry)}\n`)
    },
    entries: () => [...entries],
  }
}
