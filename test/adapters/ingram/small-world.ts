import type { EventDraft } from '../../emulators/ingram/events.js'
import { seedWorld } from '../../emulators/ingram/seed/world.js'

/** The first customers of the seed's world with everything of theirs: the same quirks with a fifth of the requests. */
export function smallWorld(seed: number, customers: number): EventDraft[] {
  const drafts = seedWorld(seed)
  const kept = new Set<string>()
  for (const draft of drafts) {
    if (draft.type === 'customerCreated' && kept.size < customers) kept.add(draft.customerId)
  }
  const subscriptions = new Set<string>()
  const orders = new Set<string>()
  return drafts.filter((draft) => {
    if (draft.type === 'customerCreated') return kept.has(draft.customerId)
    if (draft.type === 'subscriptionCreated')
      return kept.has(draft.customerId) && subscriptions.add(draft.subscriptionId)
    if (draft.type === 'orderPlaced') return kept.has(draft.customerId) && orders.add(draft.orderId)
    return draft.type === 'orderWithdrawn'
      ? orders.has(draft.orderId)
      : subscriptions.has(draft.subscriptionId)
  })
}
