import { CARD_BILLS, CARD_EXCEPTIONS } from '../../core/limits.js'
import { monthYear, periodWords } from '../../core/calendar/words.js'
import type { Answer, WhoAnswer } from '../../core/app/studio.js'
import type { BillException } from '../../core/app/exceptions.js'
import type { CustomerBill, Who } from '../../core/app/who.js'
import { addDays } from '../../core/calendar/date.js'
import type { ExceptionKind } from '../../core/timeline/exceptions.js'
import type { Block, Card } from './model.js'
import { psaFacts, psaList } from './psa.js'
import { aheadBlocks, alreadyBlocks, chargesOf, earlierBlocks, nothingWords, serviceWords } from './spans.js'
import { ageWords, amountWords, plural } from './words.js'

export type WhoView = Answer<WhoAnswer> & { readonly filter: string }

/** Whom to bill: what needs a person first, then the totals, then customer by customer. */
export function whoCard(view: WhoView): Card {
  const month = monthYear(view.month.from)
  const blocks: Block[] = []
  const facts = [...view.totals.map((total) => totalFact(total)), ...psaFacts(view.standings)]
  if (facts.length > 0) blocks.push({ type: 'facts', facts })
  if (view.bills.length === 0 && view.standings.length === 0) {
    blocks.push({ type: 'text', style: 'strong', text: nothingWords(view, filterWords(view.filter)) })
  }
  if (view.bills.length > 0) {
    const charges = chargesOf(view.bills)
    blocks.push(...earlierBlocks(charges, view.month), ...aheadBlocks(charges, view.today))
  }
  blocks.push(...alreadyBlocks(view.already, view.month))
  if (view.free.length > 0) blocks.push({ type: 'text', style: 'plain', text: freeWords(view) })
  if (view.forecast.length > 0) blocks.push({ type: 'text', style: 'plain', text: plannedWords(view) })
  blocks.push(...exceptionBlocks(view))
  if (view.bills.length > 0) blocks.push(customerTable(view.bills))
  blocks.push(...psaList(view.standings, view.month, view.age.now))
  blocks.push({ type: 'text', style: 'quiet', text: footer(view) })
  return {
    title: `Who to bill in ${month}${filterWords(view.filter)}`,
    tone: view.exceptions.length > 0 ? 'attention' : 'plain',
    blocks,
    actions: [],
  }
}

function filterWords(filter: string): string {
  return filter === '' ? '' : ` (${filter})`
}

function totalFact({ currency, amount, customers }: Who['totals'][number]) {
  return {
    label: `To bill in ${currency}`,
    value: `${amountWords(amount, currency)} from ${plural(customers, 'customer')}`,
  }
}

/** "2 planned changes would add $98.17, not part of these totals. …": future-dated, so not billed yet (B21). */
function plannedWords({ forecast }: WhoView): string {
  const sums = new Map<string, bigint>()
  for (const { currency, charge } of forecast) sums.set(currency, (sums.get(currency) ?? 0n) + charge.amount)
  const does = [...sums].map(([currency, sum]) =>
    sum < 0n ? `take away ${amountWords(-sum, currency)}` : `add ${amountWords(sum, currency)}`,
  )
  return `${plural(forecast.length, 'planned change')} would ${does.join(' and ')}; not billed yet, and in no total.`
}

/** "At $0.00 by price, nothing to bill: Contoso (2 lines); …": free is not forgotten. */
function freeWords({ free, customerNames }: WhoView): string {
  const lines = new Map<string, number>()
  for (const { subscription } of free) {
    const { customerId } = subscription.subscription
    lines.set(customerId, (lines.get(customerId) ?? 0) + 1)
  }
  const shown = [...lines].slice(0, CARD_EXCEPTIONS)
  const names = shown.map(([id, count]) => `${customerNames.get(id) ?? id} (${plural(count, 'line')})`)
  const hidden = lines.size - shown.length
  const more = hidden > 0 ? ` and ${plural(hidden, 'more customer')}` : ''
  return `At a price of zero, so nothing to bill: ${names.join(', ')}${more}.`
}

/** What keeps money out of the bill comes before what only needs a look. */
export const URGENCY: readonly ExceptionKind[] = [
  'notMapped',
  'noPrice',
  'otherCurrency',
  'feeOtherCurrency',
  'ambiguous',
  'mayContinue',
  'unknownStatus',
  'unbillablePeriod',
  'periodChanged',
  'seatsReturned',
  'feeUnlisted',
  'seatsUnknown',
  'overlap',
  'missing',
  'pendingAgain',
  'assumed',
  'dateEstimated',
  'pending',
  'usage',
]

function exceptionBlocks(view: WhoView): Block[] {
  if (view.exceptions.length === 0) return []
  const sorted = [...view.exceptions].sort(
    (left, right) => URGENCY.indexOf(left.kind) - URGENCY.indexOf(right.kind),
  )
  const shown = sorted.slice(0, CARD_EXCEPTIONS)
  const hidden = view.exceptions.length - shown.length
  return [
    {
      type: 'list',
      heading: `Look at ${view.exceptions.length === 1 ? 'this' : `these ${view.exceptions.length}`} first`,
      items: shown.map((exception) => exceptionWords(exception, view.customerNames)),
      ...(hidden > 0 ? { more: { hidden, command: 'customer <name>' } } : {}),
    },
  ]
}

/** "Contoso · Exchange Online: it is priced in …" */
export function exceptionWords(exception: BillException, names: ReadonlyMap<string, string>): string {
  const customer = names.get(exception.customerId) ?? exception.customerId
  return `${customer} · ${exception.product}: ${exception.why}`
}

function customerTable(bills: readonly CustomerBill[]): Block {
  const shown = bills.slice(0, CARD_BILLS)
  const hidden = bills.length - shown.length
  // Two columns: on a telephone a third one breaks its words, and the amount has to stand alone.
  return {
    type: 'table',
    columns: [
      { heading: 'Customer', align: 'left' },
      { heading: 'To bill', align: 'right' },
    ],
    rows: shown.map((bill) => [billWords(bill), amountWords(bill.amount, bill.currency)]),
    ...(hidden > 0 ? { more: { hidden, command: 'who <month> <part of a name>' } } : {}),
  }
}

/** "Contoso · 1–31 Mar 2026 · bill on 1–11 Mar 2026 · 2 lines" */
function billWords(bill: CustomerBill): string {
  const { name, lines } = bill
  const service = serviceWords(lines.map(({ charge }) => charge))
  return [name, service, `bill on ${billOnWords(bill)}`, plural(lines.length, 'line')].join(' · ')
}

/** The days on which the lines are to be billed, from the first to the last. */
function billOnWords({ lines }: CustomerBill): string {
  const days = lines.map(({ charge }) => charge.billOn).sort((left, right) => left - right)
  const [first, last] = [days[0], days.at(-1)]
  return first === undefined || last === undefined ? '' : periodWords({ from: first, to: addDays(last, 1) })
}

function footer(view: WhoView): string {
  const next = view.bills[0] === undefined ? '' : ' Next: `customer <name>` shows the lines.'
  return `${ageWords(view.age)}.${next}`
}
