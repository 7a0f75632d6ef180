import type { Answer } from '../../core/app/studio.js'
import type { UpcomingAnswer } from '../../core/app/upcoming.js'
import { dayMonthYear, periodWords, shortMonthYear } from '../../core/calendar/words.js'
import type { CashSpan } from '../../core/invoices/cash.js'
import { CHART_CATEGORIES, OVERVIEW_ITEMS } from '../../core/limits-ahead.js'
import { minorPerMajor } from '../../core/money/money.js'
import {
  WINDOWS_HEADING,
  gapSection,
  invoiceDayBlocks,
  invoicesWords,
  pageTurns,
  renewalSections,
  totalsWords,
  windowWords,
} from './ahead.js'
import type { Block, Card, Chart } from './model.js'
import { type Section, noSuchPage, pageWords, pagesOf, shortSections } from './sections.js'
import { ageWords, amountWords, plural } from './words.js'

export type UpcomingView = Answer<UpcomingAnswer>

/**
 * What is to come: an overview, and behind it, where that has no room, every item page by page.
 *
 * @param days as they were asked for; undefined: the usual ones.
 * @param page from 1, the overview.
 */
export function upcomingCard(view: UpcomingView, days: number | undefined, page: number): Card {
  const command = days === undefined ? 'upcoming' : `upcoming ${days}`
  const sections = sectionsOf(view).filter(({ items }) => items.length > 0)
  const isLong = sections.some(({ items }) => items.length > OVERVIEW_ITEMS)
  const pages = isLong ? pagesOf(sections).length : 0
  const of = 1 + pages
  const foot: Block = { type: 'text', style: 'quiet', text: `${ageWords(view.age)}. ${NOTE}` }
  const title = `Upcoming, ${periodWords(view.window)}${pageWords({ number: page, of, sections: [] })}`
  const actions = pageTurns(command, page, of)
  if (page === 1) {
    const blocks = [...overview(view, sections, `${command} page 2`), foot]
    return { title, tone: isDoubtful(view) ? 'attention' : 'plain', blocks, actions }
  }
  if (page > of) throw noSuchPage(command, page, of)
  // Behind the overview the pages count on.
  const lists = (pagesOf(sections)[page - 2] ?? []).map((section): Block => ({ type: 'list', ...section }))
  return { title, tone: 'plain', blocks: [...lists, foot], actions }
}

const NOTE =
  'Predicted from costs and seats known today, by the dates of bills and invoices, not of payments. Giving back within 7 days is Microsoft’s rule; others have their own.'

function isDoubtful({ invoiceDay, gaps, windows, renewals }: UpcomingView): boolean {
  const ends = renewals.some(({ autoRenew }) => autoRenew !== true)
  return invoiceDay?.type !== 'configured' || gaps.length + windows.length > 0 || ends
}

function sectionsOf(view: UpcomingView): Section[] {
  const { windows, renewals, customerNames, age } = view
  const open = windows.map((window) => windowWords(window, customerNames, age.now, age.timeZone))
  return [
    gapSection(view),
    { heading: WINDOWS_HEADING, items: open },
    ...renewalSections(renewals, customerNames),
  ]
}

function overview(view: UpcomingView, sections: readonly Section[], all: string): Block[] {
  const [gaps, others] = [true, false].map((isGap) =>
    shortSections(
      sections.filter(({ heading }) => (heading === gapSection(view).heading) === isGap),
      OVERVIEW_ITEMS,
      all,
    ),
  )
  return [
    ...invoiceDayBlocks(view.invoiceDay),
    ...(gaps ?? []),
    ...overdueBlocks(view),
    invoiceBlock(view),
    ...(others ?? []),
    ...view.cash.flatMap(({ currency, spans }) => cashChart(currency, spans)),
  ]
}

function overdueBlocks({ overdue }: UpcomingView): Block[] {
  if (overdue.length === 0) return []
  const facts = overdue.map(({ currency, amount, customers }) => ({
    label: `Not billed yet in ${currency}, from earlier`,
    value: `${amountWords(amount, currency)} from ${plural(customers, 'customer')}: \`who\``,
  }))
  return [{ type: 'facts', facts }]
}

function invoiceBlock(view: UpcomingView): Block {
  const { invoices, invoiceDay } = view
  if (invoices.length === 0) {
    const text =
      invoiceDay === undefined ? 'No invoice can be predicted.' : 'No invoice of Ingram within these days.'
    return { type: 'text', style: 'plain', text }
  }
  return {
    type: 'table',
    columns: [
      { heading: 'Invoice from Ingram', align: 'left' },
      { heading: 'Predicted', align: 'right' },
    ],
    rows: invoicesWords(view).map((words, index) => [words, totalsWords(invoices[index])]),
  }
}

/** What comes in, goes out and is left, span by span; nothing where nothing moves. */
function cashChart(currency: string, spans: readonly CashSpan[]): Chart[] {
  if (spans.every(({ comesIn, goesOut }) => comesIn === 0n && goesOut === 0n)) return []
  const shown = spans.slice(0, CHART_CATEGORIES)
  const series = (name: string, amount: (span: CashSpan) => bigint) => ({
    name,
    points: shown.map((span) => pointOf(amount(span), currency)),
  })
  const isByWeek = spans.every(({ span }) => span.to - span.from <= 7)
  return [
    {
      type: 'chart',
      title: `In and out in ${currency}, by ${isByWeek ? 'week beginning' : 'month'}`,
      labels: shown.map(({ span }) => (isByWeek ? dayMonthYear : shortMonthYear)(span.from)),
      series: [
        series('in', ({ comesIn }) => comesIn),
        series('out', ({ goesOut }) => goesOut),
        series('net', ({ comesIn, goesOut }) => comesIn - goesOut),
      ],
    },
  ]
}

/** A float is good enough for the height of a bar; the words are exact. */
function pointOf(amount: bigint, currency: string): Chart['series'][number]['points'][number] {
  return { words: amountWords(amount, currency), height: Number(amount) / Number(minorPerMajor(currency)) }
}
