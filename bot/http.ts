import { type IncomingMessage, STATUS_CODES, type Server, type ServerResponse, createServer } from 'node:http'
import { assert } from '../core/assert.js'
import {
  HTTP_JSON_DEPTH,
  SERVER_ANSWER_MILLISECONDS,
  SERVER_BODY_BYTES,
  SERVER_CHECK_MILLISECONDS,
  SERVER_CONNECTIONS,
  SERVER_DISCARD_BYTES,
  SERVER_HEADERS_MILLISECONDS,
  SERVER_PATH_LENGTH,
  SERVER_REQUEST_MILLISECONDS,
  SERVER_SHUTDOWN_MILLISECONDS,
  SERVER_SWEEP_MILLISECONDS,
} from '../core/limits.js'
import type { Log } from '../core/ports.js'
import { Problem } from '../core/problem.js'

/** One request on a listed route, its body read once, and the answer to it. */
export interface Exchange {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  /** As it came, byte for byte: signatures are made over it. */
  readonly body: Buffer
  /** What stands for the `*` of the route's path; empty without one. */
  readonly segment: string
}

/** What is answered, and nothing else is: neither other methods nor other spellings of the path. */
export interface Route {
  readonly method: 'GET' | 'POST'
  /** "/slack/events", or with one free last segment "/files/*". */
  readonly path: string
  /** May answer later than it returns; what it throws is answered with a plain 500. */
  readonly handle: (exchange: Exchange) => Promise<void> | void
}

export interface HttpServerOptions {
  /** Default 127.0.0.1: reachable from elsewhere only when asked for. */
  readonly host?: string
  /** 0: any free one. */
  readonly port?: number
  readonly routes: readonly Route[]
  /** What must work before anybody should send requests, by name; each rejects when it does not. */
  readonly checks?: Readonly<Record<string, () => Promise<unknown>>>
  /** What whoever asks whether the server is ready must know besides, in sentences. */
  readonly warnings?: readonly string[]
  /** Waited for when stopping. */
  readonly work?: Work
  readonly log: Log
}

export interface HttpServer {
  /** "http://127.0.0.1:3978" */
  readonly url: string
  readonly port: number
  /** Accepts no more, lets what runs end (10 seconds at most), then closes. Does nothing the second time. */
  close(): Promise<void>
}

const DEFAULT_PORT = 3978
const SEGMENT = /^[A-Za-z0-9._~-]+$/

/** The one server. Problem `unavailable` when the port is taken or the address not ours. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host = '127.0.0.1', port = DEFAULT_PORT, log, work } = options
  const state: State = { log, work, open: new Set(), counts: new Map(), closing: false }
  const { checks = {}, warnings = [] } = options
  const table = tableOf([...options.routes, ...ownRoutes(state, checks, warnings)])
  const server = createServer(
    {
      headersTimeout: SERVER_HEADERS_MILLISECONDS,
      requestTimeout: SERVER_REQUEST_MILLISECONDS,
      connectionsCheckingInterval: SERVER_SWEEP_MILLISECONDS,
    },
    (message, response) => void serve(state, table, message, response),
  )
  server.maxConnections = SERVER_CONNECTIONS
  // Without a listener Node cuts the line; a proxy request is as unknown here as any other.
  server.on('connect', (_, socket) => {
    socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  const taken = await listen(server, host, port)
  const shown = host.includes(':') ? `[${host}]` : host
  let closed: Promise<void> | undefined
  return {
    url: `http://${shown}:${taken}`,
    port: taken,
    close: () => (closed ??= close(server, state)),
  }
}

interface State {
  readonly log: Log
  readonly work: Work | undefined
  /** Answers that have not left yet. */
  readonly open: Set<ServerResponse>
  /** Answers by route and status. */
  readonly counts: Map<string, number>
  closing: boolean
}

function tableOf(routes: readonly Route[]): ReadonlyMap<string, Route> {
  const table = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]))
  assert(table.size === routes.length, 'a route is listed twice')
  return table
}

/** Exact spelling only: nothing is decoded, joined or completed, so that no two spellings mean the same. */
function routeOf(
  table: ReadonlyMap<string, Route>,
  { method = '', url = '' }: IncomingMessage,
): { readonly route: Route; readonly segment: string } | undefined {
  const [path = ''] = url.split('?', 1)
  if (path.length > SERVER_PATH_LENGTH || path.includes('*')) return undefined
  const exact = table.get(`${method} ${path}`)
  if (exact !== undefined) return { route: exact, segment: '' }
  const cut = path.lastIndexOf('/') + 1
  const segment = path.slice(cut)
  const route = SEGMENT.test(segment) ? table.get(`${method} ${path.slice(0, cut)}*`) : undefined
  return route === undefined ? undefined : { route, segment }
}

async function serve(
  state: State,
  table: ReadonlyMap<string, Route>,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const found = routeOf(table, message)
  const name = found === undefined ? 'none' : `${found.route.method} ${found.route.path}`
  watch(state, name, response)
  try {
    if (found === undefined) return answerPlain(response, 404)
    const body = found.route.method === 'GET' ? Buffer.alloc(0) : await readBody(message)
    if (body === undefined) return answerPlain(response, 413)
    await found.route.handle({ message, response, body, segment: found.segment })
  } catch (error) {
    // A sender that hung up is nobody's failure, and nobody hears the answer.
    if (!message.complete && message.destroyed) return void response.destroy()
    const reason = error instanceof Problem ? error.message : error instanceof Error ? error.stack : error
    state.log.error({ route: name, reason }, 'a request failed')
    answerPlain(response, 500)
  }
}

/** Counts the answer, and sees to it that there is one in time. */
function watch(state: State, name: string, response: ServerResponse): void {
  state.open.add(response)
  response.setHeader('cache-control', 'no-store')
  response.setHeader('x-content-type-options', 'nosniff')
  if (state.closing) response.setHeader('connection', 'close')
  const late = setTimeout(() => {
    state.log.error({ route: name }, 'a request was not answered in time')
    answerPlain(response, 503)
  }, SERVER_ANSWER_MILLISECONDS)
  response.once('close', () => {
    clearTimeout(late)
    state.open.delete(response)
    const key = `route="${name}",status="${response.statusCode}"`
    state.counts.set(key, (state.counts.get(key) ?? 0) + 1)
  })
}

/** The words of a status and nothing of what happened. Too late for them, the line is cut. */
export function answerPlain(response: ServerResponse, status: number): void {
  if (response.headersSent) {
    if (!response.writableEnded) response.destroy()
    return
  }
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${STATUS_CODES[status] ?? status}\n`)
}

/** The whole body, or undefined when it is too large; then what follows is thrown away. */
async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  if (Number(message.headers['content-length'] ?? 0) > SERVER_DISCARD_BYTES) return undefined
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > SERVER_DISCARD_BYTES) return undefined
    if (size <= SERVER_BODY_BYTES) chunks.push(chunk)
  }
  return size > SERVER_BODY_BYTES ? undefined : Buffer.concat(chunks)
}

/** Parsed JSON, or undefined for anything else, also when it nests deeper than any chat platform sends. */
export function readJson(text: string): unknown {
  if (!isShallow(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Counts the brackets outside strings, before anything walks the value. One pass, whatever the text is. */
function isShallow(text: string): boolean {
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (inString) {
      if (character === '\\') index += 1
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth -= 1
    if (depth > HTTP_JSON_DEPTH) return false
  }
  return true
}

/** Alive, ready, and a few figures. */
function ownRoutes(
  state: State,
  checks: NonNullable<HttpServerOptions['checks']>,
  warnings: readonly string[],
): Route[] {
  let checking: Promise<Readiness> | undefined
  return [
    { method: 'GET', path: '/healthz', handle: ({ response }) => answerPlain(response, 200) },
    {
      method: 'GET',
      path: '/readyz',
      handle: async ({ response }) => {
        // Whoever asks meanwhile gets the same answer: asking often must not cost the database anything.
        checking ??= readiness(checks).finally(() => (checking = undefined))
        const { ready, words } = await checking
        const status = ready && !state.closing ? 200 : 503
        response.writeHead(status, { 'content-type': 'application/json' })
        const warned = warnings.length === 0 ? {} : { warnings }
        response.end(`${JSON.stringify({ ready: status === 200, checks: words, ...warned })}\n`)
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      handle: ({ response }) => {
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
        response.end(metrics(state))
      },
    },
  ]
}

interface Readiness {
  readonly ready: boolean
  readonly words: Readonly<Record<string, 'ok' | 'failed'>>
}

async function readiness(checks: NonNullable<HttpServerOptions['checks']>): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const passed = await within(SERVER_CHECK_MILLISECONDS, check).catch(() => false)
      return [name, passed ? 'ok' : 'failed'] as const
    }),
  )
  return { ready: results.every(([, word]) => word === 'ok'), words: Object.fromEntries(results) }
}

/** True when `task` resolves in time, false when it does not; rejects when it does. */
async function within(milliseconds: number, task: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds)
  })
  try {
    return await Promise.race([task().then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

function metrics({ counts, work }: State): string {
  return [
    '# TYPE billing_http_responses_total counter',
    ...[...counts].map(([labels, count]) => `billing_http_responses_total{${labels}} ${count}`),
    '# TYPE billing_work_running gauge',
    `billing_work_running ${work?.running ?? 0}`,
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    '',
  ].join('\n')
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new Problem({
          kind: 'unavailable',
          what: `${host} port ${port} cannot be listened on (${cause.code ?? cause.message}).`,
          notDone: 'Nothing was started.',
          next: 'Choose another HOST or PORT, or stop the program that has it.',
          cause,
        }),
      )
    })
    server.listen(port, host, resolve)
  })
  const address = server.address()
  assert(typeof address === 'object' && address !== null, 'a listening server has an address')
  return address.port
}

async function close(server: Server, state: State): Promise<void> {
  state.closing = true
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
  const ended = await within(SERVER_SHUTDOWN_MILLISECONDS, async () => {
    await Promise.all([...state.open].map((response) => closing(response)))
    await state.work?.finish()
  })
  if (!ended) {
    state.log.warn(
      { requests: state.open.size, work: state.work?.running ?? 0 },
      'stopped before everything had ended',
    )
  }
  server.closeAllConnections()
  await closed
}

function closing(response: ServerResponse): Promise<void> {
  return response.closed ? Promise.resolve() : new Promise((resolve) => response.once('close', resolve))
}

/** What goes on after a request was acknowledged. */
export interface Work {
  readonly running: number
  /** Begins a task at once; what it throws is logged with `name` and harms nothing else. Nobody waits for it. */
  start(name: string, task: () => Promise<void>): void
  /** The same for a task that makes the answer to a request: it has its turn before what goes on after others. */
  startAnswer(name: string, task: () => Promise<void>): void
  /** Resolves when nothing runs any more. */
  finish(): Promise<void>
}

/** @param patiently runs what nobody waits for, so that it holds nobody up. */
export function createWork(log: Log, patiently: (task: () => void) => void = (task) => task()): Work {
  const tasks = new Set<Promise<void>>()
  const startAnswer: Work['startAnswer'] = (name, task) => {
    const running = Promise.resolve()
      .then(task)
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.stack : error
        log.error({ work: name, reason }, 'work after a request failed')
      })
      .finally(() => tasks.delete(running))
    tasks.add(running)
  }
  return {
    get running() {
      return tasks.size
    },
    start: (name, task) => patiently(() => startAnswer(name, task)),
    startAnswer,
    async finish() {
      while (tasks.size > 0) await Promise.all(tasks)
    },
  }
}
