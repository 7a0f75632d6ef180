import {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
} from '../http/client.js'
import type { HttpAnswer } from '../http/judge.js'
import { quotable, serverWords } from '../http/refusal.js'
import { Problem } from '../../core/problem.js'
import { NOTHING_STORED, read } from './reading.js'
import { parseKeycloakToken, parseToken } from './schema.js'

/**
 * How to sign in. `basic-token`: marketplaces run by Ingram Micro, user and password exchanged for a token at the API
 * itself. `keycloak-password`: panels run by CloudBlue, an OpenID password grant at an address of its own.
 */
export type IngramAuth =
  | {
      readonly kind: 'basic-token'
      readonly username: string
      readonly password: string
      /** The marketplace's code, a country in lower case: "us". */
      readonly marketplace: string
    }
  | {
      readonly kind: 'keycloak-password'
      /** The whole address of the token endpoint. */
      readonly tokenUrl: string
      readonly username: string
      readonly password: string
      readonly clientId: string
      readonly clientSecret: string
    }

/** Who wants to know of each try, and of each wait for another. */
export type Watch = Pick<HttpRequest, 'onAttempt' | 'onWait'>

export interface TokenSource {
  /** A token good for a minute at least; callers at the same time share one request. */
  token(watch: Watch): Promise<string>
  /** Says that this token was refused, so that the next caller gets a new one. */
  refuse(token: string): void
  /** Everything here that must never be read by anyone. */
  secrets(): readonly string[]
}

interface IssuedToken {
  readonly token: string
  readonly lifetimeMilliseconds: number
}

/** Tokens live 25 minutes; a request that waits its turn must not start with one about to end. */
const REFRESH_AHEAD_MILLISECONDS = 60_000

export interface TokenSourceOptions {
  readonly auth: IngramAuth
  readonly baseUrl: string
  readonly subscriptionKey: string
  /** Headers that go with every call, the key among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly http: Omit<HttpClientOptions, 'baseUrl' | 'secrets'>
  readonly now: () => number
}

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { now } = options
  let current: (IssuedToken & { readonly issuedAt: number }) | undefined
  let previous: string | undefined
  let running: Promise<string> | undefined
  const secrets = (): readonly string[] => [...ownSecrets(options), current?.token ?? '', previous ?? '']
  const issue = issuer(options, secrets)

  async function renew(watch: Watch): Promise<string> {
    const issued = await issue(watch)
    previous = current?.token
    current = { ...issued, issuedAt: now() }
    return issued.token
  }

  return {
    async token(watch) {
      if (current !== undefined && isFresh(current, now())) return current.token
      running ??= renew(watch).finally(() => {
        running = undefined
      })
      return await running
    },
    refuse(token) {
      if (current?.token !== token) return
      previous = token
      current = undefined
    },
    secrets,
  }
}

/** A token that lives less than two minutes is used for half its life, so that it is used at all. */
function isFresh(
  { issuedAt, lifetimeMilliseconds }: IssuedToken & { readonly issuedAt: number },
  at: number,
): boolean {
  const usable = lifetimeMilliseconds - Math.min(REFRESH_AHEAD_MILLISECONDS, lifetimeMilliseconds / 2)
  return at >= issuedAt && at - issuedAt < usable
}

function issuer(
  options: TokenSourceOptions,
  secrets: () => readonly string[],
): (watch: Watch) => Promise<IssuedToken> {
  const { auth } = options
  // A client of its own: data requests hold all turns of theirs while they wait for this one.
  const baseUrl = auth.kind === 'basic-token' ? options.baseUrl : auth.tokenUrl
  const http = createHttpClient({ ...options.http, baseUrl, secrets })
  const refused = { repeatable: true, returned: [400, 401, 403] } as const
  if (auth.kind === 'basic-token') {
    return async (watch) => {
      const answer = await http.request({
        method: 'POST',
        path: ['token'],
        headers: async () => ({ ...options.headers, authorization: `Basic ${basicCredentials(auth)}` }),
        json: { marketplace: auth.marketplace },
        ...watch,
        ...refused,
      })
      refuseUnlessSignedIn(answer, secrets())
      const { token, expiresInSeconds } = read(parseToken, answer.body, {
        subject: 'the token',
        confidential: true,
        where: answer.where,
      })
      return { token, lifetimeMilliseconds: expiresInSeconds * 1000 }
    }
  }
  return keycloakIssuer(auth, http, secrets, refused)
}

function keycloakIssuer(
  auth: Extract<IngramAuth, { kind: 'keycloak-password' }>,
  http: HttpClient,
  secrets: () => readonly string[],
  refused: { readonly repeatable: true; readonly returned: readonly number[] },
): (watch: Watch) => Promise<IssuedToken> {
  return async (watch) => {
    const answer = await http.request({
      method: 'POST',
      path: [],
      form: {
        grant_type: 'password',
        username: auth.username,
        password: auth.password,
        client_id: auth.clientId,
        client_secret: auth.clientSecret,
        scope: 'openid',
      },
      ...watch,
      ...refused,
    })
    refuseUnlessSignedIn(answer, secrets())
    const issued = read(parseKeycloakToken, answer.body, {
      subject: 'the token',
      confidential: true,
      where: answer.where,
    })
    return { token: issued.access_token, lifetimeMilliseconds: issued.expires_in * 1000 }
  }
}

function refuseUnlessSignedIn({ status, body, where }: HttpAnswer, secrets: readonly string[]): void {
  if (status < 300) return
  const said = serverWords(body)
  throw new Problem({
    kind: 'input',
    what: `The marketplace refused to sign in (${status}${said === undefined ? '' : `: "${quotable(said, secrets)}"`}).`,
    where,
    notDone: NOTHING_STORED,
    next:
      'Check the API user name (it ends in ".API"), the password, the subscription key and the marketplace code or ' +
      'client; new credentials may take up to 24 hours to work.',
  })
}

function basicCredentials({
  username,
  password,
}: {
  readonly username: string
  readonly password: string
}): string {
  return Buffer.from(`${username}:${password}`, 'utf8').toString('base64')
}

function ownSecrets({ auth, subscriptionKey }: TokenSourceOptions): readonly string[] {
  const shared = [subscriptionKey, auth.password]
  return auth.kind === 'basic-token' ? [...shared, basicCredentials(auth)] : [...shared, auth.clientSecret]
}
