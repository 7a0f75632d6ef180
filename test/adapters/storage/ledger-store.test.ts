import { describe, expect, test } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import { AssertionFailed } from '../../../core/assert.js'
import type { ObservedOrder, ObservedSubscription } from '../../../core/marketplace/types.js'
import { Problem } from '../../../core/problem.js'
import { ENGINE, testDatabases } from '../../support/database.js'
import { observation, unchanged } from '../../support/observations.js'
import { day, decimal, observed, order } from '../../support/observed.js'

const databases = testDatabases()

async function withStorage(work: (storage: Storage) => Promise<void>): Promise<void> {
  const storage = await (await databases.create()).open()
  try {
    await work(storage)
  } finally {
    await storage.close()
  }
}

describe(`observations, ${ENGINE} engine`, () => {
  test('before the first there is nothing', () =>
    withStorage(async ({ ledger }) => {
      expect(await ledger.latest()).toBeUndefined()
      expect(await ledger.ledger()).toEqual({
        latest: undefined,
        observedAt: [],
        customers: [],
        states: [],
        orders: [],
        memberships: [],
        answers: [],
      })
    }))

  test('what was recorded is read back whole', () =>
    withStorage(async ({ ledger }) => {
      const record = observation('a', undefined)
      const { header, repeated } = await ledger.record(record)
      expect(repeated).toBe(false)
      expect(header).toEqual({ sequence: 1, id: 'a', observedAt: record.observedAt, ...record.counts })
      expect(await ledger.latest()).toEqual(header)
      expect(await ledger.ledger()).toEqual({
        latest: header,
        observedAt: [record.observedAt],
        customers: record.customers,
        states: [{ sequence: 1, observedAt: record.observedAt, subscription: observed(), present: true }],
        orders: [{ ...order(), firstSequence: 1 }],
        memberships: record.memberships,
        answers: [],
      })
    }))

  test('sequences run 1, 2, 3 and states keep the instant of their own observation', () =>
    withStorage(async ({ ledger }) => {
      const later = observed({ quantity: decimal('25') })
      const instants = ['2026-03-01T09:00:00Z', '2026-03-02T09:00:00Z', '2026-03-03T09:00:00Z'].map(
        (at) => new Date(at),
      )
      await ledger.record(observation('a', undefined, { observedAt: instants[0] as Date }))
      await ledger.record({ ...unchanged('b', 1), observedAt: instants[1] as Date })
      const states = [{ subscription: later, present: true }]
      await ledger.record({ ...unchanged('c', 2), observedAt: instants[2] as Date, states })
      const { latest, observedAt, states: stored } = await ledger.ledger()
      expect(latest?.sequence).toBe(3)
      expect(observedAt).toEqual(instants)
      expect(stored.map(({ sequence, observedAt }) => [sequence, observedAt])).toEqual([
        [1, instants[0]],
        [3, instants[2]],
      ])
      expect(stored.map(({ subscription }) => subscription)).toEqual([observed(), later])
    }))

  test('states come by licence line, then by sequence, in byte order', () =>
    withStorage(async ({ ledger }) => {
      const keys = ['b', 'B', 'ä', 'a', '10', '9', 'a b', 'a-b']
      const states = keys.map((subscriptionId) => ({
        subscription: observed({ subscriptionId }),
        present: true,
      }))
      await ledger.record(observation('a', undefined, { states, memberships: [] }))
      await ledger.record({ ...unchanged('b', 1), states: states.slice(0, 2) })
      const stored = (await ledger.ledger()).states.map((state) => [
        state.subscription.subscriptionId,
        state.sequence,
      ])
      expect(stored.map(([key]) => key)).toEqual(['10', '9', 'B', 'B', 'a b', 'a-b', 'a', 'b', 'b', 'ä'])
      expect(stored.filter(([key]) => key === 'b' || key === 'B').map(([, sequence]) => sequence)).toEqual([
        1, 2, 1, 2,
      ])
    }))

  test('a line that is missing is kept as last seen', () =>
    withStorage(async ({ ledger }) => {
      await ledger.record(observation('a', undefined))
      await ledger.record({ ...unchanged('b', 1), states: [{ subscription: observed(), present: false }] })
      expect((await ledger.ledger()).states.map(({ present }) => present)).toEqual([true, false])
    }))

  test('customers take a new name and keep their first billing currency', () =>
    withStorage(async ({ ledger }) => {
      const names = (name: string, billingCurrency: string | undefined) => [
        { id: 'C1', name, billingCurrency },
      ]
      await ledger.record(observation('a', undefined, { customers: names('Contoso', undefined) }))
      await ledger.record({ ...unchanged('b', 1), customers: names('Contoso', 'EUR') })
      await ledger.record({ ...unchanged('c', 2), customers: names('Contoso Ltd', undefined) })
      expect((await ledger.ledger()).customers).toEqual(names('Contoso Ltd', 'EUR'))
      const changed = ledger.record({ ...unchanged('d', 3), customers: names('Contoso Ltd', 'USD') })
      await expect(changed).rejects.toThrow(AssertionFailed)
      expect((await ledger.latest())?.sequence).toBe(3)
    }))

  test('orders take new content and keep what saw them first', () =>
    withStorage(async ({ ledger }) => {
      const early = order({ status: 'processing', provisionedAt: undefined, products: undefined })
      await ledger.record(observation('a', undefined, { orders: [early] }))
      await ledger.record({ ...unchanged('b', 1), orders: [order({ id: '901' })] })
      await ledger.record({ ...unchanged('c', 2), orders: [order()] })
      expect((await ledger.ledger()).orders).toEqual([
        { ...order(), firstSequence: 1 },
        { ...order({ id: '901' }), firstSequence: 2 },
      ])
    }))

  test('a lineage is never moved', () =>
    withStorage(async ({ ledger }) => {
      const memberships = [{ lineageId: 'L-1', recordKey: '1000/BP' }]
      await ledger.record(observation('a', undefined, { memberships }))
      await ledger.record({ ...unchanged('b', 1), memberships })
      const moved = [{ lineageId: 'L-2', recordKey: '1000/BP' }]
      await expect(ledger.record({ ...unchanged('c', 2), memberships: moved })).rejects.toThrow(
        AssertionFailed,
      )
      expect((await ledger.ledger()).memberships).toEqual(memberships)
    }))
})

describe(`recording once, ${ENGINE} engine`, () => {
  test('the same id again changes nothing and returns what is stored', () =>
    withStorage(async ({ ledger }) => {
      const { header } = await ledger.record(observation('a', undefined))
      await ledger.record(unchanged('b', 1))
      const before = await ledger.ledger()
      const other = observation('a', 2, {
        customers: [{ id: 'C2', name: 'Other', billingCurrency: undefined }],
      })
      expect(await ledger.record(other)).toEqual({ header, repeated: true })
      expect(await ledger.ledger()).toEqual(before)
    }))

  test.each([
    ['one that is not the latest any more', 1],
    ['none, although there is one', undefined],
    ['one that does not exist yet', 7],
  ])('compared with %s: a conflict, nothing stored', (_case, previous) =>
    withStorage(async ({ ledger }) => {
      await ledger.record(observation('a', undefined))
      await ledger.record(unchanged('b', 1))
      const before = await ledger.ledger()
      const late = ledger.record(observation('c', previous))
      await expect(late).rejects.toThrow(Problem)
      await expect(late).rejects.toMatchObject({
        kind: 'conflict',
        notDone: 'Nothing of this one was stored.',
      })
      expect(await ledger.ledger()).toEqual(before)
    }),
  )

  test('of many at once exactly one is stored, whole', async () => {
    const database = await databases.create()
    const first = await database.open()
    // Two programs on a server; the embedded engine has one, which may still be asked twice at once.
    const second = ENGINE === 'server' ? await database.open() : first
    try {
      await first.ledger.record(observation('a', undefined))
      const racers = Array.from({ length: 8 }, (_, index) => {
        const customers = [{ id: `C${index}`, name: `Customer ${index}`, billingCurrency: undefined }]
        const { ledger } = index % 2 === 0 ? first : second
        return ledger.record({ ...unchanged(`racer ${index}`, 1), customers })
      })
      const results = await Promise.allSettled(racers)
      const winners = results.flatMap((result, index) => (result.status === 'fulfilled' ? [index] : []))
      expect(winners).toHaveLength(1)
      const losers = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as unknown] : [],
      )
      for (const reason of losers) expect(reason).toMatchObject({ kind: 'conflict' })
      const { latest, customers } = await second.ledger.ledger()
      expect(latest).toMatchObject({ sequence: 2, id: `racer ${winners[0]}` })
      expect(customers.map(({ id }) => id)).toEqual([...new Set([`C${winners[0]}`, 'C1'])].sort())
    } finally {
      await second.close()
      await first.close()
    }
  })

  test('the same id many times at once is stored once', () =>
    withStorage(async ({ ledger }) => {
      const results = await Promise.all(
        Array.from({ length: 6 }, () => ledger.record(observation('a', undefined))),
      )
      expect(results.filter(({ repeated }) => !repeated)).toHaveLength(1)
      expect(new Set(results.map(({ header }) => header.sequence))).toEqual(new Set([1]))
    }))

  test('another MSP in the same database sees nothing of it and counts for itself', async () => {
    const database = await databases.create()
    const ours = await database.open({ mspId: 'msp-1' })
    await ours.ledger.record(observation('a', undefined))
    const before = await ours.ledger.ledger()
    await ours.close()
    const theirs = await database.open({ mspId: 'msp-2' })
    expect(await theirs.ledger.latest()).toBeUndefined()
    expect((await theirs.ledger.ledger()).states).toEqual([])
    const { header } = await theirs.ledger.record(
      observation('a', undefined, { customers: [{ id: 'C1', name: 'Same id', billingCurrency: 'EUR' }] }),
    )
    expect(header.sequence).toBe(1)
    await theirs.close()
    const again = await database.open({ mspId: 'msp-1' })
    expect(await again.ledger.ledger()).toEqual(before)
    await again.close()
  })
})

describe(`exact values, ${ENGINE} engine`, () => {
  const lines: Readonly<Record<string, Partial<ObservedSubscription>>> = {
    'eight places': {
      quantity: decimal('0.12345678'),
      unitPrice: { currency: 'KWD', amount: decimal('0.00000001') },
    },
    'a million million seats': { quantity: decimal('1000000000000') },
    'the largest number': { quantity: decimal('99999999999999999999.99999999') },
    'negative and zero': { quantity: decimal('-0.5'), unitPrice: { currency: 'USD', amount: decimal('0') } },
    'first and last date': { startsOn: day('1900-01-01'), expiresOn: day('2199-12-31') },
    'before 1970 and a leap day': { startsOn: day('1969-12-31'), renewsOn: day('2024-02-29') },
    'nothing optional': {
      unitPrice: undefined,
      unitCost: undefined,
      billingPeriod: undefined,
      expiresOn: undefined,
      renewsOn: undefined,
      autoRenew: undefined,
      lastModifiedOn: undefined,
      vendorSubscriptionId: undefined,
    },
    'everything optional': {
      autoRenew: false,
      lastModifiedOn: day('2026-02-28'),
      vendorSubscriptionId: 'v,1',
      billingPeriod: { type: 'day', duration: 30 },
      usage: true,
      status: 'unknown',
    },
    'hostile text': {
      productName: `Robert'); DROP TABLE observation;-- {"a":1} \\N , "quoted" \n\t\u0001\u001f NULL`,
      customerId: '{NULL,"x"}',
      vendorSubscriptionId: '',
    },
    'every alphabet': { productName: '𝒳 Ünïcode 日本語 \u202e rtl \u200b 👩‍👩‍👧 \uffff' },
  }

  test.each(Object.entries(lines))('a licence line with %s', (_name, changes) =>
    withStorage(async ({ ledger }) => {
      const subscription = observed(changes)
      await ledger.record(observation('a', undefined, { states: [{ subscription, present: true }] }))
      expect((await ledger.ledger()).states[0]?.subscription).toEqual(subscription)
    }),
  )

  const orders: Readonly<Record<string, Partial<ObservedOrder>>> = {
    'no products sent': { products: undefined },
    'no products in it': { products: [] },
    'exact quantities': {
      products: [
        { mpn: 'A', quantity: decimal('0.12345678') },
        { mpn: 'B"\\', quantity: decimal('-1000000000000') },
      ],
    },
    'a set-up fee': {
      setups: [
        {
          detail: 3,
          mpn: 'SETUP',
          description: 'Migration "all in"',
          quantity: decimal('1'),
          unitPrice: { currency: 'JPY', amount: decimal('99999999999.00000001') },
        },
      ],
    },
    milliseconds: {
      createdAt: new Date('2026-03-29T01:30:00.999Z'),
      provisionedAt: new Date('1999-12-31T23:59:59.001Z'),
    },
    'nothing optional': { subscriptionId: undefined, provisionedAt: undefined, poNumber: undefined },
    'every word': { type: 'cancellation', status: 'unknown', scheduledAtRenewal: true, poNumber: '' },
  }

  test.each(Object.entries(orders))('an order with %s', (_name, changes) =>
    withStorage(async ({ ledger }) => {
      await ledger.record(observation('a', undefined, { orders: [order(changes)] }))
      expect((await ledger.ledger()).orders).toEqual([{ ...order(changes), firstSequence: 1 }])
    }),
  )

  test.each([
    [
      'a NUL in a product name',
      { states: [{ subscription: observed({ productName: 'a\0b' }), present: true }] },
    ],
    [
      'half a character in a customer name',
      { customers: [{ id: 'C1', name: 'a\ud83d', billingCurrency: undefined }] },
    ],
    ['a NUL inside JSON', { orders: [order({ products: [{ mpn: 'a\0', quantity: decimal('1') }] })] }],
  ])('%s is refused and nothing is stored', (_name, changes) =>
    withStorage(async ({ ledger }) => {
      const refused = ledger.record(observation('a', undefined, changes))
      await expect(refused).rejects.toMatchObject({ kind: 'input', notDone: 'Nothing was stored.' })
      expect(await ledger.latest()).toBeUndefined()
    }),
  )

  test('more rows than one statement takes', () =>
    withStorage(async ({ ledger }) => {
      const customers = Array.from({ length: 25_001 }, (_, index) => ({
        id: `C${String(index).padStart(6, '0')}`,
        name: `Customer ${index}`,
        billingCurrency: index % 3 === 0 ? undefined : 'USD',
      }))
      await ledger.record(observation('a', undefined, { customers }))
      expect((await ledger.ledger()).customers).toEqual(customers)
    }))
})
