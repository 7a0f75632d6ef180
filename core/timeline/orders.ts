import type { ObservedOrder } from '../marketplace/types.js'
import { type Decimal, DECIMAL_ZERO } from '../money/decimal.js'

/** A completed order that changed the count of a licence line at a known instant. */
export interface QuantityOrder {
  readonly at: Date
  readonly number: string
  /** It began the line: its quantity is the first count, from the line's first day on. */
  readonly initial: boolean
  /** A signed difference in seats; undefined: the marketplace sent no products, so nobody knows. */
  readonly delta: Decimal | undefined
  /** A wanted total instead of a difference (scheduled at renewal). */
  readonly target: Decimal | undefined
}

/** A completed order of which nobody can say when it took effect, or what it did. */
export interface UnclearOrder {
  /** When it took effect; without such a date, when it was placed. */
  readonly at: Date
  readonly dated: boolean
}

/** What the orders of one licence line say about its count. */
export interface QuantityOrders {
  /** In order of time. */
  readonly clear: readonly QuantityOrder[]
  readonly unclear: readonly UnclearOrder[]
}

/**
 * Reads the orders that name a licence line of product `mpn`: completed ones that are about its seats. A change
 * without a date, and an order of a kind we do not know, explain nothing; the order that began the line needs no date.
 */
export function quantityOrders(orders: readonly ObservedOrder[], mpn: string): QuantityOrders {
  const clear: QuantityOrder[] = []
  const unclear: UnclearOrder[] = []
  for (const { type, status, products, number, createdAt, provisionedAt, scheduledAtRenewal } of orders) {
    if (status !== 'completed' || type === 'renewal' || type === 'cancellation') continue
    const own = products?.filter((product) => product.mpn === mpn)
    if (own?.length === 0) continue
    const initial = type === 'sales' || type === 'migration'
    const at = provisionedAt ?? createdAt
    if (type === 'unknown' || (provisionedAt === undefined && !initial)) {
      unclear.push({ at, dated: provisionedAt !== undefined })
      continue
    }
    const quantity = own?.reduce((sum, product) => (sum + product.quantity) as Decimal, DECIMAL_ZERO)
    clear.push({
      at,
      number,
      initial,
      delta: scheduledAtRenewal ? undefined : quantity,
      target: scheduledAtRenewal ? quantity : undefined,
    })
  }
  clear.sort((left, right) => left.at.getTime() - right.at.getTime())
  return { clear, unclear }
}
