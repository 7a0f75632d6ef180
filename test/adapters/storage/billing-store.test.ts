import { describe, expect, test } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import { AssertionFailed } from '../../../core/assert.js'
import { DATABASE_BULK_ROWS } from '../../../core/limits.js'
import { decimalFromUnits } from '../../../core/money/decimal.js'
import type { BillingStore } from '../../../core/ports.js'
import { type CommonDatabase, ENGINE, testDatabases } from '../../support/database.js'
import { memoryBilling } from '../../support/memory-billing.js'
import { observation } from '../../support/observations.js'
import { day, decimal } from '../../support/observed.js'
import {
  APRIL,
  DECIDED_AT,
  MARCH,
  MAY,
  approved,
  decisionOn,
  draft,
  everything,
  fact,
  proposed,
  runCustomer,
  runLine,
  voidDraft,
} from './billing-fixtures.js'

const databases = testDatabases()

async function withStorage(
  work: (storage: Storage, database: CommonDatabase) => Promise<void>,
): Promise<void> {
  const database = await databases.create()
  const storage = await opened(database)
  try {
    await work(storage, database)
  } finally {
    await storage.close()
  }
}

/** Another storage on the same database: what another program, or this one after a restart, sees. */
async function opened(database: CommonDatabase, mspId = 'msp-1'): Promise<Storage> {
  const storage = await database.open({ mspId })
  if ((await storage.ledger.latest()) === undefined) await storage.ledger.record(observation('a', undefined))
  return storage
}

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
    withStorage(async (storage, database) => {
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
        FIGURES.map((line) => ({ ...line, runId: 'BR-0001', month: run?.month, approvedAt: DECIDED_AT })),
      )
      await fresh.close()
    }))

  test('an amount no column can hold is refused and nothing is stored', () =>
    withStorage(async ({ billing }, database) => {
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
    withStorage(async ({ billing }, database) => {
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
    withStorage(async ({ billing }, { sql }) => {
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
    withStorage(async ({ billing }, database) => {
      const { approval, run } = await proposed(billing, draft(['k1']))
      const before = await counts(database)
      for (const bad of BAD) {
        const yes = decisionOn({ approval, run }, 'approved', 1)
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
      expect(await billing.books()).toEqual({ version: 1, billed: [] })
    }))
})

describe(`MSPs on one database, ${ENGINE} engine`, () => {
  /** Uses every method; numbers and charge keys are the same for everybody, names and outcomes are not. */
  async function live(billing: BillingStore, name: string, round: number, voided?: string): Promise<unknown> {
    const [one, two] = [`${round}-a`, `${round}-b`].map((key) => runLine(key, { customerName: name }))
    const lines = [one, two].filter((line) => line !== undefined)
    const month = name === 'mine' ? MARCH : MAY
    const changes = {
      month,
      proposedBy: name,
      customers: [runCustomer({ name })],
      held: [runCustomer({ name })],
    }
    const first = await proposed(billing, draft(lines, changes))
    const second = await proposed(billing, draft(lines, changes))
    await billing.note(fact({ actor: name }))
    const late = await billing.decide(decisionOn(first, 'approved', await billing.version()))
    const verdict = voided === undefined ? 'rejected' : 'approved'
    await billing.decide(decisionOn(second, verdict, await billing.version()))
    await billing.books() // what is read from here on is added to what was read before
    if (voided !== undefined) {
      const request = await billing.proposeVoid(voidDraft(second.run.id, { requestedBy: name }))
      const about = { void: [`${round}-${voided}`] }
      await billing.decide(decisionOn(request, 'approved', await billing.version(), about))
    }
    await proposed(
      billing,
      draft([runLine(`${round}-c`, { customerName: name })], { ...changes, month: APRIL }),
    )
    return [late, await everything(billing)]
  }

  test('each has its own numbers, books and trail, as if it were alone', () =>
    withStorage(async (mine, database) => {
      const theirs = await opened(database, 'msp-2')
      const [asMine, asTheirs] = [memoryBilling(), memoryBilling()]
      const lives = [
        [theirs, asTheirs, 'theirs', 1, 'a'],
        [mine, asMine, 'mine', 1, 'b'],
        [mine, asMine, 'mine', 2, undefined],
        [theirs, asTheirs, 'theirs', 2, 'b'],
        [mine, asMine, 'mine', 3, 'a'],
        [theirs, asTheirs, 'theirs', 3, undefined],
        [mine, asMine, 'mine', 4, 'a'],
      ] as const
      for (const [{ billing }, memory, name, round, voided] of lives) {
        expect(await live(billing, name, round, voided)).toEqual(await live(memory, name, round, voided))
        for (const [storage, expected] of [
          [mine, asMine],
          [theirs, asTheirs],
        ] as const) {
          expect(await everything(storage.billing)).toEqual(await everything(expected))
        }
      }
      for (const [mspId, expected] of [
        ['msp-1', asMine],
        ['msp-2', asTheirs],
      ] as const) {
        const fresh = await opened(database, mspId)
        expect(await everything(fresh.billing)).toEqual(await everything(expected))
        expect((await fresh.verifyAudit()).fault).toBeUndefined()
        await fresh.close()
      }
      await theirs.close()
    }))

  test('what another one has cannot be read, voided or decided', () =>
    withStorage(async (mine, database) => {
      const theirs = await opened(database, 'msp-2')
      const record = await approved(theirs.billing, draft(['k1']))
      const waiting = await proposed(theirs.billing, draft(['k2']))
      expect([await mine.billing.approval('APR-0001'), await mine.billing.run('BR-0001')]).toEqual([
        undefined,
        undefined,
      ])
      await expect(mine.billing.proposeVoid(voidDraft('BR-0001'))).rejects.toMatchObject({ kind: 'notFound' })
      for (const about of [record, waiting]) {
        expect(await mine.billing.decide(decisionOn(about, 'approved', 0))).toEqual({ outcome: 'moved' })
      }
      expect(await everything(mine.billing)).toEqual(await everything(memoryBilling()))
      await theirs.close()
    }))
})

describe(`all or nothing, ${ENGINE} engine`, () => {
  test('what fails at the very end of a decision takes everything before it back', () =>
    withStorage(async ({ billing }, database) => {
      const record = await proposed(billing, draft(['k1', 'k2']))
      await database.sql(
        `ALTER TABLE audit_entry ADD CONSTRAINT planted CHECK (action <> 'bill.approved') NOT VALID`,
      )
      try {
        const before = await counts(database)
        await expect(billing.decide(decisionOn(record, 'approved', 1))).rejects.toThrow('planted')
        expect(await counts(database)).toEqual(before)
        expect(await billing.books()).toEqual({ version: 1, billed: [] })
        expect((await billing.approval('APR-0001'))?.approval.decision).toBeUndefined()
      } finally {
        await database.sql('ALTER TABLE audit_entry DROP CONSTRAINT planted')
      }
      expect(await billing.decide(decisionOn(record, 'approved', 1))).toEqual({ outcome: 'written' })
    }))

  test('only frozen lines are billed, as they were frozen, and only billed lines of the run are voided', () =>
    withStorage(async ({ billing }) => {
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

describe(`what the tables refuse, ${ENGINE} engine`, () => {
  const BILL = 'INSERT INTO billed_line (msp_id, run_number, position, key, approval_number, voided_by)'

  test('a second decision, a second bill of a charge or of a run, words nobody can read back', () =>
    withStorage(async ({ billing }, { sql }) => {
      await approved(billing, draft(['k1']))
      await proposed(billing, draft(['k1'], { month: APRIL }))
      const refused: readonly (readonly [statement: string, by: RegExp])[] = [
        [
          `INSERT INTO decision SELECT msp_id, approval_number, 'rejected', 'x', 'X', now(), 'r', 99 FROM decision`,
          /decision_pkey/,
        ],
        [
          `INSERT INTO decision SELECT msp_id, 2, 'rejected', 'x', 'X', now(), 'r', version FROM decision`,
          /version/,
        ],
        [`${BILL} VALUES ('msp-1', 2, 0, 'k1', 2, NULL)`, /billed_line_once/],
        [
          `INSERT INTO approval SELECT msp_id, 3, type, run_number, customer_id, reason, fingerprint, requested_by,
            requested_by_name, requested_at, expires_at FROM approval WHERE number = 1`,
          /approval_bills_run_once/,
        ],
        [
          `INSERT INTO decision SELECT msp_id, 2, 'maybe', 'x', 'X', now(), 'r', 99 FROM decision`,
          /decision_verdict/,
        ],
        [
          `INSERT INTO decision SELECT msp_id, 2, 'rejected', 'x', 'X', now(), NULL, 99 FROM decision`,
          /decision_verdict/,
        ],
      ]
      for (const [statement, by] of refused) await expect(sql(statement), statement).rejects.toThrow(by)
    }))

  test('any change of what was shown, decided and billed', () =>
    withStorage(async ({ billing }, { sql }) => {
      await approved(billing, draft(['k1']))
      await proposed(billing, draft(['k2']))
      await proposed(billing, draft(['k3']))
      const request = await billing.proposeVoid(voidDraft('BR-0001'))
      for (const table of [
        'bill_run',
        'bill_run_line',
        'bill_run_customer',
        'approval',
        'supersession',
        'decision',
      ]) {
        await expect(sql(`UPDATE ${table} SET msp_id = msp_id`), table).rejects.toThrow('never changed')
        await expect(sql(`DELETE FROM ${table}`), table).rejects.toThrow('never changed')
        await expect(sql(`TRUNCATE ${table} CASCADE`), table).rejects.toThrow('never changed')
      }
      await expect(sql(`UPDATE billed_line SET key = 'k9'`)).rejects.toThrow('never changed')
      await expect(sql('DELETE FROM billed_line')).rejects.toThrow('never changed')
      await billing.decide(decisionOn(request, 'approved', await billing.version(), { void: ['k1'] }))
      await expect(sql('UPDATE billed_line SET voided_by = NULL')).rejects.toThrow('never changed')
    }))

  test('without the index a charge would be billed twice', () =>
    withStorage(async ({ billing }, { sql }) => {
      const before = await sql(`SELECT pg_get_indexdef('billed_line_once'::regclass) AS definition`)
      await sql('DROP INDEX billed_line_once')
      for (const month of [undefined, APRIL]) await approved(billing, draft(['k1'], month && { month }))
      expect((await billing.books()).billed.map(({ key }) => key)).toEqual(['k1', 'k1'])
      const { definition } = before[0] as { readonly definition: string }
      await expect(sql(definition)).rejects.toThrow('billed_line_once')
      await sql(
        `BEGIN; SET LOCAL session_replication_role = replica; TRUNCATE billed_line; ${definition}; COMMIT`,
      )
    }))
})

describe(`what is kept in memory, ${ENGINE} engine`, () => {
  test('what other programs decide is seen at once', () =>
    withStorage(async (storage, database) => {
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
    withStorage(async ({ billing }, { sql }) => {
      await approved(billing, draft(['k1']))
      await approved(billing, draft(['k2'], { month: APRIL }))
      expect((await billing.books()).billed).toHaveLength(2)
      await sql(`BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM billed_line WHERE run_number = 2;
        DELETE FROM decision WHERE approval_number = 2; UPDATE books SET version = 3; COMMIT`)
      expect((await billing.books()).billed.map(({ key }) => key)).toEqual(['k1'])
    }))
})
