import { describe, expect, test } from 'vitest'
import { type Known, compare, sameContent } from '../../../core/marketplace/compare.js'
import type { ObservedSubscription } from '../../../core/marketplace/types.js'
import { day, decimal, observed, order } from '../../support/observed.js'

const AT = new Date('2026-03-20T13:00:00Z')

function known(subscriptions: readonly ObservedSubscription[], present = true): Known {
  return {
    customers: new Map([['C1', { id: 'C1', name: 'Contoso' }]]),
    subscriptions: new Map(
      subscriptions.map((subscription) => [subscription.key, { subscription, present }]),
    ),
    orders: new Map([['900', order()]]),
  }
}

function snapshot(subscriptions: readonly ObservedSubscription[]) {
  return { observedAt: AT, customers: [{ id: 'C1', name: 'Contoso' }], subscriptions, orders: [order()] }
}

describe('an observation is stored as its differences', () => {
  test('the same again is nothing', () => {
    expect(compare(known([observed()]), snapshot([observed()]))).toEqual({
      customers: [],
      subscriptions: [],
      orders: [],
    })
  })

  test.each<[string, Partial<ObservedSubscription>]>([
    ['seats', { quantity: decimal('21') }],
    ['price', { unitPrice: { currency: 'USD', amount: decimal('22.01') } }],
    ['currency', { unitPrice: { currency: 'EUR', amount: decimal('22.00') } }],
    ['status', { status: 'hold' }],
    ['expiration date', { expiresOn: day('2027-06-01') }],
    ['cost', { unitCost: undefined }],
  ])('another %s is a difference', (_, change) => {
    const { subscriptions } = compare(known([observed()]), snapshot([observed(change)]))
    expect(subscriptions).toEqual([{ subscription: observed(change), present: true }])
  })

  test('a line that is not listed is absent, not ended; listed again it is back', () => {
    const gone = compare(known([observed()]), snapshot([]))
    expect(gone.subscriptions).toEqual([{ subscription: observed(), present: false }])
    expect(compare(known([observed()], false), snapshot([])).subscriptions).toEqual([])
    expect(compare(known([observed()], false), snapshot([observed()])).subscriptions).toHaveLength(1)
  })

  test('an ended line may leave the list without news', () => {
    const ended = observed({ status: 'removed' })
    expect(compare(known([ended]), snapshot([])).subscriptions).toEqual([])
  })

  test('the lines of a subscription that ended without showing them ended with it, once', () => {
    const end = {
      subscriptionId: '1000',
      status: 'removed',
      expiresOn: day('2026-03-11'),
      renewsOn: undefined,
      autoRenew: undefined,
      lastModifiedOn: day('2026-03-11'),
    } as const
    const over = { ...observed(), ...end }
    const without = { ...snapshot([]), ended: [end] }
    const told = [{ subscription: over, present: true }]
    expect(compare(known([observed()]), without).subscriptions).toEqual(told)
    expect(compare(known([observed()], false), without).subscriptions).toEqual(told)
    expect(compare(known([over]), without).subscriptions).toEqual([])
    // What is said of it later, without showing it, is not how it ended.
    const later = { ...end, lastModifiedOn: day('2026-03-19') }
    expect(compare(known([over]), { ...snapshot([]), ended: [later] }).subscriptions).toEqual([])
    const other = observed({ subscriptionId: '2000' })
    expect(compare(known([other]), without).subscriptions).toEqual([{ subscription: other, present: false }])
    // Of two lines one is shown still: that one says itself how it ended.
    const shown = observed({ mpn: 'E3', status: 'removed', quantity: decimal('0') })
    const both = { ...snapshot([shown]), ended: [end] }
    expect(compare(known([observed(), shown]), both).subscriptions).toEqual(told)
  })

  test('orders and customers: new and changed only', () => {
    const later = {
      ...snapshot([]),
      customers: [{ id: 'C1', name: 'Contoso Ltd' }],
      orders: [order({ status: 'error' })],
    }
    const result = compare(known([]), later)
    expect(result.customers).toEqual([{ id: 'C1', name: 'Contoso Ltd' }])
    expect(result.orders).toEqual([order({ status: 'error' })])
  })
})

test('content is compared by value, with dates and big numbers', () => {
  expect(sameContent(order(), order())).toBe(true)
  expect(sameContent(order(), order({ provisionedAt: new Date('2026-03-11T14:05:01Z') }))).toBe(false)
  expect(sameContent({ a: undefined }, {})).toBe(false)
  expect(sameContent([1n, 2n], [1n, 3n])).toBe(false)
  expect(sameContent(AT, '2026-03-20T13:00:00.000Z')).toBe(false)
})
