import { type Day, localDay, milliseconds } from './days.js'
import type { SeenRecord } from './event-log.js'
import type { WatchedOrder } from './polls.js'

/** A completed order that may have changed the count of a licence line. */
export interface Step {
  /** When it took effect, in milliseconds, and the local day of it. */
  readonly at: number
  readonly on: Day
  readonly type: WatchedOrder['orderType']
  readonly completedIn: number
  /** Signed difference; undefined: the order carries no products, or the wanted total. */
  readonly difference: number | undefined
  /** The wanted total of a change ordered for the renewal, and the first count that was sold. */
  readonly total: number | undefined
}

/** The steps of a licence line, oldest first; `orders` are those of its subscription. */
export function stepsOf(
  record: SeenRecord,
  orders: readonly WatchedOrder[],
  timeZone: string,
): readonly Step[] {
  return orders
    .flatMap((order): readonly Step[] => {
      const { orderType: type, provisionedAt, completedIn, scheduledAtRenewal } = order
      if ((type !== 'sales' && type !== 'change') || provisionedAt === null) return []
      if (completedIn === undefined) return []
      const quantities = order.products?.filter((product) => product.mpn === record.mpn)
      if (quantities?.length === 0) return []
      const sum = quantities?.reduce((total, product) => total + product.quantity, 0)
      const at = milliseconds(provisionedAt)
      const on = localDay(provisionedAt, timeZone)
      const isTotal = scheduledAtRenewal || type === 'sales'
      const [difference, total] = isTotal ? [undefined, sum] : [sum, undefined]
      return [{ at, on, type, completedIn, difference, total }]
    })
    .toSorted((left, right) => left.at - right.at)
}
