import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openEngine } from '../../../adapters/storage/engine.js'
import type { Engine } from '../../../adapters/storage/engine.js'
import { migrate } from '../../../adapters/storage/migrate.js'
import { projectFolder } from '../../../adapters/system/project.js'
import { missingSql } from '../../../prisma/migration.mjs'
import { ENGINE, memoryLog, testDatabases } from '../../support/database.js'

const databases = testDatabases()
const PRISMA = join(projectFolder(), 'prisma')
const base = mkdtempSync(join(tmpdir(), 'billing-migrations-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

/** A folder of migrations: name → SQL. */
function folderOf(migrations: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(base, 'set-'))
  for (const [name, sql] of Object.entries(migrations)) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'migration.sql'), sql)
  }
  writeFileSync(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n')
  return folder
}

const FIRST = { '1_first': 'CREATE TABLE first (id integer);' }
const SECOND = {
  '2_second': `CREATE FUNCTION two() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN; RETURN 2; END; $$;`,
}

describe(`bringing a database up to date, ${ENGINE} engine`, () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await openEngine({ ...(await databases.createOwn()).target, shortLived: true, log: memoryLog() })
  })
  beforeEach(() => engine.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public'))
  afterAll(() => engine.close())

  async function tables(): Promise<string[]> {
    const { rows } = await engine.pool.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
    )
    return rows.map(({ name }) => name)
  }

  test('in order of their names, each once, and written down as Prisma does', async () => {
    const functions = {
      '2_second': 'CREATE FUNCTION two() RETURNS integer LANGUAGE sql AS $$ SELECT 1; SELECT 2; $$;',
    }
    expect(await migrate(engine.pool, folderOf({ ...functions, ...FIRST }))).toEqual(['1_first', '2_second'])
    const folder = folderOf({ ...FIRST, ...functions, '3_third': 'ALTER TABLE first ADD COLUMN more text;' })
    expect(await migrate(engine.pool, folder)).toEqual(['3_third'])
    expect(await migrate(engine.pool, folder)).toEqual([])
    expect((await engine.pool.query('SELECT two() AS two')).rows).toEqual([{ two: 2 }])
    const { rows } = await engine.pool.query<object>(
      `SELECT migration_name AS name, length(checksum) AS digits, finished_at IS NOT NULL AS finished,
         rolled_back_at AS undone, applied_steps_count AS steps FROM _prisma_migrations ORDER BY 1`,
    )
    expect(rows).toEqual(
      ['1_first', '2_second', '3_third'].map((name) => ({
        name,
        digits: 64,
        finished: true,
        undone: null,
        steps: 1,
      })),
    )
  })

  test('many programs at once apply each exactly once', async () => {
    const folder = folderOf({ ...FIRST, '2_row': 'INSERT INTO first VALUES (1);' })
    const applied = await Promise.all(Array.from({ length: 6 }, () => migrate(engine.pool, folder)))
    expect(applied.flat().sort()).toEqual(['1_first', '2_row'])
    expect((await engine.pool.query('SELECT id FROM first')).rows).toEqual([{ id: 1 }])
  })

  test('one that fails is undone whole and named, and those before it stay', async () => {
    const broken = { '2_broken': 'CREATE TABLE half (id integer); INSERT INTO half VALUES (1/0);' }
    const failed = migrate(engine.pool, folderOf({ ...FIRST, ...broken }))
    await expect(failed).rejects.toMatchObject({ kind: 'held', where: 'migration 2_broken' })
    await expect(failed).rejects.toThrow(
      /The migration failed: division by zero\. The database was not opened\./,
    )
    expect(await tables()).toEqual(['_prisma_migrations', 'first'])
    expect(await migrate(engine.pool, folderOf({ ...FIRST, '2_broken': 'CREATE TABLE whole ();' }))).toEqual([
      '2_broken',
    ])
  })

  test.each([
    [
      'edited after it was applied',
      { '1_first': `${FIRST['1_first']} ` },
      /1_first: This migration was edited/,
    ],
    ['newer than this program', SECOND, /1_first: The database is newer than this program/],
  ])('a database is refused when a migration was %s', async (_case, migrations, sentence) => {
    await migrate(engine.pool, folderOf(FIRST))
    const before = await tables()
    const refused = migrate(engine.pool, folderOf(migrations))
    await expect(refused).rejects.toMatchObject({ kind: 'held', notDone: 'The database was not opened.' })
    await expect(refused).rejects.toThrow(sentence)
    expect(await tables()).toEqual(before)
  })

  test('a database is refused when a migration was begun by another tool and never finished', async () => {
    await migrate(engine.pool, folderOf(FIRST))
    await engine.pool.query('UPDATE _prisma_migrations SET finished_at = NULL')
    await expect(migrate(engine.pool, folderOf(FIRST))).rejects.toThrow(/never finished/)
  })

  test('one that was rolled back by another tool counts as not applied', async () => {
    await migrate(engine.pool, folderOf(FIRST))
    await engine.pool.query('UPDATE _prisma_migrations SET rolled_back_at = now(); DROP TABLE first')
    expect(await migrate(engine.pool, folderOf(FIRST))).toEqual(['1_first'])
  })

  test('policies of before settings were said one by one still say every rule', async () => {
    const all = Object.fromEntries(
      readdirSync(join(PRISMA, 'migrations'), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => [name, readFileSync(join(PRISMA, 'migrations', name, 'migration.sql'), 'utf8')]),
    )
    const isEarlier = ([name]: readonly [string, string]) => name < '20261201135829_settings'
    await migrate(engine.pool, folderOf(Object.fromEntries(Object.entries(all).filter(isEarlier))))
    await engine.pool.query(`INSERT INTO msp (id) VALUES ('msp');
      INSERT INTO billing_policy (msp_id, version, holds_from, recorded_at, policy)
      VALUES ('msp', 1, NULL, now(), '{"cycle": "anniversary", "anchorDay": 15}'), ('msp', 2, NULL, now(), '{"cycle": "calendar"}')`)
    await migrate(engine.pool, folderOf(all))
    const { rows } = await engine.pool.query<object>(
      'SELECT says, recorded_by FROM setting_record ORDER BY version',
    )
    expect(rows).toEqual([
      { says: { cycle: 'anniversary', anchorDay: 15, baseMonth: null }, recorded_by: null },
      { says: { cycle: 'calendar', anchorDay: null, baseMonth: null }, recorded_by: null },
    ])
    await expect(engine.pool.query('DELETE FROM setting_record')).rejects.toThrow('never changed')
  })

  test('a storage lets go of the database when its migrations are refused', async () => {
    const own = await databases.createOwn()
    const edited = mkdtempSync(join(base, 'edited-'))
    cpSync(join(PRISMA, 'migrations'), edited, { recursive: true })
    await (await own.open({ migrationsDirectory: edited })).close()
    const [name = ''] = readdirSync(edited).sort()
    const file = join(edited, name, 'migration.sql')
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n-- one more line`)
    const refused = own.open({ migrationsDirectory: edited })
    await expect(refused).rejects.toThrow(`migration ${name}: This migration was edited`)
    await (await own.open()).close()
  })
})

describe('the schema and its migrations', () => {
  test('say the same: a planted column is the only difference', async () => {
    const schemaFile = join(base, 'schema.prisma')
    const schema = readFileSync(join(PRISMA, 'schema.prisma'), 'utf8')
    writeFileSync(schemaFile, schema.replace('model Msp {', 'model Msp {\n  planted String?'))
    const sql = ((await missingSql({ schemaFile })) ?? '').replaceAll(/--.*/g, '')
    const statements = sql.split(';').map((statement) => statement.trim().replaceAll(/\s+/g, ' '))
    expect(statements.filter((statement) => statement !== '')).toEqual([
      'ALTER TABLE "msp" ADD COLUMN "planted" TEXT',
    ])
  }, 60_000)

  test.each([{ words: ['migrate', 'diff'] }, { words: ['db', 'push'] }, { words: [] }])(
    'prisma $words is refused: without its engine it would say all is well',
    ({ words }) => {
      const command = [join(PRISMA, 'prisma.mjs'), ...words]
      const { status, stderr, stdout } = spawnSync(process.execPath, command, { encoding: 'utf8' })
      expect([status, stdout]).toEqual([2, ''])
      expect(stderr).toMatch(/only generate, validate, format work .* Nothing was done\./)
    },
  )

  test.each([
    { words: ['migrate'] },
    { words: ['new'] },
    { words: ['new', 'Bad Name'] },
    { words: ['new', '../up'] },
    { words: ['diff', 'more'] },
  ])('migration $words is refused with its usage', ({ words }) => {
    const before = readdirSync(join(PRISMA, 'migrations'))
    const command = [join(PRISMA, 'migration.mjs'), ...words]
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toMatch(/^Usage: .* Nothing was done\.$/m)
    expect(readdirSync(join(PRISMA, 'migrations'))).toEqual(before)
  })
})
