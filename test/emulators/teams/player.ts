import { fileOf } from './attachments.js'
import { type Button, buttonsOf, renewalOf } from './cards.js'
import type { UploadInfo } from './drive.js'
import { type SigningKey, signToken } from './keys.js'
import type { TeamsEmulator } from './server.js'
import type { Card, Conversation, User } from './world.js'

/** An activity as the channel sends it. */
export type Activity = Readonly<Record<string, unknown>>

export interface Delivery {
  readonly status: number
  readonly body: unknown
  /** What was sent, to be sent again. */
  readonly activity: Activity
}

/** What the one who clicked sees. */
export interface ClickResult extends Delivery {
  /** Words shown to the clicker alone. */
  readonly words: string | undefined
  /** The card in place of the clicked one. */
  readonly card: Card | undefined
}

/** People at their keyboards, and the channel that carries what they do to the bot. */
export interface Player {
  /** Writes to the bot: bare in a personal chat, after its name elsewhere. */
  say(user: User, conversation: Conversation, text: string): Promise<Delivery>
  /** Presses a button of what this person sees of a message, by its title. */
  click(
    user: User,
    messageId: string,
    title: string,
    inputs?: Readonly<Record<string, string>>,
  ): Promise<ClickResult>
  /**
   * Looks at a message: the client renews it by itself, if it is to be renewed for this person. It does so once for each
   * state of the message, and again a minute `later`. undefined: it had no reason to.
   */
  look(user: User, messageId: string, later?: boolean): Promise<ClickResult | undefined>
  /** Answers an offered file: with where it may be put, or with a no. */
  answerFile(user: User, messageId: string, place: UploadInfo | undefined): Promise<Delivery>
  fileAnswer(user: User, messageId: string, place: UploadInfo | undefined): Activity
  /** Adds the app where a conversation is, or takes it away: both activities of it. `team`: of a channel. */
  install(user: User, conversation: Conversation, team?: string): Promise<void>
  uninstall(user: User, conversation: Conversation, team?: string): Promise<void>
  /** Sends any activity, with a good token unless another header is given. */
  deliver(activity: Activity, headers?: Readonly<Record<string, string>>): Promise<Delivery>
  message(user: User, conversation: Conversation, text: string): Activity
  invoke(
    user: User,
    messageId: string,
    button: Pick<Button, 'verb' | 'data'>,
    inputs?: Readonly<Record<string, string>>,
  ): Activity
  /** The Authorization header of the channel. */
  authorization(): Promise<string>
}

/** Claims of the channel's token, as the Bot Connector makes them. */
export function channelClaims({
  issuer,
  appId,
  serviceUrl,
}: TeamsEmulator): Readonly<Record<string, unknown>> {
  const now = Math.floor(Date.now() / 1000)
  return { serviceurl: serviceUrl, nbf: now - 300, exp: now + 3600, iss: issuer, aud: appId }
}

/** @param botUrl where the bot listens: http://127.0.0.1:3978 */
export function createPlayer(emulator: TeamsEmulator, botUrl: string): Player {
  const { world, keys } = emulator
  let token: Promise<string> | undefined
  const authorization = async () => `Bearer ${await (token ??= channelToken(emulator, keys.teams))}`
  const deliver: Player['deliver'] = async (activity, headers) => {
    const response = await fetch(`${botUrl}/api/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(headers ?? { authorization: await authorization() }),
      },
      body: JSON.stringify(activity),
    })
    const text = await response.text()
    return { status: response.status, body: jsonOf(text), activity }
  }
  const message: Player['message'] = (user, conversation, text) =>
    messageActivity(emulator, user, conversation, text)
  const invoke: Player['invoke'] = (user, messageId, button, inputs = {}) =>
    invokeActivity(emulator, user, messageId, button, inputs)
  const installing = async (
    user: User,
    conversation: Conversation,
    team: string | undefined,
    adds: boolean,
  ) => {
    for (const activity of installation(emulator, user, conversation, team, adds)) await deliver(activity)
  }
  const fileAnswer: Player['fileAnswer'] = (user, messageId, place) =>
    fileActivity(emulator, user, messageId, place)
  const renewed = new Set<string>()
  return {
    authorization,
    deliver,
    message,
    invoke,
    fileAnswer,
    answerFile: (user, messageId, place) => deliver(fileAnswer(user, messageId, place)),
    install: (user, conversation, team) => installing(user, conversation, team, true),
    uninstall: (user, conversation, team) => installing(user, conversation, team, false),
    look: async (user, messageId, later = false) => {
      const renewal = renewalOf(world.find(messageId)?.card ?? {})
      if (renewal === undefined || !renewal.userIds.includes(user.id)) return undefined
      const state = `${user.id} ${messageId} ${world.find(messageId)?.updates}`
      if (renewed.has(state) && !later) return undefined
      renewed.add(state)
      const asked = invoke(user, messageId, renewal)
      const value = { ...(asked['value'] as object), trigger: 'automatic' }
      const result = resultOf(await deliver({ ...asked, value }))
      if (result.card !== undefined) world.setView(user, messageId, result.card)
      return result
    },
    say: (user, conversation, text) => deliver(message(user, conversation, text)),
    click: async (user, messageId, title, inputs) => {
      const card = world.view(user, messageId)
      const button =
        card === undefined ? undefined : buttonsOf(card).find((candidate) => candidate.title === title)
      if (button?.verb === undefined) throw new Error(`${user.name} sees no button “${title}” to press`)
      const delivery = await deliver(invoke(user, messageId, button, inputs))
      const result = resultOf(delivery)
      if (result.card !== undefined) world.setView(user, messageId, result.card)
      return result
    },
  }
}

async function channelToken(emulator: TeamsEmulator, key: SigningKey): Promise<string> {
  return await signToken(key, channelClaims(emulator))
}

function jsonOf(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return text
  }
}

/** The answer to a click (Universal Actions for Adaptive Cards). */
export function resultOf(delivery: Delivery): ClickResult {
  const { type, value } = (delivery.body ?? {}) as { readonly type?: string; readonly value?: unknown }
  return {
    ...delivery,
    words: type === 'application/vnd.microsoft.activity.message' ? String(value) : undefined,
    card: type === 'application/vnd.microsoft.card.adaptive' ? (value as Card) : undefined,
  }
}

function common(emulator: TeamsEmulator, user: User, conversation: Conversation, thread: string) {
  const { tenantId, serviceUrl, botId } = emulator
  const { type } = conversation
  return {
    timestamp: new Date().toISOString(),
    channelId: 'msteams',
    serviceUrl,
    from: { id: user.id, name: user.name, aadObjectId: user.aadObjectId },
    recipient: { id: botId, name: 'Billing' },
    conversation: {
      id: `${conversation.id}${thread}`,
      conversationType: type,
      tenantId,
      ...(type === 'personal' ? {} : { isGroup: true }),
    },
    channelData: { tenant: { id: tenantId } },
    locale: 'en-US',
  }
}

function messageActivity(
  emulator: TeamsEmulator,
  user: User,
  conversation: Conversation,
  text: string,
): Activity {
  const id = emulator.world.nextId()
  const thread = conversation.type === 'channel' ? `;messageid=${id}` : ''
  const mention = {
    type: 'mention',
    mentioned: { id: emulator.botId, name: 'Billing' },
    text: '<at>Billing</at>',
  }
  const isPersonal = conversation.type === 'personal'
  return {
    ...common(emulator, user, conversation, thread),
    type: 'message',
    id,
    textFormat: 'plain',
    text: isPersonal ? text : `<at>Billing</at> ${text}`,
    entities: [{ type: 'clientInfo', locale: 'en-US' }, ...(isPersonal ? [] : [mention])],
  }
}

function invokeActivity(
  emulator: TeamsEmulator,
  user: User,
  messageId: string,
  { verb, data }: Pick<Button, 'verb' | 'data'>,
  inputs: Readonly<Record<string, string>>,
): Activity {
  const { world } = emulator
  const posted = world.find(messageId)
  const conversation = posted === undefined ? undefined : world.conversation(posted.conversation)
  if (posted === undefined || conversation === undefined) throw new Error(`there is no message ${messageId}`)
  const thread = posted.conversation.slice(conversation.id.length)
  const action = { type: 'Action.Execute', title: verb, verb, data: { ...data, ...inputs } }
  return {
    ...common(emulator, user, conversation, thread),
    type: 'invoke',
    id: `f:${world.nextId()}`,
    name: 'adaptiveCard/action',
    replyToId: messageId,
    value: { action, trigger: 'manual' },
  }
}

/** The answer to an offered file (Teams: file consent). */
function fileActivity(
  emulator: TeamsEmulator,
  user: User,
  messageId: string,
  place: UploadInfo | undefined,
): Activity {
  const posted = emulator.world.find(messageId)
  const offer = posted === undefined ? undefined : fileOf(posted.activity)
  if (offer?.kind !== 'consent') throw new Error(`no file is offered by ${messageId}`)
  const { acceptContext, declineContext } = offer.content
  const value =
    place === undefined
      ? { type: 'fileUpload', action: 'decline', context: declineContext }
      : { type: 'fileUpload', action: 'accept', context: acceptContext, uploadInfo: place }
  const base = invokeActivity(emulator, user, messageId, { verb: '', data: {} }, {})
  return { ...base, name: 'fileConsent/invoke', value }
}

/** Teams tells the bot of an installation twice. */
function installation(
  emulator: TeamsEmulator,
  user: User,
  conversation: Conversation,
  team: string | undefined,
  adds: boolean,
): Activity[] {
  const base = common(emulator, user, conversation, '')
  const channelData = { ...base.channelData, ...(team === undefined ? {} : { team: { id: team } }) }
  const bot = [{ id: emulator.botId }]
  const members = adds ? { membersAdded: bot } : { membersRemoved: bot }
  const update = { ...base, channelData, type: 'conversationUpdate', id: `f:${emulator.world.nextId()}` }
  const installed = { ...update, type: 'installationUpdate', id: `f:${emulator.world.nextId()}` }
  return [
    { ...update, ...members },
    { ...installed, action: adds ? 'add' : 'remove' },
  ]
}
