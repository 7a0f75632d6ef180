import { later } from '../shared/dates.js'
import type { EventDraft, Instant, MarketplaceEvent } from './events.js'

/** The truth: append-only, but for what the seed has planned and a change of plan discards before it happened. */
export interface EventLog {
  /** Numbers the events and keeps them. */
  append(drafts: readonly EventDraft[]): readonly MarketplaceEvent[]
  /** All events, planned ones included, ordered by (at, sequence). */
  events(): readonly MarketplaceEvent[]
  /** The events the API shows at an instant, ordered by (at, sequence); the same array as long as nothing changed. */
  visibleAt(instant: Instant): readonly MarketplaceEvent[]
  /** Forgets planned events later than `after` that `belongs` accepts. */
  discardPlanned(after: Instant, belongs: (event: MarketplaceEvent) => boolean): void
}

function byMoment(first: MarketplaceEvent, second: MarketplaceEvent): number {
  if (first.at !== second.at) return first.at < second.at ? -1 : 1
  return first.sequence - second.sequence
}

/** How many of the sorted instants are at or before `instant`. */
function countUntil(sorted: readonly Instant[], instant: Instant): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? '') <= instant) low = middle + 1
    else high = middle
  }
  return low
}

/** `onChange` is told after every change, with all events. */
export function createEventLog(onChange: (events: readonly MarketplaceEvent[]) => void = () => {}): EventLog {
  let nextSequence = 1
  let ordered: readonly MarketplaceEvent[] = []
  let appearances: readonly Instant[] = []
  let shown: { readonly count: number; readonly events: readonly MarketplaceEvent[] } | undefined

  const replace = (events: readonly MarketplaceEvent[]): void => {
    ordered = [...events].sort(byMoment)
    appearances = ordered.map((event) => event.visibleFrom).sort()
    shown = undefined
    onChange(ordered)
  }

  return {
    append(drafts) {
      const added = drafts.map((draft): MarketplaceEvent => {
        const visibleFrom = later(draft.at, draft.visibleFrom ?? draft.at)
        const event = { ...draft, sequence: nextSequence, visibleFrom }
        nextSequence += 1
        return event
      })
      replace([...ordered, ...added])
      return added
    },
    events: () => ordered,
    visibleAt(instant) {
      const count = countUntil(appearances, instant)
      if (shown?.count !== count) {
        shown = { count, events: ordered.filter((event) => event.visibleFrom <= instant) }
      }
      return shown.events
    },
    discardPlanned(after, belongs) {
      replace(ordered.filter((event) => event.at <= after || !belongs(event)))
    },
  }
}
