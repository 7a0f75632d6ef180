/** Where installations differ, or nobody could say how they behave. */
export interface Quirks {
  /** How `nextInvoiceDate`, a plain text in the vendor's description, is written. */
  readonly nextInvoiceDate: 'dateTime' | 'date'
  /** The last page has a Link header too, back to the first. */
  readonly linkOnLastPage: boolean
  /** Paths that know no forward-only paging: no Link header at all, the reader has to count pages itself. */
  readonly withoutForwardOnly: readonly string[]
  /** The part of the path that changes with each release of the vendor's cloud. */
  readonly codebase: string
}

export const DEFAULT_QUIRKS: Quirks = {
  nextInvoiceDate: 'dateTime',
  linkOnLastPage: false,
  withoutForwardOnly: [],
  codebase: 'v2025_1/',
}
