import { CARD_LINES } from '../../core/limits.js'
import { dayMonthYear, monthYear, periodWords } from '../../core/calendar/words.js'
import type { Answer, CustomerAnswer, ExplainAnswer } from '../../core/app/studio.js'
import { type BillLine, type CustomerBill, lineRef } from '../../core/app/who.js'
import { explainLine } from '../../core/charges/explain.js'
import { formatUnitPrice } from '../../core/money/money.js'
import type { Block, Card } from './model.js'
import { ageWords, amountWords, seatsWords } from './words.js'

/** One customer's lines, each with its arithmetic and the reference `explain` takes. */
export function customerCard(answer: Answer<CustomerAnswer>): Card {
  const month = monthYear(answer.month.from)
  const blocks: Block[] = answer.exceptions.map(({ product, why }) => ({
    type: 'text',
    style: 'strong',
    text: `${product}: ${why}`,
  }))
  for (const bill of answer.bills) blocks.push(lineList(bill), totalText(bill))
  if (answer.bills.length === 0) {
    blocks.push({ type: 'text', style: 'plain', text: `Nothing to bill for ${month}.` })
  }
  if (answer.heldLines.length > 0) blocks.push(heldList(answer.heldLines))
  blocks.push({ type: 'text', style: 'quiet', text: `${ageWords(answer.age)}.` })
  return {
    title: `${answer.name} · ${month}`,
    tone: answer.exceptions.length > 0 ? 'attention' : 'plain',
    blocks,
    actions: [],
  }
}

function lineList({ lines, currency, name }: CustomerBill): Block {
  const shown = lines.slice(0, CARD_LINES)
  const hidden = lines.length - shown.length
  return {
    type: 'list',
    heading: `To bill in ${currency}`,
    items: shown.map(lineWords),
    ...(hidden > 0 ? { more: { hidden, command: `customer ${name} <month>` } } : {}),
  }
}

/** "[k7q2mdxa] Microsoft 365 Business Premium · 11–31 Mar 2026 · 20 → 25 seats from 11 Mar: 5 × … = $74.52" */
function lineWords(line: BillLine): string {
  const { subscription, charge, currency } = line
  const service = periodWords({ from: charge.from, to: charge.to > charge.from ? charge.to : charge.from })
  return `[${lineRef(line)}] ${subscription.subscription.productName} · ${service} · ${explainLine(charge, currency)}`
}

function totalText({ amount, currency, lines }: CustomerBill): Block {
  const count = lines.length === 1 ? '1 line' : `${lines.length} lines`
  return { type: 'text', style: 'strong', text: `Total ${amountWords(amount, currency)} (${count})` }
}

function heldList(lines: readonly BillLine[]): Block {
  return { type: 'list', heading: 'Held: not billed until a person decides', items: lines.map(lineWords) }
}

/** One line with everything it was made from. */
export function explainCard({ line, customerName, age }: Answer<ExplainAnswer>): Card {
  const { charge, subscription, currency } = line
  const facts = [
    { label: 'Customer', value: customerName },
    { label: 'Product', value: subscription.subscription.productName },
    { label: 'Service', value: periodWords({ from: charge.from, to: charge.to }) },
    { label: 'Period', value: periodWords(charge.period) },
    { label: 'Bill on', value: dayMonthYear(charge.billOn) },
    { label: 'Seats', value: seatsWords(charge.quantity) },
    { label: 'Price', value: `${formatUnitPrice(charge.unitPrice, currency)} (${charge.priceRule})` },
    { label: 'Amount', value: amountWords(charge.amount, currency) },
  ]
  const blocks: Block[] = [
    { type: 'text', style: 'strong', text: explainLine(charge, currency) },
    { type: 'facts', facts },
  ]
  if (charge.estimated) {
    blocks.push({
      type: 'text',
      style: 'plain',
      text: 'The date is estimated: no order says when it changed, so the day it was first seen counts.',
    })
  }
  blocks.push({ type: 'text', style: 'quiet', text: `${ageWords(age)}.` })
  return { title: `Line ${lineRef(line)}`, tone: 'plain', blocks, actions: [] }
}
