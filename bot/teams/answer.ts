import type { ExportFile, Once } from '../../core/chat-ports.js'
import type { ApprovalRecord, Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { Card } from '../cards/model.js'
import { problemCard } from '../cards/status.js'
import type { Board } from '../commands/board.js'
import type { Desk } from '../commands/desk.js'
import type { Reply } from '../commands/reply.js'
import { reasonOf } from '../trouble.js'
import type { Conversations, Place } from './conversations.js'
import { offerOf } from './offer.js'
import type { Reach } from './references.js'
import { type TeamsMessage, renderFile, renderTeams } from './render.js'
import type { Address, LaterPlace } from './schema.js'
import { teamsTrouble } from './trouble.js'

/** Where something was said or clicked, and by whom. */
export interface Origin {
  /** "teams:<tenant>:<aad id>" */
  readonly identity: string
  /** Id of the activity, which names it in the log. */
  readonly id: string
  readonly place: Place
  /** Nobody else reads along there. */
  readonly direct: boolean
  /** The message whose button was clicked. */
  readonly clicked: Address | undefined
}

export interface AnswerParts {
  readonly conversations: Conversations
  readonly reach: Reach
  readonly desk: Desk
  readonly board: Board
  readonly once: Once
  readonly now: () => Date
  readonly log: Log
  readonly fileLinks: (file: ExportFile) => string | Promise<string>
}

/** Says the answer to something typed where it belongs. Nothing here can undo what was done: failures are logged. */
export async function answerTyped(parts: AnswerParts, reply: Reply, origin: Origin): Promise<void> {
  if (reply.audience === 'asker') return await privately(parts, reply.card, origin)
  // The cards that are already there follow first: whoever reads them must not decide again.
  if (reply.decided && reply.approval !== undefined) await refresh(parts, reply.approval)
  await publicly(parts, reply, origin)
  await finish(parts, reply)
}

/** Work that was decided is done when the answer stands; the cards of everything it moved follow. */
export async function finish(parts: AnswerParts, { after }: Reply): Promise<void> {
  for (const record of (await after?.()) ?? []) await refresh(parts, record)
}

/** Posts a card where it was asked for, and remembers it as long as it can be decided; what could not be said follows. */
export async function publicly(parts: AnswerParts, reply: Reply, origin: Origin): Promise<void> {
  const { conversations, log } = parts
  let message: TeamsMessage | undefined
  try {
    message = await messageOf(parts, reply, origin)
    const address = await conversations.post(origin.place, message)
    if (reply.approval !== undefined && !reply.decided) await remember(parts, reply.approval, address)
    await offer(parts, reply, origin)
  } catch (error) {
    // Not made, and so never sent: it would not be made later either.
    if (message === undefined)
      return log.error({ reason: reasonOf(error) }, 'an answer could not be made for Teams')
    const { card, file, approval } = reply
    const what = file === undefined ? (approval ?? card) : problemCard(notHandedOver(file))
    await keep(parts, what, { ...origin.place, alone: false }, error)
  }
  for (const also of reply.also ?? []) await publicly(parts, also, origin)
}

/** The file for somebody's own OneDrive, beside its link: without it the link is still there. */
async function offer({ conversations, log }: AnswerParts, { file }: Reply, origin: Origin): Promise<void> {
  const offered = file === undefined || !origin.direct ? undefined : offerOf(file, origin.place.serviceUrl)
  if (offered === undefined) return
  try {
    await conversations.post(origin.place, offered)
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'a file could not be offered in Teams')
  }
}

/** Kept for when Teams is there again, or noted as lost. */
async function keep(
  { board }: AnswerParts,
  what: ApprovalRecord | Card,
  place: LaterPlace,
  error: unknown,
): Promise<void> {
  const trouble = teamsTrouble(error)
  await board.keep({ surface: 'teams', place: JSON.stringify(place), what, trouble, error })
}

/** A link that follows late would have ended. */
function notHandedOver({ name }: ExportFile): Problem {
  return new Problem({
    kind: 'unavailable',
    what: `Teams did not take the link to ${name}.`,
    notDone: 'The file was not handed over; nothing else changed.',
    next: `Type \`export csv ${name.replace(/\.csv$/, '')}\` again.`,
  })
}

async function messageOf(
  { fileLinks, reach }: AnswerParts,
  { card, file }: Reply,
  { place }: Origin,
): Promise<TeamsMessage> {
  return file === undefined
    ? await reach.posted(place.conversation, card)
    : renderFile(card, file.name, await fileLinks(file))
}

/** For the asker only: where they are alone with the bot, else in their personal chat with it. */
export async function privately(parts: AnswerParts, card: Card, origin: Origin): Promise<void> {
  const { conversations, reach, log } = parts
  const message = renderTeams(card)
  try {
    await (origin.direct ? conversations.post(origin.place, message) : reach.tell(origin.place, message))
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'a private answer did not arrive in Teams')
    const isRefused = teamsTrouble(error).type === 'refused'
    if (!isRefused) await keep(parts, card, { ...origin.place, alone: !origin.direct }, error)
    else if (!origin.direct) await sayWhereToAsk(parts, origin)
  }
}

/** The personal chat is closed to the bot; where others read along, nothing of the answer is said. */
async function sayWhereToAsk({ conversations, log }: AnswerParts, { place }: Origin): Promise<void> {
  const problem = new Problem({
    kind: 'held',
    what: 'The answer is for the one who asked only, and I have no personal chat with them.',
    next: 'Add me to your personal apps in Teams, and ask again there.',
  })
  try {
    await conversations.post(place, renderTeams(problemCard(problem)))
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'nothing can be said in Teams')
  }
}

/** All cards of the request, on every surface. */
export async function refresh({ board, log }: AnswerParts, approval: ApprovalRecord): Promise<void> {
  try {
    await board.refresh(approval)
  } catch (error) {
    log.warn({ approval: approval.approval.id, reason: reasonOf(error) }, 'cards could not be updated')
  }
}

/** A card that may have been posted before it could be remembered is known from now on. */
export async function remember(
  { board, log }: AnswerParts,
  { approval }: ApprovalRecord,
  address: Address,
): Promise<void> {
  try {
    await board.remember({ approvalId: approval.id, surface: 'teams', address: JSON.stringify(address) })
  } catch (error) {
    log.error({ approval: approval.id, reason: reasonOf(error) }, 'a posted card could not be remembered')
  }
}

/** A card that offers what cannot be decided any more was not updated when it should have been: it is now. */
export async function mend(parts: AnswerParts, approval: ApprovalRecord, origin: Origin): Promise<void> {
  const { conversations, desk, log } = parts
  if (origin.clicked === undefined) return
  try {
    const card = await desk.cardOf(approval)
    if (card.actions.some(({ name }) => name === 'approve')) return
    await conversations.replace(origin.clicked, renderTeams(card))
  } catch (error) {
    log.warn({ approval: approval.approval.id, reason: reasonOf(error) }, 'a card could not be updated')
  }
}

/** A bug is told with a reference that stands in the log, and nothing else of it. */
export function asProblem(log: Log, error: unknown, { id }: Origin): Problem {
  if (error instanceof Problem) return error
  const reason = error instanceof Error ? error.stack : String(error)
  log.error({ reference: id, reason }, 'a command or click failed')
  return new Problem({
    kind: 'unavailable',
    what: `Something broke on our side (reference ${id}).`,
    notDone: 'It is not certain that it was done.',
    next: 'Look with `approvals` before you repeat it, and tell an admin the reference.',
  })
}
