import { describe, expect, test } from 'vitest'
import { AssertionFailed } from '../../../core/assert.js'
import type { CommonDatabase } from '../../support/database.js'
import { ENGINE, testDatabases } from '../../support/database.js'
import { day, decimal } from '../../support/observed.js'
import { everything, fact, opened, proposed, withStorage } from './billing-fixtures.js'
import {
  LINEAGE,
  type Stores,
  after,
  charge,
  claimed,
  container,
  inMemory,
  locked,
  mapping,
  outcome,
  part,
  promised,
  reading,
  states,
  syncDraft,
  yes,
} from './sync-fixtures.js'

const databases = testDatabases()

/** Does to the tables what they refuse, as somebody with the right to switch their guards off could. */
function tamper({ sql }: CommonDatabase, statement: string): Promise<unknown> {
  return sql(`BEGIN; SET LOCAL session_replication_role = replica; ${statement}; COMMIT`)
}

/** All the two stores can be asked for. */
async function all({ billing, sync }: Stores): Promise<object> {
  return { ...(await everything(billing)), state: await sync.state(), version: await sync.version() }
}

/** Uses every method; ids are the same for everybody, names and outcomes are not. */
async function live({ billing, sync }: Stores, name: string, done: boolean): Promise<void> {
  const customer = { customerId: 'C1', psa: 'connectwise', companyId: name, companyName: name } as const
  await sync.map(
    mapping({ customer, written: [{ slotId: LINEAGE, text: name }], audit: fact({ actor: name }) }),
  )
  await sync.saveReading(reading({ name }), [locked({ lines: done ? [charge()] : [] })])
  await promised(billing, [part(['s1', 's2'], { containerName: name })])
  await proposed(billing, syncDraft([part(['s3'], { containerName: name })]))
  const claim = await claimed(sync, name)
  await sync.sending(claim, 'BR-0001/1', after(1), after(2))
  const written = { slotId: 'L-2', text: name }
  const confirmed = outcome('confirmed', { audit: fact({ actor: name }), written })
  await sync.settle(claim, 'BR-0001/1', done ? confirmed : outcome('waiting', { written }))
  await sync.release(claim)
  await claimed(sync, name, after(3))
}

describe(`MSPs on one database, ${ENGINE} engine`, () => {
  test('each has its own mappings, readings, promises and claims, as if it were alone', () =>
    withStorage(databases, async (mine, database) => {
      const theirs = await opened(database, 'msp-2')
      const [asMine, asTheirs] = [inMemory(), inMemory()]
      await live(theirs, 'theirs', true)
      await live(asTheirs, 'theirs', true)
      expect(await all(mine)).toEqual(await all(asMine))
      expect(await mine.sync.claim('one', after(999), after(1999))).toBeUndefined()
      await live(mine, 'mine', false)
      await live(asMine, 'mine', false)
      expect(await all(mine)).toEqual(await all(asMine))
      expect(await all(theirs)).toEqual(await all(asTheirs))
      await mine.sync.unmap('C1', fact())
      await asMine.sync.unmap('C1', fact())
      expect(await all(mine)).toEqual(await all(asMine))
      expect(await all(theirs)).toEqual(await all(asTheirs))
      await theirs.close()
    }))

  test('what another one promised cannot be sent, settled, given back or taken', () =>
    withStorage(databases, async (mine, database) => {
      const theirs = await opened(database, 'msp-2')
      await promised(theirs.billing, ['s1'])
      const claim = await claimed(theirs.sync)
      expect(await mine.sync.sending(claim, 'BR-0001/1', after(1), after(2))).toBe(false)
      expect(await mine.sync.settle(claim, 'BR-0001/1', outcome('confirmed'))).toBe(false)
      await mine.sync.release(claim)
      expect(await theirs.sync.sending(claim, 'BR-0001/1', after(1), after(2))).toBe(true)
      expect(await mine.sync.claim('one', after(99), after(199))).toBeUndefined()
      await theirs.close()
    }))
})

describe(`what the tables refuse, ${ENGINE} engine`, () => {
  test('any change of what was planned, promised, found locked and counted', () =>
    withStorage(databases, async ({ billing, sync }, { sql }) => {
      await promised(billing, ['s1', 's2', 's3'])
      await sync.saveReading(reading(), [locked()])
      for (const table of ['sync_step', 'psa_locked_period']) {
        await expect(sql(`UPDATE ${table} SET msp_id = msp_id`), table).rejects.toThrow('never changed')
      }
      for (const table of ['sync_step', 'psa_locked_period', 'sync_intent', 'sync_claim']) {
        await expect(sql(`DELETE FROM ${table}`), table).rejects.toThrow('never changed')
        await expect(sql(`TRUNCATE ${table} CASCADE`), table).rejects.toThrow('never changed')
      }
      for (const column of ['key', 'position', 'run_number', 'psa', 'container_id', 'approval_number']) {
        const change = `UPDATE sync_intent SET ${column} = ${column}`
        await expect(sql(change), change).rejects.toThrow('never changed')
      }
      const claim = await claimed(sync)
      await expect(sql('UPDATE sync_claim SET fence = 0')).rejects.toThrow('never changed')
      await expect(sql(`UPDATE sync_claim SET container_id = '78'`)).rejects.toThrow('never changed')
      await sync.settle(claim, 'BR-0001/1', outcome('confirmed'))
      for (const change of [`state = 'waiting'`, `state = 'parked'`, 'attempts = 0', `why = 'x'`]) {
        const first = `UPDATE sync_intent SET ${change} WHERE position = 1`
        await expect(sql(first), first).rejects.toThrow('never changed')
      }
      await sql(`UPDATE sync_intent SET state = 'replaced' WHERE position = 2`)
      const back = `UPDATE sync_intent SET state = 'waiting' WHERE position = 2`
      await expect(sql(back)).rejects.toThrow('never changed')
      expect(await states(sync)).toEqual([
        ['BR-0001/1', 'confirmed'],
        ['BR-0001/3', 'waiting'],
      ])
    }))

  test('words nobody can read back, a second request for a run, a promise without its step', () =>
    withStorage(databases, async ({ billing, sync }, { sql }) => {
      await sync.map(mapping())
      await sync.saveReading(reading(), [])
      await promised(billing, ['s1'])
      await proposed(billing, syncDraft(['s2']))
      const columns = `msp_id, run_number, container_id, container_name, customer_id, customer_name, currency, slot_id,
        position, part, psa, mode, key, content`
      const step = (values: string) =>
        `INSERT INTO sync_step (${columns}) VALUES ('msp-1', 2, '7', 'n', 'C', 'N', 'USD', 'L', ${values})`
      const intent = (values: string) => `INSERT INTO sync_intent VALUES ('msp-1', ${values})`
      const refused: readonly (readonly [statement: string, by: RegExp])[] = [
        [`UPDATE psa_customer SET psa = 'other'`, /psa_customer_psa/],
        [`UPDATE psa_slot SET psa = 'other'`, /psa_slot_words/],
        [`UPDATE psa_slot SET price_owner = 'theirs'`, /psa_slot_words/],
        [`UPDATE psa_reading SET psa = 'other'`, /psa_reading_whole/],
        [`UPDATE psa_reading SET container = '[]'`, /psa_reading_whole/],
        [
          `INSERT INTO psa_locked_period VALUES ('msp-1', 'L', '2026-03-01', '2026-03-01', '2026-04-01', '[]')`,
          /locked_period_whole/,
        ],
        [
          `INSERT INTO psa_locked_period VALUES ('msp-1', 'L', '2026-03-01', '2026-04-01', '2026-04-01', '{}')`,
          /locked_period_whole/,
        ],
        [step(`0, 1, 'connectwise', 'units', 'k', '{}'`), /sync_step_whole/],
        [step(`2, 0, 'connectwise', 'units', 'k', '{}'`), /sync_step_whole/],
        [step(`2, 1, 'other', 'units', 'k', '{}'`), /sync_step_whole/],
        [step(`2, 1, 'autotask', 'other', 'k', '{}'`), /sync_step_whole/],
        [step(`2, 1, 'autotask', 'units', 'k', '[]'`), /sync_step_whole/],
        [step(`2, 1, 'autotask', 'units', 's2', '{}'`), /run_number_key/],
        [intent(`1, 9, 'k9', 'connectwise', '77', 1, 'waiting', 0, NULL, NULL, NULL`), /fkey/],
        [intent(`2, 1, 'k9', 'connectwise', '77', 1, 'other', 0, NULL, NULL, NULL`), /sync_intent_state/],
        [intent(`2, 1, 'k9', 'connectwise', '77', 1, 'waiting', 1, NULL, NULL, NULL`), /sync_intent_state/],
        [intent(`2, 1, 'k9', 'connectwise', '77', 1, 'waiting', 0, now(), NULL, NULL`), /sync_intent_state/],
        [intent(`2, 1, 'k9', 'connectwise', '77', 1, 'unknown', 0, NULL, NULL, NULL`), /sync_intent_state/],
        [intent(`2, 1, 's1', 'connectwise', '77', 1, 'waiting', 0, NULL, NULL, NULL`), /sync_intent_once/],
        [`UPDATE sync_claim SET owner = 'one'`, /sync_claim_whole/],
        [
          `INSERT INTO approval SELECT msp_id, 9, type, run_number, customer_id, reason, fingerprint, requested_by,
            requested_by_name, requested_at, expires_at FROM approval WHERE number = 1`,
          /approval_bills_run_once/,
        ],
      ]
      for (const [statement, by] of refused) await expect(sql(statement), statement).rejects.toThrow(by)
    }))

  test('without the index a step that is done would be promised again', () =>
    withStorage(databases, async ({ billing, sync }, database) => {
      const before = await database.sql(`SELECT pg_get_indexdef('sync_intent_once'::regclass) AS definition`)
      await database.sql('DROP INDEX sync_intent_once')
      for (let round = 1; round <= 2; round += 1) {
        await promised(billing, ['s1'])
        await sync.settle(await claimed(sync), `BR-000${round}/1`, outcome('confirmed'))
      }
      expect(await states(sync)).toEqual([
        ['BR-0001/1', 'confirmed'],
        ['BR-0002/1', 'confirmed'],
      ])
      const { definition } = before[0] as { readonly definition: string }
      await expect(database.sql(definition)).rejects.toThrow('sync_intent_once')
      await tamper(database, `TRUNCATE sync_intent; ${definition}`)
    }))
})

describe(`one transaction, ${ENGINE} engine`, () => {
  /** An entry that cannot be written is the last thing that can go wrong. */
  async function withoutEntries(database: CommonDatabase, work: () => Promise<void>): Promise<void> {
    await database.sql(`ALTER TABLE audit_entry ADD CONSTRAINT full_disk CHECK (false) NOT VALID`)
    try {
      await work()
    } finally {
      await database.sql('ALTER TABLE audit_entry DROP CONSTRAINT full_disk')
    }
  }

  test('a decision, a mapping or an outcome whose entry cannot be written leaves nothing', () =>
    withStorage(databases, async (storage, database) => {
      const { billing, sync } = storage
      await promised(billing, ['s1'])
      const claim = await claimed(sync)
      const record = await proposed(billing, syncDraft([part(['s2'], { containerId: '78' })]))
      const before = await all(storage)
      await withoutEntries(database, async () => {
        const done = outcome('confirmed', { audit: fact(), written: { slotId: LINEAGE, text: 'x' } })
        await expect(sync.settle(claim, 'BR-0001/1', done)).rejects.toThrow('full_disk')
        await expect(billing.decide(yes(record, await billing.version()))).rejects.toThrow('full_disk')
        await expect(sync.map(mapping())).rejects.toThrow('full_disk')
        await expect(sync.unmap('C1', fact())).rejects.toThrow('full_disk')
        await expect(billing.propose(syncDraft(['s3']), await billing.version())).rejects.toThrow('full_disk')
      })
      expect(await all(storage)).toEqual(before)
      expect(await sync.claim('two', after(1), after(2))).toBeUndefined()
    }))
})

describe(`what cannot be kept or read, ${ENGINE} engine`, () => {
  test('a stored value that is not understood is a bug with its place, never passed over', () =>
    withStorage(databases, async ({ billing, sync }, database) => {
      await sync.saveReading(reading(), [locked()])
      await promised(billing, ['s1'])
      const cases: readonly (readonly [change: string, undo: string, sentence: string])[] = [
        [
          `UPDATE psa_reading SET container = jsonb_set(container, '{lines,0,quantity}', '20')`,
          `UPDATE psa_reading SET container = jsonb_set(container, '{lines,0,quantity}', '"20"')`,
          'reading of connectwise 77 cannot be read: lines.0.quantity = 20',
        ],
        [
          `UPDATE psa_reading SET container = jsonb_set(container, '{id}', '"78"')`,
          `UPDATE psa_reading SET container = jsonb_set(container, '{id}', '"77"')`,
          'reading of connectwise 77 is of another container',
        ],
        [
          `UPDATE psa_locked_period SET lines = jsonb_set(lines, '{0,billOn}', '"2026-02-30"')`,
          `UPDATE psa_locked_period SET lines = jsonb_set(lines, '{0,billOn}', '"2026-03-11"')`,
          `locked period of ${LINEAGE} from 2026-03-01 cannot be read: 0.billOn = "2026-02-30"`,
        ],
        [
          `UPDATE sync_step SET content = jsonb_set(content, '{type}', '"double"')`,
          `UPDATE sync_step SET content = jsonb_set(content, '{type}', '"setQuantity"')`,
          'step BR-0001/1 cannot be read: type = "double"',
        ],
      ]
      for (const [change, undo, sentence] of cases) {
        await tamper(database, change)
        const read = sync.state()
        await expect(read, sentence).rejects.toThrow(sentence)
        await expect(read, sentence).rejects.toBeInstanceOf(AssertionFailed)
        await tamper(database, undo)
        expect((await sync.state()).readings).toHaveLength(1)
      }
      await tamper(database, `UPDATE sync_step SET content = content - 'after'`)
      await expect(billing.approval('APR-0001')).rejects.toThrow(
        'step BR-0001/1 cannot be read: after = undefined',
      )
    }))

  test('what could not be read back is refused at the door, and nothing is kept', () =>
    withStorage(databases, async ({ sync }) => {
      const [line] = container().lines
      const text = reading({ lines: line === undefined ? [] : [{ ...line, words: 'NUL \0' }] })
      await expect(sync.saveReading(text, [])).rejects.toMatchObject({
        kind: 'input',
        where: 'reading of connectwise 77',
      })
      const late = reading({ to: (day('2199-12-31') + 1) as ReturnType<typeof day> })
      await expect(sync.saveReading(late, [])).rejects.toThrow('2200-01-01 could not be read back')
      const many = decimal('99999999999999999999')
      const huge = reading({
        lines: line === undefined ? [] : [{ ...line, quantity: (many * 10n) as typeof many }],
      })
      await expect(sync.saveReading(huge, [])).rejects.toThrow('could not be read back')
      expect(await sync.version()).toBe(0)
    }))
})
