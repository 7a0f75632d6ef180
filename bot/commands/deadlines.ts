import type { Deadline, NewDelivery, PostedCard } from '../../core/chat-ports.js'
import { DELIVERY_TICK_ITEMS } from '../../core/chat-limits.js'
import type { BoardParts } from './board.js'

/**
 * Takes what has its hour in the life of requests nobody decides: a reminder half way, below the first card on each
 * platform; and at the end every card says that it is over. Each once, by whichever process is first; made up for after a
 * downtime, a reminder only within the time that is left. What is to be said is kept and goes out with the next delivery.
 */
export async function takeDeadlines(parts: BoardParts): Promise<void> {
  for (const deadline of ['remind', 'expire'] as const) {
    const now = await parts.clock.now()
    for (const id of await parts.deadlines.due(deadline, now, DELIVERY_TICK_ITEMS)) {
      const cards = await parts.posted.of(id)
      const words = wordsFor(parts, deadline, cards, now)
      // No card stands yet, or where it stands is not served here: a reminder is still to come, maybe from another process.
      if (deadline === 'remind' && words.length === 0) continue
      await parts.deadlines.take(deadline, id, now, words)
    }
  }
}

function wordsFor(
  { surfaces }: BoardParts,
  deadline: Deadline,
  cards: readonly PostedCard[],
  now: Date,
): readonly NewDelivery[] {
  const told = { createdAt: now, notBefore: now, reason: undefined }
  if (deadline === 'expire') {
    return cards.map(({ approvalId, surface, address }) => {
      return { ...told, surface, address, content: { kind: 'update', approvalId } }
    })
  }
  const first = new Map(cards.toReversed().map((card) => [card.surface, card]))
  return [...first.values()].flatMap(({ approvalId, surface, address }) => {
    const place = surfaces.get(surface)?.below(address)
    if (place === undefined) return []
    return [{ ...told, surface, address: place, content: { kind: 'reminder', approvalId } as const }]
  })
}
