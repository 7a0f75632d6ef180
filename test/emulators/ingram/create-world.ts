import type { Amount } from './events.js'
import { createGround, type Ground } from './ground.js'
import * as happenings from './happenings.js'
import type { EventLog } from './log.js'
import type { World } from './world.js'

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
    createCustomer: (customer) => happenings.createCustomer(ground, customer),
    createSubscription: (wanted) => happenings.createSubscription(ground, wanted),
    activate: ({ subscriptionId }) => happenings.activate(ground, subscriptionId),
    addSeats: (change) => happenings.changeSeats(ground, change),
    placeLateOrder: (change) => explained(happenings.changeSeats(ground, change)),
    placeOrderAfterwards: (change) => happenings.placeOrderAfterwards(ground, change),
    scheduleAtRenewal: (change) => happenings.scheduleAtRenewal(ground, change),
    placeOpenOrder: (change) => happenings.placeOpenOrder(ground, change),
    withdrawOrder({ orderId }) {
      if (!ground.projection().orders.has(orderId)) throw new Error(`no order ${orderId} is visible`)
      log.append([{ type: 'orderWithdrawn', at: ground.instant(), orderId }])
    },
    changePrice: (change) => happenings.changePrice(ground, change),
    flipPrice(change) {
      const { state, line } = ground.line(change)
      served.set(`${state.subscriptionId} ${line.mpn}`, change.unitPrice)
    },
    hold: ({ subscriptionId }) => happenings.mark(ground, subscriptionId, 'subscriptionHeld'),
    resume: ({ subscriptionId }) => happenings.mark(ground, subscriptionId, 'subscriptionResumed'),
    renew: ({ subscriptionId }) => happenings.renew(ground, subscriptionId),
    turnOver: (change) => happenings.turnOver(ground, change),
    endSubscription: (change) => happenings.endSubscription(ground, change),
    servedPrice: (subscriptionId, mpn) => served.get(`${subscriptionId} ${mpn}`),
  }
}
