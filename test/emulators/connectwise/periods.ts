import { addDays, addMonths, daysBetween } from '../shared/dates.js'
import type { Agreement, BillingOption, DateText, Span } from './records.js'

const MONTHS: Partial<Record<BillingOption, number>> = {
  Monthly: 1,
  BiMonthly: 2,
  Quarterly: 3,
  SemiAnnual: 6,
  Yearly: 12,
}

const DAYS: Partial<Record<BillingOption, number>> = { Weekly: 7, BiWeekly: 14 }

/** The period with a number: 0 begins on the day the agreement is first billed, -1 ends there. */
export function periodOf({ billStartDate, billingCycle }: Agreement, number: number): Span {
  const months = MONTHS[billingCycle]
  if (months !== undefined) {
    return {
      from: addMonths(billStartDate, number * months),
      to: addMonths(billStartDate, (number + 1) * months),
    }
  }
  const days = DAYS[billingCycle]
  if (days === undefined) throw new Error(`an agreement that is billed ${billingCycle} has no periods`)
  return { from: addDays(billStartDate, number * days), to: addDays(billStartDate, (number + 1) * days) }
}

/** The period a day lies in, also before the first billed one. */
export function periodAround(agreement: Agreement, day: DateText): Span {
  let number = 0
  while (periodOf(agreement, number).from > day) number -= 1
  while (periodOf(agreement, number).to <= day) number += 1
  return periodOf(agreement, number)
}

export function nextInvoiceDate(agreement: Agreement): DateText {
  return periodOf(agreement, agreement.invoicedPeriods).from
}

export function daysOf({ from, to }: Span): number {
  return Math.max(0, daysBetween(from, to))
}

/** What two spans share; undefined: nothing. */
export function overlap(one: Span, other: Span): Span | undefined {
  const from = one.from > other.from ? one.from : other.from
  const to = one.to < other.to ? one.to : other.to
  return from < to ? { from, to } : undefined
}

/** What is left of a span without others, in order. */
export function without(span: Span, taken: readonly Span[]): Span[] {
  let left: Span[] = [span]
  for (const other of taken) {
    left = left.flatMap((part) => {
      const shared = overlap(part, other)
      if (shared === undefined) return [part]
      return [
        { from: part.from, to: shared.from },
        { from: shared.to, to: part.to },
      ].filter(({ from, to }) => from < to)
    })
  }
  return left
}
