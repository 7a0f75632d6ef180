import { addDays, addMonths, addSeconds, at, dateOf } from '../../shared/dates.js'
import type { DateText, EventDraft, Instant, LineCreated } from '../events.js'
import { type OrderedSubscription, type OrderRequest, orderPlaced } from '../orders.js'
import { monthsOf, RENEWAL_TIME } from '../terms.js'
import { BILLING_PERIOD, SUBSCRIPTION_PERIOD } from './catalog.js'
import { WORLD_BEGINS } from './customers.js'
import type { Explanation, LineagePlan, Move } from './lineage.js'

/** Last day for which the seed plans anything. */
export const HORIZON: DateText = '2026-05-31'

/** Shown as the expiration date of a perpetual licence, even after it ended. */
const PERPETUAL_UNTIL: DateText = '2035-01-01'

/** A lineage while it is walked through time. Ids are symbols until the whole world is known. */
interface Walk {
  readonly plan: LineagePlan
  readonly drafts: EventDraft[]
  record: number
  orders: number
  expirationDate: DateText
  terms: number
  lines: LineCreated[]
  running: boolean
  scheduled: { readonly line: number; readonly target: number; readonly orderId: string } | undefined
  readonly pricesAtRenewal: Map<number, string>
}

function recordId({ plan, record }: Walk): string {
  return `${plan.key}/record ${record}`
}

function nextOrderId(walk: Walk): string {
  walk.orders += 1
  return `${walk.plan.key}/order ${walk.orders}`
}

function ordered(walk: Walk): OrderedSubscription {
  return {
    subscriptionId: recordId(walk),
    customerId: walk.plan.customerId,
    currency: walk.plan.currency,
    billingPeriod: BILLING_PERIOD[walk.plan.cadence],
    anchor: walk.plan.start,
    expirationDate: walk.expirationDate,
  }
}

type Placing = Pick<OrderRequest, 'orderType' | 'createdAt' | 'settledAt' | 'products'> &
  Partial<OrderRequest>

function place(walk: Walk, placing: Placing): string {
  const orderId = placing.orderId ?? nextOrderId(walk)
  const number = ''
  walk.drafts.push(
    orderPlaced({ outcome: 'completed', subscription: ordered(walk), ...placing, orderId, number }),
  )
  return orderId
}

function endOfTerm({ plan, terms }: Walk): DateText {
  if (plan.cadence === 'perpetual') return PERPETUAL_UNTIL
  const months = monthsOf(SUBSCRIPTION_PERIOD[plan.cadence])
  if (plan.coTermUntil !== undefined) return addMonths(plan.coTermUntil, terms * months)
  return addMonths(plan.start, (terms + 1) * months)
}

function vendorId({ plan, record }: Walk, line: number): string | null {
  if (plan.vendorIds === 'none') return null
  const salt = `${plan.key}/${plan.vendorIds === 'kept' ? 1 : record}/${line}`
  let hash = 7
  for (const letter of salt) hash = (hash * 131 + letter.charCodeAt(0)) % 9_007_199_254
  return `1${String(hash).padStart(11, '0')}`
}

function createRecord(
  walk: Walk,
  moment: Instant,
  origin: { replaces: string | null; orderId: string | null },
): void {
  const { plan } = walk
  walk.lines = walk.lines.map((line, index) => ({ ...line, vendorSubscriptionId: vendorId(walk, index) }))
  walk.drafts.push({
    type: 'subscriptionCreated',
    at: moment,
    subscriptionId: recordId(walk),
    customerId: plan.customerId,
    name: plan.lines[0]?.offer.subscriptionName ?? '',
    status: plan.pending === true ? 'pending' : 'active',
    currency: plan.currency,
    billingModel: plan.cadence === 'usage' ? 'chargeAfterBillingPeriod' : 'chargeBeforeBillingPeriod',
    billingPeriod: BILLING_PERIOD[plan.cadence],
    subscriptionPeriod: SUBSCRIPTION_PERIOD[plan.cadence],
    startDate: origin.replaces === null ? plan.start : dateOf(moment),
    expirationDate: walk.expirationDate,
    autoRenew: plan.cadence !== 'perpetual',
    coTermed: plan.coTermUntil !== undefined,
    replaces: origin.replaces,
    orderId: origin.orderId,
    lines: [...walk.lines],
  })
}

function begin(walk: Walk): void {
  const { plan } = walk
  if (plan.soldAt === undefined) {
    while (walk.expirationDate <= WORLD_BEGINS) {
      walk.terms += 1
      walk.expirationDate = endOfTerm(walk)
    }
    createRecord(walk, at(WORLD_BEGINS, '12:00:05'), { replaces: null, orderId: null })
    return
  }
  const activation = plan.moves.find((move) => move.type === 'activate')
  const settledAt =
    plan.pending === true ? (activation?.at ?? at(addDays(HORIZON, 30), '12:00')) : plan.soldAt
  const orderId = place(walk, {
    orderType: 'sales',
    createdAt: addSeconds(plan.soldAt, -180),
    settledAt,
    poNumber: plan.poNumber ?? null,
    products: walk.lines.map((line) => ({ line, quantity: line.seats })),
    setups: plan.setups ?? [],
  })
  createRecord(walk, plan.soldAt, { replaces: null, orderId })
}

function nextLines(walk: Walk): LineCreated[] {
  return walk.lines.map((line, index) => ({
    ...line,
    seats: walk.scheduled?.line === index ? walk.scheduled.target : line.seats,
    unitPrice: walk.pricesAtRenewal.get(index) ?? line.unitPrice,
  }))
}

/** The next term: on the same record, or by turnover on a new one. */
function renew(walk: Walk): void {
  const moment = at(walk.expirationDate, RENEWAL_TIME)
  const orderId = place(walk, {
    orderType: 'renewal',
    createdAt: addSeconds(moment, -90),
    settledAt: moment,
    poNumber: walk.plan.poNumber ?? null,
    products: 'none',
  })
  const [old, lines, replaced] = [walk.lines, nextLines(walk), recordId(walk)]
  const endDate = walk.expirationDate
  walk.terms += 1
  walk.expirationDate = endOfTerm(walk)
  walk.lines = lines
  if (walk.plan.cadence === 'turnover') {
    const end = { cause: 'turnover', status: 'removed', endDate, shownExpirationDate: endDate } as const
    walk.drafts.push({ type: 'subscriptionEnded', at: moment, subscriptionId: replaced, orderId, ...end })
    walk.record += 1
    createRecord(walk, moment, { replaces: replaced, orderId: null })
  } else {
    const { expirationDate } = walk
    walk.drafts.push({
      type: 'subscriptionRenewed',
      at: moment,
      subscriptionId: replaced,
      expirationDate,
      orderId,
    })
    lines.forEach((line, index) => reportChange(walk, moment, { index, before: old[index], after: line }))
  }
  walk.scheduled = undefined
  walk.pricesAtRenewal.clear()
}

function reportChange(
  walk: Walk,
  moment: Instant,
  change: { index: number; before: LineCreated | undefined; after: LineCreated },
): void {
  const { index, before, after } = change
  if (before === undefined) return
  const about = { at: moment, subscriptionId: recordId(walk), mpn: after.mpn }
  if (before.seats !== after.seats) {
    const orderId = walk.scheduled?.line === index ? walk.scheduled.orderId : null
    walk.drafts.push({ ...about, type: 'seatsChanged', before: before.seats, after: after.seats, orderId })
  }
  if (before.unitPrice !== after.unitPrice && after.unitPrice !== null) {
    walk.drafts.push({ ...about, type: 'priceChanged', unitPrice: after.unitPrice, unitCost: after.unitCost })
  }
}

function placeExplaining(
  walk: Walk,
  moment: Instant,
  by: Explanation,
  change: { line: LineCreated; quantity: number },
): string | null {
  const products = [change]
  switch (by.kind) {
    case 'none':
      return null
    case 'bare':
      return place(walk, {
        orderType: 'change',
        createdAt: addSeconds(moment, -120),
        settledAt: moment,
        products: 'none',
      })
    case 'normal': {
      const seconds = 120 + (by.slowDays ?? 0) * 86_400
      return place(walk, {
        orderType: 'change',
        createdAt: addSeconds(moment, -seconds),
        settledAt: moment,
        products,
      })
    }
    case 'hidden': {
      const visibleFrom = addSeconds(moment, by.days * 86_400)
      return place(walk, {
        orderType: 'change',
        createdAt: addSeconds(moment, -120),
        settledAt: moment,
        visibleFrom,
        products,
      })
    }
    case 'backdated': {
      const createdAt = addSeconds(moment, by.days * 86_400)
      const settledAt = addSeconds(createdAt, 60)
      return place(walk, { orderType: 'change', createdAt, settledAt, provisionedAt: moment, products })
    }
  }
}

function changeSeats(walk: Walk, move: Extract<Move, { type: 'seats' }>): void {
  const index = move.line ?? 0
  const line = walk.lines[index]
  if (line === undefined || line.seats + move.delta < 1) return
  const orderId = placeExplaining(walk, move.at, move.by, { line, quantity: move.delta })
  const shownAfterDays = move.by.kind === 'backdated' ? (move.by.shownAfterDays ?? 0) : 0
  const after = line.seats + move.delta
  walk.drafts.push({
    type: 'seatsChanged',
    at: move.at,
    visibleFrom: addSeconds(move.at, shownAfterDays * 86_400),
    subscriptionId: recordId(walk),
    mpn: line.mpn,
    before: line.seats,
    after,
    orderId,
  })
  walk.lines[index] = { ...line, seats: after }
}

function schedule(walk: Walk, move: Extract<Move, { type: 'scheduleAtRenewal' }>): void {
  const index = move.line ?? 0
  const line = walk.lines[index]
  if (line === undefined) return
  const orderId = place(walk, {
    orderType: 'change',
    createdAt: move.at,
    settledAt: at(walk.expirationDate, RENEWAL_TIME),
    scheduledAtRenewal: true,
    products: [{ line, quantity: move.target }],
  })
  walk.scheduled = { line: index, target: move.target, orderId }
}

function failOrder(walk: Walk, move: Extract<Move, { type: 'failedOrder' }>): void {
  const line = walk.lines[move.line ?? 0]
  if (line === undefined) return
  place(walk, {
    orderType: 'change',
    createdAt: move.at,
    settledAt: addSeconds(move.at, 20 * 3600),
    outcome: move.outcome,
    products: [{ line, quantity: move.delta }],
  })
}

function changePrice(walk: Walk, move: Extract<Move, { type: 'price' }>): void {
  const index = move.line ?? 0
  const before = walk.lines[index]
  if (before === undefined) return
  const after = { ...before, unitPrice: move.unitPrice, unitCost: move.unitCost }
  walk.lines[index] = after
  reportChange(walk, move.at, { index, before, after })
}

function endRecord(walk: Walk, move: Extract<Move, { type: 'cancel' | 'stop' }>): void {
  const perpetual = walk.plan.cadence === 'perpetual'
  const orderId =
    move.type === 'stop'
      ? null
      : place(walk, {
          orderType: 'cancellation',
          createdAt: addSeconds(move.at, -(120 + (move.slowDays ?? 0) * 86_400)),
          settledAt: move.at,
          products: 'none',
        })
  const endDate = move.type === 'stop' ? move.endDate : dateOf(move.at)
  walk.drafts.push({
    type: 'subscriptionEnded',
    at: move.at,
    subscriptionId: recordId(walk),
    endDate,
    status: move.type === 'stop' ? move.status : 'terminated',
    cause: move.type === 'stop' ? 'withoutOrder' : 'cancelled',
    orderId,
    shownExpirationDate: perpetual ? walk.expirationDate : endDate,
  })
  walk.running = false
}

function activate(walk: Walk, moment: Instant): void {
  const startDate = dateOf(moment)
  walk.expirationDate = addMonths(startDate, monthsOf(SUBSCRIPTION_PERIOD[walk.plan.cadence]))
  const { expirationDate } = walk
  const orderId = `${walk.plan.key}/order 1`
  walk.drafts.push({
    type: 'subscriptionActivated',
    at: moment,
    subscriptionId: recordId(walk),
    startDate,
    expirationDate,
    orderId,
  })
}

function perform(walk: Walk, move: Move): void {
  switch (move.type) {
    case 'seats':
      return changeSeats(walk, move)
    case 'price':
      return changePrice(walk, move)
    case 'priceAtRenewal':
      walk.pricesAtRenewal.set(move.line ?? 0, move.unitPrice)
      return
    case 'scheduleAtRenewal':
      return schedule(walk, move)
    case 'failedOrder':
      return failOrder(walk, move)
    case 'hold':
      walk.drafts.push({ type: 'subscriptionHeld', at: move.at, subscriptionId: recordId(walk) })
      return
    case 'resume':
      walk.drafts.push({ type: 'subscriptionResumed', at: move.at, subscriptionId: recordId(walk) })
      return
    case 'activate':
      return activate(walk, move.at)
    case 'cancel':
    case 'stop':
      return endRecord(walk, move)
  }
}

/** Everything that happens to one lineage up to {@link HORIZON}, with symbolic ids. */
export function simulate(plan: LineagePlan): readonly EventDraft[] {
  const lines = plan.lines.map(({ offer: { subscriptionName: _, ...sold }, seats }) => ({
    ...sold,
    seats,
    vendorSubscriptionId: null,
  }))
  const walk: Walk = {
    plan,
    drafts: [],
    record: 1,
    orders: 0,
    expirationDate: plan.start,
    terms: 0,
    lines,
    running: true,
    scheduled: undefined,
    pricesAtRenewal: new Map(),
  }
  walk.expirationDate = endOfTerm(walk)
  begin(walk)
  const moves = [...plan.moves].sort((first, second) => (first.at < second.at ? -1 : 1))
  for (const move of moves) {
    renewUntil(walk, move.at)
    if (walk.running) perform(walk, move)
  }
  renewUntil(walk, at(HORIZON, '23:59'))
  return walk.drafts
}

function renewUntil(walk: Walk, moment: Instant): void {
  while (walk.running && at(walk.expirationDate, RENEWAL_TIME) <= moment) renew(walk)
}
