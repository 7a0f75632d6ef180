import type { CoveredLine } from '../../core/app/psa-lines.js'
import type {
  NamedBeside,
  NamedDrift,
  NamedPrice,
  PriceDifference,
  PsaStanding,
} from '../../core/app/psa-standing.js'
import type { StatusAnswer } from '../../core/app/studio.js'
import { dayMonthYear, monthYear, periodWords } from '../../core/calendar/words.js'
import { type LocalDate, addMonths, startOfMonth } from '../../core/calendar/date.js'
import type { Period } from '../../core/calendar/period.js'
import { unreachable } from '../../core/assert.js'
import { explainLine } from '../../core/charges/explain.js'
import { CARD_BILLS } from '../../core/limits.js'
import { formatDecimal } from '../../core/money/decimal.js'
import { formatUnitPrice } from '../../core/money/money.js'
import { otherWords } from '../../core/sync/beside.js'
import type { PriceOwner, UnitSteps } from '../../core/sync/types.js'
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
  return `${name} · ${title} · ${monthWords(standing, month)} ${all}: ${words}`
}

/** "April 2026"; where the PSA's periods are other days, those billed in it: "April 2026 (15 Apr – 14 May 2026)" */
function monthWords({ days }: PsaStanding, month: Period): string {
  const words = monthYear(month.from)
  return days.from === month.from && days.to === month.to ? words : `${words} (${periodWords(days)})`
}

/** "March 2026"; other days than those of a month are said: "15 Mar – 14 Apr 2026". */
function daysWords(period: Period): string {
  const isMonth = period.from === startOfMonth(period.from) && period.to === addMonths(period.from, 1)
  return isMonth ? monthYear(period.from) : periodWords(period)
}

/** "besides $74.52 for March 2026 waits", by the PSA's own periods: in no amount of the month asked for. */
function earlierWords({ earlier, currency }: PsaStanding): string[] {
  if (earlier.length === 0) return []
  const months = earlier.map(
    ({ period, amount }) => `${amountWords(amount, currency)} for ${daysWords(period)}`,
  )
  return [`besides ${months.join(' and ')} ${months.length === 1 ? 'waits' : 'wait'}`]
}

/** "Business Premium: ConnectWise bills $24.00 a seat, ours is $22.00; its price stays as long as it is mapped as its own." */
export function priceWords({ prices, title, currency }: PsaStanding): string[] {
  return prices.map((difference) => `${differenceWords(difference, title, currency)}.`)
}

/** "Contoso · Business Premium: the catalog of ConnectWise says $24.00 a seat, ours is $22.00; …" */
export function namedPriceWords({ customerName, title, currency, ...difference }: NamedPrice): string {
  return `${customerName} · ${differenceWords(difference, title, currency)}`
}

function differenceWords(
  { product, theirs, ours, owner }: PriceDifference,
  title: string,
  currency: string,
): string {
  const [there, here] = [theirs, ours].map((price) => formatUnitPrice(price, currency))
  const says = owner === 'catalog' ? `the catalog of ${title} says ${there}` : `${title} bills ${there}`
  return `${product}: ${says} a seat, ours is ${here}; ${OWNER_WORDS[owner]}`
}

/** Whose price is billed. */
const OWNER_WORDS: Readonly<Record<PriceOwner, string>> = {
  keep: 'its price stays as long as it is mapped as its own',
  ours: 'ours is billed, because it is mapped as ours',
  catalog: 'the catalog’s is billed as long as it is mapped so',
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

/** The arithmetic of a line that is there: as it is due, else as it was read. */
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
  return `${seats} × ${price}${part} = ${sum}, as it was read there`
}

/** What of approved writes is not done, and what somebody changed by hand. */
export function writeBlocks({
  writes,
  drifts,
  beside,
}: Pick<StatusAnswer, 'writes' | 'drifts' | 'beside'>): Block[] {
  const parked = writes.parked.map(({ id, step, why }) => `${id} · ${step.product}: ${why ?? 'it needs you'}`)
  const byHand = [...drifts.map(driftWords), ...beside.map(besideWords)]
  return [
    ...(parked.length === 0 ? [] : [boundedList('Needs you in a PSA', parked, 'audit')]),
    ...(byHand.length === 0 ? [] : [boundedList('Changed by hand in a PSA', byHand, 'sync')]),
    ...(parked.length + byHand.length === 0
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

/** "Contoso · Business Premium (Contoso licences): a line of 5 × $22.00 from 11 Mar 2026 (line 108) came beside ours; …" */
export function besideWords({ customerName, product, container, line }: NamedBeside): string {
  const place = `${customerName} · ${product} (${container.name})`
  return `${place}: ${otherWords(line, container)} came beside ours; if it is for the same seats, one of the two has to go`
}

/** "20"; "20, from 1 May 2026 25"; "none, from 1 May 2026 25" where they begin after the first day that counts. */
function countsWords(steps: UnitSteps, from: LocalDate): string {
  const [first] = steps
  const now = first !== undefined && first.on <= from ? formatDecimal(first.units) : 'none'
  const later = steps.filter(({ on }) => on > from)
  return [now, ...later.map(({ on, units }) => `from ${dayMonthYear(on)} ${formatDecimal(units)}`)].join(', ')
}
