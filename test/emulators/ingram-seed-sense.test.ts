import { describe, expect, it } from 'vitest'
import type { MarketplaceEvent } from './ingram/events.js'
import { createEventLog } from './ingram/log.js'
import { project } from './ingram/projection.js'
import { seedWorld } from './ingram/seed/world.js'
import { SEED_CLOCK } from './ingram/seed/telling.js'
import { dateOf, daysBetween } from './shared/dates.js'

type Of<Type extends MarketplaceEvent['type']> = Extract<MarketplaceEvent, { type: Type }>

function logOf(seed: number): readonly MarketplaceEvent[] {
  const log = createEventLog()
  log.append(seedWorld(seed))
  return log.events()
}

const whole = logOf(7)
const shown = project(whole.filter((event) => event.visibleFrom <= SEED_CLOCK))

function only<Type extends MarketplaceEvent['type']>(
  events: readonly MarketplaceEvent[],
  type: Type,
): readonly Of<Type>[] {
  return events.filter((event): event is Of<Type> => event.type === type)
}

/** What contradicts itself in an event log, in words; nothing in any seed. */
function contradictionsIn(events: readonly MarketplaceEvent[]): readonly string[] {
  const byId = new Map(only(events, 'orderPlaced').map((order) => [order.orderId, order]))
  const count = new Map<string, number>()
  const over = new Set<string>()
  const explained = new Map<string, number>()
  const found: string[] = []
  for (const event of events) {
    const about = `event ${event.sequence} (${event.type})`
    const demand = (holds: boolean, what: string): unknown => holds || found.push(`${about} ${what}`)
    demand(event.visibleFrom >= event.at, 'is visible before it happens')
    if ('orderId' in event && event.orderId !== null)
      demand(byId.has(event.orderId), 'names an order nobody placed')
    if (event.type === 'subscriptionCreated') {
      for (const { mpn, seats: first } of event.lines) count.set(`${event.subscriptionId} ${mpn}`, first)
    } else if (event.type !== 'orderPlaced' && 'subscriptionId' in event) {
      demand(!over.has(event.subscriptionId), 'happens to a subscription that is over')
    }
    if (event.type === 'subscriptionEnded') over.add(event.subscriptionId)
    if (event.type !== 'seatsChanged') continue
    demand(count.get(`${event.subscriptionId} ${event.mpn}`) === event.before, 'begins with another count')
    demand(event.after > 0, 'leaves no seats')
    count.set(`${event.subscriptionId} ${event.mpn}`, event.after)
    const order = byId.get(event.orderId ?? '')
    if (order === undefined || order.products === null) continue
    explained.set(order.orderId, (explained.get(order.orderId) ?? 0) + 1)
    const wanted = order.scheduledAtRenewal ? event.after : event.after - event.before
    const [product, ...others] = order.products
    demand(order.provisionedAt === event.at, 'has an order of another moment')
    demand(
      product?.mpn === event.mpn && product.quantity === wanted && others.length === 0,
      'has an order of something else',
    )
  }
  return [
    ...found,
    ...[...byId.values()].flatMap((order) => orderFaults(order, explained.get(order.orderId) ?? 0)),
  ]
}

const NUMBERS = { sales: /^SO\d{6}$/, change: /^CH\d{6}$/, renewal: /^RN\d{6}$/, cancellation: /^CL\d{6}$/ }

function orderFaults(order: Of<'orderPlaced'>, explains: number): readonly string[] {
  const failed = order.provisionedAt === null
  const bare = order.orderType === 'renewal' || order.orderType === 'cancellation'
  const mustExplain =
    order.orderType === 'change' && order.products !== null && !failed && !order.scheduledAtRenewal
  const moments = order.history.map(({ at }) => at)
  return [
    NUMBERS[order.orderType].test(order.number) ? '' : 'has a number of another kind',
    (order.details === null) === (order.products === null) ? '' : 'has products or details alone',
    moments.join() === moments.toSorted().join() ? '' : 'has a history out of order',
    bare && order.products !== null ? 'has products' : '',
    failed && explains > 0 ? 'failed and changed seats' : '',
    mustExplain && explains !== 1 ? `explains ${explains} changes` : '',
  ]
    .filter((what) => what !== '')
    .map((what) => `order ${order.number} ${what}`)
}

describe('every seed', () => {
  it.each([7, 1, 2, 42])('%i tells a story without contradictions', (seed) => {
    const events = logOf(seed)
    expect(new Set(events.map(({ sequence }) => sequence)).size).toBe(events.length)
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted())
    expect(contradictionsIn(events)).toEqual([])
  })

  it('would show a contradiction', () => {
    const [change] = only(whole, 'seatsChanged')
    if (change === undefined) throw new Error('nothing ever changed')
    const without = whole.filter((event) => event !== change)
    const doubled = [...whole, { ...change, sequence: whole.length + 1 }]
    expect(contradictionsIn(without).length).toBeGreaterThan(0)
    expect(contradictionsIn(doubled).length).toBeGreaterThan(0)
  })

  it('continues each replaced record where it ended, with the same products', () => {
    const endOf = new Map(only(whole, 'subscriptionEnded').map((event) => [event.subscriptionId, event]))
    const recordOf = new Map(only(whole, 'subscriptionCreated').map((event) => [event.subscriptionId, event]))
    const continuing = [...recordOf.values()].filter(({ replaces }) => replaces !== null)
    for (const record of continuing) {
      const old = recordOf.get(record.replaces ?? '')
      expect(endOf.get(record.replaces ?? '')?.endDate).toBe(record.startDate)
      expect(dateOf(record.at)).toBe(record.startDate)
      expect(old?.customerId).toBe(record.customerId)
      expect(old?.lines.map(({ mpn }) => mpn)).toEqual(record.lines.map(({ mpn }) => mpn))
    }
    const seatsAtTurnover = continuing.filter((record) => {
      const state = shown.subscriptions.get(record.replaces ?? '')
      return (
        state !== undefined && state.lines[0]?.seats !== record.lines[0]?.seats && record.at <= SEED_CLOCK
      )
    })
    expect(seatsAtTurnover).toHaveLength(1)
  })

  it.each([7, 3])('%i has no record that could continue another one by chance', (seed) => {
    const events = logOf(seed)
    const endOf = new Map(
      only(events, 'subscriptionEnded').map((event) => [event.subscriptionId, event.endDate]),
    )
    const records = only(events, 'subscriptionCreated')
    const productsOf = (record: Of<'subscriptionCreated'>): string =>
      `${record.customerId} ${record.lines.map(({ mpn }) => mpn).join()}`
    const near = records.flatMap((record) =>
      records
        .filter((old) => {
          const end = endOf.get(old.subscriptionId)
          if (old === record || end === undefined || productsOf(old) !== productsOf(record)) return false
          return Math.abs(daysBetween(end, record.startDate)) <= 3
        })
        .map((old) => [old.subscriptionId, record.replaces]),
    )
    expect(near.length).toBeGreaterThan(30)
    expect(near.filter(([old, replaced]) => old !== replaced)).toEqual([])
  })

  it('is another world for another seed, and the same for the same', () => {
    expect(JSON.stringify(logOf(7))).toBe(JSON.stringify(whole))
    expect(JSON.stringify(logOf(8))).not.toBe(JSON.stringify(whole))
  })
})
