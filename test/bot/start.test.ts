import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseConfig } from '../../bot/config.js'
import { start } from '../../bot/main.js'
import { Problem } from '../../core/problem.js'
import { checkLeaks } from '../support/leaks.js'

checkLeaks()

const SETTINGS = {
  INGRAM_URL: 'http://127.0.0.1:9',
  INGRAM_SUBSCRIPTION_KEY: '0123456789abcdef',
  INGRAM_USERNAME: 'somebody.API',
  INGRAM_PASSWORD: 'secret',
  INGRAM_MARKETPLACE: 'us',
  BILLING_TIME_ZONE: 'America/New_York',
  PEOPLE: 'console:me=admin:Me',
}

test('a program that cannot begin gives its database back', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'billing-start-'))
  const config = parseConfig({ ...SETTINGS, DATA_DIR: folder })
  const broken = { now: () => Promise.reject(new Problem({ kind: 'unavailable', what: 'No clock.' })) }
  await expect(start(config, { clock: broken })).rejects.toThrow('No clock.')
  const running = await start(config)
  expect((await running.ask('approvals')).problem).toBeUndefined()
  await running.close()
  await rm(folder, { recursive: true, force: true })
})

test('a terminal nobody is at in PEOPLE is told how to be one of them', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'billing-start-'))
  const running = await start(parseConfig({ ...SETTINGS, DATA_DIR: folder, PEOPLE: 'slack:T1:U1=admin:Me' }))
  await expect(running.ask('who')).rejects.toThrow('Add an identity such as `+console:dana`')
  await running.close()
  await rm(folder, { recursive: true, force: true })
})
