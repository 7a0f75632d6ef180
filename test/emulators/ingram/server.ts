import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type Credentials, createTokens } from './auth.js'
import type { EventDraft, MarketplaceEvent } from './events.js'
import { createFaultPlan, type Fault } from './faults.js'
import { type Answer, answerCall, BASE_PATH, type Call, type Gateway, KEYCLOAK_PATH } from './gateway.js'
import { createEventLog } from './log.js'
import { DEFAULT_QUIRKS, type Quirks } from './quirks.js'
import { seedWorld } from './seed/world.js'
import { createWorld } from './create-world.js'
import type { World } from './world.js'

export interface IngramEmulatorOptions {
  /** Chooses the seed world, and what faults hit. Default 7. */
  readonly seed?: number
  /** The emulator's clock: what is visible, and how long tokens live. */
  readonly now: () => Date
  /** The world to begin with, instead of the seed's; `[]` is an empty marketplace. */
  readonly world?: readonly EventDraft[]
  readonly quirks?: Partial<Quirks>
  readonly faults?: readonly Fault[]
  /** Keeps the event log in this file too: one event per line, rewritten whenever it changes. */
  readonly eventLogPath?: string
  /** Called before each answer: a test changes the world between two pages of a list. */
  readonly beforeAnswer?: (request: { readonly method: string; readonly path: string }) => void
}

export interface IngramEmulator {
  /** The API's base address, without a slash at its end. */
  readonly url: string
  readonly credentials: Credentials
  readonly world: World
  /** Every event, planned ones included, ordered by (at, sequence). */
  eventLog(): readonly MarketplaceEvent[]
  /** Exchanges the faults; their counts and draws begin anew. */
  setFaults(faults: readonly Fault[]): void
  /** Requests answered so far, refused and disturbed ones included. */
  requestCount(): number
  close(): Promise<void>
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  request.setEncoding('utf8')
  for await (const chunk of request) body += String(chunk)
  return body
}

/** Repeatable, and shaped like the identifiers the gateway gives out. */
function correlationId(seed: number, count: number): string {
  return `${String(seed).padStart(8, '0')}-0000-4000-8000-${String(count).padStart(12, '0')}`
}

function send(
  response: ServerResponse,
  answer: Answer,
  call: Call,
  hits: readonly { readonly kind: string }[],
): void {
  const has = (kind: string): boolean => hits.some((fault) => fault.kind === kind)
  // Without the date header the same request at the same emulator time is answered with the same bytes.
  response.sendDate = false
  response.setHeader('X-Correlation-ID', call.correlationId)
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
  if (has('html')) {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end(
      '<!DOCTYPE html><html><head><title>Sign in</title></head><body>One moment please.</body></html>',
    )
    return
  }
  const whole = Buffer.from(JSON.stringify(answer.body))
  const bytes = has('truncated') ? whole.subarray(0, Math.floor(whole.length / 2)) : whole
  response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': bytes.length })
  response.end(bytes)
}

function pathForFaults(path: string): string {
  return path.startsWith(BASE_PATH) ? path.slice(BASE_PATH.length) : path
}

interface Serving {
  readonly gateway: Gateway
  readonly options: IngramEmulatorOptions
  readonly seed: number
  count: number
}

async function serve(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://emulator')
  serving.count += 1
  const call: Call = {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: await readBody(request),
    correlationId: correlationId(serving.seed, serving.count),
  }
  serving.options.beforeAnswer?.({ method: call.method, path: pathForFaults(call.path) })
  const hits = serving.gateway.plan.hitting(pathForFaults(call.path))
  for (const hit of hits) if (hit.kind === 'slow') await wait(hit.milliseconds, undefined, { ref: false })
  if (hits.some((hit) => hit.kind === 'dropped')) {
    request.socket.resetAndDestroy()
    return
  }
  send(response, answerCall(serving.gateway, call, hits), call, hits)
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  // A server bound to a TCP port always has an address with a port.
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

function credentialsAt(root: string): Credentials {
  const user = { username: 'cmpapi.user.API', password: 'emulated-password-1' }
  return {
    ...user,
    subscriptionKey: 'emulated-subscription-key-1',
    marketplace: 'us',
    keycloak: {
      ...user,
      tokenUrl: `${root}${KEYCLOAK_PATH}`,
      clientId: 'simple-api',
      clientSecret: 'emulated-client-secret-1',
    },
  }
}

/** Starts an emulated marketplace on a free port of 127.0.0.1. README.md says what it shows. */
export async function startIngramEmulator(options: IngramEmulatorOptions): Promise<IngramEmulator> {
  const { seed = 7, now, eventLogPath } = options
  const log = createEventLog((events) => {
    if (eventLogPath === undefined) return
    writeFileSync(eventLogPath, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  })
  log.append(options.world ?? seedWorld(seed))
  const world = createWorld(log, now)
  const server = createServer()
  const root = await listen(server)
  const credentials = credentialsAt(root)
  const gateway: Gateway = {
    credentials,
    tokens: createTokens(seed),
    log,
    world,
    quirks: { ...DEFAULT_QUIRKS, ...options.quirks },
    now,
    plan: createFaultPlan(options.faults ?? [], seed),
  }
  const serving: Serving = { gateway, options, seed, count: 0 }
  server.on('request', (request, response) => {
    serve(serving, request, response).catch((error: unknown) => {
      // A mistake of the emulator itself must be seen by the test that made it, not be waited for.
      response.writeHead(599, { 'content-type': 'text/plain' })
      response.end(`emulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    })
  })
  return {
    url: `${root}${BASE_PATH}`,
    credentials,
    world,
    eventLog: () => log.events(),
    setFaults(faults) {
      gateway.plan = createFaultPlan(faults, seed)
    },
    requestCount: () => serving.count,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
