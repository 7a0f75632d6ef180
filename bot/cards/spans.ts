import type { CustomerBill } from '../../core/app/who.js'
import { type LocalDate, addDays } from '../../core/calendar/date.js'
import type { Period } from '../../core/calendar/period.js'
import { dayMonthYear, monthYear, periodWords } from '../../core/calendar/words.js'
import type { ChargeLine } from '../../core/charges/types.js'
import type { Block } from './model.js'
import { amountWords } from './words.js'

interface Served {
  readonly from: LocalDate
  readonly to: LocalDate
}

/** The days lines are for, from the first to the last; a one-time line is for its own day. */
function serviceOf(lines: readonly Served[]): Period | undefined {
  const [first] = lines
  if (first === undefined) return undefined
  let { from, to } = first
  for (const line of lines) {
    if (line.from < from) from = line.from
    if (line.to > to) to = line.to
  }
  return { from, to: to > from ? to : addDays(from, 1) }
}

/** "1–31 Mar 2026": the span of service days of lines; empty without lines. */
export function serviceWords(lines: readonly Served[]): string {
  const service = serviceOf(lines)
  return service === undefined ? '' : periodWords(service)
}

/** "11–31 Mar 2026"; a run with days outside its month says both: "April 2026, service 1 Mar – 30 Apr 2026". */
export function runSpanWords(month: Period, lines: readonly Served[]): string {
  const service = serviceOf(lines)
  if (service === undefined) return periodWords(month)
  const words = periodWords(service)
  const isWithin = service.from >= month.from && service.to <= month.to
  return isWithin ? words : `${monthYear(month.from)}, service ${words}`
}

/** An amount with its day to bill, in minor units of its currency. */
interface Dated {
  readonly currency: string
  readonly amount: bigint
  readonly billOn: LocalDate
}

/**
 * B21: a month takes in what earlier ones left, and says how much of its total that is; nothing where it left nothing.
 *
 * @param state said behind it: whether it is billed by now.
 */
export function earlierBlocks(lines: readonly Dated[], month: Period, state = ' (still unbilled)'): Block[] {
  const earlier = lines.filter(({ billOn }) => billOn < month.from)
  if (earlier.length === 0) return []
  const text = `Of that ${sumWords(earlier)} with bill-on dates before ${monthYear(month.from)}${state}.`
  return [{ type: 'text', style: 'plain', text }]
}

/** "$440.00 + €20.00": sums of several currencies side by side, never added. */
export function sumWords(lines: readonly Pick<Dated, 'currency' | 'amount'>[]): string {
  const sums = new Map<string, bigint>()
  for (const { currency, amount } of lines) sums.set(currency, (sums.get(currency) ?? 0n) + amount)
  return [...sums].map(([currency, sum]) => amountWords(sum, currency)).join(' + ')
}

/** The charges of bills, each in the currency of its bill. */
export function chargesOf(
  bills: readonly CustomerBill[],
): readonly (ChargeLine & { readonly currency: string })[] {
  return bills.flatMap(({ lines }) => lines.map(({ charge, currency }) => ({ ...charge, currency })))
}

/** What of a month is billed already; nothing where nothing is. */
export function alreadyBlocks(already: readonly Omit<Dated, 'billOn'>[], month: Period): Block[] {
  if (already.length === 0) return []
  const text = `Billed already for ${monthYear(month.from)}: ${sumWords(already)}`
  return [{ type: 'text', style: 'plain', text }]
}

interface Asked {
  readonly month: Period
  readonly opensOn: LocalDate
  readonly already: readonly unknown[]
}

/** "Nothing to bill for March 2026."; of a month before billing began it says when that was. */
export function nothingWords({ month, opensOn, already }: Asked, filter = ''): string {
  const what = already.length === 0 ? 'Nothing' : 'Nothing more'
  const nothing = `${what} to bill for ${monthYear(month.from)}${filter}.`
  return month.to > opensOn ? nothing : `${nothing} Billing here begins on ${dayMonthYear(opensOn)}.`
}

/**
 * B21: whether a line is for days that have not begun, so that it assumes the last known seats. Fees and corrections
 * assume none.
 */
export function isAhead({ kind, from }: Pick<ChargeLine, 'kind' | 'from'>, today: LocalDate): boolean {
  return from > today && kind !== 'oneTime' && kind !== 'correction'
}

/** What of a total is for days that have not begun; nothing where all have. */
export function aheadBlocks(lines: readonly (ChargeLine & Dated)[], today: LocalDate): Block[] {
  const ahead = lines.filter((line) => isAhead(line, today))
  if (ahead.length === 0) return []
  const text = `Of that ${sumWords(ahead)} is a forecast: it begins after today and assumes the last known seats.`
  return [{ type: 'text', style: 'plain', text }]
}
