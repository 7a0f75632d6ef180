import type { LocalDate } from '../calendar/date.js'
import type { Decimal } from '../money/decimal.js'
import { monthPeriod } from './months.js'
import type { Container, CountDraft, UnitSteps } from './types.js'
import { combineSteps, daysOf, stepsFrom, sumOfSpans, unitsOn } from './units.js'

/** What planning the count of one item needs to know. */
export interface UnitsTask {
  /** As read: a day on which it changes has an adjustment, ours or a person's, and takes no other (S12). */
  readonly have: UnitSteps
  readonly want: UnitSteps
  /** First day that is ours to count. */
  readonly openFrom: LocalDate
  readonly container: Pick<Container, 'anchorDay' | 'to'>
  /** What a unit costs where the item is new in the container. */
  readonly unitPrice: Decimal | undefined
}

/**
 * The adjustments that bring a count to what is wanted (S12): one net change for each day on which the two begin to
 * differ otherwise than before, each stated with all counts from the first open day before and after it.
 *
 * A change of a day that has an adjustment already waits: later changes the other way are netted with it, and what is
 * left is written on the first day of a period that has none. What the days between are worth is money (beside.ts).
 */
export function planUnits({ have, want, openFrom, container, unitPrice }: UnitsTask): readonly CountDraft[] {
  let before = stepsFrom(have, openFrom)
  const missing = combineSteps(stepsFrom(want, openFrom), before, (wanted, there) => wanted - there)
  const taken = new Set(daysOf([have]))
  const starts = periodStarts(daysOf([have, missing]), container)
  const days = new Set([...daysOf([missing]), ...starts])
  const actions: CountDraft[] = []
  let [last, waiting] = [0n, 0n]
  for (const on of [...days].sort((left, right) => left - right)) {
    const change = unitsOn(missing, on) - last
    last += change
    const all = waiting + change
    const delta = (taken.has(on) ? 0n : starts.has(on) ? all : insidePeriod(waiting, change)) as Decimal
    waiting = all - delta
    if (delta === 0n) continue
    const after = combineSteps(before, sumOfSpans([{ from: on, to: null, units: delta }]))
    actions.push({ type: 'adjust', on, delta, unitPrice, count: { from: openFrom, before, after } })
    before = after
  }
  return actions
}

/**
 * What is written of a change within a period: what waits goes into it only where the two take each other back. The
 * next period's first day may have been adjusted for what waits before, so it is left to that day.
 */
function insidePeriod(waiting: bigint, change: bigint): bigint {
  const all = waiting + change
  if (waiting === 0n || waiting > 0n === change > 0n) return change
  return all > 0n === change > 0n ? all : 0n
}

/** First days of periods, from the first of these days on to one behind all of them that the container still bills. */
function periodStarts(
  days: readonly LocalDate[],
  { anchorDay = 1, to }: UnitsTask['container'],
): ReadonlySet<LocalDate> {
  const starts = new Set<LocalDate>()
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return starts
  for (let { to: start } = monthPeriod(anchorDay, first); to === null || start < to; ) {
    starts.add(start)
    if (start > last) break
    start = monthPeriod(anchorDay, start).to
  }
  return starts
}
