import { SLACK_EVENT_KEPT_MILLISECONDS, SLACK_REQUEST_KEPT_MILLISECONDS } from '../../core/chat-limits.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { Card } from '../cards/model.js'
import { problemCard } from '../cards/status.js'
import { isFormName } from '../commands/desk-forms.js'
import type { ActParts } from './act-parts.js'
import { type Origin, addressIn } from './answer.js'
import { openForm, submitForm } from './forms.js'
import { followHome } from './home.js'
import type { HomeOpened } from './schema-home.js'
import type { ButtonClick, Message, Sender, SlashCommand, Submission } from './schema.js'
import { parseNote } from './schema.js'
import { mentionsIn, typedText } from './text.js'
import { reasonOf } from '../trouble.js'

/** What a verified request says, and the key that names this one request. */
export interface Received<T> {
  readonly incoming: T
  readonly key: string
}

export type Actable = SlashCommand | Message | HomeOpened | ButtonClick | Submission

/** Carries out an acknowledged request, once however often it comes, and answers it, also when it failed. */
export async function act(parts: ActParts, { incoming, key }: Received<Actable>): Promise<void> {
  const origin = originOf(incoming)
  try {
    if (!(await isFirst(parts, incoming, key))) {
      return parts.log.info({ kind: incoming.kind }, 'a repeated request of Slack was not carried out again')
    }
    await carryOut(parts, incoming, origin)
  } catch (error) {
    await parts.answers.privately(problemCard(asProblem(parts.log, error, key)), origin)
  }
}

/**
 * Somebody whose workspace no token opens hears `card` through the way back that their request brought along, once however
 * often it comes; a request without one has no answer.
 */
export async function turnAway(
  parts: Pick<ActParts, 'once' | 'now' | 'log'>,
  { incoming, key }: Received<Actable>,
  say: (responseUrl: string) => Promise<void>,
): Promise<void> {
  const { responseUrl } = originOf(incoming)
  try {
    if (responseUrl !== undefined && (await isFirst(parts, incoming, key))) await say(responseUrl)
  } catch (error) {
    parts.log.warn({ reason: reasonOf(error) }, 'nobody could be told that a request was not carried out')
  }
}

/** Slack repeats events with a new signature; whoever replays a request repeats the signature. */
async function isFirst(
  { once, now }: Pick<ActParts, 'once' | 'now'>,
  incoming: Actable,
  key: string,
): Promise<boolean> {
  const instant = now().getTime()
  const fresh = await once.first(`slack:request:${key}`, new Date(instant + SLACK_REQUEST_KEPT_MILLISECONDS))
  if (!fresh || (incoming.kind !== 'message' && incoming.kind !== 'home')) return fresh
  return await once.first(
    `slack:event:${incoming.eventId}`,
    new Date(instant + SLACK_EVENT_KEPT_MILLISECONDS),
  )
}

async function carryOut(parts: ActParts, incoming: Actable, origin: Origin): Promise<void> {
  switch (incoming.kind) {
    case 'command':
      return await answerText(parts, incoming.text, origin)
    case 'message':
      return await answerText(parts, withoutMention(incoming), origin)
    case 'home':
      return await parts.homes.publish(origin)
    case 'click':
      return await answerClick(parts, incoming, origin)
    case 'submission':
      return await submitForm(parts, incoming, origin)
  }
}

async function answerText(parts: ActParts, text: string, origin: Origin): Promise<void> {
  const { desk, answers } = parts
  let told: Promise<void> | undefined
  const sign = () => {
    told ??= answers.privately(READING, origin)
  }
  const reply = await desk.ask(origin.identity, typedText(text), sign, mentionsIn(text, origin.identity))
  await told
  await answers.typed(reply, origin)
  await followHome(parts.homes, reply, origin)
}

/** Said at the first sign that an answer takes minutes. */
const READING: Card = {
  title: 'Reading the marketplace',
  tone: 'plain',
  blocks: [{ type: 'text', style: 'plain', text: 'It takes a few minutes at most. The answer follows.' }],
  actions: [],
}

const MENTION = /<@[UW][A-Z0-9]+(?:\|[^<>]*)?>/

/** In a channel the first name is the bot's; in a direct message only one at the very beginning. */
function withoutMention({ text, direct }: Message): string {
  return direct ? text.replace(new RegExp(`^\\s*${MENTION.source}`), '') : text.replace(MENTION, ' ')
}

async function answerClick(parts: ActParts, click: ButtonClick, origin: Origin): Promise<void> {
  const { desk, answers } = parts
  const { name, value } = click
  // Whatever the button carries goes to the desk, which knows what exists and writes down what it refuses.
  const target = click.target ?? { id: value.slice(0, 64), revision: '' }
  if (isFormName(name)) return await openForm(parts, { name, target, triggerId: click.triggerId }, origin)
  const reply = await desk.click(origin.identity, { name, target })
  await answers.clicked(reply, origin)
  await followHome(parts.homes, reply, origin, click.onHome)
}

function identityOf({ team, user }: Sender): string {
  return `slack:${team}:${user}`
}

function originOf(incoming: Actable): Origin {
  const identity = identityOf(incoming)
  const { user } = incoming
  switch (incoming.kind) {
    case 'command': {
      const { channel, responseUrl } = incoming
      return { ...placeOf(channel, undefined), identity, user, responseUrl, clicked: undefined }
    }
    case 'message': {
      const { channel, thread, direct, stamp } = incoming
      // In a channel the answer hangs below the question, so that the channel stays quiet.
      const place = { channel, thread: direct ? thread : (thread ?? stamp) }
      return { identity, user, place, direct, responseUrl: undefined, clicked: undefined }
    }
    case 'home':
      return { ...placeOf(undefined, undefined), identity, user, responseUrl: undefined, clicked: undefined }
    case 'click': {
      const { channel, thread, message, responseUrl } = incoming
      return {
        ...placeOf(channel, thread),
        identity,
        user,
        responseUrl,
        clicked: addressOf(channel, message, thread),
      }
    }
    case 'submission': {
      const note = parseNote(incoming.note)
      const clicked = addressOf(note?.channel, note?.message, note?.thread)
      return {
        ...placeOf(note?.channel, note?.thread),
        identity,
        user,
        responseUrl: note?.responseUrl,
        clicked,
      }
    }
  }
}

/** Slack's ids of direct conversations begin with D. */
function placeOf(channel: string | undefined, thread: string | undefined): Pick<Origin, 'place' | 'direct'> {
  if (channel === undefined) return { place: undefined, direct: false }
  return { place: { channel, thread }, direct: channel.startsWith('D') }
}

/** The first message of a thread is in none, also where Slack says that it begins one. */
function addressOf(
  channel: string | undefined,
  stamp: string | undefined,
  thread: string | undefined,
): Origin['clicked'] {
  if (channel === undefined || stamp === undefined) return undefined
  return addressIn({ channel, stamp }, thread)
}

/** A bug is told with a reference that stands in the log, and nothing else of it. */
function asProblem(log: Log, error: unknown, key: string): Problem {
  if (error instanceof Problem) return error
  const reference = key.slice(0, 8)
  const stack = error instanceof Error ? error.stack : String(error)
  log.error({ reference, reason: stack }, 'a command or click failed')
  return new Problem({
    kind: 'unavailable',
    what: `Something broke on our side (reference ${reference}).`,
    notDone: 'It is not certain that it was done.',
    next: 'Look with `approvals` before you repeat it, and tell an admin the reference.',
  })
}
