import type { LocalDate } from '../calendar/date.js'
import { DEFAULT_BOUNDS } from '../billrun/bounds.js'
import { DEFAULT_POLICY, type Policy } from '../charges/types.js'

/** What an MSP can set: how it bills, and what it wants to be asked. */
export interface Settings extends Policy {
  /** How many percent a customer's month may be from the last one billed (BILLING B25). */
  readonly boundPercent: number
  /** Day of the month on which the marketplace makes its invoice, 1–31; undefined: nobody said. */
  readonly invoiceDay: number | undefined
}

export type SettingName = keyof Settings

export const DEFAULT_SETTINGS: Settings = {
  ...DEFAULT_POLICY,
  boundPercent: DEFAULT_BOUNDS.percent,
  invoiceDay: undefined,
}

/** Some of the settings; one that is there and undefined is set to nothing. */
export type SomeSettings = Partial<Settings>

/** Settings as they were recorded: rows of it are only ever added. */
export interface RecordedSettings {
  /** Those it is about; the others stay as they are. */
  readonly says: SomeSettings
  /** Local date from which it holds; undefined: from the beginning. Of policies: others hold at once. */
  readonly holdsFrom: LocalDate | undefined
  readonly recordedAt: Date
  /** Version of the books it made. */
  readonly version: number
  /** Who said so in chat; undefined: the configuration, as it was read at a start. */
  readonly by: { readonly id: string; readonly name: string } | undefined
}
