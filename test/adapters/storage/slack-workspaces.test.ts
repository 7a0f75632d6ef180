import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Storage } from '../../../adapters/storage/open.js'
import { createSealing } from '../../../adapters/system/sealing.js'
import { workspaceInstalled, workspaceRemoved } from '../../../core/audit/workspaces.js'
import type { SlackWorkspace, SlackWorkspaces } from '../../../core/chat-ports.js'
import { type CommonDatabase, ENGINE, testDatabases } from '../../support/database.js'

const databases = testDatabases()
let database: CommonDatabase
let storage: Storage
let workspaces: SlackWorkspaces

const SEALING = createSealing(randomBytes(32))
const AT = new Date('2026-03-20T13:00:00.123Z')
const LATER = new Date('2026-03-20T14:00:00Z')

beforeEach(async () => {
  database = await databases.create()
  storage = await database.open()
  workspaces = storage.slackWorkspaces(SEALING)
})
afterEach(() => storage.close())

function workspace(change: Partial<SlackWorkspace> = {}): SlackWorkspace {
  return {
    key: 'T:T1',
    name: 'Contoso "IT"',
    botUser: 'UBOT',
    scopes: ['chat:write', 'commands'],
    installedBy: 'U1',
    installedAt: AT,
    token: 'xoxb-one-secret',
    ...change,
  }
}

function install(given: SlackWorkspace, to = workspaces): Promise<void> {
  return to.install(given, workspaceInstalled(given.installedAt, given, `slack:T1:${given.installedBy}`))
}

test(`an installation is kept, replaced and removed, each with its entry, ${ENGINE} engine`, async () => {
  expect(await workspaces.installed('T:T1')).toBeUndefined()
  await install(workspace())
  expect(await workspaces.installed('T:T1')).toEqual(workspace())
  const again = workspace({ token: 'xoxb-two', scopes: [], installedBy: 'U2', installedAt: LATER })
  await install(again)
  expect(await workspaces.installed('T:T1')).toEqual(again)
  expect(await workspaces.installed('E:E1')).toBeUndefined()
  const gone = workspaceRemoved(LATER, again, 'taken out')
  expect(await workspaces.remove('T:T1', again.installedAt, gone)).toBe(true)
  expect(await workspaces.installed('T:T1')).toBeUndefined()
  expect(await workspaces.remove('T:T1', again.installedAt, gone)).toBe(false)
  expect(await database.sql('SELECT name, sealed_token, removed_at FROM slack_workspace')).toEqual([
    { name: 'Contoso "IT"', sealed_token: null, removed_at: LATER },
  ])
  await install(workspace())
  expect(await workspaces.installed('T:T1')).toEqual(workspace())
  const trail = await storage.billing.trail()
  expect(trail.map(({ actor, action, subject }) => `${actor} ${action} ${subject}`)).toEqual([
    'slack:T1:U1 slack.installed slack:T1',
    'slack:T1:U2 slack.installed slack:T1',
    'system slack.removed slack:T1',
    'slack:T1:U1 slack.installed slack:T1',
  ])
  expect((await storage.verifyAudit()).fault).toBeUndefined()
})

test(`news of an older installation does not remove a newer one, ${ENGINE} engine`, async () => {
  await install(workspace())
  await install(workspace({ installedAt: LATER, token: 'xoxb-two' }))
  const gone = workspaceRemoved(LATER, workspace(), 'taken out')
  expect(await workspaces.remove('T:T1', AT, gone)).toBe(false)
  expect((await workspaces.installed('T:T1'))?.token).toBe('xoxb-two')
  expect(await storage.billing.trail()).toHaveLength(2)
})

test(`another MSP sees nothing of it, ${ENGINE} engine`, async () => {
  await install(workspace())
  const other = await database.open({ mspId: 'other' })
  const theirs = other.slackWorkspaces(SEALING)
  expect(await theirs.installed('T:T1')).toBeUndefined()
  expect(await theirs.remove('T:T1', AT, workspaceRemoved(AT, workspace(), 'x'))).toBe(false)
  await other.close()
})

test(`a token opens in its own row of its own MSP, with its own key, and nowhere else, ${ENGINE} engine`, async () => {
  await install(workspace())
  await install(workspace({ key: 'T:T2', token: 'xoxb-other' }))
  const other = await database.open({ mspId: 'other' })
  const theirs = other.slackWorkspaces(SEALING)
  await install(workspace({ token: 'xoxb-theirs' }), theirs)
  await database.sql(`UPDATE slack_workspace SET sealed_token =
    (SELECT sealed_token FROM slack_workspace WHERE msp_id = 'msp-1' AND key = 'T:T1')`)
  expect((await workspaces.installed('T:T1'))?.token).toBe('xoxb-one-secret')
  await expect(workspaces.installed('T:T2')).rejects.toThrow(/moved to another place/)
  await expect(theirs.installed('T:T1')).rejects.toThrow(/moved to another place/)
  await other.close()
  const wrongKey = storage.slackWorkspaces(createSealing(randomBytes(32)))
  await expect(wrongKey.installed('T:T1')).rejects.toThrow(/sealed with another key/)
})

test(`no export holds a token, ${ENGINE} engine`, async () => {
  await install(workspace())
  let text = ''
  for await (const line of storage.exportLines()) text += `${line}\n`
  expect(text).toContain('"slack_workspace"')
  expect(text).toContain('T:T1')
  expect(text).not.toContain('xoxb-one')
  expect(text).not.toContain(Buffer.from('xoxb-one-secret').toString('base64').slice(0, 12))
})

test(`the table refuses a token that is not sealed, and a removed one, ${ENGINE} engine`, async () => {
  await install(workspace())
  for (const change of [
    "sealed_token = 'xoxb-1'",
    'sealed_token = NULL',
    'removed_at = now()',
    "key = 'T1'",
  ]) {
    await expect(database.sql(`UPDATE slack_workspace SET ${change}`)).rejects.toThrow(/check/)
  }
})
