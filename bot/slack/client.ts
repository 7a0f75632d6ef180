import { LogLevel, type Logger, type types, webApi } from '@slack/bolt'
import {
  SLACK_ANSWER_BYTES,
  SLACK_CALL_MILLISECONDS,
  SLACK_RETRIES,
  SLACK_RETRY_AFTER_SECONDS,
  SLACK_RETRY_FIRST_MILLISECONDS,
} from '../../core/limits.js'
import type { ExportFile } from '../../core/chat-ports.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { SlackMessage } from './render.js'
import {
  type BotIdentity,
  type MessageAddress,
  parseAuth,
  parseOpened,
  parsePosted,
  parseView,
} from './schema.js'

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
  upload(place: Place, file: ExportFile, comment: string): Promise<void>
  /** Answers through the address a request brought along: five times in half an hour, without being a member. */
  respond(responseUrl: string, message: SlackMessage, options: RespondOptions): Promise<void>
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
}

/** Said with every message: names in it are never turned into mentions, addresses never into previews. */
const QUIET = { parse: 'none', link_names: false } as const
const WITHOUT_PREVIEWS = { unfurl_links: false, unfurl_media: false } as const

export function createSlackClient({ botToken, log, ...options }: SlackClientOptions): SlackClient {
  const apiUrl = options.apiUrl.endsWith('/') ? options.apiUrl : `${options.apiUrl}/`
  const fetchPinned = pinnedFetch(apiUrl)
  const web = new webApi.WebClient(botToken, {
    slackApiUrl: apiUrl,
    logger: slackLogger(log),
    fetch: fetchPinned,
    timeout: SLACK_CALL_MILLISECONDS,
    retryConfig: { retries: SLACK_RETRIES, minTimeout: SLACK_RETRY_FIRST_MILLISECONDS, factor: 2 },
    allowAbsoluteUrls: false,
  })
  return {
    whoAmI: async () => understood(parseAuth(await web.auth.test()), 'auth.test'),
    post: async ({ channel, thread }, message) => {
      const thread_ts = thread === undefined ? {} : { thread_ts: thread }
      const sent = { channel, ...thread_ts, ...message, ...QUIET, ...WITHOUT_PREVIEWS }
      return understood(parsePosted(await web.chat.postMessage(sent)), 'chat.postMessage')
    },
    update: async ({ channel, stamp }, message) => {
      await web.chat.update({ channel, ts: stamp, ...message, ...QUIET })
    },
    whisper: async ({ channel, thread }, user, message) => {
      const thread_ts = thread === undefined ? {} : { thread_ts: thread }
      await web.chat.postEphemeral({ channel, user, ...thread_ts, ...message, ...QUIET })
    },
    openDirect: async (user) =>
      understood(parseOpened(await web.conversations.open({ users: user })), 'conversations.open'),
    openView: async (triggerId, view) =>
      understood(parseView(await web.views.open({ trigger_id: triggerId, view })), 'views.open'),
    updateView: async (id, view) => void (await web.views.update({ view_id: id, view })),
    upload: async ({ channel, thread }, { name, bytes }, comment) => {
      const shared = { channel_id: channel, filename: name, title: name, initial_comment: comment }
      const sent = { ...shared, file: Buffer.from(bytes) }
      await (thread === undefined
        ? web.files.uploadV2(sent)
        : web.files.uploadV2({ ...sent, thread_ts: thread }))
    },
    respond: async (responseUrl, message, { replace, thread }) => {
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
      if (!answer.ok) throw new Error(`response_url answered ${answer.status}`)
    },
  }
}

/** Slack's word for a refusal, such as `not_in_channel`; undefined when it was no refusal. */
export function refusalWord(error: unknown): string | undefined {
  return error instanceof webApi.WebAPIPlatformError ? error.data.error : undefined
}

function understood<T>(value: T | undefined, method: string): T {
  if (value !== undefined) return value
  throw new Problem({ kind: 'unavailable', what: `Slack answered ${method} without what we need.` })
}

/**
 * Speaks to Slack's own hosts only, whatever address a request or an answer names; follows no redirect, reads no endless
 * answer, and waits for a minute at most when told to.
 */
function pinnedFetch(apiUrl: string): webApi.FetchFunction {
  const api = new URL(apiUrl)
  return async (input, init) => {
    const url = new URL(input)
    const subdomain = api.protocol === 'https:' && url.host.endsWith(`.${api.host}`)
    if (url.protocol !== api.protocol || (url.host !== api.host && !subdomain)) {
      throw new Problem({
        kind: 'forbidden',
        what: `${url.host} is not a host of Slack.`,
        notDone: 'Nothing was sent.',
      })
    }
    const answer = await fetch(url, { ...init, redirect: 'error' })
    const wait = Number(answer.headers.get('retry-after') ?? 0)
    if (answer.status === 429 && wait > SLACK_RETRY_AFTER_SECONDS) {
      await answer.body?.cancel()
      throw new Problem({ kind: 'unavailable', what: `Slack asks to wait for ${wait} seconds.` })
    }
    return new Response(await readCapped(answer), {
      status: answer.status,
      statusText: answer.statusText,
      headers: answer.headers,
    })
  }
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
