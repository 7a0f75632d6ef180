import { toInstant } from '../shared/dates.js'
import type { EventDraft, Instant, MarketplaceEvent, OrderType } from './events.js'
import type { EventLog } from './log.js'
import { type OrderRequest, orderPlaced } from './orders.js'
import { type LineState, type Projection, project, type SubscriptionState } from './projection.js'
import { orderNumber } from './seed/identify.js'

/** A line to act on; `mpn` may be left out when the subscription has one product. */
export interface LineChoice {
  readonly subscriptionId: string
  readonly mpn?: string
}

/** What the methods of a world share. */
export interface Ground {
  readonly log: EventLog
  instant(): Instant
  projection(): Projection
  subscription(subscriptionId: string): SubscriptionState
  line(choice: LineChoice): { readonly state: SubscriptionState; readonly line: LineState }
  /** Forgets the seed's plans for the subscription and logs what really happens. */
  happen(subscriptionId: string, drafts: readonly EventDraft[]): void
  nextId(kind: 'customer' | 'subscription' | 'order'): string
  nextNumber(type: OrderType): string
  place(state: SubscriptionState, placing: Placing): { readonly orderId: string; readonly draft: EventDraft }
}

type Placing = Pick<OrderRequest, 'orderType' | 'products'> & Partial<OrderRequest>

function highest(log: EventLog, of: (event: MarketplaceEvent) => string | undefined, floor: number): number {
  return log.events().reduce((top, event) => Math.max(top, Number(of(event) ?? 0)), floor)
}

function nextIdOf(log: EventLog, kind: 'customer' | 'subscription' | 'order'): string {
  const top = {
    customer: () =>
      highest(log, (event) => (event.type === 'customerCreated' ? event.customerId : undefined), 1_000_100),
    subscription: () =>
      highest(
        log,
        (event) => (event.type === 'subscriptionCreated' ? event.subscriptionId : undefined),
        2_000_176,
      ),
    order: () =>
      highest(log, (event) => (event.type === 'orderPlaced' ? event.orderId : undefined), 3_000_026),
  }[kind]()
  return String(top + 1)
}

/** The subscription and every planned record that continues it. */
function lineageOf(log: EventLog, subscriptionId: string): ReadonlySet<string> {
  const ids = new Set([subscriptionId])
  for (const event of log.events()) {
    if (event.type === 'subscriptionCreated' && event.replaces !== null && ids.has(event.replaces)) {
      ids.add(event.subscriptionId)
    }
  }
  return ids
}

export function createGround(log: EventLog, now: () => Date): Ground {
  let folded: { readonly events: readonly MarketplaceEvent[]; readonly projection: Projection } | undefined
  const instant = (): Instant => toInstant(now())
  const projection = (): Projection => {
    const events = log.visibleAt(instant())
    if (folded?.events !== events) folded = { events, projection: project(events) }
    return folded.projection
  }
  const subscription = (subscriptionId: string): SubscriptionState => {
    const state = projection().subscriptions.get(subscriptionId)
    if (state === undefined) throw new Error(`no subscription ${subscriptionId} is visible at ${instant()}`)
    return state
  }
  const nextId: Ground['nextId'] = (kind) => nextIdOf(log, kind)
  const nextNumber: Ground['nextNumber'] = (type) =>
    orderNumber(
      type,
      log.events().filter((event) => event.type === 'orderPlaced' && event.orderType === type).length + 1,
    )
  return {
    log,
    instant,
    projection,
    subscription,
    line({ subscriptionId, mpn }) {
      const state = subscription(subscriptionId)
      const line = state.lines.find((candidate) => mpn === undefined || candidate.mpn === mpn)
      if (line === undefined) throw new Error(`subscription ${subscriptionId} has no product ${mpn}`)
      return { state, line }
    },
    happen(subscriptionId, drafts) {
      const lineage = lineageOf(log, subscriptionId)
      log.discardPlanned(
        instant(),
        (event) =>
          'subscriptionId' in event && event.subscriptionId !== null && lineage.has(event.subscriptionId),
      )
      log.append(drafts)
    },
    nextId,
    nextNumber,
    place(state, placing) {
      const moment = instant()
      const orderId = nextId('order')
      const draft = orderPlaced({
        outcome: 'completed',
        createdAt: moment,
        settledAt: moment,
        subscription: { ...state, anchor: state.creationDate },
        ...placing,
        orderId,
        number: nextNumber(placing.orderType),
      })
      return { orderId, draft }
    },
  }
}
