import { assert } from '../assert.js'
import { type LocalDate, startOfMonth } from '../calendar/date.js'
import { localDateOf } from '../calendar/zone.js'
import type { Ledger } from '../ports.js'
import { unlistedFees } from '../pricing/fees.js'
import { type PricedSubscription, priceSubscription } from '../pricing/timeline.js'
import { candidateOf } from '../timeline/candidate.js'
import type { ExceptionKind } from '../timeline/exceptions.js'
import { type FoldedSubscription, type LineageRecord, foldLineage } from '../timeline/fold.js'
import { type LineageAssignment, assignLineages } from '../timeline/lineage.js'
import { foldOrderFees } from '../timeline/order-fees.js'
import { type FoldSettings, latestState } from '../timeline/record.js'
import { type AskedLine, askedLines, askedWords } from './asked-lines.js'
import { collectRecords } from './records.js'

/** What the MSP decided once: where its days begin, and from when it bills with us. */
export interface PortfolioSettings {
  readonly timeZone: string
  /** undefined: the first day of the month of the first observation (BILLING B20). */
  readonly opensOn: LocalDate | undefined
}

/** Every subscription of the MSP, folded from the ledger and priced: what all answers are computed from. */
export interface Portfolio {
  /** The MSP's billing time zone (BILLING B3). */
  readonly timeZone: string
  readonly opensOn: LocalDate
  readonly customers: ReadonlyMap<
    string,
    { readonly name: string; readonly billingCurrency: string | undefined }
  >
  /** By product, so that a customer's lines are found where people look for them. */
  readonly subscriptions: readonly PricedSubscription[]
  readonly assignment: LineageAssignment
  /** Licence lines of which a person has to say what they continue, or has said it (BILLING B18). */
  readonly asked: readonly AskedLine[]
  /** When each completed order took effect, by its number. */
  readonly completions: ReadonlyMap<string, Date>
}

/**
 * Folds and prices the whole ledger at the marketplace's prices; overridden.ts puts overrides upon it. Pure: the same ledger
 * gives the same portfolio.
 */
export function buildPortfolio(ledger: Ledger, settings: PortfolioSettings): Portfolio {
  const { timeZone } = settings
  const opensOn = settings.opensOn ?? defaultOpening(ledger, timeZone)
  assert(ledger.latest !== undefined, 'a portfolio of nothing observed')
  const fold: FoldSettings = {
    timeZone,
    opensOn,
    observedAt: ledger.observedAt,
    observedOn: localDateOf(ledger.latest.observedAt, timeZone),
  }
  const records = collectRecords(ledger)
  const customers = new Map(
    ledger.customers.map(({ id, name, billingCurrency }) => [id, { name, billingCurrency }]),
  )
  const price = (folded: FoldedSubscription) =>
    priceSubscription(folded, [], customers.get(folded.customerId)?.billingCurrency)
  const known = new Map(ledger.memberships.map(({ recordKey, lineageId }) => [recordKey, lineageId]))
  const answers = new Map(ledger.answers.map((answer) => [answer.recordKey, answer]))
  const candidates = [...records.lines.values()].map((record) => candidateOf(record, fold))
  const assignment = assignLineages(candidates, known, fold.observedOn, answers)
  const asked = askedLines(assignment.asked, candidates, records.lines, answers)
  const doubts = new Map(assignment.doubtful.map(({ recordKey, kind }) => [recordKey, kind]))
  const subscriptions: PricedSubscription[] = []
  for (const { lineageId, alsoIds, members } of groupByLineage(records.lines, assignment)) {
    const folded = withDoubt(foldLineage(lineageId, members, fold), doubts)
    const priced = price(alsoIds.length === 0 ? folded : { ...folded, alsoIds })
    subscriptions.push(withAnswers(priced, asked, customers))
  }
  const ownFees = records.ownFees.map((order) => foldOrderFees(order, timeZone))
  subscriptions.push(...ownFees.map(price))
  subscriptions.push(...records.unlistedFees.map((order) => unlistedFees(foldOrderFees(order, timeZone))))
  subscriptions.sort(byProduct)
  return {
    timeZone,
    opensOn,
    customers,
    subscriptions,
    asked,
    assignment: withOrders(assignment, ownFees),
    completions: completionsOf(ledger),
  }
}

function completionsOf({ orders }: Ledger): Map<string, Date> {
  const completions = new Map<string, Date>()
  for (const { number, provisionedAt } of orders) {
    if (provisionedAt !== undefined) completions.set(number, provisionedAt)
  }
  return completions
}

/** Equal names in a lasting order. */
function byProduct(
  { subscription: left }: PricedSubscription,
  { subscription: right }: PricedSubscription,
): number {
  return compareText(left.productName, right.productName) || compareText(left.lineageId, right.lineageId)
}

/** Names of customers by their id. */
export function namesOf({ customers }: Pick<Portfolio, 'customers'>): ReadonlyMap<string, string> {
  return new Map([...customers].map(([id, { name }]) => [id, name]))
}

/** Subscriptions without their prices. */
export function foldedOf({ subscriptions }: Pick<Portfolio, 'subscriptions'>): readonly FoldedSubscription[] {
  return subscriptions.map(({ subscription }) => subscription)
}

/** The order of code units: the same on every machine. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** A fee that was billed for its order alone stays there, also when the order names a subscription later (B18). */
function withOrders(assignment: LineageAssignment, fees: readonly FoldedSubscription[]): LineageAssignment {
  const memberships = fees.flatMap(({ lineageId, recordKeys }) =>
    recordKeys.map((recordKey) => ({ lineageId, recordKey })),
  )
  return { ...assignment, memberships: [...assignment.memberships, ...memberships] }
}

function defaultOpening(ledger: Ledger, timeZone: string): LocalDate {
  const [first] = ledger.observedAt
  assert(first !== undefined, 'a portfolio of nothing observed')
  return startOfMonth(localDateOf(first, timeZone))
}

/** Only the line that begins a lineage can be in doubt; whether its orders add up depends on what it continues. */
function withDoubt(
  folded: FoldedSubscription,
  doubts: ReadonlyMap<string, ExceptionKind>,
): FoldedSubscription {
  const kind = folded.recordKeys.map((key) => doubts.get(key)).find((found) => found !== undefined)
  if (kind === undefined) return folded
  return { ...folded, assumedThrough: undefined, exceptions: [...folded.exceptions, kind] }
}

/** Where a person has to say what a line continues, it is told how: it is the line that begins the lineage. */
function withAnswers(
  priced: PricedSubscription,
  asked: readonly AskedLine[],
  customers: Portfolio['customers'],
): PricedSubscription {
  if (!priced.exceptions.some(({ kind }) => kind === 'ambiguous')) return priced
  const { customerId, recordKeys } = priced.subscription
  const line = asked.find(({ recordKey }) => recordKey === recordKeys[0])
  if (line === undefined) return priced
  const why = askedWords(line, customers.get(customerId)?.name ?? customerId)
  const exceptions = priced.exceptions.map((said) => (said.kind === 'ambiguous' ? { ...said, why } : said))
  return { ...priced, exceptions }
}

/** The licence lines of one subscription, with the identities it was known by beside its own. */
interface LineageMembers {
  readonly lineageId: string
  readonly alsoIds: string[]
  readonly members: [LineageRecord, ...LineageRecord[]]
}

function groupByLineage(
  records: ReadonlyMap<string, LineageRecord>,
  { memberships, continued }: LineageAssignment,
): Iterable<LineageMembers> {
  const groups = new Map<string, LineageMembers>()
  for (const { lineageId: name, recordKey } of memberships) {
    const record = records.get(recordKey)
    if (record === undefined) continue
    const lineageId = continued.get(name) ?? name
    const group = groups.get(lineageId)
    if (group === undefined) groups.set(lineageId, { lineageId, alsoIds: [], members: [record] })
    else group.members.push(record)
  }
  for (const [name, lineageId] of continued) groups.get(lineageId)?.alsoIds.push(name)
  for (const { members } of groups.values()) {
    members.sort(
      (left, right) => latestState(left).subscription.startsOn - latestState(right).subscription.startsOn,
    )
  }
  return groups.values()
}
