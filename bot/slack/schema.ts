import { parse as parseForm } from 'node:querystring'
import { z } from 'zod'
import { actionOf } from './button-id.js'
import { type HomeOpened, homeOf } from './schema-home.js'
import { readJson } from '../http.js'
import type { ActionTarget } from '../cards/model.js'

// What we use of what Slack sends: other fields are ignored, other shapes are not understood.

/** Somebody in a workspace. Ids become part of an identity, so they are taken only in Slack's own spelling. */
export interface Sender {
  readonly team: string
  readonly user: string
}

/** "/billing who march": a slash command. */
export interface SlashCommand extends Sender {
  readonly kind: 'command'
  readonly channel: string
  readonly text: string
  readonly responseUrl: string
}

/** Somebody wrote to the bot: after its name in a channel, or in a direct message. */
export interface Message extends Sender {
  readonly kind: 'message'
  /** The same when Slack sends it again. */
  readonly eventId: string
  readonly channel: string
  readonly direct: boolean
  readonly text: string
  readonly stamp: string
  /** Stamp of the message that began the thread; undefined outside threads. */
  readonly thread: string | undefined
}

/** A button was clicked. */
export interface ButtonClick extends Sender {
  readonly kind: 'click'
  readonly name: string
  /** What the button carries; undefined when it is not what we put there. */
  readonly target: ActionTarget | undefined
  readonly value: string
  readonly channel: string | undefined
  /** Stamp of the message with the button; undefined when only the clicker sees it. */
  readonly message: string | undefined
  readonly thread: string | undefined
  readonly responseUrl: string | undefined
  readonly triggerId: string
  /** The button stands on the page of the app itself, where there is no message. */
  readonly onHome: boolean
}

/** A window was sent off: a form that was filled in. */
export interface Submission extends Sender {
  readonly kind: 'submission'
  /** Id of the window, the same when it is sent off again. */
  readonly view: string
  /** Name of the form. */
  readonly name: string
  readonly note: string
  /** What each field was filled with, by its id. */
  readonly values: ReadonlyMap<string, string>
}

/** Slack asks whether this address is ours. */
export interface Challenge {
  readonly kind: 'challenge'
  /** Sent back as it is. */
  readonly challenge: string
}

/** Signed by Slack and nothing of ours: the bot's own messages, edits, events and windows we do not use. */
export interface Ignored {
  readonly kind: 'ignored'
}

export type Incoming = SlashCommand | Message | HomeOpened | ButtonClick | Submission | Challenge | Ignored

const id = (letters: string) => z.string().regex(new RegExp(`^[${letters}][A-Z0-9]{1,30}$`))
export const team = id('TE')
export const user = id('UW')
const channel = id('CDG')
const stamp = z.string().regex(/^\d{1,12}\.\d{1,9}$/)
const url = z.string().max(1000)

const COMMAND = z.object({
  command: z.string().startsWith('/'),
  team_id: team,
  user_id: user,
  channel_id: channel,
  text: z.string().default(''),
  response_url: url,
})

const EVENT = z.object({
  type: z.literal('event_callback'),
  team_id: team,
  event_id: z.string().min(1).max(100),
  event: z.object({
    type: z.enum(['app_mention', 'message']),
    // Of somebody in a shared channel: their own workspace, not the one that hears it.
    user_team: team.optional(),
    team: team.optional(),
    user,
    channel,
    channel_type: z.string().optional(),
    text: z.string(),
    ts: stamp,
    thread_ts: stamp.optional(),
    // Edits, joins and the like, and what bots write, the bot itself included: not said to us by a person.
    subtype: z.never().optional(),
    bot_id: z.never().optional(),
    edited: z.never().optional(),
  }),
})

const PERSON = z.object({ id: user, team_id: team.optional() })
const TEAM = z.object({ id: team })

const CLICK = z.object({
  type: z.literal('block_actions'),
  user: PERSON,
  team: TEAM.nullable(),
  trigger_id: z.string().min(1).max(200),
  response_url: url.optional(),
  channel: z.object({ id: channel }).optional(),
  message: z.object({ ts: stamp, thread_ts: stamp.optional() }).optional(),
  container: z.object({ is_ephemeral: z.boolean().optional() }),
  view: z.object({ type: z.string() }).optional(),
  actions: z
    .array(
      z.object({
        type: z.literal('button'),
        action_id: z.string().max(255),
        value: z.string().max(2000).default(''),
      }),
    )
    .min(1),
})

/** Every field of a window is a block of one input. */
export const INPUT = 'input'

const FILLED = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string().max(150) }).nullish(),
  selected_date: z.string().max(10).nullish(),
  selected_user: user.nullish(),
})

const SUBMISSION = z.object({
  type: z.literal('view_submission'),
  user: PERSON,
  team: TEAM.nullable(),
  view: z.object({
    id: id('V'),
    callback_id: z.string().max(255),
    private_metadata: z.string().max(3000),
    state: z.object({ values: z.record(z.string().max(255), z.object({ [INPUT]: FILLED })) }),
  }),
})

const CHALLENGE = z.object({ type: z.literal('url_verification'), challenge: z.string().max(500) })

/** Kinds we do not use are ignored; a kind we use in a shape we do not know is refused. */
const USED = z.union([
  z.object({ command: z.string() }).transform(() => 'command' as const),
  z.object({ type: z.enum(['block_actions', 'view_submission', 'url_verification']) }),
])

export type ContentType = 'application/json' | 'application/x-www-form-urlencoded'

/** One of the two types Slack sends; its character set is always UTF-8. */
export function contentType(header: string | undefined): ContentType | undefined {
  const [, type] = /^\s*([a-z/-]+)\s*(?:;\s*charset="?utf-8"?\s*)?$/i.exec(header ?? '') ?? []
  const known = type?.toLowerCase()
  return known === 'application/json' || known === 'application/x-www-form-urlencoded' ? known : undefined
}

/** The value a body stands for; undefined when it cannot be read. */
export function bodyOf(type: ContentType, text: string): unknown {
  return type === 'application/json' ? readJson(text) : formValue(text)
}

/** What a request or an envelope says, or undefined when we do not understand it. */
export function incomingOf(value: unknown): Incoming | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const known =
    commandOf(value) ??
    eventOf(value) ??
    homeOf(value) ??
    clickOf(value) ??
    submissionOf(value) ??
    challengeOf(value)
  if (known !== undefined) return known
  return USED.safeParse(value).success ? undefined : { kind: 'ignored' }
}

function formValue(text: string): unknown {
  const fields = parseForm(text)
  return typeof fields['payload'] === 'string' ? readJson(fields['payload']) : { ...fields }
}

/** The unsigned request by which Slack tests the certificate: these fields and no others. */
export function isCertificateCheck(type: ContentType, text: string): boolean {
  if (type !== 'application/x-www-form-urlencoded') return false
  const fields = parseForm(text)
  return fields['ssl_check'] === '1' && Object.keys(fields).every((name) => /^(ssl_check|token)$/.test(name))
}

function commandOf(value: object): SlashCommand | undefined {
  const { data } = COMMAND.safeParse(value)
  if (data === undefined) return undefined
  return {
    kind: 'command',
    team: data.team_id,
    user: data.user_id,
    channel: data.channel_id,
    text: data.text,
    responseUrl: data.response_url,
  }
}

function eventOf(value: object): Message | Ignored | undefined {
  const { data } = EVENT.safeParse(value)
  if (data === undefined) return undefined
  const { event } = data
  const direct = event.channel_type === 'im'
  // In a channel only a mention is meant for the bot, in a direct message everything is.
  if ((event.type === 'message') !== direct) return { kind: 'ignored' }
  return {
    kind: 'message',
    eventId: data.event_id,
    team: event.user_team ?? event.team ?? data.team_id,
    user: event.user,
    channel: event.channel,
    direct,
    text: event.text,
    stamp: event.ts,
    thread: event.thread_ts,
  }
}

function clickOf(value: object): ButtonClick | undefined {
  const { data } = CLICK.safeParse(value)
  const [action] = data?.actions ?? []
  const home = data?.user.team_id ?? data?.team?.id
  if (data === undefined || action === undefined || home === undefined) return undefined
  return {
    kind: 'click',
    team: home,
    user: data.user.id,
    name: actionOf(action.action_id),
    target: parseTarget(action.value),
    value: action.value,
    channel: data.channel?.id,
    message: data.container.is_ephemeral === true ? undefined : data.message?.ts,
    thread: data.message?.thread_ts,
    responseUrl: data.response_url,
    triggerId: data.trigger_id,
    onHome: data.view?.type === 'home',
  }
}

function submissionOf(value: object): Submission | undefined {
  const { data } = SUBMISSION.safeParse(value)
  const home = data?.user.team_id ?? data?.team?.id
  if (data === undefined || home === undefined) return undefined
  const { id: view, callback_id: name, private_metadata: note, state } = data.view
  return {
    kind: 'submission',
    team: home,
    user: data.user.id,
    view,
    name,
    note,
    values: new Map(
      Object.entries(state.values).map(([field, { [INPUT]: filled }]) => [field, filledIn(filled, home)]),
    ),
  }
}

/** Whoever was picked is somebody of the asker's own workspace. */
function filledIn(filled: z.output<typeof FILLED>, home: string): string {
  const { value, selected_option: option, selected_date: date, selected_user: person } = filled
  return (
    value ??
    option?.value ??
    date ??
    (person === null || person === undefined ? '' : `slack:${home}:${person}`)
  )
}

function challengeOf(value: object): Challenge | undefined {
  const { data } = CHALLENGE.safeParse(value)
  return data === undefined ? undefined : { kind: 'challenge', challenge: data.challenge }
}

const TARGET = z.strictObject({ id: z.string().min(1).max(64), revision: z.string().max(64) })

/** The target a button of ours carries. */
export function parseTarget(text: string): ActionTarget | undefined {
  return TARGET.safeParse(readJson(text)).data
}

/** A message of the bot, to find it again. */
export interface MessageAddress {
  readonly channel: string
  readonly stamp: string
  /** The message whose thread it stands in; undefined: in none. */
  readonly thread?: string | undefined
  /** Whose token reaches it: "T:T01", "E:E01"; undefined: that of the configuration. */
  readonly workspace?: string | undefined
}

const workspaceKey = z.string().regex(/^[TE]:[TE][A-Z0-9]{1,30}$/)
const ADDRESS = z.object({
  channel,
  stamp,
  thread: stamp.optional(),
  workspace: workspaceKey.optional(),
})

/** The address of a posted card as it was remembered. */
export function parseAddress(text: string): MessageAddress | undefined {
  return ADDRESS.safeParse(readJson(text)).data
}

const PLACE = z.object({
  channel: channel.optional(),
  thread: stamp.optional(),
  user: z.string().max(64).optional(),
  workspace: workspaceKey.optional(),
})

/** Where something is to be said later: in a channel, or to the person alone where there is none or no way in. */
export type LaterPlace = z.output<typeof PLACE>

/** Such a place as it was kept. */
export function parsePlace(text: string): LaterPlace | undefined {
  return PLACE.safeParse(readJson(text)).data
}

/** What a window has to know when it comes back. */
const NOTE = z.object({
  target: TARGET,
  channel: channel.optional(),
  message: stamp.optional(),
  thread: stamp.optional(),
  responseUrl: url.optional(),
})

export type WindowNote = z.output<typeof NOTE>

export function parseNote(text: string): WindowNote | undefined {
  return NOTE.safeParse(readJson(text)).data
}

/** Who a token belongs to (`auth.test`). */
export interface BotIdentity {
  readonly team: string
  readonly user: string
  /** The organisation whose token it is; undefined: a workspace's. */
  readonly enterprise: string | undefined
}

const AUTH = z.object({
  team_id: team,
  user_id: user,
  enterprise_id: team.nullish(),
  is_enterprise_install: z.boolean().optional(),
})

export function parseAuth(value: unknown): BotIdentity | undefined {
  const { data } = AUTH.safeParse(value)
  if (data === undefined) return undefined
  const { team_id, user_id, enterprise_id, is_enterprise_install: forAll = false } = data
  return { team: team_id, user: user_id, enterprise: forAll ? (enterprise_id ?? team_id) : undefined }
}

const POSTED = z.object({ channel, ts: stamp })

/** Where `chat.postMessage` put a message. */
export function parsePosted(value: unknown): MessageAddress | undefined {
  const { data } = POSTED.safeParse(value)
  return data === undefined ? undefined : { channel: data.channel, stamp: data.ts }
}

const OPENED = z.object({ channel: z.object({ id: channel }) })

const VIEW = z.object({ view: z.object({ id: id('V') }) })

/** Id of the window `views.open` opened. */
export function parseView(value: unknown): string | undefined {
  return VIEW.safeParse(value).data?.view.id
}

/** The direct conversation `conversations.open` found. */
export function parseOpened(value: unknown): string | undefined {
  return OPENED.safeParse(value).data?.channel.id
}
