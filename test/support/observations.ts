import type { ObservationRecord } from '../../core/ports.js'
import { observed, order } from './observed.js'

/** An observation to record: one customer with one licence line and one order, unless said otherwise. */
export function observation(
  id: string,
  previous: number | undefined,
  changes: Partial<ObservationRecord> = {},
): ObservationRecord {
  return {
    id,
    observedAt: new Date('2026-03-01T09:00:00.123Z'),
    previous,
    answered: 0,
    counts: { customers: 1, subscriptions: 1, orders: 1, requests: 7 },
    customers: [{ id: 'C1', name: 'Contoso', billingCurrency: 'USD' }],
    states: [{ subscription: observed(), present: true }],
    orders: [order()],
    memberships: [{ lineageId: 'L-1', recordKey: '1000/BP' }],
    ...changes,
  }
}

/** An observation that found nothing new. */
export function unchanged(id: string, previous: number): ObservationRecord {
  return observation(id, previous, { customers: [], states: [], orders: [], memberships: [] })
}
