import { digitsOf } from './currencies.js'
import type { Day } from './days.js'
import {
  add,
  compare,
  type Fraction,
  isZero,
  multiply,
  negate,
  ONE,
  parseFraction,
  round,
  subtract,
  ZERO,
} from './fraction.js'
import type { History } from './history.js'
import type { Policy, Question, Span } from './input.js'
import { isFull, type Measure, shareOf } from './measure.js'
import type { BillingSpan, Periods } from './periods.js'
import type { Rules } from './rules.js'

/** One money line, its numbers as fractions. */
export interface Charge {
  readonly kind: string
  readonly period: Span
  readonly from: Day
  readonly to: Day
  readonly billOn: Day
  readonly quantity: Fraction
  readonly unitPrice: Fraction
  readonly amount: Fraction
}

/** A line before its arithmetic; `on` is the day of what caused it. */
interface Draft extends Span {
  readonly on: Day
  readonly quantity: Fraction
  readonly unitPrice: Fraction
}

/** The two edges of what lines of a period cover, and the days of service in it. */
interface Coverage {
  readonly service: Span
  readonly from: Day
  readonly to: Day
}

/** B11: `full` covers from the period's start, or to its end; `prorate` covers the service. */
function coverageOf(period: BillingSpan, history: History, policy: Policy, rules: Rules): Coverage {
  const service = {
    from: Math.max(period.from, history.start),
    to: Math.min(period.to, history.end ?? period.to),
  }
  const reaches = policy.firstPeriod === 'full' && rules.broken !== 'fullReachesService'
  return {
    service,
    from: reaches ? period.from : service.from,
    to: policy.lastPeriod === 'full' ? period.to : service.to,
  }
}

/** B15, D6: the price in force at the end of a day, given the one of the day before in the same period. */
function priceOn(day: Day, before: Fraction | undefined, history: History, question: Question, rules: Rules) {
  const { trialEnd } = question.subscription
  const own = history.at(day).price
  if (trialEnd !== undefined && day < trialEnd) return ZERO
  if (before === undefined)
    return rules.broken === 'priceOfFirstEvent' ? history.at(history.start).price : own
  // The end of a trial always acts at once.
  if (day === trialEnd && rules.broken !== 'trialEndIgnored') return own
  return question.policy.priceChange === 'immediate' ? own : before
}

/** D1: a period that begins paused has as its base the count at resumption; without one it has no base. */
function openingDay(service: Span, history: History): Day | undefined {
  for (let day = service.from; day < service.to; day += 1) if (!history.paused(day)) return day
  return undefined
}

/**
 * The lines of one period before their arithmetic, in date order, by walking its days of service.
 * `seats` are the billable seats: the highest count so far with `decreases=nextPeriod` (B8), the count with
 * `credit` (B9); with `increases=nextPeriod` they never rise (B10, D4).
 */
function draftsOf(period: BillingSpan, history: History, question: Question, rules: Rules): readonly Draft[] {
  const { policy } = question
  const { service, from, to } = coverageOf(period, history, policy, rules)
  const opening = openingDay(service, history)
  if (opening === undefined) return []
  let seats = history.at(opening).count
  let count = seats
  let price = priceOn(service.from, undefined, history, question, rules)
  const drafts: Draft[] = [{ on: service.from, from, to, quantity: seats, unitPrice: price }]
  for (let day = service.from + 1; day < service.to; day += 1) {
    const before = count
    count = day > opening ? history.at(day).count : count
    const rose = compare(count, seats) > 0 && policy.increases !== 'nextPeriod'
    const fell = compare(count, seats) < 0 && policy.decreases === 'credit'
    const seatsBefore = seats
    if (rose || fell) seats = count
    // D6: on one day the price changes first; its line counts the seats billable before that day.
    const next = priceOn(day, price, history, question, rules)
    const counted = rules.broken === 'seatsBeforePrice' ? seats : seatsBefore
    drafts.push({ on: day, from: day, to, quantity: counted, unitPrice: subtract(next, price) })
    price = next
    const change = subtract(seats, seatsBefore)
    // B8: from its date to the period's end; D4: `full` reaches back to where the base line begins.
    if (rose) {
      const begins = policy.increases === 'full' ? from : day
      drafts.push({ on: day, from: begins, to, quantity: change, unitPrice: price })
    }
    // B9: −Δ × price × days left; D5: they run to where charge lines end.
    if (fell) {
      const begins = rules.broken === 'creditFromNextDay' ? day + 1 : day
      drafts.push({ on: day, from: begins, to, quantity: change, unitPrice: price })
    }
    if (rules.broken === 'dipChargesAgain' && !rose && !fell && compare(count, before) > 0) {
      drafts.push({ on: day, from: day, to, quantity: subtract(count, before), unitPrice: price })
    }
  }
  return drafts
}

/** B2: the line rounded once; with `roundAt=unit` the price × fraction first, then × seats. D3: a full period too. */
function amountOf(draft: Draft, share: Fraction, question: Question, rules: Rules): Fraction {
  const digits = digitsOf(question.currency)
  const { roundAt, roundMode } = question.policy
  const mode = rules.broken === 'lineCutNotRounded' ? 'down' : roundMode
  const unit = multiply(draft.unitPrice, share)
  return round(multiply(roundAt === 'unit' ? round(unit, digits, mode) : unit, draft.quantity), digits, mode)
}

/** B21, D8: in arrears the period's end; in advance the effective date, for a base its first day of service. */
function billOnOf(draft: Draft, period: BillingSpan, policy: Policy, rules: Rules): Day {
  if (policy.timing === 'arrears') return period.to
  return rules.broken === 'billOnPeriodStart' && draft.from === period.from ? period.from : draft.on
}

/** D10: a full period is `recurring`, a part of one `prorated`, a negative one `credit`. */
function kindOf(amount: Fraction, full: boolean): string {
  if (compare(amount, ZERO) < 0) return 'credit'
  return full ? 'recurring' : 'prorated'
}

/** The lines of one period. Lines of zero are left out: they are never compared (D10). */
export function chargesOf(
  period: BillingSpan,
  history: History,
  question: Question,
  rules: Rules,
): readonly Charge[] {
  const { policy, subscription } = question
  const measure: Measure = { period, policy, subscription, paused: history.paused, rules }
  const charges: Charge[] = []
  let sum = ZERO
  for (const draft of draftsOf(period, history, question, rules)) {
    if (isZero(draft.quantity) || isZero(draft.unitPrice)) continue
    const billOn = billOnOf(draft, period, policy, rules)
    // B9, B20: the sum that is held at 0 is of what is due; what lies before the opening is not.
    if (question.dueFrom !== undefined && billOn < question.dueFrom) continue
    const computed = amountOf(draft, shareOf(draft, measure), question, rules)
    // D5: in date order, the line that would push the period's sum below 0 is cut to leave 0.
    const below = compare(add(sum, computed), ZERO) < 0 && rules.broken !== 'capForgotten'
    const amount = below ? negate(sum) : computed
    sum = add(sum, amount)
    if (isZero(amount)) continue
    charges.push({
      kind: kindOf(amount, isFull(draft, measure)),
      period: { from: period.from, to: period.to },
      from: draft.from,
      to: draft.to,
      billOn,
      quantity: draft.quantity,
      unitPrice: draft.unitPrice,
      amount,
    })
  }
  return charges
}

/** B20b, D8: a one-time line has its own date (in arrears its period's end) and is never prorated. */
export function oneTimeCharges(periods: Periods, question: Question, rules: Rules): readonly Charge[] {
  const charges: Charge[] = []
  for (const event of question.subscription.events) {
    const period = periods.containing(event.on)
    const { window, policy } = question
    if (event.type !== 'oneTime' || period.from < window.from || period.from >= window.to) continue
    const quantity = event.quantity ?? ONE
    const unitPrice = event.unitPrice ?? event.amount ?? parseFraction('0')
    const draft = { on: event.on, from: event.on, to: event.on + 1, quantity, unitPrice }
    const amount = event.amount ?? amountOf(draft, ONE, question, rules)
    if (isZero(amount)) continue
    charges.push({
      kind: 'oneTime',
      period: { from: period.from, to: period.to },
      from: draft.from,
      to: draft.to,
      billOn: policy.timing === 'arrears' ? period.to : event.on,
      quantity,
      unitPrice,
      amount,
    })
  }
  return charges
}
