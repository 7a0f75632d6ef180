import { type LocalDate, addDays } from '../../core/calendar/date.js'
import { dayMonth, monthYear, periodWords } from '../../core/calendar/words.js'
import type { Answer, CustomerAnswer } from '../../core/app/studio.js'
import type { CoveredLine } from '../../core/app/psa-lines.js'
import {
  type BillLine,
  type CustomerBill,
  type HeldBillLine,
  descriptionOf,
  lineRef,
} from '../../core/app/who.js'
import { explainLine, forecastWords } from '../../core/charges/explain.js'
import { formatDecimal } from '../../core/money/decimal.js'
import type { Block, Card } from './model.js'
import { coveredArithmetic, coveredState, priceWords, standingWords } from './psa.js'
import { alreadyBlocks, chargesOf, earlierBlocks, isAhead, nothingWords } from './spans.js'
import { ageWords, amountWords, boundedList, dayWords, seatsWords, withoutDates } from './words.js'

/** One customer's lines, each with its arithmetic and the reference `explain` takes. */
export function customerCard(answer: Answer<CustomerAnswer>): Card {
  const month = monthYear(answer.month.from)
  const blocks: Block[] = answer.exceptions.map(({ product, why }) => ({
    type: 'text',
    style: 'strong',
    text: `${product}: ${why}`,
  }))
  for (const bill of answer.bills) {
    blocks.push(
      lineList(bill, answer.today, `To bill in ${bill.currency}`),
      totalText(bill),
      ...earlierBlocks(chargesOf([bill]), answer.month),
    )
  }
  for (const standing of answer.standings) {
    const words = [standingWords(standing, answer.month), ...priceWords(standing)]
    blocks.push(...words.map((text): Block => ({ type: 'text', style: 'plain', text })))
  }
  if (answer.covered.length > 0) blocks.push(...coveredLists(answer))
  for (const bill of answer.psa) {
    blocks.push(
      lineList(bill, answer.today, 'Not in the PSA yet'),
      totalText(bill),
      ...earlierBlocks(chargesOf([bill]), answer.month, ''),
    )
  }
  if (answer.bills.length + answer.psa.length + answer.standings.length === 0) {
    blocks.push({ type: 'text', style: 'plain', text: nothingWords(answer) })
  }
  blocks.push(...alreadyBlocks(answer.already, answer.month))
  if (answer.free.length > 0) blocks.push(freeList(answer))
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

/** What PSAs hold of the month, PSA by PSA. */
function coveredLists({ covered, name }: CustomerAnswer): Block[] {
  const day = billDayWords(covered.map(({ charge }) => charge))
  return [...new Set(covered.map(({ title }) => title))].map((title) => {
    const own = covered.filter((line) => line.title === title)
    return boundedList(
      `There in ${title}`,
      own.map((line) => coveredItem(line, day)),
      commandFor(name),
    )
  })
}

/** "[k7q2mdxa] Exchange Online · 1–31 Mar 2026 · bill on 1 Mar · 20 × $22.00 = $440.00 · invoiced #10107" */
function coveredItem(line: CoveredLine, day: DayWords): string {
  const { ref, subscription, charge } = line
  const service = periodWords(charge)
  return [
    `[${ref}] ${descriptionOf(subscription, charge)}`,
    service,
    `bill on ${day(charge.billOn)}`,
    withoutDates(coveredArithmetic(line), service),
    coveredState(line),
  ].join(' · ')
}

/** The reference in brackets is worth nothing to somebody who does not know what it is for. */
function nextWords({ bills, psa, covered, held, free }: CustomerAnswer): string {
  const hasReference =
    bills.length + psa.length + covered.length + free.length > 0 ||
    held.some(({ priced }) => priced !== undefined)
  return hasReference ? ' Next: `explain <line>` shows where a line comes from.' : ''
}

function lineList({ lines, name }: CustomerBill, today: LocalDate, heading: string): Block {
  const day = billDayWords(lines.map(({ charge }) => charge))
  return boundedList(
    heading,
    lines.map((line) => lineWords(line, day, today)),
    commandFor(name),
  )
}

type DayWords = (day: LocalDate) => string

type Dates = Pick<HeldBillLine['line'], 'from' | 'to' | 'billOn'>

/** How days to bill are written in a list: without a year while everything in it is of one year. */
function billDayWords(lines: readonly Dates[]): DayWords {
  return dayWords(lines.flatMap(({ from, to, billOn }) => [from, addDays(to, -1), billOn]))
}

/** "[k7q2mdxa] Exchange Online · 11–31 Mar 2026 · bill on 11 Mar · 20 → 25 seats from 11 Mar: 5 × … = $74.52" */
function lineWords(line: BillLine, day: DayWords, today: LocalDate): string {
  const { subscription, charge, currency } = line
  const service = periodWords(charge)
  return [
    `[${lineRef(line)}] ${descriptionOf(subscription, charge)}`,
    service,
    `bill on ${day(charge.billOn)}`,
    withoutDates(explainLine(charge, currency), service),
    ...(isAhead(charge, today) ? ['begins after today'] : []),
  ].join(' · ')
}

function totalText({ amount, currency, lines }: CustomerBill): Block {
  const count = lines.length === 1 ? '1 line' : `${lines.length} lines`
  return { type: 'text', style: 'strong', text: `Total ${amountWords(amount, currency)} (${count})` }
}

/** Free by its price, with the rule that says so. */
function freeList({ free, name, today }: CustomerAnswer): Block {
  const day = billDayWords(free.map(({ charge }) => charge))
  return boundedList(
    'At a price of zero, nothing to bill',
    free.map((line) => lineWords(line, day, today)),
    commandFor(name),
  )
}

function heldList({ held, name, today }: CustomerAnswer): Block {
  const day = billDayWords(held.map(({ line }) => line))
  return boundedList(
    'Held, not billed',
    held.map((line) => heldWords(line, day, today)),
    commandFor(name),
  )
}

/** "Azure reservation · 1–31 Mar 2026 · 3 seats · amount not known: the marketplace states no price" */
function heldWords(
  { subscription, line, priced, why }: HeldBillLine,
  day: DayWords,
  today: LocalDate,
): string {
  if (priced !== undefined) return `${lineWords(priced, day, today)} · held: ${why}`
  const service = periodWords({ from: line.from, to: line.to })
  return `${descriptionOf(subscription, line)} · ${service} · ${heldSeats(line)} · amount not known: ${why}`
}

function heldSeats({ reason, quantity }: HeldBillLine['line']): string {
  if (reason.type !== 'rise' && reason.type !== 'decrease') return seatsWords(quantity)
  return `${formatDecimal(reason.before)} → ${seatsWords(reason.after)} from ${dayMonth(reason.on)}`
}

/** What changes dated after today will do, clearly apart from what is billed (B21). */
function plannedList({ forecast, name }: CustomerAnswer): Block {
  const items = forecast.map(({ subscription, charge, currency }) => {
    return `Planned: ${descriptionOf(subscription, charge)} · ${forecastWords(charge, currency)}`
  })
  return boundedList('Not billed yet, and in no total', items, commandFor(name))
}

/** What to type for the lines that found no room. */
function commandFor(name: string): string {
  return `customer ${name} <month>`
}
