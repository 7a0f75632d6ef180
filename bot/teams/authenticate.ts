import type { Activity, ConfigurationBotFrameworkAuthentication } from 'botbuilder'
import { TEAMS_VERIFY_MILLISECONDS } from '../../core/chat-limits.js'
import { type Incoming, parseToken } from './schema.js'
import type { TeamsSettings } from './settings.js'

/** What the SDK says about a genuine request; the turn is made with it. */
export type Genuine = Awaited<ReturnType<ConfigurationBotFrameworkAuthentication['authenticateRequest']>>

export type Verdict =
  | { readonly genuine: Genuine }
  /** 401: no valid token. 403: valid, but not for us. 503: it could not be checked. */
  | { readonly genuine: undefined; readonly status: 401 | 403 | 503; readonly why: string }

const BEARER = /^Bearer ([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/

/** The one Authorization header of a request, if it has the form of a signed token. */
export function bearerOf(headers: readonly string[] | undefined): string | undefined {
  const [header, ...more] = headers ?? []
  return header !== undefined && more.length === 0 && BEARER.test(header) ? header : undefined
}

/**
 * Decides whether Teams' channel sent this activity, for this bot, from a Connector we know, out of our tenant. What the
 * token says is compared first and the signature checked by the SDK last: for tokens of other kinds it would ask other
 * issuers, learn new ones from the token itself, or not look at the audience.
 */
export async function authenticate(
  settings: TeamsSettings,
  auth: Pick<ConfigurationBotFrameworkAuthentication, 'authenticateRequest'>,
  header: string,
  activity: Incoming,
): Promise<Verdict> {
  const { channelId, serviceUrl } = activity
  if (channelId !== 'msteams') return refused(401, 'another channel')
  const why = claimMistake(settings, header, serviceUrl)
  if (why !== undefined) return refused(401, why)
  const checked = await inTime(checkSignature(auth, header, { channelId, serviceUrl }))
  if (checked.genuine === undefined) return checked
  if (!settings.isAllowed(serviceUrl)) return refused(403, 'a Connector that is not allowed')
  return isOurTenant(settings, activity) ? checked : refused(403, 'another tenant')
}

/** A tenant is named, and no other than ours. */
export function isOurTenant(
  settings: Pick<TeamsSettings, 'tenantId'>,
  { conversation, channelData }: Incoming,
): boolean {
  const tenants = [conversation.tenantId, channelData?.tenant?.id]
  const named = tenants.filter((tenant) => tenant !== undefined)
  return !(named.length === 0 || named.some((tenant) => tenant !== settings.tenantId))
}

export function refused(status: 401 | 403 | 503, why: string): Verdict {
  return { genuine: undefined, status, why }
}

/** What is wrong with what the token says, before anybody believes it. */
function claimMistake({ issuer, appId }: TeamsSettings, header: string, serviceUrl: string) {
  const [, head = '', payload = ''] = BEARER.exec(header) ?? []
  const claims = parseToken(decoded(head), decoded(payload))
  if (claims === undefined) return 'a token of another kind'
  if (claims.iss !== issuer) return 'another issuer'
  if (claims.aud.toLowerCase() !== appId) return 'another audience'
  return claims.serviceurl === serviceUrl ? undefined : 'a token for another Connector'
}

function decoded(part: string): string {
  return Buffer.from(part, 'base64url').toString('utf8')
}

async function checkSignature(
  auth: Pick<ConfigurationBotFrameworkAuthentication, 'authenticateRequest'>,
  header: string,
  activity: Pick<Activity, 'channelId' | 'serviceUrl'>,
): Promise<Verdict> {
  try {
    return { genuine: await auth.authenticateRequest(activity as Activity, header) }
  } catch (error) {
    // Keys that cannot be read say nothing about the token: the channel should try again.
    if (isOutage(error)) return refused(503, 'the signing keys could not be read')
    return refused(401, error instanceof Error ? error.message : 'the token does not hold')
  }
}

/** The SDK's words for keys it could not fetch: `FetchError` of its HTTP library, or its own error with status 500. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'FetchError' || error.name === 'AbortError') return true
  return 'statusCode' in error && error.statusCode === 500
}

async function inTime(verdict: Promise<Verdict>): Promise<Verdict> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(
      () => resolve(refused(503, 'the signing keys did not come')),
      TEAMS_VERIFY_MILLISECONDS,
    )
  })
  try {
    return await Promise.race([verdict, late])
  } finally {
    clearTimeout(timer)
  }
}
