import { afterAll, describe, expect, test } from 'vitest'
import type * as product from '../../../bot/slack/app.js'
import { mutant } from '../../support/mutant.js'
import { rawRequest } from '../../support/raw-request.js'
import { type SlackHouse, type SlackHouseOptions, buttonsOf, slackHouse, wordsOf } from './harness.js'

const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

async function house(options: SlackHouseOptions = {}): Promise<SlackHouse> {
  const made = await slackHouse({ socket: true, ...options })
  closing.push(() => made.close())
  return made
}

async function ready({ server }: SlackHouse): Promise<string> {
  return (await rawRequest(server.url, { path: '/readyz' })).body
}

/** Waits for something that happens by itself in a moment. */
async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => void setTimeout(resolve, 10))
}

describe('everything people do comes through the socket', () => {
  test('a command, a mention, a direct message, clicks and a window', async () => {
    const given = await house()
    expect(await given.slack.command('U1', 'C1', 'propose march')).toEqual({ status: 200, body: '' })
    await given.settled()
    const [card] = given.said()
    if (card === undefined) throw new Error('no card')
    expect(buttonsOf(card)).toContain('approve')
    await given.slack.mention('U1', 'C1', 'status')
    await given.settled()
    expect(given.said()).toHaveLength(2)
    await given.slack.direct('U1', 'approvals')
    await given.settled()
    const direct = given.emulator.world.direct('U1')
    expect(given.said(direct.id)).toHaveLength(1)
    await given.slack.click('U2', card, 'reject')
    await given.settled()
    const view = given.emulator.world.views.at(-1)
    if (view === undefined) throw new Error('no window')
    const refused = await given.slack.submit(view, '  ')
    expect(refused.body).toContain('"response_action":"errors"')
    expect(view.open).toBe(true)
    expect(await given.slack.submit(view, 'too many seats')).toEqual({ status: 200, body: '' })
    await given.settled()
    expect(wordsOf(card)).toContain('too many seats')
  })

  test('a click that approves', async () => {
    const given = await house()
    await given.slack.command('U1', 'C1', 'propose march')
    await given.settled()
    const [card] = given.said()
    if (card === undefined) throw new Error('no card')
    expect((await given.slack.click('U2', card, 'approve')).status).toBe(200)
    await given.settled()
    expect(wordsOf(card)).toContain('Approved by Lee')
  })

  test('what is nothing of ours is acknowledged and does nothing', async () => {
    const given = await house()
    const shortcut = {
      type: 'shortcut',
      callback_id: 'x',
      user: { id: 'U1' },
      team: { id: 'T1' },
      trigger_id: '1',
    }
    const unread = {
      type: 'block_actions',
      user: {},
      team: { id: 'T1' },
      actions: [{ type: 'button', action_id: 'x' }],
    }
    for (const payload of [shortcut, unread]) {
      const envelope = {
        envelope_id: payload.type,
        type: 'interactive',
        payload,
        accepts_response_payload: true,
      } as const
      expect((await given.emulator.sockets.deliver(envelope)).status).toBe(200)
    }
    await given.settled()
    expect(given.said()).toEqual([])
    expect(given.once.keys.size).toBe(0)
  })

  test('a field of another kind beside what we read does not make Bolt take it for something else', async () => {
    const given = await house()
    const { world, hookUrl } = given.emulator
    const payload = {
      command: '/billing',
      text: 'status',
      team_id: 'T1',
      user_id: 'U1',
      channel_id: 'C1',
      trigger_id: '1.2.3',
      response_url: hookUrl(world.openHook('C1', 'U1')),
      event: 'app_mention',
      actions: 'none',
      is_enterprise_install: 7,
    }
    const envelope = {
      envelope_id: 'e1',
      type: 'slash_commands',
      payload,
      accepts_response_payload: true,
    } as const
    expect((await given.emulator.sockets.deliver(envelope)).status).toBe(200)
    await given.settled()
    expect(given.said()).toHaveLength(1)
    expect(given.log.lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('there is no address Slack could call', async () => {
    const given = await house()
    for (const path of ['/slack/events', '/slack/install', '/slack/oauth_redirect']) {
      for (const method of ['GET', 'POST']) {
        expect((await rawRequest(given.server.url, { path, method })).status).toBe(404)
      }
    }
  })
})

describe('what is delivered again acts once', () => {
  test.each([
    ['a command', (given: SlackHouse) => given.slack.request.command('U1', 'C1', 'propose march')],
    ['an event', (given: SlackHouse) => given.slack.request.mention('U1', 'C1', 'propose march', 'Ev42')],
  ])('%s', async (_, make) => {
    const given = await house()
    const request = make(given)
    for (const retry of [undefined, 1, 2, 3]) {
      expect((await given.emulator.sockets.send(request, retry)).status).toBe(200)
    }
    await given.settled()
    expect(given.said()).toHaveLength(1)
    expect(await given.billing.open()).toHaveLength(1)
  })

  test('without the memory of what was done, it acts again', async () => {
    const given = await house({ change: (options) => ({ ...options, once: { first: async () => true } }) })
    const request = given.slack.request.command('U1', 'C1', 'status')
    for (const retry of [undefined, 1]) await given.emulator.sockets.send(request, retry)
    await given.settled()
    expect(given.said()).toHaveLength(2)
  })

  test('two commands with the same words are two', async () => {
    const given = await house()
    await given.slack.command('U1', 'C1', 'status')
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(given.said()).toHaveLength(2)
  })
})

describe('the connection', () => {
  test.each(['refresh', 'cut'] as const)('is opened again when it ends: %s', async (way) => {
    const given = await house()
    expect(await ready(given)).toContain('"slack":"ok"')
    given.emulator.sockets.end(way)
    await given.emulator.sockets.connected()
    expect(given.emulator.sockets.opened).toBe(2)
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(given.said()).toHaveLength(1)
    expect(await ready(given)).toContain('"slack":"ok"')
  })

  test('while Slack is away the program lives, says it is not ready, and comes back', async () => {
    const { createSlackSurface } = await mutant<typeof product>({
      file: 'bot/slack/client.ts',
      from: 'minTimeout: CHAT_RETRY_FIRST_MILLISECONDS',
      to: 'minTimeout: 2',
      entry: 'app.ts',
    })
    const given = await house({ create: createSlackSurface })
    given.emulator.setOutage('cut')
    given.emulator.sockets.end('cut')
    await until(() => given.log.lines.some(({ message }) => message === 'no connection to Slack'))
    expect(await ready(given)).toContain('"slack":"failed"')
    given.emulator.setOutage()
    await given.emulator.sockets.connected()
    await until(async () => (await ready(given)).includes('"slack":"ok"'))
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(given.said()).toHaveLength(1)
  })

  test.each([
    ['no JSON', '{"type":'],
    ['null', 'null'],
    ['an event without one', '{"type":"events_api","envelope_id":"e","payload":{}}'],
    ['an event of nothing', '{"type":"events_api","envelope_id":"e","payload":null}'],
    ['an envelope without a payload', '{"type":"slash_commands","envelope_id":"e"}'],
    ['a type of the library’s own', '{"type":"slack_event","envelope_id":"e","payload":null}'],
  ])('says something that cannot be understood, and the program lives: %s', async (_, text) => {
    const given = await house()
    given.emulator.sockets.say(text)
    await given.slack.command('U1', 'C1', 'status')
    await given.settled()
    expect(given.said()).toHaveLength(1)
  })

  test('without a guard around the library, that would end the program', async () => {
    const { createSlackSurface } = await mutant<typeof product>({
      file: 'bot/slack/socket.ts',
      from: "for (const name of ['ws_message', 'slack_event']) guard(client, name, log)",
      to: 'guard(client, "nothing", log)',
      entry: 'app.ts',
    })
    const given = await house({ create: createSlackSurface })
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    const unhandled: unknown[] = []
    process.on('unhandledRejection', (reason) => void unhandled.push(reason))
    given.emulator.sockets.say('null')
    await until(() => unhandled.length > 0)
    process.removeAllListeners('unhandledRejection')
    for (const other of others) process.on('unhandledRejection', other)
    expect(unhandled).toEqual([expect.any(TypeError)])
  })

  test('goes to no other host than Slack’s', async () => {
    const elsewhere = await slackHouse()
    closing.push(() => elsewhere.close())
    const given = await house()
    given.emulator.sockets.setUrl(elsewhere.server.url.replace('http', 'ws'))
    given.emulator.sockets.end('refresh')
    await until(() => JSON.stringify(given.log.lines).includes('is not a host of Slack'))
    expect(await ready(given)).toContain('"slack":"failed"')
    given.emulator.sockets.setUrl()
    await given.emulator.sockets.connected()
  })

  test('a wrong token: not ready, the reason in the log, the token nowhere', async () => {
    const made = await slackHouse({
      change: (options) => ({ ...options, signingSecret: undefined, appToken: 'xapp-wrong-token' }),
    })
    closing.push(() => made.close())
    await until(() => made.log.lines.some(({ message }) => message === 'no connection to Slack'))
    expect(await ready(made)).toContain('"slack":"failed"')
    const log = JSON.stringify(made.log.lines)
    expect(log).toContain('invalid_auth')
    expect(log).not.toContain('xapp-wrong')
  })

  test('closing waits for what was acknowledged', async () => {
    const given = await slackHouse({ socket: true })
    await Promise.all(Array.from({ length: 10 }, () => given.slack.command('U1', 'C1', 'status')))
    await given.close()
    expect(given.said()).toHaveLength(10)
    expect(given.emulator.sockets.opened).toBe(1)
  })
})
