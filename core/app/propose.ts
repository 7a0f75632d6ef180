import type { Person } from '../access/rights.js'
import { expiryOf } from '../approval/approval.js'
import { type Bounds, compareWithLast } from '../billrun/bounds.js'
import {
  type BillRun,
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
import { PROPOSE_ATTEMPTS } from '../limits.js'
import type { ApprovalRecord, BilledLine, BillingStore, Books, Clock } from '../ports.js'
import { Problem } from '../problem.js'
import { findCustomer } from './find-customer.js'
import type { Portfolio } from './portfolio.js'
import { twoPeriods } from './two-periods.js'
import { type Billed, type BillLine, type CustomerBill, whoToBill } from './who.js'

/** What a proposal is computed from: one moment of ledger and books. */
export interface BillingView {
  readonly portfolio: Portfolio
  readonly observation: number
  readonly books: Books
  readonly billed: Billed
  readonly policies: Policies
  readonly today: LocalDate
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
  const { bills } = whoToBill(view.portfolio, view.policies, month, view.today, view.billed)
  const chosen = asked.length === 0 ? bills : bills.filter(({ customerId }) => asked.includes(customerId))
  const keyOf = keysFor(view.books.billed)
  const customers: RunCustomer[] = []
  const held: RunCustomer[] = []
  const lines: RunLine[] = []
  for (const bill of chosen) {
    const customer = {
      customerId: bill.customerId,
      name: bill.name,
      currency: bill.currency,
      amount: bill.amount,
      lines: bill.lines.length,
      comparison: twoPeriods(view, bill) ?? compareMonth(view.books.billed, bill, month, bounds),
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
  const billed = new Map<string, BilledLine[]>()
  for (const line of lines) {
    const list = billed.get(line.lineageId)
    if (list === undefined) billed.set(line.lineageId, [line])
    else list.push(line)
  }
  return billed
}

/** Names charges: of equal ones each takes the first name that is neither billed nor taken in this run. */
function keysFor(billed: readonly BilledLine[]): (lineageId: string, line: SettledLine) => string {
  const taken = new Set(billed.map(({ key }) => key))
  return (lineageId, line) => {
    let ordinal = 0
    while (taken.has(chargeKey(lineageId, line, ordinal))) ordinal += 1
    const key = chargeKey(lineageId, line, ordinal)
    taken.add(key)
    return key
  }
}

function freeze(
  { subscription, charge, currency }: BillLine,
  customerName: string,
  keyOf: (lineageId: string, line: SettledLine) => string,
): RunLine {
  const { lineageId, customerId, mpn, productName } = subscription.subscription
  const { kind, period, from, to, billOn, quantity, unitPrice, amount, priceRule } = charge
  const settled = { kind, period, from, to, billOn, quantity, unitPrice, amount }
  return {
    ...settled,
    key: keyOf(lineageId, settled),
    customerId,
    customerName,
    lineageId,
    mpn,
    description: productName,
    currency,
    explanation: explainLine(charge, currency),
    priceRule,
  }
}

/** This month with the run, against the last earlier month billed for the customer in the currency (B25). */
function compareMonth(
  billed: readonly BilledLine[],
  { customerId, currency, amount }: CustomerBill,
  month: Period,
  bounds: Bounds,
): Comparison {
  const months = new Map<LocalDate, bigint>()
  for (const line of billed) {
    if (line.customerId !== customerId || line.currency !== currency) continue
    months.set(line.month.from, (months.get(line.month.from) ?? 0n) + line.amount)
  }
  const others = [...months.keys()].filter((from) => from !== month.from)
  const earlier = others.filter((from) => from < month.from)
  // A month billed ahead of this one is all there is to compare with when none is earlier.
  const nearest = earlier.length > 0 ? Math.max(...earlier) : Math.min(...others)
  const last = months.get(nearest as LocalDate)
  return compareWithLast({ run: amount, billed: months.get(month.from), last }, currency, bounds)
}

export interface ProposePorts {
  readonly billing: BillingStore
  readonly clock: Clock
}

/** Makes a bill run and asks for its approval. Problem `notFound` when nothing is left to bill. */
export async function propose(
  ports: ProposePorts,
  view: () => Promise<BillingView>,
  person: Person,
  month: Period,
  names: readonly string[],
  bounds: Bounds,
): Promise<ApprovalRecord> {
  for (let attempt = 1; ; attempt += 1) {
    const now = await view()
    const asked = idsOf(now.portfolio, names)
    const content = runContent(now, month, asked, bounds)
    if (content.lines.length === 0) throw nothingToPropose(content.held)
    const proposedAt = await ports.clock.now()
    const run: Omit<BillRun, 'id'> = {
      month,
      proposedBy: person.id,
      proposedAt,
      observation: now.observation,
      asked,
      ...content,
    }
    const draft = { run, requestedByName: person.name, expiresAt: expiryOf(proposedAt) }
    try {
      return await ports.billing.propose(draft, now.books.version)
    } catch (error) {
      const moved = error instanceof Problem && error.kind === 'conflict'
      if (!moved || attempt >= PROPOSE_ATTEMPTS) throw error
    }
  }
}

/** Names were separated at commas, and a name may have one itself: all of it is looked for first. */
function idsOf({ customers }: Portfolio, names: readonly string[]): string[] {
  const whole = names.join(', ').toLowerCase()
  const [same] = [...customers].filter(([, { name }]) => names.length > 1 && name.toLowerCase() === whole)
  return same === undefined ? names.map((name) => findCustomer(customers, name).id) : [same[0]]
}

function nothingToPropose(held: readonly RunCustomer[]): Problem {
  const [first] = held
  if (first === undefined) {
    return new Problem({
      kind: 'notFound',
      what: 'There is nothing to bill there: everything due is billed, or nothing is due.',
      notDone: 'No bill run was made.',
      next: 'Type `who <month>` to see what is due.',
    })
  }
  const reasons = held.map((customer) => `${customer.name} (${whyHeld(customer)})`)
  const outside = held.every(({ comparison }) => comparison.type === 'outside')
  return new Problem({
    kind: 'held',
    what: `Everything there is ${outside ? 'outside its usual bounds' : 'held'}: ${reasons.join('; ')}.`,
    notDone: 'No bill run was made.',
    next: `Look at it with \`customer ${first.name}\`, then type \`propose <month> ${first.name}\` to propose it by name.`,
  })
}
