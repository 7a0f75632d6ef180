import type { PaidAnswer, PaidPrice, PaidSubscription } from '../../core/app/paid-prices.js'
import { dayMonthYear } from '../../core/calendar/words.js'
import { formatUnitPrice } from '../../core/money/money.js'
import type { Card } from './model.js'
import { type Section, pageOf, pageWords } from './sections.js'
import { ageWords, seatsWords } from './words.js'

/** What somebody pays: each price now, the rule it comes from, what comes next, and the list price beside it. */
export function paidCard(answer: PaidAnswer, asked: string, number: number): Card {
  const command = `price ${asked}`
  const page = pageOf(sectionsOf(answer.paid), number, command)
  const further = page.number < page.of ? ` More: \`${command} page ${page.number + 1}\`.` : ''
  const none = 'No running subscription is meant.'
  return {
    title: `Prices now: ${asked}${pageWords(page)}`,
    tone: 'plain',
    blocks: [
      ...(answer.paid.length === 0 ? [{ type: 'text', style: 'strong', text: none } as const] : []),
      ...page.sections.map((section) => ({ type: 'list', ...section }) as const),
      {
        type: 'text',
        style: 'quiet',
        text: `${ageWords(answer.age)}.${further} Next: \`${command} 20.50\` or \`${command} discount 10%\` sets a price; \`price\` shows every rule.`,
      },
    ],
    actions: [],
  }
}

function sectionsOf(paid: readonly PaidSubscription[]): readonly Section[] {
  const names = [...new Set(paid.map(({ customerName }) => customerName))]
  return names.map((name) => {
    const own = paid.filter(({ customerName }) => customerName === name)
    return { heading: name, items: own.map(paidWords) }
  })
}

/** "Business Premium, 25 seats: $20.50 a seat and month · fixed $20.50 for this customer · list price $22.00" */
function paidWords({ product, seats, per, now, next, list }: PaidSubscription): string {
  const beside =
    list === undefined ? 'no list price' : `list price ${formatUnitPrice(list.amount, list.currency)}`
  const then =
    next === undefined ? [] : [`from ${dayMonthYear(next.on)} ${priceWords(next, per)} · ${next.rule}`]
  return [`${product}, ${seatsWords(seats)}: ${priceWords(now, per)}`, now.rule, beside, ...then].join(' · ')
}

function priceWords({ price }: PaidPrice, per: string): string {
  return price === undefined
    ? 'no price'
    : `${formatUnitPrice(price.amount, price.currency)} a seat and ${per}`
}
