import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openEngine } from '../../../adapters/storage/engine.js'
import type { Engine } from '../../../adapters/storage/engine.js'
import { scheduleMaintenance } from '../../../adapters/storage/maintenance.js'
import {
  DATABASE_CHECKPOINT_EVERY_MILLISECONDS,
  DATABASE_VACUUM_AFTER_ROWS,
  DATABASE_VACUUM_EVERY_MILLISECONDS,
} from '../../../core/limits.js'
import { memoryLog, testDatabases } from '../../support/database.js'

const databases = testDatabases('embedded')

describe('the schedule', () => {
  let statements: string[] = []
  let failure: Error | undefined
  const pool = {
    query: async (sql: string) => {
      statements.push(sql)
      if (failure !== undefined) throw failure
    },
  } as unknown as pg.Pool
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    statements = []
    failure = undefined
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  async function pass(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      await vi.advanceTimersByTimeAsync(DATABASE_CHECKPOINT_EVERY_MILLISECONDS)
    }
  }

  test('a checkpoint every five minutes, and nothing else while little is written', async () => {
    const maintenance = scheduleMaintenance(pool, memoryLog())
    maintenance.written(DATABASE_VACUUM_AFTER_ROWS - 1)
    await pass(3)
    expect(statements).toEqual(['CHECKPOINT', 'CHECKPOINT', 'CHECKPOINT'])
    await maintenance.cancel()
  })

  test('room is made after many rows, once', async () => {
    const maintenance = scheduleMaintenance(pool, memoryLog())
    maintenance.written(DATABASE_VACUUM_AFTER_ROWS - 1)
    maintenance.written(1)
    await pass(2)
    expect(statements).toEqual(['VACUUM (ANALYZE)', 'CHECKPOINT', 'CHECKPOINT'])
    await maintenance.cancel()
  })

  test('room is made once a day, whatever was written', async () => {
    const maintenance = scheduleMaintenance(pool, memoryLog())
    const day = DATABASE_VACUUM_EVERY_MILLISECONDS / DATABASE_CHECKPOINT_EVERY_MILLISECONDS
    await pass(2 * day)
    expect(statements.filter((sql) => sql === 'VACUUM (ANALYZE)')).toHaveLength(2)
    expect(statements.indexOf('VACUUM (ANALYZE)')).toBe(day - 1)
    await maintenance.cancel()
  })

  test('a round that fails is logged, and the next one comes', async () => {
    const log = memoryLog()
    const maintenance = scheduleMaintenance(pool, log)
    failure = new Error('disk full')
    await pass(1)
    failure = undefined
    await pass(1)
    expect(statements).toEqual(['CHECKPOINT', 'CHECKPOINT'])
    expect(log.lines).toEqual([
      { level: 'error', message: 'database maintenance failed', fields: { error: new Error('disk full') } },
    ])
    await maintenance.cancel()
  })

  test('it ends when cancelled; finishing leaves the files tidy', async () => {
    const cancelled = scheduleMaintenance(pool, memoryLog())
    await cancelled.cancel()
    const finished = scheduleMaintenance(pool, memoryLog())
    finished.written(1)
    await finished.finish()
    await pass(2)
    expect(statements).toEqual(['VACUUM (ANALYZE)', 'CHECKPOINT'])
  })
})

describe('on the disk', () => {
  const ROWS = 3000
  const ROUNDS = 6

  /** Rewrites a whole table again and again; returns the bytes of the table and of the log at the end. */
  async function rewrite({ pool }: Engine, files: string, afterwards: () => Promise<void>) {
    await pool.query(
      `CREATE TABLE kept AS SELECT id, repeat('x', 200) AS text FROM generate_series(1, ${ROWS}) AS id`,
    )
    for (let round = 0; round < ROUNDS; round += 1) {
      await pool.query('UPDATE kept SET text = text')
      await afterwards()
    }
    const { rows } = await pool.query<{ size: string }>("SELECT pg_table_size('kept') AS size")
    const log = join(files, 'pg_wal')
    const logs = readdirSync(log, { withFileTypes: true }).filter((entry) => entry.isFile())
    const logBytes = logs.reduce((total, { name }) => total + statSync(join(log, name)).size, 0)
    await pool.query('DROP TABLE kept')
    return { table: Number(rows[0]?.size), log: logBytes }
  }

  test('with maintenance neither table nor log grows, without it the table does', async () => {
    const { target } = await databases.createOwn()
    const engine = await openEngine({ ...target, shortLived: true, log: memoryLog() })
    const files = join(target.dataDirectory ?? '', 'database')
    const tidy = await rewrite(engine, files, engine.maintain)
    const grown = await rewrite(engine, files, async () => undefined)
    await engine.close()
    expect(grown.table).toBeGreaterThan(3 * tidy.table)
    expect(tidy.log).toBeLessThanOrEqual(64 * 1024 * 1024)
  })

  test('closing writes everything to its place; a kill leaves that to the next start', async () => {
    const { target } = await databases.createOwn()
    const control = join(target.dataDirectory ?? '', 'database', 'global', 'pg_control')
    const thread = new Promise<Worker>((resolve) => process.once('worker', resolve))
    const killed = await openEngine({ ...target, shortLived: true, log: memoryLog() })
    await killed.pool.query('CREATE TABLE kept AS SELECT 1 AS id')
    expect(state(control)).toBe(IN_PRODUCTION)
    await (await thread).terminate()
    await killed.close().catch(() => undefined)
    expect(state(control)).toBe(IN_PRODUCTION)
    const repaired = await openEngine({ ...target, shortLived: true, log: memoryLog() })
    expect((await repaired.pool.query<object>('SELECT id FROM kept')).rows).toEqual([{ id: 1 }])
    await repaired.close()
    expect(state(control)).toBe(SHUT_DOWN)
  })

  /** Database states as the control file counts them (PostgreSQL 18, pg_control.h). */
  const SHUT_DOWN = 1
  const IN_PRODUCTION = 6

  /** After the system identifier (8 bytes) and two version numbers (4 each). */
  function state(control: string): number {
    return readFileSync(control).readUInt32LE(16)
  }
})
