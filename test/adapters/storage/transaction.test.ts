import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Worker } from 'node:worker_threads'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { inTransaction, prismaOver, readConsistently } from '../../../adapters/storage/database.js'
import type { Database } from '../../../adapters/storage/database.js'
import { startEmbedded } from '../../../adapters/storage/embedded.js'
import { embeddedImage } from '../../../adapters/storage/embedded-image.mjs'
import { openEngine } from '../../../adapters/storage/engine.js'
import type { Engine } from '../../../adapters/storage/engine.js'
import { ledgerStore } from '../../../adapters/storage/ledger-store.js'
import { migrate } from '../../../adapters/storage/migrate.js'
import type { Storage } from '../../../adapters/storage/open.js'
import { projectFolder } from '../../../adapters/system/project.js'
import type { LedgerStore } from '../../../core/ports.js'
import { Problem } from '../../../core/problem.js'
import { emptyTables, ENGINE, memoryLog, SERVER_ONLY, testDatabases } from '../../support/database.js'
import { onServer } from '../../support/server-database.js'
import { observation, unchanged } from '../../support/observations.js'
import { observed } from '../../support/observed.js'

const databases = testDatabases()
const MIGRATIONS = `${projectFolder()}/prisma/migrations`
const log = memoryLog()

function databaseOn(pool: pg.Pool): Database {
  return { pool, prisma: prismaOver(pool), running: new Set(), written: () => undefined }
}

/** Makes the tables and the MSP, as opening a storage does. */
async function prepare(pool: pg.Pool): Promise<void> {
  await migrate(pool, MIGRATIONS)
  await pool.query("INSERT INTO msp (id) VALUES ('msp-1')")
}

describe(`all or nothing, ${ENGINE} engine`, () => {
  let databaseUrl: string
  let engine: Engine
  let database: Database
  let ledger: LedgerStore
  beforeAll(async () => {
    const own = await databases.createOwn()
    databaseUrl = own.target.databaseUrl ?? ''
    engine = await openEngine({ ...own.target, shortLived: true, log })
    await prepare(engine.pool)
    database = databaseOn(engine.pool)
    ledger = ledgerStore(database, 'msp-1')
    await engine.pool.query('CREATE TABLE attempt (id integer PRIMARY KEY)')
    await engine.pool.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'planted'; END $$`)
  })
  beforeEach(async () => {
    await emptyTables(engine.pool)
    await engine.pool.query("INSERT INTO msp (id) VALUES ('msp-1')")
  })
  afterAll(async () => {
    await database.prisma.$disconnect()
    await engine.close()
  })

  const TABLES = ['observation', 'customer', 'subscription_state', 'marketplace_order', 'lineage_member']

  test.each(TABLES)(
    'an observation that fails while writing %s leaves nothing, and can be recorded again',
    async (table) => {
      await ledger.record(observation('a', undefined))
      const before = await ledger.ledger()
      const next = observation('b', 1, {
        customers: [{ id: 'C2', name: 'Fabrikam', billingCurrency: 'EUR' }],
        states: [{ subscription: observed({ subscriptionId: '2000' }), present: true }],
        memberships: [{ lineageId: 'L-2', recordKey: '2000/BP' }],
      })
      await engine.pool.query(
        `CREATE TRIGGER planted BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse()`,
      )
      await expect(ledger.record(next)).rejects.toThrow('planted')
      expect(await ledger.ledger()).toEqual(before)
      await engine.pool.query(`DROP TRIGGER planted ON ${table}`)
      expect((await ledger.record(next)).repeated).toBe(false)
      expect((await ledger.ledger()).customers).toHaveLength(2)
    },
  )

  test('without the transaction the same failure would leave half of it: the test above can fail', async () => {
    const untransacted: Database = {
      ...database,
      prisma: {
        ...database.prisma,
        $transaction: (work: (tx: unknown) => unknown) => work(database.prisma),
      } as unknown as Database['prisma'],
    }
    await engine.pool.query(
      'CREATE TRIGGER planted BEFORE INSERT ON lineage_member FOR EACH ROW EXECUTE FUNCTION refuse()',
    )
    await expect(ledgerStore(untransacted, 'msp-1').record(observation('a', undefined))).rejects.toThrow(
      'planted',
    )
    await engine.pool.query('DROP TRIGGER planted ON lineage_member')
    expect((await ledger.ledger()).states).toHaveLength(1)
  })

  test('what the work throws comes out as it is, and nothing is kept', async () => {
    const problem = new Problem({ kind: 'held', what: 'No.' })
    const failed = inTransaction(database, async (tx) => {
      await tx.$executeRaw`INSERT INTO attempt VALUES (1)`
      throw problem
    })
    await expect(failed).rejects.toBe(problem)
    expect((await engine.pool.query('SELECT * FROM attempt')).rows).toEqual([])
  })

  test.each(['40001', '40P01'])(
    'given up by the database for another one (%s), it is done again',
    async (code) => {
      let attempts = 0
      const result = await inTransaction(database, async (tx) => {
        attempts += 1
        await tx.$executeRawUnsafe(`INSERT INTO attempt VALUES (${attempts})`)
        if (attempts === 1)
          await tx.$executeRawUnsafe(
            `DO $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '${code}'; END $$`,
          )
        return attempts
      })
      expect(result).toBe(2)
      expect((await engine.pool.query('SELECT id FROM attempt')).rows).toEqual([{ id: 2 }])
    },
  )

  test('again and again: it ends with a sentence', async () => {
    let attempts = 0
    const failed = inTransaction(database, async (tx) => {
      attempts += 1
      await tx.$executeRawUnsafe(`DO $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '40001'; END $$`)
    })
    await expect(failed).rejects.toMatchObject({ kind: 'unavailable' })
    expect(attempts).toBe(3)
  })

  test('any other failure is not repeated', async () => {
    let attempts = 0
    const failed = inTransaction(database, async (tx) => {
      attempts += 1
      await tx.$executeRaw`SELECT 1/0`
    })
    await expect(failed).rejects.toThrow(/division by zero/)
    expect(attempts).toBe(1)
  })

  test('a reader sees one moment, whatever is written meanwhile', async () => {
    await engine.pool.query('INSERT INTO attempt VALUES (1)')
    const counts = await readConsistently(database, async (query) => {
      const count = () => query<readonly [string]>('SELECT count(*) FROM attempt', [])
      const before = await count()
      // The embedded engine's only connection is ours meanwhile; on a server somebody else writes.
      if (ENGINE === 'server') await engine.pool.query('INSERT INTO attempt VALUES (2)')
      return [...before, ...(await count())]
    })
    expect(counts).toEqual([['1'], ['1']])
  })

  test('a reader that fails gives its connection back', async () => {
    for (let round = 0; round < 20; round += 1) {
      const failed = readConsistently(database, (query) =>
        query('SELECT 1', [], () => {
          throw new Error('cannot be read')
        }),
      )
      await expect(failed).rejects.toThrow('cannot be read')
    }
    expect(await readConsistently(database, (query) => query('SELECT 1', []))).toEqual([['1']])
  })

  test('a reader cannot write', async () => {
    const written = readConsistently(database, (query) => query('INSERT INTO attempt VALUES (1)', []))
    await expect(written).rejects.toThrow(/read-only/)
  })

  test.each(SERVER_ONLY)('%s: two transactions that wait for each other both end well', async () => {
    await engine.pool.query('INSERT INTO attempt VALUES (1), (2)')
    let met = 0
    const both = [
      [1, 2],
      [2, 1],
    ].map((order) =>
      inTransaction(database, async (tx) => {
        for (const id of order) {
          await tx.$executeRawUnsafe(`UPDATE attempt SET id = id WHERE id = ${id}`)
          met += 1
          while (met < 2) await new Promise((resolve) => setTimeout(resolve, 5))
        }
        return order[0]
      }),
    )
    expect(await Promise.all(both)).toEqual([1, 2])
  })

  test.each(SERVER_ONLY)(
    '%s: a server that ends our connections, idle or in use, does not end the program',
    async () => {
      await ledger.record(observation('a', undefined))
      await endConnections(databaseUrl)
      await eventually(() =>
        log.lines.some(({ message }) => message === 'a connection to the database was lost'),
      )
      expect((await ledger.latest())?.id).toBe('a')
      const cut = readConsistently(database, async (query) => {
        await query('SELECT 1', [])
        await endConnections(databaseUrl)
        await new Promise((resolve) => setTimeout(resolve, 50))
        return query('SELECT 1', [])
      })
      await expect(cut).rejects.toMatchObject({ kind: 'unavailable', notDone: 'Nothing was read.' })
      expect((await ledger.latest())?.id).toBe('a')
    },
  )
})

function endConnections(databaseUrl: string): Promise<unknown> {
  const name = new URL(databaseUrl).pathname.slice(1)
  return onServer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`)
}

async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe(`an answer that is lost, ${ENGINE} engine`, () => {
  /** Cuts the connection instead of delivering the answer to COMMIT. */
  function losing<Stream extends Duplex>(stream: Stream, isArmed: () => boolean): Stream {
    const push = stream.push.bind(stream)
    stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
      const answer = chunk instanceof Uint8Array ? Buffer.from(chunk).toString('latin1') : ''
      if (!isArmed() || !answer.includes('COMMIT\0')) return push(chunk, encoding)
      stream.destroy()
      return false
    }
    return stream
  }

  test('recording again with the same id finds what was stored', async () => {
    let armed = false
    const { target } = await databases.createOwn()
    const embedded =
      ENGINE === 'embedded'
        ? await startEmbedded({
            directory: undefined,
            image: await embeddedImage(),
            shortLived: true,
            onStopped: () => undefined,
          })
        : undefined
    const pool = new pg.Pool({
      ...(embedded === undefined
        ? { connectionString: target.databaseUrl }
        : { user: 'postgres', database: 'postgres' }),
      max: 1,
      stream: () => losing(embedded?.stream() ?? new Socket(), () => armed),
    })
    pool.on('error', () => undefined)
    await prepare(pool)
    const database = databaseOn(pool)
    const ledger = ledgerStore(database, 'msp-1')
    await ledger.record(observation('a', undefined))
    armed = true
    const lost = ledger.record({
      ...unchanged('b', 1),
      customers: [{ id: 'C2', name: 'Fabrikam', billingCurrency: 'EUR' }],
    })
    await expect(lost).rejects.toMatchObject({
      kind: 'unavailable',
      notDone: 'It is not certain that anything was stored.',
    })
    armed = false
    const { header, repeated } = await ledger.record(unchanged('b', 1))
    expect([header.sequence, repeated]).toEqual([2, true])
    expect((await ledger.ledger()).customers.map(({ id }) => id)).toEqual(['C1', 'C2'])
    await database.prisma.$disconnect()
    await pool.end()
    await embedded?.close()
  })
})

describe(`a database that dies while recording, ${ENGINE} engine`, () => {
  const ROUNDS = 5
  const ROWS = 400

  test('what was acknowledged is there, and nothing is there in half', async () => {
    const own = await databases.createOwn()
    const killed: number[] = []
    let thread = nextThread()
    let storage = await own.open()
    for (let round = 1; round <= ROUNDS; round += 1) {
      const previous = (await storage.ledger.latest())?.sequence
      // In the first round it is certain to be cut: on a server because it has to wait for somebody else.
      const inFront =
        round === 1 && ENGINE === 'server' ? await holdMsp(own.target.databaseUrl ?? '') : undefined
      const recording = recordMany(storage, round, previous).catch(() => void killed.push(round))
      // Drawn over the time a recording takes: from before its first write to after its answer.
      await new Promise((resolve) => setTimeout(resolve, (round - 1) * 15))
      await (ENGINE === 'server' ? endConnections(own.target.databaseUrl ?? '') : (await thread).terminate())
      await recording
      await inFront?.end()
      await storage.close().catch(() => undefined) // its engine is gone
      thread = nextThread()
      storage = await own.open()
      const { latest, customers } = await storage.ledger.ledger()
      expect(customers).toHaveLength((latest?.sequence ?? 0) * ROWS)
      expect([round, ...(killed.includes(round) ? [round - 1] : [])]).toContain(latest?.sequence ?? 0)
      // The same id again: stored now, or found.
      await recordMany(storage, round, previous)
      expect((await storage.ledger.ledger()).customers).toHaveLength(round * ROWS)
      expect((await storage.ledger.latest())?.sequence).toBe(round)
    }
    await storage.close()
    expect(killed).not.toEqual([])
  }, 120_000)

  function recordMany({ ledger }: Storage, round: number, previous: number | undefined): Promise<unknown> {
    const customers = Array.from({ length: ROWS }, (_, index) => {
      return { id: `C${round}-${index}`, name: 'Customer', billingCurrency: undefined }
    })
    return ledger.record(
      observation(`round ${round}`, previous, { customers, states: [], memberships: [], orders: [] }),
    )
  }

  function nextThread(): Promise<Worker> {
    return new Promise((resolve) => process.once('worker', resolve))
  }

  async function holdMsp(databaseUrl: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: databaseUrl })
    client.on('error', () => undefined)
    await client.connect()
    await client.query('BEGIN')
    await client.query('SELECT id FROM msp FOR UPDATE')
    return client
  }
})
