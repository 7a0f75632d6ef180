import type { LocalDate } from '../calendar/date.js'
import { localDateOf } from '../calendar/zone.js'
import { type FoldSettings, type RecordHistory, type RecordState, statesInService } from './record.js'
import type { TimelineEvent } from './types.js'

/** A hold, or its end. */
export type HoldStep = Pick<TimelineEvent, 'on' | 'type' | 'estimated'>

/** One licence line of a lineage with its first day of service. */
interface HeldRecord {
  readonly record: RecordHistory
  readonly start: LocalDate
}

/**
 * Holds and resumptions over the licence lines of a lineage, oldest first (BILLING B13): dated by the marketplace's
 * last modification where it fits, else by observation. A line that continues one on hold and is active itself resumes
 * on its start.
 */
export function foldHolds(records: readonly HeldRecord[], settings: FoldSettings): HoldStep[] {
  const steps: HoldStep[] = []
  for (const { record, start } of records) {
    while ((steps.at(-1)?.on ?? start) > start) steps.pop()
    steps.push(...recordHolds(record, start, steps.at(-1)?.type === 'suspend', settings))
  }
  return steps
}

function recordHolds(
  record: RecordHistory,
  start: LocalDate,
  heldBefore: boolean,
  { timeZone }: FoldSettings,
): HoldStep[] {
  const steps: HoldStep[] = []
  const dateOf = ({ observedAt }: RecordState) => {
    const on = localDateOf(observedAt, timeZone)
    return on < start ? start : on
  }
  let held = heldBefore
  let previous: RecordState | undefined
  for (const state of statesInService(record)) {
    const { status, lastModifiedOn } = state.subscription
    const onHold = status === 'hold'
    if (onHold !== held && (onHold || status === 'active')) {
      const previousOn = previous === undefined ? start : dateOf(previous)
      const seenOn = dateOf(state)
      const fits = lastModifiedOn !== undefined && lastModifiedOn >= previousOn && lastModifiedOn <= seenOn
      const known = !onHold && previous === undefined ? start : fits ? lastModifiedOn : undefined
      steps.push({ on: known ?? seenOn, type: onHold ? 'suspend' : 'resume', estimated: known === undefined })
      held = onHold
    }
    previous = state
  }
  return steps
}
