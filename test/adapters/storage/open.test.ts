import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { openStorage } from '../../../adapters/storage/open.js'
import { serverPool } from '../../../adapters/storage/server.js'
import { checkSession } from '../../../adapters/storage/session.js'
import { projectFolder } from '../../../adapters/system/project.js'
import { Problem } from '../../../core/problem.js'
import { ENGINE, memoryLog, SERVER_ONLY, testDatabases } from '../../support/database.js'
import { onServer } from '../../support/server-database.js'
import { observation, unchanged } from '../../support/observations.js'

const databases = testDatabases()
const PASSWORD = 'correct-horse-battery'

describe(`opening, ${ENGINE} engine`, () => {
  test('what was stored is there again, also what was running when it was closed', async () => {
    const own = await databases.createOwn()
    const log = memoryLog()
    const first = await own.open({ log })
    await first.ledger.record(observation('a', undefined))
    const running = first.ledger.record(unchanged('b', 1))
    await Promise.all([first.close(), first.close()])
    await first.close()
    await expect(first.ledger.ledger()).rejects.toThrow(/after calling end/)
    const second = await own.open({ log })
    const { latest, states } = await second.ledger.ledger()
    expect(latest).toEqual((await running).header)
    expect(states).toHaveLength(1)
    await second.close()
    expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'database brought up to date'], // the first time only
    ])
  })

  test('the clock is one clock, to the millisecond, and the database answers', async () => {
    const storage = await (await databases.create()).open()
    const before = Date.now()
    const now = await storage.clock.now()
    expect(now.getTime()).toBeGreaterThanOrEqual(before - 1)
    expect(now.getTime()).toBeLessThanOrEqual(Date.now() + 1)
    expect((await storage.clock.now()).getTime()).toBeGreaterThanOrEqual(now.getTime())
    await storage.health()
    await storage.close()
  })

  test.each([
    [{ version: 140_012, zone: 'UTC', encoding: 'UTF8' }, /PostgreSQL 14; 15 or newer is needed/],
    [
      { version: 150_000, zone: 'America/New_York', encoding: 'UTF8' },
      /time zone America\/New_York, not UTC\..*ALTER ROLE/,
    ],
    [{ version: 150_000, zone: 'UTC', encoding: 'LATIN1' }, /stores text as LATIN1/],
  ])('a database that is not fit is refused: %o', async (session, sentence) => {
    const pool = { query: async () => ({ rows: [session] }) } as unknown as pg.Pool
    const refused = checkSession(pool, 'db:5432/x')
    await expect(refused).rejects.toMatchObject({ kind: 'held', where: 'db:5432/x' })
    await expect(refused).rejects.toThrow(sentence)
  })

  test('the time zone of the machine changes nothing', async () => {
    const own = await databases.createOwn()
    const storage = await own.open()
    await storage.ledger.record(observation('a', undefined))
    const expected = JSON.stringify(await storage.ledger.ledger(), withBigints)
    await storage.close()
    expect(readElsewhere(own.target, 'America/New_York')).toBe(expected)
  })

  test.each(SERVER_ONLY)(
    '%s: sessions run in UTC whatever the server or the database say; without our asking they are refused',
    async () => {
      const { target } = await databases.createOwn()
      const { pathname } = new URL(target.databaseUrl ?? '')
      await onServer(`ALTER DATABASE ${pathname.slice(1)} SET timezone = 'America/New_York'`)
      await (await openStorage({ mspId: 'msp-1', log: memoryLog(), ...target })).close()
      const unasked = new pg.Pool({ connectionString: target.databaseUrl })
      await expect(checkSession(unasked, 'here')).rejects.toMatchObject({ kind: 'held', where: 'here' })
      await unasked.end()
    },
  )
})

function withBigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}

/** The ledger as a program in another time zone reads it; runs what was built. */
function readElsewhere(target: object, zone: string): string {
  const module = join(projectFolder(), 'dist', 'adapters', 'storage', 'open.js')
  const script = `
    import { openStorage } from ${JSON.stringify(module)}
    const log = { info() {}, warn() {}, error() {} }
    const storage = await openStorage({ mspId: 'msp-1', log, ...${JSON.stringify(target)} })
    const text = JSON.stringify(await storage.ledger.ledger(), ${withBigints.toString()})
    await storage.close()
    if (new Date(0).getTimezoneOffset() === 0) throw new Error('not in another zone')
    console.log(text)`
  const env = { ...process.env, TZ: zone, PGTZ: zone }
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    env,
    encoding: 'utf8',
  })
  return stderr === '' ? stdout.trimEnd() : stderr
}

describe('addresses that lead nowhere', () => {
  const log = memoryLog()
  const open = (databaseUrl: string) => openStorage({ mspId: 'msp-1', log, databaseUrl })

  test.each(['', 'localhost:5432', 'mysql://db/x', 'postgres//db', `http://user:${PASSWORD}@db/x`])(
    '%s is not the URL of a PostgreSQL database',
    async (databaseUrl) => {
      const refused = open(databaseUrl)
      await expect(refused).rejects.toMatchObject({ kind: 'input', where: 'DATABASE_URL' })
      await expect(refused).rejects.not.toThrow(PASSWORD)
    },
  )

  test('nobody listens there: a sentence without the password', async () => {
    const free = await freePort()
    const refused = open(`postgresql://bot:${PASSWORD}@127.0.0.1:${free}/billing`)
    await expect(refused).rejects.toThrow(Problem)
    await expect(refused).rejects.toMatchObject({ kind: 'unavailable', where: `127.0.0.1:${free}/billing` })
    await expect(refused).rejects.toThrow(/does not answer\. \(ECONNREFUSED\) Nothing was opened\./)
    await expect(refused).rejects.not.toThrow(PASSWORD)
  })

  test('somebody listens who is no database', async () => {
    const server = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      await expect(open(`postgresql://bot@127.0.0.1:${port}/billing`)).rejects.toMatchObject({
        kind: 'unavailable',
      })
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })

  test('options in the URL are kept, and ours come after them', async () => {
    const { pool, address } = serverPool(
      `postgresql://bot:${PASSWORD}@db:5433/billing?options=-c%20search_path%3Dx&sslmode=disable`,
    )
    expect(address).toBe('db:5433/billing')
    const { connectionParameters } = new pg.Client(pool.options) as unknown as {
      connectionParameters: { options: string }
    }
    expect(connectionParameters.options).toMatch(/^-c search_path=x -c TimeZone=UTC /)
    await pool.end()
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
