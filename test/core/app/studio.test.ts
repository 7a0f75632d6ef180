import { describe, expect, test } from 'vitest'
import { type Studio, type StudioSettings, createStudio } from '../../../core/app/studio.js'
import { lineRef } from '../../../core/app/who.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import { explainLine } from '../../../core/charges/explain.js'
import type { ObservedOrder, ObservedSubscription } from '../../../core/marketplace/types.js'
import type { BillingStore, LedgerStore, Marketplace } from '../../../core/ports.js'
import { Problem } from '../../../core/problem.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { memoryPeople } from '../../support/memory-people.js'
import { memoryLedger } from '../../support/memory-ledger.js'
import { day, decimal, observed, order } from '../../support/observed.js'
import { noSync } from '../../support/no-sync.js'

const APRIL = { from: day('2026-04-01'), to: day('2026-05-01') }
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** What the marketplace says, and when it is asked: tests change both between observations. */
class World {
  now = new Date('2026-03-20T13:00:00Z')
  subscriptions: ObservedSubscription[] = [observed({ quantity: decimal('25') })]
  orders: ObservedOrder[] = [order()]
  ledger: LedgerStore = memoryLedger()
  billing: BillingStore = memoryBilling()
  beforeReading: () => Promise<void> = async () => undefined
  #ids = 0

  marketplace: Marketplace = {
    read: async () => {
      await this.beforeReading()
      return {
        customers: [
          { id: 'C1', name: 'Contoso' },
          { id: 'C2', name: 'Contoso Retail' },
        ],
        subscriptions: this.subscriptions,
        orders: this.orders,
        requests: 3,
      }
    },
  }

  studio(settings: Partial<StudioSettings> = {}): Studio {
    return createStudio(
      {
        marketplace: this.marketplace,
        ledger: this.ledger,
        billing: this.billing,
        sync: noSync(),
        people: memoryPeople(),
        psas: new Map(),
        clock: { now: async () => this.now },
        ids: { next: () => `id-${(this.#ids += 1)}`, code: () => 'ACDE3467' },
        log: SILENT,
      },
      {
        timeZone: 'America/New_York',
        opensOn: day('2026-03-01'),
        lines: {},
        people: [],
        ...settings,
      },
    )
  }
}

async function total(studio: Studio, month?: typeof APRIL): Promise<Record<string, bigint>> {
  const { totals } = await studio.who(month)
  return Object.fromEntries(totals.map(({ currency, amount }) => [currency, amount]))
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof Problem) return error
  throw new Error(`expected a problem, got ${String(error)}`)
}

describe('who', () => {
  test('20 seats since June, 25 from 11 March: March is 514.52, with April 1,064.52', async () => {
    const studio = new World().studio()
    await studio.observe()
    expect(await total(studio)).toEqual({ USD: 51_452n })
    expect(await total(studio, APRIL)).toEqual({ USD: 51_452n + 55_000n })
  })

  test('arrears: on 20 March, March shows February’s service; April shows March’s too', async () => {
    const studio = new World().studio({ lines: { ...DEFAULT_POLICY, timing: 'arrears' } })
    await studio.observe()
    expect(await total(studio)).toEqual({ USD: 44_000n })
    expect(await total(studio, APRIL)).toEqual({ USD: 44_000n + 51_452n })
  })

  test('a monthly turnover on 11 March bills one month, not two halves (B18)', async () => {
    const world = new World()
    world.orders = []
    world.subscriptions = [
      observed({
        subscriptionId: '1',
        status: 'removed',
        startsOn: day('2026-02-11'),
        expiresOn: day('2026-03-11'),
      }),
      observed({ subscriptionId: '2', startsOn: day('2026-03-11'), expiresOn: day('2026-04-11') }),
    ]
    const studio = world.studio()
    await studio.observe()
    expect(await total(studio)).toEqual({ USD: 44_000n })
  })

  test('a subscription the policy cannot charge is said, and stops nobody else', async () => {
    const world = new World()
    world.subscriptions.push(
      observed({ subscriptionId: '2', mpn: 'E3', billingPeriod: { type: 'day', duration: 30 } }),
    )
    const studio = world.studio({ lines: { ...DEFAULT_POLICY, dayCount: 'thirty' } })
    await studio.observe()
    const { totals, exceptions } = await studio.who()
    expect(totals).toHaveLength(1)
    expect(exceptions).toMatchObject([
      { kind: 'unbillablePeriod', product: 'Microsoft 365 Business Premium' },
    ])
  })

  test('a change scheduled inside April counts from May, one on its first day counts in April (B21)', async () => {
    const world = new World()
    const MAY = { from: day('2026-05-01'), to: day('2026-06-01') }
    const scheduled = {
      ...order({ id: '9', status: 'processing', scheduledAtRenewal: true }),
      provisionedAt: undefined,
    }
    world.orders = [order(), { ...scheduled, products: [{ mpn: 'BP', quantity: decimal('30') }] }]
    world.subscriptions = [observed({ quantity: decimal('25'), expiresOn: day('2026-04-15') })]
    const studio = world.studio()
    await studio.observe()
    expect(await total(studio, APRIL)).toEqual({ USD: 51_452n + 55_000n })
    expect(await total(studio, MAY)).toEqual({ USD: 51_452n + 55_000n + 66_000n })
    world.now = new Date('2026-03-20T14:00:00Z')
    world.subscriptions = [observed({ quantity: decimal('25'), expiresOn: day('2026-04-01') })]
    await studio.observe()
    expect(await total(studio, APRIL)).toEqual({ USD: 51_452n + 66_000n })
  })

  test('a set-up fee is due once, also when its subscription has two products (B20b)', async () => {
    const world = new World()
    const unitPrice = { currency: 'USD', amount: decimal('150') }
    const fee = { detail: 0, mpn: 'SETUP', description: 'Onboarding', quantity: decimal('1'), unitPrice }
    const sales = { type: 'sales', products: undefined, setups: [fee] } as const
    world.subscriptions = [observed(), observed({ mpn: 'E3' })]
    world.orders = [order({ ...sales, provisionedAt: new Date('2026-03-02T15:00:00Z') })]
    const studio = world.studio()
    await studio.observe()
    expect(await total(studio)).toEqual({ USD: 88_000n + 15_000n })
  })

  test('two currencies are two totals, a price in a foreign one is held (B17)', async () => {
    const world = new World()
    const euros = { currency: 'EUR', amount: decimal('20') }
    world.subscriptions.push(
      observed({ subscriptionId: '2', customerId: 'C2', mpn: 'E3', unitPrice: euros }),
      observed({
        subscriptionId: '3',
        customerId: 'C1',
        mpn: 'E3',
        unitPrice: euros,
        startsOn: day('2025-07-01'),
      }),
    )
    const studio = world.studio()
    await studio.observe()
    const { totals, exceptions } = await studio.who()
    expect(totals.map(({ currency, amount }) => [currency, amount])).toEqual([
      ['EUR', 40_000n],
      ['USD', 51_452n],
    ])
    expect(exceptions.map(({ kind, customerId }) => [kind, customerId])).toEqual([['otherCurrency', 'C1']])
  })

  test('a filter narrows it to customers and products that fit', async () => {
    const studio = new World().studio()
    await studio.observe()
    expect((await studio.who(undefined, 'business premium')).bills).toHaveLength(1)
    expect((await studio.who(undefined, 'contoso retail')).bills).toHaveLength(0)
    await expect(studio.who(undefined, 'fabrikam')).rejects.toThrow('No customer or product has “fabrikam”')
  })

  test('before the first observation it says what to type', async () => {
    const problem = await problemOf(new World().studio().who())
    expect(problem.kind).toBe('notFound')
    expect(problem.next).toContain('observe')
  })
})

describe('observe', () => {
  test('the same again stores nothing but that it was seen', async () => {
    const world = new World()
    const studio = world.studio()
    expect(await studio.observe()).toMatchObject({ first: true, changed: 1 })
    world.now = new Date('2026-03-20T13:15:00Z')
    expect(await studio.observe()).toMatchObject({ first: false, changed: 0, header: { sequence: 2 } })
    expect(await total(studio)).toEqual({ USD: 51_452n })
  })

  test('late news: an order that arrives later moves the change to its date', async () => {
    const world = new World()
    world.now = new Date('2026-03-09T13:00:00Z')
    world.subscriptions = [observed()]
    world.orders = []
    const studio = world.studio()
    await studio.observe()
    world.now = new Date('2026-03-13T13:00:00Z')
    world.subscriptions = [observed({ quantity: decimal('25') })]
    await studio.observe()
    expect(await total(studio)).toEqual({ USD: 44_000n + 6_742n })
    world.now = new Date('2026-03-15T13:00:00Z')
    world.orders = [order()]
    await studio.observe()
    expect(await total(studio)).toEqual({ USD: 51_452n })
  })

  test('an older observation is never compared (B25)', async () => {
    const world = new World()
    const studio = world.studio()
    await studio.observe()
    world.now = new Date('2026-03-20T12:59:00Z')
    expect((await problemOf(studio.observe())).kind).toBe('conflict')
  })

  test('one that finishes first makes this one compare again', async () => {
    const world = new World()
    const studio = world.studio()
    let raced = false
    world.beforeReading = async () => {
      if (raced) return
      raced = true
      world.now = new Date('2026-03-20T12:00:00Z')
      await world.studio().observe()
    }
    await studio.observe()
    const ledger = await world.ledger.ledger()
    expect(ledger.latest?.sequence).toBe(2)
    expect(ledger.states).toHaveLength(1)
  })

  test('an incomplete reading stores nothing', async () => {
    const world = new World()
    world.beforeReading = async () => {
      throw new Problem({ kind: 'unavailable', what: 'The marketplace did not answer.' })
    }
    expect((await problemOf(world.studio().observe())).kind).toBe('unavailable')
    expect(await world.ledger.latest()).toBeUndefined()
  })

  test('a customer’s currency stays what it was at first sight (B17)', async () => {
    const world = new World()
    const studio = world.studio()
    await studio.observe()
    world.now = new Date('2026-03-21T13:00:00Z')
    world.subscriptions = [
      observed({ quantity: decimal('25'), unitPrice: { currency: 'EUR', amount: decimal('20') } }),
    ]
    await studio.observe()
    expect((await studio.who()).exceptions.map(({ kind }) => kind)).toContain('otherCurrency')
  })
})

describe('customer, explain, changes', () => {
  test('each line of a customer can be explained by its reference', async () => {
    const studio = new World().studio()
    await studio.observe()
    const { bills } = await studio.customer('contoso')
    const lines = bills.flatMap((bill) => bill.lines)
    expect(lines.map(({ charge, currency }) => explainLine(charge, currency))).toEqual([
      expect.stringContaining('20 × $22.00 = $440.00'),
      expect.stringContaining('20 → 25 seats from 11 Mar: 5 × $22.00 × 21/31 = $74.52'),
    ])
    const refs = lines.map(lineRef)
    for (const ref of refs) {
      const explained = await studio.explain(ref)
      expect(explained.type === 'due' && lineRef(explained.line)).toBe(ref)
    }
    expect(new Set(refs).size).toBe(2)
  })

  test('names: exact before beginning; several or none say which come near', async () => {
    const studio = new World().studio()
    await studio.observe()
    expect((await studio.customer('Contoso')).customerId).toBe('C1')
    expect((await studio.customer('contoso r')).customerId).toBe('C2')
    expect((await problemOf(studio.customer('toso'))).what).toContain('Contoso Retail')
    expect((await problemOf(studio.customer('contozo'))).next).toContain('Contoso')
    expect((await problemOf(studio.explain('nothing'))).kind).toBe('notFound')
  })

  test('changes are listed by when they took effect, with the order that explains them', async () => {
    const studio = new World().studio()
    await studio.observe()
    const { changes } = await studio.changes(day('2026-03-01'))
    expect(changes).toMatchObject([
      { kind: 'quantityChanged', effectiveOn: day('2026-03-11'), order: 'CH000900', customerName: 'Contoso' },
    ])
    expect((await studio.changes(day('2026-03-12'))).changes).toEqual([])
  })
})
