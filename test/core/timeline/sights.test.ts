import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import { COUNT_LAG_DAYS, ORDER_LAG_DAYS } from '../../../core/limits.js'
import type { ObservedOrder } from '../../../core/marketplace/types.js'
import { formatDecimal } from '../../../core/money/decimal.js'
import { Observing } from '../../support/observing.js'
import { decimal, observed, order } from '../../support/observed.js'

/** Seats seen at noon of days of March 2026, day by day: `[day, seats]`; undefined: not listed. */
type Looks = readonly (readonly [number, number | undefined])[]

function noon(day: number): string {
  return new Date(Date.UTC(2026, 2, day, 12)).toISOString()
}

/** An order of so many seats, completed hours after the noon of a day of March. */
function change(quantity: number, day: number, hours = 1, more: Partial<ObservedOrder> = {}): ObservedOrder {
  const at = new Date(Date.parse(noon(day)) + hours * 3_600_000)
  const products = [{ mpn: 'BP', quantity: decimal(String(quantity)) }]
  return order({ id: `${quantity} ${day} ${hours}`, products, createdAt: at, provisionedAt: at, ...more })
}

function lookedAt(looks: Looks, orders: readonly ObservedOrder[]): Promise<Observing> {
  return see(new Observing(), looks, orders)
}

async function see(world: Observing, looks: Looks, orders: readonly ObservedOrder[]): Promise<Observing> {
  for (const [day, seats] of looks) {
    const lines = seats === undefined ? [] : [observed({ quantity: decimal(String(seats)) })]
    const known = orders.filter(({ provisionedAt }) => provisionedAt !== undefined)
    await world.see(noon(day), lines, known)
  }
  return world
}

/** "11 25", with "?" for an estimated day; without the opening count. */
async function steps(looks: Looks, orders: readonly ObservedOrder[]): Promise<string[]> {
  const { subscriptions } = await (await lookedAt(looks, orders)).portfolio()
  const counts = subscriptions[0]?.subscription.counts.slice(1) ?? []
  return counts.map(({ on, quantity, estimated }) => {
    const date = formatLocalDate(on).slice(5)
    return `${date} ${formatDecimal(quantity)}${estimated ? '?' : ''}`
  })
}

const daily = (from: number, to: number, seats: number): Looks =>
  Array.from({ length: to - from + 1 }, (_, index) => [from + index, seats] as const)

describe('B19: an order dates a change only where nobody looked', () => {
  test('20 seen on every day until 29 March, 25 on the 30th: an order of 11 March is not believed', async () => {
    const looks = [...daily(1, 29, 20), ...daily(30, 31, 25)]
    expect(await steps(looks, [change(5, 11)])).toEqual(['03-30 25?'])
    expect(await steps(looks, [change(5, 29)])).toEqual(['03-29 25'])
  })

  test('between two looks far apart it is believed: 440.00 + 74.52', async () => {
    const looks = [
      [1, 20],
      [20, 25],
    ] as const
    expect(await steps(looks, [change(5, 11)])).toEqual(['03-11 25'])
    expect(await (await lookedAt(looks, [change(5, 11)])).total('2026-03-01')).toBe(51_452n)
  })

  test('a look that did not list the line saw nothing', async () => {
    const unseen = daily(6, 19, 0).map(([day]) => [day, undefined] as const)
    const looks = [...daily(1, 5, 20), ...unseen, ...daily(20, 21, 25)]
    expect(await steps(looks, [change(5, 11)])).toEqual(['03-11 25'])
  })

  test(`a count may be shown ${COUNT_LAG_DAYS} days late, and no later`, async () => {
    const late = (shown: number) => [...daily(8, shown - 1, 20), ...daily(shown, 20, 25)]
    // Seen last at noon of the day before it is shown.
    expect(await steps(late(14), [change(5, 10)])).toEqual(['03-10 25'])
    expect(await steps(late(15), [change(5, 10)])).toEqual(['03-15 25?'])
  })

  test(`an order may be stamped ${ORDER_LAG_DAYS} days late, and no later`, async () => {
    const looks = [...daily(5, 9, 20), ...daily(10, 20, 25)]
    expect(await steps(looks, [change(5, 12)])).toEqual(['03-12 25'])
    expect(await steps(looks, [change(5, 13)])).toEqual(['03-10 25?'])
  })
})

describe('B19: orders that leave the count as it was', () => {
  const cameAndWent = [change(5, 11), change(-5, 14)]

  test('are phantoms when the old count was seen between', async () => {
    expect(await steps(daily(1, 20, 20), cameAndWent)).toEqual([])
    expect(await (await lookedAt(daily(1, 20, 20), cameAndWent)).total('2026-03-01')).toBe(44_000n)
  })

  test('are real when nothing was seen between: 440.00 + 5 × 22 × 21/31', async () => {
    const looks = [...daily(1, 10, 20), ...daily(15, 20, 20)]
    expect(await steps(looks, cameAndWent)).toEqual(['03-11 25', '03-14 20'])
    expect(await (await lookedAt(looks, cameAndWent)).total('2026-03-01')).toBe(51_452n)
  })

  test('do not keep a later order from dating its change', async () => {
    const looks = [...daily(1, 20, 20), ...daily(21, 25, 23)]
    expect(await steps(looks, [change(5, 11), change(3, 20)])).toEqual(['03-20 23'])
  })
})

describe('B19: orders stamped after their change was seen', () => {
  test('two in a row date both, each stamped an hour after its observation', async () => {
    const looks = [...daily(5, 9, 20), ...daily(10, 11, 25), ...daily(12, 20, 28)]
    expect(await steps(looks, [change(5, 10), change(3, 12)])).toEqual(['03-10 25', '03-12 28'])
  })

  test('an order that explains its own stretch is not taken for the one before', async () => {
    const looks = [...daily(5, 9, 20), ...daily(10, 11, 25), ...daily(12, 20, 30)]
    expect(await steps(looks, [change(5, 11)])).toEqual(['03-10 25?', '03-11 30'])
  })

  test('one that would have to cross another change dates nothing', async () => {
    const looks = [...daily(5, 9, 20), [10, 25] as const, ...daily(11, 20, 28)]
    expect(await steps(looks, [change(5, 12)])).toEqual(['03-10 25?', '03-11 28?'])
  })
})
