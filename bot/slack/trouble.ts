import { webApi } from '@slack/bolt'
import { Problem, type ProblemKind } from '../../core/problem.js'
import { type Trouble, connectionTrouble, isNotHandedOn } from '../trouble.js'

const NOT_SENT = { type: 'notSent', waitMilliseconds: undefined } as const
const REFUSED = { type: 'refused' } as const
const UNKNOWN = { type: 'unknown' } as const

/** Slack's words for trouble of its own. With the first kind nothing was done; with the others nobody knows. */
const OWN_TROUBLE: ReadonlyMap<string, Trouble> = new Map<string, Trouble>([
  ['ratelimited', NOT_SENT],
  ['service_unavailable', NOT_SENT],
  ['internal_error', UNKNOWN],
  ['fatal_error', UNKNOWN],
  ['request_timeout', UNKNOWN],
])

/** Not sent by us: to a strange host, by a way back that has ended, where the app is not, with a token that does not open. */
const OWN_PROBLEMS: ReadonlyMap<ProblemKind, Trouble> = new Map<ProblemKind, Trouble>([
  ['forbidden', REFUSED],
  ['conflict', REFUSED],
  ['notFound', REFUSED],
  ['held', NOT_SENT],
])

/** How a call of Slack failed. */
export function slackTrouble(error: unknown): Trouble {
  if (error instanceof webApi.WebAPIRateLimitedError) {
    return { type: 'notSent', waitMilliseconds: error.retryAfter * 1000 }
  }
  if (error instanceof webApi.WebAPIHTTPError) return statusTrouble(error.statusCode)
  if (error instanceof webApi.WebAPIPlatformError) return OWN_TROUBLE.get(error.data.error) ?? REFUSED
  const known = error instanceof Problem ? OWN_PROBLEMS.get(error.kind) : undefined
  return connectionTrouble(error) ?? known ?? UNKNOWN
}

function statusTrouble(status: number): Trouble {
  if (isNotHandedOn(status)) return NOT_SENT
  return status >= 500 ? UNKNOWN : REFUSED
}
