import { type InvokeResponse, TurnContext } from 'botbuilder'
import { TEAMS_CLICK_MILLISECONDS } from '../../core/chat-limits.js'
import { problemCard } from '../cards/status.js'
import type { Work } from '../http.js'
import { type Origin, answerTyped, asProblem, privately } from './answer.js'
import type { Genuine } from './authenticate.js'
import { answerClick } from './click.js'
import type { ClickAnswer } from './clicked.js'
import type { TeamsAdapter } from './conversations.js'
import { type FileParts, takeConsent } from './files.js'
import type { Kind } from './kinds.js'
import { renderWords } from './render.js'
import { said, shown } from './responses.js'
import { type Incoming, parseConsent, parsePress } from './schema.js'
import { typedText } from './text.js'
import type { View } from './views.js'

export interface TurnParts extends FileParts {
  readonly adapter: TeamsAdapter
  readonly work: Work
  readonly view: View
}

/** Carries out what a person did: at once where an answer is waited for, else after it was acknowledged. */
export async function takeTurn(
  parts: TurnParts,
  genuine: Genuine,
  activity: Incoming,
  { kind, origin }: { readonly kind: Kind; readonly origin: Origin },
): Promise<InvokeResponse | undefined> {
  const { adapter, work, reach } = parts
  return await adapter.turn(genuine, activity, async (turn) => {
    if (kind === 'message') {
      const text = typedText(TurnContext.removeRecipientMention(turn.activity) ?? '')
      return work.start('teams message', async () => {
        await reach.meet(activity)
        await carryOut(parts, text, origin)
      })
    }
    const value = await answered(parts, activity, kind, origin)
    await turn.sendActivity({ type: 'invokeResponse', value })
  })
}

async function answered(
  parts: TurnParts,
  activity: Incoming,
  kind: Kind,
  origin: Origin,
): Promise<InvokeResponse> {
  const { work, reach, view } = parts
  if (kind === 'refresh') return await view(parsePress(activity.value).target.id, origin)
  work.start('teams conversation', () => reach.meet(activity))
  if (kind === 'click') return await click(parts, activity, origin)
  work.start('teams file', () => takeConsent(parts, parseConsent(activity.value), origin))
  return { status: 200 }
}

/** Does what was typed, and answers it, also when it failed. */
async function carryOut(parts: TurnParts, text: string, origin: Origin): Promise<void> {
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
async function click(parts: TurnParts, { value }: Incoming, origin: Origin): Promise<InvokeResponse> {
  return await new Promise<InvokeResponse>((resolve) => {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      resolve(said('This takes a moment longer. The answer follows.'))
    }, TEAMS_CLICK_MILLISECONDS)
    parts.work.startAnswer('teams click', async () => {
      const answer = await carryOutClick(parts, value, origin)
      clearTimeout(timer)
      if (!isLate) resolve(responseOf(answer))
      else await tellLate(parts, answer, origin)
      await answer.after?.()
    })
  })
}

async function tellLate(parts: TurnParts, { say, late }: ClickAnswer, origin: Origin): Promise<void> {
  const card = say ?? late
  if (card !== undefined) await privately(parts, card, origin)
}

async function carryOutClick(parts: TurnParts, value: unknown, origin: Origin): Promise<ClickAnswer> {
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
