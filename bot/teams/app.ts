import { type InvokeResponse, TurnContext } from 'botbuilder'
import { TEAMS_ACTIVITY_KEPT_MILLISECONDS, TEAMS_CLICK_MILLISECONDS } from '../../core/limits.js'
import type { ExportFile, Once } from '../../core/chat-ports.js'
import type { Log } from '../../core/ports.js'
import { problemCard } from '../cards/status.js'
import type { Board } from '../commands/board.js'
import type { Desk } from '../commands/desk.js'
import { type Exchange, type Route, type Work, answerPlain } from '../http.js'
import { type AnswerParts, type Origin, answerTyped, asProblem, privately } from './answer.js'
import { type Genuine, authenticate, bearerOf } from './authenticate.js'
import { answerClick } from './click.js'
import type { ClickAnswer } from './clicked.js'
import { TeamsAdapter, createAuthentication, createConversations } from './conversations.js'
import { createSignIn } from './credentials.js'
import { renderTeams, renderWords } from './render.js'
import { type Incoming, parseActivity, parseAddress, parsePress } from './schema.js'
import { type TeamsIdentity, type TeamsSettings, checkSettings } from './settings.js'
import { typedText } from './text.js'
import { newestOnly } from './updates.js'

export interface TeamsSurfaceOptions extends TeamsIdentity {
  /** Decides how long things are remembered; tokens are checked by this machine's clock, inside the SDK. */
  readonly now: () => Date
  readonly log: Log
  readonly desk: Desk
  readonly board: Board
  readonly once: Once
  /** Where acknowledged requests are carried out; whoever stops the program waits for it. */
  readonly work: Work
  /** A link to a finished file that ends by itself: https://…/files/<token>. */
  readonly fileLinks: (file: ExportFile) => string | Promise<string>
}

export interface TeamsSurface {
  readonly routes: readonly Route[]
  /** Resolves when Microsoft signs the bot in: a readiness check. Problem `unavailable` otherwise. */
  ready(): Promise<void>
}

interface Parts extends AnswerParts {
  readonly settings: TeamsSettings
  readonly auth: ReturnType<typeof createAuthentication>
  readonly adapter: TeamsAdapter
  readonly work: Work
}

/**
 * Teams through the Bot Connector: messages in personal chats, group chats and channels, and clicks on cards. Every request
 * is verified here before any handler; messages are acknowledged at once and carried out after. Problem `input` when the
 * identity cannot be right, above all without an app id.
 */
export function createTeamsSurface(options: TeamsSurfaceOptions): TeamsSurface {
  const settings = checkSettings(options)
  const { log, desk, board, once, work, now, fileLinks } = options
  const signIn = createSignIn(settings, now)
  const auth = createAuthentication(settings, signIn)
  const adapter = new TeamsAdapter(auth)
  const all = createConversations(adapter, settings)
  const conversations = { ...all, replace: newestOnly(all.replace) }
  const parts: Parts = {
    settings,
    auth,
    adapter,
    conversations,
    desk,
    board,
    log,
    once,
    work,
    now,
    fileLinks,
  }
  board.attach('teams', async (text, card) => {
    const address = parseAddress(text)
    if (address === undefined) throw new Error('the address of a posted card cannot be read')
    await conversations.replace(address, renderTeams(card))
  })
  const handle = (exchange: Exchange) => receive(parts, exchange)
  return {
    routes: [{ method: 'POST', path: '/api/messages', handle }],
    ready: async () => void (await signIn.token()),
  }
}

/** The door: nothing gets through that Teams did not send to this bot from our tenant. */
async function receive(parts: Parts, { message, response, body }: Exchange): Promise<void> {
  const { log, settings, auth } = parts
  const header = bearerOf(message.headersDistinct['authorization'])
  if (header === undefined) return answerPlain(response, 401)
  const activity = parseActivity(body.toString('utf8'))
  if (activity === undefined) {
    log.warn({}, 'a request that is no activity was refused')
    return answerPlain(response, 400)
  }
  const verdict = await authenticate(settings, auth, header, activity)
  if (verdict.genuine === undefined) {
    log.warn({ why: verdict.why }, 'a request that is not from Teams was refused')
    return answerPlain(response, verdict.status)
  }
  const origin = originOf(settings, activity)
  if (origin === undefined || !isUsed(activity)) return answerJson(response, undefined)
  if (!(await isFirst(parts, origin))) {
    log.info({ type: activity.type }, 'a repeated request of Teams was not carried out again')
    return answerJson(
      response,
      activity.type === 'invoke' ? said('This click was already taken.') : undefined,
    )
  }
  answerJson(response, await takeTurn(parts, verdict.genuine, activity, origin))
}

function answerJson(response: Exchange['response'], answer: InvokeResponse | undefined): void {
  if (response.headersSent) return
  response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json; charset=utf-8' })
  response.end(answer?.body === undefined ? '' : JSON.stringify(answer.body))
}

/** A message to the bot, or a click on one of its cards; where others talk, only what names the bot is for it. */
function isUsed({ type, name, conversation, mentions, recipient }: Incoming): boolean {
  if (type === 'invoke') return name === 'adaptiveCard/action'
  if (type !== 'message') return false
  const mentioned = mentions.some((mention) => mention.mentioned.id === recipient.id)
  return conversation.conversationType === 'personal' || mentioned
}

/** undefined for what no person did: bots, the channel itself. */
function originOf({ tenantId }: TeamsSettings, activity: Incoming): Origin | undefined {
  const { id, from, recipient, conversation, serviceUrl, replyToId } = activity
  if (id === undefined || from.aadObjectId === undefined) return undefined
  const at = { serviceUrl, conversation: conversation.id, bot: recipient.id }
  return {
    identity: `teams:${tenantId}:${from.aadObjectId}`,
    id,
    place: { ...at, user: from.id, replyTo: activity.type === 'message' ? id : (replyToId ?? '') },
    direct: conversation.conversationType === 'personal',
    clicked: replyToId === undefined ? undefined : { ...at, activity: replyToId },
  }
}

/** Teams sends again what was not answered in time, under the same id. */
async function isFirst({ once, now }: Parts, { place, id }: Origin): Promise<boolean> {
  const until = new Date(now().getTime() + TEAMS_ACTIVITY_KEPT_MILLISECONDS)
  return await once.first(`teams:${place.conversation}:${id}`, until)
}

async function takeTurn(
  parts: Parts,
  genuine: Genuine,
  activity: Incoming,
  origin: Origin,
): Promise<InvokeResponse | undefined> {
  const { adapter, work } = parts
  return await adapter.turn(genuine, activity, async (turn) => {
    if (activity.type === 'invoke') {
      const value = await click(parts, activity, origin)
      await turn.sendActivity({ type: 'invokeResponse', value })
    } else {
      const text = typedText(TurnContext.removeRecipientMention(turn.activity) ?? '')
      work.start('teams message', () => carryOut(parts, text, origin))
    }
  })
}

/** Does what was typed, and answers it, also when it failed. */
async function carryOut(parts: Parts, text: string, origin: Origin): Promise<void> {
  const { desk, conversations, log } = parts
  let told = false
  const onProgress = () => {
    if (told) return
    told = true
    // A sign of life only: the answer does not wait for it.
    conversations.type(origin.place).catch(() => log.info({}, 'the sign of typing did not arrive in Teams'))
  }
  try {
    await answerTyped(parts, await desk.ask(origin.identity, text, onProgress), origin)
  } catch (error) {
    await privately(parts, problemCard(asProblem(log, error, origin)), origin)
  }
}

/** The answer to a click, in time: Teams does not wait for long, and what takes longer is told afterwards. */
async function click(parts: Parts, { value }: Incoming, origin: Origin): Promise<InvokeResponse> {
  return await new Promise<InvokeResponse>((resolve) => {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      resolve(said('This takes a moment longer. The answer follows.'))
    }, TEAMS_CLICK_MILLISECONDS)
    parts.work.start('teams click', async () => {
      const answer = await carryOutClick(parts, value, origin)
      clearTimeout(timer)
      if (!isLate) resolve(responseOf(answer))
      else if (answer.say !== undefined) await privately(parts, answer.say, origin)
      await answer.after?.()
    })
  })
}

async function carryOutClick(parts: Parts, value: unknown, origin: Origin): Promise<ClickAnswer> {
  try {
    return await answerClick(parts, parsePress(value), origin)
  } catch (error) {
    return { say: problemCard(asProblem(parts.log, error, origin)) }
  }
}

function responseOf({ show, say }: ClickAnswer): InvokeResponse {
  if (show !== undefined) return shown(show.card)
  return said(say === undefined ? 'Done.' : renderWords(say))
}

/** Answers to clicks (Universal Actions for Adaptive Cards): words for the clicker, or a card in place of the clicked. */
function said(value: string): InvokeResponse {
  const type = 'application/vnd.microsoft.activity.message'
  return { status: 200, body: { statusCode: 200, type, value } }
}

function shown(value: object): InvokeResponse {
  const type = 'application/vnd.microsoft.card.adaptive'
  return { status: 200, body: { statusCode: 200, type, value } }
}
