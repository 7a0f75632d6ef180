import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import type { NewDelivery } from '../../../core/chat-ports.js'
import { type CommonDatabase, ENGINE, testDatabases } from '../../support/database.js'
import { decisionOn, draft, EXPIRES_AT, opened, PROPOSED_AT, proposed } from './billing-fixtures.js'

const databases = testDatabases()
let database: CommonDatabase
let storage: Storage

beforeEach(async () => {
  database = await databases.create()
  storage = await opened(database)
})
afterEach(() => storage.close())

const NOW = new Date('2026-03-20T13:00:00.250Z')
const BOTH = ['slack', 'teams'] as const

function later(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000)
}

function delivery(changes: Partial<NewDelivery> = {}): NewDelivery {
  return {
    surface: 'slack',
    address: '{"channel":"C1"}',
    content: { kind: 'card', card: '{"title":"a \\u0000 b"}' },
    createdAt: NOW,
    notBefore: NOW,
    reason: 'Slack was away',
    ...changes,
  }
}

const UPDATE = { kind: 'update', approvalId: 'APR-0001' } as const

async function claim(at: Date, surfaces: readonly ('slack' | 'teams')[] = BOTH, from = storage) {
  return await from.deliveries.claim(surfaces, at, new Date(at.getTime() + 300_000))
}

describe(`what is to be said, ${ENGINE} engine`, () => {
  test('comes back as it was kept, the oldest first, to one claimer, for its own MSP and surface', async () => {
    const request = { kind: 'request', approvalId: 'APR-0001' } as const
    await storage.deliveries.keep(delivery({ address: 'b', createdAt: later(1), content: request }))
    await storage.deliveries.keep(delivery())
    const other = await database.open({ mspId: 'other' })
    expect(await claim(later(9), BOTH, other)).toBeUndefined()
    expect(await claim(later(9), ['teams'])).toBeUndefined()
    const first = await claim(later(9))
    expect(first).toMatchObject({ ...delivery(), attempts: 1, interrupted: false })
    expect(await claim(later(9))).toMatchObject({ address: 'b', content: request })
    expect(await claim(later(9))).toBeUndefined()
    await other.close()
  })

  test('is not given out before its time, and not where something is being said', async () => {
    await storage.deliveries.keep(delivery({ notBefore: later(60) }))
    expect(await claim(later(59))).toBeUndefined()
    await storage.deliveries.keep(delivery({ createdAt: later(1) }))
    const first = await claim(later(60))
    expect(first?.createdAt).toEqual(NOW)
    expect(await claim(later(60))).toBeUndefined()
    if (first === undefined) throw new Error('nothing was claimed')
    expect(await storage.deliveries.settle(first, { state: 'delivered' }, later(61))).toBe(true)
    expect((await claim(later(61)))?.createdAt).toEqual(later(1))
  })

  test('fifty claims at once give each of ten out once', async () => {
    for (let index = 0; index < 10; index += 1) {
      await storage.deliveries.keep(delivery({ address: `place ${index}` }))
    }
    const claims = await Promise.all(Array.from({ length: 50 }, () => claim(later(1))))
    const ids = claims.flatMap((one) => (one === undefined ? [] : [one.id]))
    expect(new Set(ids).size).toBe(ids.length)
    while ((await claim(later(1))) !== undefined) ids.push('one more')
    expect(ids).toHaveLength(10)
  })

  test('whose claimer never said how it ended comes back as interrupted; what that one says then counts no more', async () => {
    await storage.deliveries.keep(delivery())
    const lost = await claim(later(0))
    expect(await claim(later(299))).toBeUndefined()
    const second = await claim(later(300))
    expect(second).toMatchObject({ attempts: 2, interrupted: true })
    if (lost === undefined || second === undefined) throw new Error('nothing was claimed')
    expect(await storage.deliveries.settle(lost, { state: 'delivered' }, later(301))).toBe(false)
    const again = { state: 'waiting', notBefore: later(400), reason: 'still away' } as const
    expect(await storage.deliveries.settle(second, again, later(301))).toBe(true)
    expect(await claim(later(399))).toBeUndefined()
    expect(await claim(later(400))).toMatchObject({ attempts: 3, interrupted: false, reason: 'still away' })
  })

  test('updates of one card are one; one that is wanted again while it is sent is sent again', async () => {
    const update = delivery({ content: UPDATE })
    await storage.deliveries.keep(update)
    await storage.deliveries.keep(update)
    const first = await claim(later(0))
    expect(await claim(later(0))).toBeUndefined()
    await storage.deliveries.keep({ ...update, createdAt: later(5), notBefore: later(5) })
    if (first === undefined) throw new Error('nothing was claimed')
    expect(await storage.deliveries.settle(first, { state: 'delivered' }, later(6))).toBe(false)
    const second = await claim(later(6))
    expect(second).toMatchObject({ content: UPDATE, createdAt: later(5) })
    if (second === undefined) throw new Error('nothing was claimed')
    expect(await storage.deliveries.settle(second, { state: 'delivered' }, later(7))).toBe(true)
    expect(await claim(later(900))).toBeUndefined()
    await storage.deliveries.keep({ ...update, createdAt: later(1000), notBefore: later(1000) })
    expect(await claim(later(1000))).toMatchObject({ attempts: 3 })
  })

  test('an update that was wanted again does not end with the try before it, which ends while it is sent', async () => {
    const update = delivery({ content: UPDATE })
    await storage.deliveries.keep(update)
    const older = await claim(later(0))
    await storage.deliveries.keep({ ...update, createdAt: later(1), notBefore: later(1) })
    const newer = await claim(later(1))
    if (older === undefined || newer === undefined) throw new Error('nothing was claimed')
    expect(await storage.deliveries.settle(older, { state: 'delivered' }, later(2))).toBe(false)
    expect((await storage.deliveries.standing(NOW)).waiting).toBe(1)
    expect(await storage.deliveries.settle(newer, { state: 'delivered' }, later(3))).toBe(true)
  })

  test('what waits, was given up or may not have arrived is counted, and the last reason said', async () => {
    const nothing = { waiting: 0, givenUp: 0, unknown: 0, last: undefined }
    expect(await storage.deliveries.standing(NOW)).toEqual(nothing)
    await storage.deliveries.keep(delivery())
    await storage.deliveries.lose(delivery({ surface: 'teams' }), 'cut')
    expect(await claim(later(0), ['teams'])).toBeUndefined()
    const claimed = await claim(later(0))
    if (claimed === undefined) throw new Error('nothing was claimed')
    await storage.deliveries.keep(delivery())
    await storage.deliveries.settle(claimed, { state: 'givenUp', reason: 'away for a day' }, later(60))
    expect(await storage.deliveries.standing(NOW)).toEqual({
      waiting: 1,
      givenUp: 1,
      unknown: 1,
      last: { surface: 'slack', reason: 'away for a day' },
    })
    expect(await storage.deliveries.standing(later(61))).toEqual({ ...nothing, waiting: 1 })
    const cards = await database.sql(`SELECT content FROM chat_delivery WHERE state <> 'waiting'`)
    expect(cards).toEqual([{ content: '' }, { content: '' }])
  })
})

describe(`what has its hour in the life of a request, ${ENGINE} engine`, () => {
  const half = new Date((PROPOSED_AT.getTime() + EXPIRES_AT.getTime()) / 2)
  const before = (instant: Date) => new Date(instant.getTime() - 1)
  const due = (deadline: 'remind' | 'expire', now: Date) => storage.deadlines.due(deadline, now, 10)

  test('a reminder from half of its time until it expires, the end from then on', async () => {
    await proposed(storage.billing, draft(['k1']))
    expect(await due('remind', before(half))).toEqual([])
    expect(await due('remind', half)).toEqual(['APR-0001'])
    expect(await due('remind', before(EXPIRES_AT))).toEqual(['APR-0001'])
    expect(await due('remind', EXPIRES_AT)).toEqual([])
    expect(await due('expire', before(EXPIRES_AT))).toEqual([])
    expect(await due('expire', EXPIRES_AT)).toEqual(['APR-0001'])
    const other = await database.open({ mspId: 'other' })
    expect(await other.deadlines.due('expire', EXPIRES_AT, 10)).toEqual([])
    await other.close()
  })

  test('not of one that is decided, or whose place another took', async () => {
    const first = await proposed(storage.billing, draft(['k1']))
    expect(await due('remind', half)).toEqual([first.approval.id])
    const second = await proposed(storage.billing, draft(['k2']))
    expect(await due('remind', half)).toEqual([second.approval.id])
    await storage.billing.decide(decisionOn(second, 'rejected', await storage.billing.version()))
    expect(await due('remind', half)).toEqual([])
    expect(await due('expire', EXPIRES_AT)).toEqual([])
  })

  test('is taken once by twenty at once, together with what is to be said', async () => {
    await proposed(storage.billing, draft(['k1']))
    const reminder = delivery({ content: { kind: 'reminder', approvalId: 'APR-0001' }, reason: undefined })
    const take = () => storage.deadlines.take('remind', 'APR-0001', half, [reminder])
    const taken = await Promise.all(Array.from({ length: 20 }, take))
    expect(taken.filter((first) => first)).toHaveLength(1)
    expect(await due('remind', half)).toEqual([])
    expect((await storage.deliveries.standing(NOW)).waiting).toBe(1)
    expect(await claim(later(0))).toMatchObject({ content: reminder.content, reason: undefined })
    expect(await storage.deadlines.take('expire', 'APR-0001', half, [])).toBe(true)
    await expect(database.sql('DELETE FROM job_run')).rejects.toThrow('job_run')
  })
})
