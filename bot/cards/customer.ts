import { CARD_LINES } from '../../core/limits.js'
import { type LocalDate, toCivil } from '../../core/calendar/date.js'
import { dayMonth, dayMonthYear, monthYear, periodWords } from '../../core/calendar/words.js'
import type { Answer, CustomerAnswer } from '../../core/app/studio.js'
import { type BillLine, type CustomerBill, type HeldBillLine, lineRef } from '../../core/app/who.js'
import { explainLine, forecastWords } from '../../core/charges/explain.js'
import { formatDecimal } from '../../core/money/decimal.js'
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
  if (answer.held.length > 0) blocks.push(heldList(answer))
  if (answer.forecast.length > 0) blocks.push(plannedList(answer))
  blocks.push({ type: 'text', style: 'quiet', text: `${ageWords(answer.age)}.${nextWords(answer)}` })
  return {
    title: `${answer.name} · ${month}`,
    tone: answer.exceptions.length > 0 ? 'attention' : 'plain',
    blocks,
    actions: [],
  }
}

/** The reference in brackets is worth nothing to somebody who does not know what it is for. */
function nextWords({ bills, held }: CustomerAnswer): string {
  const hasReference = bills.length > 0 || held.some(({ priced }) => priced !== undefined)
  return hasReference ? ' Next: `explain <line>` shows where a line comes from.' : ''
}

function lineList({ lines, currency, name }: CustomerBill): Block {
  return boundedList(`To bill in ${currency}`, lines.map(lineWords), name)
}

/** "[k7q2mdxa] Exchange Online · 11–31 Mar 2026 · bill on 11 Mar · 20 → 25 seats from 11 Mar: 5 × … = $74.52" */
function lineWords(line: BillLine): string {
  const { subscription, charge, currency } = line
  const words = [`[${lineRef(line)}] ${subscription.subscription.productName}`, ...datesWords(charge)]
  return [...words, explainLine(charge, currency)].join(' · ')
}

/** Which days a line covers, and when it is to be billed (B21). */
function datesWords({ from, to, billOn }: HeldBillLine['line']): string[] {
  return [periodWords({ from, to }), billOnWords(from, billOn)]
}

/** "bill on 11 Mar"; the year only where it is not that of the service. */
function billOnWords(from: LocalDate, billOn: LocalDate): string {
  const isSameYear = toCivil(from).year === toCivil(billOn).year
  return `bill on ${isSameYear ? dayMonth(billOn) : dayMonthYear(billOn)}`
}

function totalText({ amount, currency, lines }: CustomerBill): Block {
  const count = lines.length === 1 ? '1 line' : `${lines.length} lines`
  return { type: 'text', style: 'strong', text: `Total ${amountWords(amount, currency)} (${count})` }
}

function heldList({ held, name }: CustomerAnswer): Block {
  return boundedList('Held, not billed', held.map(heldWords), name)
}

/** "Azure reservation · 1–31 Mar 2026 · 3 seats · amount not known: the marketplace states no price" */
function heldWords({ subscription, line, priced, why }: HeldBillLine): string {
  if (priced !== undefined) return `${lineWords(priced)} · held: ${why}`
  const service = periodWords({ from: line.from, to: line.to })
  return `${subscription.subscription.productName} · ${service} · ${heldSeats(line)} · amount not known: ${why}`
}

function heldSeats({ reason, quantity }: HeldBillLine['line']): string {
  if (reason.type !== 'rise' && reason.type !== 'decrease') return seatsWords(quantity)
  return `${formatDecimal(reason.before)} → ${seatsWords(reason.after)} from ${dayMonth(reason.on)}`
}

/** What changes dated after today will do, clearly apart from what is billed (B21). */
function plannedList({ forecast, name }: CustomerAnswer): Block {
  const items = forecast.map(({ subscription, charge, currency }) => {
    const { productName } = subscription.subscription
    return `Planned: ${productName} · ${forecastWords(charge, currency)}`
  })
  return boundedList('Not billed yet, and in no total', items, name)
}

function boundedList(heading: string, items: readonly string[], name: string): Block {
  const hidden = items.length - CARD_LINES
  return {
    type: 'list',
    heading,
    items: items.slice(0, CARD_LINES),
    ...(hidden > 0 ? { more: { hidden, command: `customer ${name} <month>` } } : {}),
  }
}
