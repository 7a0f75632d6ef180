import { type LocalDate, addDays } from '../calendar/date.js'
import { dayMonthYear, periodWords } from '../calendar/words.js'
import { amountOf, scaleOf } from '../charges/amount.js'
import { DECIMAL_ONE, type Decimal, formatDecimal } from '../money/decimal.js'
import { formatMoney, formatUnitPrice, money } from '../money/money.js'
import type { CountChange, ProrationMode, Step } from './types.js'
import { unitsOn } from './units.js'

/** How a container's own arithmetic takes part, as an approver has to know it (S10). */
export const MODE_WORDS: Readonly<Record<ProrationMode, string>> = {
  datedLines: 'it prorates by dates itself',
  wholeLines: 'it does not prorate, so parts of a month are written as amounts',
  units: 'it prorates by itself',
}

/** The line a step changes or takes back, as far as it is known: what one seat of it costs. */
export interface StepLine {
  readonly quantity: Decimal
  readonly unitPrice: Decimal
  /** Billed once, not every month. */
  readonly oneTime: boolean
}

/**
 * What a step does, before → after, with its date: "20 → 25 seats from 1 Apr 2026".
 *
 * @param line what it changes; undefined: not known, so nothing is said of its price.
 */
export function stepWords(step: Step, currency: string, line?: StepLine): string {
  const whole = line === undefined ? undefined : { ...line, currency }
  switch (step.type) {
    case 'add':
      return step.oneTime ? onceWords(step, currency) : addWords(step, currency)
    case 'setQuantity': {
      const change = `${arrow(seats(step.before), seats(step.after))} on the running line`
      return `${change}${fromWords(step.count)}${monthlyWords(whole, step.after)}`
    }
    case 'setPrice':
      return arrow(formatUnitPrice(step.before, currency), formatUnitPrice(step.after, currency))
    case 'end':
      if (step.after === null) return `${lineWords(whole)} that was ended goes on`
      return `${countWords(step.count, step.after)}: ${lineWords(whole)} ends after ${dayMonthYear(addDays(step.after, -1))}`
    case 'remove':
      return `${lineWords(whole, step.quantity)} that was never invoiced is taken away`
    case 'adjust':
      return `${countWords(step.count, step.on)}${monthlyWords(whole, unitsOn(step.count?.after ?? [], step.on))}`
  }
}

type PricedLine = StepLine & { readonly currency: string }

/** ": 25 × $22.00 = $550.00 a month" */
function monthlyWords(line: PricedLine | undefined, quantity: Decimal): string {
  return line === undefined ? '' : `: ${priceWords({ ...line, quantity })}`
}

/** "a line of 5 × $22.00 = $110.00 a month", "a one-time line of $74.52"; "a line of 5" where its price is not known. */
function lineWords(line: PricedLine | undefined, quantity?: Decimal): string {
  if (line === undefined) return quantity === undefined ? 'a line' : `a line of ${seats(quantity)}`
  return `a ${line.oneTime ? 'one-time ' : ''}line of ${priceWords(line)}`
}

function priceWords({ quantity, unitPrice, oneTime, currency }: PricedLine): string {
  const price = formatUnitPrice(unitPrice, currency)
  if (oneTime && quantity === DECIMAL_ONE) return price
  const { amount } = amountOf(scaleOf(currency), ROUNDING, quantity, unitPrice, WHOLE)
  const sum = formatMoney(money(currency, amount))
  return `${seats(quantity)} × ${price} = ${sum}${oneTime ? '' : ' a month'}`
}

const ROUNDING = { roundAt: 'line', roundMode: 'halfAway' } as const
/** A full month. */
const WHOLE = { days: 1, of: 1 }

type Added = Extract<Step, { type: 'add' }>

function addWords({ quantity, unitPrice, from, to, count }: Added, currency: string): string {
  const end = to === null ? '' : ` through ${dayMonthYear(addDays(to, -1))}`
  const line = `a line of ${seats(quantity)} at ${formatUnitPrice(unitPrice, currency)}${end}`
  return count === undefined ? `${line} from ${dayMonthYear(from)}` : `${countWords(count, from)}: ${line}`
}

function onceWords({ quantity, unitPrice, from, to, settles }: Added, currency: string): string {
  const price = formatUnitPrice(unitPrice, currency)
  const content = quantity === DECIMAL_ONE ? price : `${seats(quantity)} × ${price}`
  const days = to === null ? dayMonthYear(from) : periodWords({ from, to })
  const [first] = settles
  const isElsewhere = first !== undefined && (first.period.from > from || first.period.to <= from)
  const whose = isElsewhere ? `, for ${periodWords(first.period)}` : ''
  // Several lines are settled by one only where it makes up for what the counts are billed with (S12).
  const why = settles.length > 1 ? ', because a day takes one adjustment' : ''
  return `once ${content}, ${days}${whose}${why}`
}

/** "20 → 25 seats from 11 Mar 2026" */
function countWords(count: CountChange | undefined, day: LocalDate): string {
  if (count === undefined) return `from ${dayMonthYear(day)}`
  const [before, after] = [unitsOn(count.before, day), unitsOn(count.after, day)]
  return `${arrow(seats(before), seats(after))} seats from ${dayMonthYear(day)}`
}

function fromWords(count: CountChange | undefined): string {
  return count === undefined ? '' : `, billed from ${dayMonthYear(count.from)}`
}

function arrow(before: string, after: string): string {
  return `${before} → ${after}`
}

function seats(count: Decimal): string {
  return formatDecimal(count)
}
