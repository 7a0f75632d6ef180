import type { VendorAhead } from '../../core/app/upcoming.js'
import { type LocalDate, addDays, toCivil } from '../../core/calendar/date.js'
import { dayMonthYear, ordinal, periodWords } from '../../core/calendar/words.js'
import type { VendorInvoice } from '../../core/invoices/forecast.js'
import type { InvoiceDay } from '../../core/invoices/invoice-day.js'
import type { Renewal, TakeBackWindow } from '../../core/invoices/renewals.js'
import type { Action, Block } from './model.js'
import type { Section } from './sections.js'
import { amountWords, instantWords, plural, seatsWords, spanWords } from './words.js'

type Names = VendorAhead['customerNames']

/** What makes every prediction doubtful comes first; nothing where the day is known. */
export function invoiceDayBlocks(day: InvoiceDay | undefined): Block[] {
  const words = invoiceDayWords(day)
  return words === undefined ? [] : [{ type: 'text', style: 'strong', text: words }]
}

function invoiceDayWords(day: InvoiceDay | undefined): string | undefined {
  if (day === undefined) {
    return 'Not known: on which day Ingram makes its invoice. Set INVOICE_DAY in .env; it stands on any of them.'
  }
  if (day.type === 'configured') return undefined
  const { firstPurchase } = day
  const date = ordinal(toCivil(firstPurchase).day)
  return `Estimated: Ingram’s invoice comes the day after the ${date}, because the earliest licence known was bought on ${dayMonthYear(firstPurchase)}. Set INVOICE_DAY in .env to be certain.`
}

/** "$433.75 + €12.00"; "nothing known" where nothing known of is charged. */
export function totalsWords(invoice: Pick<VendorInvoice, 'totals'> | undefined): string {
  const { totals = [] } = invoice ?? {}
  if (totals.length === 0) return 'nothing known'
  return totals.map(({ currency, amount }) => amountWords(amount, currency)).join(' + ')
}

/** "8 Apr 2026 · charges of 8 Mar – 7 Apr 2026 · 1 line · $86.75 more than the one before", one after the other. */
export function invoicesWords({ invoices, last, opensOn }: VendorAhead): string[] {
  return invoices.map((invoice, index) => {
    const before = invoices[index - 1] ?? last
    const isComparable = before !== undefined && before.covers.from >= opensOn
    return invoiceWords(invoice, isComparable ? before : undefined, opensOn)
  })
}

function invoiceWords(invoice: VendorInvoice, before: VendorInvoice | undefined, opensOn: LocalDate): string {
  const { on, covers, lines } = invoice
  const what = [dayMonthYear(on), `charges of ${periodWords(covers)}`, plural(lines.length, 'line')]
  return [...what, ...partWords(invoice, opensOn), ...differenceWords(invoice, before)].join(' · ')
}

/** An invoice that began before we knew the counts comes to more than we know. */
export function partWords({ covers }: VendorInvoice, opensOn: LocalDate): string[] {
  return covers.from < opensOn ? [`not known: charges before ${dayMonthYear(opensOn)}`] : []
}

function differenceWords(invoice: VendorInvoice, before: VendorInvoice | undefined): string[] {
  if (before === undefined) return []
  const currencies = new Set([...invoice.totals, ...before.totals].map(({ currency }) => currency))
  const words = [...currencies].flatMap((currency) => {
    const difference = amountOf(invoice, currency) - amountOf(before, currency)
    if (difference === 0n) return []
    const amount = amountWords(difference < 0n ? -difference : difference, currency)
    return [`${amount} ${difference < 0n ? 'less' : 'more'}`]
  })
  return [words.length === 0 ? 'as the one before' : `${words.join(', ')} than the one before`]
}

function amountOf({ totals }: VendorInvoice, currency: string): bigint {
  return totals.find((total) => total.currency === currency)?.amount ?? 0n
}

/** What is in no amount, and why. */
export function gapSection({ gaps, customerNames }: VendorAhead): Section {
  return {
    heading: 'In no predicted amount',
    items: gaps.map(
      ({ customerId, product, why }) => `${nameOf(customerNames, customerId)} · ${product}: ${why}`,
    ),
  }
}

/** Terms that end, those first for which somebody has to act. */
export function renewalSections(renewals: readonly Renewal[], names: Names): Section[] {
  const section = (heading: string, wanted: Renewal['autoRenew']): Section => ({
    heading,
    items: renewals
      .filter(({ autoRenew }) => autoRenew === wanted)
      .map((renewal) => renewalWords(renewal, names)),
  })
  return [
    section('Ends, and is not renewed', false),
    section('Ends; whether it is renewed is not known', undefined),
    section('Renews by itself', true),
  ]
}

/** "1 Jun 2026 · Contoso · Visio Plan 2 · 25 seats" */
export function renewalWords({ on, customerId, product, seats }: Renewal, names: Names): string {
  return `${dayMonthYear(on)} · ${nameOf(names, customerId)} · ${product} · ${seatsWords(seats)}`
}

const OPENED = { purchase: 'bought', renewal: 'renewed', added: 'added' } as const

export const WINDOWS_HEADING = 'Can still be given back'

/** "Contoso · Visio Plan 2: 5 seats added on 18 Mar 2026, until 25 Mar 2026 10:05 (4 days left)" */
export function windowWords(window: TakeBackWindow, names: Names, now: Date, timeZone: string): string {
  const { customerId, product, kind, seats, openedOn, closesOn, closesAt } = window
  const what = `${nameOf(names, customerId)} · ${product}: ${seatsWords(seats)} ${OPENED[kind]} on ${dayMonthYear(openedOn)}`
  if (closesAt !== undefined) {
    const left = spanWords(closesAt.getTime() - now.getTime())
    return `${what}, until ${instantWords(closesAt, timeZone)} (${left} left)`
  }
  return `${what}, through ${dayMonthYear(addDays(closesOn, -1))}; on the day after only until an hour that is not known`
}

export function nameOf(names: Names, customerId: string): string {
  return names.get(customerId) ?? customerId
}

/** A button that shows what could be typed. */
export function lookAction(label: string, command: string): Action {
  return { name: 'look', label, tone: 'default', target: { id: command, revision: '' }, command }
}

/** What leads to the pages before and after. @param command what shows the first one. */
export function pageTurns(command: string, number: number, of: number): Action[] {
  const to = (label: string, page: number) =>
    page < 1 || page > of ? [] : [lookAction(label, `${command} page ${page}`)]
  return [...to('Next page', number + 1), ...to('Previous page', number - 1)]
}
