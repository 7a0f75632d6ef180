import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { parseConfig } from '../../bot/config.js'
import { start } from '../../bot/main.js'
import { Problem } from '../../core/problem.js'
import { sendJson } from '../adapters/http/scripted-server.js'
import { fakeMarketplace } from '../adapters/ingram/fake-marketplace.js'

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

test.each([
  ['is told in words, not in JSON', true, ''],
  [
    'is not there to be told, so the log has it',
    false,
    'The marketplace did not answer usably; trying again',
  ],
])('whoever is at a terminal %s', { timeout: 120_000 }, async (_, atTerminal, logged) => {
  let limited = true
  const marketplace = await fakeMarketplace({}, (_received, response) => {
    if (!limited) return false
    limited = false
    sendJson(response, {}, 429, { 'Retry-After': '1' })
    return true
  })
  let written = ''
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text)
    return true
  })
  const config = parseConfig({ ...SETTINGS, INGRAM_URL: marketplace.url })
  const running = await start({ ...config, dataDirectory: undefined }, { atTerminal, shortLived: true })
  try {
    expect((await running.ask('observe')).problem).toBeUndefined()
  } finally {
    stderr.mockRestore()
    await running.close()
    await marketplace.close()
  }
  const json = written.split('\n').filter((line) => line.startsWith('{'))
  expect(json.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(logged === '' ? [] : [logged])
})
