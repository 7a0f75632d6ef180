import { describe, expect, test } from 'vitest'
import type * as product from '../../../bot/teams/app.js'
import { createTeamsSurface } from '../../../bot/teams/app.js'
import { forgeriesOf } from '../../emulators/teams/forgeries.js'
import { memoryLog } from '../../support/memory-log.js'
import { rawRequest } from '../../support/raw-request.js'
import { counted, forgeries, send, strangerForSuite } from './counted.js'
import { optionsFor, startOffice } from './office.js'

const stranger = strangerForSuite()

const WORDS = { 401: 'Unauthorized\n', 403: 'Forbidden\n' }

test('forged tokens and bodies, messages and clicks: a plain refusal, no handler, no call to anybody', async () => {
  const office = await counted()
  const asked = await office.say(office.dana, office.channel, 'propose march')
  const click = office.player.invoke(office.lee, asked.id, {
    verb: 'approveSure',
    data: { id: 'APR-0001', revision: '0000000000000000' },
  })
  const met = office.references.rows()
  const before = [office.asked.length, office.emulator.calls.length]
  const { type: _, ...base } = office.player.message(office.lee, office.personal(office.lee), '')
  const context = { run: 'BR-0001', revision: '0000000000000000' }
  const others = [
    { ...click, value: { action: { type: 'Action.Execute', verb: 'refresh', data: { id: 'APR-0001' } } } },
    { ...click, name: 'fileConsent/invoke', value: { type: 'fileUpload', action: 'accept', context } },
    { ...click, name: 'task/fetch' },
    { ...base, type: 'installationUpdate', action: 'add' },
    { ...base, type: 'installationUpdate', action: 'remove' },
    { ...base, type: 'conversationUpdate', membersAdded: [{ id: office.emulator.botId }] },
  ]
  const all = [
    ...(await forgeries(office, stranger)),
    ...(await forgeriesOf(office.emulator, click, stranger.url)),
  ]
  for (const activity of others) all.push(...(await forgeriesOf(office.emulator, activity, stranger.url)))
  expect(all.length).toBeGreaterThanOrEqual(560)
  for (const forgery of all) {
    const { status, body } = await send(office, forgery)
    expect([forgery.name, status, body]).toEqual([forgery.name, forgery.status, WORDS[forgery.status]])
  }
  expect([office.asked.length, office.emulator.calls.length]).toEqual(before)
  expect(office.references.rows()).toEqual(met)
  expect(stranger.calls).toBe(0)
  await office.say(office.dana, office.personal(office.dana), 'who march')
})

test('there are at least forty forgeries, each of its own kind', async () => {
  const all = await forgeries(await startOffice(), stranger)
  expect(all.length).toBeGreaterThanOrEqual(40)
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
})

test('the log says why, and holds nothing of a token', async () => {
  const office = await startOffice()
  const all = await forgeries(office, stranger)
  for (const forgery of all) await send(office, forgery)
  const text = JSON.stringify(office.log.lines)
  expect(text).toContain('another issuer')
  expect(text).not.toMatch(/eyJ[A-Za-z0-9_-]{20}/)
})

const MALFORMED: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['text', '"message"'],
  ['half an object', '{"type":"message"'],
  ['bytes that are no text', '\ufffd\u0000'],
  ['nested a thousand times', `{"value":${'['.repeat(1000)}${']'.repeat(1000)}}`],
  ['no fields', '{}'],
  ['a type that is a number', '{"type":1,"channelId":"msteams","serviceUrl":"x"}'],
]

test.each(MALFORMED)('a body of %s is 400', async (_, body) => {
  const office = await counted()
  const headers = { authorization: await office.player.authorization() }
  const answer = await rawRequest(office.server.url, { method: 'POST', path: '/api/messages', headers, body })
  expect([answer.status, answer.body]).toEqual([400, 'Bad Request\n'])
  expect(office.asked).toEqual([])
})

test.each(['from', 'recipient', 'conversation', 'serviceUrl', 'channelId', 'type'])(
  'an activity without %s is 400',
  async (field) => {
    const office = await counted()
    const { [field]: _, ...activity } = office.player.message(office.lee, office.personal(office.lee), 'who')
    expect((await office.player.deliver(activity)).status).toBe(400)
    expect(office.asked).toEqual([])
  },
)

test('what no person did is taken and left alone', async () => {
  const office = await counted()
  const message = office.player.message(office.lee, office.personal(office.lee), 'who')
  const bot = { ...message, from: { id: '28:other-bot' } }
  const others = [
    bot,
    ...['typing', 'conversationUpdate', 'installationUpdate', 'messageReaction'].map((type) => ({
      ...message,
      type,
    })),
  ]
  for (const activity of others) expect((await office.player.deliver(activity)).status).toBe(200)
  expect(office.asked).toEqual([])
})

test.each(['task/fetch', 'composeExtension/query', 'signin/verifyState', 'fileConsent', '', undefined])(
  'a request called %j is of no kind the bot knows: a refusal that says so, and nothing is done',
  async (name) => {
    const office = await counted()
    const message = office.player.message(office.lee, office.personal(office.lee), 'who')
    expect(await office.player.deliver({ ...message, type: 'invoke', name })).toMatchObject({
      status: 400,
      body: {
        statusCode: 400,
        type: 'application/vnd.microsoft.error',
        value: { code: 'NotSupported', message: 'This bot does not take requests of this kind.' },
      },
    })
    expect(office.asked).toEqual([])
  },
)

test('where others talk, only what names the bot is for it', async () => {
  const office = await counted()
  const said = office.player.message(office.lee, office.channel, 'who march')
  expect((await office.player.deliver({ ...said, entities: [] })).status).toBe(200)
  const mention = { type: 'mention', mentioned: { id: '29:sam' }, text: '<at>Sam</at>' }
  expect((await office.player.deliver({ ...said, entities: [mention] })).status).toBe(200)
  await office.work.finish()
  expect(office.asked).toEqual([])
})

test('while the channel’s keys cannot be read nobody is believed, and it is said to try again', async () => {
  const office = await counted()
  office.emulator.setDown('keys', true)
  const activity = office.player.message(office.lee, office.personal(office.lee), 'who march')
  expect((await office.player.deliver(activity)).status).toBe(503)
  expect(office.asked).toEqual([])
  office.emulator.setDown('keys', false)
  expect((await office.player.deliver(activity)).status).toBe(200)
  await office.work.finish()
  expect(office.asked).toHaveLength(1)
})

describe('what cannot be right is refused when starting', () => {
  const build = (changes: Partial<product.TeamsSurfaceOptions>) => async () => {
    const { emulator, work, ...chat } = await startOffice()
    return createTeamsSurface({ ...optionsFor(emulator, chat), log: memoryLog(), work, ...changes })
  }

  test.each([
    ['no app id', { appId: '' }, 'the app id is no GUID'],
    ['an app id of spaces', { appId: '   ' }, 'the app id is no GUID'],
    ['an app id that is a name', { appId: 'billing' }, 'the app id is no GUID'],
    ['no tenant', { tenantId: '' }, 'the tenant id is no GUID'],
    ['no password', { appPassword: ' ' }, 'the app password is empty'],
    ['no issuer', { issuer: '' }, 'the issuer is empty'],
    ['no Connector', { allowedServiceUrls: [] }, 'no service URL is allowed'],
    [
      'a Connector without encryption',
      { allowedServiceUrls: ['http://example.com'] },
      'does not begin with https',
    ],
    ['a Connector that is no address', { allowedServiceUrls: ['smba'] }, 'is no full address'],
    ['a Connector with a user', { allowedServiceUrls: ['https://a@example.com'] }, 'is no full address'],
    [
      'keys without encryption',
      { openIdMetadataUrl: 'http://example.com/keys' },
      'does not begin with https',
    ],
    ['a sign-in without encryption', { loginUrl: 'http://example.com' }, 'does not begin with https'],
    ['this machine, in earnest', { development: false }, 'is for development only'],
  ])('%s', async (_, changes, words) => {
    await expect(build(changes)).rejects.toThrow(words)
  })

  test('Microsoft’s addresses are there when nothing else is said', async () => {
    const { work, emulator, ...chat } = await startOffice()
    const { appId, appPassword, tenantId, ...rest } = optionsFor(emulator, chat)
    const { openIdMetadataUrl: _, loginUrl: __, allowedServiceUrls: ___, development: ____, ...given } = rest
    const options = { ...given, appId, appPassword, tenantId, log: memoryLog(), work }
    expect(createTeamsSurface(options).routes).toMatchObject([{ method: 'POST', path: '/api/messages' }])
  })
})

/** The surface with one guard taken away. */
