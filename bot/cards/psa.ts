import type { CoveredLine } from '../../core/app/psa-lines.js'
import type { NamedDrift, PsaStanding } from '../../core/app/psa-standing.js'
import type { StatusAnswer } from '../../core/app/studio.js'
import { dayMonthYear, monthYear } from '../../core/calendar/words.js'
import type { LocalDate } from '../../core/calendar/date.js'
import type { Period } from '../../core/calendar/period.js'
import { unreachable } from '../../core/assert.js'
import { explainLine } from '../../core/charges/explain.js'
import { CARD_BILLS } from '../../core/limits.js'
import { formatDecimal } from '../../core/money/decimal.js'
import { formatUnitPrice } from '../../core/money/money.js'
import type { UnitSteps } from '../../core/sync/types.js'
import type { Block, Fact } from './model.js'
import { amountWords, boundedList, plural, spanWords } from './words.js'

interface PsaSum {
  readonly title: string
  readonly currency: string
  readonly there: bigint
  readonly waiting: bigint
  readonly earlier: bigint
  readonly customers: number
}

/** "ConnectWise bills in USD: $514.52 from 1 customer ($440.00 there, $74.52 waiting)", per PSA and currency. */
export function psaFacts(standings: readonly PsaStanding[]): Fact[] {
  const sums = new Map<string, PsaSum>()
  for (const standing of standings) {
    const { title, currency } = standing
    const key = JSON.stringify([title, currency])
    const sum = sums.get(key) ?? { title, currency, there: 0n, waiting: 0n, earlier: 0n, customers: 0 }
    sums.set(key, {
      ...sum,
      there: sum.there + standing.there,
      waiting: sum.waiting + standing.waiting,
      earlier: standing.earlier.reduce((all, { amount }) => all + amount, sum.earlier),
      customers: sum.customers + 1,
    })
  }
  return [...sums.values()].map(factOf)
}

function factOf({ title, currency, there, waiting, earlier, customers }: PsaSum): Fact {
  const [all, held, due, before] = [there + waiting, there, waiting, earlier].map((amount) =>
    amountWords(amount, currency),
  )
  const more = earlier === 0n ? '' : `; besides ${before} waiting from earlier months`
  return {
    label: `${title} bills in ${currency}`,
    value: `${all} from ${plural(customers, 'customer')} (${held} there, ${due} waiting${more})`,
  }
}

/** Customers billed in a PSA, those with something waiting first. */
export function psaList(standings: readonly PsaStanding[], month: Period, now: Date): Block[] {
  if (standings.length === 0) return []
  const sorted = standings.toSorted((left, right) => Number(isWaiting(right)) - Number(isWaiting(left)))
  const hidden = sorted.length - CARD_BILLS
  const waits = standings.some(isWaiting)
  return [
    {
      type: 'list',
      heading: 'Billed in a PSA',
      items: sorted.slice(0, CARD_BILLS).map((standing) => standingWords(standing, month)),
      ...(hidden > 0 ? { more: { hidden, command: 'who <month> <part of a name>' } } : {}),
    },
    { type: 'text', style: 'quiet', text: `${readWords(standings, now)}.` },
    ...(waits
      ? [{ type: 'text', style: 'plain', text: 'Next: `sync` asks for the approval of what waits.' } as const]
      : []),
  ]
}

function isWaiting({ waiting, earlier }: PsaStanding): boolean {
  return waiting !== 0n || earlier.length > 0
}

/** "As read there 3 minutes ago": the oldest reading counts. */
function readWords(standings: readonly PsaStanding[], now: Date): string {
  const oldest = standings.reduce((first, { readAt }) => Math.min(first, readAt.getTime()), now.getTime())
  return `As read there ${spanWords(now.getTime() - oldest)} ago`
}

/**
 * "Contoso · ConnectWise · April 2026 $550.00: $440.00 already there, $110.00 waits for approval; besides $74.52 for
 * March 2026 waits; in ConnectWise, not yet invoiced"
 */
export function standingWords(standing: PsaStanding, month: Period): string {
  const { name, title, currency, there, waiting } = standing
  const all = amountWords(there + waiting, currency)
  const parts = [`${amountWords(there, currency)} already there`]
  if (waiting !== 0n) parts.push(`${amountWords(waiting, currency)} waits for approval`)
  const words = [parts.join(', '), ...earlierWords(standing), invoiceWords(standing)].join('; ')
  return `${name} · ${title} · ${monthYear(month.from)} ${all}: ${words}`
}

/** "besides $74.52 for March 2026 waits": in no amount of the month asked for. */
function earlierWords({ earlier, currency }: PsaStanding): string[] {
  if (earlier.length === 0) return []
  const months = earlier.map(({ from, amount }) => `${amountWords(amount, currency)} for ${monthYear(from)}`)
  return [`besides ${months.join(' and ')} ${months.length === 1 ? 'waits' : 'wait'}`]
}

/** "Business Premium: ConnectWise bills $24.00 a seat, ours is $22.00; its price stays unless it is mapped as ours" */
export function priceWords({ prices, title, currency }: PsaStanding): string[] {
  return prices.map(({ product, theirs, ours }) => {
    const [there, here] = [theirs, ours].map((price) => formatUnitPrice(price, currency))
    return `${product}: ${title} bills ${there} a seat, ours is ${here}; its price stays as long as it is mapped as its own.`
  })
}

function invoiceWords({ title, invoicedThrough, invoices }: PsaStanding): string {
  const numbers = invoices.length === 0 ? '' : ` ${invoices.map((number) => `#${number}`).join(', ')}`
  switch (invoicedThrough) {
    case 'invoiced':
      return `invoiced${numbers === '' ? ` in ${title}` : numbers}`
    case 'inPart':
      return `invoiced in part in ${title}`
    case 'notInvoiced':
      return `in ${title}, not yet invoiced`
  }
}

/** "in ConnectWise, not yet invoiced", "invoiced #10107" */
export function coveredState({ state, title }: CoveredLine): string {
  switch (state.type) {
    case 'invoiced':
      return state.number === undefined ? `invoiced in ${title}` : `invoiced #${state.number}`
    case 'notInvoiced':
      return `in ${title}, not yet invoiced`
    case 'priceOfTheirs':
      return `not written: the price is ${title}’s own`
    default:
      return unreachable(state, 'coveredState')
  }
}

/** The arithmetic of a line that is there: as it is due, else of what was read beyond or short of that. */
export function coveredArithmetic({ due, charge, currency }: CoveredLine): string {
  if (due !== undefined) return explainLine(due.charge, currency)
  const { quantity, unitPrice, from, to, period, amount } = charge
  const isWhole = from === period.from && to === period.to
  const part = isWhole ? '' : ` × ${to - from}/${period.to - period.from}`
  const [seats, price, sum] = [
    formatDecimal(quantity),
    formatUnitPrice(unitPrice, currency),
    amountWords(amount, currency),
  ]
  return `${seats} × ${price}${part} = ${sum}, ${quantity < 0n ? 'short of' : 'beyond'} what is due`
}

/** What of approved writes is not done, and what somebody changed by hand. */
export function writeBlocks({ writes, drifts }: Pick<StatusAnswer, 'writes' | 'drifts'>): Block[] {
  const parked = writes.parked.map(({ id, step, why }) => `${id} · ${step.product}: ${why ?? 'it needs you'}`)
  return [
    ...(parked.length === 0 ? [] : [boundedList('Needs you in a PSA', parked, 'audit')]),
    ...(drifts.length === 0 ? [] : [boundedList('Changed by hand in a PSA', drifts.map(driftWords), 'sync')]),
    ...(parked.length + drifts.length === 0
      ? []
      : [
          {
            type: 'text',
            style: 'plain',
            text: 'Next: `sync` shows what would be written; nothing is overwritten before somebody approves it.',
          } as const,
        ]),
  ]
}

/** "Contoso · Business Premium (Contoso licences): we wrote 20, there is 22, it should be 25" */
export function driftWords(drift: NamedDrift): string {
  const { customerName, product, container, written, there, wanted, from } = drift
  const [was, is, should] = [written, there, wanted].map((steps) => countsWords(steps, from))
  return `${customerName} · ${product} (${container}): we wrote ${was}, there is ${is}, it should be ${should}`
}

/** "20"; "20, from 1 May 2026 25"; "none, from 1 May 2026 25" where they begin after the first day that counts. */
function countsWords(steps: UnitSteps, from: LocalDate): string {
  const [first] = steps
  const now = first !== undefined && first.on <= from ? formatDecimal(first.units) : 'none'
  const later = steps.filter(({ on }) => on > from)
  return [now, ...later.map(({ on, units }) => `from ${dayMonthYear(on)} ${formatDecimal(units)}`)].join(', ')
}
