import { describe, expect, test } from 'vitest'
import type * as product from '../../../bot/teams/app.js'
import { createTeamsSurface } from '../../../bot/teams/app.js'
import { forgeriesOf } from '../../emulators/teams/forgeries.js'
import { checkLeaks } from '../../support/leaks.js'
import { memoryLog } from '../../support/memory-log.js'
import { mutant } from '../../support/mutant.js'
import { rawRequest } from '../../support/raw-request.js'
import { counted, forgeries, send, strangerForSuite } from './counted.js'
import { type Office, TENANT, optionsFor, startOffice } from './office.js'

checkLeaks()

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
  'a request called %j is of no kind the bot knows: 501, and nothing is done',
  async (name) => {
    const office = await counted()
    const message = office.player.message(office.lee, office.personal(office.lee), 'who')
    expect((await office.player.deliver({ ...message, type: 'invoke', name })).status).toBe(501)
    expect(office.asked).toEqual([])
  },
)

describe('a click of what is no person of ours is refused and noted, and nothing is done', () => {
  const strangers = (office: Office) => ({
    'a bot': { id: '28:other-bot', name: 'Other' },
    'a bot with a person’s id': { id: '28:other-bot', aadObjectId: office.lee.aadObjectId },
    'what says it is a bot': { id: office.lee.id, aadObjectId: office.lee.aadObjectId, role: 'bot' },
    'nobody in particular': { id: office.lee.id },
    'somebody of another tenant': {
      id: office.lee.id,
      aadObjectId: office.lee.aadObjectId,
      tenantId: '11111111-2222-4333-8444-555555555555',
    },
  })
  const names = [
    'a bot',
    'a bot with a person’s id',
    'what says it is a bot',
    'nobody in particular',
    'somebody of another tenant',
  ] as const

  test.each(names)('%s', async (name) => {
    const office = await startOffice()
    const card = await office.say(office.dana, office.channel, 'propose march')
    const record = await office.billing.approval('APR-0001')
    const data = { id: 'APR-0001', revision: record?.approval.fingerprint.slice(0, 16) }
    const click = office.player.invoke(office.lee, card.id, { verb: 'approveSure', data })
    const activity = { ...click, from: strangers(office)[name] }
    expect(await office.player.deliver(activity)).toMatchObject({ status: 403, body: 'Forbidden\n' })
    expect((await office.player.deliver(activity)).status).toBe(403)
    expect((await office.billing.approval('APR-0001'))?.approval.decision).toBeUndefined()
    const noted = (await office.billing.trail()).filter(({ action }) => action === 'right.refused')
    expect(noted.map(({ subject }) => subject)).toEqual(['approveSure APR-0001'])
    for (const verb of ['refresh', 'download']) {
      const other = { ...activity, ...office.player.invoke(office.lee, card.id, { verb, data }) }
      const { status } = await office.player.deliver({ ...other, from: activity.from })
      expect(status).toBe(403)
    }
    expect((await office.player.deliver({ ...activity, id: 'f:2', name: 'fileConsent/invoke' })).status).toBe(
      403,
    )
    expect(office.references.rows().map(({ member }) => member)).toEqual(['29:dana'])
  })

  test('a guest of our tenant is a person: without a role a clear answer, in private, and noted', async () => {
    const office = await startOffice()
    const card = await office.say(office.dana, office.channel, 'propose march')
    const click = office.player.invoke(office.kim, card.id, { verb: 'approve', data: { id: 'APR-0001' } })
    const from = { ...(click['from'] as object), role: 'user', userRole: 'guest', tenantId: TENANT }
    const { status, body } = await office.player.deliver({ ...click, from })
    expect(status).toBe(200)
    expect(JSON.stringify(body)).toContain('You have no role here yet.')
    expect((await office.billing.trail()).at(-1)).toMatchObject({ action: 'right.refused' })
  })

  test('twin: were a bot a person, its click would decide', async () => {
    const { createTeamsSurface: careless } = await mutant<typeof product>({
      file: 'bot/teams/origin.ts',
      from: "return role !== 'bot' && !id.startsWith('28:') && (from === undefined || from === tenantId)",
      to: 'return true || from === tenantId || role === id',
      entry: 'app.ts',
    })
    const office = await startOffice(() => ({}), careless)
    const card = await office.say(office.dana, office.channel, 'propose march')
    const record = await office.billing.approval('APR-0001')
    const data = { id: 'APR-0001', revision: record?.approval.fingerprint.slice(0, 16) }
    const click = office.player.invoke(office.lee, card.id, { verb: 'approveSure', data })
    const from = strangers(office)['a bot with a person’s id']
    await office.player.deliver({ ...click, from })
    expect((await office.billing.approval('APR-0001'))?.approval.decision).toBeDefined()
    await office.work.finish()
  })
})

test('a thousand times the same click, under its id and under new ones: one decision', async () => {
  const office = await startOffice()
  const card = await office.say(office.dana, office.channel, 'propose march')
  const record = await office.billing.approval('APR-0001')
  const data = { id: 'APR-0001', revision: record?.approval.fingerprint.slice(0, 16) }
  const click = office.player.invoke(office.lee, card.id, { verb: 'approveSure', data })
  const authorization = [await office.player.authorization()]
  const statuses = new Set<number>()
  for (let round = 0; round < 20; round += 1) {
    const activities = Array.from({ length: 50 }, (_, index) =>
      index % 2 === 0 ? click : { ...click, id: `f:again-${round}-${index}` },
    )
    const answers = await Promise.all(
      // Each on a line of its own: a kept one may be closed under a crowd.
      activities.map((activity) => send(office, { authorization, activity })),
    )
    for (const { status } of answers) statuses.add(status)
  }
  expect([...statuses]).toEqual([200])
  const decided = (await office.billing.trail('APR-0001')).filter(({ action }) => action === 'bill.approved')
  expect(decided).toHaveLength(1)
})

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
