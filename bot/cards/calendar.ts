import type { Answer } from '../../core/app/studio.js'
import type { CalendarAnswer } from '../../core/app/upcoming.js'
import { type LocalDate, toCivil } from '../../core/calendar/date.js'
import { dayMonth, monthYear } from '../../core/calendar/words.js'
import { CARD_ROWS } from '../../core/limits.js'
import { OVERVIEW_ITEMS } from '../../core/limits-ahead.js'
import { gapSection, invoiceDayBlocks, pageTurns, partWords, totalsWords } from './ahead.js'
import type { Block, Card, Fact } from './model.js'
import { noSuchPage, shortSections } from './sections.js'
import { ageWords, amountWords, plural } from './words.js'

export type CalendarView = Answer<CalendarAnswer>

/** The days of a month that carry something. @param page from 1. */
export function calendarCard(view: CalendarView, page: number): Card {
  const rows = rowsOf(view)
  const pages = Math.max(1, Math.ceil(rows.length / CARD_ROWS))
  const command = `calendar ${monthTyped(view.month.from)}`
  if (page > pages) throw noSuchPage(command, page, pages)
  const from = (page - 1) * CARD_ROWS
  const shown = rows.slice(from, from + CARD_ROWS)
  const hidden = rows.length - from - shown.length
  const table: Block =
    rows.length === 0
      ? { type: 'text', style: 'plain', text: 'No day of this month carries anything that is known.' }
      : {
          type: 'table',
          columns: [
            { heading: 'Day', align: 'left' },
            { heading: 'Amount', align: 'right' },
          ],
          rows: shown,
          ...(hidden > 0 ? { more: { hidden, command: `${command} page ${page + 1}` } } : {}),
        }
  const gaps = [gapSection(view)].filter(({ items }) => items.length > 0)
  const facts = factsOf(view)
  return {
    title: `Calendar of ${monthYear(view.month.from)}${pages === 1 ? '' : ` · page ${page} of ${pages}`}`,
    tone: view.invoiceDay?.type === 'configured' && gaps.length === 0 ? 'plain' : 'attention',
    blocks: [
      ...(page > 1
        ? []
        : [...invoiceDayBlocks(view.invoiceDay), ...shortSections(gaps, OVERVIEW_ITEMS, 'upcoming')]),
      ...(facts.length === 0 || page > 1 ? [] : [{ type: 'facts', facts } as const]),
      table,
      { type: 'text', style: 'quiet', text: `${ageWords(view.age)}. Invoices from Ingram are predicted.` },
    ],
    actions: pageTurns(command, page, pages),
  }
}

/** "2026-03": a month as it is never mistaken. */
function monthTyped(day: LocalDate): string {
  const { year, month } = toCivil(day)
  return `${year}-${String(month).padStart(2, '0')}`
}

function factsOf({ bills, invoices }: CalendarView): Fact[] {
  const facts = (
    label: (currency: string) => string,
    amounts: readonly { currency: string; amount: bigint }[],
  ) => {
    const sums = new Map<string, bigint>()
    for (const { currency, amount } of amounts) sums.set(currency, (sums.get(currency) ?? 0n) + amount)
    return [...sums].map(([currency, sum]) => ({ label: label(currency), value: amountWords(sum, currency) }))
  }
  return [
    ...facts((currency) => `Bills of customers in ${currency}`, bills),
    ...facts(
      (currency) => `Ingram in ${currency}, predicted`,
      invoices.flatMap(({ totals }) => totals),
    ),
  ]
}

interface Entry {
  readonly on: LocalDate
  readonly words: string
  readonly amount: string
}

/** In order of date; on one day the bills come first, then the invoice, then what ends. */
function rowsOf(view: CalendarView): string[][] {
  return [...billEntries(view), ...invoiceEntries(view), ...renewalEntries(view)]
    .sort((left, right) => left.on - right.on)
    .map(({ on, words, amount }) => [`${dayMonth(on)} · ${words}`, amount])
}

function billEntries({ bills }: CalendarView): Entry[] {
  return bills.map(({ on, currency, amount, customers }) => ({
    on,
    words: `bills of ${plural(customers, 'customer')}`,
    amount: amountWords(amount, currency),
  }))
}

/** An amount in each currency is a row of its own: beside each other they would be too wide for a telephone. */
function invoiceEntries({ invoices, opensOn }: CalendarView): Entry[] {
  return invoices.flatMap((invoice) => {
    const { on, totals, lines } = invoice
    if (totals.length === 0) {
      const words = ['invoice from Ingram', ...partWords(invoice, opensOn)].join(', ')
      return [{ on, words, amount: totalsWords(invoice) }]
    }
    return totals.map(({ currency, amount }) => {
      const count = lines.filter((line) => line.currency === currency).length
      const what = `invoice from Ingram (${plural(count, 'line')})`
      const words = [what, ...partWords(invoice, opensOn)].join(', ')
      return { on, words, amount: amountWords(amount, currency) }
    })
  })
}

/** "3 terms end: 1 is not renewed" */
function renewalEntries({ renewals }: CalendarView): Entry[] {
  return [...new Set(renewals.map(({ on }) => on))].map((on) => {
    const own = renewals.filter((renewal) => renewal.on === on)
    const ends = own.filter(({ autoRenew }) => autoRenew === false).length
    const unknown = own.filter(({ autoRenew }) => autoRenew === undefined).length
    const notes = [
      ...(ends === 0 ? [] : [`${ends} not renewed`]),
      ...(unknown === 0 ? [] : [`of ${unknown} not known whether renewed`]),
    ]
    const words = `${plural(own.length, 'term ends', 'terms end')}${notes.length === 0 ? ', renewed' : `: ${notes.join(', ')}`}`
    return { on, words, amount: '–' }
  })
}
