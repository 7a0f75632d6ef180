import type { LocalDate } from '../calendar/date.js'
import { localDateOf } from '../calendar/zone.js'
import type { ObservedOrder, OrderSetup } from '../marketplace/types.js'

/** A one-time set-up fee of an order, keyed by order and detail (BILLING B20b). */
export interface SetupStep extends Pick<OrderSetup, 'description' | 'quantity' | 'unitPrice'> {
  readonly on: LocalDate
  readonly key: string
  /** The order's number. */
  readonly order: string
  /** The order does not say when it was completed: the day it was placed stands for it. */
  readonly estimated: boolean
}

/** The set-up fees of completed orders, in order of date, then of their keys (BILLING B20b). */
export function foldSetups(orders: readonly ObservedOrder[], timeZone: string): SetupStep[] {
  const steps: SetupStep[] = []
  for (const { id, number: order, status, provisionedAt, createdAt, setups } of orders) {
    if (status !== 'completed') continue
    const on = localDateOf(provisionedAt ?? createdAt, timeZone)
    const estimated = provisionedAt === undefined
    for (const { detail, description, quantity, unitPrice } of setups) {
      steps.push({ on, key: `${id}:${detail}`, order, description, quantity, unitPrice, estimated })
    }
  }
  return steps.sort((left, right) => left.on - right.on || (left.key < right.key ? -1 : 1))
}
