import { assert } from '../assert.js'
import type { BillingPeriod } from '../calendar/billing-period.js'
import {
  type LocalDate,
  addMonths,
  dayOfMonth,
  formatLocalDate,
  monthNumber,
  toCivil,
} from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { Problem } from '../problem.js'
import type { Timeline } from '../timeline/types.js'
import { BEGINNING, FOREVER } from './history.js'
import type { Policy, PolicyChange } from './types.js'

/** One period of a subscription, as it is charged. */
export interface ChargedPeriod {
  /** The nominal period or the term; selects and identifies (D8). */
  readonly period: Period
  /** First day that is charged in it: later than `period.from` only in the stub after a change of cycle (B24). */
  readonly from: LocalDate
  /** Where the whole period its days are divided by begins: earlier than `period.from` only in a short term (D2). */
  readonly wholeFrom: LocalDate
  /** What holds at its start (B16). */
  readonly policy: Policy
}

/** Months that a calendar knows, made once: most periods of most subscriptions are one of them. */
const FIRST_MONTH = 1900 * 12
const CALENDAR_MONTHS: readonly Period[] = Array.from({ length: 300 * 12 }, (_, month) => ({
  from: dayOfMonth(FIRST_MONTH + month, 1),
  to: dayOfMonth(FIRST_MONTH + month + 1, 1),
}))

/** Periods that follow each other without end: every `length` months on a day of the month, or every `length` days. */
type Grid =
  | { readonly unit: 'months'; readonly firstMonth: number; readonly day: number; readonly length: number }
  | { readonly unit: 'days'; readonly first: LocalDate; readonly length: number }

/**
 * A grid and a policy on the dates where they hold; `to` is a boundary of the grid. A whole period that begins before
 * `from` is a stub of it, a short term, or whole all the same.
 */
interface Stretch {
  readonly from: LocalDate
  readonly to: LocalDate
  readonly grid: Grid
  readonly policy: Policy
  readonly cut: 'stub' | 'term' | 'whole'
}

/** All periods of a subscription, past and future. */
export interface Schedule {
  /** In order, without gaps; usually one. */
  readonly stretches: readonly Stretch[]
  /** Months of a whole period; 0 for a period of days. */
  readonly months: number
}

/** What identifies a period among those of a subscription (D8, B23). */
export function periodKey({ from, to }: Period): string {
  return `${from}/${to}`
}

/** Months of a billing period; 0 for one of days. */
export function monthsIn({ type, duration }: BillingPeriod): number {
  return type === 'year' ? duration * 12 : type === 'month' ? duration : 0
}

/**
 * The periods of a subscription (B4): a period of one month follows the policy's `cycle`, any other is the
 * subscription's own term. Throws Problem `input` for a term longer than the billing period (D2).
 */
export function scheduleOf(
  timeline: Timeline,
  policy: Policy,
  changes: readonly PolicyChange[],
  serviceFrom: LocalDate,
): Schedule {
  const months = monthsIn(timeline.billingPeriod)
  let schedule: Schedule = {
    months,
    stretches:
      months === 1
        ? [{ from: BEGINNING, to: FOREVER, grid: monthlyGrid(timeline, policy), policy, cut: 'stub' }]
        : termStretches(timeline, policy, months),
  }
  for (const change of changes) schedule = changePolicy(schedule, timeline, change, serviceFrom)
  return schedule
}

/** B4: calendar months, or months on the anchor day (default: the subscription's own), clamped to short ones. */
function monthlyGrid(timeline: Timeline, policy: Policy): Grid {
  const day = policy.cycle === 'calendar' ? 1 : (policy.anchorDay ?? toCivil(timeline.start).day)
  return { unit: 'months', firstMonth: 0, day, length: 1 }
}

/**
 * B16, B24: a change of policy takes effect at the first boundary on or after its date. When it changes the cycle of a
 * running subscription, the new period that encloses the boundary leaves a stub. A service that begins later never saw
 * the old cycle: its period is whole, while one-time charges dated before the boundary stay in the period they had.
 */
function changePolicy(
  schedule: Schedule,
  timeline: Timeline,
  change: PolicyChange,
  serviceFrom: LocalDate,
): Schedule {
  const { policy } = change
  const enclosing = periodOn(schedule, change.from)
  const boundary = enclosing.from === change.from ? change.from : enclosing.period.to
  const changed = (stretch: Stretch): Stretch => ({
    ...stretch,
    policy,
    grid: schedule.months === 1 ? monthlyGrid(timeline, policy) : stretch.grid,
    cut: schedule.months !== 1 ? stretch.cut : stretch.from <= serviceFrom ? 'whole' : 'stub',
  })
  const stretches = schedule.stretches.flatMap((stretch) => {
    if (stretch.to <= boundary) return [stretch]
    if (stretch.from >= boundary) return [changed(stretch)]
    return [{ ...stretch, to: boundary }, changed({ ...stretch, from: boundary })]
  })
  return { ...schedule, stretches }
}

/**
 * B4, D2: terms follow each other from the subscription's start. A stated term stands where it says, and the others
 * before it and behind it; a short one is a part of the whole term that ends with it, and later ones run from its end.
 * Days left before the next stated term are a short term, too.
 */
function termStretches(
  { billingPeriod, start, terms = [] }: Timeline,
  policy: Policy,
  months: number,
): readonly Stretch[] {
  const gridFrom = (first: LocalDate): Grid =>
    months === 0
      ? { unit: 'days', first, length: billingPeriod.duration }
      : { unit: 'months', firstMonth: monthNumber(first), day: toCivil(first).day, length: months }
  const always = { from: BEGINNING, to: FOREVER, policy, cut: 'term' } as const
  const fromStart = gridFrom(start)
  const [first] = terms
  if (first === undefined) return [{ ...always, grid: fromStart }]
  // Earlier terms count back from the stated one, unless it is one of those from the start: 29 February stays that.
  const isOfStart = wholePeriod(fromStart, first.from).from === first.from
  const stretches: Stretch[] = [
    { ...always, to: first.from, grid: isOfStart ? fromStart : gridFrom(first.from) },
  ]
  for (const [index, term] of terms.entries()) {
    const next = terms[index + 1]?.from ?? FOREVER
    assert(term.to <= next, 'termStretches: stated terms are in order and do not overlap')
    const grid = gridFrom(isFullByItsStart(term, billingPeriod, months) ? term.from : term.to)
    const to = next === FOREVER ? FOREVER : wholePeriod(grid, next).from
    stretches.push({ ...always, from: term.from, to, grid })
    if (to < next) stretches.push({ ...always, from: to, to: next, grid: gridFrom(next) })
  }
  return stretches
}

/** True for a full term counted from its start, false for a short one. Throws Problem `input` for any other (D2). */
function isFullByItsStart(term: Period, { duration }: BillingPeriod, months: number): boolean {
  const wholeTo = months === 0 ? term.from + duration : addMonths(term.from, months)
  const wholeFrom = months === 0 ? term.to - duration : addMonths(term.to, -months)
  if (term.to <= term.from || (term.to > wholeTo && term.from < wholeFrom)) throw termProblem(term)
  return term.to === wholeTo
}

function termProblem({ from, to }: Period): Problem {
  const empty = to <= from
  return new Problem({
    kind: 'input',
    what: `The term ${formatLocalDate(from)} to ${formatLocalDate(to)} is ${empty ? 'empty' : 'longer than its billing period'}.`,
    where: 'subscription.term',
    notDone: 'Nothing was charged.',
    next: empty
      ? 'State a last day after the first.'
      : 'State the current term, or the billing period it really has.',
  })
}

/** The whole period of a grid a day lies in. */
function wholePeriod(grid: Grid, day: LocalDate): Period {
  if (grid.unit === 'days') {
    const index = Math.floor((day - grid.first) / grid.length)
    const from = (grid.first + index * grid.length) as LocalDate
    return { from, to: (from + grid.length) as LocalDate }
  }
  const number = monthNumber(day)
  const calendarMonth =
    grid.day === 1 && grid.length === 1 ? CALENDAR_MONTHS[number - FIRST_MONTH] : undefined
  if (calendarMonth !== undefined) return calendarMonth
  const index = Math.floor((number - grid.firstMonth) / grid.length)
  const month = grid.firstMonth + index * grid.length
  const from = dayOfMonth(month, grid.day)
  if (from <= day) return { from, to: dayOfMonth(month + grid.length, grid.day) }
  return { from: dayOfMonth(month - grid.length, grid.day), to: from }
}

/** D8: the period of the schedule a day lies in. The next one begins on its `period.to`. */
export function periodOn({ stretches }: Schedule, day: LocalDate): ChargedPeriod {
  const stretch = stretches.length === 1 ? stretches[0] : stretches.find(({ to }) => day < to)
  assert(stretch !== undefined, 'periodOn: the stretches of a schedule cover every day')
  const { from, grid, policy, cut } = stretch
  const whole = wholePeriod(grid, day)
  if (whole.from >= from || cut === 'whole')
    return { period: whole, from: whole.from, wholeFrom: whole.from, policy }
  const period = cut === 'stub' ? whole : { from, to: whole.to }
  return { period, from, wholeFrom: whole.from, policy }
}
