import { describe, expect, test } from 'vitest'
import type { BillingStore } from '../../../core/ports.js'
import { ENGINE, testDatabases } from '../../support/database.js'
import { memoryBilling } from '../../support/memory-billing.js'
import {
  APRIL,
  MARCH,
  MAY,
  approved,
  decisionOn,
  draft,
  everything,
  fact,
  opened,
  settingsDraft,
  proposed,
  runCustomer,
  runLine,
  voidDraft,
  withStorage,
} from './billing-fixtures.js'

const databases = testDatabases()

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
    const holdsFrom = name === 'mine' ? MARCH.from : MAY.from
    await billing.recordSettings(settingsDraft({ holdsFrom }), await billing.version())
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
    withStorage(databases, async (mine, database) => {
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
    withStorage(databases, async (mine, database) => {
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
      await theirs.billing.recordSettings(settingsDraft(), await theirs.billing.version())
      expect(await mine.billing.settingsStanding()).toEqual({ version: 0, recorded: [], isBilled: false })
      expect(await everything(mine.billing)).toEqual(await everything(memoryBilling()))
      await theirs.close()
    }))
})

describe(`what the tables refuse, ${ENGINE} engine`, () => {
  const BILL = 'INSERT INTO billed_line (msp_id, run_number, position, key, approval_number, voided_by)'

  test('a second decision, a second bill of a charge or of a run, words nobody can read back', () =>
    withStorage(databases, async ({ billing }, { sql }) => {
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
        [`INSERT INTO setting_record VALUES ('msp-1', 0, NULL, now(), '{}')`, /setting_record_whole/],
        [`INSERT INTO setting_record VALUES ('msp-1', 9, NULL, now(), '[]')`, /setting_record_whole/],
        [
          `INSERT INTO setting_record VALUES ('msp-1', 9, NULL, now(), '{}', 'console:lee')`,
          /setting_record_by/,
        ],
        [
          `INSERT INTO bill_run_customer VALUES ('msp-1', 1, true, 9, 'C9', 'N', 'USD', 1, 1, 'twoPeriods', 5, NULL)`,
          /bill_run_customer_comparison/,
        ],
      ]
      for (const [statement, by] of refused) await expect(sql(statement), statement).rejects.toThrow(by)
    }))

  test('any change of what was shown, decided and billed', () =>
    withStorage(databases, async ({ billing }, { sql }) => {
      await approved(billing, draft(['k1']))
      await proposed(billing, draft(['k2']))
      await proposed(billing, draft(['k3']))
      await billing.recordSettings(settingsDraft(), await billing.version())
      const request = await billing.proposeVoid(voidDraft('BR-0001'))
      for (const table of [
        'bill_run',
        'bill_run_line',
        'bill_run_customer',
        'approval',
        'supersession',
        'decision',
        'setting_record',
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
    withStorage(databases, async ({ billing }, { sql }) => {
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
