import { addDays } from '../calendar/date.js'
import { localDateOf } from '../calendar/zone.js'
import type { ObservedOrder } from '../marketplace/types.js'
import type { FoldedSubscription } from './fold.js'
import { lineageIdOf } from './lineage.js'
import { foldSetups } from './setups.js'

/** What names an order among the licence lines that found lineages: those have a slash between their two ids. */
export function orderKey(orderId: string): string {
  return `order ${orderId}`
}

/**
 * The set-up fees of one order as a subscription of ours without service (BILLING B20b): for an order whose
 * subscription is not billed here, or which names none. Its lineage is the order's. Of an order
 * that is not completed, or not any more, nothing is due.
 */
export function foldOrderFees(order: ObservedOrder, timeZone: string): FoldedSubscription {
  const setups = foldSetups([order], timeZone)
  const descriptions = new Set(setups.map(({ description }) => description))
  const [description = ''] = descriptions
  const on = localDateOf(order.provisionedAt ?? order.createdAt, timeZone)
  return {
    lineageId: lineageIdOf(orderKey(order.id)),
    customerId: order.customerId,
    mpn: order.setups[0]?.mpn ?? '',
    productName: descriptions.size === 1 ? description : `Set-up fees of order ${order.number}`,
    status: 'active',
    billingPeriod: { type: 'month', duration: 1 },
    start: on,
    end: addDays(on, 1),
    endPlanned: false,
    endEstimated: false,
    terms: [],
    counts: [],
    prices: [],
    holds: [],
    setups,
    assumedThrough: undefined,
    exceptions: [],
    renewals: [],
    recordKeys: [orderKey(order.id)],
  }
}
