import { exact } from './amounts.js'
import { addDays } from '../shared/dates.js'
import { multiply, multiplyShare, sum } from '../shared/decimal.js'
import { daysOf, overlap, periodAround, periodOf, without } from './periods.js'
import type { Addition, Agreement, Decimal, InvoiceLine, Span } from './records.js'

/** Later than any date that occurs. */
const NEVER = '9999-12-31'

const DIGITS: Readonly<Record<string, number>> = { JPY: 0, KWD: 3 }

/** Decimal places of a currency's smallest coin. */
export function digitsOf({ currency }: Agreement): number {
  return DIGITS[currency] ?? 2
}

export function billedQuantity({ quantity, lessIncluded }: Addition): Decimal {
  return exact(sum([quantity, `-${lessIncluded}`.replace('--', '')], 8))
}

/** The days an addition is in force, as far as its agreement lets it. */
function activeSpan(agreement: Agreement, addition: Addition): Span {
  const ends = [addition.cancelledDate, agreement.endDate].flatMap((last) =>
    last === null ? [] : [addDays(last, 1)],
  )
  const to = [NEVER, ...ends].reduce((first, end) => (end < first ? end : first))
  return { from: addition.effectiveDate, to }
}

interface Part {
  /** What the line says it is for. */
  readonly spans: readonly Span[]
  readonly days: number
  readonly of: number
}

/** What an addition bills of one period, given what it has billed before; undefined: nothing. */
function partOf(agreement: Agreement, addition: Addition, period: Span): Part | undefined {
  const active = overlap(activeSpan(agreement, addition), period)
  if (active === undefined) return undefined
  const of = daysOf(period)
  if (!agreement.prorateFlag) {
    // Without proration a period is billed whole or not at all, and once.
    const isBilled = addition.invoiced.some((span) => overlap(span, period) !== undefined)
    return isBilled ? undefined : { spans: [period], days: of, of }
  }
  const spans = without(active, addition.invoiced)
  const days = spans.reduce((total, span) => total + daysOf(span), 0)
  return days === 0 ? undefined : { spans, days, of }
}

function amountOf(agreement: Agreement, addition: Addition, { days, of }: Part): Decimal {
  const digits = digitsOf(agreement)
  if (addition.billCustomer !== 'Billable') return multiply(['0'], digits)
  const factors = [billedQuantity(addition), addition.unitPrice]
  return days === of
    ? multiply(factors, digits)
    : multiplyShare(factors, { dividend: days, divisor: of }, digits)
}

export interface Billing {
  readonly lines: readonly InvoiceLine[]
  /** The additions with what is now on an invoice. */
  readonly additions: readonly Addition[]
}

/**
 * Bills the period whose turn it is: every addition for that period, and for every earlier period since the agreement's
 * first what no invoice holds yet. One line for an addition and a period, rounded once, half away from zero.
 */
export function bill(agreement: Agreement, additions: readonly Addition[]): Billing {
  const lines: InvoiceLine[] = []
  const billed = additions.map((addition) => {
    let current = addition
    for (let number = 0; number <= agreement.invoicedPeriods; number += 1) {
      const part = partOf(agreement, current, periodOf(agreement, number))
      if (part === undefined) continue
      current = { ...current, invoiced: [...current.invoiced, ...part.spans] }
      if (addition.billCustomer === 'DoNotBill') continue
      lines.push({
        additionId: addition.id,
        from: part.spans[0]?.from ?? '',
        to: part.spans.at(-1)?.to ?? '',
        quantity: billedQuantity(addition),
        unitPrice: addition.unitPrice,
        amount: amountOf(agreement, addition, part),
      })
    }
    return current
  })
  return { lines, additions: billed }
}

export function totalOf(agreement: Agreement, lines: readonly InvoiceLine[]): Decimal {
  return sum(
    lines.map(({ amount }) => amount),
    digitsOf(agreement),
  )
}

/** What the screen shows about the period in which an addition begins. */
export interface ShownProration {
  readonly isPart: boolean
  /** Of one unit, and of all. */
  readonly unit: Decimal
  readonly extended: Decimal
}

/** The proration of the period in which an addition begins; without one both prices are zero. */
export function shownProration(agreement: Agreement, addition: Addition): ShownProration {
  const period = periodAround(agreement, addition.effectiveDate)
  const active = overlap(activeSpan(agreement, addition), period)
  const [days, of] = [active === undefined ? 0 : daysOf(active), daysOf(period)]
  if (!agreement.prorateFlag || days === of) return { isPart: false, unit: '0', extended: '0' }
  const share = { dividend: days, divisor: of }
  const digits = digitsOf(agreement)
  return {
    isPart: true,
    unit: multiplyShare([addition.unitPrice], share, digits),
    extended: multiplyShare([billedQuantity(addition), addition.unitPrice], share, digits),
  }
}
