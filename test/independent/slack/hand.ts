import { spawnSync } from 'node:child_process'

/** Who does something, and where. */
export interface Place {
  readonly team: string
  readonly user: string
  readonly channel: string
  /** The way back for answers. */
  readonly back: string
}

/** Slack's side of a conversation: what people do, signed by openssl and sent to the bot. */
export interface Hand {
  command(place: Place, text: string): Promise<void>
  mention(place: Place, text: string): Promise<void>
  direct(place: Place, text: string): Promise<void>
  click(place: Place, message: ClickedMessage, action: string, trigger?: string): Promise<void>
  /** Sends a window off with one text typed into each of its inputs. */
  submit(place: Place, view: View, typed: string): Promise<void>
  event(place: Place, event: Readonly<Record<string, unknown>>): Promise<void>
}

export interface ClickedMessage {
  readonly ts: string
  readonly text?: string
  readonly blocks: readonly Block[]
}

export interface Block {
  readonly type: string
  readonly block_id?: string
  readonly element?: { readonly action_id?: string; readonly type: string }
  readonly elements?: readonly { readonly action_id?: string; readonly value?: string }[]
}

export interface View {
  readonly id: string
  readonly callback_id: string
  readonly private_metadata: string
  readonly blocks: readonly Block[]
}

const BOT = 'UBOT'

export function handOf(url: string, secret: string): Hand {
  const send = (body: string, type: string) => sendSigned(`${url}/slack/events`, secret, body, type)
  const form = (fields: Readonly<Record<string, string>>) =>
    send(new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded')
  let events = 0
  let triggers = 0
  // As at Slack, each thing that is done has one of its own: the same words said twice in a second are two requests.
  const newTrigger = () => {
    triggers += 1
    return `${triggers}.${Date.now()}`
  }
  const event = async ({ team, user, channel }: Place, given: Readonly<Record<string, unknown>>) => {
    events += 1
    const ts = stamp()
    await send(
      JSON.stringify({
        type: 'event_callback',
        token: 'x',
        team_id: team,
        api_app_id: 'A1',
        event_id: `Ev${events}`,
        event_time: Math.floor(Date.now() / 1000),
        event: { user, channel, ts, event_ts: ts, ...given },
      }),
      'application/json',
    )
  }
  return {
    command: ({ team, user, channel, back }, text) =>
      form({
        token: 'x',
        team_id: team,
        channel_id: channel,
        user_id: user,
        command: '/billing',
        text,
        response_url: back,
        trigger_id: newTrigger(),
      }),
    mention: (place, text) => event(place, { type: 'app_mention', text: `<@${BOT}> ${text}` }),
    direct: (place, text) => event(place, { type: 'message', channel_type: 'im', text }),
    click: ({ team, user, channel, back }, message, action, trigger = newTrigger()) => {
      const [block, button] = buttonOf(message, action)
      return form({
        payload: JSON.stringify({
          type: 'block_actions',
          user: { id: user, team_id: team },
          team: { id: team },
          channel: { id: channel },
          container: { type: 'message', message_ts: message.ts, channel_id: channel },
          message,
          trigger_id: trigger,
          response_url: back,
          actions: [
            {
              type: 'button',
              action_id: action,
              block_id: block.block_id ?? '',
              value: button.value ?? '',
              action_ts: stamp(),
            },
          ],
        }),
      })
    },
    submit: (place, view, typed) => form({ payload: JSON.stringify(submission(place, view, typed)) }),
    event,
  }
}

function submission({ team, user }: Place, view: View, typed: string): object {
  const inputs = view.blocks.filter(({ type }) => type === 'input')
  const values = Object.fromEntries(
    inputs.map(({ block_id: block = '', element }) => [
      block,
      { [element?.action_id ?? '']: { type: element?.type, value: typed } },
    ]),
  )
  return {
    type: 'view_submission',
    team: { id: team },
    user: { id: user, team_id: team },
    trigger_id: '1',
    view: { ...view, team_id: team, state: { values } },
  }
}

function buttonOf({ blocks }: ClickedMessage, action: string) {
  for (const block of blocks) {
    const button = block.elements?.find(({ action_id: id }) => id === action)
    if (block.type === 'actions' && button !== undefined) return [block, button] as const
  }
  throw new Error(`the message has no button ${action}`)
}

let stamps = 0
function stamp(): string {
  stamps += 1
  return `${Math.floor(Date.now() / 1000)}.${String(stamps).padStart(6, '0')}`
}

/** The signature is made by openssl, which knows nothing of our code. */
async function sendSigned(url: string, secret: string, body: string, type: string): Promise<void> {
  const seconds = String(Math.floor(Date.now() / 1000))
  const signed = spawnSync('openssl', ['dgst', '-sha256', '-hmac', secret, '-r'], {
    input: `v0:${seconds}:${body}`,
    encoding: 'utf8',
  })
  if (signed.status !== 0) throw new Error(`openssl could not sign: ${signed.stderr}`)
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': type,
      'x-slack-request-timestamp': seconds,
      'x-slack-signature': `v0=${signed.stdout.split(' ')[0] ?? ''}`,
    },
    body,
  })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`the bot answered ${answer.status}: ${text}`)
}
