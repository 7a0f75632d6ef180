import { type RequestListener, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import type * as product from '../../../bot/slack/app.js'
import { createSlackClient } from '../../../bot/slack/client.js'
import { slackTrouble } from '../../../bot/slack/trouble.js'
import { Problem } from '../../../core/problem.js'
import type { Outage } from '../../emulators/slack/server.js'
import { memoryLog } from '../../support/memory-log.js'
import { impatientPacing } from '../../support/pacing.js'
import { mutant } from '../../support/mutant.js'
import { rawRequest } from '../../support/raw-request.js'
import { type SlackHouse, type SlackHouseOptions, buttonsOf, slackHouse, wordsOf } from './harness.js'

const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

async function house(options: SlackHouseOptions = {}): Promise<SlackHouse> {
  const made = await slackHouse(options)
  closing.push(() => made.close())
  return made
}

function whispers({ emulator }: SlackHouse, user: string): string[] {
  return emulator.world.ephemerals.filter((one) => one.user === user).map(wordsOf)
}

/** A server that is not Slack's, and what it was asked. */
async function stranger(
  answer: RequestListener,
): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

describe('Slack’s API does not answer', () => {
  test.each<Outage>(['error', 'cut', 'invalid_auth'])(
    '%s: the decision stands, and is seen afterwards',
    async (outage) => {
      const given = await house()
      await given.slack.command('U1', 'C1', 'propose march')
      await given.settled()
      const [card] = given.said()
      if (card === undefined) throw new Error('no card')
      given.emulator.setOutage(outage)
      expect(await given.slack.click('U2', card, 'approve')).toEqual({ status: 200, body: '' })
      await given.settled()
      expect((await given.billing.approval('APR-0001'))?.approval.decision).toMatchObject({ byName: 'Lee' })
      expect(buttonsOf(card)).toEqual(['approve', 'reject'])
      given.emulator.setOutage()
      await given.slack.click('U2', card, 'approve')
      await given.settled()
      expect(wordsOf(card)).toContain('Approved by Lee')
      expect((await given.billing.trail()).filter(({ action }) => action.endsWith('.approved'))).toHaveLength(
        1,
      )
      expect(given.log.lines.some(({ level }) => level === 'warn')).toBe(true)
    },
  )

  test('an answer that cannot be posted takes another way; one that finds none is kept', async () => {
    const given = await house()
    await given.settled()
    given.emulator.setOutage('invalid_auth')
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(given.said()).toEqual([])
    expect(whispers(given, 'U1')).toEqual([expect.stringContaining('Running subscriptions')])
    given.emulator.setOutage('error')
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(given.log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { message: 'an answer could not be posted' },
    ])
    expect(given.deliveries.kept.map(({ delivery: { address } }) => JSON.parse(address) as unknown)).toEqual([
      { channel: 'C1', user: 'U1' },
    ])
  })

  test('a hiccup of one try is not noticed', async () => {
    const given = await house()
    given.emulator.limitRate({ method: 'chat.postMessage', calls: 1, retryAfterSeconds: 1 })
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(given.said()).toHaveLength(1)
    expect(given.emulator.calls.map(({ method, status }) => `${method} ${status}`)).toEqual([
      'auth.test 200',
      'chat.postMessage 429',
      'chat.postMessage 200',
    ])
  })

  test('being told to wait for an hour: it is asked once, the answer is kept for then, and the asker hears so', async () => {
    const given = await house()
    given.emulator.limitRate({ method: 'chat.postMessage', calls: 99, retryAfterSeconds: 3600 })
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(whispers(given, 'U1')).toEqual([expect.stringContaining('the answer follows by itself')])
    const tries = given.emulator.calls.filter(({ method }) => method === 'chat.postMessage')
    expect(tries).toHaveLength(1)
    const [kept] = given.deliveries.kept
    expect(kept?.delivery.notBefore).toEqual(new Date(given.world.now.getTime() + 3_600_000))
  })
})

describe('something of ours breaks', () => {
  test('a bug: the asker gets a reference that stands in the log, and nothing else of it', async () => {
    const given = await house({
      change: (options) => ({
        ...options,
        desk: { ...options.desk, ask: async () => Promise.reject(new Error('undefined is not xoxb-secret')) },
      }),
    })
    await given.slack.command('U1', 'C1', 'who')
    await given.settled()
    const [told = ''] = whispers(given, 'U1')
    const [, reference] = /reference ([0-9a-f]{8})/.exec(told) ?? []
    expect(told).not.toContain('xoxb')
    expect(given.log.lines).toMatchObject([{ level: 'error', fields: { reference } }])
  })

  test('the memory of requests: nothing is done, and the asker hears so', async () => {
    const down = new Problem({
      kind: 'unavailable',
      what: 'The database does not answer.',
      notDone: 'Nothing was done.',
    })
    const given = await house({
      change: (options) => ({ ...options, once: { first: async () => Promise.reject(down) } }),
    })
    expect((await given.slack.command('U1', 'C1', 'propose march')).status).toBe(200)
    await given.settled()
    expect(whispers(given, 'U1')).toEqual([expect.stringContaining('The database does not answer.')])
    expect(await given.billing.open()).toEqual([])
  })

  test('stopping waits for what was acknowledged', async () => {
    const given = await slackHouse()
    await Promise.all(Array.from({ length: 20 }, () => given.slack.command('U1', 'C1', 'status')))
    await given.server.close()
    expect(given.said()).toHaveLength(20)
    await given.emulator.close()
  })
})

describe('readiness', () => {
  test('follows Slack’s word on the token, asked again after some minutes', async () => {
    const given = await house()
    const ready = async () => (await rawRequest(given.server.url, { path: '/readyz' })).status
    await given.settled()
    expect(await ready()).toBe(200)
    given.emulator.setOutage('invalid_auth')
    expect(await ready()).toBe(200)
    given.world.now = new Date(given.world.now.getTime() + 300_001)
    expect(await ready()).toBe(503)
    given.emulator.setOutage()
    expect(await ready()).toBe(200)
  })

  test('a wrong token is never ready, and the log says why without saying the token', async () => {
    const given = await house({ change: (options) => ({ ...options, botToken: 'xoxb-wrong' }) })
    await given.settled()
    const { status, body } = await rawRequest(given.server.url, { path: '/readyz' })
    expect([status, JSON.parse(body)]).toEqual([503, { ready: false, checks: { slack: 'failed' } }])
    const text = JSON.stringify(given.log.lines)
    expect(text).toContain('invalid_auth')
    expect(text).not.toContain('xoxb-wrong')
  })
})

describe('an error of a server', () => {
  test.each([
    [500, 1, 4, 'unknown'],
    [504, 1, 4, 'unknown'],
    [502, 4, 4, 'notSent'],
    [503, 4, 4, 'notSent'],
  ])('%d: a post is tried %d times, an update %d times', async (status, posts, updates, type) => {
    const server = await stranger((_, response) => response.writeHead(status).end('<html>'))
    const options = { botToken: 'xoxb-1', apiUrl: `${server.url}/api/`, log: memoryLog() }
    const client = createSlackClient({ ...options, pacing: impatientPacing() })
    const message = { text: 'x', blocks: [] }
    const failed = async (call: Promise<unknown>) =>
      slackTrouble(
        await call.then(
          () => undefined,
          (error: unknown) => error,
        ),
      ).type
    expect(await failed(client.post({ channel: 'C1' }, message))).toBe(type)
    expect(server.asked).toHaveLength(posts)
    expect(await failed(client.update({ channel: 'C1', stamp: '1.1' }, message))).toBe(type)
    expect(server.asked).toHaveLength(posts + updates)
    expect(await failed(client.respond(`${server.url}/hooks/1`, message, { replace: false }))).toBe(type)
  })
})

describe('only Slack’s hosts are spoken to', () => {
  test('an answer address somewhere else gets nothing', async () => {
    const other = await stranger((_, response) => response.end('ok'))
    const given = await house()
    const { body } = given.slack.request.command('U4', 'C1', 'propose')
    const fields = new URLSearchParams(body)
    fields.set('response_url', `${other.url}/hooks/1`)
    await given.slack.send(given.slack.sign(fields.toString(), 'form'))
    await given.settled()
    expect(other.asked).toEqual([])
    expect(whispers(given, 'U4')).toEqual([expect.stringContaining('may not do that')])
  })

  test('without that, it would get the answer', async () => {
    const { createSlackSurface } = await mutant<typeof product>({
      file: 'bot/slack/client.ts',
      from: 'url.host === api.host || subdomain',
      to: 'true',
      entry: 'app.ts',
    })
    const other = await stranger((_, response) => response.end('ok'))
    const given = await house({ create: createSlackSurface })
    const fields = new URLSearchParams(given.slack.request.command('U4', 'C1', 'propose').body)
    fields.set('response_url', `${other.url}/hooks/1`)
    await given.slack.send(given.slack.sign(fields.toString(), 'form'))
    await given.settled()
    expect(other.asked).toEqual(['/hooks/1'])
  })

  test.each([
    ['https://slack.com/api/', 'https://hooks.slack.com.evil.example/x'],
    ['https://slack.com/api/', 'https://evilslack.com/x'],
    ['https://slack.com/api/', 'http://hooks.slack.com/x'],
    ['https://slack.com/api/', 'https://slack.com@evil.example/x'],
    ['https://slack.com/api/', 'https://hooks.slack.com:8443/x'],
    ['https://slack.com/api/', 'file:///etc/passwd'],
    ['http://127.0.0.1:9/api/', 'http://sub.127.0.0.1:9/x'],
  ])('for %s, %s is a stranger', async (apiUrl, responseUrl) => {
    const client = createSlackClient({
      botToken: 'xoxb-1',
      apiUrl,
      log: memoryLog(),
      pacing: impatientPacing(),
    })
    const said = client.respond(responseUrl, { text: 'x', blocks: [] }, { replace: false })
    await expect(said).rejects.toThrow(/is not a host of Slack|Invalid URL/)
  })

  test('a redirect is not followed, and an endless answer not read', async () => {
    const away = await stranger((_, response) => response.end('{"ok":true}'))
    const moved = await stranger((_, response) => response.writeHead(302, { location: away.url }).end())
    const client = createSlackClient({
      botToken: 'xoxb-1',
      apiUrl: `${moved.url}/api/`,
      log: memoryLog(),
      pacing: impatientPacing(),
    })
    const url = `${moved.url}/hooks/1`
    await expect(client.respond(url, { text: 'x', blocks: [] }, { replace: false })).rejects.toThrow(
      /fetch failed|redirect/,
    )
    expect(away.asked).toEqual([])
    const endless = await stranger((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' ')));
      }
      response.on('drain', more)
      more()
    })
    const second = createSlackClient({
      botToken: 'xoxb-1',
      apiUrl: `${endless.url}/api/`,
      log: memoryLog(),
      pacing: impatientPacing(),
    })
    const said = second.respond(`${endless.url}/hooks/1`, { text: 'x', blocks: [] }, { replace: false })
    await expect(said).rejects.toThrow(/answered too much/)
  })
})
