import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from '../shared/listen.js'
import { gzipSync } from 'node:zlib'
import {
  type AutotaskEmulation,
  type AutotaskEmulationOptions,
  emulateAutotask,
  type Outcome,
} from './emulation.js'

export interface AutotaskEmulator extends Omit<AutotaskEmulation, 'receive'> {
  /** The server's root: `http://127.0.0.1:41873`. The zone's address below it names the API's. */
  readonly url: string
  close(): Promise<void>
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  request.setEncoding('utf8')
  for await (const chunk of request) body += String(chunk)
  return body
}

function send(request: IncomingMessage, response: ServerResponse, outcome: Outcome): void {
  if (outcome.kind === 'silence') return
  if (outcome.kind === 'reset') {
    request.socket.resetAndDestroy()
    return
  }
  const { status, headers, text, faults } = outcome
  const whole = Buffer.from(text)
  const head: Record<string, string | number> = {
    'content-type': 'application/json; charset=utf-8',
    ...headers,
  }
  let bytes = whole
  for (const fault of faults) {
    if (fault.kind === 'truncated') bytes = whole.subarray(0, Math.floor(whole.length / 2))
    if (fault.kind === 'wrongContentType') head['content-type'] = 'text/plain'
    if (fault.kind === 'gzipBomb') {
      bytes = gzipSync(Buffer.alloc((fault.megabytes ?? 64) * 1024 * 1024, ' '))
      head['content-encoding'] = 'gzip'
    }
  }
  response.sendDate = false
  response.writeHead(status, { ...head, 'content-length': bytes.length })
  response.end(bytes)
}

async function serve(
  emulation: AutotaskEmulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const outcome = await emulation.receive(
    {
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      headers: request.headers,
      body: async () => await readBody(request),
    },
    (end) => response.on('close', end),
  )
  send(request, response, outcome)
}

/** Starts an emulated Autotask on a free port of 127.0.0.1. README.md says what it answers. */
export async function startAutotaskEmulator(options: AutotaskEmulationOptions): Promise<AutotaskEmulator> {
  const emulation = emulateAutotask(options)
  const server = createServer()
  server.on('request', (request, response) => {
    serve(emulation, request, response).catch((error: unknown) => {
      // A client that left while its body was read has nobody to be told anything.
      if (request.destroyed && !request.complete) return
      // A mistake of the emulator itself must be seen by the test that made it, not be waited for.
      response.writeHead(599, { 'content-type': 'text/plain' })
      response.end(`emulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    })
  })
  const url = await listen(server)
  const { receive: _, ...rest } = emulation
  return {
    ...rest,
    url,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
