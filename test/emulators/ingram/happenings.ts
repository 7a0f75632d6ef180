import { addMonths, addSeconds, at, dateOf } from '../shared/dates.js'
import { multiply } from '../shared/decimal.js'
import { digitsOf } from './currencies.js'
import type { Duration, EventDraft, Instant, LineCreated } from './events.js'
import type { Ground, LineChoice } from './ground.js'
import { orderPlaced } from './orders.js'
import type { SubscriptionState } from './projection.js'
import { monthsOf, RENEWAL_TIME } from './terms.js'
import type { ExplainedBy, NewSubscription, Waiting, World } from './world.js'

const MONTH: Duration = { type: 'month', duration: 1 }
const YEAR: Duration = { type: 'year', duration: 1 }

export function createCustomer(
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

export function createSubscription(ground: Ground, wanted: NewSubscription): string {
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
    setups: wanted.setups ?? [],
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
      autoRenew: wanted.autoRenew ?? true,
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

export function changeSeats(
  ground: Ground,
  change: LineChoice & { delta: number; by?: ExplainedBy; days?: number; until?: Waiting },
): string | null {
  const { state, line } = ground.line(change)
  const by = change.by ?? 'order'
  const products = by === 'order' ? [{ line, quantity: change.delta }] : 'none'
  const after = line.seats + change.delta
  if (after < 0) throw new Error(`${line.seats} seats cannot change by ${change.delta}`)
  const moment = ground.instant()
  const later = addSeconds(moment, (change.days ?? 0) * 86_400)
  const late =
    change.until === 'processing' ? { settledAt: later, provisionedAt: moment } : { visibleFrom: later }
  const order = by === 'nothing' ? null : ground.place(state, { orderType: 'change', products, ...late })
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

export function placeOrderAfterwards(
  ground: Ground,
  change: LineChoice & { readonly delta: number; readonly at: Instant },
): string {
  const { state, line } = ground.line(change)
  const products = [{ line, quantity: change.delta }]
  const { orderId, draft } = ground.place(state, { orderType: 'change', products, provisionedAt: change.at })
  ground.log.append([draft])
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

export function turnOver(ground: Ground, change: Parameters<World['turnOver']>[0]): string {
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

export function renew(ground: Ground, subscriptionId: string): void {
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

export function endSubscription(ground: Ground, change: Parameters<World['endSubscription']>[0]): void {
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

export function activate(ground: Ground, subscriptionId: string): void {
  const state = ground.subscription(subscriptionId)
  const moment = ground.instant()
  const startDate = dateOf(moment)
  const expirationDate = addMonths(startDate, monthsOf(state.subscriptionPeriod))
  ground.happen(subscriptionId, [
    { type: 'subscriptionActivated', at: moment, subscriptionId, startDate, expirationDate, orderId: null },
  ])
}

/** The order stays `processing` until the renewal, and is completed then. */
export function scheduleAtRenewal(ground: Ground, change: LineChoice & { readonly target: number }): string {
  const { state, line } = ground.line(change)
  const { orderId, draft } = ground.place(state, {
    orderType: 'change',
    settledAt: at(state.expirationDate, RENEWAL_TIME),
    scheduledAtRenewal: true,
    products: [{ line, quantity: change.target }],
  })
  ground.happen(state.subscriptionId, [draft])
  return orderId
}

export function placeOpenOrder(ground: Ground, change: LineChoice & { readonly delta: number }): string {
  const { state, line } = ground.line(change)
  const products = [{ line, quantity: change.delta }]
  const { orderId, draft } = ground.place(state, { orderType: 'change', settledAt: NEVER, products })
  ground.log.append([draft])
  return orderId
}

export function changePrice(ground: Ground, change: Parameters<World['changePrice']>[0]): void {
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

export function mark(
  ground: Ground,
  subscriptionId: string,
  type: 'subscriptionHeld' | 'subscriptionResumed',
): void {
  ground.subscription(subscriptionId)
  ground.happen(subscriptionId, [{ type, at: ground.instant(), subscriptionId }])
}
