import type { BillRun, RunCustomer } from '../../core/billrun/run.js'
import { unreachable } from '../../core/assert.js'
import { monthYear } from '../../core/calendar/words.js'
import type { Period } from '../../core/calendar/period.js'
import { CARD_RUN_PART } from '../../core/limits.js'
import type { Block, Card } from './model.js'
import { type Section, shortSections } from './sections.js'
import { amountWords, plural } from './words.js'

/** How a customer compares to the last month billed (BILLING B25); empty where nobody has to look. */
export function comparisonWords({ comparison, currency }: RunCustomer): string {
  switch (comparison.type) {
    case 'firstBill':
      return 'first bill'
    case 'billedInPart':
      return `billed in part already, ${amountWords(comparison.billed, currency)}`
    case 'outside':
      return `outside its usual bounds, ${comparison.why}`
    case 'twoPeriods':
      return comparison.why
    case 'within':
      return ''
    default:
      return unreachable(comparison, 'comparisonWords')
  }
}

/** Names a line has room for before the others are counted. */
const NAMES_OF_A_LINE = 3

/** How customers of a run compare, one line each where somebody has to look; all first bills are one line. */
export function comparisonNotes(customers: readonly RunCustomer[]): string[] {
  const isFirst = ({ comparison }: RunCustomer) => comparison.type === 'firstBill'
  const others = customers.filter((customer) => !isFirst(customer))
  const names = new Map(customers.filter(isFirst).map(({ customerId, name }) => [customerId, name]))
  const notes = others.flatMap((customer) => {
    const words = comparisonWords(customer)
    return words === '' ? [] : [`${customer.name}: ${words}`]
  })
  if (names.size === 0) return notes
  const who =
    others.length === 0 && names.size > 1 ? `All ${names.size} customers` : namesWords([...names.values()])
  return [...notes, `${who}: first bill`]
}

/** "Contoso, Fabrikam, Globex and 37 more" */
function namesWords(names: readonly string[]): string {
  const hidden = names.length - NAMES_OF_A_LINE
  const shown = names.slice(0, NAMES_OF_A_LINE).join(', ')
  return hidden > 0 ? `${shown} and ${hidden} more` : shown
}

/** Customers left out of a run, reason by reason, each with what it comes to. */
export function heldSections(held: readonly RunCustomer[]): Section[] {
  const reasons = new Map<string, RunCustomer[]>()
  for (const customer of held) {
    const reason = reasonOf(customer)
    reasons.set(reason, [...(reasons.get(reason) ?? []), customer])
  }
  return [...reasons].map(([reason, customers]) => ({
    heading: `Held and left out: ${plural(customers.length, 'customer')} ${reason}`,
    items: customers.map(heldWords),
  }))
}

function reasonOf({ comparison }: RunCustomer): string {
  return comparison.type === 'twoPeriods' ? `with ${comparison.why}` : 'outside the usual bounds'
}

function heldWords({ name, comparison, amount, currency, lines }: RunCustomer): string {
  return comparison.type === 'outside'
    ? `${name}: ${comparison.why}`
    : `${name}: ${amountWords(amount, currency)} (${plural(lines, 'line')})`
}

/** Who is left out of a run, and how to go on. @param all where everybody held is listed. */
export function heldBlocks({ held, month }: Pick<BillRun, 'held' | 'month'>, all: string): Block[] {
  const [first] = held
  if (first === undefined) return []
  const when = monthYear(month.from).toLowerCase()
  const next = `Next: \`customer ${first.name} ${when}\` shows what it is, \`propose ${when} ${first.name}\` proposes it by name.`
  return [
    ...shortSections(heldSections(held), CARD_RUN_PART, all),
    { type: 'text', style: 'plain', text: next },
  ]
}

/** Everything there is to bill is held: no run was made. */
export function allHeldCard(month: Period, held: readonly RunCustomer[]): Card {
  const name = monthYear(month.from)
  return {
    title: `Everything to bill for ${name} is held`,
    tone: 'problem',
    blocks: [
      { type: 'text', style: 'strong', text: 'No bill run was made.' },
      ...heldBlocks({ held, month }, `who ${name.toLowerCase()}`),
    ],
    actions: [],
  }
}
