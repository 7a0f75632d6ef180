import type { FoldedSubscription } from '../timeline/fold.js'
import type { InvoiceSpan } from './invoice-day.js'
import { type VendorGap, type VendorLine, vendorCharges } from './vendor-charges.js'

/** What an invoice of the marketplace is expected to come to, with every charge behind it. */
export interface VendorInvoice extends InvoiceSpan {
  readonly lines: readonly VendorLine[]
  /** Σ of the lines, per currency; none: nothing that is known of is charged. */
  readonly totals: readonly InvoiceTotal[]
}

export interface InvoiceTotal {
  readonly currency: string
  /** Minor units. */
  readonly amount: bigint
}

export interface InvoiceForecast {
  readonly invoices: readonly VendorInvoice[]
  /** What is in no amount, each subscription and reason once. */
  readonly gaps: readonly VendorGap[]
}

/** @param spans of invoices that follow each other. */
export function forecastInvoices(
  subscriptions: readonly FoldedSubscription[],
  spans: readonly InvoiceSpan[],
): InvoiceForecast {
  const [first, last] = [spans[0], spans.at(-1)]
  if (first === undefined || last === undefined) return { invoices: [], gaps: [] }
  const window = { from: first.covers.from, to: last.covers.to }
  const lines = spans.map((): VendorLine[] => [])
  const gaps = new Map<string, VendorGap>()
  for (const subscription of subscriptions) {
    const found = vendorCharges(subscription, window)
    for (const line of found.lines)
      lines[spans.findIndex(({ covers }) => line.chargedOn < covers.to)]?.push(line)
    for (const gap of found.gaps) gaps.set(`${gap.lineageId} ${gap.why}`, gap)
  }
  const invoices = spans.map((span, index) => {
    const own = lines[index] ?? []
    return { ...span, lines: own, totals: totalsOf(own) }
  })
  return { invoices, gaps: [...gaps.values()] }
}

function totalsOf(lines: readonly VendorLine[]): readonly InvoiceTotal[] {
  const totals = new Map<string, bigint>()
  for (const { currency, amount } of lines) totals.set(currency, (totals.get(currency) ?? 0n) + amount)
  return [...totals]
    .map(([currency, amount]) => ({ currency, amount }))
    .sort((left, right) => (left.currency < right.currency ? -1 : 1))
}
