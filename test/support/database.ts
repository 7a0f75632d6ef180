import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect } from 'vitest'
import { prepareImage } from '../../adapters/storage/embedded-image.mjs'
import { openStorage } from '../../adapters/storage/open.js'
import type { Storage, StorageOptions } from '../../adapters/storage/open.js'
import type { Log } from '../../core/ports.js'
import { checkLeaks } from './leaks.js'

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

/** One database of its own, empty at first; it outlives the storages opened on it. */
export interface TestDatabase {
  /** What {@link openStorage} needs to reach it. */
  readonly target: Pick<StorageOptions, 'databaseUrl' | 'dataDirectory'>
  /** Opens it; on the embedded engine one at a time. */
  open(options?: Partial<StorageOptions>): Promise<Storage>
}

/**
 * Gives a test file its databases, on the engine this run is for, and takes them away at the end. Call it once, first:
 * it also fails the file when anything was left open.
 */
export function testDatabases(engine: 'embedded' | 'server' = ENGINE): { create(): Promise<TestDatabase> } {
  checkLeaks()
  const removals: (() => Promise<void>)[] = []
  beforeAll(async () => {
    if (engine === 'embedded') await prepareImage() // a build has done it; a single test file does without a build
  })
  afterAll(async () => {
    for (const remove of removals) await remove()
  })
  return {
    async create() {
      const { target, remove } = engine === 'embedded' ? createFolder() : await createDatabase()
      removals.push(remove)
      return {
        target,
        open: (options = {}) => openStorage({ mspId: 'msp-1', log: memoryLog(), ...target, ...options }),
      }
    },
  }
}

interface Created {
  readonly target: TestDatabase['target']
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
  const name = `billing_test_${randomUUID().replaceAll('-', '')}`
  await onServer(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`)
  const url = new URL(serverUrl())
  url.pathname = `/${name}`
  return {
    target: { databaseUrl: url.href },
    async remove() {
      const left = await onServer(`SELECT application_name FROM pg_stat_activity WHERE datname = '${name}'`)
      await onServer(`DROP DATABASE ${name} WITH (FORCE)`)
      expect(left, 'connections left open').toEqual([])
    },
  }
}

export function serverUrl(): string {
  if (SERVER === undefined) throw new Error('TEST_DATABASE_URL is not set: run `npm run test:postgres`')
  return SERVER
}

/** One statement on the server itself, outside the test's own database. */
export async function onServer(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: serverUrl() })
  await client.connect()
  try {
    return (await client.query<object>(sql)).rows
  } finally {
    await client.end()
  }
}
