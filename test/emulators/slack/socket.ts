import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import WebSocket from 'ws'
import type { Answer } from './methods.js'
import type { Sent, SignedRequest } from './request.js'

/** What Slack sends through a socket. */
export interface Envelope {
  readonly envelope_id: string
  readonly type: 'slash_commands' | 'interactive' | 'events_api'
  readonly payload: unknown
  readonly accepts_response_payload: boolean
  readonly retry_attempt?: number
  readonly retry_reason?: string
}

/** Slack's side of Socket Mode. */
export interface Sockets {
  /** `apps.connections.open` */
  open(token: string): Answer
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Resolves when a connection is there. */
  connected(): Promise<void>
  /** Connections that were opened so far. */
  readonly opened: number
  /** Sends an envelope through the newest connection and waits for its acknowledgement: three seconds, as Slack does. */
  deliver(envelope: Envelope): Promise<Sent>
  /** The same for a request as it would go over HTTP. */
  send(request: SignedRequest, retry?: number): Promise<Sent>
  /** Sends a text as it is. */
  say(text: string): void
  /** Asks the other side to open another connection, as Slack does now and then; without goodbye: the line is cut. */
  end(way: 'refresh' | 'cut'): void
  /** The address it hands out from now on; undefined: its own. */
  setUrl(url?: string): void
  close(): void
}

interface SocketParts {
  readonly appToken: string | undefined
  readonly address: () => string
}

const ACKNOWLEDGE_MILLISECONDS = 3000

export function createSockets({ appToken, address }: SocketParts): Sockets {
  const server = new WebSocket.Server({ noServer: true })
  const tickets = new Set<string>()
  const waiting = new Map<string, (payload: unknown) => void>()
  let line: WebSocket | undefined
  let arrived: (() => void)[] = []
  let opened = 0
  let count = 0
  let elsewhere: string | undefined
  const take = (socket: WebSocket) => {
    line = socket
    opened += 1
    hear(socket, waiting)
    socket.on('close', () => {
      if (line === socket) line = undefined
    })
    socket.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A0001' } }))
    for (const each of arrived) each()
    arrived = []
  }
  const deliver = (envelope: Envelope): Promise<Sent> =>
    new Promise((resolve) => {
      const done = (sent: Sent) => {
        clearTimeout(late)
        waiting.delete(envelope.envelope_id)
        resolve(sent)
      }
      const late = setTimeout(() => done({ status: 504, body: '' }), ACKNOWLEDGE_MILLISECONDS)
      waiting.set(envelope.envelope_id, (payload) => {
        const text = JSON.stringify(payload ?? {})
        done({ status: 200, body: text === '{}' ? '' : text })
      })
      line?.send(JSON.stringify(envelope))
    })
  return {
    get opened() {
      return opened
    },
    open: (token) => {
      if (appToken === undefined || token !== appToken) return { ok: false, error: 'invalid_auth' }
      const ticket = `ticket${(count += 1)}`
      tickets.add(ticket)
      return { ok: true, url: elsewhere ?? `${address().replace('http', 'ws')}/link/?ticket=${ticket}` }
    },
    upgrade: (request, socket, head) => {
      const url = new URL(request.url ?? '', 'http://slack')
      const known = url.pathname === '/link/' && tickets.delete(url.searchParams.get('ticket') ?? '')
      if (!known) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      server.handleUpgrade(request, socket as never, head, take)
    },
    connected: () =>
      line === undefined ? new Promise<void>((resolve) => void arrived.push(resolve)) : Promise.resolve(),
    deliver,
    send: (request, retry) => deliver(envelopeOf(request, `envelope${(count += 1)}`, retry)),
    say: (text) => line?.send(text),
    end: (way) => {
      const ending = line
      line = undefined
      if (way === 'cut') return ending?.terminate()
      ending?.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }))
    },
    setUrl: (url) => void (elsewhere = url),
    close: () => {
      for (const client of server.clients) client.terminate()
      server.close()
    },
  }
}

/** What comes back are acknowledgements and nothing else. */
function hear(socket: WebSocket, waiting: ReadonlyMap<string, (payload: unknown) => void>): void {
  socket.on('message', (data) => {
    const { envelope_id: id, payload } = JSON.parse((data as Buffer).toString()) as {
      readonly envelope_id: string
      readonly payload?: unknown
    }
    waiting.get(id)?.(payload)
  })
}

function envelopeOf({ body, headers }: SignedRequest, id: string, retry?: number): Envelope {
  const common = {
    envelope_id: id,
    ...(retry === undefined ? {} : { retry_attempt: retry, retry_reason: 'timeout' }),
  }
  if (headers['content-type'] === 'application/json') {
    return { ...common, type: 'events_api', payload: JSON.parse(body), accepts_response_payload: false }
  }
  const fields = Object.fromEntries(new URLSearchParams(body))
  const { payload } = fields
  return payload === undefined
    ? { ...common, type: 'slash_commands', payload: fields, accepts_response_payload: true }
    : { ...common, type: 'interactive', payload: JSON.parse(payload), accepts_response_payload: true }
}
