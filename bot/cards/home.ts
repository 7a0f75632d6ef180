import { may } from '../../core/access/people.js'
import type { HomeAnswer } from '../../core/app/home.js'
import type { Answer } from '../../core/app/studio.js'
import { toCivil } from '../../core/calendar/date.js'
import { localDateOf } from '../../core/calendar/zone.js'
import { dayMonthYear, monthYear } from '../../core/calendar/words.js'
import { HOME_CUSTOMERS, HOME_INVOICES, HOME_REQUESTS, OVERVIEW_ITEMS } from '../../core/limits-ahead.js'
import {
  WINDOWS_HEADING,
  invoiceDayBlocks,
  invoicesWords,
  lookAction,
  renewalSections,
  totalsWords,
  windowWords,
} from './ahead.js'
import { requestWords } from './approvals.js'
import type { Action, Block, Card, Fact } from './model.js'
import { shortSections } from './sections.js'
import { ageWords, amountWords, oldDataWords, plural } from './words.js'

export type HomeView = Answer<HomeAnswer>

/** The day's console of one person: what waits for them, whom to bill, what is to come, how old the data is. */
export function homeCard(view: HomeView): Card {
  const { person, age } = view
  const today = dayMonthYear(localDateOf(age.now, age.timeZone))
  const old = oldDataWords(age)
  return {
    title: `Today for ${person.name}, ${today}`,
    tone: needsSomebody(view) || old !== undefined ? 'attention' : 'good',
    blocks: [
      ...(old === undefined ? [] : [{ type: 'text', style: 'strong', text: old } as const]),
      ...waitingBlocks(view),
      { type: 'facts', facts: factsOf(view) },
      ...customerBlocks(view),
      ...invoiceBlocks(view),
      ...soonBlocks(view),
      { type: 'text', style: 'quiet', text: `${ageWords(age)}.` },
    ],
    actions: actionsOf(view),
  }
}

function needsSomebody({ toDecide, who, writes }: HomeView): boolean {
  return toDecide.length + who.exceptions.length + writes.parked > 0
}

function waitingBlocks({ toDecide, asked, others, age }: HomeView): Block[] {
  const words = (records: HomeView['asked']) => records.map((record) => requestWords(record, age.timeZone))
  const sections = [
    { heading: 'Waits for your decision', items: words(toDecide) },
    { heading: 'Your requests, which wait for others', items: words(asked) },
  ].filter(({ items }) => items.length > 0)
  const rest = others === 0 ? '' : ` ${plural(others, 'request waits', 'requests wait')} for others.`
  const nothing: Block = { type: 'text', style: 'plain', text: `Nothing waits for you.${rest}` }
  return sections.length === 0 ? [nothing] : shortSections(sections, OVERVIEW_ITEMS, 'approvals')
}

function factsOf({ who, writes, month }: HomeView): Fact[] {
  const totals = who.totals.map(({ currency, amount, customers }) => ({
    label: `To bill in ${currency}, ${monthYear(month.from)}`,
    value: `${amountWords(amount, currency)} from ${plural(customers, 'customer')}`,
  }))
  const waiting = new Map<string, bigint>()
  for (const { currency, amount } of who.psa) waiting.set(currency, (waiting.get(currency) ?? 0n) + amount)
  return [
    ...(totals.length === 0 ? [{ label: `To bill, ${monthYear(month.from)}`, value: 'nothing' }] : totals),
    ...[...waiting].map(([currency, amount]) => ({
      label: `Not in a PSA yet, in ${currency}`,
      value: `${amountWords(amount, currency)}: \`sync\``,
    })),
    ...counted('To look at first', who.exceptions.length, 'who'),
    ...counted('Lines held, not billed', who.held.length, 'status'),
    ...counted('Being written into PSAs', writes.open, 'status'),
    ...counted('Parked, needs a person', writes.parked, 'status'),
  ]
}

function counted(label: string, count: number, command: string): Fact[] {
  return count === 0 ? [] : [{ label, value: `${count}: \`${command}\`` }]
}

/** The largest bills. */
function customerBlocks({ who: { bills } }: HomeView): Block[] {
  if (bills.length === 0) return []
  const hidden = bills.length - HOME_CUSTOMERS
  return [
    {
      type: 'table',
      columns: [
        { heading: 'Customer', align: 'left' },
        { heading: 'To bill', align: 'right' },
      ],
      rows: bills
        .slice(0, HOME_CUSTOMERS)
        .map(({ name, amount, currency }) => [name, amountWords(amount, currency)]),
      ...(hidden > 0 ? { more: { hidden, command: 'who' } } : {}),
    },
  ]
}

function invoiceBlocks(view: HomeView): Block[] {
  const { invoiceDay, invoices } = view
  const words = invoicesWords(view).slice(0, HOME_INVOICES)
  const items = words.map((text, index) => `${text}: ${totalsWords(invoices[index])}`)
  const list: Block = { type: 'list', heading: 'Invoices from Ingram, predicted', items }
  return [...invoiceDayBlocks(invoiceDay), ...(items.length === 0 ? [] : [list])]
}

function soonBlocks({ windows, renewals, customerNames, age }: HomeView): Block[] {
  const open = windows.map((window) => windowWords(window, customerNames, age.now, age.timeZone))
  const sections = [{ heading: WINDOWS_HEADING, items: open }, ...renewalSections(renewals, customerNames)]
  return shortSections(
    sections.filter(({ items }) => items.length > 0),
    OVERVIEW_ITEMS,
    'upcoming',
  )
}

/** As many as every surface has room for. */
function actionsOf({ toDecide, who, person, month }: HomeView): Action[] {
  const requests = toDecide
    .slice(0, HOME_REQUESTS)
    .map(({ approval: { id } }) => lookAction(`Open ${id}`, `approval ${id}`))
  const { year, month: number } = toCivil(month.from)
  const id = `${year}-${String(number).padStart(2, '0')}`
  const propose: Action = {
    name: 'propose',
    label: `Propose ${monthYear(month.from)}`,
    tone: 'primary',
    target: { id, revision: '' },
    command: `propose ${id}`,
  }
  return [
    ...requests,
    lookAction('Approvals', 'approvals'),
    lookAction('Who to bill', 'who'),
    lookAction('Upcoming', 'upcoming'),
    ...(may(person, 'propose') && who.bills.length > 0 ? [propose] : []),
  ]
}
