import type { Once, PostedCard, PostedCards } from '../../core/chat-ports.js'

/** Where cards were posted, in memory, with the rules of the real store: the same card once. */
export function memoryPostedCards(): PostedCards & { readonly cards: readonly PostedCard[] } {
  const cards: PostedCard[] = []
  return {
    cards,
    remember: async (card) => {
      const known = cards.some(
        ({ approvalId, surface, address }) =>
          approvalId === card.approvalId && surface === card.surface && address === card.address,
      )
      if (!known) cards.push(card)
    },
    of: async (approvalId) => cards.filter((card) => card.approvalId === approvalId),
  }
}

/** What was acted on, in memory: true for the first caller of each key. */
export function memoryOnce(): Once & { readonly keys: ReadonlyMap<string, Date> } {
  const keys = new Map<string, Date>()
  return {
    keys,
    first: async (key, until) => {
      if (keys.has(key)) return false
      keys.set(key, until)
      return true
    },
  }
}
