import { isFormName } from '../../../bot/commands/desk-forms.js'
import { type Button, buttonsOf, elementsOf } from '../../emulators/teams/cards.js'
import {
  type Activity,
  type ClickResult,
  type Delivery,
  type Player,
  createPlayer,
  resultOf,
} from '../../emulators/teams/player.js'
import type { TeamsEmulator } from '../../emulators/teams/server.js'
import type { Card, Conversation, Posted, User } from '../../emulators/teams/world.js'
import { type Cast, type Member, TEAMS_TENANT, answersTo } from './cast.js'
import type { Environment } from './house.js'
import { settled } from './settle.js'
import type { Press } from './story.js'
import type { Handed, Seen, Surface } from './surface.js'
import { messageWords, teamsWords } from './teams-words.js'
import { type Words, isMeant } from './words.js'

/** Who the bot is at Microsoft. */
export const TEAMS_BOT = {
  appId: '5d1c7a52-8d0e-4a7b-9a53-0c6f0f3c9a11',
  appPassword: 'a secret of the story',
  tenantId: TEAMS_TENANT,
}
/** Where links to files begin; the port behind it is known only once the server listens. */
const PUBLIC_URL = 'https://billing.example'
/** Teams alone has a link where others have the file itself. */
const LINK_NOTE = 'The link works for a limited time.'
/** Said to the clicker of a button whose answer is a message of its own. */
const SEE_BELOW = /: see below\.$/

export function teamsSettings(emulator: TeamsEmulator): Environment {
  return {
    TEAMS_APP_ID: emulator.appId,
    TEAMS_APP_PASSWORD: emulator.appPassword,
    TEAMS_TENANT_ID: emulator.tenantId,
    TEAMS_OPENID_METADATA_URL: emulator.openIdMetadataUrl,
    TEAMS_TOKEN_ISSUER: emulator.issuer,
    TEAMS_LOGIN_URL: emulator.loginUrl,
    TEAMS_SERVICE_URLS: emulator.origin,
    PUBLIC_URL,
    FILES_KEY: 'a key for links, long enough to be one',
  }
}

interface State {
  url: string
  readonly emulator: TeamsEmulator
  readonly users: ReadonlyMap<string, User>
  readonly channel: Conversation
  /** What each message of the bot said when it was last looked at. */
  readonly read: Map<string, string>
  whispers: { to: string; words: Words }[]
  questions: Words[]
}

/** One channel of a team everybody of the story is in. */
export function teamsSurface(url: string, emulator: TeamsEmulator, cast: Cast): Surface {
  const { world } = emulator
  const users = new Map(
    [...cast.values()].map(({ handle, name, aadObjectId }) => [handle, world.addUser(name, aadObjectId)]),
  )
  const channel = world.addConversation('channel', [...users.values()])
  const state: State = { url, emulator, users, channel, read: new Map(), whispers: [], questions: [] }
  return {
    say: async (member, text) => accepted(await playerOf(state).say(userOf(state, member), channel, text)),
    click: (members, press) => click(state, members, press),
    // The server's own job has done it.
    tick: async () => {},
    meet: (program) => void (state.url = program.url),
    look: async () => {
      await settled(state.url)
      return await look(state)
    },
    close: () => emulator.close(),
  }
}

/** A new one each time: its token is of this moment, as the channel's are. */
function playerOf({ emulator, url }: State): Player {
  return createPlayer(emulator, url)
}

function userOf({ users }: State, { handle }: Member): User {
  const user = users.get(handle)
  if (user === undefined) throw new Error(`${handle} is not in Teams`)
  return user
}

function accepted({ status, body }: Delivery): void {
  if (status !== 200) throw new Error(`the bot answered Teams with ${status}: ${JSON.stringify(body)}`)
}

/** What one person has to send so that the click of the story is done. */
interface Ready {
  readonly member: Member
  readonly activity: Activity
  /** The message on which a form is open, and the form. */
  readonly form?: { readonly id: string; readonly card: Card }
}

/** The first click asks, the second does: what a person answers to the question is part of the one click of the story. */
async function click(state: State, members: readonly Member[], press: Press): Promise<void> {
  const player = playerOf(state)
  const ready: Ready[] = []
  for (const member of members) {
    const activity = await prepare(state, player, member, press)
    if (activity !== undefined) ready.push({ member, ...activity })
  }
  await Promise.all(
    ready.map(async ({ member, activity, form }) => {
      const delivery = await player.deliver(activity)
      accepted(delivery)
      const result = resultOf(delivery)
      hear(state, member, result)
      const { world } = state.emulator
      if (form === undefined || result.card === undefined) return
      world.setView(userOf(state, member), form.id, result.card)
      hearAgain(state, member, form.card, result.card)
    }),
  )
}

/** Clicks until only the last click is left, and returns that one; undefined when the first was answered with words. */
async function prepare(
  state: State,
  player: Player,
  member: Member,
  press: Press,
): Promise<Omit<Ready, 'member'> | undefined> {
  const user = userOf(state, member)
  await goBack(state, player, user, 'back')
  if (messageWith(state, user, press) === undefined) await goBack(state, player, user, 'show')
  // What fits a person leaves out what they may not do; the card that stands for all has it.
  if (messageWith(state, user, press) === undefined) state.emulator.world.forgetViews(user)
  const message = messageWith(state, user, press)
  if (message === undefined) {
    throw new Error(
      `there is no card with [${press.button}]${press.on === undefined ? '' : ` of ${press.on}`}`,
    )
  }
  const { id } = message
  const button = buttonOn(state, user, id, press)
  const verb = button?.verb ?? ''
  if (!['approve', 'map'].includes(verb) && !isFormName(verb)) {
    return button === undefined ? undefined : { activity: player.invoke(user, id, button) }
  }
  const sure = isFormName(verb) ? 'submit' : `${verb}Sure`
  const before = state.emulator.world.view(user, id) ?? {}
  const first = await player.click(user, id, press.button)
  accepted(first)
  if (first.card === undefined) {
    hear(state, member, first)
    return undefined
  }
  const yes = buttonsOf(first.card).find(({ verb }) => verb === sure)
  if (yes === undefined) throw new Error(`Teams did not ask before it did [${press.button}]`)
  state.questions.push(addedWords(before, first.card))
  const activity = player.invoke(user, id, yes, filledIn(first.card, press.reason))
  return isFormName(verb) ? { activity, form: { id, card: first.card } } : { activity }
}

/** The answers in the inputs of a card: chosen where there is a choice. */
function filledIn(card: Card, said: string | undefined): Readonly<Record<string, string>> {
  const inputs = elementsOf(card).filter(({ type }) => String(type).startsWith('Input.'))
  const answers = answersTo(inputs.length, said)
  return Object.fromEntries(
    inputs.map(({ id, choices, value = '' }, index) => {
      const answer = answers[index] ?? ''
      const options = (choices ?? []) as readonly { readonly title: string; readonly value: string }[]
      const chosen = options.find(({ title }) => isMeant(title, answer))?.value ?? value
      return [String(id), choices === undefined ? answer : String(chosen)]
    }),
  )
}

/** The foot of a card: on the same card it is another at another moment. */
const AGE = /^(Data from .+ ago \(observation \d+\)|The data is .+ old: type "observe" first)\.$/

/** What a question adds below the card it is asked on. */
function addedWords(before: Card, after: Card): Words {
  const known = new Set(teamsWords(before))
  return teamsWords(after).filter((line) => !known.has(line) && !AGE.test(line))
}

/** Whoever has left a question open goes back from it before they click anything else. */
async function goBack(
  { emulator: { world } }: State,
  player: Player,
  user: User,
  way: 'back' | 'show',
): Promise<void> {
  for (const { id } of world.posted) {
    const back = buttonsOf(world.view(user, id) ?? {}).find(({ verb }) => verb === way)
    if (back !== undefined) accepted(await player.click(user, id, back.title))
  }
}

function hear(state: State, { handle }: Member, answer: ClickResult): void {
  const { words } = answer
  if (words === undefined || SEE_BELOW.test(words)) return
  state.whispers.push({ to: handle, words: messageWords(words) })
}

/** A form that is shown again says why above its fields. */
function hearAgain(state: State, { handle }: Member, asked: Card, answer: Card): void {
  if (!buttonsOf(answer).some(({ verb }) => verb === 'submit')) return
  state.whispers.push({ to: handle, words: addedWords(asked, answer) })
}

/** The newest message on which this person sees such a button, or that of one request. */
function messageWith(state: State, user: User, press: Press): Posted | undefined {
  return state.emulator.world.posted.findLast(({ id }) => buttonOn(state, user, id, press) !== undefined)
}

/** The button as this person sees it on a message now, or the one that answers a question they left open. */
function buttonOn(
  { emulator: { world } }: State,
  user: User,
  id: string,
  { button, on }: Press,
): Button | undefined {
  const sure = `${button.toLowerCase()}Sure`
  return buttonsOf(world.view(user, id) ?? {}).find(
    ({ title, verb, data }) => (title === button || verb === sure) && (on === undefined || data['id'] === on),
  )
}

async function look(state: State): Promise<Seen> {
  const { world } = state.emulator
  const posts: Words[] = []
  const cards = new Map<string, Words>()
  const files: Handed[] = []
  const { whispers, questions } = state
  Object.assign(state, { whispers: [], questions: [] })
  for (const { id, conversation, card } of world.posted) {
    const words = card === undefined ? ['a message without a card'] : teamsWords(card)
    const text = words.join('\n')
    const before = state.read.get(id)
    state.read.set(id, text)
    if (before === text) continue
    const where = world.conversation(conversation)
    const link = card === undefined ? undefined : linkOf(card)
    if (before !== undefined) cards.set(text, words)
    else if (where?.type === 'personal') whispers.push({ to: handleOf(state, where), words })
    else if (link === undefined) posts.push(words)
    else {
      posts.push(words.filter((line) => line !== LINK_NOTE && line !== `[${link.title}]`))
      files.push(await download(state, link))
    }
  }
  return { posts, cards: [...cards.values()], whispers, files, questions }
}

function handleOf({ users }: State, { members }: Conversation): string {
  const found = [...users].find(([, { id }]) => id === members[0]?.id)
  if (found === undefined) throw new Error('Teams shows something to nobody of this story')
  return found[0]
}

interface Link {
  readonly title: string
  readonly url: string
}

function linkOf(card: Card): Link | undefined {
  const found = buttonsOf(card).find(({ type }) => type === 'Action.OpenUrl')
  return found?.url === undefined ? undefined : { title: found.title, url: found.url }
}

/** Follows a link to the bot itself: its public address leads to the listening port. */
async function download({ url }: State, link: Link): Promise<Handed> {
  const { origin, pathname } = new URL(link.url)
  if (origin !== PUBLIC_URL) throw new Error(`the link leads to ${origin}`)
  const response = await fetch(url + pathname)
  if (response.status !== 200) throw new Error(`the link is answered with ${response.status}`)
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? ''
  return { name, bytes: new Uint8Array(await response.arrayBuffer()) }
}
