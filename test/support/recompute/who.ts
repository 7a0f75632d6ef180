import { digitsOf } from './currencies.js'
import { add, formatFraction, parseFraction, ZERO } from './fraction.js'
import type { BilledLine } from './input.js'

/** A line due, and of what: the record key (`subscription id/mpn`) of its lineage's first record, or an order's id. */
export interface WhoLine extends BilledLine {
  readonly customerId: string
  readonly currency: string
  readonly subject: string
  /** Every record of the lineage: a reader that did not see the first may call it by a later one. */
  readonly records: readonly string[]
  /** B20: its counts rest on an assumption. */
  readonly assumed: boolean
}

/** Lines that are not in any total until a person decides, with what they would be. */
export interface Held {
  readonly customerId: string
  readonly subject: string
  /** B17 another currency; B18 more than one candidate, or one still runs; B14 no price; B20b a fee never listed. */
  readonly why: 'currency' | 'ambiguous' | 'mayContinue' | 'noPrice' | 'unlisted'
  readonly lines: readonly WhoLine[]
}

export interface WhoCustomer {
  readonly customerId: string
  readonly currency: string
  readonly amount: string
  readonly lines: readonly WhoLine[]
}

export interface Who {
  readonly customers: readonly WhoCustomer[]
  /** One total per currency; nothing is ever converted (B17). */
  readonly totals: readonly { readonly currency: string; readonly amount: string }[]
  readonly held: readonly Held[]
}

function byText<Item>(text: (item: Item) => string): (left: Item, right: Item) => number {
  return (left, right) => (text(left) < text(right) ? -1 : text(left) > text(right) ? 1 : 0)
}

function sum(currency: string, amounts: readonly string[]): string {
  const total = amounts.reduce((left, right) => add(left, parseFraction(right)), ZERO)
  return formatFraction(total, digitsOf(currency))
}

/** Sorted by customer, currency, what the line is of, `billOn`, dates and numbers: the same for any order of events. */
export function whoOf(lines: readonly WhoLine[], held: readonly Held[]): Who {
  const order = byText((line: WhoLine) => {
    const { customerId, currency, subject, billOn, from } = line
    return [customerId, currency, subject, billOn, from, whoLineWords(line)].join(' ')
  })
  const groups = new Map<string, WhoLine[]>()
  for (const line of lines.toSorted(order)) {
    const key = `${line.customerId} ${line.currency}`
    groups.set(key, [...(groups.get(key) ?? []), line])
  }
  const customers = [...groups.values()].flatMap((group): readonly WhoCustomer[] => {
    const first = group[0]
    if (first === undefined) return []
    const { customerId, currency } = first
    return [
      {
        customerId,
        currency,
        amount: sum(
          currency,
          group.map((line) => line.amount),
        ),
        lines: group,
      },
    ]
  })
  const currencies = [...new Set(customers.map((customer) => customer.currency))].toSorted()
  const totals = currencies.map((currency) => {
    const amounts = customers.filter((customer) => customer.currency === currency).map(({ amount }) => amount)
    return { currency, amount: sum(currency, amounts) }
  })
  const heldInOrder = held
    .map((one) => ({ ...one, lines: one.lines.toSorted(order) }))
    .toSorted(byText((one) => `${one.customerId} ${one.subject} ${one.why}`))
  return { customers, totals, held: heldInOrder }
}

const numeral = (text: string) => formatFraction(parseFraction(text))

/** A line as text. A one-time line is only its day and money: it is not of a period. */
function whoLineWords(line: ComparedLine): string {
  const money = `${numeral(line.quantity)} x ${numeral(line.unitPrice)} = ${line.amount}, billed on ${line.billOn}`
  if (line.kind === 'oneTime') return `${line.subject ?? ''} one-time: ${money}`
  const period = line.period === undefined ? '' : ` in ${line.period.from} to ${line.period.to}`
  return `${line.subject ?? ''} ${line.kind} from ${line.from} to ${line.to}${period}: ${money}`
}

/** The fields of a line that are compared; `subject` and `period` only when the other side tells them. */
export interface ComparedLine {
  readonly kind: string
  readonly period?: { readonly from: string; readonly to: string }
  readonly from: string
  readonly to: string
  readonly billOn: string
  readonly quantity: string
  readonly unitPrice: string
  readonly amount: string
  readonly subject?: string
  readonly records?: readonly string[]
}

/** What the other side says about a customer in one currency. Amounts as decimal numerals with the currency's digits. */
export interface ComparedCustomer {
  readonly customerId: string
  readonly currency: string
  readonly amount: string
  readonly lines: readonly ComparedLine[]
}

function compareCustomer(expected: ComparedCustomer, actual: ComparedCustomer): readonly string[] {
  const who = `Customer ${expected.customerId} in ${expected.currency}`
  const subjects = actual.lines.every((line) => line.subject !== undefined)
  const first = new Map(
    expected.lines.flatMap((line) => (line.records ?? []).map((record) => [record, line.subject] as const)),
  )
  const periods = actual.lines.every((line) => line.period !== undefined)
  const words = (line: ComparedLine) => {
    const { subject, period, ...rest } = line
    const known = subject === undefined ? undefined : (first.get(subject) ?? subject)
    return whoLineWords({
      ...rest,
      ...(periods && period !== undefined ? { period } : {}),
      ...(subjects && known !== undefined ? { subject: known } : {}),
    }).trim()
  }
  // D10: lines of zero are printed and never compared.
  const notZero = (line: ComparedLine) => parseFraction(line.amount).numerator !== 0n
  const rest = actual.lines.filter(notZero).map(words)
  const missing = expected.lines
    .filter(notZero)
    .map(words)
    .filter((line) => {
      const index = rest.indexOf(line)
      if (index >= 0) rest.splice(index, 1)
      return index < 0
    })
  const differs = numeral(expected.amount) !== numeral(actual.amount)
  return [
    ...(differs ? [`${who}: the total is ${actual.amount} and should be ${expected.amount}.`] : []),
    ...missing.map((line) => `${who}: this line is missing: ${line}.`),
    ...rest.map((line) => `${who}: this line should not be there: ${line}.`),
  ]
}

/** Sentences that say where two answers to "whom do I bill" differ; none when they are the same to the cent. */
export function compareWho(
  expected: readonly ComparedCustomer[],
  actual: readonly ComparedCustomer[],
): readonly string[] {
  const key = ({ customerId, currency }: ComparedCustomer) => `${customerId} ${currency}`
  const keys = [...new Set([...expected, ...actual].map(key))].toSorted()
  return keys.flatMap((wanted) => {
    const [left, ...twice] = expected.filter((customer) => key(customer) === wanted)
    const [right, ...again] = actual.filter((customer) => key(customer) === wanted)
    const { customerId, currency } = left ?? right ?? { customerId: '', currency: '' }
    if (twice.length + again.length > 0) return [`Customer ${customerId} is listed twice in ${currency}.`]
    const nobody = { customerId, currency, amount: '0', lines: [] }
    return compareCustomer(left ?? nobody, right ?? nobody)
  })
}
