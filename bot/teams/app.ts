import type { InvokeResponse } from 'botbuilder'
import { TEAMS_ACTIVITY_KEPT_MILLISECONDS } from '../../core/chat-limits.js'
import type { ConversationReferences, ExportFile, Once } from '../../core/chat-ports.js'
import type { Log } from '../../core/ports.js'
import type { Card } from '../cards/model.js'
import type { Board } from '../commands/board.js'
import type { Desk } from '../commands/desk.js'
import { type Exchange, type Route, type Work, answerPlain } from '../http.js'
import type { Pacing } from '../lanes.js'
import { ANONYMOUS_WARNING, anonymousSettings, believe } from './anonymous.js'
import type { Origin } from './answer.js'
import { type Verdict, authenticate, bearerOf } from './authenticate.js'
import { TeamsAdapter, createAuthentication, createConversations } from './conversations.js'
import { createSignIn } from './credentials.js'
import { teamsCards } from './later.js'
import { type Kind, kindOf } from './kinds.js'
import { originOf, strangerOf } from './origin.js'
import { pacedConversations } from './paced.js'
import { createReach } from './references.js'
import { notSupported, said } from './responses.js'
import { type Incoming, parseActivity, parsePress } from './schema.js'
import { type TeamsIdentity, type TeamsSettings, checkSettings } from './settings.js'
import { type TurnParts, takeTurn } from './turn.js'
import { createViews } from './views.js'

export interface TeamsSurfaceOptions extends TeamsIdentity {
  /** Nobody is checked, for trying on this machine alone: the app id stays empty, and `host` says where the server listens. */
  readonly anonymous?: { readonly host: string | undefined } | undefined
  /** Decides how long things are remembered; tokens are checked by this machine's clock, inside the SDK. */
  readonly now: () => Date
  readonly log: Log
  readonly desk: Desk
  readonly board: Board
  readonly once: Once
  readonly references: ConversationReferences
  /** Where acknowledged requests are carried out; whoever stops the program waits for it. */
  readonly work: Work
  /** A link to a finished file that ends by itself: https://…/files/<token>. */
  readonly fileLinks: (file: ExportFile) => string | Promise<string>
  /** What keeps Teams' pace. */
  readonly pacing: Pacing
}

export interface TeamsSurface {
  readonly routes: readonly Route[]
  /** What whoever looks after the server must know, in sentences. */
  readonly warnings: readonly string[]
  /** Resolves when Microsoft signs the bot in: a readiness check. Problem `unavailable` otherwise. */
  ready(): Promise<void>
  /** The program is to end: what would wait for its turn is kept for whoever is next. */
  end(): void
  /**
   * Writes a card to a person alone, without having been asked: "teams:<tenant>:<object id>". Problem `notFound` when they
   * were never met in Teams, `held` when they have closed the chat, `unavailable` when Teams does not take it.
   */
  tellPerson(identity: string, card: Card): Promise<void>
}

interface Parts extends TurnParts {
  readonly settings: TeamsSettings
  readonly auth: ReturnType<typeof createAuthentication>
}

/**
 * Teams through the Bot Connector: messages in personal chats, group chats and channels, and clicks on cards. Every request
 * is verified here before any handler; messages are acknowledged at once and carried out after. Problem `input` when the
 * identity cannot be right, above all without an app id.
 */
export function createTeamsSurface(options: TeamsSurfaceOptions): TeamsSurface {
  const { anonymous, tenantId } = options
  const settings =
    anonymous === undefined ? checkSettings(options) : anonymousSettings({ tenantId, ...anonymous })
  const { log, desk, board, once, references, work, now, fileLinks } = options
  const signIn = createSignIn(settings, now)
  const auth = createAuthentication(settings, signIn)
  const adapter = new TeamsAdapter(auth)
  const conversations = pacedConversations(createConversations(adapter, settings), options.pacing)
  const reach = createReach({ ...settings, references, conversations, desk, log, now })
  const view = createViews({ desk, log, now })
  const { development } = settings
  const tools = { settings, auth, adapter, conversations, reach, view, development }
  const parts: Parts = { ...tools, desk, board, log, once, work, now, fileLinks }
  board.attach('teams', teamsCards(conversations, reach))
  if (settings.anonymous) log.warn({}, ANONYMOUS_WARNING)
  const handle = (exchange: Exchange) => receive(parts, exchange)
  return {
    routes: [{ method: 'POST', path: '/api/messages', handle }],
    warnings: settings.anonymous ? [ANONYMOUS_WARNING] : [],
    ready: async () => void (settings.anonymous || (await signIn.token())),
    tellPerson: reach.tellPerson,
    end: () => conversations.end(),
  }
}

/** The door: nothing gets through that Teams did not send to this bot from our tenant. */
async function receive(parts: Parts, { message, response, body }: Exchange): Promise<void> {
  const { log, settings, auth } = parts
  const header = bearerOf(message.headersDistinct['authorization'])
  if (header === undefined && !settings.anonymous) return answerPlain(response, 401)
  const activity = parseActivity(body.toString('utf8'))
  if (activity === undefined) {
    log.warn({}, 'a request that is no activity was refused')
    return answerPlain(response, 400)
  }
  const verdict = settings.anonymous
    ? await believe(settings, auth, message, activity)
    : await authenticate(settings, auth, header ?? '', activity)
  if (verdict.genuine === undefined) {
    log.warn({ why: verdict.why }, 'a request that is not from Teams was refused')
    return answerPlain(response, verdict.status)
  }
  await admitted(parts, verdict.genuine, activity, response)
}

async function admitted(
  parts: Parts,
  genuine: Exclude<Verdict['genuine'], undefined>,
  activity: Incoming,
  response: Exchange['response'],
): Promise<void> {
  const { log, settings, reach, work } = parts
  const kind = kindOf(activity)
  if (kind === 'nothing') return answerJson(response, undefined)
  // What nobody knows is no error of ours: clients ask every bot for everything.
  if (kind === 'unknown') return answerJson(response, notSupported())
  if (kind === 'installed' || kind === 'removed') {
    work.start('teams installation', () => reach[kind](activity))
    return answerJson(response, undefined)
  }
  const origin = originOf(settings, activity)
  if (origin === undefined) return await refuseStranger(parts, activity, response)
  if (kind !== 'refresh' && !(await isFirst(parts, origin.place, origin.id))) {
    log.info({ type: activity.type }, 'a repeated request of Teams was not carried out again')
    return answerJson(response, repeated(kind))
  }
  answerJson(response, await takeTurn(parts, genuine, activity, { kind, origin }))
}

function repeated(kind: Kind): InvokeResponse | undefined {
  return kind === 'click' ? said('This click was already taken.') : undefined
}

/** Messages of bots are left alone, or two of them would talk for ever; a click of what is no person is refused and noted. */
async function refuseStranger(
  parts: Parts,
  activity: Incoming,
  response: Exchange['response'],
): Promise<void> {
  const { type, id, conversation, value } = activity
  if (type !== 'invoke' || id === undefined) return answerJson(response, undefined)
  if (await isFirst(parts, { conversation: conversation.id }, id)) {
    const { verb: name, target } = parsePress(value)
    // Nobody has this identity, so the desk refuses whatever it is, and writes it down.
    await parts.desk.click(strangerOf(parts.settings, activity), { name, target })
  }
  answerPlain(response, 403)
}

function answerJson(response: Exchange['response'], answer: InvokeResponse | undefined): void {
  if (response.headersSent) return
  response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json; charset=utf-8' })
  response.end(answer?.body === undefined ? '' : JSON.stringify(answer.body))
}

/** Teams sends again what was not answered in time, under the same id. */
async function isFirst(
  { once, now }: Parts,
  { conversation }: Pick<Origin['place'], 'conversation'>,
  id: string,
): Promise<boolean> {
  const until = new Date(now().getTime() + TEAMS_ACTIVITY_KEPT_MILLISECONDS)
  return await once.first(`teams:${conversation}:${id}`, until)
}
