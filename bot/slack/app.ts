import type { IncomingMessage } from 'node:http'
import { App, HTTPReceiver, LogLevel } from '@slack/bolt'
import { SLACK_READY_MILLISECONDS, SLACK_SIGNING_SECRET_LENGTH } from '../../core/limits.js'
import type { Once } from '../../core/chat-ports.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { Board } from '../commands/board.js'
import type { Desk } from '../commands/desk.js'
import { type Exchange, type Route, type Work, answerPlain } from '../http.js'
import { type Actable, type Received, act } from './act.js'
import { createAnswers, reasonOf } from './answer.js'
import { SLACK_API, type SlackClient, createSlackClient, slackLogger } from './client.js'
import { plainBody } from './plain-body.js'
import { renderSlack } from './render.js'
import { type Challenge, contentType, isCertificateCheck, parseAddress, parseIncoming } from './schema.js'
import { newestOnly } from './updates.js'
import { verifySignature } from './verify.js'

export interface SlackSurfaceOptions {
  /** "xoxb-…": the bot token of the one workspace. */
  readonly botToken: string
  readonly signingSecret: string
  /** Another address of the Web API: an emulator's, or another cloud's. */
  readonly apiUrl?: string
  /** Decides whether a request is fresh. */
  readonly now: () => Date
  readonly log: Log
  readonly desk: Desk
  readonly board: Board
  readonly once: Once
  /** Where acknowledged requests are carried out; whoever stops the program waits for it. */
  readonly work: Work
}

export interface SlackSurface {
  readonly routes: readonly Route[]
  /** Resolves when Slack accepts the token: a readiness check. Problem `unavailable` otherwise. */
  ready(): Promise<void>
}

const ENDPOINT = '/slack/events'

/**
 * Slack over HTTP: commands, mentions, direct messages, buttons and windows, all at one address. Every
 * request is verified here before Bolt sees it, acknowledged at once, and carried out after. Problem `input` when token
 * or secret cannot be right.
 */
export function createSlackSurface(options: SlackSurfaceOptions): SlackSurface {
  checkSecrets(options)
  const { log, board, desk, work } = options
  const slack = createSlackClient({ botToken: options.botToken, apiUrl: options.apiUrl ?? SLACK_API, log })
  const client: SlackClient = { ...slack, update: newestOnly(slack.update) }
  const answers = createAnswers({ client, desk, board, log })
  board.attach('slack', async (text, card) => {
    const address = parseAddress(text)
    if (address === undefined) throw new Error('the address of a posted card cannot be read')
    await client.update(address, renderSlack(card))
  })
  const receiver = boltBehind(log, desk, (received) => {
    work.start(`slack ${received.incoming.kind}`, () => act({ ...options, client, answers }, received))
  })
  const ready = readiness(client, options.now)
  work.start('slack auth.test', async () => {
    await ready().catch((error: unknown) => {
      log.error({ reason: reasonOf(error) }, 'Slack does not take the token')
    })
  })
  const handle = (exchange: Exchange) => receive(options, receiver, exchange)
  return { routes: [{ method: 'POST', path: ENDPOINT, handle }], ready }
}

function checkSecrets({ botToken, signingSecret }: SlackSurfaceOptions): void {
  const mistakes = [
    ...(botToken.startsWith('xox') ? [] : ['the bot token does not begin with xoxb-']),
    ...(signingSecret.trim().length >= SLACK_SIGNING_SECRET_LENGTH
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

type Genuine = Received<Actable | Challenge>

/** The door: nothing gets through to Bolt that is not freshly signed by Slack and readable. */
function receive(
  { signingSecret, now, log }: SlackSurfaceOptions,
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
  const incoming = type === undefined ? undefined : parseIncoming(type, text)
  if (type === undefined || incoming === undefined) return answerPlain(response, 400)
  if (incoming.kind === 'ignored') return answerPlain(response, 200)
  message.headers['content-type'] = 'application/json'
  const rawBody = plainBody(incoming)
  bolt.dispatch(Object.assign(message, { rawBody }), response, { incoming, key: verdict.key })
}

interface Bolt {
  dispatch(message: IncomingMessage, response: Exchange['response'], received: Genuine): void
}

/** Bolt with its receiver, without its server. `start` gets what was acknowledged and is left to do. */
function boltBehind(log: Log, desk: Desk, start: (received: Received<Actable>) => void): Bolt {
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
  const bolt = new App({
    receiver,
    logger,
    logLevel: LogLevel.WARN,
    // Who we are is asked when starting, and answers are sent by our own client: nothing is looked up on a request.
    authorize: async () => ({}),
    ignoreSelf: false,
    convoStore: false,
  })
  listen(bolt, desk, start)
  bolt.error(async (error) => log.error({ reason: error.stack }, 'Bolt failed on an event'))
  return {
    dispatch(message, response, received) {
      genuine.set(message, received)
      receiver.requestListener(message, response)
    },
  }
}

function listen(bolt: App, desk: Desk, start: (received: Received<Actable>) => void): void {
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
