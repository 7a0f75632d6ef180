import type { Answer } from '../../core/app/studio.js'
import type {
  BilledExplanation,
  CoveredExplanation,
  DueExplanation,
  ExplainAnswer,
  SourcedLine,
} from '../../core/app/explain.js'
import type { CountSource, LineSource, OpeningSource, SourceOrder } from '../../core/app/line-source.js'
import { type BillLine, descriptionOf, lineRef } from '../../core/app/who.js'
import { unreachable } from '../../core/assert.js'
import type { LocalDate } from '../../core/calendar/date.js'
import { dayMonthYear, periodWords } from '../../core/calendar/words.js'
import { localDateOf } from '../../core/calendar/zone.js'
import { explainLine } from '../../core/charges/explain.js'
import type { SettledLine } from '../../core/charges/types.js'
import { type Decimal, formatDecimal } from '../../core/money/decimal.js'
import { formatUnitPrice } from '../../core/money/money.js'
import { OWN_PRICE_RULE } from '../../core/pricing/price.js'
import type { BilledLine } from '../../core/ports.js'
import type { Block, Card, Fact } from './model.js'
import { coveredArithmetic, coveredState } from './psa.js'
import { isAhead } from './spans.js'
import { ageWords, amountWords, boundedList, instantWords, seatsWords } from './words.js'

/** B21: said of a line that has not begun. */
const AHEAD: Fact = { label: 'Forecast', value: 'begins after today, and assumes the last known seats' }

/** One line with everything it was made from: its arithmetic, the order or sighting behind it, what set its price. */
export function explainCard(answer: Answer<ExplainAnswer>): Card {
  const { timeZone, now } = answer.age
  const card = cardOf(answer, timeZone, localDateOf(now, timeZone))
  return {
    ...card,
    blocks: [...card.blocks, { type: 'text', style: 'quiet', text: `${ageWords(answer.age)}.` }],
  }
}

function cardOf(answer: ExplainAnswer, timeZone: string, today: LocalDate): Card {
  switch (answer.type) {
    case 'due':
      return dueCard(answer, timeZone, today)
    case 'billed':
      return billedCard(answer, timeZone)
    case 'covered':
      return coveredCard(answer, timeZone)
    default:
      return unreachable(answer, 'cardOf')
  }
}

/** What a PSA was read to hold; what it was taken from is told where the same is due. */
function coveredCard({ covered, customerName, due }: CoveredExplanation, timeZone: string): Card {
  const { ref, charge, currency, title, container, readAt } = covered
  const rule = covered.due?.charge.priceRule
  const facts: Fact[] = [
    {
      label: title,
      value: `${coveredState(covered)}; ${container}, read on ${instantWords(readAt, timeZone)}`,
    },
    { label: 'Customer', value: customerName },
    ...productFacts(covered),
    ...dateFacts(charge),
    ...(rule === undefined ? [] : countFacts(charge, currency, rule, due)),
    ...(due === undefined ? [] : sourceFacts(due.source, timeZone)),
    { label: 'Amount', value: amountWords(charge.amount, currency) },
  ]
  const blocks: Block[] = [
    { type: 'text', style: 'strong', text: coveredArithmetic(covered) },
    { type: 'facts', facts },
  ]
  return { title: `Line ${ref} is there`, tone: 'good', blocks, actions: [] }
}

function dueCard(
  { line, customerName, held, source, corrects }: DueExplanation,
  timeZone: string,
  today: LocalDate,
): Card {
  const { charge, currency } = line
  const blocks: Block[] = [
    { type: 'text', style: 'strong', text: explainLine(charge, currency) },
    {
      type: 'facts',
      facts: [
        { label: 'Customer', value: customerName },
        ...productFacts(line),
        ...dateFacts(charge),
        ...countFacts(charge, currency, charge.priceRule, { line, source }),
        ...(isAhead(charge, today) ? [AHEAD] : []),
        ...sourceFacts(source, timeZone),
        { label: 'Amount', value: amountWords(charge.amount, currency) },
      ],
    },
  ]
  if (held !== undefined) {
    blocks.unshift({ type: 'text', style: 'strong', text: `Held, not billed: ${held}` })
  }
  if (corrects !== undefined) {
    const due = corrects.due.map((one) => dueWords(one, timeZone))
    const billed = corrects.billed.map((one) => billedWords(one, timeZone))
    const command = `customer ${customerName} <month>`
    blocks.push(boundedList('Due now', due, command), boundedList('Billed before', billed, command))
  }
  return { title: `Line ${lineRef(line)}`, tone: 'plain', blocks, actions: [] }
}

/** "5 × $22.00 × 22/31 = $78.06 (order CH000001, completed on 10 Mar 2026 09:00)" */
function dueWords({ line, source }: SourcedLine, timeZone: string): string {
  const words = explainLine(line.charge, line.currency)
  return source.count === undefined ? words : `${words} (${sourceWords(source.count, timeZone)})`
}

function billedWords({ explanation, runId, approvedAt }: BilledLine, timeZone: string): string {
  return `${explanation} (${runId}, approved on ${instantWords(approvedAt, timeZone)})`
}

/** What was approved keeps its own words for ever; what they were taken from is told while it is still so. */
function billedCard({ ref, line, productName, due }: BilledExplanation, timeZone: string): Card {
  const { runId, approvedAt, currency } = line
  const facts: Fact[] = [
    { label: 'Billed', value: `by ${runId}, approved on ${instantWords(approvedAt, timeZone)}` },
    { label: 'Customer', value: line.customerName },
    ...namedFacts(line.description, productName ?? line.description),
    ...dateFacts(line),
    ...countFacts(line, currency, line.priceRule, due),
    ...(due === undefined ? [] : sourceFacts(due.source, timeZone)),
    { label: 'Amount', value: amountWords(line.amount, currency) },
  ]
  const blocks: Block[] = [
    { type: 'text', style: 'strong', text: line.explanation },
    { type: 'facts', facts },
    { type: 'text', style: 'plain', text: `Next: \`export csv ${runId}\` for all lines of that run.` },
  ]
  return { title: `Line ${ref} is billed`, tone: 'good', blocks, actions: [] }
}

/** What it is called, and where that are words of the MSP's own, what the marketplace calls it. */
function productFacts({
  subscription,
  charge,
}: Pick<BillLine, 'subscription'> & { readonly charge: SettledLine }): Fact[] {
  return namedFacts(descriptionOf(subscription, charge), subscription.subscription.productName)
}

function namedFacts(description: string, productName: string): Fact[] {
  if (description === productName) return [{ label: 'Product', value: productName }]
  return [
    { label: 'Description', value: description },
    { label: 'Product', value: productName },
  ]
}

function dateFacts({ from, to, period, billOn }: SettledLine): Fact[] {
  return [
    { label: 'Service', value: periodWords({ from, to }) },
    { label: 'Period', value: periodWords(period) },
    { label: 'Bill on', value: dayMonthYear(billOn) },
  ]
}

/** What is multiplied; a correction is a difference of sums. */
function countFacts(
  { kind, quantity, unitPrice }: SettledLine,
  currency: string,
  priceRule: string,
  due: SourcedLine | undefined,
): Fact[] {
  if (kind === 'correction') return []
  const count =
    kind === 'oneTime'
      ? { label: 'Quantity', value: formatDecimal(quantity) }
      : { label: 'Seats', value: seatsWords(quantity) }
  const price = (amount: Decimal) => formatUnitPrice(amount, currency)
  const reason = due?.line.charge.reason
  // The line of a new price multiplies only what was added to the old one.
  const changed = reason?.type === 'price' ? ` (${price(reason.before)} → ${price(reason.after)})` : ''
  const words = priceWords(priceRule, due?.source.priceSince)
  return [count, { label: 'Price', value: `${price(unitPrice)}${changed}, ${words}` }]
}

/** B14: what set the price, in the words of the rule; an override names itself. */
function priceWords(rule: string, since: LineSource['priceSince']): string {
  if (rule === OWN_PRICE_RULE) {
    const stated = since === undefined ? '' : `, stated since ${dayMonthYear(since)}`
    return `the subscription’s own unit price in the marketplace${stated}`
  }
  if (rule === 'set-up fee') return 'the price of one in the order'
  return rule === 'trial' ? 'free while the trial lasts' : `by an override, ${rule}`
}

function sourceFacts({ count }: LineSource, timeZone: string): Fact[] {
  return count === undefined ? [] : [{ label: 'Source', value: sourceWords(count, timeZone) }]
}

/** "order CH000900, completed on 11 Mar 2026 10:05": what the count and its date come from (B19, B20). */
function sourceWords(count: CountSource, timeZone: string): string {
  switch (count.type) {
    case 'orders':
      return count.orders.map((order) => orderWords(order, timeZone)).join('; ')
    case 'firstSeen':
      return `date estimated, first seen on ${instantWords(count.observedAt, timeZone)}; no order says when it changed`
    case 'opening':
      return openingWords(count.how, `first observed on ${instantWords(count.observedAt, timeZone)}`)
    default:
      return unreachable(count, 'sourceWords')
  }
}

function openingWords(how: OpeningSource, seen: string): string {
  switch (how) {
    case 'assumed':
      return `${seen}; orders do not add up to it, so it is assumed for the days before`
    case 'walkedBack':
      return `${seen}, walked back through completed orders`
    case 'seen':
      return `as ${seen}`
  }
}

function orderWords({ number, completedAt }: SourceOrder, timeZone: string): string {
  const when =
    completedAt === undefined
      ? 'which does not say when it was completed'
      : `completed on ${instantWords(completedAt, timeZone)}`
  return `order ${number}, ${when}`
}
