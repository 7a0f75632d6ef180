import type { LocalDate } from '../calendar/date.js'
import { scaleOf } from './amount.js'
import { type Account, linesOfPeriod } from './lines.js'
import type { ChargedPeriod } from './periods.js'
import { gapOf, isWithin } from './price-changes.js'
import type { ChargeLine, HeldLine, HeldPeriod, SettledLine } from './types.js'

/** One period and everything due in it; a held one has no due lines. */
export interface PeriodLines {
  readonly period: ChargedPeriod
  readonly lines: readonly ChargeLine[]
  /** Its price cannot be known: what it would charge is shown, and nothing of it is billed or corrected (B14, B17). */
  readonly held?: HeldPeriod
}

/** An account whose amounts are in `currency`. */
export interface CurrencyAccount extends Account {
  readonly currency: string
}

/** The lines of one period with service in it, or what is held of it. See {@link linesOfPeriod}. */
export function chargePeriod(
  account: CurrencyAccount,
  period: ChargedPeriod,
  notBefore: LocalDate,
): PeriodLines {
  const gap = gapOf(account.history, period)
  if (gap === undefined) return { period, lines: linesOfPeriod(account, period, notBefore) }
  const { currency } = gap
  const isPriced = currency !== undefined && isWithin(gap, account.history, period)
  const scale = isPriced ? scaleOf(currency) : account.scale
  const charged = linesOfPeriod({ ...account, scale }, period, notBefore)
  // Without a line there is nothing to price: what was billed for it is to be taken back.
  if (charged.length === 0) return { period, lines: charged }
  const lines = isPriced
    ? charged.map((charge) => pricedLine(charge, currency))
    : charged.filter(({ reason }) => reason.type !== 'price').map(unpricedLine)
  return { period, lines: [], held: { period: period.period, gap, lines } }
}

/** Adds a one-time charge, which has a price of its own, to what its period is: due or held as a whole (D9). */
export function withOneTime(found: PeriodLines, line: ChargeLine, currency: string): PeriodLines {
  const { lines, held } = found
  return held === undefined
    ? { ...found, lines: [...lines, line] }
    : { ...found, held: { ...held, lines: [...held.lines, pricedLine(line, currency)] } }
}

/** The one-time charges of a period, due or held. */
export function oneTimesOf({ lines, held }: PeriodLines): readonly ChargeLine[] {
  const shown = held?.lines.flatMap(({ priced }) => (priced === undefined ? [] : [priced.charge])) ?? []
  return [...lines, ...shown].filter(({ kind }) => kind === 'oneTime')
}

/**
 * What is held with a date to bill up to `until`. Lines that were billed while their price was known are not shown
 * again; the period is, because nothing that happens in it is billed.
 */
export function heldThrough(
  found: readonly PeriodLines[],
  until: LocalDate,
  billed: readonly SettledLine[],
): readonly HeldPeriod[] {
  return found.flatMap(({ held }) => {
    const lines = held?.lines.filter(({ billOn }) => billOn <= until) ?? []
    if (held === undefined || lines.length === 0) return []
    return [{ ...held, lines: lines.filter((line) => !billed.some((settled) => isBilled(line, settled))) }]
  })
}

/** The same seats on the same days: what they were billed at is not known any more. */
function isBilled(line: HeldLine, settled: SettledLine): boolean {
  return settled.from === line.from && settled.to === line.to && settled.quantity === line.quantity
}

function pricedLine(charge: ChargeLine, currency: string): HeldLine {
  return { ...unpricedLine(charge), priced: { charge, currency } }
}

function unpricedLine({ period, from, to, billOn, quantity, reason }: ChargeLine): HeldLine {
  return { period, from, to, billOn, quantity, reason }
}
