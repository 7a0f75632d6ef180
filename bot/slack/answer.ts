import type { ApprovalRecord, Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { Card } from '../cards/model.js'
import { problemCard } from '../cards/status.js'
import type { Board } from '../commands/board.js'
import type { Desk } from '../commands/desk.js'
import type { Reply } from '../commands/reply.js'
import { reasonOf } from '../trouble.js'
import { type Place, type SlackClient, refusalWord } from './client.js'
import { type SlackMessage, renderSlack } from './render.js'
import type { MessageAddress } from './schema.js'
import { cut, escapeMarkup, plain } from './text.js'
import { LIMITS } from './limits.js'
import { slackTrouble } from './trouble.js'

/** Where something was said or clicked, and by whom. */
export interface Origin {
  /** "slack:T1:U1" */
  readonly identity: string
  readonly user: string
  /** undefined: nowhere but a window. */
  readonly place: Place | undefined
  /** Nobody else reads along there. */
  readonly direct: boolean
  /** Slack's way back to the asker, which works also where the bot is no member. */
  readonly responseUrl: string | undefined
  /** The message whose button was clicked; undefined when only the clicker sees it, or nothing was clicked. */
  readonly clicked: MessageAddress | undefined
}

export interface AnswerParts {
  readonly client: SlackClient
  /** Whose token the client speaks with; undefined: that of the configuration. */
  readonly workspace: string | undefined
  readonly desk: Pick<Desk, 'cardOf'>
  readonly board: Board
  readonly log: Log
}

/** Says an answer where it belongs, and only there. Nothing here can undo what was done: failures are logged. */
export interface Answers {
  /** The answer to what somebody typed. */
  typed(reply: Reply, origin: Origin): Promise<void>
  /** The answer to a click: what it decided shows on the cards themselves. */
  clicked(reply: Reply, origin: Origin): Promise<void>
  /** For the asker only. */
  privately(card: Card, origin: Origin): Promise<void>
}

export function createAnswers(parts: AnswerParts): Answers {
  return {
    typed: async (reply, origin) => {
      await typed(parts, reply, origin)
      await finish(parts, reply)
    },
    clicked: async (reply, origin) => {
      await clicked(parts, reply, origin)
      await finish(parts, reply)
    },
    privately: (card, origin) => privately(parts, card, origin),
  }
}

async function typed(parts: AnswerParts, reply: Reply, origin: Origin): Promise<void> {
  if (reply.audience === 'asker') return await privately(parts, reply.card, origin)
  // The cards that are already there follow first: whoever reads them must not decide again.
  if (reply.decided && reply.approval !== undefined) await refresh(parts, reply.approval)
  if (reply.file !== undefined) return await handOver(parts, reply, reply.file, origin)
  const address = await publicly(parts, reply, origin)
  if (address !== undefined && reply.approval !== undefined && !reply.decided) {
    await remember(parts, reply.approval, address)
  }
  for (const also of reply.also ?? []) await typed(parts, also, origin)
}

/** Work that was decided is done when the answer stands; the cards of everything it moved follow. */
async function finish(parts: AnswerParts, { after }: Reply): Promise<void> {
  for (const record of (await after?.()) ?? []) await refresh(parts, record)
}

async function clicked(parts: AnswerParts, reply: Reply, origin: Origin): Promise<void> {
  const { approval } = reply
  if (!reply.decided) {
    await typed(parts, reply, reply.audience === 'everyone' ? belowClicked(origin) : origin)
    if (approval !== undefined) await mend(parts, approval, origin)
    return
  }
  if (approval === undefined) return
  // It may have been posted before its address could be remembered.
  if (origin.clicked !== undefined) await remember(parts, approval, origin.clicked)
  else if (origin.responseUrl !== undefined) await replaceOwn(parts, reply.card, origin)
  // On the page of the app itself there is no card to say it: a direct message does.
  else await publicly(parts, reply, origin)
  await refresh(parts, approval)
}

/** What a click asks to read hangs below its card, so that the channel stays quiet. */
function belowClicked(origin: Origin): Origin {
  const { place, clicked: card } = origin
  if (place === undefined || card === undefined) return origin
  return { ...origin, place: { ...place, thread: place.thread ?? card.stamp } }
}

/** All cards of the request, on every surface. */
async function refresh(parts: AnswerParts, approval: ApprovalRecord): Promise<void> {
  await attempt(parts, 'refresh cards', () => parts.board.refresh(approval))
}

/** A card that offers what cannot be decided any more was not updated when it should have been: it is now. */
async function mend(parts: AnswerParts, approval: ApprovalRecord, origin: Origin): Promise<void> {
  const card = await parts.desk.cardOf(approval)
  if (card.actions.some(({ name }) => name === 'approve')) return
  if (origin.clicked === undefined) return
  const { clicked: address } = origin
  await attempt(parts, 'mend a card', () => parts.client.update(address, renderSlack(card)))
}

/** A card only the clicker sees cannot be updated, but answered in place. */
async function replaceOwn(parts: AnswerParts, card: Card, { responseUrl }: Origin): Promise<void> {
  if (responseUrl === undefined) return
  await attempt(parts, 'replace a private card', () =>
    parts.client.respond(responseUrl, renderSlack(card), { replace: true }),
  )
}

async function remember(
  { board, log }: AnswerParts,
  { approval }: ApprovalRecord,
  address: MessageAddress,
): Promise<void> {
  try {
    await board.remember({ approvalId: approval.id, surface: 'slack', address: JSON.stringify(address) })
  } catch (error) {
    log.error({ approval: approval.id, reason: reasonOf(error) }, 'a posted card could not be remembered')
  }
}

/** Refusals that mean: not here, but a direct message may do. */
const NOT_HERE = new Set([
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'restricted_action',
  'restricted_action_read_only_channel',
])

/** Where a message stands that was posted in a thread, or in none. */
export function addressIn(address: MessageAddress, thread: string | undefined): MessageAddress {
  return thread === undefined || thread === address.stamp ? address : { ...address, thread }
}

/** Posts where it was asked, else directly to the asker. Returns where it stands; undefined: nowhere to be updated. */
async function publicly(
  parts: AnswerParts,
  reply: Reply,
  origin: Origin,
): Promise<MessageAddress | undefined> {
  const { client } = parts
  const { card } = reply
  const { place, user } = origin
  const message = renderSlack(card)
  try {
    if (place === undefined) return await client.post({ channel: await client.openDirect(user) }, message)
    return addressIn(await client.post(place, message), place.thread)
  } catch (error) {
    if (place !== undefined && isElsewhere(error)) return await directly(parts, card, origin)
    const trouble = slackTrouble(error)
    const { workspace } = parts
    const where = JSON.stringify({ channel: place?.channel, thread: place?.thread, user, workspace })
    const unsaid = { surface: 'slack', place: where, what: reply.approval ?? card, trouble, error } as const
    const isKept = await parts.board.keep(unsaid)
    if (trouble.type === 'refused') await privately(parts, card, origin)
    else if (isKept && trouble.type === 'notSent' && trouble.waitMilliseconds !== undefined) {
      await tellLater(parts, origin)
    }
    return undefined
  }
}

/** Refused there, in a way that a direct message may do instead. */
export function isElsewhere(error: unknown): boolean {
  return NOT_HERE.has(refusalWord(error) ?? '')
}

/** Slack is there, but takes nothing for a while: whoever asked hears that the answer follows, if there is a way. */
async function tellLater(parts: AnswerParts, { place, responseUrl }: Origin): Promise<void> {
  if (responseUrl === undefined) return
  const message = renderSlack(problemCard(notNow()))
  await attempt(parts, 'say that an answer follows', () =>
    parts.client.respond(responseUrl, message, { replace: false, thread: place?.thread }),
  )
}

function notNow(): Problem {
  return new Problem({
    kind: 'unavailable',
    what: 'Slack takes no messages from me at the moment.',
    next: 'It is done; the answer follows by itself.',
  })
}

/** The bot is no member of the channel: the asker gets the answer in a direct message, and is told so. */
async function directly(parts: AnswerParts, card: Card, origin: Origin): Promise<MessageAddress | undefined> {
  const address = await attempt(parts, 'answer directly', async () =>
    parts.client.post({ channel: await parts.client.openDirect(origin.user) }, renderSlack(card)),
  )
  if (address === undefined) await privately(parts, card, origin)
  else await privately(parts, problemCard(notAMember()), origin)
  return address
}

function notAMember(): Problem {
  return new Problem({
    kind: 'held',
    what: 'I am not a member of this channel, so the answer is in our direct messages.',
    next: 'To have answers here, invite me with /invite.',
  })
}

/**
 * For one person: through the request's own way back, else for their eyes in the channel, else directly. What found no way
 * because Slack was not there is kept, and follows directly: the way back has ended by then.
 */
async function privately(parts: AnswerParts, card: Card, origin: Origin): Promise<void> {
  let failed: unknown
  let isAway = false
  for (const way of waysTo(parts, renderSlack(card), origin)) {
    try {
      return await way()
    } catch (error) {
      parts.log.warn({ what: 'answer privately', reason: reasonOf(error) }, 'Slack did not take it')
      failed = error
      const { type } = slackTrouble(error)
      isAway ||= type === 'notSent'
      // It may stand there already: once is enough.
      if (type === 'unknown') break
    }
  }
  const found = slackTrouble(failed)
  const trouble = isAway && found.type === 'refused' ? NOT_SENT : found
  const place = JSON.stringify({ user: origin.user, workspace: parts.workspace })
  await parts.board.keep({ surface: 'slack', place, what: card, trouble, error: failed })
}

const NOT_SENT = { type: 'notSent', waitMilliseconds: undefined } as const

function waysTo({ client }: AnswerParts, message: SlackMessage, origin: Origin): (() => Promise<void>)[] {
  const { place, responseUrl, user } = origin
  const ways: (() => Promise<void>)[] = []
  if (place !== undefined && origin.direct) ways.push(async () => void (await client.post(place, message)))
  if (responseUrl !== undefined) {
    ways.push(() => client.respond(responseUrl, message, { replace: false, thread: place?.thread }))
  }
  if (place !== undefined && !origin.direct) ways.push(() => client.whisper(place, user, message))
  ways.push(async () => void (await client.post({ channel: await client.openDirect(user) }, message)))
  return ways
}

/** A file goes where it was asked for, below the card it belongs to, else directly to the asker. */
async function handOver(
  parts: AnswerParts,
  { card }: Reply,
  file: NonNullable<Reply['file']>,
  origin: Origin,
): Promise<void> {
  const { client } = parts
  const { place, user } = origin
  const comment = cut(escapeMarkup(plainWords(card)), LIMITS.text)
  const sendDirectly = async () => client.upload({ channel: await client.openDirect(user) }, file, comment)
  let told = notHandedOver(file.name)
  try {
    if (place === undefined) return await sendDirectly()
    const thread = place.thread ?? origin.clicked?.stamp
    return await client.upload({ channel: place.channel, thread }, file, comment)
  } catch (error) {
    parts.log.warn({ file: file.name, reason: reasonOf(error) }, 'a file could not be shared where asked')
    if (place !== undefined && isElsewhere(error)) {
      const sent = await attempt(parts, 'hand over a file', () => sendDirectly().then(() => true))
      if (sent === true) told = notAMember()
    }
  }
  await privately(parts, problemCard(told), origin)
}

function notHandedOver(name: string): Problem {
  return new Problem({
    kind: 'unavailable',
    what: `Slack did not take ${name}.`,
    notDone: 'The file was not handed over; nothing else changed.',
    next: 'Try again in a moment.',
  })
}

/** The words of a small card, without its title: Slack shows the name of the file itself. */
function plainWords({ blocks }: Card): string {
  return blocks.flatMap((block) => (block.type === 'text' ? [plain(block.text)] : [])).join('\n')
}

async function attempt<T>(
  { log }: AnswerParts,
  what: string,
  task: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await task()
  } catch (error) {
    log.warn({ what, reason: reasonOf(error) }, 'Slack did not take it')
    return undefined
  }
}
