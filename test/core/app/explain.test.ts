import { describe, expect, test } from 'vitest'
import { explainCard } from '../../../bot/cards/explain.js'
import { renderConsole } from '../../../bot/console/render.js'
import { explainRef } from '../../../core/app/explain.js'
import { lineRef } from '../../../core/app/who.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import { billedByLineage } from '../../../core/app/run-content.js'
import type { BilledLine } from '../../../core/ports.js'
import { Observing } from '../../support/observing.js'
import { day, decimal, observed, order } from '../../support/observed.js'
import { APRIL, MARCH, Office, office, started } from '../../support/office.js'

/** The card of each line of Contoso in a month, as a terminal shows it. */
async function explained(msp: Office, month = MARCH): Promise<string[]> {
  const { bills } = await msp.studio.customer('contoso', month)
  const refs = bills.flatMap(({ lines }) => lines.map(lineRef))
  return Promise.all(refs.map(async (ref) => renderConsole(explainCard(await msp.studio.explain(ref)))))
}

/** What a card says behind a label. */
function fact(card: string | undefined, label: string): string | undefined {
  return new RegExp(`^${label} +(.*)$`, 'm').exec(card ?? '')?.[1]
}

describe('B19, B26: where a line comes from', () => {
  test('the order behind a rise and when it was completed, and the sighting behind a base', async () => {
    const [base, rise] = await explained(await office())
    expect(fact(base, 'Source')).toBe(
      'first observed on 20 Mar 2026 09:01, walked back through completed orders',
    )
    expect(fact(rise, 'Source')).toBe('order CH000900, completed on 11 Mar 2026 10:05')
    expect(fact(rise, 'Price')).toBe('$22.00, the subscription’s own unit price in the marketplace')
  })

  test('every order of a day', async () => {
    const msp = new Office()
    const provisionedAt = new Date('2026-03-11T18:00:00Z')
    const products = [{ mpn: 'BP', quantity: decimal('3') }]
    msp.subscriptions = [observed({ quantity: decimal('28') })]
    msp.orders = [order(), order({ id: '901', number: 'CH000901', provisionedAt, products })]
    await msp.observe()
    const [, rise] = await explained(msp)
    expect(fact(rise, 'Source')).toBe(
      'order CH000900, completed on 11 Mar 2026 10:05; order CH000901, completed on 11 Mar 2026 14:00',
    )
  })

  test('no order: the date is estimated, and it says when it was first seen', async () => {
    const msp = await office()
    msp.now = new Date('2026-03-25T13:00:00Z')
    msp.subscriptions = [observed({ quantity: decimal('30') })]
    await msp.observe()
    const [, , rise] = await explained(msp)
    expect(fact(rise, 'Source')).toBe(
      'date estimated, first seen on 25 Mar 2026 09:01; no order says when it changed',
    )
  })

  test('orders that do not add up: the count is assumed, and it says so', async () => {
    const msp = await office()
    msp.subscriptions.push(observed({ subscriptionId: '2000', startsOn: day('2026-03-05') }))
    await msp.observe()
    const [, , assumed] = await explained(msp)
    expect(fact(assumed, 'Source')).toBe(
      'first observed on 20 Mar 2026 09:02; orders do not add up to it, so it is assumed for the days before',
    )
  })

  test('of periods that begin after it was seen nothing is walked back or assumed', async () => {
    const msp = new Office()
    // Without products it tells nothing, so the 25 seats are assumed for the days before: 25 × 22.00 each month.
    msp.orders = [order({ products: undefined })]
    await msp.observe()
    const [march, april] = await explained(msp, APRIL)
    expect(fact(march, 'Source')).toBe(
      'first observed on 20 Mar 2026 09:01; orders do not add up to it, so it is assumed for the days before',
    )
    expect(fact(april, 'Source')).toBe('as first observed on 20 Mar 2026 09:01')
  })

  test.each([
    ['the day before its first day', '2026-04-01T03:59:00Z', 'as first observed on 31 Mar 2026 23:59'],
    ['its first day', '2026-04-01T04:00:00Z', 'as first observed on 1 Apr 2026 00:00'],
    [
      'the day after its first day',
      '2026-04-02T04:00:00Z',
      'first observed on 2 Apr 2026 00:00, walked back through completed orders',
    ],
  ])('a line seen first on %s', async (_, instant, words) => {
    const msp = new Office()
    msp.orders = []
    msp.now = new Date(Date.parse(instant) - 60_000)
    await msp.observe()
    const cards = await explained(msp, APRIL)
    const april = cards.find((card) => fact(card, 'Period')?.includes('Apr'))
    expect(fact(april, 'Source')).toBe(words)
  })

  test('a price the marketplace changed, with the day it was first seen', async () => {
    const msp = await started({ ...DEFAULT_POLICY, priceChange: 'immediate' })
    msp.now = new Date('2026-03-25T13:00:00Z')
    msp.subscriptions = [
      observed({ quantity: decimal('25'), unitPrice: { currency: 'USD', amount: decimal('24') } }),
    ]
    await msp.observe()
    const cards = await explained(msp)
    expect(fact(cards[2], 'Price')).toBe(
      '$2.00 ($22.00 → $24.00), the subscription’s own unit price in the marketplace, stated since 25 Mar 2026',
    )
    const april = (await explained(msp, APRIL)).at(-1)
    expect(fact(april, 'Price')).toBe(
      '$24.00, the subscription’s own unit price in the marketplace, stated since 25 Mar 2026',
    )
  })

  test('a correction shows both sides: what is due with its orders, what was billed with its run', async () => {
    const msp = await office()
    await msp.bill()
    msp.orders = [order({ provisionedAt: new Date('2026-03-13T14:05:00Z') })]
    await msp.observe()
    const [card = ''] = await explained(msp)
    // 440.00 + 5 × 22 × 19/31 = 67.42, less 514.52: −7.10
    expect(card).toContain('= -$7.10')
    expect(card.slice(card.indexOf('Due now')).split('\n').slice(0, 8)).toEqual([
      'Due now:',
      '  - 20 × $22.00 = $440.00 (first observed on 20 Mar 2026 09:01, walked back through completed orders)',
      '  - 20 → 25 seats from 13 Mar: 5 × $22.00 × 19/31 = $67.42 (order CH000900, completed on 13 Mar 2026 10:05)',
      '',
      'Billed before:',
      '  - 20 × $22.00 = $440.00 (BR-0001, approved on 20 Mar 2026 09:01)',
      '  - 20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52 (BR-0001, approved on 20 Mar 2026 09:01)',
      '',
    ])
  })
})

describe('finding a line', () => {
  /** How often each subscription is charged while a reference is looked for. */
  async function chargesFor(ref: string, billed: readonly BilledLine[] = []): Promise<number[]> {
    const msp = new Observing()
    const lines = ['1000', '2000'].map((subscriptionId) => observed({ subscriptionId }))
    await msp.see('2026-12-20T13:00:00Z', lines)
    const portfolio = await msp.portfolio()
    const charges = portfolio.subscriptions.map(() => 0)
    const subscriptions = portfolio.subscriptions.map((subscription, index) => ({
      ...subscription,
      get timeline() {
        charges[index] = (charges[index] ?? 0) + 1
        return subscription.timeline
      },
    }))
    const view = {
      portfolio: { ...portfolio, subscriptions },
      policies: { first: DEFAULT_POLICY, changes: [] },
      books: { version: 1, billed, settings: [], overrides: [] },
      billed: billedByLineage(billed),
      slots: [],
      sync: { version: 0, customers: [], slots: [], readings: [], locked: [], intents: [], written: [] },
    }
    expect(() => explainRef(view, ref, day('2026-12-20'))).toThrow('There is no line')
    return charges
  }

  test('what nobody was shown is not looked for month by month', async () => {
    expect(await chargesFor('nothing')).toEqual([3, 3])
  })

  test('a correction that only an earlier month shows is found there', async () => {
    const msp = new Office()
    const seats = (count: string) => [
      observed({ quantity: decimal(count), startsOn: day('2025-06-11'), expiresOn: day('2026-06-11') }),
    ]
    const see = async (at: string, count: string) => {
      msp.now = new Date(at)
      msp.subscriptions = seats(count)
      await msp.observe()
    }
    msp.orders = []
    await msp.restart({ lines: { ...DEFAULT_POLICY, cycle: 'anniversary' } })
    await see('2026-03-15T13:00:00Z', '20')
    await see('2026-03-20T13:00:00Z', '25')
    await msp.bill()
    // The 5 seats seen on the 20th turn out to be of the 18th: 5 × 22 × 24/31 = 85.16, less 78.06 billed: 7.10.
    msp.orders = [order({ provisionedAt: new Date('2026-03-18T14:05:00Z') })]
    await see('2026-03-21T13:00:00Z', '25')
    const { bills } = await msp.studio.customer('contoso', MARCH)
    const [march] = bills.flatMap(({ lines }) => lines)
    if (march === undefined) throw new Error('nothing is due')
    // 2 more on 5 April, in the same period to 10 April: 2 × 22 × 6/31 = 8.52, and its correction is 15.62.
    const products = [{ mpn: 'BP', quantity: decimal('2') }]
    const provisionedAt = new Date('2026-04-05T14:05:00Z')
    msp.orders.push(order({ id: '901', number: 'CH000901', provisionedAt, products }))
    await see('2026-04-06T13:00:00Z', '27')
    msp.now = new Date('2026-05-20T13:00:00Z')
    const april = (await msp.studio.customer('contoso', APRIL)).bills.flatMap(({ lines }) => lines)
    expect(april[0]?.charge.amount).toBe(1_562n)
    expect(renderConsole(explainCard(await msp.studio.explain(lineRef(march))))).toContain('= $7.10\n')
  })
})
