import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { assert } from '../../core/assert.js'
import { Problem } from '../../core/problem.js'
import { withConnection } from './connection.js'
import { asStorageProblem } from './errors.js'

/** The advisory lock Prisma's own tool takes (its source: 72707369), so that it and we never migrate at once. */
const PRISMA_LOCK = 72_707_369

/** Prisma's own book of migrations, column by column: its tools can read what we wrote, and we what they wrote. */
const BOOK = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`

interface Migration {
  readonly name: string
  readonly sql: string
  /** SHA-256 of the file, as Prisma counts it. */
  readonly checksum: string
}

interface Applied {
  readonly migration_name: string
  readonly checksum: string
  readonly finished_at: Date | null
}

/**
 * Brings the database to the migrations of `folder`, one transaction each; returns the names of those applied now.
 * Many programs may do so at once: they take turns. Problem `held` when the database is ahead of this program, when a
 * migration was edited after it was applied or never finished, and when one fails (it is then undone whole).
 */
export async function migrate(pool: pg.Pool, folder: string): Promise<readonly string[]> {
  const migrations = readMigrations(folder)
  const applied: string[] = []
  try {
    await withConnection(pool, async (client) => {
      for (;;) {
        const name = await applyNext(client, migrations)
        if (name === undefined) break
        applied.push(name)
      }
    })
  } catch (error) {
    throw asStorageProblem(error, 'The database was not changed any further.')
  }
  return applied
}

function readMigrations(folder: string): readonly Migration[] {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const names = folders.map(({ name }) => name).sort((left, right) => (left < right ? -1 : 1))
  assert(names.length > 0, `no migrations in ${folder}`)
  return names.map((name) => {
    const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8')
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
  })
}

/** The lock belongs to the transaction: neither a killed program nor a pooler in between can leave it behind. */
async function applyNext(
  client: pg.PoolClient,
  migrations: readonly Migration[],
): Promise<string | undefined> {
  await client.query('BEGIN')
  await client.query('SELECT pg_advisory_xact_lock($1)', [PRISMA_LOCK])
  await client.query(BOOK)
  const { rows } = await client.query<Applied>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  )
  const next = nextOf(migrations, rows)
  if (next !== undefined) await apply(client, next)
  await client.query('COMMIT')
  return next?.name
}

function nextOf(migrations: readonly Migration[], applied: readonly Applied[]): Migration | undefined {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const { migration_name: name, checksum, finished_at: finishedAt } of applied) {
    const migration = known.get(name)
    if (migration === undefined) {
      throw held(name, 'The database is newer than this program.', 'Start the newer version of the program.')
    }
    if (finishedAt === null) {
      throw held(name, 'A migration was begun and never finished.', 'Restore the database from a backup.')
    }
    if (checksum !== migration.checksum) {
      throw held(
        name,
        'This migration was edited after it was applied.',
        'Put its file back as it was released.',
      )
    }
  }
  const done = new Set(applied.map(({ migration_name: name }) => name))
  return migrations.find(({ name }) => !done.has(name))
}

async function apply(client: pg.PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query(sql) // whole, so that function bodies keep their semicolons
  } catch (error) {
    const problem = asStorageProblem(error, 'The database was not changed any further.')
    if (problem instanceof Problem) throw problem
    const reason = error instanceof Error ? error.message : String(error)
    throw held(
      name,
      `The migration failed: ${reason}.`,
      'Report this with the version of the program.',
      error,
    )
  }
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
    [randomUUID(), checksum, name],
  )
}

function held(migration: string, what: string, next: string, cause?: unknown): Problem {
  return new Problem({
    kind: 'held',
    what,
    where: `migration ${migration}`,
    notDone: 'The database was not opened.',
    next,
    cause,
  })
}
