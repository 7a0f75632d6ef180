import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseConfig } from '../../../bot/config.js'
import { type Running, start } from '../../../bot/main.js'
import type { HttpServer } from '../../../bot/http.js'
import { fakeMarketplace } from '../../adapters/ingram/fake-marketplace.js'
import { createSlackSender } from '../../emulators/slack/sender.js'
import { type SlackEmulator, startSlackEmulator } from '../../emulators/slack/server.js'
import { rawRequest } from '../../support/raw-request.js'
import { GOOD_SETTINGS } from '../../support/settings.js'
import { openBrowser } from './browser.js'
import { APP, PUBLIC_URL, SIGNING_SECRET } from './harness.js'

const APP_TOKEN = 'xapp-1-A0001-1-secret'
let marketplace: Awaited<ReturnType<typeof fakeMarketplace>>
let emulator: SlackEmulator
beforeAll(async () => {
  marketplace = await fakeMarketplace({ subscriptions: [] })
  emulator = await startSlackEmulator({ app: APP, appToken: APP_TOKEN })
})
afterAll(async () => {
  await emulator.close()
  await marketplace.close()
})

/** The product as anybody starts it, with a database in memory. */
async function served(
  settings: Readonly<Record<string, string>>,
  work: (server: HttpServer, running: Running) => Promise<void>,
): Promise<void> {
  const config = parseConfig({
    ...GOOD_SETTINGS,
    INGRAM_URL: marketplace.url,
    PEOPLE: 'slack:T1:U1=admin:Dana',
    SLACK_API_URL: emulator.apiUrl,
    PORT: '0',
    LOG_LEVEL: 'silent',
    ...settings,
  })
  const running = await start({ ...config, dataDirectory: undefined }, { shortLived: true })
  try {
    const server = await running.serve()
    try {
      await work(server, running)
    } finally {
      await server.close()
    }
  } finally {
    await running.close()
  }
}

function saidBy(text: string): Promise<void> {
  return new Promise((resolve) => {
    emulator.world.watch(({ user, text: words }) => {
      const heard = user === emulator.world.botUser && words.includes(text)
      if (heard) resolve()
      return heard
    })
  })
}

test('over Socket Mode, from the settings to the answer', { timeout: 120_000 }, async () => {
  const settings = { SLACK_BOT_TOKEN: emulator.botToken, SLACK_APP_TOKEN: APP_TOKEN }
  await served(settings, async (server) => {
    await emulator.sockets.connected()
    const slack = createSlackSender({
      target: undefined,
      signingSecret: '',
      emulator,
      now: () => new Date(),
    })
    const said = saidBy('')
    expect((await slack.direct('U1', 'people')).status).toBe(200)
    await said
    const { body } = await rawRequest(server.url, { path: '/readyz' })
    expect(body).toContain('"slack":"ok"')
  })
})

test('a workspace installs the app, from the settings to the answer', { timeout: 120_000 }, async () => {
  const settings = {
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_CLIENT_ID: APP.clientId,
    SLACK_CLIENT_SECRET: APP.clientSecret,
    SECRETS_KEY: randomBytes(32).toString('hex'),
    PUBLIC_URL,
  }
  await served(settings, async (server, running) => {
    expect((await rawRequest(server.url, { path: '/readyz' })).status).toBe(200)
    expect((await openBrowser({ server }).install({ team: 'T1', user: 'U1' })).status).toBe(200)
    const target = `${server.url}/slack/events`
    const slack = createSlackSender({
      target,
      signingSecret: SIGNING_SECRET,
      emulator,
      now: () => new Date(),
    })
    const told = saidBy('Audit trail')
    await slack.direct('U1', 'audit')
    await told
    const card = JSON.stringify(emulator.world.direct('U1').messages.at(-1)?.blocks)
    expect(card).toContain('Dana installed the app in the Slack workspace Example (slack:T1)')
    expect(card).not.toContain('xoxb')
    expect(running.studio).toBeDefined()
  })
})
