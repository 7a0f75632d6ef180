import { milliseconds } from './days.js'

/**
 * What a reader of the emulated marketplace's API can see at an instant, folded from its event log by the rules of
 * the emulator's README: the events with `at` and `visibleFrom` not after it, in order of (`at`, `sequence`).
 */

interface Money {
  readonly currency: string
  readonly amount: string
}

/** A licence line as the API shows it: a product of a subscription. Dates are texts; `expires` is exclusive. */
export interface SeenRecord {
  readonly subscriptionId: string
  readonly mpn: string
  readonly customerId: string
  readonly status: 'pending' | 'active' | 'hold' | 'terminated' | 'removed'
  readonly usage: boolean
  readonly seats: number
  readonly unitPrice: Money | null
  readonly billingPeriod: { readonly type: 'day' | 'month' | 'year'; readonly duration: number }
  readonly subscriptionPeriod: { readonly type: 'day' | 'month' | 'year'; readonly duration: number }
  readonly starts: string
  readonly expires: string
  readonly autoRenew: boolean
  readonly lastModified: string
  readonly vendorSubscriptionId: string | null
}

export interface SeenOrder {
  readonly orderId: string
  readonly orderType: 'sales' | 'change' | 'renewal' | 'cancellation'
  readonly status: string
  readonly customerId: string
  readonly subscriptionId: string | null
  readonly currency: string
  readonly provisionedAt: string | null
  readonly scheduledAtRenewal: boolean
  readonly products: readonly { readonly mpn: string; readonly quantity: number }[] | null
  readonly details: readonly OrderDetail[] | null
}

interface OrderDetail {
  readonly type: string
  readonly mpn: string
  readonly quantity: number
  readonly unitPrice: string
}

export interface Seen {
  readonly records: readonly SeenRecord[]
  readonly orders: readonly SeenOrder[]
}

/** One event of the log; which fields it has depends on its type, and only those of its type are read. */
export interface LoggedEvent {
  readonly type: string
  readonly sequence: number
  readonly at: string
  readonly visibleFrom: string
}

type Created = LoggedEvent & {
  readonly subscriptionId: string
  readonly customerId: string
  readonly status: 'active' | 'pending'
  readonly currency: string
  readonly billingModel: string
  readonly billingPeriod: SeenRecord['billingPeriod']
  readonly subscriptionPeriod: SeenRecord['subscriptionPeriod']
  readonly startDate: string
  readonly expirationDate: string
  readonly autoRenew: boolean
  readonly lines: readonly {
    readonly mpn: string
    readonly seats: number
    readonly unitPrice: string | null
    readonly vendorSubscriptionId: string | null
  }[]
}

/** What any event about an existing subscription may carry. */
interface Change extends LoggedEvent {
  readonly subscriptionId: string
  readonly mpn?: string
  readonly after?: number
  readonly unitPrice?: string
  readonly startDate?: string
  readonly expirationDate?: string
  readonly shownExpirationDate?: string
  readonly status?: 'terminated' | 'removed'
}

type Placed = LoggedEvent &
  Omit<SeenOrder, 'status'> & {
    readonly history: readonly { readonly status: string; readonly at: string }[]
  }

function visible(events: readonly LoggedEvent[], now: string): readonly LoggedEvent[] {
  const until = Math.floor(milliseconds(now) / 1000) * 1000
  return events
    .filter((event) => milliseconds(event.at) <= until && milliseconds(event.visibleFrom) <= until)
    .toSorted(
      (left, right) => milliseconds(left.at) - milliseconds(right.at) || left.sequence - right.sequence,
    )
}

function recordsOf(event: Created): readonly SeenRecord[] {
  return event.lines.map((line) => ({
    subscriptionId: event.subscriptionId,
    mpn: line.mpn,
    customerId: event.customerId,
    status: event.status,
    usage: event.billingModel === 'chargeAfterBillingPeriod',
    seats: line.seats,
    unitPrice: line.unitPrice === null ? null : { currency: event.currency, amount: line.unitPrice },
    billingPeriod: event.billingPeriod,
    subscriptionPeriod: event.subscriptionPeriod,
    starts: event.startDate,
    expires: event.expirationDate,
    autoRenew: event.autoRenew,
    lastModified: event.visibleFrom.slice(0, 10),
    vendorSubscriptionId: line.vendorSubscriptionId,
  }))
}

/** What changes in a record; `mpn` is absent on events about the whole subscription. */
function changedRecord(record: SeenRecord, event: Change): Partial<SeenRecord> {
  switch (event.type) {
    case 'subscriptionActivated':
      return {
        status: 'active',
        starts: event.startDate ?? record.starts,
        expires: event.expirationDate ?? record.expires,
      }
    case 'seatsChanged':
      return event.mpn === record.mpn ? { seats: event.after ?? record.seats } : {}
    case 'priceChanged': {
      const currency = record.unitPrice?.currency
      if (event.mpn !== record.mpn || currency === undefined || event.unitPrice === undefined) return {}
      return { unitPrice: { currency, amount: event.unitPrice } }
    }
    case 'subscriptionRenewed':
      return { expires: event.expirationDate ?? record.expires }
    case 'subscriptionHeld':
      return { status: 'hold' }
    case 'subscriptionResumed':
      return { status: 'active' }
    case 'subscriptionEnded':
      return {
        status: event.status ?? 'terminated',
        expires: event.shownExpirationDate ?? record.expires,
        autoRenew: false,
      }
    default:
      throw new Error(`the log has an event of the unknown type "${event.type}"`)
  }
}

function seenOrder(order: Placed, withdrawn: boolean, now: string): SeenOrder {
  const steps = order.history.filter((step) => milliseconds(step.at) <= milliseconds(now))
  const status = withdrawn ? 'cancelled' : (steps.at(-1)?.status ?? 'submitted')
  return { ...order, status, provisionedAt: status === 'completed' ? order.provisionedAt : null }
}

export function seenAt(events: readonly LoggedEvent[], now: string): Seen {
  const orders: Placed[] = []
  const withdrawn = new Set<string>()
  const records = new Map<string, readonly SeenRecord[]>()
  for (const event of visible(events, now)) {
    if (event.type === 'customerCreated') continue
    if (event.type === 'orderPlaced') orders.push(event as Placed)
    else if (event.type === 'orderWithdrawn')
      withdrawn.add((event as LoggedEvent & { orderId: string }).orderId)
    else {
      const change = event as Change
      const before = records.get(change.subscriptionId)
      if (event.type === 'subscriptionCreated')
        records.set(change.subscriptionId, recordsOf(event as Created))
      else if (before !== undefined) records.set(change.subscriptionId, changedRecords(before, change))
    }
  }
  return {
    records: [...records.values()].flat(),
    orders: orders.map((order) => seenOrder(order, withdrawn.has(order.orderId), now)),
  }
}

function changedRecords(records: readonly SeenRecord[], change: Change): readonly SeenRecord[] {
  const shown = change.visibleFrom.slice(0, 10)
  return records.map((record) => {
    const lastModified = shown > record.lastModified ? shown : record.lastModified
    return { ...record, ...changedRecord(record, change), lastModified }
  })
}
