import { type Bounds, type MonthAmount, compareWithLast, monthAmount } from '../billrun/bounds.js'
import {
  type Comparison,
  type RunCustomer,
  type RunLine,
  chargeKey,
  fingerprintOf,
  whyHeld,
} from '../billrun/run.js'
import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { explainLine } from '../charges/explain.js'
import type { Policies } from '../charges/policies.js'
import type { SettledLine } from '../charges/types.js'
import type { BilledLine, Books } from '../ports.js'
import type { DataAge } from './data-age.js'
import type { Portfolio } from './portfolio.js'
import { twoPeriods } from './two-periods.js'
import { grouped } from './grouped.js'
import type { RoutedSlot } from './routed.js'
import type { SyncState } from '../sync/intent.js'
import { type Billed, type BillLine, type CustomerBill, type Who, descriptionOf, whoToBill } from './who.js'

/** What a proposal is computed from: one moment of ledger and books. */
export interface BillingView {
  readonly portfolio: Portfolio
  readonly age: DataAge
  readonly books: Books
  readonly billed: Billed
  readonly policies: Policies
  readonly today: LocalDate
  readonly sync: SyncState
  readonly slots: readonly RoutedSlot[]
}

/** The lines a run would have now, and how each customer compares to the last billed month. */
export interface RunContent {
  readonly lines: readonly RunLine[]
  readonly customers: readonly RunCustomer[]
  readonly held: readonly RunCustomer[]
  readonly fingerprint: string
}

/**
 * The content of a bill run now: what is due minus what is billed, frozen (BILLING B22, B25). A customer outside its
 * bounds is held out of a run over everybody; asked for by name, it is in, and the comparison is shown.
 *
 * @param asked ids of customers asked for by name; empty: all.
 */
export function runContent(
  view: BillingView,
  month: Period,
  asked: readonly string[],
  bounds: Bounds,
): RunContent {
  const { bills } = whoOf(view, month, asked.length === 0 ? undefined : new Set(asked))
  const keyOf = keysFor(billedKeys(view))
  const billedMonths = monthsBilled(view.books.billed)
  const customers: RunCustomer[] = []
  const held: RunCustomer[] = []
  const lines: RunLine[] = []
  for (const bill of bills) {
    const customer = {
      customerId: bill.customerId,
      name: bill.name,
      currency: bill.currency,
      amount: bill.amount,
      lines: bill.lines.length,
      comparison: twoPeriods(view, bill) ?? compareMonth(billedMonths, bill, month, bounds),
    }
    if (whyHeld(customer) !== undefined && asked.length === 0) {
      held.push(customer)
      continue
    }
    customers.push(customer)
    lines.push(...bill.lines.map((line) => freeze(line, bill.name, keyOf)))
  }
  return { lines, customers, held, fingerprint: fingerprintOf(month, lines) }
}

/** What is billed already, as `who` and charging need it. */
export function billedByLineage(lines: readonly BilledLine[]): Billed {
  return grouped(lines, ({ lineageId }) => lineageId)
}

/** @param customers ids; undefined: everybody. */
export function whoOf(
  { portfolio, policies, today, billed }: BillingView,
  month: Period,
  customers: ReadonlySet<string> | undefined,
): Who {
  const subscriptions =
    customers === undefined
      ? portfolio.subscriptions
      : portfolio.subscriptions.filter(({ subscription }) => customers.has(subscription.customerId))
  return whoToBill({ ...portfolio, subscriptions }, policies, month, today, billed)
}

/** The lines bills would be frozen into now. */
export function freezeBills(bills: readonly CustomerBill[], taken: ReadonlySet<string>): readonly RunLine[] {
  const keyOf = keysFor(taken)
  return bills.flatMap((bill) => bill.lines.map((line) => freeze(line, bill.name, keyOf)))
}

export function billedKeys({ books }: Pick<BillingView, 'books'>): ReadonlySet<string> {
  return new Set(books.billed.map(({ key }) => key))
}

/** Names charges: of equal ones each takes the first name that is neither taken already nor in this run. */
function keysFor(taken: ReadonlySet<string>): (lineageId: string, line: SettledLine) => string {
  const own = new Set<string>()
  return (lineageId, line) => {
    let ordinal = 0
    let key = chargeKey(lineageId, line, ordinal)
    while (taken.has(key) || own.has(key)) key = chargeKey(lineageId, line, (ordinal += 1))
    own.add(key)
    return key
  }
}

function freeze(
  { subscription, charge, currency }: BillLine,
  customerName: string,
  keyOf: (lineageId: string, line: SettledLine) => string,
): RunLine {
  const { lineageId, customerId, mpn } = subscription.subscription
  const { kind, period, from, to, billOn, quantity, unitPrice, amount, priceRule } = charge
  const settled = { kind, period, from, to, billOn, quantity, unitPrice, amount }
  return {
    ...settled,
    key: keyOf(lineageId, settled),
    customerId,
    customerName,
    lineageId,
    mpn,
    description: descriptionOf(subscription, charge),
    currency,
    explanation: explainLine(charge, currency),
    priceRule,
  }
}

/** Amounts of the months billed, by customer and currency. */
type BilledMonths = ReadonlyMap<string, ReadonlyMap<LocalDate, MonthAmount>>

function monthsBilled(billed: readonly BilledLine[]): BilledMonths {
  const lines = new Map<string, Map<LocalDate, BilledLine[]>>()
  for (const line of billed) {
    const key = accountKey(line)
    const months = lines.get(key) ?? new Map<LocalDate, BilledLine[]>()
    const month = months.get(line.month.from)
    if (month === undefined) months.set(line.month.from, [line])
    else month.push(line)
    lines.set(key, months)
  }
  return new Map(
    [...lines].map(([key, months]) => [
      key,
      new Map([...months].map(([from, ofMonth]) => [from, monthAmount(ofMonth)])),
    ]),
  )
}

/** What is compared, and held, by itself: what one customer is billed in one currency (BILLING B17, B25). */
export type Account = Pick<RunLine, 'customerId' | 'currency'>

export function accountKey({ customerId, currency }: Account): string {
  return JSON.stringify([customerId, currency])
}

/** This month with the run, against the last earlier month billed for the customer in the currency (B25). */
function compareMonth(billed: BilledMonths, bill: CustomerBill, month: Period, bounds: Bounds): Comparison {
  const { currency, amount, lines } = bill
  const months = billed.get(accountKey(bill))
  const others = [...(months?.keys() ?? [])].filter((from) => from !== month.from)
  const earlier = others.filter((from) => from < month.from)
  // A month billed ahead of this one is all there is to compare with when none is earlier.
  const nearest = earlier.length > 0 ? Math.max(...earlier) : Math.min(...others)
  const last = months?.get(nearest as LocalDate)
  const left = lines.filter(({ charge }) => charge.billOn < month.from)
  const leftBefore = left.reduce((sum, { charge }) => sum + charge.amount, 0n)
  return compareWithLast(
    { run: amount, earlier: leftBefore, billed: months?.get(month.from), last },
    currency,
    bounds,
  )
}
