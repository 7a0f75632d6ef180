import { describe, expect, test } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import type { OverrideDraft } from '../../../core/pricing/override-draft.js'
import type { OverrideScope } from '../../../core/pricing/overrides.js'
import { type OverrideSays, behindAll } from '../../../core/pricing/recorded.js'
import { Problem } from '../../../core/problem.js'
import { ENGINE, testDatabases } from '../../support/database.js'
import { observation } from '../../support/observations.js'
import { day, decimal } from '../../support/observed.js'
import { MARCH, approved, draft } from './billing-fixtures.js'

const databases = testDatabases()

const AT = new Date('2026-03-20T13:00:00.250Z')
const HELD = new Map([['L-2', day('2026-05-01')]])

const CASES: readonly (readonly [scope: OverrideScope, says: OverrideSays])[] = [
  [{ lineageId: 'L-1' }, { kind: 'fixed', price: decimal('0.00125'), currency: 'USD' }],
  [
    { customerId: 'C1', mpn: 'BP' },
    { kind: 'discount', percent: decimal('12.5') },
  ],
  [{ customerId: 'C1' }, { kind: 'markup', percent: decimal('0') }],
  [{ mpn: 'BP' }, { kind: 'margin', percent: decimal('99.9999') }],
  [{}, { kind: 'words', description: 'Büro “Cloud”, für alle 😀' }],
]

const TWENTY: OverrideSays = { kind: 'fixed', price: decimal('20'), currency: 'USD' }

function set(
  number: number,
  version: number,
  [scope, says]: readonly [OverrideScope, OverrideSays] = [{ customerId: 'C1' }, TWENTY],
  replaces: readonly number[] = [],
): OverrideDraft {
  return {
    said: {
      type: 'set',
      number,
      scope,
      says,
      from: day('2026-03-15'),
      to: number === 2 ? day('2026-07-01') : null,
      replaces,
    },
    ...said(number, version),
  }
}

function said(number: number, version: number): Omit<OverrideDraft, 'said'> {
  const audit = {
    at: AT,
    actor: 'console:dana',
    action: 'price.set',
    subject: `override ${number}`,
    details: {},
  }
  return { byName: 'Dana', held: HELD, audit, version, syncVersion: 0 }
}

async function refused(work: Promise<void>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof Problem) return error.kind
    throw error
  }
  return 'recorded'
}

test(`overrides of every kind, and their ends, survive a restart, ${ENGINE} engine`, async () => {
  const database = await databases.createOwn()
  let storage: Storage = await database.open()
  await storage.ledger.record(observation('a', undefined))
  await approved(storage.billing, draft(['k1']))
  for (const [index, one] of CASES.entries()) {
    await storage.billing.recordOverride(set(index + 1, 2 + index, one))
  }
  for (const [on, version] of [
    ['2026-06-01', 7],
    ['2026-04-15', 8],
  ] as const) {
    await storage.billing.recordOverride({
      said: { type: 'end', number: 1, on: day(on) },
      ...said(1, version),
    })
  }
  await storage.close()
  storage = await database.open()
  const { overrides, billed, version } = await storage.billing.books()
  const stamp = { by: 'console:dana', byName: 'Dana', at: AT, held: HELD }
  expect(version).toBe(9)
  expect(overrides).toEqual(
    CASES.map(([scope, says], index) => ({
      ...stamp,
      number: index + 1,
      scope,
      says,
      from: day('2026-03-15'),
      to: index === 1 ? day('2026-07-01') : null,
      replaces: [],
      version: 3 + index,
      ends:
        index === 0
          ? [
              { ...stamp, on: day('2026-06-01'), version: 8 },
              { ...stamp, on: day('2026-04-15'), version: 9 },
            ]
          : [],
    })),
  )
  const [first] = overrides
  if (first === undefined) throw new Error('no override')
  const own = { lineageId: 'L-1', customerId: 'C1', mpn: 'BP' }
  expect(behindAll(first.from, first, own, billed)).toBe(MARCH.to)
  expect(behindAll(first.from, first, { ...own, alsoIds: ['L-2'] }, billed)).toBe(day('2026-05-01'))
  expect((await storage.verifyAudit()).fault).toBeUndefined()
  await storage.close()
})

describe('an override', () => {
  const inStorage = async (
    work: (storage: Storage, sql: (text: string) => Promise<unknown>) => Promise<void>,
  ) => {
    const database = await databases.create()
    const storage = await database.open()
    try {
      await work(storage, (text) => database.sql(text))
    } finally {
      await storage.close()
    }
  }

  test('is a conflict when the books moved on, or what is known of the PSAs did', () =>
    inStorage(async ({ billing }) => {
      await billing.recordOverride(set(1, 0))
      expect(await refused(billing.recordOverride(set(2, 0)))).toBe('conflict')
      expect(await refused(billing.recordOverride({ ...set(2, 1), syncVersion: 1 }))).toBe('conflict')
      expect(await refused(billing.recordOverride(set(2, 1)))).toBe('recorded')
      expect((await billing.trail()).map(({ subject }) => subject)).toEqual(['override 1', 'override 2'])
    }))

  test('ends whose place it took, as it was said then, and nobody else', () =>
    inStorage(async ({ billing }) => {
      await billing.recordOverride(set(1, 0))
      // As rows were before one could take the place of another.
      await billing.recordOverride(set(2, 1))
      await billing.recordOverride(set(3, 2, undefined, [2]))
      const { overrides } = await billing.books()
      expect(
        overrides.map(({ number, replaces, ends }) => [
          number,
          replaces,
          ends.map(({ on, instead }) => [on, instead]),
        ]),
      ).toEqual([
        [1, [], []],
        [2, [], [[day('2026-03-15'), 3]]],
        [3, [2], []],
      ])
    }))

  test('has one beginning, and is never changed or taken away', () =>
    inStorage(async ({ billing }, sql) => {
      await billing.recordOverride(set(1, 0))
      await expect(billing.recordOverride(set(1, 1))).rejects.toThrow(/unique|override_record_once/i)
      await expect(sql('UPDATE override_record SET amount = 1')).rejects.toThrow('never changed')
      await expect(sql('DELETE FROM override_record')).rejects.toThrow('never changed')
      await expect(sql('TRUNCATE override_record')).rejects.toThrow('never changed')
      expect((await billing.books()).overrides).toHaveLength(1)
    }))

  test.each([
    ['a discount of everything', `'discount', NULL, NULL, NULL, 100, NULL, NULL`],
    ['a margin of everything', `'margin', NULL, NULL, NULL, 100, NULL, NULL`],
    ['a negative price', `'fixed', NULL, NULL, NULL, -1, 'USD', NULL`],
    ['a price without currency', `'fixed', NULL, NULL, NULL, 1, NULL, NULL`],
    ['a kind nobody knows', `'gift', NULL, NULL, NULL, 1, NULL, NULL`],
    ['no words', `'words', NULL, NULL, NULL, NULL, NULL, ''`],
    ['a subscription and its customer', `'markup', 'L-1', 'C1', NULL, 1, NULL, NULL`],
    ['an end with a scope', `'end', NULL, 'C1', NULL, NULL, NULL, NULL`],
  ])('cannot be stored with %s', (_, content) =>
    inStorage(async (_storage, sql) => {
      const statement = `INSERT INTO override_record (msp_id, version, number, kind, lineage_id, customer_id, mpn, amount,
          currency, description, holds_from, recorded_by, recorded_by_name, recorded_at, held)
        SELECT id, 1, 1, ${content}, '2026-03-01', 'x', 'X', now(), '{}' FROM msp`
      await expect(sql(statement)).rejects.toThrow('override_record_whole')
    }),
  )

  test('that another version of the program stored otherwise is not guessed at', () =>
    inStorage(async ({ billing }, sql) => {
      await sql(`INSERT INTO override_record (msp_id, version, number, kind, amount, holds_from, recorded_by,
          recorded_by_name, recorded_at, held)
        SELECT id, 1, 1, 'markup', 15, '2026-03-01', 'x', 'X', now(), '{"L-1": "soon"}' FROM msp`)
      await expect(billing.books()).rejects.toThrow('says L-1 = "soon"')
    }))
})
