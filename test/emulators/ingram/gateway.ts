import type { IncomingMessage } from 'node:http'
import { addSeconds, toInstant } from '../shared/dates.js'
import {
  bearerOf,
  type Credentials,
  isBasic,
  isPasswordGrant,
  TOKEN_LIFE_SECONDS,
  type Tokens,
} from './auth.js'
import type { Instant } from './events.js'
import type { Fault, FaultPlan } from './faults.js'
import { Refusal } from './listing.js'
import type { EventLog } from './log.js'
import { project } from './projection.js'
import type { Quirks } from './quirks.js'
import { renderError } from './render.js'
import { answer, type Scene } from './routes.js'
import type { World } from './world.js'

/** Where the API begins below the server's root. */
export const BASE_PATH = '/marketplace/us'
export const KEYCLOAK_PATH = '/auth/realms/sr-7001/protocol/openid-connect/token'

/** An answer before it is written: `body` is JSON unless `text` is given. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly text?: string
}

/** One request, read whole. */
export interface Call {
  readonly method: string
  /** Below the server's root, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly correlationId: string
}

/** What answering needs. Faults may be exchanged while the server runs. */
export interface Gateway {
  readonly credentials: Credentials
  readonly tokens: Tokens
  readonly log: EventLog
  readonly world: World
  readonly quirks: Quirks
  readonly now: () => Date
  plan: FaultPlan
}

function tooMany(seconds: number, retryAfter: string | undefined): Answer {
  return {
    status: 429,
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
    body: { statusCode: 429, message: `Rate limit is exceeded. Try again in ${seconds} seconds.` },
  }
}

function issueToken({ credentials, tokens, now }: Gateway, call: Call): Answer {
  if (call.method !== 'POST') throw new Refusal(405, 'Method Not Allowed')
  if (!isBasic(call.headers.authorization, credentials)) throw new Refusal(401, 'Bad credentials')
  let wanted: unknown
  try {
    wanted = JSON.parse(call.body)
  } catch {
    throw new Refusal(400, 'Malformed JSON request')
  }
  const marketplace =
    typeof wanted === 'object' && wanted !== null && 'marketplace' in wanted ? wanted.marketplace : undefined
  if (marketplace !== credentials.marketplace) throw new Refusal(400, 'Unknown marketplace')
  return {
    status: 200,
    body: { token: tokens.issue(toInstant(now())), expiresInSeconds: TOKEN_LIFE_SECONDS },
  }
}

/** OpenID's password grant, as the identity server of a panel run by CloudBlue answers it. */
function grantPassword({ credentials, tokens, now }: Gateway, call: Call): Answer {
  const form = new URLSearchParams(call.body)
  const isForm = call.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  if (call.method !== 'POST' || !isForm) return { status: 400, body: { error: 'invalid_request' } }
  if (!isPasswordGrant(form, credentials)) {
    return { status: 401, body: { error: 'invalid_grant', error_description: 'Invalid user credentials' } }
  }
  return {
    status: 200,
    body: {
      access_token: tokens.issue(toInstant(now())),
      expires_in: TOKEN_LIFE_SECONDS,
      token_type: 'Bearer',
      scope: 'openid',
    },
  }
}

function sceneAt(gateway: Gateway, hits: readonly Fault[]): Scene {
  const { log, world, quirks, plan, now } = gateway
  const stale = hits.find((fault) => fault.kind === 'stale')
  const instant: Instant = addSeconds(toInstant(now()), -(stale?.secondsBehind ?? 0))
  return {
    projection: stale === undefined ? world.projection() : project(log.visibleAt(instant)),
    instant,
    quirks,
    plan,
    rendering: { quirks, instant, servedPrice: (id, mpn) => world.servedPrice(id, mpn) },
    zeroSeats: hits.some((fault) => fault.kind === 'massZero'),
  }
}

function signedIn(gateway: Gateway, call: Call, hits: readonly Fault[]): void {
  const token = bearerOf(call.headers.authorization)
  if (token !== undefined && hits.some((fault) => fault.kind === 'expiredToken')) gateway.tokens.revoke(token)
  if (token === undefined || !gateway.tokens.isValid(token, toInstant(gateway.now()))) {
    throw new Refusal(401, 'The token is missing, invalid or expired')
  }
}

function answerApi(gateway: Gateway, call: Call, path: string, hits: readonly Fault[]): Answer {
  if (call.headers['x-subscription-key'] !== gateway.credentials.subscriptionKey) {
    const message = 'Access denied due to missing or invalid subscription key.'
    return { status: 401, body: { statusCode: 401, message } }
  }
  const limited = gateway.plan.rateLimited(toInstant(gateway.now()))
  if (limited !== undefined) return tooMany(limited.seconds, limited.retryAfter)
  const refused = hits.find((fault) => fault.kind === 'status')
  if (refused !== undefined) {
    const body = refusalBody(gateway, call, new Refusal(refused.status, 'The request could not be processed'))
    const headers = refused.retryAfter === undefined ? {} : { 'retry-after': refused.retryAfter }
    return { status: refused.status, headers, body }
  }
  if (path === '/token') return issueToken(gateway, call)
  signedIn(gateway, call, hits)
  if (call.method !== 'GET') throw new Refusal(405, 'Method Not Allowed')
  return { status: 200, body: answer(sceneAt(gateway, hits), path, call.query) }
}

function refusalBody(gateway: Gateway, call: Call, refusal: Refusal): unknown {
  const { path, correlationId } = call
  const { status, message } = refusal
  return renderError({ status, message, path, correlationId, instant: toInstant(gateway.now()) })
}

/** Answers one request; never throws for what a client can do wrong. */
export function answerCall(gateway: Gateway, call: Call, hits: readonly Fault[]): Answer {
  try {
    if (call.path === KEYCLOAK_PATH) return grantPassword(gateway, call)
    if (!call.path.startsWith(`${BASE_PATH}/`)) throw new Refusal(404, 'Resource not found')
    const path = call.path.slice(BASE_PATH.length)
    const given = answerApi(gateway, call, path, hits)
    const rewriting = hits.filter((fault) => fault.kind === 'rewrite')
    const body = rewriting.reduce((current, fault) => fault.change(current, path), given.body)
    return { ...given, body }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { status: error.status, body: refusalBody(gateway, call, error) }
  }
}
