import type { Action, Card } from '../cards/model.js'
import { isFormName } from '../commands/desk-forms.js'
import type { Reply } from '../commands/reply.js'
import type { AnswerParts, Origin } from './answer.js'
import { type ClickAnswer, clicked } from './clicked.js'
import { backFromForm, openForm, submitForm } from './forms.js'
import { renderQuestion, renderTeams } from './render.js'
import { ASKED, type Asked, type Press, isAsked } from './schema.js'

/**
 * Answers a click. Approving and mapping take two: the first shows what will be done, only the second does it. What has
 * to be filled in is a form, and sent off. Whatever a button carries goes to the desk, which knows what exists and writes
 * down what it refuses.
 */
export async function answerClick(parts: AnswerParts, press: Press, origin: Origin): Promise<ClickAnswer> {
  const { verb } = press
  if (isAsked(verb)) return await ask(parts, verb, press, origin)
  if (isFormName(verb)) return await openForm(parts, verb, press, origin)
  if (verb === 'submit') return await submitForm(parts, press, origin)
  if (verb === 'back') return await backFromForm(parts, press, origin)
  if (verb === 'show') return await seen(parts, press, origin)
  if (verb === 'mapShow') {
    const found = await look(parts, 'map', press, origin)
    return 'card' in found ? { show: renderTeams(found.card) } : clicked(parts, found.refused, origin)
  }
  const sure = ASKED.find((name) => verb === `${name}Sure`)
  const answer = await click(parts, sure ?? verb, press, origin)
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
  name: string,
  { target }: Press,
  origin: Origin,
): Promise<ClickAnswer> {
  return clicked(parts, await parts.desk.click(origin.identity, { name, target }), origin)
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
    const reply = await desk.click(identity, { name: 'mapPage', target })
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
