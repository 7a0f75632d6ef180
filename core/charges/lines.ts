import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import type { Decimal } from '../money/decimal.js'
import { type Scale, amountOf, roundFraction } from './amount.js'
import { billOn } from './bill-on.js'
import { coverageOf } from './day-count.js'
import { BEGINNING, type History } from './history.js'
import { type Movement, movementsOf } from './movements.js'
import type { ChargedPeriod } from './periods.js'
import type { ChargeLine, LineKind, LineReason, Policy } from './types.js'

/** A subscription ready to be charged, period by period. */
export interface Account {
  readonly history: History
  /** Months of a whole billing period; 0 for one of days. */
  readonly months: number
  readonly scale: Scale
}

/** The dates charge lines of a period run between, and what is taken out of them. */
interface Span {
  readonly baseFrom: LocalDate
  readonly to: LocalDate
  readonly pauses: readonly Period[]
}

const NO_PAUSES: readonly Period[] = []

/**
 * The lines of one period with service in it, in order of effective date: the base for the whole period and one line per movement after
 * it (B8–B10, B15). Lines to be billed before `notBefore` are not due and do not count (B20).
 */
export function linesOfPeriod(
  account: Account,
  period: ChargedPeriod,
  notBefore: LocalDate = BEGINNING,
): readonly ChargeLine[] {
  const { history } = account
  const span = spanOf(history, period)
  const lines: ChargeLine[] = []
  let due = 0n
  for (const movement of movementsOf(history, period)) {
    const billedOn = billOn(period, movement.on)
    if (billedOn < notBefore) continue
    const line = lineOf(account, period, span, movement, billedOn, due)
    due += line.amount
    lines.push(line)
  }
  return lines
}

/**
 * Where charge lines begin and end.
 * - B11 `firstPeriod`: the base begins with the service, or with the period; a short term's own days are all it has.
 * - B11, B12 `lastPeriod`: lines run to the period's end, or to the first day without service.
 * - B13 `suspended`: paused days leave the day count, or are billed.
 */
function spanOf({ serviceFrom, serviceTo, pauses }: History, { period, from, policy }: ChargedPeriod): Span {
  return {
    baseFrom: serviceFrom > from && policy.firstPeriod === 'prorate' ? serviceFrom : from,
    to: serviceTo < period.to && policy.lastPeriod === 'prorate' ? serviceTo : period.to,
    pauses: policy.suspended === 'pause' ? pauses : NO_PAUSES,
  }
}

/** B10: a rise is charged from its date, or with `full` from where the base line begins (D4). */
function lineFrom({ type, on }: Movement, { baseFrom }: Span, policy: Policy): LocalDate {
  return type === 'base' || (type === 'rise' && policy.increases === 'full') ? baseFrom : on
}

/** One line of a movement: `due` is the sum of the period's lines before it. */
function lineOf(
  { months, scale }: Account,
  period: ChargedPeriod,
  span: Span,
  movement: Movement,
  billedOn: LocalDate,
  due: bigint,
): ChargeLine {
  const { policy } = period
  const { price, oldPrice, before, after, estimated } = movement
  const from = lineFrom(movement, span, policy)
  const coverage = coverageOf(period, months, { from, to: span.to }, span.pauses)
  const fraction = roundFraction(coverage.fraction, policy.durationDecimals)
  const quantity = oldPrice === undefined ? ((after - before) as Decimal) : after
  const unitPrice =
    oldPrice === undefined ? price.unitPrice : ((price.unitPrice - oldPrice.unitPrice) as Decimal)
  const exact = amountOf(scale, policy, quantity, unitPrice, fraction)
  const amount = atLeast(-due, exact.amount)
  const line: ChargeLine = {
    kind: kindOf(quantity, unitPrice, coverage),
    period: period.period,
    from,
    to: span.to,
    billOn: billedOn,
    quantity,
    unitPrice,
    amount,
    days: coverage.days,
    daysInPeriod: coverage.daysInPeriod,
    fraction,
    priceRule: price.priceRule,
    reason: reasonOf(movement),
    estimated,
  }
  return withRounding(line, policy, exact, amount)
}

/** B9, D5: the line that would push the period's sum below 0 is cut to leave 0. */
function atLeast(least: bigint, amount: bigint): bigint {
  return amount < least ? least : amount
}

function withRounding(
  line: ChargeLine,
  { roundMode }: Policy,
  { unitAmount, amount: exact }: { readonly unitAmount?: bigint; readonly amount: bigint },
  amount: bigint,
): ChargeLine {
  if (unitAmount === undefined && roundMode === 'halfAway' && exact === amount) return line
  return {
    ...line,
    ...(unitAmount === undefined ? {} : { unitAmount }),
    ...(roundMode === 'down' ? { roundedDown: true } : {}),
    ...(exact === amount ? {} : { amountBeforeCap: exact }),
  }
}

/** D10 */
function kindOf(
  quantity: Decimal,
  unitPrice: Decimal,
  { days, daysInPeriod }: { days: number; daysInPeriod: number },
): LineKind {
  if (quantity < 0n || unitPrice < 0n) return 'credit'
  return days === daysInPeriod ? 'recurring' : 'prorated'
}

function reasonOf({ type, on, before, after, price, oldPrice }: Movement): LineReason {
  if (oldPrice !== undefined) return { type: 'price', before: oldPrice.unitPrice, after: price.unitPrice, on }
  return type === 'rise' || type === 'decrease' ? { type, before, after, on } : { type: 'base', seats: after }
}
