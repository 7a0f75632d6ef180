import { addMonths, type Day, dayInMonth, firstOfMonth, monthNumber, partsOf } from './days.js'
import type { Policy, Span, Subscription } from './input.js'
import type { Rules } from './rules.js'

/** A billing period, and what a full one would be: they differ only for a short co-termed term (B4, D2). */
export interface BillingSpan extends Span {
  readonly nominal: Span
}

export interface Periods {
  containing(day: Day): BillingSpan
  /** D8: the periods whose start lies in the window; a period is never clipped. */
  startingIn(window: Span): readonly BillingSpan[]
}

/** Spans numbered through without a gap. */
type Numbered = (index: number) => BillingSpan

function whole(from: Day, to: Day): BillingSpan {
  return { from, to, nominal: { from, to } }
}

/** B4 `calendar`: the months of the calendar, numbered by month. */
function calendarMonths(): Numbered {
  return (index) => whole(firstOfMonth(index), firstOfMonth(index + 1))
}

/** B4 `anniversary`: the subscription's own day; the 31st clamps to short months and returns. */
function anniversaryMonths(day: number): Numbered {
  return (index) => whole(dayInMonth(index, day), dayInMonth(index + 1, day))
}

/**
 * B4, D2: longer periods are the subscription's own terms. A first term shorter than nominal has as its nominal term
 * the one that ends at `term.to`; the terms after a short one run from `term.to` with its day, those after a full
 * one with the day of `term.from`. Index 0 is the first term; terms before it run backward from `term.from`. Each
 * record of a lineage states a term of its own; one that would reach into the next record's is cut there, as short.
 */
function terms(subscription: Subscription): Numbered {
  const later = (day: Day, periods: number) =>
    subscription.unit === 'day'
      ? day + periods * subscription.length
      : addMonths(day, periods * subscription.length)
  const short = (from: Day, to: Day): BillingSpan => ({ from, to, nominal: { from: later(to, -1), to } })
  const spans: BillingSpan[] = []
  let anchor = 0
  let anchorIndex = 0
  const following = (index: number) =>
    whole(later(anchor, index - anchorIndex), later(anchor, index + 1 - anchorIndex))
  for (const term of subscription.terms) {
    for (let before = spans.at(-1); before !== undefined && before.to < term.from; before = spans.at(-1)) {
      const next = following(spans.length)
      spans.push(next.to > term.from ? short(next.from, term.from) : next)
    }
    const reached = spans.at(-1)
    if (reached !== undefined && reached.to > term.from) spans.splice(-1, 1, short(reached.from, term.from))
    const nominal = later(term.from, 1)
    const to = term.to ?? nominal
    if (to > nominal) throw new Error('a term longer than nominal is a fault (D2)')
    if (to <= term.from) throw new Error('a term ends after it begins')
    spans.push(to < nominal ? short(term.from, to) : whole(term.from, to))
    ;[anchor, anchorIndex] = to < nominal ? [to, spans.length] : [term.from, spans.length - 1]
  }
  const first = spans[0]
  if (first === undefined) throw new Error('a subscription states at least one term')
  return (index) => {
    if (index < 0) return whole(later(first.from, index), later(first.from, index + 1))
    return spans[index] ?? following(index)
  }
}

export function periodsOf(subscription: Subscription, policy: Policy, rules: Rules): Periods {
  const monthly = subscription.unit === 'month' && subscription.length === 1
  const day = policy.anchorDay ?? partsOf(subscription.start).day
  const anniversary = rules.broken === 'anchorStaysClamped' ? Math.min(day, 28) : day
  const numbered = !monthly
    ? terms(subscription)
    : policy.cycle === 'calendar'
      ? calendarMonths()
      : anniversaryMonths(anniversary)
  const indexOf = (wanted: Day) => {
    let index = monthly ? monthNumber(wanted) : 0
    while (numbered(index).from > wanted) index -= 1
    while (numbered(index).to <= wanted) index += 1
    return index
  }
  return {
    containing: (wanted) => numbered(indexOf(wanted)),
    startingIn: (window) => {
      const found: BillingSpan[] = []
      for (let index = indexOf(window.from); numbered(index).from < window.to; index += 1) {
        if (numbered(index).from >= window.from) found.push(numbered(index))
      }
      return found
    },
  }
}
