import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import type { Decimal } from '../money/decimal.js'
import type { RoundMode } from '../money/rounding.js'
import type { PriceGap, Timeline } from '../timeline/types.js'

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

/** A policy that takes the place of the one before it, at the first period boundary on or after `from` (B16, B24). */
export interface PolicyChange {
  readonly from: LocalDate
  readonly policy: Policy
}

export interface ChargeInput {
  readonly currency: string
  readonly policy: Policy
  /** In order of date; absent: `policy` holds for ever. */
  readonly policyChanges?: readonly PolicyChange[]
  readonly timeline: Timeline
  /** Periods whose (nominal) start lies in the window are charged; a period is never clipped (D8). */
  readonly window: Period
  /** Keep lines to be billed on or before this day. */
  readonly asOf?: LocalDate
  /** Lines already settled; the result is what is due minus these (B23). */
  readonly billed?: readonly SettledLine[]
}

export type LineKind = 'recurring' | 'prorated' | 'credit' | 'correction' | 'usage' | 'oneTime'

/** Why a line exists: what its explanation says before the arithmetic. */
export type LineReason =
  | { readonly type: 'base'; readonly seats: Decimal }
  | { readonly type: 'rise'; readonly before: Decimal; readonly after: Decimal; readonly on: LocalDate }
  | { readonly type: 'decrease'; readonly before: Decimal; readonly after: Decimal; readonly on: LocalDate }
  | { readonly type: 'price'; readonly before: Decimal; readonly after: Decimal; readonly on: LocalDate }
  | { readonly type: 'oneTime'; readonly description: string; readonly on: LocalDate }
  | {
      readonly type: 'correction'
      readonly due: readonly SettledLine[]
      readonly settled: readonly SettledLine[]
    }

/**
 * The part of a period a line covers, exactly: `days / of`, both whole numbers below 2^53 (B5). They are calendar days
 * with `dayCount=actual`; other day counts measure as their rule says (20/30, 522/868).
 */
export interface Fraction {
  readonly days: number
  readonly of: number
  /** `calendarMonths` over more than one month: each part over its own month, in order; they add up to days / of. */
  readonly parts?: readonly { readonly days: number; readonly of: number }[]
  /** With `durationDecimals`: what multiplies the price instead, `units` × 10^-places (B2). */
  readonly rounded?: { readonly units: bigint; readonly places: number }
}

/** What settling compares (B23, D9): every {@link ChargeLine} is one, and so is a stored or typed line. */
export interface SettledLine {
  readonly kind: LineKind
  /** The nominal period: its `from` selects it, and both dates identify it among a subscription's periods (D8, B23). */
  readonly period: Period
  readonly from: LocalDate
  readonly to: LocalDate
  readonly billOn: LocalDate
  readonly quantity: Decimal
  readonly unitPrice: Decimal
  /** Integer minor units of the input's currency, rounded once (B2). */
  readonly amount: bigint
}

/** One explainable money line; {@link explainLine} writes its arithmetic. */
export interface ChargeLine extends SettledLine {
  /** Days of service the line covers, without paused ones (B13). */
  readonly days: number
  /** Days of the whole nominal period or term (D2). */
  readonly daysInPeriod: number
  readonly fraction: Fraction
  /** Only with `roundAt=unit`: price × fraction in minor units, before × seats. */
  readonly unitAmount?: bigint
  /** Amounts were cut toward zero, not rounded half away (B2). */
  readonly roundedDown?: true
  /** What the amount was before the period's sum was held at 0 (B9, D5). */
  readonly amountBeforeCap?: bigint
  /** What set the unit price, in words: "own price", "margin 15% on cost $17.35" (B14, B26). */
  readonly priceRule: string
  readonly reason: LineReason
  /** The effective date is estimated (B19). */
  readonly estimated: boolean
}

/** `total = due − billed` = the sum of `lines`, all in minor units of `currency`. */
export interface ChargeResult {
  readonly currency: string
  /** Nominal periods of the window with service or a one-time charge, in order. */
  readonly periods: readonly Period[]
  /** What is left to bill, in order of period and date. */
  readonly lines: readonly ChargeLine[]
  readonly due: bigint
  readonly billed: bigint
  readonly total: bigint
}

/** What is due over dates to bill, not over periods: no window, but an opening date and a last day (B20, B21). */
export type DueInput = Omit<ChargeInput, 'window' | 'asOf'>

/** A line of a period whose price cannot be known (B14, B17): shown with its reason, never billed. */
export interface HeldLine
  extends Pick<ChargeLine, 'period' | 'from' | 'to' | 'billOn' | 'quantity' | 'reason'> {
  /** What it would come to where that can be computed, in the currency its price is in: often not the customer's. */
  readonly priced?: { readonly charge: ChargeLine; readonly currency: string }
}

/** A period that is neither billed nor corrected until its gap closes. */
export interface HeldPeriod {
  readonly period: Period
  readonly gap: PriceGap
  readonly lines: readonly HeldLine[]
}

/**
 * Lines to bill with what is known on a day, what future-dated changes will add when they happen (B21), and what is
 * held because its price cannot be known (B14, B17).
 */
export interface KnownDue {
  /** First day whose charges can be due: the opening date, in arrears the start of the period that is due first. */
  readonly from: LocalDate
  readonly lines: readonly ChargeLine[]
  readonly forecast: readonly ChargeLine[]
  readonly held: readonly HeldPeriod[]
}
