import type { ApprovalRecord } from '../../core/ports.js'
import type { Card } from '../cards/model.js'
import type { Reply } from '../commands/reply.js'
import { type AnswerParts, type Origin, finish, mend, publicly, refresh, remember } from './answer.js'
import { type TeamsMessage, renderTeams } from './render.js'

/** What Teams shows the one who clicked, and nobody else: another card in place of the clicked one, or a few words. */
export interface ClickAnswer {
  readonly show?: TeamsMessage
  readonly say?: Card
  /** Told instead of what is shown, where the clicker does not wait any more. */
  readonly late?: Card
  /** What remains to be done when the clicker has their answer. */
  readonly after?: () => Promise<void>
}

/** How a reply of the desk answers a click. */
export function clicked(parts: AnswerParts, reply: Reply, origin: Origin): ClickAnswer {
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
