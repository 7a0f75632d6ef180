import type { IncomingMessage } from 'node:http'
import { type App, HTTPReceiver } from '@slack/bolt'
import { SLACK_READY_MILLISECONDS, SLACK_SIGNING_SECRET_LENGTH } from '../../core/chat-limits.js'
import type { Once } from '../../core/chat-ports.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { problemCard } from '../cards/status.js'
import type { Board } from '../commands/board.js'
import type { Desk } from '../commands/desk.js'
import { type Exchange, type Route, type Work, answerPlain } from '../http.js'
import { type Actable, type Received, act, turnAway } from './act.js'
import type { Pacing } from '../lanes.js'
import { reasonOf } from '../trouble.js'
import { type Answers, createAnswers } from './answer.js'
import { boltOver } from './bolt.js'
import { SLACK_API, type SlackClient, respondTo, slackLogger } from './client.js'
import { type Homes, createHomes } from './home.js'
import { type SlackInstallOptions, createInstallRoutes } from './install.js'
import { slackCards } from './later.js'
import { plainBody } from './plain-body.js'
import { renderSlack } from './render.js'
import {
  type Challenge,
  bodyOf,
  contentType,
  incomingOf,
  isCertificateCheck,
  parseAddress,
} from './schema.js'
import { type Installed, type Removal, installedOf, parseRemoval } from './schema-install.js'
import { createSocket } from './socket.js'
import { verifySignature } from './verify.js'
import { type Served, type Workspaces, createWorkspaces, nameOf } from './workspaces.js'

export interface SlackSurfaceOptions {
  /** "xoxb-…": the bot token of one workspace; undefined: workspaces install the app by themselves. */
  readonly botToken?: string | undefined
  /** Over HTTP: what Slack signs its requests with. */
  readonly signingSecret?: string | undefined
  /** "xapp-…": over Socket Mode, instead of HTTP. */
  readonly appToken?: string | undefined
  /** How workspaces install the app by themselves; undefined: they cannot. */
  readonly install?: SlackInstallOptions | undefined
  /** Another address of the Web API: an emulator's, or another cloud's. */
  readonly apiUrl?: string | undefined
  /** Decides whether a request is fresh. */
  readonly now: () => Date
  readonly log: Log
  readonly desk: Desk
  readonly board: Board
  readonly once: Once
  /** Where acknowledged requests are carried out; whoever stops the program waits for it. */
  readonly work: Work
  /** What keeps Slack's pace. */
  readonly pacing: Pacing
}

export interface SlackSurface {
  readonly routes: readonly Route[]
  /** Resolves when Slack accepts the token, and the socket is open: a readiness check. Problem `unavailable` otherwise. */
  ready(): Promise<void>
  /** The program is to end: what would wait for its turn is kept for whoever is next. */
  end(): void
  /** Opens what is kept open; without a socket nothing. */
  begin(): void
  /** Takes no more. */
  close(): Promise<void>
}

const ENDPOINT = '/slack/events'

/**
 * Slack over HTTP: commands, mentions, direct messages, buttons and windows, all at one address. Every
 * request is verified here before Bolt sees it, acknowledged at once, and carried out after. Over Socket Mode the same,
 * through a connection of our own. Problem `input` when a token or secret cannot be right.
 */
export function createSlackSurface(options: SlackSurfaceOptions): SlackSurface {
  checkSecrets(options)
  const { log, board, desk, work, botToken, install, appToken, now } = options
  const apiUrl = options.apiUrl ?? SLACK_API
  const { pacing } = options
  const workspaces = createWorkspaces({ botToken, apiUrl, store: install?.store, now, log, pacing })
  board.attach('slack', slackCards(workspaces.at))
  const answersIn = answersByWorkspace(options)
  const start = (due: Due) => {
    work.start(`slack ${due.incoming.kind}`, async () => {
      const { incoming, key, installed } = due
      if (incoming.kind === 'removal') return await workspaces.removed(installed, incoming)
      const served = await servedOrWhy(workspaces, installed, log)
      if (!(served instanceof Problem)) {
        return await act({ ...options, client: served.client, ...answersIn(served) }, { incoming, key })
      }
      const message = renderSlack(problemCard(served))
      await turnAway(options, { incoming, key }, (responseUrl) =>
        respondTo(responseUrl, message, { apiUrl, log }),
      )
    })
  }
  const accepted = botToken === undefined ? async () => undefined : readiness(workspaces.at(undefined), now)
  if (botToken !== undefined) {
    work.start('slack auth.test', async () => {
      await accepted().catch((error: unknown) => {
        log.error({ reason: reasonOf(error) }, 'Slack does not take the token')
      })
    })
  }
  if (appToken !== undefined) {
    return { ...overSocket({ ...options, appToken, apiUrl }, start, accepted), end: () => workspaces.end() }
  }
  const receiver = boltBehind(log, desk, start)
  const handle = (exchange: Exchange) => receive(options, receiver, exchange)
  const installed = (key: string) => workspaces.forget(key)
  const routes =
    install === undefined ? [] : createInstallRoutes({ ...options, ...install, apiUrl, installed })
  return {
    routes: [{ method: 'POST', path: ENDPOINT, handle }, ...routes],
    ready: accepted,
    begin: () => undefined,
    end: () => workspaces.end(),
    close: async () => undefined,
  }
}

/** Whose token answers a request; else why there is none, in words for whoever asked. */
async function servedOrWhy(
  workspaces: Workspaces,
  installed: Installed,
  log: Log,
): Promise<Served | Problem> {
  const workspace = nameOf(installed)
  const notDone = 'Nothing was done.'
  try {
    const served = await workspaces.of(installed)
    if (served !== undefined) return served
    log.warn({ workspace }, 'a request from a workspace without the app was not carried out')
    const what = 'This workspace has not installed the app.'
    return new Problem({
      kind: 'notFound',
      what,
      notDone,
      next: 'Have it installed again at /slack/install.',
    })
  } catch (error) {
    log.error(
      { workspace, reason: reasonOf(error) },
      'a request was not carried out: its token cannot be read',
    )
    const what = 'What I need to answer in this workspace cannot be read.'
    return new Problem({
      kind: 'unavailable',
      what,
      notDone,
      next: 'Tell whoever runs this bot: its log says why.',
    })
  }
}

function overSocket(
  options: SlackSurfaceOptions & { readonly appToken: string; readonly apiUrl: string },
  start: (due: Due) => void,
  accepted: () => Promise<void>,
): Omit<SlackSurface, 'end'> {
  const { appToken, apiUrl, log, desk } = options
  const socket = createSocket({
    appToken,
    apiUrl,
    log,
    listen: (bolt) => listen(bolt, desk, start),
    read: (body, key): Genuine | undefined => {
      const incoming = parseRemoval(body) ?? incomingOf(body)
      if (incoming === undefined) log.warn({}, 'an envelope of Slack cannot be read')
      if (incoming === undefined || incoming.kind === 'ignored') return undefined
      return { incoming, key, installed: installedOf(body) }
    },
  })
  const ready = async () => {
    socket.check()
    await accepted()
  }
  return { routes: [], ready, begin: () => socket.begin(), close: () => socket.close() }
}

interface Answering {
  readonly answers: Answers
  readonly homes: Homes
}

/** Answers go with the token of their workspace, and cards remember whose it was. */
function answersByWorkspace({ desk, board, log, now }: SlackSurfaceOptions): (served: Served) => Answering {
  const known = new Map<string | undefined, Answering>()
  return ({ client, key }) => {
    const before = known.get(key)
    if (before !== undefined) return before
    const remember: Board['remember'] = (card) => {
      const address = key === undefined ? undefined : parseAddress(card.address)
      if (address === undefined) return board.remember(card)
      return board.remember({ ...card, address: JSON.stringify({ ...address, workspace: key }) })
    }
    const answers = createAnswers({ client, workspace: key, desk, board: { ...board, remember }, log })
    const answering = { answers, homes: createHomes({ client, desk, log, now }) }
    known.set(key, answering)
    return answering
  }
}

function checkSecrets({ botToken, signingSecret, appToken, install }: SlackSurfaceOptions): void {
  const mistakes = [
    ...(botToken?.startsWith('xox') === false ? ['the bot token does not begin with xoxb-'] : []),
    ...(botToken === undefined && install === undefined ? ['there is no bot token'] : []),
    ...(appToken?.startsWith('xapp-') === false ? ['the app token does not begin with xapp-'] : []),
    ...(appToken !== undefined || (signingSecret ?? '').trim().length >= SLACK_SIGNING_SECRET_LENGTH
      ? []
      : ['the signing secret is too short']),
  ]
  if (mistakes.length === 0) return
  throw new Problem({
    kind: 'input',
    what: `Slack cannot be reached like this: ${mistakes.join('; ')}.`,
    notDone: 'Nothing was started.',
    next: 'Copy both secrets again from the app’s pages at Slack.',
  })
}

/** A request that is Slack's, and where it comes from. */
interface Genuine extends Received<Actable | Challenge | Removal> {
  readonly installed: Installed
}

/** Acknowledged, and to be carried out. */
interface Due extends Received<Actable | Removal> {
  readonly installed: Installed
}

/** The door: nothing gets through to Bolt that is not freshly signed by Slack and readable. */
function receive(
  { signingSecret = '', now, log }: SlackSurfaceOptions,
  bolt: Bolt,
  { message, response, body }: Exchange,
): void {
  const type = contentType(message.headers['content-type'])
  const text = body.toString('utf8')
  const verdict = verifySignature(message, body, signingSecret, now())
  if (!verdict.genuine) {
    const unsigned = message.headers['x-slack-signature'] === undefined
    if (unsigned && type !== undefined && isCertificateCheck(type, text)) return answerPlain(response, 200)
    log.warn({ why: verdict.why }, 'a request that is not from Slack was refused')
    return answerPlain(response, 401)
  }
  const value = type === undefined ? undefined : bodyOf(type, text)
  const incoming = parseRemoval(value) ?? incomingOf(value)
  if (type === undefined || incoming === undefined) return answerPlain(response, 400)
  if (incoming.kind === 'ignored') return answerPlain(response, 200)
  message.headers['content-type'] = 'application/json'
  bolt.dispatch(
    Object.assign(message, { rawBody: Buffer.from(JSON.stringify(plainBody(incoming))) }),
    response,
    {
      incoming,
      key: verdict.key,
      installed: installedOf(value),
    },
  )
}

interface Bolt {
  dispatch(message: IncomingMessage, response: Exchange['response'], received: Genuine): void
}

/** Bolt with its receiver, without its server. `start` gets what was acknowledged and is left to do. */
function boltBehind(log: Log, desk: Desk, start: (due: Due) => void): Bolt {
  const genuine = new WeakMap<IncomingMessage, Genuine>()
  const logger = slackLogger(log)
  const receiver = new HTTPReceiver({
    signingSecret: 'verified before',
    // Bolt would accept stamps from the future, and asks this machine's clock: our own check comes before.
    signatureVerification: false,
    endpoints: ENDPOINT,
    logger,
    customPropertiesExtractor: (message) => ({ received: genuine.get(message) }),
    processEventErrorHandler: async ({ error, response }) => {
      log.error({ reason: error.stack }, 'Bolt failed on a request')
      answerPlain(response, 500)
      return true
    },
  })
  boltOver(receiver, log, (bolt) => listen(bolt, desk, start))
  return {
    dispatch(message, response, received) {
      genuine.set(message, received)
      receiver.requestListener(message, response)
    },
  }
}

function listen(bolt: App, desk: Desk, start: (due: Due) => void): void {
  const take = (context: Readonly<Record<string, unknown>>) => {
    const received = context['received'] as Genuine | undefined
    if (received === undefined || received.incoming.kind === 'challenge') return
    start({ ...received, incoming: received.incoming })
  }
  bolt.command(/^\//, async ({ ack, context }) => {
    await ack()
    take(context)
  })
  // Bolt acknowledges events itself, before it calls these.
  bolt.event('app_mention', async ({ context }) => take(context))
  bolt.event('message', async ({ context }) => take(context))
  bolt.event('app_home_opened', async ({ context }) => take(context))
  bolt.event('app_uninstalled', async ({ context }) => take(context))
  bolt.event('tokens_revoked', async ({ context }) => take(context))
  bolt.action(/[^]*/, async ({ ack, context }) => {
    await ack()
    take(context)
  })
  bolt.view(/[^]*/, async ({ ack, context }) => {
    const { incoming } = context['received'] as Genuine
    const mistakes = incoming.kind === 'submission' ? desk.mistakes(incoming.name, incoming.values) : []
    const errors = Object.fromEntries(mistakes)
    // What the values alone show is said in the window, which stays open.
    if (Object.keys(errors).length > 0) return await ack({ response_action: 'errors', errors })
    await ack()
    take(context)
  })
}

/** Asks Slack who the token belongs to; the answer counts for some minutes, and who asks meanwhile shares the call. */
function readiness(client: SlackClient, now: () => Date): () => Promise<void> {
  let until = 0
  let asking: Promise<void> | undefined
  const ask = async () => {
    await client.whoAmI()
    until = now().getTime() + SLACK_READY_MILLISECONDS
  }
  return async () => {
    if (now().getTime() < until) return
    await (asking ??= ask().finally(() => (asking = undefined)))
  }
}
