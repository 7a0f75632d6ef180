import type { RunLine } from '../billrun/run.js'
import { type LocalDate, addDays, addMonths, formatLocalDate, startOfMonth } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { dueAsKnown } from '../charges/due.js'
import { type Policies, changesFor } from '../charges/policies.js'
import type {
  ChargeLine,
  DueInput,
  HeldLine,
  HeldPeriod,
  LineKind,
  LineReason,
  SettledLine,
} from '../charges/types.js'
import { descriptionOn } from '../pricing/price.js'
import type { BilledPeriod } from '../pricing/recorded.js'
import { type PricedSubscription, isHolding } from '../pricing/timeline.js'
import { formatDecimal } from '../money/decimal.js'
import { Problem } from '../problem.js'
import type { FoldedSubscription } from '../timeline/fold.js'
import { shortId } from '../timeline/lineage.js'
import { type BillException, type Span, exceptionsOf } from './exceptions.js'
import { routedPolicies } from './routed-policies.js'
import type { Portfolio } from './portfolio.js'

/** One charge with the subscription it belongs to. */
export interface BillLine {
  readonly subscription: PricedSubscription
  readonly charge: ChargeLine
  readonly currency: string
}

/** A line that is shown and not billed, with the reason (BILLING B14, B17, B18). */
export interface HeldBillLine {
  readonly subscription: PricedSubscription
  readonly line: HeldLine
  /** What it would come to, where that can be computed. */
  readonly priced: BillLine | undefined
  readonly why: string
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
  /** What PSAs do not hold yet of what they are to bill, customer by customer; in no total (SYNC S2, S4). */
  readonly psa: readonly CustomerBill[]
  /** What a person should look at first. */
  readonly exceptions: readonly BillException[]
  /** Shown, and in no bill. */
  readonly held: readonly HeldBillLine[]
  /** What changes dated after today will add or take away when they happen; in no bill yet. */
  readonly forecast: readonly BillLine[]
  /** Lines of the month at a price of zero: shown, and in no bill. */
  readonly free: readonly BillLine[]
}

/** A line that is billed, in the currency it was billed in. */
export type BilledCharge = SettledLine & BilledPeriod & { readonly currency: string }

/** What is billed already, by lineage (BILLING B22, B23). */
export type Billed = ReadonlyMap<string, readonly BilledCharge[]>

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
  const { opensOn } = portfolio
  const span = { opensOn, until: addDays(month.to, -1), today }
  const held: HeldBillLine[] = []
  const forecast: BillLine[] = []
  const free: BillLine[] = []
  const bills: Bills = new Map()
  const psaBills: Bills = new Map()
  const exceptions: BillException[] = []
  for (const subscription of portfolio.subscriptions) {
    const found = linesOf(subscription, policies, span, billed)
    const hasLines = found.lines.length + found.held.length > 0
    exceptions.push(...exceptionsOf(subscription, span, { ...found, hasLines }))
    held.push(...found.held)
    forecast.push(...found.forecast)
    // Nothing of them is ever billed: those of earlier months are no news.
    free.push(...found.free.filter(({ charge }) => charge.billOn >= month.from))
    const routed = subscription.route === undefined ? NO_BILL_LINES : found.lines.filter(isRouted)
    const byFile = routed.length === 0 ? found.lines : found.lines.filter((line) => !isRouted(line))
    if (byFile.length > 0) addLines(bills, portfolio, subscription, byFile)
    if (routed.length > 0) addLines(psaBills, portfolio, subscription, routed)
  }
  const sorted = sortedBills(bills)
  const psa = sortedBills(psaBills)
  const shown = { exceptions, held, forecast, free }
  return { month, opensOn, today, totals: totalsOf(sorted), bills: sorted, psa, ...shown }
}

/** What the product of a subscription is called on a day: its name, or the words of an override (BILLING B14). */
export function describedOn(
  { subscription, descriptions = NO_DESCRIPTIONS }: PricedSubscription,
  day: LocalDate,
): string {
  return descriptionOn(day, subscription.productName, subscription, descriptions)
}

const NO_DESCRIPTIONS: NonNullable<PricedSubscription['descriptions']> = []

/** Words resolve at the start of the period, or of the subscription (B16). */
export function descriptionOf(priced: PricedSubscription, { period }: Pick<SettledLine, 'period'>): string {
  const { start } = priced.subscription
  return describedOn(priced, start > period.from && start < period.to ? start : period.from)
}

type Bills = Map<string, { bill: CustomerBill; lines: BillLine[] }>

const NO_BILL_LINES: readonly BillLine[] = []

/** Billed by a PSA: everything of a routed subscription from the route's start on (SYNC S1). */
export function isRouted({ subscription: { route }, charge }: BillLine): boolean {
  return route !== undefined && charge.period.from >= route.from
}

function sortedBills(bills: Bills): CustomerBill[] {
  const sorted = [...bills.values()].map(({ bill, lines }) => ({
    ...bill,
    lines,
    amount: lines.reduce((sum, { charge }) => sum + charge.amount, 0n),
  }))
  return sorted.sort(byCurrencyThenAmount)
}

function addLines(
  bills: Bills,
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

/** A subscription's lines, those that are not billed, or why they cannot be computed under this policy. */
export interface SubscriptionLines {
  readonly lines: readonly BillLine[]
  readonly held: readonly HeldBillLine[]
  /** What changes dated after today will add or take away when they happen (BILLING B21). */
  readonly forecast: readonly BillLine[]
  /** At a price of zero. */
  readonly free: readonly BillLine[]
  readonly heldPeriods: readonly HeldPeriod[]
  /** First day whose charges can be due; undefined: nothing can be charged. */
  readonly from: LocalDate | undefined
  readonly fault: string | undefined
}

const NO_LINES: SubscriptionLines = {
  lines: [],
  held: [],
  forecast: [],
  free: [],
  heldPeriods: [],
  from: undefined,
  fault: undefined,
}

/**
 * The lines of one subscription with `billOn` in `[opensOn, until]`, as known today; lines of zero are apart, or left out
 * where it is not the price that is zero. One
 * subscription the policy cannot charge (a day count that does not fit its period) stops nobody else's.
 */
export function linesOf(
  subscription: PricedSubscription,
  policies: Policies,
  { opensOn, until, today }: Span,
  billed: Billed = NOTHING_BILLED,
): SubscriptionLines {
  const { currency } = subscription
  const input = dueInputOf(subscription, policies, billed)
  if (input === undefined) return NO_LINES
  try {
    const due = dueAsKnown(input, opensOn, until, today)
    const every = due.lines.map((charge) => ({ subscription, charge, currency }))
    const lines = every.filter(({ charge }) => charge.amount !== 0n)
    const free = every.filter(({ charge }) => charge.amount === 0n && isFree(charge))
    const held = due.held.length === 0 ? [] : heldLines(subscription, due.held)
    const hold = subscription.exceptions.find(({ kind }) => isHolding(kind))
    if (hold !== undefined) {
      const all = [...lines.map((line) => wholeLine(line, hold.why)), ...held]
      return { ...NO_LINES, held: all, heldPeriods: due.held, from: due.from }
    }
    const forecast = due.forecast.map((charge) => ({ subscription, charge, currency }))
    return { lines, held, forecast, free, heldPeriods: due.held, from: due.from, fault: undefined }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { ...NO_LINES, fault: error.what }
  }
}

/** Somebody has it, and its price is zero. */
function isFree({ quantity, unitPrice, fraction }: ChargeLine): boolean {
  return quantity > 0n && unitPrice === 0n && fraction.days > 0n
}

const NOT_BILLED: readonly BilledCharge[] = []

/** Whether an identity is a subscription's own, or one that turned out to be (BILLING B18). */
export function isKnownBy({ lineageId, alsoIds }: FoldedSubscription, identity: string): boolean {
  return lineageId === identity || alsoIds?.includes(identity) === true
}

/** What is billed of a subscription, also under identities that turned out to be its own (BILLING B18, B23). */
export function settledOf(
  { lineageId, alsoIds }: FoldedSubscription,
  billed: Billed,
): readonly BilledCharge[] {
  const own = billed.get(lineageId) ?? NOT_BILLED
  if (alsoIds === undefined) return own
  return [own, ...alsoIds.map((id) => billed.get(id) ?? NOT_BILLED)].flat()
}

/**
 * What charging a subscription takes, with the policies as it takes them (B16); undefined: nothing can be charged. What
 * was billed in another currency is never set off against it (B1, B17).
 */
export function dueInputOf(
  { timeline, currency, subscription, route, formerly = [] }: PricedSubscription,
  policies: Policies,
  billed: Billed,
): DueInput | undefined {
  if (timeline === undefined) return undefined
  const settled = settledOf(subscription, billed).filter((line) => line.currency === currency)
  const policyChanges = changesFor(policies, settled)
  const own = { currency, policy: policies.first, policyChanges, timeline, billed: settled }
  return (route === undefined ? formerly : [...formerly, route]).reduce(routedPolicies, own)
}

/** Lines of periods whose price cannot be known (BILLING B14, B17). */
function heldLines(subscription: PricedSubscription, periods: readonly HeldPeriod[]): HeldBillLine[] {
  return periods.flatMap(({ gap, lines }) =>
    lines.map((line) => {
      const { priced } = line
      const why = line.reason.type === 'oneTime' ? `held with its period: ${gap.why}` : gap.why
      return {
        subscription,
        line,
        priced: priced === undefined ? undefined : { subscription, ...priced },
        why,
      }
    }),
  )
}

/** A line of a subscription that is held as a whole. */
function wholeLine(priced: BillLine, why: string): HeldBillLine {
  return { subscription: priced.subscription, line: priced.charge, priced, why }
}

/** What `explain` takes: eight characters made from the business facts of a line, so the same line keeps it. */
export function lineRef({ subscription, charge }: BillLine): string {
  const { reason } = charge
  const what = reason.type === 'oneTime' ? reason.description : reason.type
  return refOf(subscription.subscription.lineageId, charge, what)
}

/** What a line of a kind can have been called while it was due: of its reason a billed line keeps only the words. */
const REASONS: Readonly<Record<Exclude<LineKind, 'oneTime'>, readonly LineReason['type'][]>> = {
  recurring: ['base', 'rise', 'price'],
  prorated: ['base', 'rise', 'price'],
  credit: ['decrease', 'price'],
  correction: ['correction'],
  usage: [],
}

/** The references a billed line may have had while it was due. */
export function billedRefs(line: RunLine): readonly string[] {
  // "Onboarding on 11 Mar: …": a fee was called by its description.
  const { kind, explanation } = line
  const reasons = kind === 'oneTime' ? [explanation.slice(0, explanation.lastIndexOf(' on '))] : REASONS[kind]
  return reasons.map((reason) => refOf(line.lineageId, line, reason))
}

/** What a line is called that a PSA holds without its being due: it is short of what is due, or beyond it. */
export function coveredRef(line: SettledLine & { readonly lineageId: string }): string {
  return refOf(line.lineageId, line, 'covered')
}

function refOf(lineageId: string, line: SettledLine, what: string): string {
  const { kind, period, from, to, quantity, unitPrice, amount } = line
  const facts = [
    lineageId,
    kind,
    formatLocalDate(period.from),
    formatLocalDate(from),
    formatLocalDate(to),
    formatDecimal(quantity),
    formatDecimal(unitPrice),
    amount.toString(),
    what,
  ]
  return shortId(facts.join('|'), 8)
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
