import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { App, HTTPReceiver } from '@slack/bolt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as product from '../../../bot/slack/app.js'
import { createSlackSurface } from '../../../bot/slack/app.js'
import { memoryLog } from '../../support/memory-log.js'
import { impatientPacing } from '../../support/pacing.js'
import { mutant } from '../../support/mutant.js'
import { rawRequest } from '../../support/raw-request.js'
import { SECRET, STAMP, VARIANTS, hmac } from './bad-signatures.js'
import { type SlackHouse, type SlackHouseOptions, slackHouse } from './harness.js'

const open: SlackHouse[] = []
afterAll(async () => {
  for (const each of open) await each.close()
})

interface Counted {
  readonly house: SlackHouse
  /** What reached the desk. */
  readonly asked: string[]
}

/** A house that writes down what its desk is asked. */
async function counted(options: SlackHouseOptions = {}): Promise<Counted> {
  const asked: string[] = []
  const house = await slackHouse({
    ...options,
    change: (given) => ({
      ...(options.change?.(given) ?? given),
      desk: {
        ...given.desk,
        ask: (identity, text, onProgress) => {
          asked.push(`${identity} ${text}`)
          return given.desk.ask(identity, text, onProgress)
        },
        click: (identity, click) => {
          asked.push(`${identity} ${click.name} ${click.target.id}`)
          return given.desk.click(identity, click)
        },
      },
    }),
  })
  open.push(house)
  return { house, asked }
}

function post(
  { server }: SlackHouse,
  body: string,
  headers: Readonly<Record<string, string | readonly string[]>>,
) {
  return rawRequest(server.url, { method: 'POST', path: '/slack/events', headers, body })
}

const FORM = 'application/x-www-form-urlencoded'

describe('what is not freshly signed by Slack', () => {
  let subject: Counted
  beforeAll(async () => {
    subject = await counted()
  })

  test.each(VARIANTS)('is refused with 401: $name', async ({ headers, body }) => {
    const given = Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]]))
    const answer = await post(subject.house, body, { ...given, 'content-type': FORM })
    expect(answer).toMatchObject({ status: 401, body: 'Unauthorized\n' })
  })

  test('and nothing of it was heard: no desk, no key, no call of Slack’s API, and the process lives', async () => {
    const { house, asked } = subject
    await house.settled()
    expect(asked).toEqual([])
    expect(house.once.keys.size).toBe(0)
    expect(house.emulator.calls.map(({ method }) => method)).toEqual(['auth.test'])
    const sent = await house.slack.command('U1', 'C1', 'who')
    expect(sent).toEqual({ status: 200, body: '' })
    await house.settled()
    expect(asked).toEqual(['slack:T1:U1 who'])
  })

  test('without the check, every one of them is carried out', async () => {
    const module = await mutant<typeof product>({
      file: 'bot/slack/app.ts',
      from: 'if (!verdict.genuine) {',
      to: 'if (Math.random() > 2) {',
    })
    const { house, asked } = await counted({ create: module.createSlackSurface })
    const forged = VARIANTS.filter(({ body }) => body.includes('user_id=U1'))
    for (const { headers, body } of forged) {
      const given = Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]]))
      await post(house, body, { ...given, 'content-type': FORM })
    }
    await house.settled()
    expect(asked.length).toBeGreaterThan(0)
  })
})

describe('Slack’s own questions', () => {
  test('whether the address is ours: the challenge comes back', async () => {
    const { house, asked } = await counted()
    const { slack } = house
    const body = JSON.stringify({ type: 'url_verification', challenge: 'abc', token: 'x' })
    expect(await slack.send(slack.sign(body, 'json'))).toEqual({ status: 200, body: '{"challenge":"abc"}' })
    expect(asked).toEqual([])
    expect((await post(house, body, { 'content-type': 'application/json' })).status).toBe(401)
  })

  test('whether the certificate holds: unsigned, answered with nothing, done nothing', async () => {
    const { house, asked } = await counted()
    expect(await post(house, 'token=x&ssl_check=1', { 'content-type': FORM })).toMatchObject({ status: 200 })
    expect(asked).toEqual([])
  })

  test('the type of a body with its character set', async () => {
    const { house, asked } = await counted()
    const { headers, body } = house.slack.request.command('U1', 'C1', 'status')
    const answer = await post(house, body, { ...headers, 'content-type': `${FORM}; charset=UTF-8` })
    expect(answer.status).toBe(200)
    await house.settled()
    expect(asked).toEqual(['slack:T1:U1 status'])
  })
})

describe('signed, and not to be used', () => {
  let subject: Counted
  beforeAll(async () => {
    subject = await counted()
  })

  const click = { type: 'block_actions', user: { id: 'U1' }, team: { id: 'T1' }, trigger_id: '1' }
  test.each([
    ['nothing', '', 'json'],
    ['null', 'null', 'json'],
    ['a number', '5', 'json'],
    ['no JSON', '{"type":', 'json'],
    ['too deep', `${'['.repeat(500)}${']'.repeat(500)}`, 'json'],
    ['a payload that is null', 'payload=null', 'form'],
    ['a payload that is no JSON', 'payload=%7B', 'form'],
    ['a command of nobody', 'command=%2Fbilling&text=who&team_id=T1&channel_id=C1&response_url=x', 'form'],
    [
      'a command of two people',
      'command=%2Fbilling&team_id=T1&user_id=U1&user_id=U2&channel_id=C1&response_url=x',
      'form',
    ],
    [
      'a command of somebody with a colon',
      'command=%2Fbilling&team_id=T1&user_id=U1:console:dana&channel_id=C1&response_url=x',
      'form',
    ],
    ['a click without an action', JSON.stringify({ ...click, container: {}, actions: [] }), 'json'],
    [
      'a click of nobody',
      JSON.stringify({ ...click, user: {}, container: {}, actions: [{ type: 'button', action_id: 'a' }] }),
      'json',
    ],
    [
      'a window that is not ours',
      JSON.stringify({
        type: 'view_submission',
        user: { id: 'U1' },
        team: { id: 'T1' },
        view: { callback_id: 'x' },
      }),
      'json',
    ],
  ] as const)('%s: 400', async (_, body, type) => {
    const { slack } = subject.house
    expect((await slack.send(slack.sign(body, type))).status).toBe(400)
  })

  test('another type of body: 400', async () => {
    const { house } = subject
    const { headers, body } = house.slack.request.command('U1', 'C1', 'who')
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', `${FORM}; charset=utf-16`, '']) {
      expect((await post(house, body, { ...headers, 'content-type': type })).status).toBe(400)
    }
  })

  const event = {
    type: 'app_mention',
    user: 'U1',
    team: 'T1',
    channel: 'C1',
    text: '<@UBOT> propose',
    ts: '1774011600.000100',
  }
  const said = { ...event, type: 'message', channel: 'D1', channel_type: 'im', text: 'propose' }
  const callback = (inner: object) => ({
    type: 'event_callback',
    team_id: 'T1',
    event_id: 'Ev9',
    event: inner,
  })
  test.each([
    ['what the bot said itself', callback({ ...said, bot_id: 'B0001' })],
    ['what another bot said', callback({ ...event, bot_id: 'B0002' })],
    ['an edit that names the bot', callback({ ...event, edited: { user: 'U1', ts: '1774011600.000101' } })],
    ['a message changed', callback({ ...said, subtype: 'message_changed' })],
    ['somebody joined', callback({ ...said, subtype: 'channel_join' })],
    ['talk in a channel', callback({ ...said, channel: 'C1', channel_type: 'channel' })],
    ['talk among several', callback({ ...said, channel: 'G1', channel_type: 'mpim' })],
    ['a reaction', callback({ type: 'reaction_added', user: 'U1', item: { channel: 'C1' } })],
    ['another tab of the app', callback({ type: 'app_home_opened', user: 'U1', tab: 'messages' })],
    ['an event that is a word', { ...callback({}), event: 'app_mention' }],
    ['a shortcut', { type: 'shortcut', callback_id: 'x', user: { id: 'U1' }, trigger_id: '1' }],
    ['a menu’s question', { type: 'block_suggestion', value: 'x', user: { id: 'U1' } }],
    ['a window closed', { type: 'view_closed', user: { id: 'U1' }, view: { callback_id: 'reject' } }],
    ['an empty object', {}],
  ])('%s: 200, and nothing happens', async (_, body) => {
    const { slack } = subject.house
    expect(await slack.send(slack.sign(JSON.stringify(body), 'json'))).toEqual({ status: 200, body: 'OK\n' })
  })

  test('none of it was heard, and the process lives', async () => {
    const { house, asked } = subject
    await house.settled()
    expect(asked).toEqual([])
    expect(house.log.lines.filter(({ level }) => level === 'error')).toEqual([])
    expect((await house.slack.command('U1', 'C1', 'who')).status).toBe(200)
  })
})

describe('a request acts once', () => {
  test('sent a thousand times, acknowledged each time, carried out once', async () => {
    const { house, asked } = await counted()
    const request = house.slack.request.command('U1', 'C1', 'propose march')
    const statuses = new Set<number>()
    for (let round = 0; round < 20; round += 1) {
      const sent = await Promise.all(Array.from({ length: 50 }, () => house.slack.send(request)))
      for (const { status } of sent) statuses.add(status)
    }
    await house.settled()
    expect([...statuses]).toEqual([200])
    expect(asked).toEqual(['slack:T1:U1 propose march'])
    expect(await house.billing.open()).toHaveLength(1)
    expect(house.said()).toHaveLength(1)
  })

  test('without the memory of requests, each repetition is carried out', async () => {
    const { house, asked } = await counted({
      change: (given) => ({ ...given, once: { first: async () => true } }),
    })
    const request = house.slack.request.command('U1', 'C1', 'status')
    for (let round = 0; round < 3; round += 1) await house.slack.send(request)
    await house.settled()
    expect(asked).toHaveLength(3)
  })

  test('an event Slack repeats with a new signature: 200, and carried out once', async () => {
    const { house, asked } = await counted()
    const { body, headers } = house.slack.request.mention('U1', 'C1', 'propose march', 'Ev42')
    await house.slack.send({ body, headers })
    for (const [retry, seconds] of [
      [1, 1],
      [2, 60],
      [3, 300],
    ] as const) {
      house.world.now = new Date(STAMP * 1000 + seconds * 1000)
      const again = house.slack.sign(body, 'json')
      const repeated = { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_timeout' }
      const sent = await house.slack.send({ body, headers: { ...again.headers, ...repeated } })
      expect(sent.status).toBe(200)
    }
    await house.settled()
    expect(asked).toHaveLength(1)
  })

  test('without the memory of events, a repeated event is carried out again', async () => {
    const { house, asked } = await counted({
      change: (given) => ({
        ...given,
        once: { first: async (key, until) => key.startsWith('slack:event:') || given.once.first(key, until) },
      }),
    })
    const { body } = house.slack.request.mention('U1', 'C1', 'status', 'Ev42')
    await house.slack.send(house.slack.sign(body, 'json', STAMP))
    await house.slack.send(house.slack.sign(body, 'json', STAMP + 1))
    await house.settled()
    expect(asked).toHaveLength(2)
  })

  test('keys are remembered beyond the time in which the request would still be fresh', async () => {
    const { house } = await counted()
    await house.slack.send(house.slack.request.mention('U1', 'C1', 'status', 'Ev42'))
    await house.settled()
    const kept = [...house.once.keys.values()].map((until) => until.getTime() - house.world.now.getTime())
    expect(kept).toHaveLength(2)
    expect(kept[0]).toBeGreaterThanOrEqual(2 * 300_000)
    expect(kept[1]).toBeGreaterThanOrEqual(24 * 3_600_000)
  })
})

/** Why the door is ours: the same requests, given to Bolt alone. */
describe('Bolt alone', () => {
  test('takes a request from the future, runs a repeated one twice, and ends the process on an unknown path', async () => {
    const receiver = new HTTPReceiver({ signingSecret: SECRET })
    const app = new App({ receiver, authorize: async () => ({}), logger: quiet() })
    let ran = 0
    app.command(/./, async ({ ack }) => {
      ran += 1
      await ack()
    })
    const thrown: unknown[] = []
    const server = createServer((message, response) => {
      try {
        receiver.requestListener(message, response)
      } catch (error) {
        thrown.push(error)
        response.writeHead(500).end()
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const stamp = Math.floor(Date.now() / 1000) + 4000
    const body = 'command=%2Fbilling&text=who&team_id=T1&user_id=U1&channel_id=C1'
    const headers = {
      'content-type': FORM,
      'x-slack-request-timestamp': String(stamp),
      'x-slack-signature': `v0=${hmac(`v0:${stamp}:${body}`)}`,
    }
    const request = { method: 'POST', path: '/slack/events', headers, body }
    expect((await rawRequest(url, request)).status).toBe(200)
    expect((await rawRequest(url, request)).status).toBe(200)
    expect(ran).toBe(2)
    await rawRequest(url, { path: '/slack/zzz' })
    expect(thrown).toMatchObject([{ code: 'slack_bolt_http_receiver_deferred_request_error' }])
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  })
})

function quiet() {
  const nothing = () => undefined
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    setLevel: nothing,
    getLevel: () => 'error' as never,
    setName: nothing,
  }
}

test.each([
  ['a token that is none', { botToken: 'secret' }],
  ['an empty secret', { signingSecret: '' }],
  ['a short secret', { signingSecret: 'abc' }],
  ['a secret of spaces', { signingSecret: ' '.repeat(40) }],
])('it does not start half-configured: %s', async (_, wrong) => {
  const { house } = await counted()
  const parts = { now: house.now, log: memoryLog(), desk: house.desk, board: house.board, once: house.once }
  const work = {
    running: 0,
    start: () => undefined,
    startAnswer: () => undefined,
    finish: async () => undefined,
  }
  const pacing = impatientPacing()
  const options = { ...parts, work, pacing, botToken: 'xoxb-1', signingSecret: SECRET, ...wrong }
  expect(() => createSlackSurface(options)).toThrow(/Slack cannot be reached like this.*Nothing was started/)
})
