import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkLeaks } from '../../support/leaks.js'
import { addressesOf, cardMistakes, linesOf, markdownOf } from './cards.js'
import { type TeamsEmulator, startTeamsEmulator } from './server.js'

checkLeaks()

const APP = { appId: 'app', appPassword: 'secret', tenantId: 'tenant' }
const CARD = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'Hello' }] }

let teams: TeamsEmulator
beforeAll(async () => {
  teams = await startTeamsEmulator(APP)
})
afterAll(() => teams.close())

async function call(method: string, path: string, body?: unknown, token?: string) {
  const response = await fetch(`${teams.serviceUrl}v3/conversations${path}`, {
    method,
    headers: { authorization: `Bearer ${token ?? (await signIn())}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
}

async function signIn(changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    client_id: APP.appId,
    client_secret: APP.appPassword,
    scope: 'https://api.botframework.com/.default',
  }
  const response = await fetch(`${teams.loginUrl}/${APP.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...form, ...changes }),
  })
  const { access_token: token, error } = (await response.json()) as Record<string, string>
  return token ?? `refused: ${error ?? ''}`
}

function message(card: unknown = CARD) {
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', content: card }
  return { type: 'message', attachments: [attachment] }
}

describe('the sign-in', () => {
  test.each([
    [{ client_secret: 'other' }, 'refused: invalid_client'],
    [{ scope: 'https://graph.microsoft.com/.default' }, 'refused: invalid_scope'],
    [{ grant_type: 'password' }, 'refused: unsupported_grant_type'],
  ])('refuses %j', async (changes, expected) => {
    expect(await signIn(changes)).toBe(expected)
  })

  test('its tokens alone open the Connector', async () => {
    expect((await call('POST', '', {}, 'made up')).status).toBe(401)
    expect((await call('POST', '', {})).status).toBe(400)
  })
})

describe('the Connector', () => {
  test('keeps what is posted, replaced and deleted', async () => {
    const user = teams.world.addUser('Lee', 'aad')
    const { id } = teams.world.addConversation('channel', [user])
    const place = `/${encodeURIComponent(`${id};messageid=1`)}/activities`
    const posted = await call('POST', place, message())
    expect(posted.status).toBe(201)
    const activity = String(posted.body['id'])
    expect(teams.world.find(activity)).toMatchObject({
      conversation: `${id};messageid=1`,
      updates: 0,
      card: CARD,
    })
    const other = { ...CARD, body: [] }
    expect((await call('PUT', `${place}/${activity}`, message(other))).status).toBe(200)
    expect(teams.world.find(activity)).toMatchObject({ updates: 1, card: other })
    expect((await call('DELETE', `${place}/${activity}`)).status).toBe(200)
    expect((await call('PUT', `${place}/${activity}`, message())).status).toBe(404)
    expect((await call('POST', '/unknown/activities', message())).status).toBe(404)
    const members = await call('GET', `/${encodeURIComponent(id)}/members`)
    expect(members.body).toMatchObject([{ id: user.id, aadObjectId: 'aad' }])
  })

  test('takes no card a client could not draw, and no message that is too large', async () => {
    const { id } = teams.world.addConversation('groupChat', [])
    const place = `/${encodeURIComponent(id)}/activities`
    const wrong = await call('POST', place, message({ ...CARD, body: [{ type: 'Chart' }] }))
    expect(wrong).toMatchObject({ status: 400, body: { error: { message: 'Chart is no element' } } })
    const large = { ...message(), text: 'x'.repeat(200_000) }
    expect((await call('POST', place, large)).status).toBe(413)
  })

  test('opens a personal chat once, unless it is closed', async () => {
    const user = teams.world.addUser('Sam', 'aad-2')
    const first = await call('POST', '', { members: [{ id: user.id }] })
    const second = await call('POST', '', { members: [{ id: user.id }] })
    expect([first.status, first.body]).toEqual([201, second.body])
    teams.closed.add(user.id)
    expect((await call('POST', '', { members: [{ id: user.id }] })).status).toBe(403)
    expect((await call('POST', '', { members: [{ id: '29:nobody' }] })).status).toBe(404)
  })

  test('what one person sees in place of a card ends when the card changes for all', () => {
    const user = teams.world.addUser('Vic', 'aad-3')
    const { id } = teams.world.addConversation('channel', [user])
    const posted = teams.world.post(id, message())
    teams.world.setView(user, posted.id, { own: true })
    expect(teams.world.view(user, posted.id)).toEqual({ own: true })
    teams.world.replace(id, posted.id, message({ ...CARD, body: [] }))
    expect(teams.world.view(user, posted.id)).toEqual({ ...CARD, body: [] })
  })

  test('what happens can be waited for', async () => {
    const { id } = teams.world.addConversation('channel', [])
    const waiting = teams.waitFor(({ posted }) => posted.find(({ conversation }) => conversation === id))
    teams.world.post(id, message())
    expect((await waiting).conversation).toBe(id)
    await expect(teams.waitFor(() => undefined, 10)).rejects.toThrow('did not happen')
  })
})

test('reading a card finds its lines, its Markdown, its addresses and what is wrong with it', () => {
  const card = {
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      { type: 'TextBlock', text: '**bold**' },
      { type: 'RichTextBlock', inlines: ['a', { type: 'TextRun', text: 'b' }] },
      { type: 'FactSet', facts: [{ type: 'Fact', title: 'Name', value: '[x](http://y)' }] },
      {
        type: 'ActionSet',
        actions: Array.from({ length: 7 }, () => ({ type: 'Action.OpenUrl', url: 'http://z' })),
      },
    ],
  }
  expect(linesOf(card)).toEqual(['**bold**', 'ab', 'Name [x](http://y)'])
  expect(markdownOf(card)).toEqual(['**bold**', 'Name', '[x](http://y)'])
  expect(addressesOf(card)).toEqual(Array(7).fill('http://z'))
  expect(cardMistakes(card)).toEqual([
    'its version is not 1.5',
    '7 buttons',
    ...Array<string>(7).fill('a button without title'),
  ])
})
