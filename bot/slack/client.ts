import { LogLevel, type Logger, type types, webApi } from '@slack/bolt'
import {
  CHAT_RETRY_FIRST_MILLISECONDS,
  CHAT_TRIES,
  SLACK_CHANNEL_BURST_MILLISECONDS,
  SLACK_CHANNEL_BURST_POSTS,
  SLACK_ANSWER_BYTES,
  SLACK_CALL_MILLISECONDS,
} from '../../core/chat-limits.js'
import type { ExportFile } from '../../core/chat-ports.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { type Lanes, type Pacing, createLanes } from '../lanes.js'
import { isNotHandedOn, unsent } from '../trouble.js'
import type { SlackMessage } from './render.js'
import {
  type BotIdentity,
  type MessageAddress,
  parseAuth,
  parseOpened,
  parsePosted,
  parseView,
} from './schema.js'
import { slackTrouble } from './trouble.js'

export const SLACK_API = 'https://slack.com/api/'

/** A conversation, and in it a thread. */
export interface Place {
  readonly channel: string
  readonly thread?: string | undefined
}

/** What we ask of Slack. Every method rejects with Slack's own error when it refuses or does not answer. */
export interface SlackClient {
  whoAmI(): Promise<BotIdentity>
  post(place: Place, message: SlackMessage): Promise<MessageAddress>
  update(address: MessageAddress, message: SlackMessage): Promise<void>
  /** For one person's eyes; gone when they reload. */
  whisper(place: Place, user: string, message: SlackMessage): Promise<void>
  /** The direct conversation with a person. */
  openDirect(user: string): Promise<string>
  /** Opens a window and returns its id. */
  openView(triggerId: string, view: types.ModalView): Promise<string>
  updateView(id: string, view: types.ModalView): Promise<void>
  /** Replaces the page of the app that one person sees. */
  publishHome(user: string, view: types.HomeView): Promise<void>
  upload(place: Place, file: ExportFile, comment: string): Promise<void>
  /** Answers through the address a request brought along: five times in half an hour, without being a member. */
  respond(responseUrl: string, message: SlackMessage, options: RespondOptions): Promise<void>
  /** From now on nothing waits for its turn: what would have to is refused as never sent. */
  end(): void
}

export interface RespondOptions {
  /** Takes the place of the message whose button was clicked, instead of standing beside it. */
  readonly replace: boolean
  readonly thread?: string | undefined
}

export interface SlackClientOptions {
  readonly botToken: string
  readonly apiUrl: string
  readonly log: Log
  readonly pacing: Pacing
}

/** Posts in one channel: Slack's pace, with short bursts. Other methods have limits that people do not reach. */
const CHANNEL_PACES = [{ calls: SLACK_CHANNEL_BURST_POSTS, milliseconds: SLACK_CHANNEL_BURST_MILLISECONDS }]

/** Said with every message: names in it are never turned into mentions, addresses never into previews. */
const QUIET = { parse: 'none', link_names: false } as const
const WITHOUT_PREVIEWS = { unfurl_links: false, unfurl_media: false } as const

/** How everything that speaks to Slack's Web API does: to its own hosts, a few tries, and not for ever. */
export function webOptions(url: string, log: Log) {
  const apiUrl = url.endsWith('/') ? url : `${url}/`
  return {
    slackApiUrl: apiUrl,
    logger: slackLogger(log),
    fetch: pinnedFetch(apiUrl),
    timeout: SLACK_CALL_MILLISECONDS,
    retryConfig: { retries: CHAT_TRIES - 1, minTimeout: CHAT_RETRY_FIRST_MILLISECONDS, factor: 2 },
    allowAbsoluteUrls: false,
  } satisfies webApi.WebClientOptions
}

export function createSlackClient({ botToken, log, apiUrl, pacing }: SlackClientOptions): SlackClient {
  const options = webOptions(apiUrl, log)
  const { fetch: fetchPinned } = options
  const web = new webApi.WebClient(botToken, {
    ...options,
    // Trying again is the lanes' business: they know what must not be said twice, and stop no other method meanwhile.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  })
  const common = { troubleOf: slackTrouble, pacing }
  const posts = createLanes({ ...common, paces: CHANNEL_PACES })
  const calls = createLanes({ ...common, paces: [] })
  return {
    ...messagesOf(web, posts, calls),
    ...othersOf(web, calls),
    respond: (responseUrl, message, wanted) => respond(fetchPinned, responseUrl, message, wanted),
    end: () => {
      posts.end()
      calls.end()
    },
  }
}

function messagesOf(
  web: webApi.WebClient,
  posts: Lanes,
  calls: Lanes,
): Pick<SlackClient, 'post' | 'update' | 'whisper'> {
  return {
    post: ({ channel, thread }, message) => {
      const thread_ts = thread === undefined ? {} : { thread_ts: thread }
      const sent = { channel, ...thread_ts, ...message, ...QUIET, ...WITHOUT_PREVIEWS }
      const send = async () => understood(parsePosted(await web.chat.postMessage(sent)), 'chat.postMessage')
      return posts.run({ lane: channel, method: 'chat.postMessage', repeatable: false, send })
    },
    update: ({ channel, stamp }, message) => {
      const send = async () => void (await web.chat.update({ channel, ts: stamp, ...message, ...QUIET }))
      return calls.run({ lane: `update ${channel} ${stamp}`, method: 'chat.update', repeatable: true, send })
    },
    whisper: ({ channel, thread }, user, message) => {
      const thread_ts = thread === undefined ? {} : { thread_ts: thread }
      const send = async () =>
        void (await web.chat.postEphemeral({ channel, user, ...thread_ts, ...message, ...QUIET }))
      const lane = `whisper ${channel} ${user}`
      return calls.run({ lane, method: 'chat.postEphemeral', repeatable: false, send })
    },
  }
}

function othersOf(
  web: webApi.WebClient,
  calls: Lanes,
): Pick<SlackClient, 'whoAmI' | 'openDirect' | 'openView' | 'updateView' | 'publishHome' | 'upload'> {
  return {
    whoAmI: () => {
      const send = async () => understood(parseAuth(await web.auth.test()), 'auth.test')
      return calls.run({ lane: 'auth', method: 'auth.test', repeatable: true, send })
    },
    openDirect: (user) => {
      const send = async () =>
        understood(parseOpened(await web.conversations.open({ users: user })), 'conversations.open')
      return calls.run({ lane: `open ${user}`, method: 'conversations.open', repeatable: true, send })
    },
    openView: (triggerId, view) => {
      const send = async () =>
        understood(parseView(await web.views.open({ trigger_id: triggerId, view })), 'views.open')
      return calls.run({ lane: `view ${triggerId}`, method: 'views.open', repeatable: false, send })
    },
    updateView: (id, view) => {
      const send = async () => void (await web.views.update({ view_id: id, view }))
      return calls.run({ lane: `view ${id}`, method: 'views.update', repeatable: true, send })
    },
    publishHome: (user, view) => {
      const send = async () => void (await web.views.publish({ user_id: user, view }))
      return calls.run({ lane: `home ${user}`, method: 'views.publish', repeatable: true, send })
    },
    upload: ({ channel, thread }, { name, bytes }, comment) => {
      const shared = { channel_id: channel, filename: name, title: name, initial_comment: comment }
      const sent = { ...shared, file: Buffer.from(bytes) }
      const send = async () =>
        void (await (thread === undefined
          ? web.files.uploadV2(sent)
          : web.files.uploadV2({ ...sent, thread_ts: thread })))
      return calls.run({ lane: `upload ${channel}`, method: 'files.uploadV2', repeatable: false, send })
    },
  }
}

/** Answers through the way back that a request brought along, which needs no token. Rejects when Slack does not take it. */
export function respondTo(
  responseUrl: string,
  message: SlackMessage,
  { apiUrl, log }: { readonly apiUrl: string; readonly log: Log },
): Promise<void> {
  return respond(webOptions(apiUrl, log).fetch, responseUrl, message, { replace: false })
}

async function respond(
  fetchPinned: webApi.FetchFunction,
  responseUrl: string,
  message: SlackMessage,
  { replace, thread }: RespondOptions,
): Promise<void> {
  const body = {
    ...message,
    ...(replace ? { replace_original: true } : { response_type: 'ephemeral', replace_original: false }),
    ...(thread === undefined ? {} : { thread_ts: thread }),
  }
  const answer = await fetchPinned(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(SLACK_CALL_MILLISECONDS),
  })
  const { ok, status } = answer
  if (ok) return
  const what = `response_url answered ${status}`
  if (status === 429 || isNotHandedOn(status)) throw unsent(what)
  throw new Problem({ kind: status >= 500 ? 'unavailable' : 'conflict', what })
}

/** Slack's word for a refusal, such as `not_in_channel`; undefined when it was no refusal. */
export function refusalWord(error: unknown): string | undefined {
  return error instanceof webApi.WebAPIPlatformError ? error.data.error : undefined
}

/** Refusals that mean that a token is none, or none any more. */
const TOKEN_REFUSALS = new Set([
  'account_inactive',
  'invalid_auth',
  'not_authed',
  'token_expired',
  'token_revoked',
])

export function isTokenRefused(error: unknown): boolean {
  return TOKEN_REFUSALS.has(refusalWord(error) ?? '')
}

function understood<T>(value: T | undefined, method: string): T {
  if (value !== undefined) return value
  throw new Problem({ kind: 'unavailable', what: `Slack answered ${method} without what we need.` })
}

/**
 * Speaks to Slack's own hosts only, whatever address a request or an answer names; follows no redirect and reads no endless
 * answer.
 */
function pinnedFetch(apiUrl: string): webApi.FetchFunction {
  const api = new URL(apiUrl)
  return async (input, init) => {
    const url = new URL(input)
    checkHost(url, api)
    const answer = await fetch(url, { ...init, redirect: 'error' })
    if (answer.status === 429 && !/^\d+$/.test(answer.headers.get('retry-after') ?? '')) {
      // Slack's library takes it for something else when it does not say how long to wait.
      await answer.body?.cancel()
      throw unsent('Slack answered 429.')
    }
    return new Response(await readCapped(answer), {
      status: answer.status,
      statusText: answer.statusText,
      headers: answer.headers,
    })
  }
}

/** Problem `forbidden` unless an address is one of the API's own host, or of a host below it, as safely reached. */
function checkHost(url: URL, api: URL): void {
  const subdomain = api.protocol === 'https:' && url.host.endsWith(`.${api.host}`)
  if (url.protocol === api.protocol && (url.host === api.host || subdomain)) return
  throw new Problem({
    kind: 'forbidden',
    what: `${url.host} is not a host of Slack.`,
    notDone: 'Nothing was sent.',
  })
}

/** The same for the address of a socket, which Slack hands out for one connection. */
export function checkSocketHost(socketUrl: string, apiUrl: string): void {
  const api = new URL(apiUrl)
  const url = new URL(socketUrl)
  // wss is to ws what https is to http; a URL does not let its scheme be changed from one family to the other.
  if (!/^wss?:$/.test(url.protocol)) return checkHost(url, api)
  checkHost(new URL(url.href.replace(/^ws/, 'http')), api)
}

async function readCapped(answer: Response): Promise<Buffer | null> {
  if (answer.body === null) return null
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > SLACK_ANSWER_BYTES)
      throw new Problem({ kind: 'unavailable', what: 'Slack answered too much.' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Slack's libraries log into ours; their chatter about every request is left out. */
export function slackLogger(log: Log): Logger {
  const words = (parts: readonly unknown[]) =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ')
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...parts: unknown[]) => log.warn({ from: 'slack' }, words(parts)),
    error: (...parts: unknown[]) => log.error({ from: 'slack' }, words(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  }
}
