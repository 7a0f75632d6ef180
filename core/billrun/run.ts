import { createHash } from 'node:crypto'
import { canonical } from '../audit/chain.js'
import { type LocalDate, formatLocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import type { SettledLine } from '../charges/types.js'
import { formatDecimal } from '../money/decimal.js'

/**
 * A line of a bill run: frozen with its own copy of names, price and words, so that what was approved can be read and
 * exported for ever, whatever changes later (BILLING B25).
 */
export interface RunLine extends SettledLine {
  /** Made from business facts: the same charge can never be billed twice. */
  readonly key: string
  readonly customerId: string
  readonly customerName: string
  readonly lineageId: string
  readonly mpn: string
  readonly description: string
  readonly currency: string
  /** The arithmetic in words (B26). */
  readonly explanation: string
  readonly priceRule: string
}

/** A customer's part of a run in one currency, with how it compares to the last approved month (B25). */
export interface RunCustomer {
  readonly customerId: string
  readonly name: string
  readonly currency: string
  readonly amount: bigint
  readonly lines: number
  readonly comparison: Comparison
}

/** Amounts in minor units of the customer's currency. */
export type Comparison =
  | { readonly type: 'firstBill' }
  /** No earlier month is billed, but this one is in part: the run adds to it. */
  | { readonly type: 'billedInPart'; readonly billed: bigint }
  | { readonly type: 'within'; readonly before: bigint }
  | { readonly type: 'outside'; readonly before: bigint; readonly why: string }
  /** Billing moved from arrears to advance: one run with the last period of the one and the first of the other (B24). */
  | { readonly type: 'twoPeriods'; readonly why: string }

/** Why a customer is left out of a run over everybody (B24, B25); undefined: it is in. */
export function whyHeld({ comparison }: Pick<RunCustomer, 'comparison'>): string | undefined {
  return 'why' in comparison ? comparison.why : undefined
}

/** Proposed lines for customers and a month. Never edited: a new proposal takes its place. */
export interface BillRun {
  /** "BR-0007" */
  readonly id: string
  readonly month: Period
  readonly proposedBy: string
  readonly proposedAt: Date
  /** Observation the lines were computed from. */
  readonly observation: number
  /** Customers asked for by name; empty: all. */
  readonly asked: readonly string[]
  readonly lines: readonly RunLine[]
  readonly customers: readonly RunCustomer[]
  /** Left out until they are proposed by name; {@link whyHeld} says why. */
  readonly held: readonly RunCustomer[]
  readonly fingerprint: string
}

/** What would be written, in one string: equal content has equal fingerprints, whatever the order of computing. */
export function fingerprintOf(month: Period, lines: readonly RunLine[]): string {
  const content = lines.map(lineContent).sort()
  const text = canonical([formatLocalDate(month.from), formatLocalDate(month.to), content])
  return createHash('sha256').update(text).digest('hex')
}

function lineContent(line: RunLine): string {
  const { period, from, to, billOn, quantity, unitPrice, amount } = line
  return canonical({
    key: line.key,
    customer: line.customerId,
    name: line.customerName,
    description: line.description,
    currency: line.currency,
    kind: line.kind,
    period: [dateText(period.from), dateText(period.to)],
    dates: [dateText(from), dateText(to), dateText(billOn)],
    quantity: formatDecimal(quantity),
    unitPrice: formatDecimal(unitPrice),
    amount: amount.toString(),
  })
}

function dateText(date: LocalDate): string {
  return formatLocalDate(date)
}

/**
 * The identity of a charge, made from business facts (SYNC S5): its subscription, period, dates, count, price and
 * amount. Two equal charges (two set-up fees of one day; a correction made, taken back and made again) are told apart
 * by how many equal ones came before.
 */
export function chargeKey(lineageId: string, line: SettledLine, ordinal: number): string {
  return createHash('sha256')
    .update(`${chargeFacts(lineageId, line)}|${ordinal}`)
    .digest('hex')
    .slice(0, 32)
}

/** What makes two charges equal. */
function chargeFacts(lineageId: string, line: SettledLine): string {
  const { kind, period, from, to, quantity, unitPrice, amount } = line
  const dates = [period.from, period.to, from, to].map(dateText)
  return [
    lineageId,
    kind,
    ...dates,
    formatDecimal(quantity),
    formatDecimal(unitPrice),
    amount.toString(),
  ].join('|')
}

/** What a void would make due again, in one string: it is stale when the run's billed lines are not these any more. */
export function voidFingerprint(runId: string, keys: readonly string[]): string {
  return createHash('sha256')
    .update(`void ${runId} ${[...keys].sort().join(' ')}`)
    .digest('hex')
}
