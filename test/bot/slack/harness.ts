import type { SlackWorkspaces } from '../../../core/chat-ports.js'
import { type HttpServer, createHttpServer, createWork } from '../../../bot/http.js'
import { type SlackSurfaceOptions, createSlackSurface } from '../../../bot/slack/app.js'
import type { SlackInstallOptions } from '../../../bot/slack/install.js'
import {
  type SlackEmulator,
  type SlackEmulatorOptions,
  startSlackEmulator,
} from '../../emulators/slack/server.js'
import { type SlackSender, createSlackSender } from '../../emulators/slack/sender.js'
import type { SlackMessageRecord } from '../../emulators/slack/workspace.js'
import { type ChatDesk, type ChatDeskOptions, chatDesk } from '../../support/chat-desk.js'
import { memoryWorkspaces } from '../../support/memory-chat.js'
import { memoryLog } from '../../support/memory-log.js'
import { impatientPacing } from '../../support/pacing.js'

/** The app as Slack knows it. */
export const APP = {
  clientId: '123.456',
  clientSecret: 'a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3',
  redirectUrls: ['http://127.0.0.1/slack/oauth_redirect'],
  scopes: ['app_mentions:read', 'chat:write', 'commands', 'files:write', 'im:history', 'im:write'],
}
const APP_TOKEN = 'xapp-1-A0001-1-secret'
/** The address people know: a proxy stands there. */
export const PUBLIC_URL = 'http://127.0.0.1'

export const SIGNING_SECRET = '8f742231b10e8888abcd99yyyzzz85a5'

/** The bot in Slack: a real server, Bolt, an emulated Slack, and everything behind the desk in memory. */
export interface SlackHouse extends ChatDesk {
  readonly emulator: SlackEmulator
  readonly slack: SlackSender
  readonly server: HttpServer
  readonly log: ReturnType<typeof memoryLog>
  /** Where the app was installed by workspaces themselves. */
  readonly workspaces: ReturnType<typeof memoryWorkspaces>
  /** Waits until everything acknowledged was carried out and answered. */
  settled(): Promise<void>
  /** What the bot said in a channel, in order. */
  said(channel?: string): readonly SlackMessageRecord[]
  close(): Promise<void>
}

export interface SlackHouseOptions extends Partial<Pick<ChatDeskOptions, 'people' | 'billing'>> {
  readonly emulator?: SlackEmulatorOptions
  /** Workspaces may install the app by themselves; without the token of a workspace. */
  readonly install?: boolean
  /** Keeps installations elsewhere than in memory. */
  readonly store?: SlackWorkspaces
  /** The bot opens a socket, and Slack sends through it. */
  readonly socket?: boolean
  /** Takes the place of what the surface is given: for taking a guard away, or counting behind it. */
  readonly change?: (options: SlackSurfaceOptions) => SlackSurfaceOptions
  readonly create?: typeof createSlackSurface
}

export async function slackHouse(options: SlackHouseOptions = {}): Promise<SlackHouse> {
  const { change = (given) => given, create = createSlackSurface } = options
  const log = memoryLog()
  const chat = await chatDesk({ log, ...options })
  const emulator = await startSlackEmulator({
    now: chat.now,
    users: ['U1', 'U2', 'U3', 'U4', 'U9'],
    app: APP,
    appToken: APP_TOKEN,
    ...options.emulator,
  })
  const work = createWork(log)
  const workspaces = memoryWorkspaces()
  const surface = create(
    change({
      botToken: options.install === true ? undefined : emulator.botToken,
      ...(options.socket === true ? { appToken: APP_TOKEN } : { signingSecret: SIGNING_SECRET }),
      ...(options.install === true ? { install: installOf(options.store ?? workspaces) } : {}),
      apiUrl: emulator.apiUrl,
      now: chat.now,
      log,
      desk: chat.desk,
      board: chat.board,
      once: chat.once,
      work,
      pacing: impatientPacing(chat.now),
    }),
  )
  const server = await createHttpServer({
    port: 0,
    routes: surface.routes,
    checks: { slack: surface.ready },
    work,
    log,
  })
  surface.begin()
  if (options.socket === true) await emulator.sockets.connected()
  const target = options.socket === true ? undefined : `${server.url}/slack/events`
  const { world } = emulator
  return {
    ...chat,
    workspaces,
    emulator,
    log,
    server,
    slack: createSlackSender({ target, signingSecret: SIGNING_SECRET, emulator, now: chat.now }),
    settled: () => work.finish(),
    said: (channel = 'C1') =>
      world.channels.get(channel)?.messages.filter(({ user }) => user === world.botUser) ?? [],
    close: async () => {
      await surface.close()
      await server.close()
      await emulator.close()
    },
  }
}

function installOf(store: SlackWorkspaces): SlackInstallOptions {
  const { clientId, clientSecret } = APP
  return { clientId, clientSecret, publicUrl: PUBLIC_URL, stateKey: Buffer.alloc(32, 7), store }
}

/** The words of a message as people read them, whatever blocks they stand in. */
export function wordsOf(message: { readonly blocks: readonly unknown[] } | undefined): string {
  const words: string[] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(walk)
    if (typeof value !== 'object' || value === null) return
    for (const [name, inner] of Object.entries(value)) {
      if (name === 'text' && typeof inner === 'string') words.push(inner)
      else walk(inner)
    }
  }
  walk(message?.blocks ?? [])
  return words.join('\n')
}

/** Names of the buttons of a message. */
export function buttonsOf(message: { readonly blocks: readonly unknown[] } | undefined): string[] {
  const blocks = (message?.blocks ?? []) as { type: string; elements?: { action_id?: string }[] }[]
  return blocks
    .filter(({ type }) => type === 'actions')
    .flatMap(({ elements = [] }) => elements.map(({ action_id: action = '' }) => action))
}
