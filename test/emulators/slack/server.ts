import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parse as parseForm } from 'node:querystring'
import { setTimeout as wait } from 'node:timers/promises'
import { mentionsIn, messageMistakes } from './blocks.js'
import { type Answer, type Arguments, callMethod } from './methods.js'
import { Workspace } from './workspace.js'

export interface SlackEmulatorOptions {
  readonly now?: () => Date
  readonly team?: string
  readonly botToken?: string
  readonly botUser?: string
  /** Ids of the people in the workspace. */
  readonly users?: readonly string[]
  readonly channels?: readonly { readonly id: string; readonly withBot: boolean }[]
}

/** One call of the Web API, of a way back or of an upload, as it was answered. */
export interface CallRecord {
  readonly method: string
  readonly given: Arguments
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
  close(): Promise<void>
}

interface State {
  readonly world: Workspace
  readonly botToken: string
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
  const state: State = {
    world: new Workspace({ team, botUser, users, channels, now }),
    botToken: options.botToken ?? 'xoxb-emulated-token',
    calls: [],
    outage: undefined,
    limits: [],
    address: '',
  }
  const server = createServer((request, response) => void serve(state, request, response))
  const listen = (port: number) =>
    new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve))
  const close = async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  state.address = `http://127.0.0.1:${port}`
  return {
    apiUrl: `${state.address}/api/`,
    botToken: state.botToken,
    world: state.world,
    calls: state.calls,
    setOutage: (outage) => void (state.outage = outage),
    limitRate: ({ method, calls, retryAfterSeconds }) =>
      void state.limits.push({ method, left: calls, seconds: retryAfterSeconds }),
    hookUrl: (id) => `${state.address}/hooks/${id}`,
    leave: async () => {
      await close()
      // Until clients have noticed: a call on a line that was open is another trouble than no line.
      await wait(NOTICED_MILLISECONDS)
    },
    comeBack: async () => {
      if (!server.listening) await listen(port)
    },
    close,
  }
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request).catch(() => undefined)
  if (body === undefined) return void response.destroy()
  const [, kind = '', name = ''] = /^\/(api|hooks|upload)\/([\w.]+)$/.exec(request.url ?? '') ?? []
  const given = kind === 'api' ? argumentsOf(request, body) : {}
  const method = kind === 'api' ? name : kind
  if (state.outage === 'cut') {
    record(state, method, given, 0, 'cut')
    return void response.destroy()
  }
  if (state.outage === 'error') {
    record(state, method, given, 503, 'outage')
    return send(response, 503, 'Service Unavailable')
  }
  const limit = state.limits.find((one) => one.left > 0 && (one.method ?? method) === method)
  if (limit !== undefined) {
    limit.left -= 1
    record(state, method, given, 429, 'ratelimited')
    if (limit.seconds !== undefined) response.setHeader('retry-after', String(limit.seconds))
    return send(response, 429, JSON.stringify({ ok: false, error: 'ratelimited' }))
  }
  if (kind === 'api') return api(state, request, response, name, given)
  if (kind === 'hooks') return hook(state, response, name, body)
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
  const answer = refusedToken(state, request) ?? callMethod(state.world, name, given, state.address)
  const error = typeof answer['error'] === 'string' ? answer['error'] : undefined
  record(state, name, given, 200, error)
  response.setHeader('content-type', 'application/json; charset=utf-8')
  send(response, 200, JSON.stringify(answer))
}

function refusedToken({ botToken, outage }: State, request: IncomingMessage): Answer | undefined {
  const { authorization } = request.headers
  if (authorization === undefined) return { ok: false, error: 'not_authed' }
  if (outage === 'invalid_auth' || authorization !== `Bearer ${botToken}`) {
    return { ok: false, error: 'invalid_auth' }
  }
  return undefined
}

/** The way back of a command or a click: for the asker's eyes, for everybody, or in place of what was clicked. */
function hook(state: State, response: ServerResponse, id: string, body: Buffer): void {
  const { world } = state
  const way = world.useHook(id)
  const said = JSON.parse(body.toString('utf8')) as Record<string, unknown>
  const text = typeof said['text'] === 'string' ? said['text'] : ''
  const blocks = (said['blocks'] ?? []) as readonly unknown[]
  const mistakes = blocks.length === 0 ? [] : messageMistakes(blocks)
  const error = way === undefined ? 'used_url' : mistakes.length > 0 ? 'invalid_blocks' : undefined
  record(state, 'hooks', { text }, error === undefined ? 200 : 404, error)
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
  const file = state.world.files.find((one) => one.id === id)
  const bytes = await uploadedBytes(request, body)
  record(state, 'upload', { id }, file === undefined ? 404 : 200, undefined)
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

function record(state: State, method: string, given: Arguments, status: number, error?: string): void {
  state.calls.push({ method, given, status, error })
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
