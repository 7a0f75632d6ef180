import { type LocalDate, addDays, addMonths, startOfMonth } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'

/** An amount in minor units of one currency with its date. */
export interface DatedAmount {
  readonly on: LocalDate
  readonly currency: string
  readonly amount: bigint
}

/** What comes in and goes out on the days of a span, by the dates of bills and invoices, in minor units. */
export interface CashSpan {
  readonly span: Period
  readonly comesIn: bigint
  readonly goesOut: bigint
}

/** Weeks from Monday as long as there are at most so many, else calendar months; the first and last are cut to the window. */
export function cashSpans(window: Period, most: number): Period[] {
  const weeks = cutAt(window, (day) => addDays(day, 7 - daysSinceMonday(day)))
  return weeks.length <= most ? weeks : cutAt(window, (day) => addMonths(startOfMonth(day), 1))
}

/** 1970-01-01 was a Thursday, three days after a Monday. */
function daysSinceMonday(day: LocalDate): number {
  return (((day + 3) % 7) + 7) % 7
}

function cutAt({ from, to }: Period, next: (day: LocalDate) => LocalDate): Period[] {
  const spans: Period[] = []
  for (let day = from; day < to; ) {
    const end = next(day)
    spans.push({ from: day, to: end < to ? end : to })
    day = end
  }
  return spans
}

/** Both sides of one currency, span by span. Amounts dated outside all spans are left out. */
export function cashOf(
  spans: readonly Period[],
  currency: string,
  comesIn: readonly DatedAmount[],
  goesOut: readonly DatedAmount[],
): CashSpan[] {
  const sum = (amounts: readonly DatedAmount[], { from, to }: Period) =>
    amounts.reduce(
      (total, { on, amount, currency: own }) =>
        own === currency && on >= from && on < to ? total + amount : total,
      0n,
    )
  return spans.map((span) => ({ span, comesIn: sum(comesIn, span), goesOut: sum(goesOut, span) }))
}
