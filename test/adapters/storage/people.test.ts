import { describe, expect, test } from 'vitest'
import { verifyChain } from '../../../core/audit/chain.js'
import type { KnownPerson } from '../../../core/access/rights.js'
import type { BillingStore, PeopleStore } from '../../../core/ports.js'
import { ENGINE, testDatabases } from '../../support/database.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { memoryBooks } from '../../support/memory-books.js'
import { memoryPeople } from '../../support/memory-people.js'
import { fact } from './billing-fixtures.js'

const databases = testDatabases()

interface Stores {
  readonly people: PeopleStore
  readonly billing: BillingStore
}

type WithStores = (work: (stores: Stores) => Promise<void>) => Promise<void>

const STORES: readonly (readonly [name: string, WithStores])[] = [
  [
    'in memory',
    async (work) => {
      const books = memoryBooks()
      await work({ people: memoryPeople([], books), billing: memoryBilling(books) })
    },
  ],
  [
    `in the database, ${ENGINE} engine`,
    async (work) => {
      const storage = await (await databases.create()).open()
      try {
        await work(storage)
      } finally {
        await storage.close()
      }
    },
  ],
]

function person(name: string, words: Partial<KnownPerson> = {}): KnownPerson {
  const identities = [`console:${name}`, `slack:T1:${name}`]
  return {
    id: `console:${name}`,
    name,
    role: 'biller',
    identities,
    removed: false,
    joinedTo: undefined,
    ...words,
  }
}

const [DANA, LEE] = [person('Dana'), person('Lee', { role: 'admin' })]

describe.each(STORES)('people %s', (_name, withStores) => {
  test('nobody at first; then as they were put, in order of their ids, whoever was removed too', () =>
    withStores(async ({ people }) => {
      expect(await people.all()).toEqual({ version: 0, people: [] })
      expect(await people.change({ people: [LEE, DANA], audit: [] }, 0)).toBe(true)
      expect(await people.all()).toEqual({ version: 1, people: [DANA, LEE] })
      const gone = { ...DANA, role: 'viewer', removed: true } as const
      expect(await people.change({ people: [gone], audit: [] }, 1)).toBe(true)
      expect(await people.all()).toEqual({ version: 2, people: [gone, LEE] })
      expect(await people.version()).toBe(2)
    }))

  test('a change writes its entries, moves the books on, and breaks no chain', () =>
    withStores(async ({ people, billing }) => {
      const before = await billing.version()
      const audit = [fact({ action: 'people.added', subject: 'one' }), fact({ subject: 'two' })]
      await people.change({ people: [DANA], audit }, 0)
      expect(await billing.version()).toBe(before + 1)
      const trail = await billing.trail()
      expect(trail.map(({ subject }) => subject)).toEqual(['one', 'two'])
      expect(verifyChain(trail)).toBeUndefined()
    }))

  test('what was computed from older people is not recorded, nor noted', () =>
    withStores(async ({ people, billing }) => {
      await people.change({ people: [DANA], audit: [] }, 0)
      const draft = { people: [LEE], audit: [fact()] }
      expect([await people.change(draft, 0), await people.change(draft, 2)]).toEqual([false, false])
      expect(await people.all()).toEqual({ version: 1, people: [DANA] })
      expect(await billing.trail()).toEqual([])
    }))

  test('of many at once on one version exactly one is recorded', () =>
    withStores(async ({ people, billing }) => {
      const drafts = Array.from({ length: 8 }, (_, index) => ({
        people: [person(`P${index}`)],
        audit: [fact()],
      }))
      const outcomes = await Promise.all(drafts.map((draft) => people.change(draft, 0)))
      expect(outcomes.filter((done) => done)).toHaveLength(1)
      expect([await people.version(), (await billing.trail()).length]).toEqual([1, 1])
    }))

  test('an identity that is put to another person leaves the one who had it', () =>
    withStores(async ({ people }) => {
      await people.change({ people: [DANA, LEE], audit: [] }, 0)
      const both = { ...LEE, identities: [...LEE.identities, ...DANA.identities] }
      const gone = { ...DANA, identities: [], removed: true, joinedTo: LEE.id }
      await people.change({ people: [both, gone], audit: [] }, 1)
      expect((await people.all()).people).toEqual([gone, both])
    }))
})

test(`another MSP’s people are not seen, ${ENGINE} engine`, async () => {
  const database = await databases.create()
  const [storage, other] = [await database.open(), await database.open({ mspId: 'other' })]
  await storage.people.change({ people: [DANA], audit: [] }, 0)
  expect(await other.people.all()).toEqual({ version: 0, people: [] })
  expect(await other.people.change({ people: [LEE], audit: [] }, 0)).toBe(true)
  expect((await storage.people.all()).people).toEqual([DANA])
  await other.close()
  await storage.close()
})

test(`a role nobody knows, and somebody joined who is still there, are refused by the table, ${ENGINE} engine`, async () => {
  const database = await databases.create()
  const storage = await database.open()
  const put = (words: Partial<KnownPerson>) =>
    storage.people.change({ people: [person('X', words)], audit: [] }, 0)
  await expect(put({ role: 'owner' as 'admin' })).rejects.toThrow('23514')
  await expect(put({ name: '' })).rejects.toThrow('23514')
  await expect(put({ joinedTo: 'console:Lee' })).rejects.toThrow('23514')
  expect((await storage.people.all()).people).toEqual([])
  await storage.close()
})

describe.each(STORES)('codes that link %s', (_name, withStores) => {
  const at = new Date('2026-03-20T13:00:00Z')
  const offer = (hash: string, personId = DANA.id) => ({
    personId,
    hash,
    expiresAt: new Date('2026-03-20T13:10:00Z'),
  })

  test('the newest of a person is there with its entry, the one before it is not', () =>
    withStores(async ({ people, billing }) => {
      await people.change({ people: [DANA, LEE], audit: [] }, 0)
      await people.offer(offer('one'), fact({ action: 'people.code' }))
      await people.offer(offer('other', LEE.id), fact())
      await people.offer(offer('two'), fact())
      expect([await people.offered('one'), await people.offered('two')]).toEqual([undefined, offer('two')])
      expect(await people.offered('other')).toEqual(offer('other', LEE.id))
      expect((await billing.trail()).map(({ action }) => action)).toEqual([
        'people.code',
        'right.refused',
        'right.refused',
      ])
    }))

  test('one works once: also of many at once, and a change without it records nothing', () =>
    withStores(async ({ people, billing }) => {
      await people.change({ people: [DANA], audit: [] }, 0)
      await people.offer(offer('one'), fact())
      const draft = { people: [LEE], audit: [fact()], usesCode: 'one' }
      const outcomes = await Promise.all([1, 1, 1].map((version) => people.change(draft, version)))
      expect(outcomes.filter((done) => done)).toHaveLength(1)
      expect(await people.offered('one')).toBeUndefined()
      expect(await people.change({ ...draft, people: [DANA] }, 2)).toBe(false)
      expect([await people.version(), (await billing.trail()).length]).toEqual([2, 2])
    }))

  test('tries of an identity are counted, each its own, until their hour is over', () =>
    withStores(async ({ people }) => {
      const hour = 3_600_000
      const tryAt = (identity: string, milliseconds: number) => {
        const now = new Date(at.getTime() + milliseconds)
        return people.countTry(identity, now, new Date(now.getTime() - hour), 3)
      }
      const first = await Promise.all(Array.from({ length: 5 }, () => tryAt('a', 0)))
      expect(first.filter((may) => may)).toHaveLength(3)
      expect([await tryAt('b', 1), await tryAt('a', hour), await tryAt('a', hour + 1)]).toEqual([
        true,
        false,
        true,
      ])
    }))
})
