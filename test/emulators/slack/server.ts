import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parse as parseForm } from 'node:querystring'
import { setTimeout as wait } from 'node:timers/promises'
import { mentionsIn, messageMistakes } from './blocks.js'
import { type Answer, type Arguments, callMethod } from './methods.js'
import { type OAuth, type OAuthApp, createOAuth } from './oauth.js'
import { type Sockets, createSockets } from './socket.js'
import { Workspace } from './workspace.js'

export interface SlackEmulatorOptions {
  readonly now?: () => Date
  readonly team?: string
  readonly botToken?: string
  readonly botUser?: string
  /** Ids of the people in the workspace. */
  readonly users?: readonly string[]
  readonly channels?: readonly { readonly id: string; readonly withBot: boolean }[]
  /** The app as Slack knows it, for workspaces that install it by themselves. */
  readonly app?: OAuthApp
  /** Opens sockets. */
  readonly appToken?: string
}

/** A further workspace, without the app until somebody installs it. */
export interface WorkspaceSeed {
  readonly team: string
  readonly name: string
  readonly enterprise?: string
  readonly users: readonly string[]
  readonly channels: readonly { readonly id: string; readonly withBot: boolean }[]
}

/** One call of the Web API, of a way back or of an upload, as it was answered. */
export interface CallRecord {
  readonly method: string
  readonly given: Arguments
  /** Whose token came along. */
  readonly token: string | undefined
  readonly status: number
  readonly error: string | undefined
}

/** How calls fail while it lasts: an error page, a cut line, or Slack's own refusal. */
export type Outage = 'error' | 'cut' | 'invalid_auth'

export interface RateLimit {
  /** Only this method; undefined: all. */
  readonly method?: string
  /** So many calls are refused. */
  readonly calls: number
  /** undefined: Slack does not say. */
  readonly retryAfterSeconds: number | undefined
}

export interface SlackEmulator {
  /** The Web API's address, with a slash at its end. */
  readonly apiUrl: string
  readonly botToken: string
  readonly world: Workspace
  /** Every call so far, refused and disturbed ones included. */
  readonly calls: readonly CallRecord[]
  /** Until it is called without one. */
  setOutage(outage?: Outage): void
  /** Nobody listens any more: connections are refused, until it comes back at the same address. */
  leave(): Promise<void>
  comeBack(): Promise<void>
  limitRate(limit: RateLimit): void
  /** The address a request brings along for answers. */
  hookUrl(id: string): string
  /** The same Slack, seen from another workspace. */
  addWorkspace(seed: WorkspaceSeed): SlackEmulator
  readonly oauth: OAuth
  readonly sockets: Sockets
  close(): Promise<void>
}

interface State {
  readonly worlds: Workspace[]
  readonly botToken: string
  readonly oauth: OAuth
  readonly sockets: Sockets
  readonly calls: CallRecord[]
  outage: Outage | undefined
  limits: { method: string | undefined; left: number; seconds: number | undefined }[]
  address: string
}

const NOTICED_MILLISECONDS = 20

/** A workspace behind Slack's Web API, on a free port of 127.0.0.1. */
export async function startSlackEmulator(options: SlackEmulatorOptions = {}): Promise<SlackEmulator> {
  const { users = ['U1', 'U2', 'U3'], channels = [{ id: 'C1', withBot: true }] } = options
  const { now = () => new Date(), team = 'T1', botUser = 'UBOT' } = options
  const world = new Workspace({ team, botUser, users, channels, now })
  const botToken = options.botToken ?? 'xoxb-emulated-token'
  const state: State = {
    worlds: [world],
    botToken,
    oauth: createOAuth({ app: options.app, now, worlds: () => state.worlds }),
    sockets: createSockets({ appToken: options.appToken, address: () => state.address }),
    calls: [],
    outage: undefined,
    limits: [],
    address: '',
  }
  state.oauth.give(botToken, world)
  const server = createServer((request, response) => void serve(state, request, response))
  server.on('upgrade', (request, socket, head) => state.sockets.upgrade(request, socket, head))
  const listen = (port: number) =>
    new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  state.address = `http://127.0.0.1:${port}`
  const close = async () => {
    state.sockets.close()
    server.closeAllConnections()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  }
  const comeBack = async () => {
    if (!server.listening) await listen(port)
  }
  return seenFrom(state, world, { now, close, comeBack })
}

function seenFrom(
  state: State,
  world: Workspace,
  own: { readonly now: () => Date } & Pick<SlackEmulator, 'close' | 'comeBack'>,
): SlackEmulator {
  return {
    apiUrl: `${state.address}/api/`,
    botToken: state.botToken,
    world,
    calls: state.calls,
    setOutage: (outage) => void (state.outage = outage),
    limitRate: ({ method, calls, retryAfterSeconds }) =>
      void state.limits.push({ method, left: calls, seconds: retryAfterSeconds }),
    hookUrl: (id) => `${state.address}/hooks/${id}`,
    leave: async () => {
      await own.close()
      // Until clients have noticed: a call on a line that was open is another trouble than no line.
      await wait(NOTICED_MILLISECONDS)
    },
    comeBack: own.comeBack,
    addWorkspace: (seed) => {
      const firstId = state.worlds.length * 1_000_000
      const added = new Workspace({ ...seed, botUser: `UBOT${state.worlds.length}`, now: own.now, firstId })
      state.worlds.push(added)
      return seenFrom(state, added, own)
    },
    oauth: state.oauth,
    sockets: state.sockets,
    close: own.close,
  }
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request).catch(() => undefined)
  if (body === undefined) return void response.destroy()
  if (request.url?.startsWith('/oauth/v2/authorize') === true) {
    return state.oauth.authorizePage(request, response, body.toString('utf8'))
  }
  const [, kind = '', name = ''] = /^\/(api|hooks|upload)\/([\w.]+)$/.exec(request.url ?? '') ?? []
  const given = kind === 'api' ? argumentsOf(request, body) : {}
  const method = kind === 'api' ? name : kind
  if (state.outage === 'cut') {
    record(state, request, method, given, 0, 'cut')
    return void response.destroy()
  }
  if (state.outage === 'error') {
    record(state, request, method, given, 503, 'outage')
    return send(response, 503, 'Service Unavailable')
  }
  const limit = state.limits.find((one) => one.left > 0 && (one.method ?? method) === method)
  if (limit !== undefined) {
    limit.left -= 1
    record(state, request, method, given, 429, 'ratelimited')
    if (limit.seconds !== undefined) response.setHeader('retry-after', String(limit.seconds))
    return send(response, 429, JSON.stringify({ ok: false, error: 'ratelimited' }))
  }
  if (kind === 'api') return api(state, request, response, name, given)
  if (kind === 'hooks') return hook(state, request, response, name, body)
  if (kind === 'upload') return await upload(state, request, response, name, body)
  send(response, 404, 'no such page')
}

function api(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  given: Arguments,
): void {
  const answer = answerOf(state, request, name, given)
  const error = typeof answer['error'] === 'string' ? answer['error'] : undefined
  record(state, request, name, given, 200, error)
  response.setHeader('content-type', 'application/json; charset=utf-8')
  send(response, 200, JSON.stringify(answer))
}

function answerOf(state: State, request: IncomingMessage, name: string, given: Arguments): Answer {
  const { oauth, sockets, outage, address } = state
  if (name === 'oauth.v2.access') return oauth.access(given)
  const token = tokenOf(request)
  if (token === undefined) return { ok: false, error: 'not_authed' }
  if (outage === 'invalid_auth') return { ok: false, error: 'invalid_auth' }
  if (name === 'apps.connections.open') return sockets.open(token)
  const world = oauth.whose(token)
  return 'error' in world ? { ok: false, ...world } : callMethod(world, name, given, address)
}

function tokenOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
}

/** The way back of a command or a click: for the asker's eyes, for everybody, or in place of what was clicked. */
function hook(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  body: Buffer,
): void {
  const world = state.worlds.find((one) => one.hasHook(id)) ?? firstOf(state)
  const way = world.useHook(id)
  const said = JSON.parse(body.toString('utf8')) as Record<string, unknown>
  const text = typeof said['text'] === 'string' ? said['text'] : ''
  const blocks = (said['blocks'] ?? []) as readonly unknown[]
  const mistakes = blocks.length === 0 ? [] : messageMistakes(blocks)
  const error = way === undefined ? 'used_url' : mistakes.length > 0 ? 'invalid_blocks' : undefined
  record(state, request, 'hooks', { text }, error === undefined ? 200 : 404, error)
  if (way === undefined || error !== undefined) return send(response, 404, error ?? '')
  const mentions = mentionsIn(text, blocks)
  const threadTs = typeof said['thread_ts'] === 'string' ? said['thread_ts'] : undefined
  const channel = world.channels.get(way.channel)
  if (said['replace_original'] === true && way.source !== undefined) {
    Object.assign(way.source, { text, blocks, mentions })
  } else if (said['response_type'] === 'in_channel' && channel !== undefined) {
    world.say(channel, world.botUser, { text, blocks, threadTs })
  } else {
    world.ephemerals.push({ channel: way.channel, user: way.user, threadTs, text, blocks, mentions })
  }
  send(response, 200, 'ok')
}

async function upload(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  body: Buffer,
): Promise<void> {
  const file = state.worlds.flatMap(({ files }) => files).find((one) => one.id === id)
  const bytes = await uploadedBytes(request, body)
  record(state, request, 'upload', { id }, file === undefined ? 404 : 200, undefined)
  if (file === undefined) return send(response, 404, 'no such upload')
  file.bytes = bytes
  send(response, 200, `OK - ${bytes.length}`)
}

async function uploadedBytes(request: IncomingMessage, body: Buffer): Promise<Buffer> {
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) return body
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  const [part] = [...form.values()]
  if (part === undefined) return Buffer.alloc(0)
  return typeof part === 'string' ? Buffer.from(part) : Buffer.from(await part.arrayBuffer())
}

function argumentsOf(request: IncomingMessage, body: Buffer): Arguments {
  const text = body.toString('utf8')
  const json = (request.headers['content-type'] ?? '').startsWith('application/json')
  const fields: Record<string, unknown> = json
    ? (JSON.parse(text) as Record<string, unknown>)
    : { ...parseForm(text) }
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
}

function firstOf({ worlds }: State): Workspace {
  const [world] = worlds
  if (world === undefined) throw new Error('there is always one workspace')
  return world
}

function record(
  state: State,
  request: IncomingMessage,
  method: string,
  given: Arguments,
  status: number,
  error?: string,
): void {
  state.calls.push({ method, given, token: tokenOf(request), status, error })
}

function send(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status
  response.end(text)
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
