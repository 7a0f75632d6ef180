import { isFormName } from '../../../bot/commands/desk-forms.js'
import type { Sent } from '../../emulators/slack/request.js'
import { type SlackSender, createSlackSender } from '../../emulators/slack/sender.js'
import type { SlackEmulator } from '../../emulators/slack/server.js'
import type { SlackMessageRecord, ViewRecord } from '../../emulators/slack/workspace.js'
import { type Cast, type Member, SLACK_TEAM, answersTo } from './cast.js'
import type { StoryClock } from './clock.js'
import type { Environment } from './house.js'
import { settled } from './settle.js'
import { markupWords, slackWords, windowWords } from './slack-words.js'
import type { Press } from './story.js'
import type { Handed, Seen, Surface } from './surface.js'
import { type Words, isMeant, buttonLine, wordsOf } from './words.js'

export const SLACK_CHANNEL = 'C1'
const SIGNING_SECRET = '8f742231b10e8888abcd99yyyzzz85a5'

/** What Slack says at the first sign that an answer takes long; elsewhere that is no message (typing, a line of progress). */
const SIGN_OF_LIFE = 'Reading the marketplace'

export function slackSettings({ botToken, apiUrl }: SlackEmulator): Environment {
  return { SLACK_BOT_TOKEN: botToken, SLACK_SIGNING_SECRET: SIGNING_SECRET, SLACK_API_URL: apiUrl }
}

/** Who is in the workspace. */
export function slackUsers(cast: Cast): { readonly team: string; readonly users: readonly string[] } {
  return { team: SLACK_TEAM, users: [...cast.values()].map(({ slackUser }) => slackUser) }
}

interface State {
  url: string
  sender: SlackSender
  readonly emulator: SlackEmulator
  readonly cast: Cast
  /** What each message of the bot said when it was last looked at, by channel and stamp. */
  readonly read: Map<string, string>
  whispersRead: number
  filesRead: number
  questions: Words[]
}

/** One channel of a workspace everybody of the story is in. */
export function slackSurface(url: string, emulator: SlackEmulator, cast: Cast, clock: StoryClock): Surface {
  const senderTo = (address: string) => {
    const target = `${address}/slack/events`
    return createSlackSender({ target, signingSecret: SIGNING_SECRET, emulator, now: clock.now })
  }
  const state: State = {
    url,
    emulator,
    sender: senderTo(url),
    cast,
    read: new Map(),
    whispersRead: 0,
    filesRead: 0,
    questions: [],
  }
  return {
    say: async ({ slackUser }, text) => {
      // A command as people type it; a question is put to the bot by its name.
      const { sender } = state
      const say = text.endsWith('?') ? sender.mention : sender.command
      accepted(await say(slackUser, SLACK_CHANNEL, text))
    },
    click: (members, press) => click(state, members, press),
    // The server's own job has done it.
    tick: async () => {},
    meet: (program) => {
      state.url = program.url
      state.sender = senderTo(program.url)
    },
    look: async () => {
      await settled(state.url)
      return look(state)
    },
    close: () => emulator.close(),
  }
}

function accepted({ status, body }: Sent): void {
  if (status !== 200) throw new Error(`the bot answered Slack with ${status}: ${body}`)
}

interface Button {
  readonly action_id: string
  readonly value: string
  readonly text: { readonly text: string }
  /** What Slack itself asks before it sends the click. */
  readonly confirm?: Readonly<Record<'title' | 'text' | 'confirm' | 'deny', { readonly text: string }>>
}

async function click(state: State, members: readonly Member[], press: Press): Promise<void> {
  const { emulator, sender, url } = state
  const { message, button } = messageWith(emulator, press)
  if (button.action_id === 'approve' && button.confirm === undefined) {
    throw new Error('Slack would not ask before it approves')
  }
  const { confirm } = button
  if (confirm !== undefined) {
    const { title, text, confirm: yes, deny: no } = confirm
    const question = wordsOf([title.text, text.text, ...buttonLine([yes.text, no.text])])
    state.questions.push(...members.map(() => question))
  }
  const opened = emulator.world.views.length
  const sent = members.map(({ slackUser }) => sender.click(slackUser, message, button.action_id))
  for (const answer of await Promise.all(sent)) accepted(answer)
  if (!isFormName(button.action_id)) return
  await settled(url)
  // Whoever may not fill it in is told so instead.
  const views = emulator.world.views.slice(opened)
  const card = slackWords(message.blocks)
  const submitted = views.map((view) => sender.submit(view, filledIn(view, press.reason)))
  state.questions.push(...views.map(({ view }) => windowWords(view, card)))
  for (const answer of await Promise.all(submitted)) accepted(answer)
}

interface InputBlock {
  readonly type: string
  readonly block_id?: string
  readonly element?: {
    readonly options?: readonly { readonly value: string; readonly text: { readonly text: string } }[]
    readonly initial_option?: { readonly value: string }
  }
}

/** The answers in the fields of a window: chosen where there is a choice. */
function filledIn({ view }: ViewRecord, said: string | undefined): Readonly<Record<string, string>> {
  const inputs = (view['blocks'] as readonly InputBlock[]).filter(({ type }) => type === 'input')
  const answers = answersTo(inputs.length, said)
  return Object.fromEntries(
    inputs.flatMap(({ block_id: id = '', element }, index) => {
      const answer = answers[index] ?? ''
      const options = element?.options
      if (options === undefined) return answer === '' ? [] : [[id, answer]]
      const chosen = options.find(({ text }) => isMeant(text.text, answer)) ?? element?.initial_option
      return chosen === undefined ? [] : [[id, chosen.value]]
    }),
  )
}

/** The newest message with such a button, or that of one request. */
function messageWith(
  { world }: SlackEmulator,
  { button: label, on }: Press,
): { readonly message: SlackMessageRecord; readonly button: Button } {
  const messages = world.channels.get(SLACK_CHANNEL)?.messages ?? []
  for (const message of messages.toReversed()) {
    const buttons = (message.blocks as readonly { type: string; elements?: readonly Button[] }[])
      .filter(({ type }) => type === 'actions')
      .flatMap(({ elements = [] }) => elements)
    const button = buttons.find(
      ({ text, value }) =>
        text.text === label && (on === undefined || (JSON.parse(value) as { id: string }).id === on),
    )
    if (button !== undefined) return { message, button }
  }
  throw new Error(`there is no card with [${label}]${on === undefined ? '' : ` of ${on}`}`)
}

function look(state: State): Seen {
  const { world } = state.emulator
  const posts: Words[] = []
  const cards = new Map<string, Words>()
  const whispers: { to: string; words: Words }[] = []
  for (const { id, direct, members, messages } of world.channels.values()) {
    for (const message of messages.filter(({ user }) => user === world.botUser)) {
      const words = wordsOfMessage(message)
      const text = words.join('\n')
      const before = state.read.get(`${id} ${message.ts}`)
      state.read.set(`${id} ${message.ts}`, text)
      if (before === text) continue
      if (before !== undefined) cards.set(text, words)
      else if (direct) whispers.push({ to: handleOf(state, members), words })
      else posts.push(words)
    }
  }
  const ephemerals = world.ephemerals.slice(state.whispersRead)
  state.whispersRead = world.ephemerals.length
  for (const { user, blocks, mentions } of ephemerals) {
    refuseMentions(mentions)
    whispers.push({ to: handleOf(state, new Set([user])), words: slackWords(blocks) })
  }
  const { files, words } = handedOver(state)
  const { questions } = state
  state.questions = []
  return {
    posts: [...posts, ...words],
    cards: [...cards.values()],
    whispers: whispers.filter(({ words: [title] }) => title !== SIGN_OF_LIFE),
    files,
    questions,
  }
}

function wordsOfMessage({ blocks, mentions }: SlackMessageRecord): Words {
  refuseMentions(mentions)
  return slackWords(blocks)
}

function refuseMentions(mentions: readonly string[]): void {
  if (mentions.length > 0) throw new Error(`a card calls somebody: ${mentions.join(', ')}`)
}

function handleOf({ cast }: State, users: ReadonlySet<string>): string {
  const member = [...cast.values()].find(({ slackUser }) => users.has(slackUser))
  if (member === undefined) throw new Error('Slack shows something to nobody of this story')
  return member.handle
}

/** Files shared in the channel; their name is Slack's title, their comment the rest of the card. */
function handedOver(state: State): { readonly files: Handed[]; readonly words: Words[] } {
  const shared = state.emulator.world.files.slice(state.filesRead)
  state.filesRead += shared.length
  const files = shared.map(({ name, bytes, channel }) => {
    if (bytes === undefined || channel !== SLACK_CHANNEL)
      throw new Error(`${name} was not shared in the channel`)
    return { name, bytes }
  })
  const words = shared.map(({ name, comment = '' }) => [name, ...markupWords(comment)])
  return { files, words }
}
