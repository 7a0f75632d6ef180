import { randomUUID } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import pg from 'pg'

/** The address of a server on which the tests may create and drop databases; a missing one is an error. */
export function serverUrl(): string {
  const url = process.env['TEST_DATABASE_URL']
  if (url === undefined)
    throw new Error('TEST_DATABASE_URL is not set: it names a PostgreSQL server for tests')
  return url
}

/** One statement on the server itself, outside any test's own database. */
export async function onServer(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: serverUrl() })
  await client.connect()
  try {
    return (await client.query<object>(sql)).rows
  } finally {
    await client.end()
  }
}

/** A server's process goes a moment after its client did: forty that were busy take longer. */
const LOOKS = 30
const BETWEEN_LOOKS_MILLISECONDS = 100

async function openConnections(name: string): Promise<readonly unknown[]> {
  for (let look = 1; ; look += 1) {
    const left = await onServer(`SELECT application_name FROM pg_stat_activity WHERE datname = '${name}'`)
    if (left.length === 0 || look === LOOKS) return left
    await after(BETWEEN_LOOKS_MILLISECONDS)
  }
}

/** A new, empty database. `drop` returns the names of connections that somebody left open. */
export async function createServerDatabase(): Promise<{
  readonly url: string
  drop(): Promise<readonly unknown[]>
}> {
  const name = `billing_test_${randomUUID().replaceAll('-', '')}`
  await onServer(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`)
  const url = new URL(serverUrl())
  url.pathname = `/${name}`
  return {
    url: url.href,
    async drop() {
      const left = await openConnections(name)
      await onServer(`DROP DATABASE ${name} WITH (FORCE)`)
      return left
    },
  }
}
