import { describe, expect, test } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import { type AuditEntry, chain, verifyChain } from '../../../core/audit/chain.js'
import { AUDIT_PAGE_ENTRIES } from '../../../core/limits.js'
import { type CommonDatabase, ENGINE, testDatabases } from '../../support/database.js'
import { fact } from './billing-fixtures.js'

const databases = testDatabases()

type Sql = CommonDatabase['sql']

/** A trail of six entries, three of them about the same subject. */
async function withTrail(work: (storage: Storage, sql: Sql) => Promise<void>): Promise<void> {
  const database = await databases.create()
  const storage = await database.open()
  try {
    for (let number = 1; number <= 6; number += 1) {
      const subject = number % 2 === 0 ? 'APR-0001' : 'BR-0001'
      await storage.billing.note(fact({ subject, details: { number: String(number) } }))
    }
    await work(storage, database.sql)
  } finally {
    await storage.close()
  }
}

/** Does to the tables what they refuse, as somebody with the right to switch their guards off could. */
function tamper(sql: Sql, statement: string): Promise<unknown> {
  return sql(`BEGIN; SET LOCAL session_replication_role = replica; ${statement}; COMMIT`)
}

/** The fault seen by whoever reads everything, and by the check that reads in pages and knows the end. */
async function faults({ billing, verifyAudit }: Storage): Promise<(number | undefined)[]> {
  const { entries, fault: found } = await verifyAudit()
  expect(entries).toBe(found === undefined ? (await billing.trail()).length : found.sequence - 1)
  return [verifyChain(await billing.trail())?.sequence, found?.sequence]
}

const EVERYTHING_CHANGED = [
  `at = at + interval '1 millisecond'`,
  `actor = 'somebody'`,
  `action = 'right.used'`,
  `subject = 'BR-0002'`,
  `details = '{"number":"7"}'`,
  `details = details || '{"more":null}'`,
  `previous = repeat('0', 64)`,
  `hash = repeat('a', 64)`,
]

describe(`the trail, ${ENGINE} engine`, () => {
  test('as it was written it verifies', () =>
    withTrail(async (storage) => {
      expect(await faults(storage)).toEqual([undefined, undefined])
      expect(await storage.verifyAudit()).toEqual({ entries: 6, fault: undefined })
    }))

  test('before the first entry there is nothing to find', async () => {
    const storage = await (await databases.create()).open()
    expect(await storage.verifyAudit()).toEqual({ entries: 0, fault: undefined })
    await storage.close()
  })

  test('a changed entry is found, whatever was changed', () =>
    withTrail(async (storage, sql) => {
      for (const change of EVERYTHING_CHANGED) {
        await tamper(sql, 'CREATE TABLE kept AS SELECT * FROM audit_entry WHERE sequence = 3')
        await tamper(sql, `UPDATE audit_entry SET ${change} WHERE sequence = 3`)
        expect(await faults(storage), change).toEqual([3, 3])
        await tamper(sql, 'DELETE FROM audit_entry WHERE sequence = 3')
        await tamper(sql, 'INSERT INTO audit_entry SELECT * FROM kept; DROP TABLE kept')
        expect(await faults(storage), change).toEqual([undefined, undefined])
      }
    }))

  test('an entry that was taken away is found', async () => {
    for (const sequence of [1, 3, 5]) {
      await withTrail(async (storage, sql) => {
        await tamper(sql, `DELETE FROM audit_entry WHERE sequence = ${sequence}`)
        expect(await faults(storage)).toEqual([sequence, sequence])
      })
    }
  })

  test('entries cut off at the end are missed, because the books know the end', () =>
    withTrail(async (storage, sql) => {
      await tamper(sql, 'DELETE FROM audit_entry WHERE sequence > 4')
      expect(await faults(storage)).toEqual([undefined, 5])
      await tamper(sql, 'DELETE FROM audit_entry')
      expect(await storage.verifyAudit()).toEqual({
        entries: 0,
        fault: { sequence: 1, what: 'entry 1 is missing' },
      })
    }))

  test('entries that changed places are found', () =>
    withTrail(async (storage, sql) => {
      await tamper(sql, 'UPDATE audit_entry SET sequence = 6 - sequence + 100 WHERE sequence IN (2, 4)')
      await tamper(sql, 'UPDATE audit_entry SET sequence = sequence - 100 WHERE sequence > 100')
      expect(await faults(storage)).toEqual([2, 2])
    }))

  test('an entry put behind the last one is found, also when its hash is right', () =>
    withTrail(async (storage, sql) => {
      const last = (await storage.billing.trail()).at(-1)
      await insert(sql, [chain(fact(), last)])
      const { entries, fault: found } = await storage.verifyAudit()
      expect([entries, found?.sequence]).toEqual([6, 7])
    }))

  test('an end written anew, with right hashes, is found: the books know the last one', () =>
    withTrail(async (storage, sql) => {
      const [first, second, third] = await storage.billing.trail()
      const forged = chain(fact({ actor: 'somebody' }), second)
      await tamper(sql, 'DELETE FROM audit_entry WHERE sequence > 2')
      await insert(sql, [forged])
      await tamper(sql, 'UPDATE books SET audit_sequence = 3')
      expect(verifyChain(await storage.billing.trail())).toBeUndefined()
      const { entries, fault: found } = await storage.verifyAudit()
      expect([first?.sequence, third?.hash === forged.hash, entries, found?.sequence]).toEqual([
        1,
        false,
        2,
        3,
      ])
    }))

  test('the tables refuse to change, empty or forget the trail', () =>
    withTrail(async (storage, sql) => {
      for (const statement of [
        `UPDATE audit_entry SET actor = 'somebody'`,
        'DELETE FROM audit_entry',
        'TRUNCATE audit_entry',
      ]) {
        await expect(sql(statement), statement).rejects.toThrow('never changed')
      }
      expect(await storage.verifyAudit()).toEqual({ entries: 6, fault: undefined })
    }))

  test('a long trail is verified and read in pages; a fault at their border is found', async () => {
    const database = await databases.create()
    const storage = await database.open()
    const count = AUDIT_PAGE_ENTRIES * 2
    const entries: AuditEntry[] = []
    for (let number = 1; number <= count; number += 1) {
      entries.push(chain(fact({ subject: `S-${number % 2}` }), entries.at(-1)))
    }
    await insert(database.sql, entries)
    const last = entries.at(-1)
    await database.sql('INSERT INTO books (msp_id, audit_sequence, audit_hash) VALUES ($1, $2, $3)', [
      'msp-1',
      count,
      last?.hash,
    ])
    expect(await storage.verifyAudit()).toEqual({ entries: count, fault: undefined })
    expect(await storage.billing.trail()).toEqual(entries)
    expect(await storage.billing.trail('S-1')).toHaveLength(AUDIT_PAGE_ENTRIES)
    const border = AUDIT_PAGE_ENTRIES + 1
    await tamper(database.sql, `DELETE FROM audit_entry WHERE sequence = ${border}`)
    expect(await faults(storage)).toEqual([border, border])
    await storage.close()
  })
})

async function insert(sql: Sql, entries: readonly AuditEntry[]): Promise<void> {
  const rows = entries.map(({ at, ...entry }) => ({ msp_id: 'msp-1', at: at.toISOString(), ...entry }))
  await sql('INSERT INTO audit_entry SELECT * FROM jsonb_populate_recordset(NULL::audit_entry, $1::jsonb)', [
    JSON.stringify(rows),
  ])
}
