import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import type { Decimal } from '../money/decimal.js'
import type { RoundMode } from '../money/rounding.js'
import type { Timeline } from '../timeline/types.js'

/** The rules an MSP chose. Each field is a rule of BILLING; the defaults are {@link DEFAULT_POLICY}. */
export interface Policy {
  readonly cycle: 'calendar' | 'anniversary' // B4
  readonly anchorDay: number | undefined // B4, 1–31; anniversary of one month only (D2)
  readonly firstPeriod: 'prorate' | 'full' // B11
  readonly lastPeriod: 'full' | 'prorate' // B11
  readonly increases: 'prorate' | 'full' | 'nextPeriod' // B10
  readonly decreases: 'nextPeriod' | 'credit' // B8, B9
  readonly suspended: 'bill' | 'pause' // B13
  readonly priceChange: 'nextPeriod' | 'immediate' // B15
  readonly timing: 'advance' | 'arrears' // B21
  readonly dayCount: 'actual' | 'actualOver30' | 'thirty' | 'calendarMonths' | 'baseMonth' // B5
  readonly baseMonth: LocalDate | undefined // B5, the 1st of the month
  readonly durationDecimals: number | 'exact' // B2, 2…12
  readonly roundAt: 'line' | 'unit' // B2
  readonly roundMode: RoundMode // B2
}

export const DEFAULT_POLICY: Policy = {
  cycle: 'calendar',
  anchorDay: undefined,
  firstPeriod: 'prorate',
  lastPeriod: 'full',
  increases: 'prorate',
  decreases: 'nextPeriod',
  suspended: 'bill',
  priceChange: 'nextPeriod',
  timing: 'advance',
  dayCount: 'actual',
  baseMonth: undefined,
  durationDecimals: 'exact',
  roundAt: 'line',
  roundMode: 'halfAway',
}

export interface ChargeInput {
  readonly currency: string
  readonly policy: Policy
  readonly timeline: Timeline
  /** Periods whose (nominal) start lies in the window are charged; a period is never clipped (D8). */
  readonly window: Period
  /** Keep lines to be billed on or before this day. */
  readonly asOf?: LocalDate
  /** Lines already settled; the result is what is due minus these (B23). */
  readonly billed?: readonly ChargeLine[]
}

export type LineKind = 'recurring' | 'prorated' | 'credit' | 'correction' | 'usage' | 'oneTime'

/** Why a line exists: what its explanation says before the arithmetic. */
export type LineReason =
  | { readonly type: 'base'; readonly seats: Decimal }
  | { readonly type: 'rise'; readonly before: Decimal; readonly after: Decimal; readonly on: LocalDate }
  | { readonly type: 'decrease'; readonly before: Decimal; readonly after: Decimal; readonly on: LocalDate }
  | { readonly type: 'price'; readonly before: Decimal; readonly after: Decimal; readonly on: LocalDate }
  | { readonly type: 'oneTime'; readonly description: string }
  | { readonly type: 'correction'; readonly due: readonly ChargeLine[]; readonly settled: readonly ChargeLine[] }

/** The part of a period a line covers: `days / of`, exactly or after rounding to `durationDecimals` (B2, B5). */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** One explainable money line. Amounts are integer minor units of the input's currency, rounded once (B2). */
export interface ChargeLine {
  readonly kind: LineKind
  readonly period: Period
  readonly from: LocalDate
  readonly to: LocalDate
  readonly billOn: LocalDate
  readonly quantity: Decimal
  readonly unitPrice: Decimal
  /** Days of service the line charges: those of `[from, to)` without paused ones (D1). */
  readonly days: number
  /** Calendar days of the whole (nominal) period the line is part of. */
  readonly daysInPeriod: number
  /** The part before rounding to `durationDecimals`, in the units of the day count: 21/31, 20/30 (B5). */
  readonly counted: Fraction
  readonly fraction: Fraction
  /** Only with `roundAt=unit`: price × fraction in minor units, before × seats. */
  readonly unitAmount?: bigint
  readonly amount: bigint
  readonly priceRule: string
  readonly reason: LineReason
  /** The effective date is estimated (B19). */
  readonly estimated: boolean
}
