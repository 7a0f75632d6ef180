import pg from 'pg'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
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
afterEach(async () => {
  vi.restoreAllMocks()
  await storage.close()
})

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

test(`a crowd with many keys: the first of each is, whoever shares a statement, ${ENGINE} engine`, async () => {
  await storage.once.first('key 3', UNTIL)
  const asked = Array.from({ length: 60 }, (_, index) => `key ${index % 20}`)
  const answers = await Promise.all(asked.map((key) => storage.once.first(key, UNTIL)))
  expect(answers).toEqual(asked.map((key, index) => index < 20 && key !== 'key 3'))
  const statements = vi.spyOn(pg.Client.prototype, 'query')
  await Promise.all(asked.map((key) => storage.once.first(`new ${key}`, UNTIL)))
  expect(statements.mock.calls.length).toBeLessThanOrEqual(2)
})

test(`what cannot be stored is told to everybody who asked, and to nobody after, ${ENGINE} engine`, async () => {
  const ask = (key: string) => storage.once.first(key, UNTIL)
  await database.sql('ALTER TABLE acted_once RENAME TO elsewhere')
  const answers = await Promise.allSettled(['one', 'two', 'three'].map(ask))
  await database.sql('ALTER TABLE elsewhere RENAME TO acted_once')
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(await Promise.all(['one', 'two', 'three'].map(ask))).toEqual([true, true, true])
})

test(`a key is forgotten long after its time, by the clock of who asks, ${ENGINE} engine`, async () => {
  const count = async () => (await database.sql('SELECT key FROM acted_once')).length
  await storage.once.first('old', UNTIL)
  await storage.once.first('new', new Date(UNTIL.getTime() + ONCE_KEPT_MILLISECONDS))
  expect(await count()).toBe(2)
  await storage.once.first('newer', new Date(UNTIL.getTime() + ONCE_KEPT_MILLISECONDS + 1))
  expect(await count()).toBe(2)
})

const MET = {
  conversation: '19:channel-1@thread.tacv2',
  kind: 'channel',
  team: '19:team-1@thread.tacv2',
  tenant: '7f3b1f0a-2f0c-4d5e-8a60-1b7f5f9f2d22',
  person: '00000000-0000-4000-8000-000000000002',
  member: '29:lee',
  serviceUrl: 'https://smba.trafficmanager.net/amer/',
  bot: '28:bot',
  seenAt: UNTIL,
} as const
const LATER = new Date(UNTIL.getTime() + 60_000)

test(`somebody met in a conversation is kept as seen last, for one MSP, ${ENGINE} engine`, async () => {
  const { references } = storage
  expect(await references.remember(MET)).toBe(true)
  const moved = { ...MET, serviceUrl: 'https://smba.trafficmanager.net/emea/', seenAt: LATER }
  expect(await references.remember(moved)).toBe(false)
  // What was seen earlier comes later: it changes nothing.
  expect(await references.remember(MET)).toBe(false)
  expect(await references.inConversation(MET.conversation, 60)).toEqual([moved])
  expect(await references.ofPerson(MET.tenant, MET.person, 60)).toEqual([moved])
  expect(await references.ofPerson('another tenant', MET.person, 60)).toEqual([])
  const other = await database.open({ mspId: 'other' })
  expect(await other.references.inConversation(MET.conversation, 60)).toEqual([])
  await other.references.forget(MET.conversation, '')
  await other.close()
  expect(await references.inConversation(MET.conversation, 60)).toHaveLength(1)
})

test(`of people met at the same time one caller hears it was the first, the newest come first, ${ENGINE} engine`, async () => {
  const { references } = storage
  const firsts = await Promise.all(Array.from({ length: 20 }, () => references.remember(MET)))
  expect(firsts.filter((first) => first)).toHaveLength(1)
  for (const [index, person] of ['a', 'b', 'c'].entries()) {
    await references.remember({ ...MET, person, seenAt: new Date(LATER.getTime() + index) })
  }
  const newest = await references.inConversation(MET.conversation, 2)
  expect(newest.map(({ person }) => person)).toEqual(['c', 'b'])
})

test(`where the app was taken away nobody is known any more, in no channel of that team, ${ENGINE} engine`, async () => {
  const { references } = storage
  const personal = { ...MET, kind: 'personal', conversation: 'a:1', team: '' } as const
  await references.remember(MET)
  await references.remember({ ...MET, conversation: '19:channel-2@thread.tacv2' })
  await references.remember(personal)
  await references.forget('19:unknown', '')
  expect(await references.ofPerson(MET.tenant, MET.person, 60)).toHaveLength(3)
  await references.forget('19:general@thread.tacv2', MET.team)
  expect(await references.ofPerson(MET.tenant, MET.person, 60)).toEqual([personal])
  await references.forget('a:1', '')
  expect(await references.ofPerson(MET.tenant, MET.person, 60)).toEqual([])
})

test(`a place of another kind is refused, ${ENGINE} engine`, async () => {
  const odd = { ...MET, kind: 'meeting' } as unknown as typeof MET
  await expect(storage.references.remember(odd)).rejects.toThrow('conversation_reference_kind_check')
})
