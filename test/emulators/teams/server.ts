import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { answerConnector } from './connector.js'
import { type KeySet, createKeySet, publishedKeys } from './keys.js'
import { type World, createWorld } from './world.js'

/** What disturbs the Connector. */
export type Fault =
  /** The next `times` calls are refused with 429. */
  | { readonly kind: 'rateLimit'; readonly times: number; readonly retryAfter: string }
  /** Every call is refused. */
  | { readonly kind: 'status'; readonly status: number }
  /** The line is cut. */
  | { readonly kind: 'dropped' }
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** Every call is led somewhere else. */
  | { readonly kind: 'redirect'; readonly location: string }

export interface TeamsEmulatorOptions {
  readonly appId: string
  readonly appPassword: string
  readonly tenantId: string
  /** The channel's keys, instead of new ones: making them takes a second. */
  readonly keys?: KeySet
}

/** Microsoft's side on one port of 127.0.0.1: Connector, sign-in of the bot, keys of the channel. */
export interface TeamsEmulator extends Required<TeamsEmulatorOptions> {
  /** "http://127.0.0.1:41873" */
  readonly origin: string
  /** Base address of the Connector, as activities name it. */
  readonly serviceUrl: string
  readonly openIdMetadataUrl: string
  readonly loginUrl: string
  readonly issuer: string
  readonly botId: string
  readonly world: World
  /** Ids of people whose personal chat is closed to the bot. */
  readonly closed: Set<string>
  /** Calls of the Connector so far, refused ones included: "POST /v3/…". */
  readonly calls: readonly string[]
  /** How often the bot has signed in. */
  readonly signIns: () => number
  setFault(fault: Fault | undefined): void
  /** Switches keys or sign-in off and on. */
  setDown(what: 'keys' | 'signIn', isDown: boolean): void
  /** No token given out until now is accepted any more. */
  revokeTokens(): void
  /** The first value `look` returns, now or after any change. Rejects after `milliseconds`. */
  waitFor<T>(look: (world: World) => T | undefined, milliseconds?: number): Promise<T>
  close(): Promise<void>
}

interface State {
  readonly options: TeamsEmulatorOptions
  readonly keys: KeySet
  readonly world: World
  readonly closed: Set<string>
  readonly calls: string[]
  readonly tokens: Set<string>
  readonly down: Set<string>
  origin: string
  signIns: number
  fault: Fault | undefined
  limited: number
}

export async function startTeamsEmulator(options: TeamsEmulatorOptions): Promise<TeamsEmulator> {
  const state: State = {
    options,
    keys: options.keys ?? (await createKeySet()),
    world: createWorld(),
    closed: new Set(),
    calls: [],
    tokens: new Set(),
    down: new Set(),
    origin: '',
    signIns: 0,
    fault: undefined,
    limited: 0,
  }
  const server = createServer((request, response) => {
    serve(state, request, response).catch((error: unknown) => {
      // A mistake of the emulator itself must be seen by the test that made it, not be waited for.
      response.writeHead(599, { 'content-type': 'text/plain' })
      response.end(`emulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  state.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { origin, keys, world, closed, calls } = state
  return {
    ...options,
    origin,
    serviceUrl: `${origin}/teams/`,
    openIdMetadataUrl: `${origin}/v1/.well-known/openidconfiguration`,
    loginUrl: origin,
    issuer: 'https://api.botframework.com',
    botId: `28:${options.appId}`,
    keys,
    world,
    closed,
    calls,
    signIns: () => state.signIns,
    setFault(fault) {
      state.fault = fault
      state.limited = 0
    },
    setDown: (what, isDown) => void (isDown ? state.down.add(what) : state.down.delete(what)),
    revokeTokens: () => state.tokens.clear(),
    waitFor: (look, milliseconds = 10_000) => waitFor(world, look, milliseconds),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function waitFor<T>(
  world: World,
  look: (world: World) => T | undefined,
  milliseconds: number,
): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error('what was waited for did not happen in Teams')),
      milliseconds,
    )
    world.watch(() => {
      const found = look(world)
      if (found === undefined) return false
      clearTimeout(timer)
      resolve(found)
      return true
    })
  })
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body === undefined ? '' : JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  request.setEncoding('utf8')
  for await (const chunk of request) body += String(chunk)
  return body
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', state.origin)
  const body = await bodyOf(request)
  if (pathname.startsWith('/teams/v3/conversations'))
    return await serveConnector(state, request, response, body)
  if (pathname === '/v1/.well-known/openidconfiguration' || pathname === '/keys') {
    if (state.down.has('keys')) return answer(response, 503, { error: 'down' })
    if (pathname === '/keys') return answer(response, 200, publishedKeys(state.keys))
    const document = { issuer: 'https://api.botframework.com', jwks_uri: `${state.origin}/keys` }
    return answer(response, 200, { ...document, id_token_signing_alg_values_supported: ['RS256'] })
  }
  if (pathname === `/${state.options.tenantId}/oauth2/v2.0/token`) return serveSignIn(state, response, body)
  answer(response, 404, { error: 'not_found' })
}

/** The sign-in of an app (OAuth 2.0 client credentials, Microsoft identity platform v2.0). */
function serveSignIn(state: State, response: ServerResponse, body: string): void {
  if (state.down.has('signIn')) return answer(response, 503, { error: 'temporarily_unavailable' })
  const form = new URLSearchParams(body)
  const { appId, appPassword } = state.options
  if (form.get('grant_type') !== 'client_credentials')
    return answer(response, 400, { error: 'unsupported_grant_type' })
  if (form.get('scope') !== 'https://api.botframework.com/.default')
    return answer(response, 400, { error: 'invalid_scope' })
  if (form.get('client_id') !== appId || form.get('client_secret') !== appPassword) {
    return answer(response, 401, { error: 'invalid_client', error_description: 'The secret is wrong.' })
  }
  state.signIns += 1
  const token = `connector-token-${state.signIns}`
  state.tokens.add(token)
  answer(response, 200, { token_type: 'Bearer', expires_in: 3599, access_token: token })
}

async function serveConnector(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): Promise<void> {
  const { method = 'GET', headers, url = '' } = request
  state.calls.push(`${method} ${url}`)
  if (await disturbed(state, request, response)) return
  if (!state.tokens.has(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '')) {
    return answer(response, 401, {
      error: { code: 'Unauthorized', message: 'Authorization has been denied.' },
    })
  }
  const parts = (url.split('/conversations')[1] ?? '').split('/').filter((part) => part !== '')
  const call = {
    method,
    parts: parts.map(decodeURIComponent),
    body: body === '' ? undefined : (JSON.parse(body) as unknown),
  }
  const result = answerConnector(state.world, state.closed, call)
  answer(response, result.status, result.body)
}

/** True when a fault has answered. */
async function disturbed(state: State, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const { fault } = state
  switch (fault?.kind) {
    case undefined:
      return false
    case 'rateLimit': {
      state.limited += 1
      if (state.limited > fault.times) return false
      const error = { code: 'TooManyRequests', message: 'Slow down.' }
      answer(response, 429, { error }, { 'retry-after': fault.retryAfter })
      return true
    }
    case 'status':
      answer(response, fault.status, { error: { code: 'ServiceError', message: 'Down.' } })
      return true
    case 'dropped':
      request.socket.destroy()
      return true
    case 'redirect':
      answer(response, 307, undefined, { location: fault.location })
      return true
    case 'slow':
      await wait(fault.milliseconds)
      return false
  }
}
