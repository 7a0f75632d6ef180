import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import { createSealing } from '../../../adapters/system/sealing.js'
import { type CommonDatabase, testDatabases } from '../../support/database.js'
import { openBrowser } from './browser.js'
import { type SlackHouse, slackHouse } from './harness.js'

const databases = testDatabases()
let database: CommonDatabase
let storage: Storage
const houses: SlackHouse[] = []

beforeAll(async () => {
  database = await databases.create()
  storage = await database.open()
})
afterAll(async () => {
  for (const house of houses) await house.close()
  await storage.close()
})

async function house(key: Buffer): Promise<SlackHouse> {
  const made = await slackHouse({ install: true, store: storage.slackWorkspaces(createSealing(key)) })
  houses.push(made)
  return made
}

async function dump(): Promise<string> {
  let text = ''
  for await (const line of storage.exportLines()) text += `${line}\n`
  return text
}

test('with the real database: sealed there, in the trail, opened by its key alone, and nowhere in the clear', async () => {
  const key = randomBytes(32)
  const given = await house(key)
  given.emulator.addWorkspace({ team: 'T2', name: 'Fabrikam', users: ['U21'], channels: [] })
  for (const [team, user] of [
    ['T1', 'U1'],
    ['T2', 'U21'],
  ] as const) {
    expect((await openBrowser(given).install({ team, user })).status).toBe(200)
  }
  await given.slack.command('U1', 'C1', 'status')
  await given.settled()
  expect(given.said()).toHaveLength(1)
  const trail = await storage.billing.trail()
  expect(trail.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
    'slack.installed slack:T1',
    'slack.installed slack:T2',
  ])
  const { tokens } = given.emulator.oauth
  expect(tokens).toHaveLength(2)
  const places = [
    await dump(),
    JSON.stringify(given.log.lines),
    JSON.stringify(given.emulator.world.ephemerals),
  ]
  expect(places[0]).toContain('"sealed_token": "v1.')
  for (const secret of [...tokens, 'xoxb-', key.toString('hex'), key.toString('base64')]) {
    for (const text of places) {
      for (const form of [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1)]) {
        expect(text.includes(form), secret.slice(0, 8)).toBe(false)
      }
    }
  }
})

test('with another key nothing is said, the log names the reason, and installing again heals it', async () => {
  const given = await house(randomBytes(32))
  await given.slack.command('U1', 'C1', 'status')
  await given.settled()
  expect(given.said()).toEqual([])
  expect(JSON.stringify(given.log.lines)).toContain('It was sealed with another key')
  expect((await openBrowser(given).install({ team: 'T1', user: 'U1' })).status).toBe(200)
  await given.slack.command('U1', 'C1', 'status')
  await given.settled()
  expect(given.said()).toHaveLength(1)
})
