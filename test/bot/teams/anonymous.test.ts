import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTeamsSurface } from '../../../bot/teams/app.js'
import type * as product from '../../../bot/teams/app.js'
import { mutant } from '../../support/mutant.js'
import { rawRequest } from '../../support/raw-request.js'
import { type Office, TENANT, startOffice } from './office.js'

/** A client on this machine that takes whatever it is sent, as one for trying does. */
interface Client {
  readonly server: Server
  readonly serviceUrl: string
  readonly calls: {
    readonly url: string
    readonly authorization: string | undefined
    readonly body: string
  }[]
}

let client: Client
beforeAll(async () => {
  const calls: Client['calls'] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      calls.push({ url: request.url ?? '', authorization: request.headers.authorization, body })
      response.writeHead(201, { 'content-type': 'application/json' })
      response.end('{"id":"1"}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  client = { server, serviceUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, calls }
})
afterAll(() => new Promise((resolve) => client.server.close(resolve)))

async function start(create: typeof createTeamsSurface = createTeamsSurface): Promise<Office> {
  client.calls.length = 0
  return await startOffice(() => ({ anonymous: { host: undefined }, appId: '', appPassword: '' }), create)
}

interface Changes {
  readonly activity?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

async function send(office: Office, { activity = {}, headers = {} }: Changes = {}): Promise<number> {
  const message = office.player.message(office.lee, office.personal(office.lee), 'who march')
  const { status } = await rawRequest(office.server.url, {
    method: 'POST',
    path: '/api/messages',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ ...message, serviceUrl: client.serviceUrl, ...activity }),
  })
  await office.work.finish()
  return status
}

test('without an app a client on this machine is answered, without a token there and back', async () => {
  const office = await start()
  expect(await send(office)).toBe(200)
  expect(client.calls).toHaveLength(1)
  expect(client.calls[0]).toMatchObject({
    url: expect.stringMatching(/^\/v3\/conversations\//) as string,
    authorization: undefined,
    body: expect.stringContaining('Who to bill in March 2026') as string,
  })
  expect(office.emulator.signIns()).toBe(0)
})

test('it is warned of loudly, also to whoever asks whether the server is ready', async () => {
  const office = await start()
  expect(office.log.lines).toMatchObject([
    { level: 'warn', message: expect.stringContaining('TEAMS_DEV_ANONYMOUS') as string },
  ])
  expect(office.surface.warnings).toEqual([expect.stringContaining('for trying only')])
  await expect(office.surface.ready()).resolves.toBeUndefined()
  expect((await startOffice()).surface.warnings).toEqual([])
})

describe('what is not a program on this machine is refused, and nobody is called', () => {
  const refusals: readonly (readonly [string, Changes, number])[] = [
    ['a public Connector', { activity: { serviceUrl: 'https://smba.trafficmanager.net/amer/' } }, 403],
    ['a Connector in the same network', { activity: { serviceUrl: 'http://10.0.0.5:80/' } }, 403],
    ['a cloud’s own pages', { activity: { serviceUrl: 'http://169.254.169.254/metadata/' } }, 403],
    [
      'a Connector with our name as user',
      { activity: { serviceUrl: 'http://127.0.0.1@evil.example/' } },
      403,
    ],
    ['a name that begins like ours', { activity: { serviceUrl: 'http://127.0.0.1.evil.example/' } }, 403],
    ['every address of this machine', { activity: { serviceUrl: 'http://0.0.0.0/' } }, 403],
    ['a Connector that is no address', { activity: { serviceUrl: 'urn:x' } }, 403],
    ['another channel', { activity: { channelId: 'emulator' } }, 403],
    [
      'another tenant',
      { activity: { channelData: { tenant: { id: '11111111-2222-4333-8444-555555555555' } } } },
      403,
    ],
    ['a page in a browser', { headers: { origin: 'https://evil.example' } }, 403],
    ['a page of this machine', { headers: { origin: 'http://localhost:8080' } }, 403],
    ['a form', { headers: { 'content-type': 'text/plain' } }, 403],
    ['a name that leads here', { headers: { host: 'evil.example' } }, 403],
    ['no activity', { activity: { from: undefined } }, 400],
  ]

  test.each(refusals)('%s', async (_, changes, status) => {
    const office = await start()
    expect(await send(office, changes)).toBe(status)
    expect(client.calls).toEqual([])
    expect(office.emulator.calls).toEqual([])
  })

  test('twins: without each guard it is taken', async () => {
    for (const [from, changes] of [
      ['if (!isProgramHere(message))', { headers: { origin: 'https://evil.example' } }],
      ["if (activity.channelId !== 'msteams')", { activity: { channelId: 'emulator' } }],
      ['if (!isOurTenant(settings, activity))', refusals[8]?.[1]],
      ['if (!settings.isAllowed(activity.serviceUrl))', refusals[2]?.[1]],
    ] as const) {
      const { createTeamsSurface: careless } = await mutant<typeof product>({
        file: 'bot/teams/anonymous.ts',
        from,
        to: 'if (false)',
        entry: 'app.ts',
      })
      expect([from, await send(await start(careless), changes)]).toEqual([from, 200])
      // The guard around every call is another one.
      expect(client.calls.length).toBe(from.includes('isAllowed') ? 0 : 1)
    }
  })
})

describe('it does not start', () => {
  const build = (anonymous: { readonly host: string | undefined }, tenantId = TENANT) =>
    startOffice(() => ({ anonymous, tenantId, appId: '', appPassword: '' }))

  test.each(['0.0.0.0', '::', '192.168.1.5', 'billing.example.com', '127.0.0.1.example.com'])(
    'listening on %s',
    async (host) => {
      await expect(build({ host })).rejects.toThrow(`the server listens on ${host}, where others reach it`)
    },
  )

  test.each(['127.0.0.1', '::1', 'localhost', undefined])('but on %s it does', async (host) => {
    await expect(build({ host })).resolves.toBeDefined()
  })

  test('without a tenant', async () => {
    await expect(build({ host: undefined }, '')).rejects.toThrow('the tenant id is no GUID')
  })

  test('with a blank app id and nothing else said', async () => {
    await expect(startOffice(() => ({ appId: '' }))).rejects.toThrow('the app id is no GUID')
  })
})
