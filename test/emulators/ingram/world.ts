import { addMonths, addSeconds, at, dateOf } from '../shared/dates.js'
import { multiply } from '../shared/decimal.js'
import { digitsOf } from './currencies.js'
import type { Amount, BillingModel, DateText, Duration, EventDraft, Instant, LineCreated } from './events.js'
import { createGround, type Ground, type LineChoice } from './ground.js'
import type { EventLog } from './log.js'
import { orderPlaced } from './orders.js'
import type { Projection, SubscriptionState } from './projection.js'
import { monthsOf } from './terms.js'

export interface NewSubscription {
  readonly customerId: string
  readonly mpn: string
  readonly productName: string
  readonly seats: number
  readonly unitPrice: Amount | null
  readonly unitCost?: Amount | null
  readonly currency?: string
  readonly billingPeriod?: Duration
  readonly subscriptionPeriod?: Duration
  readonly billingModel?: BillingModel
  /** Default: today. */
  readonly startDate?: DateText
  /** Exclusive. Default: `startDate` plus the subscription period. A shorter term is a co-term. */
  readonly expirationDate?: DateText
  readonly vendorSubscriptionId?: string | null
  readonly status?: 'active' | 'pending'
}

/** How a change of seats is explained by orders. */
export type ExplainedBy = 'order' | 'orderWithoutProducts' | 'nothing'

/**
 * The marketplace as it is, and everything that can happen to it while it runs. Each method acts at the emulator's
 * clock, appends to the event log, and makes the seed forget what it had planned for that subscription. A subscription
 * that does not exist, or is not visible yet, is an error.
 */
export interface World {
  /** What the API shows now. */
  projection(): Projection
  /** Finds a customer by its exact name. */
  customerNamed(name: string): { readonly customerId: string; readonly currency: string }
  /** Subscriptions of a customer that have not ended, oldest first. */
  subscriptionsOf(customerId: string): readonly SubscriptionState[]
  createCustomer(customer: { readonly name: string; readonly currency?: string }): string
  /** A purchase with its completed sales order (of a pending one the order is never completed). */
  createSubscription(wanted: NewSubscription): string
  activate(choice: { readonly subscriptionId: string }): void
  /** `delta` may be negative. Returns the order's id, null when nothing explains it. */
  addSeats(change: LineChoice & { readonly delta: number; readonly by?: ExplainedBy }): string | null
  /** Seats change now; the explaining order appears `days` later. */
  placeLateOrder(change: LineChoice & { readonly delta: number; readonly days: number }): string
  /** A change ordered for the next renewal; the next `turnOver` or `renew` carries it out. */
  scheduleAtRenewal(change: LineChoice & { readonly target: number }): string
  /** An order that is submitted and never completed, until it is withdrawn. */
  placeOpenOrder(change: LineChoice & { readonly delta: number }): string
  withdrawOrder(order: { readonly orderId: string }): void
  changePrice(change: LineChoice & { readonly unitPrice: Amount; readonly unitCost?: Amount | null }): void
  /** Serves another price without logging it: an independent recomputation from the log must notice. */
  flipPrice(change: LineChoice & { readonly unitPrice: Amount }): void
  hold(choice: { readonly subscriptionId: string }): void
  resume(choice: { readonly subscriptionId: string }): void
  renew(choice: { readonly subscriptionId: string }): void
  /** Monthly turnover: the record is removed and a new one continues it. Returns the new record's id. */
  turnOver(change: {
    readonly subscriptionId: string
    /** Default: the old record's expiration date. */
    readonly startDate?: DateText
    readonly seats?: number
    readonly unitPrice?: Amount
    readonly vendorSubscriptionId?: string | null
  }): string
  /** Default: today, with a cancellation order. */
  endSubscription(change: {
    readonly subscriptionId: string
    readonly endDate?: DateText
    readonly withOrder?: boolean
    readonly status?: 'terminated' | 'removed'
  }): void
  /** The served price that differs from the log, if any. */
  servedPrice(subscriptionId: string, mpn: string): Amount | undefined
}

const MONTH: Duration = { type: 'month', duration: 1 }
const YEAR: Duration = { type: 'year', duration: 1 }

function createCustomer(
  ground: Ground,
  customer: { readonly name: string; readonly currency?: string },
): string {
  const customerId = ground.nextId('customer')
  ground.log.append([
    {
      type: 'customerCreated',
      at: ground.instant(),
      customerId,
      name: customer.name,
      currency: customer.currency ?? 'USD',
      countryCode: 'US',
      city: 'Albany',
      externalId: null,
      status: 'active',
    },
  ])
  return customerId
}

function createSubscription(ground: Ground, wanted: NewSubscription): string {
  const customer = ground.projection().customers.get(wanted.customerId)
  if (customer === undefined) throw new Error(`no customer ${wanted.customerId}`)
  const moment = ground.instant()
  const subscriptionId = ground.nextId('subscription')
  const startDate = wanted.startDate ?? dateOf(moment)
  const subscriptionPeriod = wanted.subscriptionPeriod ?? YEAR
  const nominal = addMonths(startDate, monthsOf(subscriptionPeriod))
  const currency = wanted.currency ?? customer.currency
  const line: LineCreated = {
    mpn: wanted.mpn,
    productId: `PRD-${wanted.mpn}`,
    productName: wanted.productName,
    vendor: 'Microsoft',
    seats: wanted.seats,
    unitPrice: wanted.unitPrice,
    unitCost:
      wanted.unitCost !== undefined || wanted.unitPrice === null
        ? (wanted.unitCost ?? null)
        : multiply([wanted.unitPrice, '0.8'], digitsOf(currency)),
    vendorSubscriptionId: wanted.vendorSubscriptionId ?? null,
  }
  const created = {
    subscriptionId,
    customerId: wanted.customerId,
    currency,
    billingPeriod: wanted.billingPeriod ?? MONTH,
    expirationDate: wanted.expirationDate ?? nominal,
  }
  const status = wanted.status ?? 'active'
  const orderId = ground.nextId('order')
  const sale = orderPlaced({
    orderId,
    number: ground.nextNumber('sales'),
    orderType: 'sales',
    subscription: { ...created, anchor: startDate },
    createdAt: moment,
    settledAt: status === 'active' ? moment : NEVER,
    outcome: 'completed',
    products: [{ line, quantity: line.seats }],
  })
  ground.log.append([
    sale,
    {
      ...created,
      type: 'subscriptionCreated',
      at: moment,
      name: wanted.productName,
      status,
      billingModel: wanted.billingModel ?? 'chargeBeforeBillingPeriod',
      subscriptionPeriod,
      startDate,
      autoRenew: true,
      coTermed: created.expirationDate < nominal,
      replaces: null,
      orderId,
      lines: [line],
    },
  ])
  return subscriptionId
}

/** An order that stays open ends, on paper, after everything else. */
const NEVER: Instant = '2099-12-31T00:00:00Z'

function changeSeats(
  ground: Ground,
  change: LineChoice & { delta: number; by?: ExplainedBy; days?: number },
): string | null {
  const { state, line } = ground.line(change)
  const by = change.by ?? 'order'
  const products = by === 'order' ? [{ line, quantity: change.delta }] : 'none'
  const after = line.seats + change.delta
  if (after < 0) throw new Error(`${line.seats} seats cannot change by ${change.delta}`)
  const moment = ground.instant()
  const visibleFrom = addSeconds(moment, (change.days ?? 0) * 86_400)
  const order = by === 'nothing' ? null : ground.place(state, { orderType: 'change', products, visibleFrom })
  const orderId = order?.orderId ?? null
  ground.happen(state.subscriptionId, [
    ...(order === null ? [] : [order.draft]),
    {
      type: 'seatsChanged',
      at: moment,
      subscriptionId: state.subscriptionId,
      mpn: line.mpn,
      before: line.seats,
      after,
      orderId,
    },
  ])
  return orderId
}

/** The lines of the next term, with what was ordered for the renewal. */
function renewedLines(ground: Ground, state: SubscriptionState): readonly LineCreated[] {
  const scheduled = [...ground.projection().orders.values()].filter(
    ({ order, withdrawnAt }) =>
      order.scheduledAtRenewal &&
      order.subscriptionId === state.subscriptionId &&
      withdrawnAt === null &&
      order.provisionedAt !== null &&
      dateOf(order.provisionedAt) === state.expirationDate,
  )
  return state.lines.map((line) => {
    const wanted = scheduled
      .flatMap(({ order }) => order.products ?? [])
      .filter(({ mpn }) => mpn === line.mpn)
    return { ...line, seats: wanted.at(-1)?.quantity ?? line.seats }
  })
}

function turnOver(ground: Ground, change: Parameters<World['turnOver']>[0]): string {
  const state = ground.subscription(change.subscriptionId)
  const moment = ground.instant()
  const startDate = change.startDate ?? state.expirationDate
  const { orderId, draft } = ground.place(state, { orderType: 'renewal', products: 'none' })
  const subscriptionId = ground.nextId('subscription')
  const lines = renewedLines(ground, state).map((line) => ({
    ...line,
    seats: change.seats ?? line.seats,
    unitPrice: change.unitPrice ?? line.unitPrice,
    vendorSubscriptionId:
      change.vendorSubscriptionId === undefined ? line.vendorSubscriptionId : change.vendorSubscriptionId,
  }))
  const endDate = state.expirationDate
  ground.happen(state.subscriptionId, [
    draft,
    {
      type: 'subscriptionEnded',
      at: moment,
      subscriptionId: state.subscriptionId,
      endDate,
      status: 'removed',
      cause: 'turnover',
      orderId,
      shownExpirationDate: endDate,
    },
    {
      type: 'subscriptionCreated',
      at: moment,
      subscriptionId,
      customerId: state.customerId,
      name: state.name,
      status: 'active',
      currency: state.currency,
      billingModel: state.billingModel,
      billingPeriod: state.billingPeriod,
      subscriptionPeriod: state.subscriptionPeriod,
      startDate,
      expirationDate: addMonths(startDate, monthsOf(state.subscriptionPeriod)),
      autoRenew: true,
      coTermed: false,
      replaces: state.subscriptionId,
      orderId: null,
      lines,
    },
  ])
  return subscriptionId
}

function renew(ground: Ground, subscriptionId: string): void {
  const state = ground.subscription(subscriptionId)
  const moment = ground.instant()
  const { orderId, draft } = ground.place(state, { orderType: 'renewal', products: 'none' })
  const expirationDate = addMonths(state.expirationDate, monthsOf(state.subscriptionPeriod))
  const changes = renewedLines(ground, state).flatMap((line, index): EventDraft[] => {
    const before = state.lines[index]?.seats ?? line.seats
    if (before === line.seats) return []
    const change = { mpn: line.mpn, before, after: line.seats, orderId }
    return [{ type: 'seatsChanged', at: moment, subscriptionId, ...change }]
  })
  ground.happen(subscriptionId, [
    draft,
    { type: 'subscriptionRenewed', at: moment, subscriptionId, expirationDate, orderId },
    ...changes,
  ])
}

function endSubscription(ground: Ground, change: Parameters<World['endSubscription']>[0]): void {
  const state = ground.subscription(change.subscriptionId)
  const moment = ground.instant()
  const order =
    change.withOrder === false ? null : ground.place(state, { orderType: 'cancellation', products: 'none' })
  const endDate = change.endDate ?? dateOf(moment)
  ground.happen(state.subscriptionId, [
    ...(order === null ? [] : [order.draft]),
    {
      type: 'subscriptionEnded',
      at: moment,
      subscriptionId: state.subscriptionId,
      endDate,
      status: change.status ?? 'terminated',
      cause: order === null ? 'withoutOrder' : 'cancelled',
      orderId: order?.orderId ?? null,
      shownExpirationDate: endDate,
    },
  ])
}

function activate(ground: Ground, subscriptionId: string): void {
  const state = ground.subscription(subscriptionId)
  const moment = ground.instant()
  const startDate = dateOf(moment)
  const expirationDate = addMonths(startDate, monthsOf(state.subscriptionPeriod))
  ground.happen(subscriptionId, [
    { type: 'subscriptionActivated', at: moment, subscriptionId, startDate, expirationDate, orderId: null },
  ])
}

/** The order stays `processing` until the renewal, and is completed then. */
function scheduleAtRenewal(ground: Ground, change: LineChoice & { readonly target: number }): string {
  const { state, line } = ground.line(change)
  const { orderId, draft } = ground.place(state, {
    orderType: 'change',
    settledAt: at(state.expirationDate, '00:00'),
    scheduledAtRenewal: true,
    products: [{ line, quantity: change.target }],
  })
  ground.happen(state.subscriptionId, [draft])
  return orderId
}

function placeOpenOrder(ground: Ground, change: LineChoice & { readonly delta: number }): string {
  const { state, line } = ground.line(change)
  const products = [{ line, quantity: change.delta }]
  const { orderId, draft } = ground.place(state, { orderType: 'change', settledAt: NEVER, products })
  ground.log.append([draft])
  return orderId
}

function changePrice(ground: Ground, change: Parameters<World['changePrice']>[0]): void {
  const { state, line } = ground.line(change)
  ground.happen(state.subscriptionId, [
    {
      type: 'priceChanged',
      at: ground.instant(),
      subscriptionId: state.subscriptionId,
      mpn: line.mpn,
      unitPrice: change.unitPrice,
      unitCost: change.unitCost === undefined ? line.unitCost : change.unitCost,
    },
  ])
}

function mark(
  ground: Ground,
  subscriptionId: string,
  type: 'subscriptionHeld' | 'subscriptionResumed',
): void {
  ground.subscription(subscriptionId)
  ground.happen(subscriptionId, [{ type, at: ground.instant(), subscriptionId }])
}

const ENDED: ReadonlySet<string> = new Set(['terminated', 'removed'])

function customerNamed(
  ground: Ground,
  name: string,
): { readonly customerId: string; readonly currency: string } {
  const found = [...ground.projection().customers.values()].find((customer) => customer.name === name)
  if (found === undefined) throw new Error(`no customer is named ${name}`)
  return found
}

export function createWorld(log: EventLog, now: () => Date): World {
  const ground = createGround(log, now)
  const served = new Map<string, Amount>()
  const explained = (orderId: string | null): string => {
    if (orderId === null) throw new Error('a late order is an order')
    return orderId
  }
  return {
    projection: () => ground.projection(),
    customerNamed: (name) => customerNamed(ground, name),
    subscriptionsOf: (customerId) =>
      [...ground.projection().subscriptions.values()].filter(
        (state) => state.customerId === customerId && !ENDED.has(state.status),
      ),
    createCustomer: (customer) => createCustomer(ground, customer),
    createSubscription: (wanted) => createSubscription(ground, wanted),
    activate: ({ subscriptionId }) => activate(ground, subscriptionId),
    addSeats: (change) => changeSeats(ground, change),
    placeLateOrder: (change) => explained(changeSeats(ground, change)),
    scheduleAtRenewal: (change) => scheduleAtRenewal(ground, change),
    placeOpenOrder: (change) => placeOpenOrder(ground, change),
    withdrawOrder({ orderId }) {
      if (!ground.projection().orders.has(orderId)) throw new Error(`no order ${orderId} is visible`)
      log.append([{ type: 'orderWithdrawn', at: ground.instant(), orderId }])
    },
    changePrice: (change) => changePrice(ground, change),
    flipPrice(change) {
      const { state, line } = ground.line(change)
      served.set(`${state.subscriptionId} ${line.mpn}`, change.unitPrice)
    },
    hold: ({ subscriptionId }) => mark(ground, subscriptionId, 'subscriptionHeld'),
    resume: ({ subscriptionId }) => mark(ground, subscriptionId, 'subscriptionResumed'),
    renew: ({ subscriptionId }) => renew(ground, subscriptionId),
    turnOver: (change) => turnOver(ground, change),
    endSubscription: (change) => endSubscription(ground, change),
    servedPrice: (subscriptionId, mpn) => served.get(`${subscriptionId} ${mpn}`),
  }
}
