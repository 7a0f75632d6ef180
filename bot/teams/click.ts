import { TEAMS_REASON_LENGTH } from '../../core/limits.js'
import type { ApprovalRecord } from '../../core/ports.js'
import type { Action, ActionName, Card } from '../cards/model.js'
import type { Reply } from '../commands/reply.js'
import { type AnswerParts, type Origin, finish, mend, publicly, refresh, remember } from './answer.js'
import { type TeamsMessage, renderQuestion, renderTeams } from './render.js'
import { ASKED, type Asked, type Press, isAsked } from './schema.js'

/** What Teams shows the one who clicked, and nobody else: another card in place of the clicked one, or a few words. */
export interface ClickAnswer {
  readonly show?: TeamsMessage
  readonly say?: Card
  /** What remains to be done when the clicker has their answer. */
  readonly after?: () => Promise<void>
}

/**
 * Answers a click. Approving, rejecting and mapping take two: the first shows what will be done, or asks why; only the
 * second does it. Whatever a button carries goes to the desk, which knows what exists and writes down what it refuses.
 */
export async function answerClick(parts: AnswerParts, press: Press, origin: Origin): Promise<ClickAnswer> {
  const { verb } = press
  if (isAsked(verb)) return await ask(parts, verb, press, origin)
  if (verb === 'show') return await seen(parts, press, origin)
  if (verb === 'mapShow') {
    const found = await look(parts, 'map', press, origin)
    return 'card' in found ? { show: renderTeams(found.card) } : clicked(parts, found.refused, origin)
  }
  const sure = ASKED.find((name) => verb === `${name}Sure`)
  const answer = await click(parts, sure ?? (verb as ActionName), press, origin)
  return sure === 'map' ? await mapped(parts, answer, press, origin) : answer
}

/** Back from a question: the request as it fits whoever goes back. */
async function seen(parts: AnswerParts, { target }: Press, origin: Origin): Promise<ClickAnswer> {
  const reply = await parts.desk.look(origin.identity, target.id)
  if (reply.problem !== undefined) return clicked(parts, reply, origin)
  return { show: renderTeams(reply.card) }
}

/** What was asked stands no longer open: the card shows what fits now, and the answer stands below it. */
async function mapped(
  parts: AnswerParts,
  answer: ClickAnswer,
  press: Press,
  origin: Origin,
): Promise<ClickAnswer> {
  // A refusal is told in words; the question stays, and leads back.
  if (answer.after === undefined) return answer
  const found = await look(parts, 'map', press, origin)
  return 'card' in found ? { show: renderTeams(found.card), after: answer.after } : answer
}

async function click(
  parts: AnswerParts,
  name: ActionName,
  press: Press,
  origin: Origin,
): Promise<ClickAnswer> {
  const { target } = press
  const reason = press.reason?.trim().slice(0, TEAMS_REASON_LENGTH)
  return clicked(parts, await parts.desk.click(origin.identity, { name, target, reason }), origin)
}

/** The card that was clicked, as it is now. */
interface Found {
  readonly card: Card
}

async function look(
  { desk }: AnswerParts,
  name: Asked,
  { target: { id } }: Press,
  { identity }: Origin,
): Promise<Found | { readonly refused: Reply }> {
  if (name === 'map') {
    const target = { id: `1 ${id}`, revision: '' }
    const reply = await desk.click(identity, { name: 'mapPage', target, reason: undefined })
    return reply.problem === undefined ? { card: reply.card } : { refused: reply }
  }
  const reply = await desk.ask(identity, `approval ${id}`)
  return reply.approval === undefined ? { refused: reply } : { card: await desk.cardOf(reply.approval) }
}

/** The first click: the card with what is asked, made from what the request is now. */
async function ask(parts: AnswerParts, name: Asked, press: Press, origin: Origin): Promise<ClickAnswer> {
  const found = await look(parts, name, press, origin)
  if (!('card' in found)) return clicked(parts, found.refused, origin)
  const action = found.card.actions.find((candidate) => isPressed(candidate, press))
  if (action !== undefined) return { show: renderQuestion(found.card, action) }
  // Decided, expired or changed meanwhile: the desk says which and writes it down. Without a revision it can only refuse.
  return await click(parts, name, { ...press, target: { id: press.target.id, revision: '' } }, origin)
}

function isPressed({ name, target }: Action, press: Press): boolean {
  return name === press.verb && target.id === press.target.id && target.revision === press.target.revision
}

function clicked(parts: AnswerParts, reply: Reply, origin: Origin): ClickAnswer {
  const { approval, card } = reply
  if (reply.audience === 'asker') {
    return approval === undefined ? { say: card } : { say: card, after: () => mend(parts, approval, origin) }
  }
  if (reply.decided && approval !== undefined) {
    return { show: renderTeams(card), after: () => spread(parts, reply, approval, origin) }
  }
  const below = { ...card, title: `${card.title}: see below.`, blocks: [] }
  return { say: below, after: () => publicly(parts, reply, origin) }
}

/** Every card of the request says how it ended, the clicked one too. */
async function spread(
  parts: AnswerParts,
  reply: Reply,
  approval: ApprovalRecord,
  { clicked: address }: Origin,
): Promise<void> {
  if (address !== undefined) await remember(parts, approval, address)
  await refresh(parts, approval)
  await finish(parts, reply)
}
