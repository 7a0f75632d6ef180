import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { prepareImage } from '../../adapters/storage/embedded-image.mjs'
import { openEngine } from '../../adapters/storage/engine.js'
import type { Engine } from '../../adapters/storage/engine.js'
import { openOn, openStorage } from '../../adapters/storage/open.js'
import type { Storage, StorageOptions } from '../../adapters/storage/open.js'
import type { Log } from '../../core/ports.js'
import { keepThread } from './leaks.js'
import { createServerDatabase } from './server-database.js'

/** Set by `npm run test:postgres`: a server on which the tests may create and drop databases. A missing one fails. */
const SERVER = process.env['TEST_DATABASE_URL']

export const ENGINE = SERVER === undefined ? 'embedded' : 'server'

/** Log lines as objects, for looking at; nothing is printed. */
export function memoryLog(): Log & { readonly lines: { level: string; message: string; fields: object }[] } {
  const lines: { level: string; message: string; fields: object }[] = []
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields })
  return { lines, info: at('info'), warn: at('warn'), error: at('error') }
}

/** An empty database. It outlives the storages opened on it, which see what those before them stored. */
export interface TestDatabase {
  open(options?: Partial<StorageOptions>): Promise<Storage>
}

/** The database of a whole file, also reached past the product: for tests about what the tables themselves refuse. */
export interface CommonDatabase extends TestDatabase {
  sql(text: string, parameters?: readonly unknown[]): Promise<readonly object[]>
}

/** A database of its own, with a place: for tests about places, engines and opening again. */
export interface OwnDatabase extends TestDatabase {
  /** What {@link openStorage} needs to reach it. */
  readonly target: Pick<StorageOptions, 'databaseUrl' | 'dataDirectory'>
}

export interface TestDatabases {
  /**
   * One database for the whole file on the server, or in memory for all files of the process, emptied each time:
   * milliseconds instead of seconds.
   */
  create(): Promise<CommonDatabase>
  /** On the embedded engine a folder, for one storage at a time. */
  createOwn(): Promise<OwnDatabase>
}

/**
 * Gives a test file its databases, on the engine this run is for, and takes them away at the end. Call it once, first.
 */
export function testDatabases(engine: 'embedded' | 'server' = ENGINE): TestDatabases {
  // Some tests open several databases; on a busy machine each takes seconds.
  vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
  const removals: (() => Promise<void>)[] = []
  let common: Promise<Engine> | undefined
  beforeAll(async () => {
    if (engine === 'embedded') await prepareImage() // a build has done it; a single test file does without a build
  })
  afterAll(async () => {
    if (engine === 'server') await (await common)?.close()
    for (const remove of removals) await remove()
  })
  async function createTarget(): Promise<OwnDatabase['target']> {
    const { target, remove } = engine === 'embedded' ? createFolder() : await createDatabase()
    removals.push(remove)
    return target
  }
  return {
    async create() {
      common ??= engine === 'embedded' ? openInMemory() : createTarget().then(openWithTables)
      const shared = { ...(await common), close: async () => undefined }
      await emptyTables(shared.pool)
      return {
        open: (options = {}) => openOn(shared, { ...DEFAULTS, ...options }),
        sql: async (text, parameters = []) => {
          // Without parameters several statements may be given at once.
          const values = parameters.length === 0 ? undefined : [...parameters]
          return (await shared.pool.query<object>(text, values)).rows
        },
      }
    },
    async createOwn() {
      const target = await createTarget()
      return { target, open: (options = {}) => openStorage({ ...DEFAULTS, ...target, ...options }) }
    },
  }
}

let inMemory: Promise<Engine> | undefined

/** The one in memory, opened once in each process and never closed: it ends with it. */
function openInMemory(): Promise<Engine> {
  inMemory ??= openWithTables({}).then(
    (opened) => {
      keepThread()
      return opened
    },
    (error: unknown) => {
      // The next file tries again: one hiccup is not everybody's.
      inMemory = undefined
      throw error
    },
  )
  return inMemory
}

async function openWithTables(target: OwnDatabase['target']): Promise<Engine> {
  const opened = await openEngine({ shortLived: true, log: memoryLog(), ...target })
  await (await openOn({ ...opened, close: async () => undefined }, DEFAULTS)).close()
  return opened
}

const DEFAULTS: StorageOptions = { mspId: 'msp-1', shortLived: true, log: memoryLog() }

/** Takes every row out of every table. */
export async function emptyTables(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT quote_ident(relname) AS name FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations'`,
  )
  const names = rows.map(({ name }) => name).join(', ')
  // As replication does it: tables that only ever grow refuse to be emptied otherwise.
  await pool.query(`BEGIN; SET LOCAL session_replication_role = replica; TRUNCATE ${names}; COMMIT`)
}

interface Created {
  readonly target: OwnDatabase['target']
  remove(): Promise<void>
}

function createFolder(): Created {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'billing-test-'))
  return {
    target: { dataDirectory },
    remove: async () => rmSync(dataDirectory, { recursive: true, force: true }),
  }
}

async function createDatabase(): Promise<Created> {
  const { url, drop } = await createServerDatabase()
  return {
    target: { databaseUrl: url },
    remove: async () => expect(await drop(), 'connections left open').toEqual([]),
  }
}

/** For `test.each`: tests of what only a server can do. On the embedded engine there is no such thing to test. */
export const SERVER_ONLY: readonly string[] = ENGINE === 'server' ? ['on a server'] : []
