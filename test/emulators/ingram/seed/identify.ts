import type { EventDraft } from '../events.js'

const NUMBER_PREFIX = { sales: 'SO', change: 'CH', renewal: 'RN', cancellation: 'CL' } as const

/** First ids given out. Ids rise with time, as the marketplace's do. */
const FIRST_SUBSCRIPTION = 2_000_177
const FIRST_ORDER = 3_000_027

export function orderNumber(type: keyof typeof NUMBER_PREFIX, counter: number): string {
  return `${NUMBER_PREFIX[type]}${String(counter).padStart(6, '0')}`
}

/** Sorts drafts by time and turns symbolic ids and order numbers into the marketplace's. */
export function identify(drafts: readonly EventDraft[]): readonly EventDraft[] {
  const ordered = [...drafts].sort((first, second) =>
    first.at === second.at ? 0 : first.at < second.at ? -1 : 1,
  )
  const ids = new Map<string, string>()
  const counters = { sales: 0, change: 0, renewal: 0, cancellation: 0 }
  const numbers = new Map<string, string>()
  let [subscriptions, orders] = [0, 0]
  for (const draft of ordered) {
    if (draft.type === 'subscriptionCreated') {
      ids.set(draft.subscriptionId, String(FIRST_SUBSCRIPTION + subscriptions))
      subscriptions += 1
    } else if (draft.type === 'orderPlaced') {
      ids.set(draft.orderId, String(FIRST_ORDER + orders))
      orders += 1
      counters[draft.orderType] += 1
      numbers.set(draft.orderId, orderNumber(draft.orderType, counters[draft.orderType]))
    }
  }
  return ordered.map((draft) => named(draft, ids, numbers))
}

function named(
  draft: EventDraft,
  ids: ReadonlyMap<string, string>,
  numbers: ReadonlyMap<string, string>,
): EventDraft {
  if (draft.type === 'customerCreated') return draft
  const real = (symbol: string): string => {
    const id = ids.get(symbol)
    if (id === undefined) throw new Error(`nothing was created under ${symbol}`)
    return id
  }
  const realOrNull = (symbol: string | null): string | null => (symbol === null ? null : real(symbol))
  switch (draft.type) {
    case 'orderPlaced':
      return {
        ...draft,
        orderId: real(draft.orderId),
        number: numbers.get(draft.orderId) ?? '',
        subscriptionId: realOrNull(draft.subscriptionId),
      }
    case 'orderWithdrawn':
      return { ...draft, orderId: real(draft.orderId) }
    case 'subscriptionCreated':
      return {
        ...draft,
        subscriptionId: real(draft.subscriptionId),
        replaces: realOrNull(draft.replaces),
        orderId: realOrNull(draft.orderId),
      }
    case 'subscriptionActivated':
    case 'seatsChanged':
    case 'subscriptionRenewed':
    case 'subscriptionEnded':
      return { ...draft, subscriptionId: real(draft.subscriptionId), orderId: realOrNull(draft.orderId) }
    case 'priceChanged':
    case 'subscriptionHeld':
    case 'subscriptionResumed':
      return { ...draft, subscriptionId: real(draft.subscriptionId) }
  }
}
