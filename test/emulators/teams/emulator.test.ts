import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressesOf, cardMistakes, linesOf, markdownOf } from './cards.js'
import { startDrive } from './drive.js'
import { type TeamsEmulator, startTeamsEmulator } from './server.js'

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

  test('takes files in personal chats alone, whole ones, and cards that are renewed as Teams can', async () => {
    const user = teams.world.addUser('Ann', 'aad-4')
    const chat = teams.world.addConversation('personal', [user])
    const channel = teams.world.addConversation('channel', [user])
    const place = ({ id }: { readonly id: string }) => `/${encodeURIComponent(id)}/activities`
    const kind = 'application/vnd.microsoft.teams.card.file'
    const content = { description: 'A file', sizeInBytes: 3, acceptContext: {}, declineContext: {} }
    const offer = { contentType: `${kind}.consent`, name: 'a.csv', content }
    const info = {
      contentType: `${kind}.info`,
      name: 'a.csv',
      contentUrl: 'https://x',
      content: { uniqueId: '1', fileType: 'csv' },
    }
    const post = async (where: { readonly id: string }, ...attachments: readonly unknown[]) => {
      const { status, body } = await call('POST', place(where), { type: 'message', attachments })
      return status === 201 ? 'taken' : JSON.stringify(body)
    }
    expect([await post(chat, offer), await post(chat, info)]).toEqual(['taken', 'taken'])
    expect(await post(channel, offer)).toContain('a file outside a personal chat')
    expect(await post(chat, offer, info)).toContain('a file beside something else')
    expect(await post(chat, { ...offer, content: { ...content, sizeInBytes: 0 } })).toContain('not whole')
    expect(await post(chat, { ...info, contentUrl: undefined })).toContain('a file that is nowhere')
    expect(await post(chat, { ...offer, contentType: 'text/plain' })).toContain('text/plain is no attachment')
    const action = { type: 'Action.Execute', verb: 'refresh' }
    const renewed = async (refresh: unknown) =>
      (await call('POST', place(chat), message({ ...CARD, refresh }))).status
    expect(await renewed({ action, userIds: ['29:ann'] })).toBe(201)
    expect(await renewed({ action, userIds: [] })).toBe(400)
    expect(await renewed({ action, userIds: ['29:ann', '29:ann'] })).toBe(400)
    expect(await renewed({ action, userIds: ['ann'] })).toBe(400)
    expect(await renewed({ action: { ...action, type: 'Action.Submit' }, userIds: ['29:ann'] })).toBe(400)
    const many = Array.from({ length: 61 }, (_, index) => `29:${index}`)
    expect(await renewed({ action, userIds: many })).toBe(400)
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

test('OneDrive takes a file in one piece, once, at the address it gave, and with no token', async () => {
  const drive = await startDrive()
  const put = async (range: string, body: string, more: Readonly<Record<string, string>> = {}) => {
    const { uploadUrl } = drive.session('a.csv')
    const send = () => fetch(uploadUrl, { method: 'PUT', headers: { 'content-range': range, ...more }, body })
    return [(await send()).status, (await send()).status]
  }
  expect(await put('bytes 0-2/3', 'abc')).toEqual([201, 404])
  expect(drive.files.get('a.csv')?.toString()).toBe('abc')
  expect(await put('bytes 0-2/6', 'abc')).toEqual([202, 202])
  expect(await put('bytes 0-3/4', 'abc')).toEqual([416, 416])
  expect(await put('bytes 1-3/3', 'abc')).toEqual([400, 400])
  expect(await put('', 'abc')).toEqual([400, 400])
  expect(await put('bytes 0-2/3', 'abc', { authorization: 'Bearer x' })).toEqual([401, 401])
  await drive.close()
})
