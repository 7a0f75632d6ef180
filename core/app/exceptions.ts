import type { LocalDate } from '../calendar/date.js'
import { periodWords } from '../calendar/words.js'
import type { HeldPeriod } from '../charges/types.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import { EXCEPTION_WORDS, type ExceptionKind } from '../timeline/exceptions.js'
import type { PriceGap } from '../timeline/types.js'

/** Something about a subscription that a person should look at. */
export interface BillException {
  readonly kind: ExceptionKind
  readonly why: string
  readonly customerId: string
  readonly product: string
  readonly lineageId: string
}

/** The days an answer is about: `billOn` in `[opensOn, until]`, as known on `today`. */
export interface Span {
  readonly opensOn: LocalDate
  readonly until: LocalDate
  readonly today: LocalDate
}

/** What charging a subscription over a span came to, as far as exceptions depend on it. */
export interface Charged {
  readonly hasLines: boolean
  /** First day whose charges can be due; undefined: nothing can be charged. */
  readonly from: LocalDate | undefined
  /** Periods whose price cannot be known (BILLING B14, B17). */
  readonly heldPeriods: readonly HeldPeriod[]
  /** Why nothing could be charged under the policy. */
  readonly fault: string | undefined
}

interface Reason {
  readonly kind: ExceptionKind
  readonly why: string
}

/** Exceptions of a subscription that matter for a span: what ended long before is history. */
export function exceptionsOf(priced: PricedSubscription, span: Span, charged: Charged): BillException[] {
  const { subscription, exceptions } = priced
  const { hasLines, fault } = charged
  const isRunning =
    subscription.start <= span.until && (subscription.end === null || subscription.end > span.opensOn)
  const own = hasLines || isRunning ? [...exceptions, ...assumption(priced, charged)] : []
  const faults: Reason[] = fault === undefined ? [] : [{ kind: 'unbillablePeriod', why: fault }]
  const { customerId, productName: product, lineageId } = subscription
  return [...own, ...gapReasons(priced, span, charged), ...faults].map(({ kind, why }) => ({
    kind,
    why,
    customerId,
    product,
    lineageId,
  }))
}

/** B20: a count that is assumed matters where something is charged for it. */
function assumption({ subscription }: PricedSubscription, { from }: Charged): Reason[] {
  const { assumedThrough } = subscription
  const matters = assumedThrough !== undefined && from !== undefined && from <= assumedThrough
  return matters ? [{ kind: 'assumed', why: EXCEPTION_WORDS.assumed }] : []
}

/** A gap is told when it holds something of the span, and until it is closed: it may hold what comes next. */
function gapReasons({ timeline }: PricedSubscription, span: Span, { heldPeriods }: Charged): Reason[] {
  const { today, until } = span
  return (timeline?.priceGaps ?? []).flatMap((gap) => {
    const periods = heldPeriods.filter((held) => held.gap === gap).map(({ period }) => period)
    const [first, last] = [periods[0], periods.at(-1)]
    if (first !== undefined && last !== undefined) {
      const days = periodWords({ from: first.from, to: last.to })
      return [{ kind: gap.kind, why: `${gap.why}; not billed: ${days}; ${wayOut(gap)}` }]
    }
    const isOpen = gap.from <= until && (gap.to === null || gap.to > today)
    return isOpen
      ? [{ kind: gap.kind, why: `${gap.why}; periods that begin then are not billed; ${wayOut(gap)}` }]
      : []
  })
}

/**
 * What a person can do about a gap. One between two prices that differ stays: nobody can say later which of them held,
 * and nothing is invented.
 */
function wayOut({ kind, to }: PriceGap): string {
  if (kind === 'otherCurrency') return 'nothing is converted, so bill this by hand'
  return to === null
    ? 'bill this by hand, or wait until the marketplace states the price'
    : 'no price is invented, so bill this by hand'
}
