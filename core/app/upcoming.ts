import { type LocalDate, addDays } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { type CashSpan, type DatedAmount, cashOf, cashSpans } from '../invoices/cash.js'
import { type VendorInvoice, forecastInvoices } from '../invoices/forecast.js'
import { type InvoiceDay, invoiceDayOf, invoiceSpans } from '../invoices/invoice-day.js'
import { type Renewal, type TakeBackWindow, openWindows, renewalsIn } from '../invoices/renewals.js'
import type { VendorGap } from '../invoices/vendor-charges.js'
import { CHART_CATEGORIES } from '../limits-ahead.js'
import type { Loaded } from './loader.js'
import { compareText, foldedOf, namesOf } from './portfolio.js'
import { type Who, settledOf, whoToBill } from './who.js'

/** What is to come of the marketplace: its invoices, renewals, and what can still be given back. */
export interface VendorAhead {
  /** undefined: nothing says on which day invoices are made, so that none can be predicted. */
  readonly invoiceDay: InvoiceDay | undefined
  readonly invoices: readonly VendorInvoice[]
  /** The invoice before the first of them, predicted in the same way; undefined: it began before we knew the counts. */
  readonly last: VendorInvoice | undefined
  /** What is in no amount. */
  readonly gaps: readonly VendorGap[]
  readonly renewals: readonly Renewal[]
  /** Charges before it are not known. */
  readonly opensOn: LocalDate
  readonly customerNames: ReadonlyMap<string, string>
}

/** What is to come within some days. */
export interface UpcomingAnswer extends VendorAhead {
  readonly today: LocalDate
  /** From today on. */
  readonly window: Period
  /** Open now. */
  readonly windows: readonly TakeBackWindow[]
  /** What customers are billed against what the marketplace charges, by their dates; one for each currency there is. */
  readonly cash: readonly { readonly currency: string; readonly spans: readonly CashSpan[] }[]
  /** Not billed yet with a date to bill before today, per currency; in no span. */
  readonly overdue: Who['totals']
}

/** What a calendar month carries. */
export interface CalendarAnswer extends VendorAhead {
  readonly today: LocalDate
  readonly month: Period
  /** What customers are billed, by the date to bill: one for each day and currency. */
  readonly bills: readonly DayBill[]
}

export interface DayBill extends DatedAmount {
  readonly customers: number
}

type View = Omit<Loaded, 'age'> & { readonly now: Date }

/** @param configured day of the month of the marketplace's invoices; undefined: nobody said. */
export function upcoming(view: View, days: number, configured: number | undefined): UpcomingAnswer {
  const { today, portfolio } = view
  const window = { from: today, to: addDays(today, days) }
  const ahead = vendorAhead(view, window, configured)
  const { lines, overdue } = billsIn(view, window)
  const charges = ahead.invoices.flatMap(({ on, totals }) => totals.map((total) => ({ ...total, on })))
  const currencies = [...new Set([...lines, ...charges].map(({ currency }) => currency))].sort()
  const spans = cashSpans(window, CHART_CATEGORIES)
  return {
    ...ahead,
    today,
    window,
    windows: openWindows(foldedOf(portfolio), portfolio.completions, view.now, portfolio.timeZone),
    cash: currencies.map((currency) => ({ currency, spans: cashOf(spans, currency, lines, charges) })),
    overdue,
  }
}

/** @param configured as in {@link upcoming}. */
export function calendarMonth(view: View, month: Period, configured: number | undefined): CalendarAnswer {
  const { lines } = billsIn(view, month)
  const days = new Map<string, DayBill & { readonly customerIds: Set<string> }>()
  for (const { on, currency, amount, customerId } of lines) {
    const key = `${on} ${currency}`
    const before = days.get(key) ?? { on, currency, amount: 0n, customers: 0, customerIds: new Set<string>() }
    before.customerIds.add(customerId)
    days.set(key, { ...before, amount: before.amount + amount, customers: before.customerIds.size })
  }
  const bills = [...days.values()]
    .map(({ customerIds: _, ...bill }) => bill)
    .sort((left, right) => left.on - right.on || (left.currency < right.currency ? -1 : 1))
  return { ...vendorAhead(view, month, configured), today: view.today, month, bills }
}

/** Invoices dated in a window and terms that end in it. */
export function vendorAhead(
  view: Pick<View, 'portfolio'>,
  window: Period,
  configured: number | undefined,
): VendorAhead {
  const { portfolio } = view
  const { opensOn } = portfolio
  const subscriptions = foldedOf(portfolio)
  const customerNames = namesOf(portfolio)
  const byName = (left: Named, right: Named) =>
    compareText(customerNames.get(left.customerId) ?? '', customerNames.get(right.customerId) ?? '')
  const renewals = renewalsIn(subscriptions, window).sort(
    (left, right) => left.on - right.on || byName(left, right),
  )
  const invoiceDay = invoiceDayOf(
    configured,
    subscriptions.map(({ start }) => start),
  )
  const shared = { invoiceDay, renewals, opensOn, customerNames }
  if (invoiceDay === undefined) return { ...shared, invoices: [], last: undefined, gaps: [] }
  const spans = invoiceSpans(invoiceDay, window)
  const first = spans[0]?.covers.from
  // Counts before the opening are not known, and neither is what was charged for them: there is nothing to compare with.
  const before = first === undefined ? [] : invoiceSpans(invoiceDay, { from: first, to: addDays(first, 1) })
  const known = before.filter(({ covers }) => covers.from >= opensOn)
  const { invoices } = forecastInvoices(subscriptions, known)
  const forecast = forecastInvoices(subscriptions, spans)
  return { ...shared, ...forecast, gaps: forecast.gaps.toSorted(byName), last: invoices[0] }
}

type Named = { readonly customerId: string }

interface BillAmount extends DatedAmount {
  readonly customerId: string
}

/** What customers are billed with a date to bill in a window, billed already or not, by file or in a PSA (BILLING B21). */
function billsIn(
  { portfolio, policies, billed, today }: View,
  window: Period,
): { readonly lines: readonly BillAmount[]; readonly overdue: Who['totals'] } {
  const { bills, psa } = whoToBill(portfolio, policies, window, today, billed)
  const lines: BillAmount[] = []
  const overdue = new Map<string, { amount: bigint; customers: number }>()
  for (const { customerId, currency, lines: own } of [...bills, ...psa]) {
    let late = 0n
    for (const { charge } of own) {
      const { billOn: on, amount } = charge
      if (on >= window.from) lines.push({ on, currency, amount, customerId })
      else late += amount
    }
    if (late === 0n) continue
    const before = overdue.get(currency) ?? { amount: 0n, customers: 0 }
    overdue.set(currency, { amount: before.amount + late, customers: before.customers + 1 })
  }
  for (const { subscription } of portfolio.subscriptions) {
    for (const { billOn: on, amount, currency } of settledOf(subscription, billed)) {
      if (on < window.from || on >= window.to) continue
      lines.push({ on, currency, amount, customerId: subscription.customerId })
    }
  }
  return { lines, overdue: [...overdue].map(([currency, late]) => ({ currency, ...late })) }
}
