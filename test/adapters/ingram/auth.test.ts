import { afterEach, describe, expect, it } from 'vitest'
import { createIngramMarketplace } from '../../../adapters/ingram/client.js'
import { Problem } from '../../../core/problem.js'
import { type Received, type ScriptedServer, scriptedServer, sendJson } from '../http/scripted-server.js'
import {
  type FakeMarketplace,
  fakeMarketplace,
  type Interference,
  KEY,
  order,
  PASSWORD,
  readRequest,
  reader,
  refusalOf,
  subscription,
} from './fake-marketplace.js'

const open: ScriptedServer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function start(interfere?: Interference): Promise<FakeMarketplace> {
  const server = await fakeMarketplace({ subscriptions: [subscription()], orders: [order()] }, interfere)
  open.push(server)
  return server
}

const bearer = ({ headers }: Received): unknown => headers.authorization

describe('signing in at a marketplace run by Ingram', () => {
  it('exchanges user, password and marketplace for one token and sends it with the key on every call', async () => {
    const server = await start()
    const { marketplace } = reader(server, { applicationId: 'app-1' })
    const { requests } = await marketplace.read(readRequest())
    const [token, ...others] = server.received
    expect(token).toMatchObject({ method: 'POST', body: '{"marketplace":"us"}' })
    expect(token?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`me.API:${PASSWORD}`).toString('base64')}`,
      'content-type': 'application/json',
    })
    expect(server.to('/token')).toHaveLength(1)
    for (const request of server.received) {
      expect(request.headers).toMatchObject({ 'x-subscription-key': KEY, 'x-client-id': 'app-1' })
    }
    expect(new Set(others.map(bearer))).toEqual(new Set(['Bearer token-1']))
    expect(requests).toBe(server.received.length)
  })

  it('keeps the token for the next read, and renews it a minute before its end', async () => {
    const server = await start()
    let now = Date.UTC(2026, 2, 20)
    const { marketplace } = reader(server, { now: () => now })
    await marketplace.read(readRequest())
    now += (1500 - 61) * 1000
    await marketplace.read(readRequest())
    expect(server.to('/token')).toHaveLength(1)
    now += 2000
    await marketplace.read(readRequest())
    expect(server.to('/token')).toHaveLength(2)
    expect(bearer(server.received.at(-1) as Received)).toBe('Bearer token-2')
  })

  it('asks anew when the clock was set back behind the token', async () => {
    const server = await start()
    let now = Date.UTC(2026, 2, 20)
    const { marketplace } = reader(server, { now: () => now })
    await marketplace.read(readRequest())
    now -= 3_600_000
    await marketplace.read(readRequest())
    expect(server.to('/token')).toHaveLength(2)
  })

  it('signs in again once when the token is refused, however many calls notice', async () => {
    const server = await start((received, response) => {
      if (received.url.pathname === '/token' || bearer(received) !== 'Bearer token-1') return false
      sendJson(response, { statusCode: 401, message: 'Token expired' }, 401)
      return true
    })
    const { marketplace } = reader(server)
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => marketplace.read(readRequest())))
    expect(server.to('/token')).toHaveLength(2)
    expect(first?.subscriptions).toHaveLength(1)
    expect(second?.subscriptions).toEqual(first?.subscriptions)
    expect(third?.orders).toEqual(first?.orders)
  })

  it('gives up when a fresh token is refused too', async () => {
    const server = await start((received, response) => {
      if (received.url.pathname === '/token') return false
      sendJson(
        response,
        { statusCode: 401, message: `Access denied due to invalid subscription key ${KEY}.` },
        401,
      )
      return true
    })
    const refusal = await refusalOf(reader(server).marketplace.read(readRequest()))
    expect(server.received.map(({ url }) => url.pathname)).toEqual([
      '/token',
      '/customers',
      '/token',
      '/customers',
    ])
    expect(refusal.message).toContain(
      'The marketplace refused a fresh token (401: "Access denied due to invalid',
    )
    expect(refusal.message).toContain('nothing was stored. Check that the subscription key')
    expect(refusal.message).not.toContain(KEY)
  })

  it.each([400, 401, 403])(
    'says what to check when it is refused with %i, and asks only once',
    async (status) => {
      const server = await start((_received, response) => {
        sendJson(response, { status, error: `bad credentials for me.API:${PASSWORD}` }, status, {
          'X-Correlation-ID': 'c-5',
        })
        return true
      })
      const refusal = await refusalOf(reader(server).marketplace.read(readRequest()))
      expect(refusal.kind).toBe('input')
      expect(refusal.message).toMatch(
        /POST 127\.0\.0\.1:\d+\/token, correlation id c-5: The marketplace refused to sign in/,
      )
      expect(refusal.message).toContain(`(${status}: "bad credentials for me.API:[hidden]")`)
      expect(refusal.next).toContain('Check the API user name')
      expect(server.received).toHaveLength(1)
    },
  )

  it('is patient with a token endpoint in trouble', async () => {
    const server = await start((received, response, index) => {
      if (received.url.pathname !== '/token' || index > 1) return false
      sendJson(response, {}, index === 0 ? 503 : 429)
      return true
    })
    const { marketplace, waits } = reader(server)
    expect((await marketplace.read(readRequest())).requests).toBe(server.received.length)
    expect(waits).toEqual([1000, 2000])
  })

  it.each([
    ['no token', { expiresInSeconds: 1500 }, 'the token has token = a value instead of a token'],
    [
      'a token with a line break',
      { token: 'abc\r\nX-Evil: 1', expiresInSeconds: 1500 },
      'instead of a token',
    ],
    [
      'a token of no time',
      { token: 'abc', expiresInSeconds: 'soon' },
      'expiresInSeconds = a value instead of a whole number',
    ],
    ['a token for less than no time', { token: 'abc', expiresInSeconds: -1 }, 'expiresInSeconds = a value'],
  ])('refuses %s without quoting it', async (_name, body, words) => {
    const server = await start((_received, response) => {
      sendJson(response, body)
      return true
    })
    const refusal = await refusalOf(reader(server).marketplace.read(readRequest()))
    expect(refusal.message).toContain(words)
    expect(refusal.message).not.toContain('abc')
  })

  it('never shows key, password or token, whatever echoes them', async () => {
    const server = await start((received, response) => {
      if (received.url.pathname === '/token') return false
      const echo = [KEY, PASSWORD, 'token-1', Buffer.from(`me.API:${PASSWORD}`).toString('base64')].join(' ')
      sendJson(response, { error: echo }, 500, { 'X-Correlation-ID': echo })
      return true
    })
    const { marketplace, logged } = reader(server)
    const texts = [(await refusalOf(marketplace.read(readRequest()))).message, ...logged]
    expect(texts).toHaveLength(6)
    for (const text of texts) {
      expect(text).toContain('[hidden]')
      for (const secret of [KEY, PASSWORD, 'token-1', 'bWUuQVBJ']) expect(text).not.toContain(secret)
    }
  })
})

describe('signing in at a panel run by CloudBlue', () => {
  it('uses the password grant at its own address, and the token at the API', async () => {
    const signIn = await scriptedServer((_received, response) =>
      sendJson(response, { access_token: 'kc-1', expires_in: 300, token_type: 'Bearer' }),
    )
    open.push(signIn)
    const server = await start()
    let now = 0
    const { marketplace } = reader(server, {
      now: () => now,
      auth: {
        kind: 'keycloak-password',
        tokenUrl: `${signIn.url}/auth/realms/sr1/protocol/openid-connect/token`,
        username: 'me',
        password: PASSWORD,
        clientId: 'panel',
        clientSecret: 'client-secret-1',
      },
    })
    await marketplace.read(readRequest())
    expect(signIn.received).toHaveLength(1)
    expect(signIn.received[0]?.url.pathname).toBe('/auth/realms/sr1/protocol/openid-connect/token')
    expect(signIn.received[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(Object.fromEntries(new URLSearchParams(signIn.received[0]?.body))).toEqual({
      grant_type: 'password',
      username: 'me',
      password: PASSWORD,
      client_id: 'panel',
      client_secret: 'client-secret-1',
      scope: 'openid',
    })
    expect(signIn.received[0]?.headers).not.toHaveProperty('x-subscription-key')
    expect(server.to('/token')).toHaveLength(0)
    for (const request of server.received) {
      expect(request.headers).toMatchObject({ authorization: 'Bearer kc-1', 'x-subscription-key': KEY })
    }
    now += 241_000
    await marketplace.read(readRequest())
    expect(signIn.received).toHaveLength(2)
  })

  it('says what to check when it is refused', async () => {
    const signIn = await scriptedServer((_received, response) =>
      sendJson(response, { error: 'invalid_grant', error_description: 'Invalid user credentials' }, 401),
    )
    open.push(signIn)
    const { marketplace } = reader(await start(), {
      auth: {
        kind: 'keycloak-password',
        tokenUrl: `${signIn.url}/token`,
        username: 'me',
        password: PASSWORD,
        clientId: 'panel',
        clientSecret: 'client-secret-1',
      },
    })
    const refusal = await refusalOf(marketplace.read(readRequest()))
    expect(refusal.kind).toBe('input')
    expect(refusal.message).toContain('(401: "Invalid user credentials")')
  })
})

describe('a configuration that cannot work', () => {
  const auth = { kind: 'basic-token', username: 'me.API', password: PASSWORD, marketplace: 'us' } as const
  it.each([
    ['an empty key', { baseUrl: 'https://api.example.com', subscriptionKey: '', auth }, 'subscription key'],
    [
      'a key with a line break',
      { baseUrl: 'https://api.example.com', subscriptionKey: 'a-key\nx', auth },
      'subscription key',
    ],
    [
      'an address in the clear',
      { baseUrl: 'http://api.example.com', subscriptionKey: KEY, auth },
      'https://',
    ],
  ])('is refused before anything is sent: %s', (_name, options, words) => {
    let refusal: unknown
    try {
      createIngramMarketplace(options)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(Problem)
    expect(refusal).toMatchObject({ kind: 'input' })
    expect((refusal as Problem).message).toContain(words)
    expect((refusal as Problem).message).not.toContain('a-key')
  })
})
