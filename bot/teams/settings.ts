import { Problem } from '../../core/problem.js'
import { parseGuid } from './schema.js'

/** Who the bot is and whom it listens to. */
export interface TeamsIdentity {
  /** The bot's app registration: its application id and client secret. */
  readonly appId: string
  readonly appPassword: string
  /** The one Microsoft 365 tenant whose people are served. */
  readonly tenantId: string
  /** Where the channel's signing keys are announced. */
  readonly openIdMetadataUrl?: string | undefined
  /** Who signs the channel's tokens. */
  readonly issuer?: string | undefined
  /** Where the bot signs in to call the Connector. */
  readonly loginUrl?: string | undefined
  /** Connectors the bot may be called by and may call, by origin. Default: Microsoft's for Teams. */
  readonly allowedServiceUrls?: readonly string[] | undefined
  /** Accepts addresses on this machine itself (http://127.0.0.1): for trying and for tests. */
  readonly development?: boolean
}

/** The same, complete and checked. */
export interface TeamsSettings {
  /** No token is asked for, and none is sent: this machine alone is heard and spoken to. */
  readonly anonymous: boolean
  readonly development: boolean
  readonly appId: string
  readonly appPassword: string
  readonly tenantId: string
  readonly openIdMetadataUrl: string
  readonly issuer: string
  readonly loginUrl: string
  /** Whether an address belongs to a Connector that may be called. */
  readonly isAllowed: (url: string) => boolean
}

/** Bot Framework authentication, public cloud. */
const OPEN_ID_METADATA_URL = 'https://login.botframework.com/v1/.well-known/openidconfiguration'
const ISSUER = 'https://api.botframework.com'
const LOGIN_URL = 'https://login.microsoftonline.com'
/** Teams' Connector, worldwide and in the government community cloud that shares the public one. */
const SERVICE_URLS = ['https://smba.trafficmanager.net', 'https://smba.infra.gcc.teams.microsoft.com']

/** Problem `input` with every mistake: a bot without an app id would let the SDK switch authentication off. */
export function checkSettings(identity: TeamsIdentity): TeamsSettings {
  const { development = false, openIdMetadataUrl = OPEN_ID_METADATA_URL, issuer = ISSUER } = identity
  const { loginUrl = LOGIN_URL, allowedServiceUrls = SERVICE_URLS } = identity
  const appId = parseGuid(identity.appId)
  const tenantId = parseGuid(identity.tenantId)
  const appPassword = identity.appPassword.trim()
  const addresses = { openIdMetadataUrl, loginUrl }
  const mistakes = [
    ...(appId === undefined ? ['the app id is no GUID'] : []),
    ...(tenantId === undefined ? ['the tenant id is no GUID'] : []),
    ...(appPassword === '' ? ['the app password is empty'] : []),
    ...(issuer.trim() === '' ? ['the issuer is empty'] : []),
    ...(allowedServiceUrls.length === 0 ? ['no service URL is allowed'] : []),
    ...Object.entries(addresses).flatMap(([name, url]) => addressMistakes(name, url, development)),
    ...allowedServiceUrls.flatMap((url) => addressMistakes('an allowed service URL', url, development)),
  ]
  if (appId === undefined || tenantId === undefined || mistakes.length > 0) {
    throw new Problem({
      kind: 'input',
      what: `Teams cannot be served like this: ${mistakes.join('; ')}.`,
      notDone: 'Nothing was started.',
      next: 'Copy the values again from the bot’s pages in the Azure portal.',
    })
  }
  const origins = new Set(allowedServiceUrls.map((url) => new URL(url).origin))
  return {
    anonymous: false,
    development,
    appId,
    tenantId,
    appPassword,
    openIdMetadataUrl,
    issuer,
    loginUrl: loginUrl.replace(/\/+$/, ''),
    isAllowed: (url) => origins.has(originOf(url) ?? ''),
  }
}

/** Keys and secrets travel to these addresses: encrypted, or not beyond this machine. */
function addressMistakes(name: string, url: string, development: boolean): string[] {
  const origin = originOf(url)
  if (origin === undefined) return [`${name} is no full address`]
  if (origin.startsWith('https://')) return []
  const isLoopback = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?$/.test(origin)
  if (!isLoopback) return [`${name} does not begin with https://`]
  return development ? [] : [`${name} is on this machine, which is for development only`]
}

/** Scheme, host and port; undefined for what is no plain web address. */
function originOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, origin, username, password } = new URL(url)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  return isWeb && username === '' && password === '' ? origin : undefined
}
