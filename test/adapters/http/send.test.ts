import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createPauseGate } from '../../../adapters/http/backoff.js'
import { clientOf, GET, refusalOf, SECRET, serve } from './scripted-client.js'
import { sendJson } from './scripted-server.js'

const POST = { method: 'POST', path: ['things'], json: { quantity: 2 } } as const

describe('a write that is answered', () => {
  it('goes out once and comes back with its headers', async () => {
    const server = await serve((_received, response) =>
      sendJson(response, { id: 7 }, 201, { 'api-current-version': '2025.8' }),
    )
    const sent = await clientOf(server).client.send(POST)
    expect(sent).toMatchObject({ type: 'answered', answer: { status: 201, body: { id: 7 } } })
    expect(sent.type === 'answered' && sent.answer.header('API-Current-Version')).toBe('2025.8')
    expect(sent.type === 'answered' && sent.answer.header('link')).toBeNull()
    expect(server.received).toHaveLength(1)
  })

  it('patches and deletes; the answer to those may be empty', async () => {
    const server = await serve((_received, response) => response.writeHead(204).end())
    const { client } = clientOf(server)
    const patch = [{ op: 'replace', path: 'quantity', value: 3 }]
    for (const request of [
      { method: 'PATCH', path: ['things', '7'], json: patch },
      { method: 'DELETE', path: ['things', '7'] },
    ] as const) {
      const sent = await client.send(request)
      expect(sent).toMatchObject({ type: 'answered', answer: { status: 204, body: undefined } })
    }
    expect(server.received.map(({ method, body }) => [method, body])).toEqual([
      ['PATCH', JSON.stringify(patch)],
      ['DELETE', ''],
    ])
  })

  it('has to say what it made: an empty answer to a POST tells nothing', async () => {
    const server = await serve((_received, response) => response.writeHead(204).end())
    expect(await clientOf(server).client.send(POST)).toMatchObject({ type: 'unknown' })
  })
})

describe('a write that is refused', () => {
  const statuses = Array.from({ length: 100 }, (_, index) => 400 + index)
  // 407 is the word of a proxy, which the built-in fetch takes for no answer at all.
  const others = new Set([407, 408, 429, 499])

  it('is told apart by every 4xx, with the words of the server', async () => {
    let status = 0
    const server = await serve((_received, response) => sendJson(response, { message: 'no' }, status))
    const { client } = clientOf(server)
    for (status of statuses.filter((each) => !others.has(each))) {
      const sent = await client.send(POST)
      expect([status, sent.type]).toEqual([status, 'refused'])
      expect(sent.type === 'refused' && sent.what).toMatch(new RegExp(`^answered ${status}\\b.*: "no"$`))
      expect(sent.type === 'refused' && sent.answer.body).toEqual({ message: 'no' })
      // "Not the server you want" did nothing: the built-in fetch asks once more by itself, as its standard says.
      expect([status, server.received.splice(0).length]).toEqual([status, status === 421 ? 2 : 1])
    }
  })

  it('is refused, not unknown, when the refusal is a page or has no words', async () => {
    const server = await serve((_received, response) =>
      response.writeHead(403, { 'content-type': 'text/html' }).end('<html>Access denied</html>'),
    )
    expect(await clientOf(server).client.send(POST)).toMatchObject({
      type: 'refused',
      what: 'answered 403 Forbidden',
      answer: { body: undefined },
    })
    expect(server.received).toHaveLength(1)
  })
})

describe('a write whose refusals its caller reads', () => {
  it('comes back with the statuses named, body and all, and only with those', async () => {
    let status = 500
    const server = await serve((_received, response) => sendJson(response, { errors: ['no'] }, status))
    const { client } = clientOf(server)
    const sent = await client.send({ ...POST, returned: [500] })
    expect(sent).toMatchObject({ type: 'answered', answer: { status: 500, body: { errors: ['no'] } } })
    status = 503
    expect(await client.send({ ...POST, returned: [500] })).toMatchObject({ type: 'unknown' })
    status = 409
    expect(await client.send({ ...POST, returned: [500] })).toMatchObject({ type: 'refused' })
    expect(server.received).toHaveLength(3)
  })
})

describe('a write nobody knows the end of', () => {
  const ends: [string, RegExp, (response: ServerResponse) => void][] = [
    ...[408, 499, 500, 501, 502, 503, 504].map(
      (status): [string, RegExp, (response: ServerResponse) => void] => [
        `status ${status}`,
        new RegExp(`^answered ${status}`),
        (response) => sendJson(response, { message: 'timeout' }, status, { 'retry-after': '1' }),
      ],
    ),
    ['a proxy that asks who it is', /connection failed/, (response) => sendJson(response, {}, 407)],
    ['a redirect', /^answered 307/, (response) => response.writeHead(307, { location: '/api/x' }).end()],
    ['a cut connection', /connection was cut/, (response) => response.socket?.resetAndDestroy()],
    [
      'a page',
      /^sent "text\/html" instead of JSON/,
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
    ],
    [
      'JSON that is cut off',
      /^sent JSON that is cut off/,
      (response) => response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":'),
    ],
    [
      'a body that is cut off',
      /connection/,
      (response) => {
        response.writeHead(201, { 'content-type': 'application/json', 'content-length': '100' })
        response.write('{"id":', () => response.socket?.destroy())
      },
    ],
  ]

  it.each(ends)('is never repeated: %s', async (_name, words, answer) => {
    const server = await serve((_received, response) => answer(response))
    const { client, waits } = clientOf(server)
    const sent = await client.send(POST)
    expect(sent.type).toBe('unknown')
    expect(sent.type === 'unknown' && sent.what).toMatch(words)
    expect(sent.type === 'unknown' && sent.where).toMatch(/^POST 127\.0\.0\.1:\d+\/api\/things/)
    expect(server.received).toHaveLength(1)
    expect(waits).toEqual([])
  })

  it('is never repeated: silence', async () => {
    const server = await serve(() => undefined)
    // Long enough for a busy machine to receive it.
    const sent = await clientOf(server, { timeoutMilliseconds: 500 }).client.send(POST)
    expect(sent).toMatchObject({ type: 'unknown', what: 'did not answer within 0.5 seconds' })
    expect(server.received).toHaveLength(1)
  })
})

describe('a write over the limit of requests per time', () => {
  it('waits as told and goes out again: the refused one did nothing', async () => {
    const server = await serve((_received, response, index) =>
      index === 0 ? sendJson(response, {}, 429, { 'retry-after': '7' }) : sendJson(response, { id: 1 }, 201),
    )
    const { client, waits } = clientOf(server)
    expect(await client.send(POST)).toMatchObject({ type: 'answered' })
    expect(waits).toEqual([7000])
    expect(server.received).toHaveLength(2)
  })

  it('gives up after six tries and says how long the next wait would be', async () => {
    const server = await serve((_received, response) => sendJson(response, {}, 429))
    const { client, waits } = clientOf(server)
    const sent = await client.send(POST)
    // 1 + 2 + 4 + 8 + 15 seconds were waited; the sixth closes the gate for another 15.
    expect(waits).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000])
    expect(sent).toMatchObject({
      type: 'later',
      what: 'answered 429 Too Many Requests',
      waitMilliseconds: 15_000,
    })
    expect(server.received).toHaveLength(6)
  })

  it.each([
    ['120', 120_000],
    ['999999999', 300_000],
  ])('does not wait longer than a minute itself: Retry-After %s', async (retryAfter, waitMilliseconds) => {
    const server = await serve((_received, response) =>
      sendJson(response, {}, 429, { 'retry-after': retryAfter }),
    )
    const what = 'answered 429 Too Many Requests'
    expect(await clientOf(server).client.send(POST)).toMatchObject({ type: 'later', what, waitMilliseconds })
    expect(server.received).toHaveLength(1)
  })

  it('adds its waits up', async () => {
    const server = await serve((_received, response) => sendJson(response, {}, 429, { 'retry-after': '25' }))
    const sent = await clientOf(server).client.send(POST)
    // 25 + 25 seconds are waited, a third 25 would be more than a minute.
    const what = 'answered 429 Too Many Requests'
    expect(sent).toMatchObject({ type: 'later', what, waitMilliseconds: 25_000 })
    expect(server.received).toHaveLength(3)
  })

  it('does not start behind a pause that is longer than it would wait', async () => {
    const server = await serve((_received, response) => sendJson(response, { id: 1 }, 201))
    let end = (): void => undefined
    const gate = createPauseGate(() => new Promise((resolve) => (end = resolve)))
    const { client } = clientOf(server, { gate })
    gate.pause(200_000)
    const sent = await client.send(POST)
    expect(sent).toMatchObject({ type: 'later', waitMilliseconds: 200_000 })
    expect(sent.type === 'later' && sent.what).toContain('takes no requests for a while')
    expect(server.received).toHaveLength(0)
    end()
    await gate.pass()
    expect(await client.send(POST)).toMatchObject({ type: 'answered' })
  })
})

describe('an address the server names', () => {
  it('is followed on its own host, below its path', async () => {
    const server = await serve((_received, response) => sendJson(response, []))
    const { client } = clientOf(server)
    await client.request({
      method: 'GET',
      path: { address: `${server.url}/api/things?pageId=7&x=%22a%22#no` },
    })
    expect(server.received.map(({ url }) => url.href)).toEqual(['http://test/api/things?pageId=7&x=%22a%22'])
  })

  it.each([
    ['another host', (url: string) => url.replace('127.0.0.1', 'localhost')],
    ['another port', () => 'http://127.0.0.1:1/api/things'],
    ['another scheme', (url: string) => `${url.replace('http:', 'https:')}/api/things`],
    ['another path', (url: string) => `${url}/login/things`],
    ['a path that leads out', (url: string) => `${url}/api/../login`],
    ['a path that only begins alike', (url: string) => `${url}/apis/things`],
    ['a user name', (url: string) => `${url.replace('//', '//user@')}/api/things`],
    ['no address', () => '/api/things'],
  ])('is refused with %s, and nothing goes anywhere', async (_name, address) => {
    const server = await serve((_received, response) => sendJson(response, []))
    const headers = async () => ({ authorization: `Bearer ${SECRET}` })
    const refusal = await refusalOf(
      clientOf(server).client.request({ ...GET, path: { address: address(server.url) }, headers }),
    )
    expect(refusal.kind).toBe('unavailable')
    expect(refusal.what).toBe(
      'The marketplace named an address to go on at that is not below its own, so it was not followed.',
    )
    expect(server.received).toHaveLength(0)
  })
})

describe('a read', () => {
  it('with an empty answer is no answer', async () => {
    const server = await serve((_received, response) => response.writeHead(204).end())
    const refusal = await refusalOf(clientOf(server).client.request(GET))
    expect(refusal.message).toContain('sent nothing that says what it is instead of JSON')
  })

  it('of a system with few requests at once keeps to them', async () => {
    const held: ServerResponse[] = []
    const server = await serve((_received, response) => held.push(response))
    const { client } = clientOf(server, { concurrency: 2 })
    const works = Promise.all([client.request(GET), client.request(GET), client.request(GET)])
    await expect.poll(() => held.length).toBe(2)
    // A third would have arrived by then.
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(held).toHaveLength(2)
    for (const response of held.splice(0)) sendJson(response, {})
    await expect.poll(() => held.length).toBe(1)
    for (const response of held) sendJson(response, {})
    await works
  })
})

describe('a secret in a write', () => {
  it('is hidden wherever the outcome quotes the server', async () => {
    let status = 409
    const server = await serve((_received, response) =>
      sendJson(response, { message: `not ${SECRET}` }, status),
    )
    const { client } = clientOf(server)
    for (status of [409, 500, 429]) {
      const sent = await client.send({ ...POST, query: { key: SECRET } })
      expect(sent.type === 'answered' ? '' : sent.what).toContain('not [hidden]')
      expect(sent.type === 'later' || sent.type === 'unknown' ? sent.where : '').not.toContain(SECRET)
    }
  })
})
