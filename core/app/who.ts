import { type LocalDate, addDays, addMonths, formatLocalDate, startOfMonth } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { dueAsKnown } from '../charges/due.js'
import { type BilledPeriod, type Policies, changesFor } from '../charges/policies.js'
import type { ChargeLine, DueInput, SettledLine } from '../charges/types.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import type { ExceptionKind } from '../timeline/fold.js'
import { formatDecimal } from '../money/decimal.js'
import { Problem } from '../problem.js'
import { shortId } from '../timeline/lineage.js'
import type { Portfolio } from './portfolio.js'

/** One charge with the subscription it belongs to. */
export interface BillLine {
  readonly subscription: PricedSubscription
  readonly charge: ChargeLine
  readonly currency: string
}

export interface BillException {
  readonly kind: ExceptionKind
  readonly why: string
  readonly customerId: string
  readonly product: string
  readonly lineageId: string
}

/** What one customer owes in one currency. */
export interface CustomerBill {
  readonly customerId: string
  readonly name: string
  readonly currency: string
  /** Σ of the lines, minor units. */
  readonly amount: bigint
  readonly lines: readonly BillLine[]
}

/** Whom to bill in a month, how much, and why (BILLING B21). */
export interface Who {
  /** The calendar month asked for. */
  readonly month: Period
  readonly opensOn: LocalDate
  /** Today, in the billing time zone. */
  readonly today: LocalDate
  readonly totals: readonly {
    readonly currency: string
    readonly amount: bigint
    readonly customers: number
  }[]
  /** Customers with something to bill, the largest amount first within a currency. */
  readonly bills: readonly CustomerBill[]
  /** What a person should look at first. */
  readonly exceptions: readonly BillException[]
}

/** What is billed already, by lineage (BILLING B22, B23). */
export type Billed = ReadonlyMap<string, readonly (SettledLine & BilledPeriod)[]>

const NOTHING_BILLED: Billed = new Map()

/** The calendar month of a day. */
export function monthOf(day: LocalDate): Period {
  const from = startOfMonth(day)
  return { from, to: addMonths(from, 1) }
}

/** Everything to be billed from the opening date to the last day of the month, minus what is billed already. */
export function whoToBill(
  portfolio: Portfolio,
  policies: Policies,
  month: Period,
  today: LocalDate,
  billed: Billed = NOTHING_BILLED,
): Who {
  const until = addDays(month.to, -1)
  const bills = new Map<string, { bill: CustomerBill; lines: BillLine[] }>()
  const exceptions: BillException[] = []
  for (const subscription of portfolio.subscriptions) {
    const { lines, fault } = linesOf(subscription, policies, portfolio.opensOn, until, today, billed)
    exceptions.push(...exceptionsOf(subscription, portfolio.opensOn, until, lines.length > 0, fault))
    if (lines.length === 0 || subscription.held) continue
    addLines(bills, portfolio, subscription, lines)
  }
  const sorted = [...bills.values()].map(({ bill, lines }) => ({
    ...bill,
    lines,
    amount: lines.reduce((sum, { charge }) => sum + charge.amount, 0n),
  }))
  sorted.sort(byCurrencyThenAmount)
  return { month, opensOn: portfolio.opensOn, today, totals: totalsOf(sorted), bills: sorted, exceptions }
}

function addLines(
  bills: Map<string, { bill: CustomerBill; lines: BillLine[] }>,
  portfolio: Portfolio,
  { subscription: { customerId }, currency }: PricedSubscription,
  lines: readonly BillLine[],
): void {
  const key = JSON.stringify([customerId, currency])
  const entry = bills.get(key)
  if (entry !== undefined) {
    entry.lines.push(...lines)
    return
  }
  const name = portfolio.customers.get(customerId)?.name ?? customerId
  bills.set(key, { bill: { customerId, name, currency, amount: 0n, lines: [] }, lines: [...lines] })
}

/** A subscription's lines, or why they cannot be computed under this policy. */
export interface SubscriptionLines {
  readonly lines: readonly BillLine[]
  readonly fault: string | undefined
}

/**
 * The lines of one subscription with `billOn` in `[opensOn, until]`, as known today; lines of zero are left out. One subscription the
 * policy cannot charge (a day count that does not fit its period) stops nobody else's.
 */
export function linesOf(
  subscription: PricedSubscription,
  policies: Policies,
  opensOn: LocalDate,
  until: LocalDate,
  today: LocalDate,
  billed: Billed = NOTHING_BILLED,
): SubscriptionLines {
  const { currency } = subscription
  const input = dueInputOf(subscription, policies, billed)
  if (input === undefined) return { lines: [], fault: undefined }
  try {
    const charges = dueAsKnown(input, opensOn, until, today).lines
    const lines = charges
      .filter(({ amount }) => amount !== 0n)
      .map((charge) => ({ subscription, charge, currency }))
    return { lines, fault: undefined }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { lines: [], fault: error.what }
  }
}

const NOT_BILLED: readonly (SettledLine & BilledPeriod)[] = []

/** What charging a subscription takes, with the policies as it takes them (B16); undefined: nothing can be charged. */
export function dueInputOf(
  { timeline, currency, subscription }: PricedSubscription,
  policies: Policies,
  billed: Billed,
): DueInput | undefined {
  if (timeline === undefined) return undefined
  const settled = billed.get(subscription.lineageId) ?? NOT_BILLED
  const policyChanges = changesFor(policies, settled)
  return { currency, policy: policies.first, policyChanges, timeline, billed: settled }
}

/** What `explain` takes: eight characters made from the business facts of a line, so the same line keeps it. */
export function lineRef({ subscription, charge }: BillLine): string {
  const { kind, period, from, to, quantity, unitPrice, amount, reason } = charge
  const facts = [
    subscription.subscription.lineageId,
    kind,
    formatLocalDate(period.from),
    formatLocalDate(from),
    formatLocalDate(to),
    formatDecimal(quantity),
    formatDecimal(unitPrice),
    amount.toString(),
    reason.type === 'oneTime' ? reason.description : reason.type,
  ]
  return shortId(facts.join('|'), 8)
}

/** Exceptions of subscriptions that matter for the span: long-ended ones are history. */
function exceptionsOf(
  { subscription, exceptions }: PricedSubscription,
  opensOn: LocalDate,
  until: LocalDate,
  hasLines: boolean,
  fault: string | undefined,
): BillException[] {
  const matters =
    hasLines || (subscription.start <= until && (subscription.end === null || subscription.end > opensOn))
  if (!matters) return []
  const { customerId, productName: product, lineageId } = subscription
  const faults = fault === undefined ? [] : [{ kind: 'unbillablePeriod' as const, why: fault }]
  return [...exceptions, ...faults].map(({ kind, why }) => ({ kind, why, customerId, product, lineageId }))
}

function byCurrencyThenAmount(left: CustomerBill, right: CustomerBill): number {
  if (left.currency !== right.currency) return left.currency < right.currency ? -1 : 1
  if (left.amount !== right.amount) return left.amount > right.amount ? -1 : 1
  return left.name < right.name ? -1 : 1
}

function totalsOf(bills: readonly CustomerBill[]): Who['totals'] {
  const totals = new Map<string, { currency: string; amount: bigint; customers: number }>()
  for (const { currency, amount } of bills) {
    const total = totals.get(currency) ?? { currency, amount: 0n, customers: 0 }
    totals.set(currency, { currency, amount: total.amount + amount, customers: total.customers + 1 })
  }
  return [...totals.values()]
}
