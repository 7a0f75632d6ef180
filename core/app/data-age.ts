import { hoursAfter } from '../calendar/zone.js'
import { DATA_OLD_HOURS } from '../limits.js'
import type { ObservationHeader } from '../ports.js'

/** How fresh an answer is: shown with each. */
export interface DataAge {
  readonly observation: ObservationHeader
  readonly now: Date
  readonly timeZone: string
}

/** Whether the data is so old that somebody should observe before they bill from it. */
export function isOld({ observation, now }: DataAge): boolean {
  return now > hoursAfter(observation.observedAt, DATA_OLD_HOURS)
}
