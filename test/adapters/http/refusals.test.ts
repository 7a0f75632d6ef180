import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { clientOf, GET, refusalOf, SECRET, serve } from './scripted-client.js'
import { sendJson } from './scripted-server.js'

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

  it.each([
    ['brackets', '[{'.repeat(100)],
    ['brackets behind a quote', `"${'['.repeat(100)}`],
    ['brackets behind a backslash', `\\${'['.repeat(100)}`],
  ])('does not count as depth what is inside a text: %s', async (_name, text) => {
    const server = await serve((_received, response) => sendJson(response, { text }))
    await expect(clientOf(server).client.request(GET)).resolves.toMatchObject({ body: { text } })
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

describe('a secret at the end of what is quoted', () => {
  it('is hidden whole: half of one would tell too much', async () => {
    const server = await serve((_received, response) =>
      sendJson(response, { error: `${'x'.repeat(193)}${SECRET}` }, 400),
    )
    const { message } = await refusalOf(clientOf(server).client.request(GET))
    expect(message).not.toContain(SECRET.slice(0, 4))
    expect(message).toContain('x[hidden…')
  })
})
