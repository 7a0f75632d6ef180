import { CARD_ROWS } from '../../core/limits.js'
import type { LocalDate } from '../../core/calendar/date.js'
import { dayMonthYear } from '../../core/calendar/words.js'
import type { Answer, ChangesAnswer } from '../../core/app/studio.js'
import type { UnitPrice } from '../../core/marketplace/types.js'
import { formatDecimal } from '../../core/money/decimal.js'
import { formatUnitPrice } from '../../core/money/money.js'
import type { Change } from '../../core/timeline/changes.js'
import { unreachable } from '../../core/assert.js'
import type { Block, Card } from './model.js'
import { ageWords, dayWords, plural, seatsWords } from './words.js'

/** Licence changes by the date they took effect, the newest first. */
export function changesCard(answer: Answer<ChangesAnswer>, filter: string): Card {
  const shown = answer.changes.slice(0, CARD_ROWS)
  const hidden = answer.changes.length - shown.length
  const since = dayMonthYear(answer.since)
  const about = filter === '' ? '' : ` at “${filter}”`
  const day = dayWords([answer.since, ...shown.map(({ effectiveOn }) => effectiveOn)])
  const blocks: Block[] = []
  if (shown.length === 0) {
    blocks.push({ type: 'text', style: 'plain', text: `Nothing changed${about} since ${since}.` })
  } else {
    blocks.push({
      type: 'list',
      heading: plural(answer.changes.length, 'change'),
      items: shown.map((change) => `${change.customerName}: ${changeWords(change, day)}`),
      ...(hidden > 0 ? { more: { hidden, command: 'changes <since> <part of a name>' } } : {}),
    })
  }
  blocks.push({ type: 'text', style: 'quiet', text: `${ageWords(answer.age)}.` })
  return { title: `Changes${about} since ${since}`, tone: 'plain', blocks, actions: [] }
}

/** "Microsoft 365 Business Premium 20 → 25 seats from 11 Mar (order CH000012)" */
function changeWords(change: Change, day: (on: LocalDate) => string): string {
  const on = day(change.effectiveOn)
  const notes = [
    change.order === undefined ? '' : `order ${change.order}`,
    change.estimated ? 'date estimated' : '',
    change.scheduled && change.kind !== 'cancelled' ? 'scheduled at renewal' : '',
  ]
  const said = notes.filter((note) => note !== '').join(', ')
  return `${change.product} ${whatChanged(change, on)}${said === '' ? '' : ` (${said})`}`
}

function whatChanged({ kind, seats, price, scheduled }: Change, on: string): string {
  switch (kind) {
    case 'added':
      return `added with ${seatsWords(seats?.after ?? (0n as never))} from ${on}`
    case 'quantityChanged':
      return seats === undefined
        ? `seats changed on ${on}`
        : `${formatDecimal(seats.before)} → ${seatsWords(seats.after)} from ${on}`
    case 'priceChanged':
      return `price ${priceWords(price?.before)} → ${priceWords(price?.after)} from ${on}`
    case 'renewed':
      return `renewed on ${on}`
    case 'suspended':
      return `suspended on ${on}`
    case 'resumed':
      return `resumed on ${on}`
    case 'cancelled':
      return `${scheduled ? 'will not renew' : 'ended'}; ${on} is the first day without service`
    default:
      return unreachable(kind, 'whatChanged')
  }
}

function priceWords(price: UnitPrice | undefined): string {
  return price === undefined ? 'none' : formatUnitPrice(price.amount, price.currency)
}
