import { describe, expect, test } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import { AssertionFailed } from '../../../core/assert.js'
import { DATABASE_BULK_ROWS } from '../../../core/limits.js'
import { decimalFromUnits } from '../../../core/money/decimal.js'
import { type CommonDatabase, ENGINE, testDatabases } from '../../support/database.js'
import { day, decimal } from '../../support/observed.js'
import {
  APRIL,
  DECIDED_AT,
  approved,
  decisionOn,
  draft,
  everything,
  fact,
  opened,
  proposed,
  runCustomer,
  runLine,
  voidDraft,
  withStorage,
} from './billing-fixtures.js'

const databases = testDatabases()

async function counts({ sql }: CommonDatabase): Promise<object | undefined> {
  const tables = [
    'bill_run',
    'bill_run_line',
    'bill_run_customer',
    'approval',
    'decision',
    'billed_line',
    'audit_entry',
  ]
  const [row] = await sql(
    `SELECT ${tables.map((table) => `(SELECT count(*)::integer FROM ${table}) AS ${table}`).join(', ')}`,
  )
  return row
}
describe(`figures, ${ENGINE} engine`, () => {
  const FIGURES = [
    runLine('seats', {
      quantity: decimal('1000000000000'),
      unitPrice: decimal('0.00000001'),
      amount: 1_000_000n,
    }),
    runLine('places', {
      quantity: decimal('-0.00000001'),
      unitPrice: decimal('1000000000000.12345678'),
      amount: -1n,
    }),
    runLine('units', {
      quantity: decimalFromUnits(9_999_999_999_999_999_999_999_999_999n),
      unitPrice: decimal('0'),
    }),
    runLine('largest', { amount: 9_223_372_036_854_775_807n, currency: 'JPY' }),
    runLine('smallest', { amount: -9_223_372_036_854_775_807n, currency: 'KWD' }),
    runLine('yen', { currency: 'JPY', unitPrice: decimal('1200'), amount: 6000n }),
    runLine('dinar', { currency: 'KWD', unitPrice: decimal('1.234'), amount: 6170n }),
    runLine('float', { quantity: decimal('0.1'), unitPrice: decimal('0.2'), amount: 9_007_199_254_740_993n }),
    runLine('dates', {
      kind: 'oneTime',
      period: { from: day('1900-01-01'), to: day('2199-12-31') },
      from: day('2024-02-29'),
      to: day('2024-03-01'),
      billOn: day('2199-12-31'),
    }),
    ...(['recurring', 'credit', 'correction', 'usage'] as const).map((kind) => runLine(kind, { kind })),
  ]

  test('every figure and date comes back to the last digit, from the run and from the books', () =>
    withStorage(databases, async (storage, database) => {
      const customers = [
        runCustomer({ currency: 'KWD', amount: -9_223_372_036_854_775_807n }),
        runCustomer({ currency: 'JPY', comparison: { type: 'within', before: 9_007_199_254_740_993n } }),
      ]
      await approved(storage.billing, draft(FIGURES, { customers }))
      const fresh = await opened(database)
      const run = await fresh.billing.run('BR-0001')
      expect(run?.lines).toEqual(FIGURES)
      expect(run?.customers).toEqual(customers)
      const { billed } = await fresh.billing.books()
      expect(billed).toEqual(
        FIGURES.map((line) => ({
          ...line,
          runId: 'BR-0001',
          month: run?.month,
          approvedAt: DECIDED_AT,
          version: 2,
        })),
      )
      await fresh.close()
    }))

  test('an amount no column can hold is refused and nothing is stored', () =>
    withStorage(databases, async ({ billing }, database) => {
      const tooLarge = 9_223_372_036_854_775_808n
      for (const amount of [tooLarge, -tooLarge]) {
        const refused = { kind: 'input', notDone: 'Nothing was stored.' }
        await expect(billing.propose(draft([runLine('k', { amount })]), 0)).rejects.toMatchObject(refused)
        const customers = [runCustomer({ amount })]
        await expect(billing.propose(draft(['k'], { customers }), 0)).rejects.toMatchObject(refused)
      }
      expect(await counts(database)).toMatchObject({ bill_run: 0, bill_run_line: 0, audit_entry: 0 })
      expect(await billing.version()).toBe(0)
    }))

  test('a run of more lines than one statement takes keeps their order', () =>
    withStorage(databases, async ({ billing }, database) => {
      const lines = Array.from({ length: DATABASE_BULK_ROWS + 1500 }, (_, index) =>
        runLine(`k${(index * 7919) % 100_003}`, { amount: BigInt(index), mpn: `P${index % 7}` }),
      )
      await approved(billing, draft(lines))
      const fresh = await opened(database)
      expect((await fresh.billing.run('BR-0001'))?.lines).toEqual(lines)
      expect((await fresh.billing.books()).billed.map(({ key }) => key)).toEqual(lines.map(({ key }) => key))
      await fresh.close()
    }))

  test('after 9,999 the numbers have more digits, and the oldest still comes first', () =>
    withStorage(databases, async ({ billing }, { sql }) => {
      await sql(`INSERT INTO books (msp_id, last_run, last_approval) VALUES ('msp-1', 9998, 9998)`)
      for (const month of [undefined, APRIL]) await proposed(billing, draft(['k'], month && { month }))
      const open = await billing.open()
      expect(open.map(({ approval, run }) => [approval.id, run.id])).toEqual([
        ['APR-9999', 'BR-9999'],
        ['APR-10000', 'BR-10000'],
      ])
      expect((await billing.approval('APR-10000'))?.run.month).toEqual(APRIL)
      expect(await billing.run('BR-010000')).toBeUndefined()
    }))
})

describe(`texts from outside, ${ENGINE} engine`, () => {
  const BAD = ['a\0b', 'half \uD83D', '\uDE00 half']

  test('one that cannot be stored is refused with its place, and nothing is stored', () =>
    withStorage(databases, async ({ billing }, database) => {
      const request = await proposed(billing, draft(['k1']))
      const before = await counts(database)
      for (const bad of BAD) {
        const yes = decisionOn(request, 'approved', 1)
        const attempts = [
          billing.propose(draft([runLine('k2', { customerName: bad })]), 1),
          billing.propose(draft(['k2'], { asked: [bad] }), 1),
          billing.proposeVoid(voidDraft('BR-0001', { reason: bad })),
          billing.decide({ ...yes, decision: { ...yes.decision, reason: bad } }),
          billing.decide({ ...yes, audit: { ...yes.audit, details: { inner: { list: [bad] } } } }),
          billing.decide({ ...yes, audit: { ...yes.audit, details: { [bad]: true } } }),
          billing.note(fact({ subject: bad })),
        ]
        for (const attempt of await Promise.allSettled(attempts)) {
          expect(attempt).toMatchObject({
            status: 'rejected',
            reason: { kind: 'input', notDone: 'Nothing was stored.' },
          })
        }
      }
      expect(await counts(database)).toEqual(before)
      expect(await billing.books()).toEqual({ version: 1, billed: [], settings: [], overrides: [] })
    }))
})

describe(`all or nothing, ${ENGINE} engine`, () => {
  test('what fails at the very end of a decision takes everything before it back', () =>
    withStorage(databases, async ({ billing }, database) => {
      const record = await proposed(billing, draft(['k1', 'k2']))
      await database.sql(
        `ALTER TABLE audit_entry ADD CONSTRAINT planted CHECK (action <> 'bill.approved') NOT VALID`,
      )
      try {
        const before = await counts(database)
        await expect(billing.decide(decisionOn(record, 'approved', 1))).rejects.toThrow('planted')
        expect(await counts(database)).toEqual(before)
        expect(await billing.books()).toEqual({ version: 1, billed: [], settings: [], overrides: [] })
        expect((await billing.approval('APR-0001'))?.approval.decision).toBeUndefined()
      } finally {
        await database.sql('ALTER TABLE audit_entry DROP CONSTRAINT planted')
      }
      expect(await billing.decide(decisionOn(record, 'approved', 1))).toEqual({ outcome: 'written' })
    }))

  test('only frozen lines are billed, as they were frozen, and only billed lines of the run are voided', () =>
    withStorage(databases, async ({ billing }) => {
      await approved(billing, draft(['k0']))
      const record = await proposed(billing, draft(['k1', 'k2'], { month: APRIL }))
      const yes = decisionOn(record, 'approved', 3)
      await expect(billing.decide({ ...yes, bill: [runLine('k3')] })).rejects.toThrow(AssertionFailed)
      await expect(billing.propose(draft(['k4', 'k4']), 3)).rejects.toThrow(AssertionFailed)
      const dearer = record.run.lines.map((line) => ({ ...line, amount: 999_999n }))
      expect(await billing.decide({ ...yes, bill: dearer })).toEqual({ outcome: 'written' })
      expect((await billing.books()).billed.map(({ amount }) => amount)).toEqual([7452n, 7452n, 7452n])
      const request = await billing.proposeVoid(voidDraft('BR-0002'))
      for (const voided of [['k0'], ['k1', 'k0'], ['k1', 'k1'], ['k9']]) {
        const about = decisionOn(request, 'approved', 5, { void: voided })
        await expect(billing.decide(about), voided.join()).rejects.toThrow(AssertionFailed)
      }
      expect((await billing.books()).billed).toHaveLength(3)
    }))
})

describe(`what is kept in memory, ${ENGINE} engine`, () => {
  test('what other programs decide is seen at once', () =>
    withStorage(databases, async (storage, database) => {
      const other = await opened(database)
      await approved(storage.billing, draft(['k1', 'k2']))
      const before = await other.billing.books()
      expect(before.billed).toHaveLength(2)
      expect((await other.billing.books()).billed).toBe(before.billed)
      const request = await storage.billing.proposeVoid(voidDraft('BR-0001'))
      expect((await other.billing.books()).version).toBe(3)
      await storage.billing.decide(decisionOn(request, 'approved', 3, { void: ['k1'] }))
      await approved(storage.billing, draft(['k1', 'k3'], { month: APRIL }))
      const after = await other.billing.books()
      expect(after.billed.map(({ runId, key }) => [runId, key])).toEqual([
        ['BR-0001', 'k2'],
        ['BR-0002', 'k1'],
        ['BR-0002', 'k3'],
      ])
      expect(before.billed).toHaveLength(2)
      const fresh = await opened(database)
      expect(await fresh.billing.books()).toEqual(after)
      await other.close()
      await fresh.close()
    }))

  test('books put back to an earlier day are read from their beginning', () =>
    withStorage(databases, async ({ billing }, { sql }) => {
      await approved(billing, draft(['k1']))
      await approved(billing, draft(['k2'], { month: APRIL }))
      expect((await billing.books()).billed).toHaveLength(2)
      await sql(`BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM billed_line WHERE run_number = 2;
        DELETE FROM decision WHERE approval_number = 2; UPDATE books SET version = 3; COMMIT`)
      expect((await billing.books()).billed.map(({ key }) => key)).toEqual(['k1'])
    }))
})

describe(`a database that moved, ${ENGINE} engine`, () => {
  test('billing goes on where it was: figures, numbers, trail', () =>
    withStorage(databases, async (storage) => {
      const lines = [
        runLine('k1', { quantity: decimal('0.00000001') }),
        runLine('k2', { customerName: 'a "b" \\ \n 日本' }),
      ]
      await approved(storage.billing, draft(lines, { asked: ['C1', '{"C",2}'] }))
      const request = await storage.billing.proposeVoid(voidDraft('BR-0001'))
      await storage.billing.decide(decisionOn(request, 'approved', 3, { void: ['k1'] }))
      const [before, content] = [await everything(storage.billing), await exported(storage)]
      const target = await (await databases.create()).open()
      await target.importLines(content())
      expect(await everything(target.billing)).toEqual(before)
      const next = await approved(target.billing, draft(['k1'], { month: APRIL }))
      expect([next.run.id, next.approval.id, await target.billing.version()]).toEqual([
        'BR-0002',
        'APR-0003',
        6,
      ])
      expect(await target.verifyAudit()).toEqual({ entries: 6, fault: undefined })
      await target.close()
    }))
})

/** All lines of an export, to be given again after the database is emptied. */
async function exported(storage: Storage): Promise<() => AsyncIterable<string>> {
  const lines: string[] = []
  for await (const line of storage.exportLines()) lines.push(line)
  return async function* again() {
    yield* lines
  }
}
