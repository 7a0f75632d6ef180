import { createHash } from 'node:crypto'
import { TEAMS_ACTIVITY_KEPT_MILLISECONDS } from '../../core/chat-limits.js'
import { type Form, formCard } from '../cards/form.js'
import type { ActionTarget, Block, Card, FormName } from '../cards/model.js'
import type { AnswerParts, Origin } from './answer.js'
import { type ClickAnswer, clicked } from './clicked.js'
import { renderForm, renderTeams } from './render.js'
import type { Press } from './schema.js'

/** The form behind a button, in place of the card, for the clicker alone. */
export async function openForm(
  parts: AnswerParts,
  name: FormName,
  { target }: Press,
  origin: Origin,
): Promise<ClickAnswer> {
  const made = await parts.desk.form(origin.identity, name, target)
  return made.type === 'form'
    ? { show: renderForm(made.form, keyOf(origin)), late: formCard(made.form, TOO_LATE) }
    : clicked(parts, made.reply, origin)
}

const TOO_LATE = 'Teams did not wait for the form. Nothing was done.'

/** Characters that tell one opened form from another. */
const KEY_CHARACTERS = 16

/** The click that opened a form names it. */
function keyOf({ id, place }: Origin): string {
  return createHash('sha256').update(`${place.conversation} ${id}`).digest('hex').slice(0, KEY_CHARACTERS)
}

/** Carries out a form, once; what is wrong is said in the form, which keeps what was filled in. */
export async function submitForm(parts: AnswerParts, press: Press, origin: Origin): Promise<ClickAnswer> {
  const { desk, once, now } = parts
  const { form: name, key, target, values } = press
  const { identity } = origin
  const until = new Date(now().getTime() + TEAMS_ACTIVITY_KEPT_MILLISECONDS)
  const isFirst = () => once.first(`teams:form:${identity}:${key}`, until)
  const submitted = await desk.submit(identity, { name, target, values, isFirst })
  switch (submitted.type) {
    case 'mistakes':
      return {
        show: renderForm(submitted.form, key, submitted.mistakes),
        late: formCard(submitted.form, TOO_LATE),
      }
    case 'repeated':
      return { say: SENT_BEFORE }
    case 'refused':
    case 'done': {
      const { type, reply, again } = submitted
      const answer = clicked(parts, reply, origin)
      if (again !== undefined) return askedAgain(again, reply.card, answer, origin)
      if (type === 'refused') return answer
      // A refusal is told in words; the form stays, and leads back.
      if (answer.show !== undefined || reply.problem !== undefined) return answer
      const card = await cardBehind(parts, name, target, origin)
      return card === undefined ? answer : { ...answer, show: renderTeams(card) }
    }
  }
}

/** The form under a new key, since its old one is used up: the refusal, and what was filled in, to be put right. */
function askedAgain(form: Form, refusal: Card, { after }: ClickAnswer, origin: Origin): ClickAnswer {
  const why: readonly Block[] = [{ type: 'text', style: 'strong', text: refusal.title }, ...refusal.blocks]
  const shown = { ...form, introduction: [...why, ...form.introduction] }
  return {
    show: renderForm(shown, keyOf(origin)),
    late: refusal,
    ...(after === undefined ? {} : { after }),
  }
}

const SENT_BEFORE: Card = {
  title: 'This was sent off before, and is done once.',
  tone: 'plain',
  blocks: [{ type: 'text', style: 'plain', text: 'For something else, go back and open the form again.' }],
  actions: [],
}

/** The card a form was opened on, as it is now. */
export async function backFromForm(
  parts: AnswerParts,
  { form: name, target }: Press,
  origin: Origin,
): Promise<ClickAnswer> {
  const reply = await parts.desk.behind(origin.identity, name, target)
  if (reply.problem !== undefined) return clicked(parts, reply, origin)
  return { show: renderTeams(await cardOf(parts, reply, origin)) }
}

async function cardBehind(
  parts: AnswerParts,
  name: string,
  target: ActionTarget,
  origin: Origin,
): Promise<Card | undefined> {
  const reply = await parts.desk.behind(origin.identity, name, target)
  return reply.problem === undefined ? await cardOf(parts, reply, origin) : undefined
}

/** A request as it fits whoever was behind the form. */
async function cardOf(
  { desk }: AnswerParts,
  { approval, card }: Awaited<ReturnType<AnswerParts['desk']['behind']>>,
  { identity }: Origin,
) {
  return approval === undefined ? card : (await desk.look(identity, approval.approval.id)).card
}
