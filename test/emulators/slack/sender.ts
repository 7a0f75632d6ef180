import { createHmac } from 'node:crypto'
import type { Sent, SignedRequest } from './request.js'
import type { SlackEmulator } from './server.js'
import type { EphemeralRecord, SlackMessageRecord, ViewRecord } from './workspace.js'

export interface SenderOptions {
  /** Where the bot listens: "http://127.0.0.1:3978/slack/events"; undefined: it opened a socket. */
  readonly target: string | undefined
  readonly signingSecret: string
  readonly emulator: SlackEmulator
  readonly now: () => Date
}

/** What somebody filled in: by the id of each input's block, or the same in all of them. */
export type Filled = string | Readonly<Record<string, string>>

/** Slack's side of a conversation: it signs and sends what people type and click. */
export interface SlackSender {
  sign(body: string, type: 'form' | 'json', stamp?: number): SignedRequest
  send(request: SignedRequest): Promise<Sent>
  command(user: string, channel: string, text: string): Promise<Sent>
  /** "@billing who" in a channel. */
  mention(user: string, channel: string, text: string, threadTs?: string): Promise<Sent>
  /** A message to the bot alone. */
  direct(user: string, text: string): Promise<Sent>
  /** A click on a button of a message, found by its action; `value` is what the button carries unless changed. */
  click(
    user: string,
    message: SlackMessageRecord | EphemeralRecord,
    action: string,
    value?: string,
  ): Promise<Sent>
  /** The page of the app is opened, or another of its tabs. */
  openHome(user: string, tab?: 'home' | 'messages'): Promise<Sent>
  /** A click on a button of somebody's page of the app. */
  clickHome(user: string, action: string): Promise<Sent>
  /** Tells that the app was taken out, or the bot's token revoked, now or so many seconds ago. */
  gone(type: 'app_uninstalled' | 'tokens_revoked', secondsAgo?: number): Promise<Sent>
  /** Sends a window off with what was filled in: by the block of each input, or the same in all of them. */
  submit(view: ViewRecord, filled: Filled): Promise<Sent>
  /** Requests as they would be sent, for sending them several times or late. */
  readonly request: {
    command(user: string, channel: string, text: string): SignedRequest
    mention(user: string, channel: string, text: string, eventId?: string): SignedRequest
    click(
      user: string,
      message: SlackMessageRecord | EphemeralRecord,
      action: string,
      value?: string,
    ): SignedRequest
    submit(view: ViewRecord, filled: Filled): SignedRequest
    openHome(user: string, tab?: 'home' | 'messages', eventId?: string): SignedRequest
  }
}

const TYPES = { form: 'application/x-www-form-urlencoded', json: 'application/json' } as const

export function createSlackSender(options: SenderOptions): SlackSender {
  const { target, signingSecret, emulator, now } = options
  const { world } = emulator
  const sign = (body: string, type: 'form' | 'json', stamp = Math.floor(now().getTime() / 1000)) => ({
    body,
    headers: {
      'content-type': TYPES[type],
      'x-slack-request-timestamp': String(stamp),
      'x-slack-signature': `v0=${createHmac('sha256', signingSecret).update(`v0:${stamp}:${body}`).digest('hex')}`,
    },
  })
  const send = async ({ body, headers }: SignedRequest): Promise<Sent> => {
    if (target === undefined) return await emulator.sockets.send({ body, headers })
    const answer = await fetch(target, { method: 'POST', headers, body })
    return { status: answer.status, body: await answer.text() }
  }
  const request: SlackSender['request'] = {
    command: (user, channel, text) => sign(commandBody(emulator, user, channel, text), 'form'),
    mention: (user, channel, text, eventId) => {
      const typed = `<@${world.botUser}> ${asMessage(text)}`
      return sign(eventBody(emulator, 'app_mention', user, channel, typed, undefined, eventId), 'json')
    },
    click: (user, message, action, value) =>
      sign(payload(clickPayload(emulator, user, message, action, value)), 'form'),
    submit: (view, filled) => sign(payload(submissionPayload(emulator, view, filled)), 'form'),
    openHome: (user, tab = 'home', eventId) => sign(homeBody(emulator, user, tab, eventId), 'json'),
  }
  return {
    sign,
    send,
    request,
    command: (user, channel, text) => send(request.command(user, channel, text)),
    mention: (user, channel, text, threadTs) =>
      send(
        sign(
          eventBody(
            emulator,
            'app_mention',
            user,
            channel,
            `<@${world.botUser}> ${asMessage(text)}`,
            threadTs,
          ),
          'json',
        ),
      ),
    direct: (user, text) =>
      send(sign(eventBody(emulator, 'message', user, world.direct(user).id, asMessage(text)), 'json')),
    openHome: (user, tab) => send(request.openHome(user, tab)),
    clickHome: (user, action) => send(sign(payload(homeClickPayload(emulator, user, action)), 'form')),
    click: (user, message, action, value) => send(request.click(user, message, action, value)),
    gone: (type, secondsAgo = 0) => {
      const seconds = Math.floor(now().getTime() / 1000) - secondsAgo
      return send(sign(goneBody(emulator, type, seconds), 'json'))
    },
    submit: async (view, filled) => {
      const sent = await send(request.submit(view, filled))
      if (sent.status === 200 && sent.body === '') view.open = false
      return sent
    },
  }
}

/** Slack escapes three characters of what people type, and says by id whom they mention: here "@U5" alone in its place. */
function escaped(text: string): string {
  const inert = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return inert.replace(/(?<=\s)@([UW]\d+)(?=\s|$)/g, '<@$1>')
}

/** In messages it also makes links of what looks like an address. */
function asMessage(text: string): string {
  return escaped(text).replace(/\b([\w-]+\.(?:com|net|org))\b/g, '<http://$1|$1>')
}

function commandBody({ world, hookUrl }: SlackEmulator, user: string, channel: string, text: string): string {
  return new URLSearchParams({
    token: 'legacy',
    team_id: world.team,
    team_domain: 'example',
    channel_id: channel,
    channel_name: world.channels.get(channel)?.name ?? 'privategroup',
    user_id: user,
    user_name: user.toLowerCase(),
    command: '/billing',
    text: escaped(text),
    api_app_id: 'A0001',
    is_enterprise_install: 'false',
    response_url: hookUrl(world.openHook(channel, user)),
    trigger_id: world.openTrigger(user),
  }).toString()
}

function eventBody(
  { world }: SlackEmulator,
  type: 'app_mention' | 'message',
  user: string,
  channelId: string,
  text: string,
  threadTs?: string,
  eventId = world.id('Ev'),
): string {
  const channel = world.channels.get(channelId)
  if (channel === undefined) throw new Error(`no channel ${channelId}`)
  const said = world.say(channel, user, { text, blocks: [], threadTs })
  return JSON.stringify({
    token: 'legacy',
    team_id: world.team,
    api_app_id: 'A0001',
    event: {
      type,
      user,
      ts: said.ts,
      client_msg_id: said.ts,
      text,
      team: world.team,
      channel: channel.id,
      event_ts: said.ts,
      ...(type === 'message' ? { channel_type: channel.direct ? 'im' : 'channel' } : {}),
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    },
    type: 'event_callback',
    event_id: eventId,
    event_time: Number(said.ts.split('.')[0]),
    authorizations: [{ enterprise_id: null, team_id: world.team, user_id: world.botUser, is_bot: true }],
    is_ext_shared_channel: false,
  })
}

/** Slack tells of every opening, with the page as it is when there is one. */
function homeBody({ world }: SlackEmulator, user: string, tab: string, eventId = world.id('Ev')): string {
  const stamp = world.stamp()
  const view = world.homes.get(user)
  return JSON.stringify({
    token: 'legacy',
    team_id: world.team,
    api_app_id: 'A0001',
    event: {
      type: 'app_home_opened',
      user,
      channel: world.direct(user).id,
      tab,
      event_ts: stamp,
      ...(view === undefined ? {} : { view }),
    },
    type: 'event_callback',
    event_id: eventId,
    event_time: Number(stamp.split('.')[0]),
    authorizations: [{ enterprise_id: null, team_id: world.team, user_id: world.botUser, is_bot: true }],
    is_ext_shared_channel: false,
  })
}

/** There is no channel, no message and no way back: only a trigger. */
function homeClickPayload({ world }: SlackEmulator, user: string, action: string): object {
  const view = world.homes.get(user)
  const blocks = (view?.['blocks'] ?? []) as readonly ButtonBlock[]
  const block = blocks.find(({ elements = [] }) => elements.some(({ action_id: id }) => id === action))
  const button = block?.elements?.find(({ action_id: id }) => id === action)
  if (button === undefined) throw new Error(`the page of ${user} has no button ${action}`)
  return {
    type: 'block_actions',
    user: { id: user, username: user.toLowerCase(), name: user.toLowerCase(), team_id: world.team },
    api_app_id: 'A0001',
    token: 'legacy',
    container: { type: 'view', view_id: 'V0001' },
    trigger_id: world.openTrigger(user),
    team: { id: world.team, domain: 'example' },
    enterprise: null,
    is_enterprise_install: false,
    view: { ...view, id: 'V0001', team_id: world.team, state: { values: {} } },
    actions: [
      {
        type: 'button',
        block_id: block?.block_id ?? 'b',
        action_id: action,
        value: button.value ?? '',
        text: { type: 'plain_text', text: action },
        action_ts: world.stamp(),
      },
    ],
  }
}

function goneBody(
  { world }: SlackEmulator,
  type: 'app_uninstalled' | 'tokens_revoked',
  seconds: number,
): string {
  const event = type === 'tokens_revoked' ? { type, tokens: { oauth: [], bot: [world.botUser] } } : { type }
  return JSON.stringify({
    token: 'legacy',
    team_id: world.team,
    ...(world.enterprise === undefined ? {} : { enterprise_id: world.enterprise }),
    api_app_id: 'A0001',
    event,
    type: 'event_callback',
    event_id: world.id('Ev'),
    event_time: seconds,
  })
}

function payload(content: object): string {
  return new URLSearchParams({ payload: JSON.stringify(content) }).toString()
}

interface ButtonBlock {
  readonly type: string
  readonly block_id?: string
  readonly elements?: readonly { readonly action_id?: string; readonly value?: string }[]
}

function clickPayload(
  { world, hookUrl }: SlackEmulator,
  user: string,
  message: SlackMessageRecord | EphemeralRecord,
  action: string,
  value?: string,
): object {
  const blocks = message.blocks as readonly ButtonBlock[]
  const block = blocks.find(
    ({ type, elements = [] }) => type === 'actions' && elements.some(({ action_id: id }) => id === action),
  )
  const button = block?.elements?.find(({ action_id: id }) => id === action)
  if (button === undefined && value === undefined) throw new Error(`the message has no button ${action}`)
  const ts = 'ts' in message ? message.ts : world.stamp()
  const ephemeral = !('ts' in message)
  return {
    type: 'block_actions',
    user: { id: user, username: user.toLowerCase(), name: user.toLowerCase(), team_id: world.team },
    api_app_id: 'A0001',
    token: 'legacy',
    container: { type: 'message', message_ts: ts, channel_id: message.channel, is_ephemeral: ephemeral },
    trigger_id: world.openTrigger(user),
    team: { id: world.team, domain: 'example' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: message.channel, name: 'channel' },
    ...(ephemeral
      ? {}
      : {
          message: {
            type: 'message',
            ts,
            user: world.botUser,
            bot_id: 'B0001',
            text: message.text,
            blocks: message.blocks,
            ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
          },
        }),
    state: { values: {} },
    response_url: hookUrl(world.openHook(message.channel, user, message)),
    actions: [
      {
        type: 'button',
        block_id: block?.block_id ?? 'b',
        action_id: action,
        value: value ?? button?.value ?? '',
        text: { type: 'plain_text', text: action },
        action_ts: world.stamp(),
      },
    ],
  }
}

interface InputElement {
  readonly type: string
  readonly action_id?: string
  readonly options?: readonly { readonly value: string }[]
}

/** What Slack says of an input; null where nothing was chosen or typed. A choice is one that is offered. */
function stateOf(element: InputElement | undefined, value: string | undefined): object {
  const type = element?.type
  switch (type) {
    case 'static_select': {
      const option = element?.options?.find((candidate) => candidate.value === value)
      if (value !== undefined && option === undefined) throw new Error(`“${value}” cannot be chosen`)
      return { type, selected_option: option ?? null }
    }
    case 'datepicker':
      return { type, selected_date: value ?? null }
    case 'users_select':
      return { type, selected_user: value ?? null }
    default:
      return { type, value: value ?? null }
  }
}

function submissionPayload({ world }: SlackEmulator, { id, user, view }: ViewRecord, filled: Filled): object {
  const blocks = view['blocks'] as readonly {
    readonly type: string
    readonly block_id?: string
    readonly element?: InputElement
  }[]
  const values: Record<string, Record<string, object>> = {}
  for (const { type, block_id: block = '', element } of blocks) {
    if (type !== 'input') continue
    const value = typeof filled === 'string' ? filled : filled[block]
    values[block] = { [element?.action_id ?? '']: stateOf(element, value) }
  }
  return {
    type: 'view_submission',
    team: { id: world.team, domain: 'example' },
    user: { id: user, username: user.toLowerCase(), name: user.toLowerCase(), team_id: world.team },
    api_app_id: 'A0001',
    token: 'legacy',
    trigger_id: world.openTrigger(user),
    view: {
      ...view,
      id,
      team_id: world.team,
      bot_id: 'B0001',
      state: { values },
      hash: '1.a',
      root_view_id: id,
    },
    response_urls: [],
    is_enterprise_install: false,
    enterprise: null,
  }
}
