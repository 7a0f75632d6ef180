import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { EMBEDDED_MAJOR_VERSION, openDataFolder } from '../../../adapters/storage/data-folder.js'
import type { DataFolder } from '../../../adapters/storage/data-folder.js'
import { startEmbedded } from '../../../adapters/storage/embedded.js'
import type { EmbeddedDatabase } from '../../../adapters/storage/embedded.js'
import { embeddedImage } from '../../../adapters/storage/embedded-image.mjs'
import { Problem } from '../../../core/problem.js'
import { memoryLog, testDatabases } from '../../support/database.js'
import { observation } from '../../support/observations.js'

const databases = testDatabases('embedded')

function poolOn(database: EmbeddedDatabase): pg.Pool {
  const pool = new pg.Pool({
    max: 1,
    user: 'postgres',
    database: 'postgres',
    stream: () => database.stream(),
  })
  pool.on('error', () => undefined)
  return pool
}

describe('the wire', () => {
  let database: EmbeddedDatabase
  let pool: pg.Pool
  beforeAll(async () => {
    const image = await embeddedImage()
    database = await startEmbedded({
      directory: undefined,
      image,
      shortLived: true,
      onStopped: () => undefined,
    })
    pool = poolOn(database)
  })
  beforeEach(() => pool.query('DROP TABLE IF EXISTS kept'))
  afterAll(async () => {
    await pool.end()
    await database.close()
  })

  test('large answers, large questions, errors and many at once', async () => {
    const large = await pool.query<{ n: number }>('SELECT n FROM generate_series(1, 200000) AS n')
    expect(large.rows.at(-1)?.n).toBe(200_000)
    const text = 'x'.repeat(8_000_000)
    const echo = await pool.query<{ length: number; text: string }>(
      'SELECT length($1) AS length, $1 AS text',
      [text],
    )
    expect(echo.rows[0]).toEqual({ length: text.length, text })
    await expect(pool.query('SELECT 1/0')).rejects.toMatchObject({ code: '22012' })
    const many = Array.from({ length: 50 }, (_, index) =>
      pool.query<{ n: number }>('SELECT $1::integer AS n', [index]),
    )
    expect((await Promise.all(many)).map(({ rows }) => rows[0]?.n)).toEqual(many.map((_, index) => index))
  })

  test('a connection lost in the middle of a transaction leaves nothing behind', async () => {
    await pool.query('CREATE TABLE kept (id integer)')
    for (let round = 0; round < 5; round += 1) {
      const client = await pool.connect()
      await client.query('BEGIN')
      await client.query("SET statement_timeout = '7s'")
      await client.query('PREPARE leftover AS SELECT 1')
      await client.query('INSERT INTO kept VALUES ($1)', [round])
      client.on('error', () => undefined)
      const gone = new Promise((resolve) => client.once('end', resolve))
      client.connection.stream.destroy()
      await gone
      client.release(true)
    }
    const { rows } = await pool.query<object>(`SELECT (SELECT count(*)::integer FROM kept) AS rows,
      (SELECT count(*)::integer FROM pg_prepared_statements) AS prepared, current_setting('statement_timeout') AS timeout`)
    expect(rows).toEqual([{ rows: 0, prepared: 0, timeout: '0' }])
  })

  test('a transaction given back open is not continued by the next one', async () => {
    await pool.query('CREATE TABLE kept (id integer)')
    const client = await pool.connect()
    await client.query('BEGIN')
    await client.query('INSERT INTO kept VALUES (1)')
    client.release(true)
    expect((await pool.query('SELECT * FROM kept')).rows).toEqual([])
  })

  test('a long query does not stop the program from doing other things', async () => {
    let ticks = 0
    const timer = setInterval(() => (ticks += 1), 1)
    await pool.query('SELECT count(*) FROM generate_series(1, 3000000) AS a')
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(5)
  })

  test('in memory there is nothing to flush, and it says so', async () => {
    await pool.query('CHECKPOINT')
    expect(await database.statistics()).toEqual({ durable: false, flushes: 0 })
  })
})

describe('the engine', () => {
  test('a thread that dies is noticed, and every call fails with a sentence', async () => {
    const log = memoryLog()
    const own = await databases.createOwn()
    const thread = new Promise<Worker>((resolve) => process.once('worker', resolve))
    const storage = await own.open({ log })
    await storage.ledger.record(observation('a', undefined))
    await (await thread).terminate()
    for (const call of [storage.health, storage.ledger.latest, storage.ledger.ledger, storage.clock.now]) {
      const failed = call()
      await expect(failed).rejects.toThrow(Problem)
      await expect(failed).rejects.toMatchObject({ kind: 'unavailable' })
    }
    expect(log.lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toContain(
      'the embedded database stopped; start the program again',
    )
    await expect(storage.close()).rejects.toThrow(Problem)
    // What was acknowledged is there, and the folder is free again.
    const again = await own.open()
    expect((await again.ledger.latest())?.id).toBe('a')
    await again.close()
  })

  test('what another program of this kind left is opened only when the engine can read it', async () => {
    const own = await databases.createOwn()
    await (await own.open()).close()
    const version = join(own.target.dataDirectory ?? '', 'database', 'PG_VERSION')
    expect(readFileSync(version, 'utf8').trim()).toBe(EMBEDDED_MAJOR_VERSION)
    writeFileSync(version, '17\n')
    const refused = own.open()
    await expect(refused).rejects.toMatchObject({ kind: 'held' })
    await expect(refused).rejects.toThrow(
      /made by PostgreSQL 17; this program has PostgreSQL 18 built in\. It was not opened and not changed\. Export it/,
    )
    writeFileSync(version, '18\n')
    await (await own.open()).close() // the refusal let go of the folder
  })
})

describe('folders that are not ours', () => {
  test('files of something else stop it, and stay', async () => {
    const { target, open } = await databases.createOwn()
    const database = join(target.dataDirectory ?? '', 'database')
    mkdirSync(database)
    writeFileSync(join(database, 'letter.txt'), 'not yours')
    await expect(open()).rejects.toMatchObject({ kind: 'held', where: database })
    expect(existsSync(join(database, 'letter.txt'))).toBe(true)
  })

  test('what a kill during the set-up left is not taken for a database; the folder is for one storage', async () => {
    const { target, open } = await databases.createOwn()
    const unfinished = join(target.dataDirectory ?? '', 'database.unfinished')
    mkdirSync(unfinished)
    writeFileSync(join(unfinished, 'PG_VERSION'), '18\n')
    const storage = await open()
    await expect(open()).rejects.toMatchObject({ kind: 'conflict' })
    await storage.health()
    await storage.close()
    expect(existsSync(unfinished)).toBe(false)
  })
})

describe('files that survive', () => {
  let folder: DataFolder
  let database: EmbeddedDatabase
  let pool: pg.Pool
  beforeAll(async () => {
    const { target } = await databases.createOwn()
    folder = await openDataFolder(target.dataDirectory ?? '')
    database = await startEmbedded({
      directory: folder.database,
      image: undefined,
      shortLived: true,
      onStopped: () => undefined,
    })
    pool = poolOn(database)
  })
  beforeEach(() => pool.query('DROP TABLE IF EXISTS kept'))
  afterAll(async () => {
    await pool.end()
    await database.close()
    folder.release()
  })

  test('a checkpoint flushes data files to the disk', async () => {
    const before = await database.statistics()
    expect(before.durable).toBe(true)
    await pool.query('CREATE TABLE kept AS SELECT generate_series(1, 10000) AS id')
    await pool.query('CHECKPOINT')
    expect((await database.statistics()).flushes).toBeGreaterThan(before.flushes)
  })

  test('the write-ahead log is opened so that a commit waits for the disk', async () => {
    await pool.query('CREATE TABLE kept (id integer)')
    expect((await pool.query<object>('SHOW wal_sync_method')).rows).toEqual([
      { wal_sync_method: 'open_datasync' },
    ])
    expect((await pool.query<object>('SHOW fsync')).rows).toEqual([{ fsync: 'on' }])
    // Elsewhere nothing says how a file is open, and the setting has to do.
    const seen = process.platform === 'linux' ? openFlags(join(folder.database, 'pg_wal')) : ['synchronous']
    expect(seen).toContain('synchronous')
  })
})

/** How the files of a folder are open in this process, from the kernel's list (flag 04010000 is O_SYNC). */
function openFlags(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      if (!readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(folder)) return []
      const flags = /flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1] ?? '0'
      return [(Number.parseInt(flags, 8) & 0o10000) === 0 ? 'buffered' : 'synchronous']
    } catch {
      return [] // closed meanwhile
    }
  })
}
