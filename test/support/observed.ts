import { type LocalDate, parseLocalDate } from '../../core/calendar/date.js'
import { type ObservedOrder, type ObservedSubscription, recordKey } from '../../core/marketplace/types.js'
import { type Decimal, parseDecimal } from '../../core/money/decimal.js'
import type { LineageRecord } from '../../core/timeline/fold.js'

/** A local date written as text; a typing mistake in a test stops the test. */
export function day(text: string): LocalDate {
  const date = parseLocalDate(text)
  if (date === undefined) throw new Error(`not a date: ${text}`)
  return date
}

/** An exact decimal written as text. */
export function decimal(text: string): Decimal {
  const value = parseDecimal(text)
  if (value === undefined) throw new Error(`not a decimal: ${text}`)
  return value
}

/** A licence line as observed: 20 seats at $22.00 a month since 2025-06-01, unless said otherwise. */
export function observed(changes: Partial<ObservedSubscription> = {}): ObservedSubscription {
  const subscriptionId = changes.subscriptionId ?? '1000'
  const mpn = changes.mpn ?? 'BP'
  return {
    key: recordKey(subscriptionId, mpn),
    subscriptionId,
    mpn,
    customerId: 'C1',
    productName: 'Microsoft 365 Business Premium',
    status: 'active',
    quantity: decimal('20'),
    unitPrice: { currency: 'USD', amount: decimal('22.00') },
    unitCost: { currency: 'USD', amount: decimal('17.35') },
    billingPeriod: { type: 'month', duration: 1 },
    usage: false,
    startsOn: day('2025-06-01'),
    expiresOn: day('2026-06-01'),
    renewsOn: day('2026-06-01'),
    autoRenew: true,
    lastModifiedOn: undefined,
    vendorSubscriptionId: undefined,
    ...changes,
  }
}

/** A completed change order of +5 seats, provisioned on 11 March 2026, unless said otherwise. */
export function order(changes: Partial<ObservedOrder> = {}): ObservedOrder {
  return {
    id: '900',
    number: 'CH000900',
    type: 'change',
    status: 'completed',
    customerId: 'C1',
    subscriptionId: '1000',
    createdAt: new Date('2026-03-11T14:00:00Z'),
    provisionedAt: new Date('2026-03-11T14:05:00Z'),
    scheduledAtRenewal: false,
    products: [{ mpn: 'BP', quantity: decimal('5') }],
    setups: [],
    poNumber: undefined,
    ...changes,
  }
}

/** A licence line's history: what it was from each instant on, and the orders that name it. */
export function record(
  states: readonly (readonly [string, ObservedSubscription])[],
  orders: readonly ObservedOrder[] = [],
  present = true,
): LineageRecord {
  const [first, ...rest] = states.map(([instant, subscription]) => ({
    observedAt: new Date(instant),
    subscription,
    present: true,
  }))
  if (first === undefined) throw new Error('a record has at least one state')
  return { states: [first, ...rest], orders, present }
}
