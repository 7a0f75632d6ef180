import { type LocalDate, addDays, dayOfMonth, monthNumber, toCivil } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'

/**
 * On which day of a month the marketplace makes its one invoice. Ingram: the day after the day of the month of the first
 * purchase ever (7 January → the 8th of each month).
 */
export type InvoiceDay =
  /** The MSP says so (1–31); a shorter month has it on its last day. */
  | { readonly type: 'configured'; readonly day: number }
  /** Nobody says so: taken from the earliest licence that is still known, which need not have been the first. */
  | { readonly type: 'estimated'; readonly firstPurchase: LocalDate }

/** An invoice to come, and the charges on it: those of the days since the one before. */
export interface InvoiceSpan {
  readonly on: LocalDate
  /** Half-open: what is charged on the invoice's own day is the next one's. */
  readonly covers: Period
}

/**
 * The day, as far as it can be known.
 *
 * @param configured day of the month; undefined: nobody said.
 * @param purchases first days of everything ever seen. Without any nothing is known.
 */
export function invoiceDayOf(
  configured: number | undefined,
  purchases: Iterable<LocalDate>,
): InvoiceDay | undefined {
  if (configured !== undefined) return { type: 'configured', day: configured }
  let first: LocalDate | undefined
  for (const day of purchases) if (first === undefined || day < first) first = day
  return first === undefined ? undefined : { type: 'estimated', firstPurchase: first }
}

/**
 * The invoice of a month (see `monthNumber`). Of a purchase on the 31st the day after is the 1st of the month behind, in
 * short months too: each month has one.
 */
function invoiceOf(rule: InvoiceDay, month: number): LocalDate {
  return rule.type === 'configured'
    ? dayOfMonth(month, rule.day)
    : addDays(dayOfMonth(month, toCivil(rule.firstPurchase).day), 1)
}

/** Invoices dated in a window, in order; between them they cover every day once. */
export function invoiceSpans(rule: InvoiceDay, window: Period): InvoiceSpan[] {
  const spans: InvoiceSpan[] = []
  // The day after the 31st belongs to the month before.
  for (let month = monthNumber(window.from) - 1; month <= monthNumber(window.to); month += 1) {
    const on = invoiceOf(rule, month)
    if (on < window.from || on >= window.to) continue
    spans.push({ on, covers: { from: invoiceOf(rule, month - 1), to: on } })
  }
  return spans
}
