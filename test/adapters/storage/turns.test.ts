import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openEngine } from '../../../adapters/storage/engine.js'
import type { Engine } from '../../../adapters/storage/engine.js'
import { prismaOver } from '../../../adapters/storage/database.js'
import { type Storage, openOn } from '../../../adapters/storage/open.js'
import { TurnPool, patiently } from '../../../adapters/storage/turns.js'
import { ENGINE, memoryLog, testDatabases } from '../../support/database.js'

const databases = testDatabases()
const log = memoryLog()
let engine: Engine

beforeAll(async () => {
  engine = await openEngine({ ...(await databases.createOwn()).target, shortLived: true, log })
})
afterAll(() => engine.close())

/** Takes every connection there is; what comes now has to wait until one is given back, through which all of it goes. */
async function takeAll(): Promise<(waiting: readonly Promise<unknown>[]) => Promise<void>> {
  const clients = await Promise.all(
    Array.from({ length: engine.pool.options.max }, () => engine.pool.connect()),
  )
  return async (waiting) => {
    clients.pop()?.release()
    await Promise.all(waiting)
    for (const client of clients) client.release()
  }
}

describe(`waiting for a connection, ${ENGINE} engine`, () => {
  test('whoever is waited for has every second turn, however many were there before', async () => {
    const giveOneBack = await takeAll()
    const order: string[] = []
    const came = (name: string) => {
      return async () => {
        const client = await engine.pool.connect()
        order.push(name)
        await client.query('SELECT 1')
        client.release()
      }
    }
    const patient = [1, 2, 3, 4, 5].map((number) => patiently(came(`patient ${number}`)))
    const waited = [1, 2, 3].map((number) => came(`waited for ${number}`)())
    await giveOneBack([...patient, ...waited])
    expect(order).toEqual([
      'waited for 1',
      'patient 1',
      'waited for 2',
      'patient 2',
      'waited for 3',
      'patient 3',
      'patient 4',
      'patient 5',
    ])
  })

  test('what has time stays so behind everything it waits for, also through Prisma', async () => {
    const prisma = prismaOver(engine.pool)
    await prisma.$queryRaw`SELECT 1`
    const giveOneBack = await takeAll()
    const order: string[] = []
    const asked = (name: string) => async () => {
      await new Promise((resolve) => setImmediate(resolve))
      await prisma.$queryRaw`SELECT 1`
      order.push(name)
    }
    const patient = [1, 2, 3].map((number) => patiently(asked(`patient ${number}`)))
    const waited = [1, 2].map((number) => asked(`waited for ${number}`)())
    await vi.waitFor(() => expect((engine.pool as TurnPool).waiting).toBe(5), { timeout: 10_000 })
    await giveOneBack([...patient, ...waited])
    expect(order).toEqual(['waited for 1', 'patient 1', 'waited for 2', 'patient 2', 'patient 3'])
    await prisma.$disconnect()
  })

  test('what was asked once only is waited for, whoever asked', async () => {
    const storage = await openOn({ ...engine, close: async () => undefined }, { mspId: 'msp-1', log })
    const giveOneBack = await takeAll()
    const order: string[] = []
    const patient = [1, 2].map((number) =>
      patiently(() => engine.pool.query('SELECT 1')).then(() => order.push(`patient ${number}`)),
    )
    const first = patiently(() => storage.once.first('a click', new Date())).then(() => order.push('once'))
    await giveOneBack([...patient, first])
    expect(order[0]).toBe('once')
    await storage.close()
  })

  test.each([
    ['the ledger', (storage: Storage) => storage.ledger.ledger()],
    ['the books', (storage: Storage) => storage.billing.books()],
    ['what PSAs hold', (storage: Storage) => storage.sync.state()],
  ])('%s, which answers share, are waited for, whoever asked', async (_, read) => {
    const storage = await openOn({ ...engine, close: async () => undefined }, { mspId: 'msp-1', log })
    const giveOneBack = await takeAll()
    const order: string[] = []
    const patient = [1, 2, 3, 4].map((number) =>
      patiently(() => engine.pool.query('SELECT 1')).then(() => order.push(`patient ${number}`)),
    )
    const shared = patiently(() => read(storage)).then(() => order.push('shared'))
    await giveOneBack([...patient, shared])
    expect(order.indexOf('shared')).toBeLessThan(order.indexOf('patient 4'))
    await storage.close()
  })

  test('one that broke, or never came, leaves its turn to the next', async () => {
    const pool = new TurnPool({ host: '127.0.0.1', port: 1, max: 1, connectionTimeoutMillis: 5000 })
    for (let times = 0; times < 3; times += 1)
      await expect(pool.query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/)
    await pool.end()
    for (let times = 0; times < 12; times += 1) {
      const client = await engine.pool.connect()
      client.release(true)
    }
    expect((await engine.pool.query('SELECT 7 AS seven')).rows).toEqual([{ seven: 7 }])
  })

  test('nobody waits for ever, and whoever gave up is not served', async () => {
    const pool = new TurnPool({ ...engine.pool.options, max: 1, connectionTimeoutMillis: 100 })
    if (ENGINE === 'embedded') return await pool.end() // its one connection is the engine's own
    const client = await pool.connect()
    await expect(pool.connect()).rejects.toThrow('timeout exceeded when trying to connect')
    client.release()
    expect((await pool.query('SELECT 7 AS seven')).rows).toEqual([{ seven: 7 }])
    await pool.end()
  })
})
