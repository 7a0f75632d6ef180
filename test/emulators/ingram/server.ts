import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from '../shared/listen.js'
import { setTimeout as wait } from 'node:timers/promises'
import {
  type Answered,
  emulateIngram,
  type IngramEmulation,
  type IngramEmulationOptions,
} from './emulation.js'
import type { MarketplaceEvent } from './events.js'
import { BASE_PATH } from './gateway.js'

export interface IngramEmulatorOptions extends IngramEmulationOptions {
  /** Keeps the event log in this file too: one event per line, rewritten whenever it changes. */
  readonly eventLogPath?: string
}

export interface IngramEmulator extends Omit<IngramEmulation, 'receive'> {
  /** The API's base address, without a slash at its end. */
  readonly url: string
  close(): Promise<void>
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  request.setEncoding('utf8')
  for await (const chunk of request) body += String(chunk)
  return body
}

function send(response: ServerResponse, { answer, call, hits }: Answered): void {
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

async function serve(
  emulation: IngramEmulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { hits, answer } = emulation.receive({
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    headers: request.headers,
    body: await readBody(request),
  })
  for (const hit of hits) if (hit.kind === 'slow') await wait(hit.milliseconds, undefined, { ref: false })
  if (hits.some((hit) => hit.kind === 'dropped')) {
    request.socket.resetAndDestroy()
    return
  }
  send(response, answer())
}

/** Starts an emulated marketplace on a free port of 127.0.0.1. README.md says what it shows. */
export async function startIngramEmulator(options: IngramEmulatorOptions): Promise<IngramEmulator> {
  const { eventLogPath } = options
  const keep = (events: readonly MarketplaceEvent[]) => {
    if (eventLogPath === undefined) return
    writeFileSync(eventLogPath, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  }
  const server = createServer()
  const root = await listen(server)
  const { receive, ...emulation } = emulateIngram(options, root, keep)
  server.on('request', (request, response) => {
    serve({ receive, ...emulation }, request, response).catch((error: unknown) => {
      // A mistake of the emulator itself must be seen by the test that made it, not be waited for.
      response.writeHead(599, { 'content-type': 'text/plain' })
      response.end(`emulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    })
  })
  return {
    ...emulation,
    url: `${root}${BASE_PATH}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
