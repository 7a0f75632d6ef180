import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { sleepForReal } from '../../../adapters/http/backoff.js'
import { type HttpClientOptions, createHttpClient } from '../../../adapters/http/client.js'
import { Problem } from '../../../core/problem.js'
import { type Received, type ScriptedServer, scriptedServer, sendJson } from './scripted-server.js'

const SECRET = 'hunter2-secret'
const open: ScriptedServer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function serve(
  answer: (received: Received, response: ServerResponse, index: number) => void,
): Promise<ScriptedServer> {
  const server = await scriptedServer(answer)
  open.push(server)
  return server
}

function clientOf(server: { url: string }, overrides: Partial<HttpClientOptions> = {}) {
  const waits: number[] = []
  const logged: string[] = []
  const client = createHttpClient({
    system: 'The marketplace',
    baseUrl: `${server.url}/api`,
    notDone: 'Nothing was stored.',
    secrets: () => [SECRET],
    sleep: async (milliseconds) => {
      waits.push(milliseconds)
    },
    random: () => 0,
    log: {
      info: () => undefined,
      warn: (fields, message) => logged.push(JSON.stringify(fields) + message),
      error: () => undefined,
    },
    ...overrides,
  })
  return { client, waits, logged }
}

const GET = { method: 'GET', path: ['things', '7'] } as const

async function refusalOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  )
  if (error instanceof Problem) return error
  throw error
}

describe('a plain exchange', () => {
  it('sends method, path, query and headers, and returns parsed JSON with its correlation id', async () => {
    const server = await serve((_received, response) =>
      sendJson(response, { fine: true }, 200, { 'X-Correlation-ID': 'c-1' }),
    )
    const { client } = clientOf(server)
    const answer = await client.request({
      ...GET,
      query: { limit: '500' },
      headers: async () => ({ authorization: `Bearer ${SECRET}` }),
    })
    expect(answer).toMatchObject({ status: 200, body: { fine: true } })
    expect(answer.where).toMatch(/^GET 127\.0\.0\.1:\d+\/api\/things\/7\?limit=500, correlation id c-1$/)
    expect(server.received[0]?.url.href).toBe('http://test/api/things/7?limit=500')
    expect(server.received[0]?.headers).toMatchObject({
      accept: 'application/json',
      authorization: `Bearer ${SECRET}`,
    })
  })

  it('posts JSON and forms', async () => {
    const server = await serve((_received, response) => sendJson(response, {}))
    const { client } = clientOf(server)
    await client.request({ method: 'POST', path: [], json: { marketplace: 'us' } })
    await client.request({ method: 'POST', path: [], form: { grant_type: 'password', username: 'a b&c' } })
    expect(server.received.map(({ headers, body }) => [headers['content-type'], body])).toEqual([
      ['application/json', '{"marketplace":"us"}'],
      ['application/x-www-form-urlencoded', 'grant_type=password&username=a+b%26c'],
    ])
  })

  it('keeps at most 20 requests in flight', async () => {
    const held: ServerResponse[] = []
    let holding = true
    const server = await serve((_received, response) => {
      if (holding) held.push(response)
      else sendJson(response, {})
    })
    const { client } = clientOf(server)
    const works = Promise.all(Array.from({ length: 70 }, () => client.request(GET)))
    await expect.poll(() => held.length).toBe(20)
    // A 21st would have arrived by then.
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(held).toHaveLength(20)
    holding = false
    for (const response of held) sendJson(response, {})
    await works
    expect(server.received).toHaveLength(70)
  })
})

describe('a limit of requests per time (429)', () => {
  it('waits as told, then succeeds', async () => {
    const server = await serve((_received, response, index) =>
      index === 0
        ? sendJson(response, { message: 'Rate limit is exceeded. Try again in 7 seconds.' }, 429, {
            'Retry-After': '7',
          })
        : sendJson(response, { fine: true }),
    )
    const { client, waits } = clientOf(server)
    await expect(client.request(GET)).resolves.toMatchObject({ body: { fine: true } })
    expect(waits).toEqual([7000])
  })

  it('doubles its own waits without a word, and gives up after six tries', async () => {
    const server = await serve((_received, response) =>
      sendJson(response, {}, 429, { 'Retry-After': 'soon' }),
    )
    const { client, waits } = clientOf(server)
    const refusal = await refusalOf(client.request(GET))
    expect(waits).toEqual([1000, 2000, 4000, 8000, 15_000])
    expect(server.received).toHaveLength(6)
    expect(refusal.message).toMatch(
      /^GET 127.*\/api\/things\/7: The marketplace answered 429 Too Many Requests, 6 times\. Nothing was stored\. Its limit .* run it again/,
    )
  })

  it('holds all requests back while the window is closed', async () => {
    let end = (): void => undefined
    const server = await serve((_received, response, index) =>
      sendJson(response, {}, index === 0 ? 429 : 200),
    )
    const { client } = clientOf(server, { sleep: () => new Promise((resolve) => (end = resolve)) })
    const first = client.request(GET)
    await expect.poll(() => server.received.length).toBe(1)
    // The refusal has to arrive before the others start.
    await new Promise((resolve) => setTimeout(resolve, 50))
    const others = [client.request(GET), client.request(GET)]
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(server.received).toHaveLength(1)
    end()
    await Promise.all([first, ...others])
    expect(server.received).toHaveLength(4)
  })

  it('is repeated even for a POST: it was refused before any work', async () => {
    const server = await serve((_received, response, index) =>
      sendJson(response, {}, index === 0 ? 429 : 200),
    )
    const { client } = clientOf(server)
    await client.request({ method: 'POST', path: ['x'], json: {} })
    expect(server.received).toHaveLength(2)
  })
})

describe('a server in trouble', () => {
  it.each([500, 502, 503, 504])('is asked again after %i', async (status) => {
    const server = await serve((_received, response, index) => {
      if (index < 2) response.writeHead(status, { 'content-type': 'text/html' }).end('<html>sorry</html>')
      else sendJson(response, { fine: true })
    })
    const { client, waits, logged } = clientOf(server)
    await expect(client.request(GET)).resolves.toMatchObject({ body: { fine: true } })
    expect(waits).toEqual([1000, 2000])
    expect(logged).toHaveLength(2)
  })

  it('is given up after six tries, with its words and correlation id', async () => {
    const server = await serve((_received, response) =>
      sendJson(response, { error: 'the\u0000 database\nis away' }, 500, { 'X-Correlation-ID': 'c-9' }),
    )
    const { client } = clientOf(server)
    const refusal = await refusalOf(client.request(GET))
    expect(server.received).toHaveLength(6)
    expect(refusal.kind).toBe('unavailable')
    expect(refusal.message).toContain(
      'correlation id c-9: The marketplace answered 500 Internal Server Error: "the database is away", 6 times.',
    )
  })

  it('is not asked twice for a POST, unless a repeat is harmless', async () => {
    const server = await serve((_received, response) => sendJson(response, {}, 503))
    const { client } = clientOf(server)
    await refusalOf(client.request({ method: 'POST', path: ['x'], json: {} }))
    expect(server.received).toHaveLength(1)
    await refusalOf(client.request({ method: 'POST', path: ['x'], json: {}, repeatable: true }))
    expect(server.received).toHaveLength(7)
  })

  it('may cut the connection and is asked again', async () => {
    const server = await serve((_received, response, index) => {
      if (index === 0) response.socket?.destroy()
      else if (index === 1) {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
        response.write('{"fine":')
        setTimeout(() => response.socket?.destroy(), 10)
      } else sendJson(response, { fine: true })
    })
    const { client } = clientOf(server)
    await expect(client.request(GET)).resolves.toMatchObject({ body: { fine: true } })
    expect(server.received).toHaveLength(3)
  })

  it('that hangs, before or inside the answer, ends at the deadline', async () => {
    const server = await serve((_received, response, index) => {
      if (index % 2 === 0) return
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"fine":')
    })
    const { client } = clientOf(server, { timeoutMilliseconds: 40 })
    const refusal = await refusalOf(client.request(GET))
    expect(server.received).toHaveLength(6)
    expect(refusal.message).toContain('The marketplace did not answer within 0.04 seconds, 6 times.')
  })

  it('that is not there is named as such', async () => {
    const server = await scriptedServer((_received, response) => sendJson(response, {}))
    await server.close()
    const refusal = await refusalOf(clientOf(server).client.request(GET))
    expect(refusal.message).toContain('could not be reached: nothing answers at that address, 6 times.')
    expect(refusal.message).toContain('Check the network')
  })
})

describe('nonsense with status 200', () => {
  const nonsense: [string, string, (response: ServerResponse) => void][] = [
    [
      'an HTML page',
      'sent "text/html" instead of JSON',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
    ],
    [
      'no content type',
      'sent nothing that says what it is instead of JSON',
      (response) => response.writeHead(200).end('{}'),
    ],
    [
      'truncated JSON',
      'sent JSON that is cut off or broken',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[{"id":"1'),
    ],
    [
      'an empty body',
      'sent an empty body',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(),
    ],
    [
      'bytes that are no UTF-8',
      'sent text that is not UTF-8',
      (response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from([0x22, 0xff, 0x22])),
    ],
    [
      'JSON nested 10,000 deep',
      'sent JSON nested more than 64 levels',
      (response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('['.repeat(10_000) + ']'.repeat(10_000)),
    ],
  ]

  it.each(nonsense)('is refused after three tries: %s', async (_name, words, answer) => {
    const server = await serve((_received, response) => answer(response))
    const refusal = await refusalOf(clientOf(server).client.request(GET))
    expect(server.received).toHaveLength(3)
    expect(refusal.kind).toBe('unavailable')
    expect(refusal.message).toMatch(/^GET 127\.0\.0\.1:\d+\/api\/things\/7: The marketplace /)
    expect(refusal.message).toContain(words)
    expect(refusal.message).toContain('Nothing was stored. Check that the configured address')
  })

  it('that passes is forgiven', async () => {
    const server = await serve((_received, response, index) =>
      index === 0 ? nonsense[2]?.[2](response) : sendJson(response, { fine: true }),
    )
    await expect(clientOf(server).client.request(GET)).resolves.toMatchObject({ body: { fine: true } })
  })

  it('brackets and escapes inside texts do not count as depth', async () => {
    const body = { text: `${'[{'.repeat(200)}\\"${'"['.repeat(100)}` }
    const server = await serve((_received, response) => sendJson(response, body))
    await expect(clientOf(server).client.request(GET)).resolves.toMatchObject({ body })
  })

  it('is cut off when it grows too large, also when it is compressed', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000, 0x20))
    const server = await serve((_received, response, index) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        ...(index === 0 ? { 'content-encoding': 'gzip' } : {}),
      })
      response.end(index === 0 ? bomb : Buffer.alloc(200_000, 0x20))
    })
    const { client } = clientOf(server, { maximumBodyBytes: 100_000 })
    for (let time = 0; time < 2; time += 1) {
      expect((await refusalOf(client.request(GET))).message).toContain('sent more than 100000 bytes.')
    }
    expect(server.received).toHaveLength(2)
  })
})

describe('a refusal', () => {
  it.each([400, 401, 403, 409, 410, 418, 422, 451])('with status %i is not repeated', async (status) => {
    const server = await serve((_received, response) => sendJson(response, { message: 'no' }, status))
    const refusal = await refusalOf(clientOf(server).client.request(GET))
    expect(server.received).toHaveLength(1)
    expect(refusal.kind).toBe('unavailable')
    expect(refusal.message).toContain(`answered ${status} `)
    expect(refusal.message).toContain(': "no".')
  })

  it('of 404 is told apart', async () => {
    const server = await serve((_received, response) => sendJson(response, {}, 404))
    expect((await refusalOf(clientOf(server).client.request(GET))).kind).toBe('notFound')
  })

  it('is handed back when the caller knows what to do', async () => {
    const server = await serve((_received, response) => sendJson(response, { error: 'expired' }, 401))
    const answer = await clientOf(server).client.request({ ...GET, returned: [401] })
    expect(answer).toMatchObject({ status: 401, body: { error: 'expired' } })
  })

  it('by redirect is never followed, so no credential travels', async () => {
    const elsewhere = await serve((_received, response) => sendJson(response, { stolen: true }))
    const server = await serve((_received, response) =>
      response.writeHead(302, { location: `${elsewhere.url}/api/things/7` }).end(),
    )
    const refusal = await refusalOf(
      clientOf(server).client.request({
        ...GET,
        headers: async () => ({ authorization: `Bearer ${SECRET}` }),
      }),
    )
    expect(refusal.message).toContain('answered 302 Found')
    expect(refusal.message).toContain('Redirects are never followed')
    expect(elsewhere.received).toHaveLength(0)
    expect(server.received).toHaveLength(1)
  })
})

describe('a secret', () => {
  it('is hidden wherever the server echoes it', async () => {
    const server = await serve((_received, response, index) => {
      const headers = { 'X-Correlation-ID': `id-${SECRET}` }
      if (index < 6) sendJson(response, { error: `bad token ${SECRET} ${'x'.repeat(500)}` }, 500, headers)
      else response.writeHead(200, { 'content-type': `text/${SECRET}`, ...headers }).end('x')
    })
    const { client, logged } = clientOf(server)
    const texts = [
      (await refusalOf(client.request({ ...GET, query: { token: SECRET } }))).message,
      (await refusalOf(client.request(GET))).message,
      ...logged,
    ]
    expect(texts).toHaveLength(2 + 5 + 2)
    for (const text of texts) {
      expect(text).toContain('[hidden]')
      expect(text).not.toContain(SECRET)
    }
  })
})

describe('a caller that gives up', () => {
  it('ends the request in flight and those that wait their turn', async () => {
    const server = await serve(() => undefined)
    const { client } = clientOf(server)
    const giveUp = new AbortController()
    const reason = new Problem({ kind: 'unavailable', what: 'Another request failed.' })
    const works = Array.from({ length: 30 }, () =>
      refusalOf(client.request({ ...GET, signal: giveUp.signal })),
    )
    await expect.poll(() => server.received.length).toBe(20)
    giveUp.abort(reason)
    for (const refusal of await Promise.all(works)) expect(refusal).toBe(reason)
    expect(server.received).toHaveLength(20)
  })

  it.each([429, 503])('also ends the real waits after %i', async (status) => {
    const server = await serve((_received, response) =>
      sendJson(response, {}, status, { 'Retry-After': '300' }),
    )
    const { client, logged } = clientOf(server, { sleep: sleepForReal })
    const giveUp = new AbortController()
    const reason = new Problem({ kind: 'unavailable', what: 'Another request failed.' })
    const work = refusalOf(client.request({ ...GET, signal: giveUp.signal }))
    await expect.poll(() => logged.length).toBe(1)
    giveUp.abort(reason)
    expect(await work).toBe(reason)
    expect(server.received).toHaveLength(1)
  })
})
