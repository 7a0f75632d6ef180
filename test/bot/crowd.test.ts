import { AsyncLocalStorage } from 'node:async_hooks'
import { setFlagsFromString } from 'node:v8'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Storage, StorageOptions } from '../../adapters/storage/open.js'
import { type Outside, type Served, openOutside, serveProduct } from '../support/both-platforms.js'
import { testDatabases } from '../support/database.js'
import { createStoryClock } from '../support/story/clock.js'
import { settled } from '../support/story/settle.js'
import type { Opening } from '../support/story/theatre.js'

const opening = vi.hoisted<Opening>(() => ({ open: () => Promise.reject(new Error('not open yet')) }))
vi.mock(import('../../adapters/storage/open.js'), async (original) => ({
  ...(await original()),
  openStorage: (options: StorageOptions) => opening.open(options),
}))
vi.mock(import('node:v8'), async (original) => {
  const actual = await original()
  return { ...actual, setFlagsFromString: vi.fn<typeof setFlagsFromString>(actual.setFlagsFromString) }
})

const databases = testDatabases()
const patient = new AsyncLocalStorage<true>()
let seen: string[]
let outside: Outside
let served: Served
let tick: () => Promise<void>

/** Notes who comes to the database while somebody waits, and who has time. */
function noting(storage: Storage): Storage {
  const note = (what: string) =>
    seen.push(`${what} ${patient.getStore() === true ? 'has time' : 'is waited for'}`)
  return {
    ...storage,
    patiently: (work) => patient.run(true, work),
    people: {
      ...storage.people,
      version: () => {
        note('who it is')
        return storage.people.version()
      },
    },
    deliveries: {
      ...storage.deliveries,
      claim: (...parameters) => {
        note('a job')
        return storage.deliveries.claim(...parameters)
      },
    },
  }
}

beforeEach(async () => {
  const database = await databases.create()
  opening.open = async ({ mspId }) => noting(await database.open({ mspId }))
  outside = await openOutside({
    people: new Map([['Lee', 'approver']]),
    slackChannels: ['C1'],
    clock: createStoryClock('2026-03-20', '09:00', 'America/New_York'),
  })
  const ticks: (() => Promise<void>)[] = []
  const ticking = (job: () => Promise<void>) => {
    ticks.push(job)
    return async () => undefined
  }
  served = await serveProduct(outside, { BILLING_OPENS_ON: '2026-03-01' }, { ticking })
  tick = async () => {
    for (const job of ticks) await job()
  }
  seen = []
})
afterEach(async () => {
  await served.close()
  await outside.close()
})

test('commands and jobs have time, a click in Teams is waited for', async () => {
  await served.sender.command(outside.member('lee').slackUser, 'C1', 'help')
  await settled(served.server.url)
  expect(new Set(seen)).toEqual(new Set(['who it is has time']))
  seen = []
  const card = outside.teams.world.post(outside.teamsChannel.id, { type: 'message' }).id
  const data = { id: 'BR-0001', revision: '' }
  await served.player.deliver(
    served.player.invoke(outside.teamsUser('lee'), card, { verb: 'download', data }),
  )
  await settled(served.server.url)
  expect(new Set(seen)).toEqual(new Set(['who it is is waited for']))
  seen = []
  await tick()
  expect(seen).toContain('a job has time')
  expect(seen.filter((words) => !words.endsWith('has time'))).toEqual([])
})

test('the heap is swept long before it is twice what is in use', () => {
  expect(vi.mocked(setFlagsFromString).mock.calls).toContainEqual(['--heap-growing-percent=40'])
})
