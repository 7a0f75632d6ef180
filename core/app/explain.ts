import { type LocalDate, addDays, addMonths, startOfMonth } from '../calendar/date.js'
import { isCompared, isSameLine, matchLines } from '../charges/settle.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import type { BilledLine } from '../ports.js'
import type { Loaded } from './loader.js'
import { type LineSource, sourceOf } from './line-source.js'
import { type CoveredLine, coveredLinesOf } from './psa-lines.js'
import { lineNotFound } from './problems.js'
import { type BillLine, billedRefs, isKnownBy, lineRef, linesOf, settledOf } from './who.js'

/** A line with what its numbers were taken from. */
export interface SourcedLine {
  readonly line: BillLine
  readonly source: LineSource
}

/** A line as it is due now, or held. */
export interface DueExplanation extends SourcedLine {
  readonly type: 'due'
  readonly customerName: string
  /** Why it is not billed, if it is held. */
  readonly held: string | undefined
  /** Of a correction: what is due in its period, and what was billed for it (BILLING B23). */
  readonly corrects:
    | { readonly due: readonly SourcedLine[]; readonly billed: readonly BilledLine[] }
    | undefined
}

/** A line that is billed: its own copy of names, price and words. */
export interface BilledExplanation {
  readonly type: 'billed'
  readonly ref: string
  readonly line: BilledLine
  /** What the marketplace calls the product; undefined: it lists it no more. */
  readonly productName: string | undefined
  /** The same line as it is due; undefined: it is not any more, so nothing says now what it was taken from. */
  readonly due: SourcedLine | undefined
}

/** A line that a PSA was read to hold. */
export interface CoveredExplanation {
  readonly type: 'covered'
  readonly customerName: string
  readonly covered: CoveredLine
  /** What the same line as it is due was taken from. */
  readonly due: SourcedLine | undefined
}

export type ExplainAnswer = DueExplanation | BilledExplanation | CoveredExplanation

/** What explaining takes. */
export type ExplainView = Pick<Loaded, 'portfolio' | 'billed' | 'books' | 'policies' | 'slots' | 'sync'>

/** Days ahead that lines are looked for: the forecast's reach. */
const AHEAD_DAYS = 400
/** Months back that a line is looked for as it was shown then. */
const BACK_MONTHS = 24

/**
 * The line a reference names: due, held, billed, or there in a PSA. What is due by the end of this month is looked at first, then all
 * that lies ahead; month by month again only what a month can show otherwise. Problem `notFound` for a reference that
 * no answer can have shown.
 */
export function explainRef(view: ExplainView, ref: string, today: LocalDate): ExplainAnswer {
  const wanted = ref.trim().toLowerCase()
  const { subscriptions, opensOn } = view.portfolio
  const [thisMonth, ...earlier] = monthEnds(opensOn, today)
  const ahead = addDays(today, AHEAD_DAYS)
  const found =
    firstDue(view, subscriptions, wanted, [thisMonth], today) ??
    firstDue(view, subscriptions, wanted, [ahead], today)
  if (found !== undefined) return found
  const there = coveredExplanation(view, wanted, ahead, today)
  if (there !== undefined) return there
  const settled = view.books.billed.find((line) => billedRefs(line).includes(wanted))
  if (settled !== undefined) return billedExplanation(view, wanted, settled, ahead, today)
  const others = subscriptions.filter((one) => dependsOnMonth(view, one, ahead, today))
  const before = firstDue(view, others, wanted, earlier, today)
  if (before === undefined) throw lineNotFound(ref)
  return before
}

function firstDue(
  view: ExplainView,
  subscriptions: readonly PricedSubscription[],
  wanted: string,
  months: readonly LocalDate[],
  today: LocalDate,
): DueExplanation | undefined {
  for (const subscription of subscriptions) {
    for (const until of months) {
      const found = dueLine(view, subscription, wanted, until, today)
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** The last days of this month and of those before it. */
function monthEnds(opensOn: LocalDate, today: LocalDate): readonly [LocalDate, ...LocalDate[]] {
  const endOf = (first: LocalDate) => addDays(addMonths(first, 1), -1)
  const current = startOfMonth(today)
  const earlier: LocalDate[] = []
  for (let from = addMonths(current, -1); from >= startOfMonth(opensOn); from = addMonths(from, -1)) {
    if (earlier.length >= BACK_MONTHS) break
    earlier.push(endOf(from))
  }
  return [endOf(current), ...earlier]
}

/**
 * What is due is the same in every month's answer, only more of it. A correction is not: it takes in what is due by
 * then. So is nothing that a policy cannot charge until later.
 */
function dependsOnMonth(
  view: ExplainView,
  subscription: PricedSubscription,
  until: LocalDate,
  today: LocalDate,
): boolean {
  const { lines, fault } = allDue(view, subscription, until, today)
  if (fault !== undefined) return true
  const settled = settledOf(subscription.subscription, view.billed)
  const unmatched = matchLines(
    settled.filter(isCompared),
    lines.map(({ charge }) => charge),
  ).rest
  return unmatched.length > 0
}

/** Everything due of a subscription, as if nothing were billed. */
function allDue(
  { portfolio, policies }: ExplainView,
  subscription: PricedSubscription,
  until: LocalDate,
  today: LocalDate,
) {
  return linesOf(subscription, policies, { opensOn: portfolio.opensOn, until, today })
}

function dueLine(
  view: ExplainView,
  subscription: PricedSubscription,
  wanted: string,
  until: LocalDate,
  today: LocalDate,
): DueExplanation | undefined {
  const { portfolio, policies, billed } = view
  const span = { opensOn: portfolio.opensOn, until, today }
  const { lines, free, held } = linesOf(subscription, policies, span, billed)
  const line = [...lines, ...free].find((one) => lineRef(one) === wanted)
  const kept = held.find(({ priced }) => priced !== undefined && lineRef(priced) === wanted)
  const found = line ?? kept?.priced
  if (found === undefined) return undefined
  const { customerId } = subscription.subscription
  const customerName = portfolio.customers.get(customerId)?.name ?? customerId
  const corrects = correctedBy(view, found, until, today)
  return {
    type: 'due',
    line: found,
    source: sourceOf(found, portfolio),
    customerName,
    held: line === undefined ? kept?.why : undefined,
    corrects,
  }
}

/** Both sides of a correction, each line with where it comes from. */
function correctedBy(
  view: ExplainView,
  { subscription, charge: { reason } }: BillLine,
  until: LocalDate,
  today: LocalDate,
): DueExplanation['corrects'] {
  if (reason.type !== 'correction') return undefined
  const due = allDue(view, subscription, until, today)
    .lines.filter(({ charge }) => reason.due.some((line) => isSameLine(charge, line)))
    .map((line) => ({ line, source: sourceOf(line, view.portfolio) }))
  const billed = view.books.billed.filter(
    (line) =>
      isKnownBy(subscription.subscription, line.lineageId) &&
      reason.settled.some((settled) => isSameLine(line, settled)),
  )
  return { due, billed }
}

function coveredExplanation(
  view: ExplainView,
  wanted: string,
  until: LocalDate,
  today: LocalDate,
): CoveredExplanation | undefined {
  const { portfolio } = view
  const span = { opensOn: portfolio.opensOn, until, today }
  const covered = coveredLinesOf(view, portfolio.subscriptions, span).find(({ ref }) => ref === wanted)
  if (covered === undefined) return undefined
  const { customerId } = covered.subscription.subscription
  return {
    type: 'covered',
    customerName: portfolio.customers.get(customerId)?.name ?? customerId,
    covered,
    due:
      covered.due === undefined ? undefined : { line: covered.due, source: sourceOf(covered.due, portfolio) },
  }
}

function billedExplanation(
  view: ExplainView,
  ref: string,
  line: BilledLine,
  until: LocalDate,
  today: LocalDate,
): BilledExplanation {
  const subscription = view.portfolio.subscriptions.find((one) => isKnownBy(one.subscription, line.lineageId))
  const due = subscription === undefined ? [] : allDue(view, subscription, until, today).lines
  const same = due.find(({ charge }) => isSameLine(charge, line))
  return {
    type: 'billed',
    ref,
    line,
    productName: subscription?.subscription.productName,
    due: same === undefined ? undefined : { line: same, source: sourceOf(same, view.portfolio) },
  }
}
