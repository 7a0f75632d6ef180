import type { BillRun, RunLine } from '../../core/billrun/run.js'
import type { LocalDate } from '../../core/calendar/date.js'
import { dayMonthYear, monthYear, periodWords } from '../../core/calendar/words.js'
import { isAhead, sumWords } from './spans.js'
import { plural, withoutDates } from './words.js'

/** "Contoso", "3 customers": whose lines these are. */
export function customersWords(lines: readonly RunLine[]): string {
  const names = new Map(lines.map(({ customerId, customerName }) => [customerId, customerName]))
  const [only, ...others] = names.values()
  return only !== undefined && others.length === 0 ? only : plural(names.size, 'customer')
}

/** "$514.52 (2 lines)"; several currencies side by side, never added. */
export function totalWords(lines: readonly RunLine[]): string {
  return `${sumWords(lines)} (${plural(lines.length, 'line')})`
}

/** "11 Mar – 31 Dec 2026: 5 × $240.00 × 296/365 = $973.15": service days, a single one of a one-time charge, and arithmetic. */
export function servedWords({ from, to, explanation }: RunLine): string {
  const service = to > from ? periodWords({ from, to }) : dayMonthYear(from)
  return `${service}: ${withoutDates(explanation, service)}`
}

/** What to type to propose the same customers and month again. */
export function proposeCommand({ month, asked, customers }: BillRun): string {
  const names = asked.length === 0 ? '' : ` ${[...new Set(customers.map(({ name }) => name))].join(', ')}`
  return `propose ${monthYear(month.from).toLowerCase()}${names}`
}

/** A customer's lines in one currency. */
export interface AccountLines {
  readonly customerId: string
  readonly name: string
  readonly currency: string
  readonly lines: readonly RunLine[]
}

/** Lines customer by customer, in the order in which each comes first. */
export function accountsOf(lines: readonly RunLine[]): readonly AccountLines[] {
  const accounts = new Map<string, AccountLines & { readonly lines: RunLine[] }>()
  for (const line of lines) {
    const { customerId, customerName: name, currency } = line
    const key = JSON.stringify([customerId, currency])
    const account = accounts.get(key)
    if (account === undefined) accounts.set(key, { customerId, name, currency, lines: [line] })
    else account.lines.push(line)
  }
  return [...accounts.values()]
}

/**
 * "Exchange Online · 1–31 Mar 2026: 20 × $22.00 = $440.00"
 *
 * @param proposed the day the run was made: it is frozen, and says for ever what had not begun then (B21).
 */
export function itemWords(line: RunLine, proposed?: LocalDate): string {
  const ahead =
    proposed !== undefined && isAhead(line, proposed) ? ` · begins after ${dayMonthYear(proposed)}` : ''
  return `${line.description} · ${servedWords(line)}${ahead}`
}
