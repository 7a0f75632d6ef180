// node prisma/migration.mjs diff         prints the SQL that takes prisma/migrations to prisma/schema.prisma; exit 2 if any
// node prisma/migration.mjs new <name>   writes that SQL as prisma/migrations/<time>_<name>/migration.sql
//
// Prisma's own `migrate` needs a native engine that is downloaded. The same engine is published as WebAssembly: it
// applies the migrations to a throw-away in-memory database and compares the result with the schema. Works from a
// clean checkout, without a build and without network. A development tool only: the program itself reads the SQL files.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import pg from 'pg'
import { embeddedImage } from '../adapters/storage/embedded-image.mjs'
import { wireStreams } from '../adapters/storage/wire-stream.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const SCHEMA = join(HERE, 'schema.prisma')
const MIGRATIONS = join(HERE, 'migrations')
const LOCK_FILE = 'migration_lock.toml'
const LOCK_TEXT =
  '# Written by prisma/migration.mjs; says which dialect the migrations are in.\nprovider = "postgresql"\n'
/** What a migration is called: it becomes part of a folder name on every system. */
const NAME = /^[a-z][a-z0-9_]{2,60}$/
/** PostgreSQL's one-byte internal type "char", which the engine reads from the catalog and the pg adapter refuses. */
const INTERNAL_CHAR_OID = 18
const TEXT_OID = 25

/** @typedef {typeof import('@prisma/schema-engine-wasm/schema_engine_bg')} Engine */

/**
 * The SQL that takes the migrations in `folder` to the schema; undefined when they agree.
 * @param {{ schemaFile?: string, folder?: string }} [options]
 * @returns {Promise<string | undefined>}
 */
export async function missingSql({ schemaFile = SCHEMA, folder = MIGRATIONS } = {}) {
  const schema = readFileSync(schemaFile, 'utf8')
  const { SchemaEngine } = await loadEngine()
  const shadows = shadowDatabases()
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: shadows.connect,
    connectToShadowDb: shadows.connect,
  })
  try {
    const engine = await SchemaEngine.new({ datamodels: [[schemaFile, schema]] }, () => undefined, factory)
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'migrations', ...migrationList(folder) },
      to: { tag: 'schemaDatamodel', files: [{ path: schemaFile, content: schema }] },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    })
    return exitCode === 0 ? undefined : (stdout ?? '')
  } finally {
    await shadows.close()
  }
}

/**
 * Instantiates the engine: its package is made for bundlers, Node needs the two halves put together by hand.
 * @returns {Promise<Engine>}
 */
async function loadEngine() {
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (/** @type {string} */ message) => console.error(message) },
  })
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const engine = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const bytes = readFileSync(glue.replace(/\.js$/, '.wasm'))
  // Neither WebAssembly nor the glue's own entry points are in the type libraries we compile against.
  const { WebAssembly } = Object(globalThis)
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': engine })
  Object(engine).__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return engine
}

/** Throw-away databases in memory, reached the way the program reaches its own. */
function shadowDatabases() {
  /** @type {(() => Promise<void>)[]} */
  const open = []
  /** @type {Promise<Uint8Array> | undefined} */
  let image
  return {
    async connect() {
      image ??= embeddedImage()
      const files = await image
      const database = await PGlite.create({ loadDataDir: new Blob([files]) })
      const stream = wireStreams({
        send: async (batch, onData) => {
          await Promise.resolve() // the answer must not arrive while node-postgres is still writing the question
          await database.execProtocolRawStream(batch, { onRawData: (data) => onData(data.slice()) })
        },
        reset: async () => undefined,
      })
      const pool = new pg.Pool({
        max: 1,
        idleTimeoutMillis: 0,
        user: 'postgres',
        database: 'postgres',
        stream,
      })
      open.push(async () => {
        await pool.end()
        await database.close()
      })
      return adapterFor(pool)
    },
    async close() {
      for (const close of open) await close()
    },
  }
}

/**
 * Prisma's adapter with two repairs: it does not know the internal type "char", and it cuts scripts at every `;`, also
 * inside function bodies.
 * @param {pg.Pool} pool
 */
async function adapterFor(pool) {
  /** @type {number[]} */
  let charColumns = []
  const query = /** @type {(...parameters: unknown[]) => Promise<pg.QueryResult>} */ (pool.query.bind(pool))
  Object.assign(pool, {
    /** @param {unknown[]} parameters */
    async query(...parameters) {
      const result = await query(...parameters)
      charColumns = []
      for (const [index, field] of (result.fields ?? []).entries()) {
        if (field.dataTypeID !== INTERNAL_CHAR_OID) continue
        field.dataTypeID = TEXT_OID
        charColumns.push(index)
      }
      return result
    },
  })
  const adapter = await new PrismaPg(pool).connect()
  const queryRaw = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async (request) => {
    const result = await queryRaw(request)
    for (const index of charColumns) result.columnTypes[index] = ColumnTypeEnum.Character
    return result
  }
  adapter.executeScript = async (script) => {
    await pool.query(script)
  }
  return adapter
}

/**
 * @param {string} folder
 * @returns {import('@prisma/schema-engine-wasm/schema_engine_bg').MigrationList}
 */
function migrationList(folder) {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return {
    baseDir: folder,
    lockfile: { path: LOCK_FILE, content: LOCK_TEXT },
    shadowDbInitScript: '',
    migrationDirectories: names.sort().map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(folder, name, 'migration.sql'), 'utf8') },
      },
    })),
  }
}

/**
 * @param {string} name
 * @param {string} sql
 * @returns {string} the migration's folder name
 */
function writeMigration(name, sql) {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = `${stamp}_${name}`
  mkdirSync(join(MIGRATIONS, folder), { recursive: true })
  writeFileSync(join(MIGRATIONS, folder, 'migration.sql'), sql)
  writeFileSync(join(MIGRATIONS, LOCK_FILE), LOCK_TEXT)
  return folder
}

/**
 * @param {string[]} words
 * @returns {Promise<number>} exit code
 */
async function run([command, name = '', ...rest]) {
  const usable =
    rest.length === 0 && (command === 'diff' ? name === '' : command === 'new' && NAME.test(name))
  if (!usable) {
    console.error(
      'Usage: node prisma/migration.mjs diff, or node prisma/migration.mjs new <name> ' +
        '(small letters, digits and _). Nothing was done.',
    )
    return 2
  }
  const sql = await missingSql()
  if (sql === undefined) {
    console.log('prisma/schema.prisma and prisma/migrations agree.')
    return 0
  }
  if (command === 'diff') {
    console.log(sql)
    return 2
  }
  console.log(
    `Wrote prisma/migrations/${writeMigration(name, sql)}/migration.sql. Read it before committing it.`,
  )
  return 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await run(process.argv.slice(2))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
