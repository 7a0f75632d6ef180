import type { PostedCard, PostedCards } from '../../core/chat-ports.js'
import type { ApprovalRecord, Log } from '../../core/ports.js'
import type { Card } from '../cards/model.js'
import type { Desk } from './desk.js'

/** Replaces one posted card by another: what a surface offers. */
export type CardUpdater = (address: string, card: Card) => Promise<void>

/** Keeps the cards of a request alike everywhere they were posted. */
export interface Board {
  /** A surface says how it replaces its cards. */
  attach(surface: PostedCard['surface'], update: CardUpdater): void
  remember(card: PostedCard): Promise<void>
  /** Replaces every posted card of the request by what it is now. A card that cannot be reached stops no other. */
  refresh(record: ApprovalRecord): Promise<void>
}

export function createBoard(posted: PostedCards, desk: Desk, log: Log): Board {
  const updaters = new Map<PostedCard['surface'], CardUpdater>()
  return {
    attach: (surface, update) => void updaters.set(surface, update),
    remember: (card) => posted.remember(card),
    refresh: async (record) => {
      const card = await desk.cardOf(record)
      const cards = await posted.of(record.approval.id)
      await Promise.all(
        cards.map(async ({ surface, address }) => {
          try {
            await updaters.get(surface)?.(address, card)
          } catch (error) {
            const reason = error instanceof Error ? error.message : String(error)
            log.warn({ surface, approval: record.approval.id, reason }, 'a posted card could not be updated')
          }
        }),
      )
    },
  }
}
