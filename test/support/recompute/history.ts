import type { Day } from './days.js'
import { type Fraction, isZero, ZERO } from './fraction.js'
import type { Event, Policy, Subscription } from './input.js'
import type { Rules } from './rules.js'

/** How a subscription stands at the end of a day (B6). */
export interface DayState {
  readonly count: Fraction
  readonly price: Fraction
  readonly paused: boolean
}

export interface History {
  readonly start: Day
  /** First day without service (B12); undefined while it runs. */
  readonly end: Day | undefined
  /** Any day from the start on; after the end what stood last (D1: a pause without resume lasts). */
  at(day: Day): DayState
  paused(day: Day): boolean
}

/**
 * B6, "same-day events net in array order": what a day's events leave behind. D7: count 0 is a cancellation only as
 * an end-of-day count, so `cancel`, being "status ended" (B12), is one whatever else its day brings.
 */
function afterEvents(before: DayState, events: readonly Event[]): DayState {
  let { count, price, paused } = before
  if (events.some((event) => event.type === 'cancel')) return { ...before, count: ZERO }
  for (const event of events) {
    if (event.type === 'suspend') paused = true
    if (event.type === 'resume') paused = false
    if (event.type === 'change') {
      count = event.quantity ?? count
      price = event.unitPrice ?? price
    }
  }
  return { count, price, paused }
}

function eventsByDay(subscription: Subscription): ReadonlyMap<Day, readonly Event[]> {
  const days = new Map<Day, Event[]>()
  for (const event of subscription.events) {
    const on = Math.max(event.on, subscription.start)
    days.set(on, [...(days.get(on) ?? []), event])
  }
  return days
}

/** Walks from the start to `until`, one day after the other. */
export function historyOf(subscription: Subscription, policy: Policy, until: Day, rules: Rules): History {
  const { start } = subscription
  const events = eventsByDay(subscription)
  const states: DayState[] = []
  let state: DayState = { count: ZERO, price: ZERO, paused: false }
  let end = subscription.end
  for (let day = start; day <= until && (end === undefined || day < end); day += 1) {
    const late = rules.broken === 'countAtStartOfDay' && day > start + 1 ? -1 : 0
    const today =
      rules.broken === 'countAtStartOfDay' && day === start + 1 ? [] : (events.get(day + late) ?? [])
    state = afterEvents(state, today)
    // B12, D7: count 0 at the end of a day is the end; what comes later is ignored.
    if (isZero(state.count)) end = day
    else states.push(state)
  }
  if (rules.broken === 'cancelCountsAsDecrease' && end !== undefined && end > start) end += 1
  const at = (day: Day) => states[Math.min(day - start, states.length - 1)] ?? state
  const paused = (day: Day) => {
    if (policy.suspended === 'bill' || day < start) return false
    const late = rules.broken === 'pauseEndsDayLate' && day > start && at(day - 1).paused
    return at(day).paused || late
  }
  return { start, end, at, paused }
}
