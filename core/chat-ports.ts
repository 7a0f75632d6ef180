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
