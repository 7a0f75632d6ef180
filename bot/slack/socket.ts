import { createHash } from 'node:crypto'
import { type App, SocketModeReceiver } from '@slack/bolt'
import {
  SLACK_SOCKET_CLOSE_MILLISECONDS,
  SLACK_SOCKET_OPEN_MILLISECONDS,
  SLACK_SOCKET_RETRY_FIRST_MILLISECONDS,
  SLACK_SOCKET_RETRY_LAST_MILLISECONDS,
} from '../../core/chat-limits.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { Actable, Received } from './act.js'
import { boltOver } from './bolt.js'
import { reasonOf } from '../trouble.js'
import { checkSocketHost, slackLogger, webOptions } from './client.js'
import { plainBody } from './plain-body.js'
import type { Challenge } from './schema.js'
import { type Removal, triggerOf } from './schema-install.js'

export interface SocketOptions {
  /** "xapp-…": opens connections, and nothing else. */
  readonly appToken: string
  readonly apiUrl: string
  readonly log: Log
  /** Adds the same listeners as over HTTP. */
  readonly listen: (bolt: App) => void
  /** What listeners find as `received` of an envelope; undefined: nothing of ours, it is acknowledged and no more. */
  readonly read: (body: unknown, key: string) => Received<Actable | Challenge | Removal> | undefined
}

/** A connection to Slack, kept open. */
export interface Socket {
  /** Opens it, and again whenever it ends. */
  begin(): void
  /** Problem `unavailable` when it is not open. */
  check(): void
  /** Ends it: nothing is taken any more. */
  close(): Promise<void>
}

type Client = SocketModeReceiver['client']

/**
 * Socket Mode: Slack sends through a connection we open, so that nobody has to reach this machine. Everything after
 * reading is the same as over HTTP. Bolt's receiver opens and reads; when it is opened again is decided here: left to
 * itself, a second opening that fails ends the program.
 */
export function createSocket(options: SocketOptions): Socket {
  const { appToken, apiUrl, log } = options
  const logger = slackLogger(log)
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: webOptions(apiUrl, log) },
    customPropertiesExtractor: ({ body, envelope_id: id }: Envelope) => ({
      received: options.read(body, keyOf(triggerOf(body) ?? id)),
    }),
    processEventErrorHandler: async ({ error }) => {
      log.error({ reason: error.stack }, 'Bolt failed on an envelope')
      return false
    },
  })
  onlyPlain(receiver)
  boltOver(receiver, log, options.listen)
  const { client } = receiver
  for (const name of ['ws_message', 'slack_event']) guard(client, name, log)
  return keptOpen(client, options)
}

interface Envelope {
  readonly body: unknown
  readonly envelope_id: string
}

/** Slack delivers again what it did not hear back about: the same command has the same trigger. */
function keyOf(id: string): string {
  return createHash('sha256').update(`socket ${id}`).digest('hex')
}

/**
 * Bolt gets what we understood of an envelope and nothing else, as over HTTP. Nothing listens to what is not ours: it is
 * acknowledged, or Slack would tell people that it failed.
 */
function onlyPlain(receiver: SocketModeReceiver): void {
  const init = receiver.init.bind(receiver)
  receiver.init = (bolt) => {
    const processEvent: App['processEvent'] = async (event) => {
      const received = event.customProperties?.['received'] as ReturnType<SocketOptions['read']>
      if (received === undefined) return await event.ack()
      await bolt.processEvent({ ...event, body: plainBody(received.incoming) })
    }
    init(Object.assign(Object.create(bolt) as App, { processEvent }))
  }
}

/** What the library does not understand, or cannot answer because the line is gone, must not end the program. */
function guard(client: Client, name: string, log: Log): void {
  for (const listener of client.listeners(name) as ((...given: unknown[]) => unknown)[]) {
    client.removeListener(name, listener)
    client.on(name, (...given: unknown[]) => {
      void Promise.resolve()
        .then(() => listener(...given))
        .catch((error: unknown) =>
          log.warn({ reason: reasonOf(error) }, 'an envelope of Slack cannot be used'),
        )
    })
  }
}

function keptOpen(client: Client, { log, apiUrl }: SocketOptions): Socket {
  let state: 'closed' | 'opening' | 'open' = 'closed'
  let ending = false
  let wait = SLACK_SOCKET_RETRY_FIRST_MILLISECONDS
  let timer: NodeJS.Timeout | undefined
  const again = (milliseconds: number) => {
    state = 'closed'
    if (ending) return
    clearTimeout(timer)
    timer = setTimeout(() => void open(), milliseconds)
  }
  const open = async () => {
    state = 'opening'
    const late = setTimeout(() => void client.disconnect(), SLACK_SOCKET_OPEN_MILLISECONDS)
    try {
      await client.start()
      state = 'open'
      wait = SLACK_SOCKET_RETRY_FIRST_MILLISECONDS
      if (ending) await disconnect(client)
    } catch (error) {
      log.error({ reason: reasonOf(error) }, 'no connection to Slack')
      again(wait)
      wait = Math.min(wait * 2, SLACK_SOCKET_RETRY_LAST_MILLISECONDS)
    } finally {
      clearTimeout(late)
    }
  }
  // While it opens, opening itself tells how that went. What Slack ends, it expects to be opened again at once.
  client.on('disconnected', () => {
    if (state === 'open') again(0)
  })
  // What is thrown here ends the opening before there is a line.
  client.on('authenticated', ({ url = '' }: { readonly url?: string }) => {
    if (ending) throw notConnected()
    checkSocketHost(url, apiUrl)
  })
  return {
    begin: () => void open(),
    check: () => {
      if (state !== 'open') throw notConnected()
    },
    close: async () => {
      ending = true
      clearTimeout(timer)
      if (state !== 'closed') await disconnect(client)
    },
  }
}

/** Says goodbye to Slack, and does not wait long for the answer. */
async function disconnect(client: Client): Promise<void> {
  // A second goodbye cuts the line.
  const late = setTimeout(() => void client.disconnect(), SLACK_SOCKET_CLOSE_MILLISECONDS)
  await client.disconnect()
  clearTimeout(late)
}

function notConnected(): Problem {
  return new Problem({ kind: 'unavailable', what: 'There is no connection to Slack.' })
}
