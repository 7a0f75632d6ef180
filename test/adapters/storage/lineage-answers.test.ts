import { describe, expect, test } from 'vitest'
import type { AnswerDraft, BillingStore, LedgerStore } from '../../../core/ports.js'
import { Problem } from '../../../core/problem.js'
import { ENGINE, testDatabases } from '../../support/database.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { memoryBooks } from '../../support/memory-books.js'
import { memoryLedger } from '../../support/memory-ledger.js'
import { observation, unchanged } from '../../support/observations.js'
import { DEFAULT_POLICY } from '../../../core/charges/types.js'
import { settingsDraft } from './billing-fixtures.js'

interface Stores {
  readonly ledger: LedgerStore
  readonly billing: BillingStore
}

const databases = testDatabases()

/** Work on stores in which one observation is recorded. */
type Around = (work: (stores: Stores) => Promise<void>) => Promise<void>

const AROUND: readonly (readonly [string, Around])[] = [
  [
    `${ENGINE} engine`,
    async (work) => {
      const storage = await (await databases.create()).open()
      try {
        await storage.ledger.record(observation('a', undefined))
        await work(storage)
        expect((await storage.verifyAudit()).fault).toBeUndefined()
      } finally {
        await storage.close()
      }
    },
  ],
  [
    'in memory',
    async (work) => {
      const books = memoryBooks()
      const ledger = memoryLedger(books)
      await ledger.record(observation('a', undefined))
      await work({ ledger, billing: memoryBilling(books) })
    },
  ],
]

const AT = new Date('2026-03-20T13:00:00.123Z')

function said(changes: Partial<AnswerDraft> = {}): AnswerDraft {
  const audit = { at: AT, actor: 'dana', action: 'lineage.continued', subject: 'C1', details: {} }
  return { recordKey: 'new/BP', continues: 'old/BP', audit, version: 0, observation: 1, ...changes }
}

async function problemOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof Problem) return error.kind
    throw error
  }
  return 'none'
}

describe.each(AROUND)('what people say of licence lines, %s', (_, around) => {
  test('is read back in order, the trail says it too, and the books move on', () =>
    around(async ({ ledger, billing }) => {
      expect([await ledger.answered(), (await ledger.ledger()).answers]).toEqual([0, []])
      await ledger.answer(said())
      await ledger.answer(said({ continues: undefined, version: 1 }))
      expect([await ledger.answered(), await billing.version()]).toEqual([2, 2])
      expect((await ledger.ledger()).answers).toEqual([
        { recordKey: 'new/BP', continues: 'old/BP', by: 'dana', at: AT, version: 1 },
        { recordKey: 'new/BP', continues: undefined, by: 'dana', at: AT, version: 2 },
      ])
      expect(await billing.trail('C1')).toMatchObject([
        { sequence: 1, at: AT, actor: 'dana', action: 'lineage.continued' },
        { sequence: 2 },
      ])
    }))

  test.each([
    ['the books moved on', { version: 1 }],
    ['an observation came', { observation: 2 }],
    ['one is said of nothing observed', { observation: 0 }],
  ])('is refused when %s, and leaves nothing', (_words, changes) =>
    around(async ({ ledger, billing }) => {
      expect(await problemOf(ledger.answer(said(changes)))).toBe('conflict')
      expect([await ledger.answered(), await billing.version(), await billing.trail()]).toEqual([0, 0, []])
    }),
  )

  test('of two who say something of the same moment one is refused', () =>
    around(async ({ ledger }) => {
      const ends = await Promise.all(
        [said(), said({ continues: 'x/BP' })].map((one) => problemOf(ledger.answer(one))),
      )
      expect(ends.toSorted()).toEqual(['conflict', 'none'])
      expect((await ledger.ledger()).answers).toHaveLength(1)
    }))

  test('its version is that of the books it made, whatever moved them before', () =>
    around(async ({ ledger, billing }) => {
      await billing.recordSettings(settingsDraft({ says: DEFAULT_POLICY }), 0)
      await ledger.answer(said({ version: 1 }))
      expect([await ledger.answered(), await billing.version()]).toEqual([2, 2])
    }))

  test('an observation computed without it is refused, and recorded when it is computed with it', () =>
    around(async ({ ledger }) => {
      await ledger.answer(said())
      expect(await problemOf(ledger.record(unchanged('b', 1)))).toBe('conflict')
      expect((await ledger.latest())?.sequence).toBe(1)
      await ledger.record({ ...unchanged('b', 1), answered: 1 })
      expect((await ledger.latest())?.sequence).toBe(2)
    }))
})

describe(`answers as they are stored, ${ENGINE} engine`, () => {
  test.each([
    ['edited', 'UPDATE lineage_answer SET continues = NULL', /rows of lineage_answer are never changed/u],
    ['taken away', 'DELETE FROM lineage_answer', /rows of lineage_answer are never changed/u],
    [
      'of a line that continues itself',
      `INSERT INTO lineage_answer (msp_id, version, record_key, continues, answered_by, answered_at)
       SELECT msp_id, 9, 'k', 'k', 'dana', now() FROM lineage_answer`,
      /lineage_answer_whole/u,
    ],
  ])('are never %s', async (_, sql, refused) => {
    const database = await databases.create()
    const storage = await database.open()
    try {
      await storage.ledger.record(observation('a', undefined))
      await storage.ledger.answer(said())
      await expect(database.sql(sql)).rejects.toThrow(refused)
      expect((await storage.ledger.ledger()).answers).toHaveLength(1)
    } finally {
      await storage.close()
    }
  })
})
