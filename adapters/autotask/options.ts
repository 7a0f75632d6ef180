import type { Log } from '../../core/ports.js'
import type { Sleep } from '../http/backoff.js'

export interface AutotaskOptions {
  /** Where the zone of a user is asked for: "https://webservices.autotask.net/ATServicesRest". */
  readonly zoneUrl: string
  readonly userName: string
  readonly secret: string
  /** Of the API integration, as Autotask issued it. */
  readonly integrationCode: string
  readonly log?: Log
  readonly timeoutMilliseconds?: number
  /** For tests: time, waiting and chance. */
  readonly now?: () => number
  readonly sleep?: Sleep
  readonly random?: () => number
}
