import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import { ONCE_KEPT_MILLISECONDS } from '../../../core/limits.js'
import { type CommonDatabase, ENGINE, testDatabases } from '../../support/database.js'

const databases = testDatabases()
let database: CommonDatabase
let storage: Storage

beforeEach(async () => {
  database = await databases.create()
  storage = await database.open()
})
afterEach(() => storage.close())

const UNTIL = new Date('2026-03-20T13:05:00Z')

test(`a posted card is remembered once, for its own request and MSP, ${ENGINE} engine`, async () => {
  const card = { approvalId: 'APR-0001', surface: 'slack', address: '{"channel":"C1","ts":"1.2"}' } as const
  await storage.postedCards.remember(card)
  await storage.postedCards.remember(card)
  await storage.postedCards.remember({ ...card, surface: 'teams', address: '{"id":"a"}' })
  const places = await storage.postedCards.of('APR-0001')
  expect(places.map(({ surface, address }) => [surface, address])).toEqual([
    ['slack', card.address],
    ['teams', '{"id":"a"}'],
  ])
  expect(await storage.postedCards.of('APR-0002')).toEqual([])
  const other = await database.open({ mspId: 'other' })
  expect(await other.postedCards.of('APR-0001')).toEqual([])
  await other.close()
})

test(`fifty at once with one key: exactly one is first, ${ENGINE} engine`, async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => storage.once.first('a click', UNTIL)))
  expect(answers.filter((first) => first)).toHaveLength(1)
  expect(await storage.once.first('another click', UNTIL)).toBe(true)
  const other = await database.open({ mspId: 'other' })
  expect(await other.once.first('a click', UNTIL)).toBe(true)
  await other.close()
})

test(`a key is forgotten long after its time, by the clock of who asks, ${ENGINE} engine`, async () => {
  const count = async () => (await database.sql('SELECT key FROM acted_once')).length
  await storage.once.first('old', UNTIL)
  await storage.once.first('new', new Date(UNTIL.getTime() + ONCE_KEPT_MILLISECONDS))
  expect(await count()).toBe(2)
  await storage.once.first('newer', new Date(UNTIL.getTime() + ONCE_KEPT_MILLISECONDS + 1))
  expect(await count()).toBe(2)
})
