import { REQUESTS } from './limits.js'

/**
 * How the emulated service behaves all the time. What is not known of the real one can be had both ways, to see
 * whether a reader depends on it.
 */
export interface Quirks {
  /** Chooses the values of the pick lists, which differ from tenant to tenant, and what faults hit. */
  readonly seed: number
  /** An id that does not exist: 200 with `{"item":null}`, or 404. Clients report both. */
  readonly missingItem: 'null' | '404'
  /** An adjustment dated in a posted period: refused, or the difference is raised as an item of its own. */
  readonly postedPeriods: 'refuse' | 'raise'
  /** A second adjustment of a service on one day: refused, or it takes the first one's place. Clients report both. */
  readonly sameDay: 'refuse' | 'lastWins'
  /** An adjustment of 0 units with a price re-prices from its date. Off: refused, as an older text has it. */
  readonly repriceWithoutUnits: boolean
  /** Stretches of 0 units have rows. Off: they have none. */
  readonly emptyRows: boolean
  /** Rows of ContractServices carry adjustedPrice. Clients report that they do not. */
  readonly showAdjustedPrice: boolean
  /** `ATServicesRest` counts only when written so. Off: in any case. */
  readonly pathCaseMatters: boolean
  /** Calls in an hour after which everything is refused; lower than the real one to get there sooner. */
  readonly requestThreshold: number
}

export const DEFAULT_QUIRKS: Quirks = {
  seed: 7,
  missingItem: 'null',
  postedPeriods: 'refuse',
  sameDay: 'refuse',
  repriceWithoutUnits: true,
  emptyRows: true,
  showAdjustedPrice: false,
  pathCaseMatters: true,
  requestThreshold: REQUESTS,
}
