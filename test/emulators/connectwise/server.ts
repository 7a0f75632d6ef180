import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from '../shared/listen.js'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Answer, Call } from './call.js'
import { type ConnectWiseEmulationOptions, type Emulation, emulateConnectWise } from './emulation.js'
import type { Fault, FaultKind } from './faults.js'
import { apiRoots, refused } from './gateway.js'
import { Refusal } from './refusal.js'

export type ConnectWiseEmulatorOptions = ConnectWiseEmulationOptions

export interface ConnectWiseEmulator
  extends Pick<Emulation, 'credentials' | 'world' | 'ledger' | 'setFaults' | 'requestCount' | 'requests'> {
  /** The site's address, http://127.0.0.1:41873; discovery is below it. */
  readonly url: string
  /** Paths below which the API is served at the start. */
  readonly apiRoots: readonly string[]
  close(): Promise<void>
}

/** Timers and the clock do not tick together: a timer must not fire before the clock says that it is time. */
const TIMER_SLACK_MILLISECONDS = 5

const CLOUDFLARE_PAGE =
  '<!DOCTYPE html><html><head><title>Access denied | Cloudflare</title></head><body>Error 1015: You are being rate limited</body></html>'

const PAGE = '<!DOCTYPE html><html><head><title>One moment</title></head><body>Please wait.</body></html>'

async function readCall(request: IncomingMessage, root: string): Promise<Call> {
  const url = new URL(request.url ?? '/', root)
  let body = ''
  request.setEncoding('utf8')
  for await (const chunk of request) body += String(chunk)
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body,
    address: `http://${request.headers.host ?? new URL(root).host}${url.pathname}`,
  }
}

type Hits = readonly Fault[]

function hit<Kind extends FaultKind>(hits: Hits, kind: Kind): Extract<Fault, { kind: Kind }> | undefined {
  return hits.find((fault): fault is Extract<Fault, { kind: Kind }> => fault.kind === kind)
}

interface Written {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
}

function written({ status, headers = {}, body }: Answer): Written {
  return { status, headers, bytes: Buffer.from(body === undefined ? '' : JSON.stringify(body)) }
}

function page(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Written {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=UTF-8', ...headers },
    bytes: Buffer.from(text),
  }
}

/** The answer of a fault that answers instead of the API. */
function answerOfFault(hits: Hits, applied: boolean): Written | undefined {
  const limit = applied ? undefined : hit(hits, 'rateLimit')
  if (limit !== undefined) {
    const { retryAfter = '1', body = 'json' } = limit
    const headers: Record<string, string> = retryAfter === null ? {} : { 'retry-after': retryAfter }
    if (body === 'html') return page(429, CLOUDFLARE_PAGE, headers)
    const answer = refused(new Refusal(429, 'TooManyRequests', 'Rate limited'))
    return written({ ...answer, headers: { ...answer.headers, ...headers } })
  }
  const status = hit(hits, 'status')
  if (status !== undefined && (status.applied ?? false) === applied) {
    const { code = 'Error', message = 'The request could not be processed', retryAfter } = status
    const answer = refused(new Refusal(status.status, code, message))
    const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
    return written({ ...answer, headers: { ...answer.headers, ...headers } })
  }
  const html = hit(hits, 'html')
  if (html !== undefined && (html.applied ?? false) === applied) return page(html.status ?? 200, PAGE)
  return undefined
}

/** An answer of the API with its bytes spoilt. */
function spoilt(hits: Hits, answer: Written): Written {
  if (hit(hits, 'truncated') !== undefined) {
    return { ...answer, bytes: answer.bytes.subarray(0, Math.floor(answer.bytes.length / 2)) }
  }
  const wrong = hit(hits, 'wrongContentType')
  if (wrong !== undefined)
    return { ...answer, headers: { ...answer.headers, 'content-type': wrong.contentType } }
  const bomb = hit(hits, 'gzipBomb')
  if (bomb === undefined) return answer
  return {
    ...answer,
    headers: { ...answer.headers, 'content-encoding': 'gzip' },
    bytes: gzipSync(Buffer.alloc(bomb.bytes, ' ')),
  }
}

async function send(response: ServerResponse, { status, headers, bytes }: Written): Promise<void> {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (status === 204) response.removeHeader('content-type')
  else response.setHeader('content-length', bytes.length)
  response.writeHead(status)
  await new Promise<void>((resolve) => {
    response.on('close', resolve)
    response.end(bytes, resolve)
  })
}

/** What answers, and the effects that wait for the machine's clock. */
interface Site extends Emulation {
  readonly timers: Set<NodeJS.Timeout>
}

/** Lets the write take effect later; the client sees nothing of it. */
function postpone(site: Site, call: Call, delayMilliseconds: number): void {
  site.answerLater(call, delayMilliseconds)
  // With the machine's clock the effect comes by itself; a clock that stands still is asked again at the next request.
  site.timers.add(setTimeout(() => site.applyDue(), delayMilliseconds + TIMER_SLACK_MILLISECONDS).unref())
}

async function serve(emulation: Site, call: Call, response: ServerResponse): Promise<void> {
  emulation.applyDue()
  const hits = emulation.arrive(call)
  for (const fault of hits) {
    if (fault.kind === 'handEdit') emulation.world.editAddition(fault.edit)
    if (fault.kind === 'happening') fault.act(emulation.world)
    if (fault.kind === 'slow') await wait(fault.milliseconds, undefined, { ref: false })
  }
  if (hit(hits, 'dropped') !== undefined) {
    response.socket?.resetAndDestroy()
    return
  }
  const instead = answerOfFault(hits, false)
  if (instead !== undefined) return await send(response, instead)
  const late = hit(hits, 'lateEffect')
  if (late !== undefined) {
    postpone(emulation, call, late.delayMilliseconds)
    if (late.connection !== 'open') response.socket?.resetAndDestroy()
    return
  }
  if ((await emulation.reach('beforeApply', call, hits)) === 'drop') {
    response.socket?.resetAndDestroy()
    return
  }
  const answer = written(emulation.answer(call))
  await emulation.reach('afterApply', call, hits)
  if (hit(hits, 'lostResponse') !== undefined) {
    response.socket?.resetAndDestroy()
    return
  }
  if (hit(hits, 'noAnswer') !== undefined) return
  await send(response, answerOfFault(hits, true) ?? spoilt(hits, answer))
  await emulation.reach('afterAnswer', call, hits)
}

/** Starts an emulated ConnectWise PSA on a free port of 127.0.0.1. README.md says what it does. */
export async function startConnectWiseEmulator(
  options: ConnectWiseEmulatorOptions,
): Promise<ConnectWiseEmulator> {
  const emulation: Site = { ...emulateConnectWise(options), timers: new Set() }
  const server = createServer()
  const root = await listen(server)
  server.on('request', (request, response) => {
    readCall(request, root)
      .then(async (call) => await serve(emulation, call, response))
      .catch((error: unknown) => {
        if (response.socket?.destroyed ?? true) return
        // A mistake of the emulator itself must be seen by the test that made it, not be waited for.
        if (!response.headersSent) response.writeHead(599, { 'content-type': 'text/plain' })
        response.end(`emulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      })
  })
  const { credentials, world, ledger, setFaults, requestCount, requests } = emulation
  return {
    url: root,
    apiRoots: apiRoots(emulation.store.quirks.codebase),
    credentials,
    world,
    ledger,
    setFaults,
    requestCount,
    requests,
    async close() {
      for (const timer of emulation.timers) clearTimeout(timer)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
