import { describe, expect, test } from 'vitest'
import { formatLocalDate } from '../../../core/calendar/date.js'
import type { ObservedOrder, OrderSetup } from '../../../core/marketplace/types.js'
import { Observing } from '../../support/observing.js'
import { day, decimal, observed, order } from '../../support/observed.js'

function fee(more: Partial<OrderSetup> = {}): OrderSetup {
  const unitPrice = { currency: 'USD', amount: decimal('150') }
  return { detail: 0, mpn: 'SETUP', description: 'Onboarding', quantity: decimal('1'), unitPrice, ...more }
}

/** A completed sales order of 12 March that only carries fees. */
function sale(subscriptionId: string | undefined, more: Partial<ObservedOrder> = {}): ObservedOrder {
  const provisionedAt = new Date('2026-03-12T15:00:00Z')
  return order({
    type: 'sales',
    products: undefined,
    provisionedAt,
    setups: [fee()],
    ...more,
    subscriptionId,
  })
}

async function seen(
  subscriptions: Parameters<Observing['see']>[1],
  orders: readonly ObservedOrder[],
  instant = '2026-03-20T13:00:00Z',
): Promise<Observing> {
  const world = new Observing()
  await world.see(instant, subscriptions, orders)
  return world
}

const OTHER = observed({ subscriptionId: '7', mpn: 'E3' })
const EUROS = { currency: 'EUR', amount: decimal('150') }

describe('B20b: the fees of an order without a subscription', () => {
  test('are one-time lines of the order alone', async () => {
    const world = await seen([OTHER], [sale(undefined)])
    expect(await world.total('2026-03-01')).toBe(44_000n + 15_000n)
    const { bills } = await world.who('2026-03-01')
    const line = bills[0]?.lines.find(({ charge }) => charge.kind === 'oneTime')
    expect(line?.subscription.subscription).toMatchObject({ productName: 'Onboarding', counts: [] })
    expect(line && [formatLocalDate(line.charge.billOn), line.charge.amount]).toEqual(['2026-03-12', 15_000n])
    expect(await world.exceptions('2026-03-01')).toEqual([])
    expect(await world.changes('2026-03-10')).toEqual([])
  })

  test('in the customer’s first currency, or its own while there is none', async () => {
    const foreign = sale(undefined, { setups: [fee({ unitPrice: EUROS })] })
    const world = await seen([OTHER], [foreign])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    expect(await world.exceptions('2026-03-01')).toEqual(['feeOtherCurrency'])
    const { totals } = await (await seen([], [foreign])).who('2026-03-01')
    expect(totals).toMatchObject([{ currency: 'EUR', amount: 15_000n }])
  })

  test('are named after the order when they are several', async () => {
    const world = await seen(
      [],
      [sale(undefined, { setups: [fee(), fee({ detail: 1, description: 'Migration' })] })],
    )
    expect(await world.total('2026-03-01')).toBe(30_000n)
    const { bills } = await world.who('2026-03-01')
    expect(bills[0]?.lines[0]?.subscription.subscription.productName).toBe('Set-up fees of order CH000900')
  })

  test.each([
    ['is not completed', sale(undefined, { status: 'processing' })],
    ['of a subscription is not completed', sale('7', { status: 'processing' })],
    [
      'was completed before the opening',
      sale(undefined, { provisionedAt: new Date('2026-02-20T15:00:00Z') }),
    ],
  ])('are none when the order %s', async (_, other) => {
    expect(await (await seen([OTHER], [other])).total('2026-03-01')).toBe(44_000n)
  })

  test('stay where they are when the order names a subscription later', async () => {
    const world = await seen([OTHER], [sale(undefined)])
    const { subscriptions } = await world.portfolio()
    await world.see('2026-03-21T13:00:00Z', [OTHER], [sale('8')])
    expect(await world.total('2026-03-01')).toBe(44_000n + 15_000n)
    await world.see('2026-03-22T13:00:00Z', [OTHER], [sale('7')])
    const later = await world.portfolio()
    const lineages = (all: typeof later.subscriptions) =>
      all.map(({ subscription }) => subscription.lineageId)
    expect(lineages(later.subscriptions)).toEqual(lineages(subscriptions))
    expect(await world.total('2026-03-01')).toBe(44_000n + 15_000n)
  })

  test('are given back when the order is withdrawn after they were billed', async () => {
    const world = await seen([], [sale(undefined)])
    const [bill] = (await world.who('2026-03-01')).bills
    const billed = new Map(
      bill?.lines.map(({ subscription, charge }) => [
        subscription.subscription.lineageId,
        [{ ...charge, currency: 'USD', version: 1 }],
      ]),
    )
    expect((await world.who('2026-03-01', {}, billed)).bills).toEqual([])
    await world.see('2026-03-21T13:00:00Z', [], [sale(undefined, { status: 'cancelled' })])
    expect((await world.who('2026-03-01', {}, billed)).totals).toMatchObject([{ amount: -15_000n }])
  })

  test('without a date have the day the order was placed, marked as estimated', async () => {
    const undated = sale(undefined, { provisionedAt: undefined, createdAt: new Date('2026-03-09T15:00:00Z') })
    const { bills } = await (await seen([], [undated])).who('2026-03-01')
    const charge = bills[0]?.lines[0]?.charge
    expect([charge?.billOn, charge?.estimated]).toEqual([day('2026-03-09'), true])
  })
})

describe('B20b: the fees of an order with a subscription', () => {
  test('that no observation has listed are said with their amount, and billed once it is', async () => {
    const world = await seen([OTHER], [sale('8', { setups: [fee({ quantity: decimal('2') })] })])
    expect(await world.total('2026-03-01')).toBe(44_000n)
    const { exceptions } = await world.who('2026-03-01')
    expect(exceptions).toMatchObject([{ kind: 'feeUnlisted', customerId: 'C1', product: 'Onboarding' }])
    expect(exceptions[0]?.why).toContain('“Onboarding” of 2 × $150.00 (order CH000900)')
    const listed = observed({ subscriptionId: '8' })
    await world.see(
      '2026-03-21T13:00:00Z',
      [OTHER, listed],
      [sale('8', { setups: [fee({ quantity: decimal('2') })] })],
    )
    expect(await world.total('2026-03-01')).toBe(88_000n + 30_000n)
    expect(await world.exceptions('2026-03-01')).not.toContain('feeUnlisted')
  })

  test('an order without fees, or not completed, says nothing of a subscription that is not listed', async () => {
    const orders = [sale('8', { setups: [] }), sale('9', { id: '2', status: 'processing' })]
    expect(await (await seen([OTHER], orders)).exceptions('2026-03-01')).toEqual([])
  })

  test('billed by usage are the order’s own: the vendor’s file does not have them', async () => {
    const world = await seen(
      [observed({ subscriptionId: '8', usage: true, unitPrice: undefined })],
      [sale('8')],
    )
    expect(await world.total('2026-03-01')).toBe(15_000n)
    expect(await world.exceptions('2026-03-01')).toEqual(['usage'])
  })

  test('of several products go to the line of their product, else to the one seen first', async () => {
    const lines = [observed({ mpn: 'M' }), observed({ mpn: 'P' }), observed({ mpn: 'Z', usage: true })]
    const setups = [
      fee(),
      fee({ detail: 1, mpn: 'P', description: 'For P' }),
      fee({ detail: 2, mpn: 'Z', description: 'For Z' }),
      fee({ detail: 3, mpn: 'A', description: 'For A' }),
    ]
    const sold = sale('1000', { setups })
    const world = await seen(lines, [sold])
    const fees = async () => {
      const { subscriptions } = await world.portfolio()
      const found = subscriptions.flatMap(({ subscription: { mpn, setups: own } }) =>
        own.map(({ description }) => `${mpn}: ${description}`),
      )
      return found.sort()
    }
    // A line of product A is listed a day later: its fee is billed by then, and stays where it is.
    const expected = ['M: For A', 'M: For Z', 'M: Onboarding', 'P: For P']
    expect(await fees()).toEqual(expected)
    await world.see('2026-03-21T13:00:00Z', [...lines, observed({ mpn: 'A' })], [sold])
    expect(await fees()).toEqual(expected)
  })
})
