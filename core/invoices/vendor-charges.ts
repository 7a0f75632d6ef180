import { type LocalDate, addMonths, daysInMonth, monthNumber, toCivil } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { dayMonthYear } from '../calendar/words.js'
import { DURATION_HUNDREDTHS } from '../limits-ahead.js'
import type { UnitPrice } from '../marketplace/types.js'
import { type Decimal, DECIMAL_ONE } from '../money/decimal.js'
import { minorPerMajor } from '../money/money.js'
import { divideRounded } from '../money/rounding.js'
import type { FoldedSubscription } from '../timeline/fold.js'
import { type VendorPeriod, vendorPeriods } from './vendor-periods.js'

/** One charge of the marketplace, as it is expected. */
export interface VendorLine {
  readonly lineageId: string
  readonly customerId: string
  readonly product: string
  /** A period that begins, or seats added inside one. */
  readonly kind: 'period' | 'added'
  readonly chargedOn: LocalDate
  /** The days it pays for. */
  readonly covers: Period
  readonly seats: Decimal
  readonly unitCost: Decimal
  /** Hundredths of a period; 100 is a whole one, which goes through no division. */
  readonly hundredths: bigint
  /** Minor units, rounded once. */
  readonly amount: bigint
  readonly currency: string
}

/** What the marketplace may charge or refund, and nobody can say how much. */
export interface VendorGap {
  readonly lineageId: string
  readonly customerId: string
  readonly product: string
  readonly why: string
}

export interface VendorCharges {
  readonly lines: readonly VendorLine[]
  readonly gaps: readonly VendorGap[]
}

const NOTHING: VendorCharges = { lines: [], gaps: [] }

/**
 * What the marketplace charges for a subscription on the days of a window: each of its own periods on the day it begins,
 * never prorated, and seats added inside a month from their day to its end, by CloudBlue's default measure. The last known
 * count and cost are taken to go on.
 */
export function vendorCharges(subscription: FoldedSubscription, window: Period): VendorCharges {
  const { start, end, counts, setups } = subscription
  if (start >= window.to || (end !== null && end <= window.from)) return NOTHING
  const unknown = unknownOf(subscription)
  if (unknown !== undefined) return { lines: [], gaps: [gapOf(subscription, unknown)] }
  const fees = setups.filter(({ on }) => on >= window.from && on < window.to)
  const gaps = fees.map(({ description }) => {
    return gapOf(subscription, `what its fee “${description}” costs is not known`)
  })
  if (counts.length === 0) return { lines: [], gaps }
  const found = vendorPeriods(subscription, window)
  if (found.fault !== undefined) return { lines: [], gaps: [...gaps, gapOf(subscription, found.fault)] }
  const all = found.periods.map((period) => periodCharges(subscription, period, window))
  return {
    lines: all.flatMap(({ lines }) => lines),
    gaps: [...gaps, ...all.flatMap((charges) => charges.gaps)],
  }
}

/** Why nothing of it can be predicted; undefined: something can. */
function unknownOf(subscription: FoldedSubscription): string | undefined {
  const { exceptions, billingPeriod, counts, setups } = subscription
  if (exceptions.includes('usage')) return 'it is charged by usage, which only its billing file tells'
  if (exceptions.includes('pending')) return 'it is not active yet'
  if (exceptions.includes('missing')) return 'the marketplace does not list it any more, and it has not ended'
  if (billingPeriod === undefined) return 'how often it is charged is not known'
  return counts.length === 0 && setups.length === 0 ? 'how many seats it has is not known' : undefined
}

function gapOf({ lineageId, customerId, productName }: FoldedSubscription, why: string): VendorGap {
  return { lineageId, customerId, product: productName, why }
}

/** The charges of one period of the marketplace's that fall into a window. */
function periodCharges(
  subscription: FoldedSubscription,
  period: VendorPeriod,
  window: Period,
): VendorCharges {
  const cost = costOn(subscription, period.from)
  const isWithin = (day: LocalDate) => day >= window.from && day < window.to
  const begins = isWithin(period.from)
  const moves = movesIn(subscription, period).filter(({ on }) => isWithin(on))
  const rises = moves.filter(({ by }) => by > 0n)
  const falls = moves.filter(({ by }) => by < 0n)
  const gaps = falls.map(({ on }) =>
    gapOf(subscription, `fewer seats from ${dayMonthYear(on)}: whether anything is refunded is not known`),
  )
  const seats = seatsOn(subscription, period.from)
  if (cost === undefined) {
    const isCharged = (begins && seats > 0n) || rises.length > 0
    return {
      lines: [],
      gaps: [...(isCharged ? [gapOf(subscription, 'its cost is not stated')] : []), ...gaps],
    }
  }
  const lines: VendorLine[] = []
  if (begins && period.isShort)
    gaps.push(gapOf(subscription, 'how its short first term is charged is not known'))
  else if (begins) lines.push(...lineOf(subscription, 'period', period, seats, cost, DURATION_HUNDREDTHS))
  for (const { on, by } of rises) {
    const covers = { from: on, to: period.to }
    if (period.months === 1)
      lines.push(...lineOf(subscription, 'added', covers, by, cost, hundredthsOf(covers, period)))
    else
      gaps.push(
        gapOf(
          subscription,
          `seats added on ${dayMonthYear(on)}: how part of its period is charged is not known`,
        ),
      )
  }
  return { lines, gaps }
}

/** A charge of nothing is none. */
function lineOf(
  { lineageId, customerId, productName: product }: FoldedSubscription,
  kind: VendorLine['kind'],
  { from, to }: Period,
  seats: Decimal,
  { currency, amount: unitCost }: UnitPrice,
  hundredths: bigint,
): VendorLine[] {
  const exact = seats * unitCost * hundredths * minorPerMajor(currency)
  const amount = divideRounded(exact, DECIMAL_ONE * DECIMAL_ONE * DURATION_HUNDREDTHS, 'halfAway')
  if (amount === 0n) return []
  const what = { lineageId, customerId, product, kind, chargedOn: from, covers: { from, to } }
  return [{ ...what, seats, unitCost, hundredths, amount, currency }]
}

/**
 * Which part of a month a stretch is, in hundredths: whole months by their numbers, and the days left over those of the
 * month the subscription was bought in (CloudBlue's default; which measure Ingram uses is not published). 20 January →
 * 7 February, bought in January: 1 − 13/31 = 0.58.
 */
function hundredthsOf({ from, to }: Period, { boughtOn }: VendorPeriod): bigint {
  const { year, month } = toCivil(boughtOn)
  const days = daysInMonth(year, month)
  const between = monthNumber(to) - monthNumber(from)
  const part = between * days + (to - addMonths(from, between))
  const rounded = divideRounded(BigInt(part) * DURATION_HUNDREDTHS, BigInt(days), 'halfAway')
  if (rounded < 0n) return 0n
  return rounded > DURATION_HUNDREDTHS ? DURATION_HUNDREDTHS : rounded
}

/** A changed cost reaches a subscription with its next period. */
function costOn({ prices }: FoldedSubscription, day: LocalDate): UnitPrice | undefined {
  return (prices.findLast(({ on }) => on <= day) ?? prices[0])?.cost
}

/** The count at the end of a day. */
function seatsOn({ counts }: FoldedSubscription, day: LocalDate): Decimal {
  return counts.findLast(({ on }) => on <= day)?.quantity ?? (0n as Decimal)
}

/** How the count moves inside a period, by the end of each day. */
function movesIn(
  subscription: FoldedSubscription,
  { from, to }: VendorPeriod,
): readonly { readonly on: LocalDate; readonly by: Decimal }[] {
  const { counts, end } = subscription
  const until = end === null || end > to ? to : end
  const days = new Set(counts.flatMap(({ on }) => (on > from && on < until ? [on] : [])))
  let before = seatsOn(subscription, from)
  const moves: { on: LocalDate; by: Decimal }[] = []
  for (const on of days) {
    const seats = seatsOn(subscription, on)
    if (seats !== before) moves.push({ on, by: (seats - before) as Decimal })
    before = seats
  }
  // An end inside a period takes what is left of it away.
  if (end !== null && end > from && end < to) moves.push({ on: end, by: -before as Decimal })
  return moves
}
