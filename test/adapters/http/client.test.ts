import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { sleepForReal } from '../../../adapters/http/backoff.js'
import { Problem } from '../../../core/problem.js'
import { clientOf, GET, refusalOf, SECRET, serve } from './scripted-client.js'
import { scriptedServer, sendJson } from './scripted-server.js'

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
    const told: unknown[] = []
    const onWait = (wait: unknown): unknown => told.push(wait)
    await expect(client.request({ ...GET, onWait })).resolves.toMatchObject({ body: { fine: true } })
    expect(waits).toEqual([7000])
    const said = 'Rate limit is exceeded. Try again in 7 seconds.'
    const why = `The marketplace answered 429 Too Many Requests: "${said}"`
    expect(told).toEqual([{ why, waitMilliseconds: 7000, attempt: 2, attempts: 6 }])
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

  it('counts broken answers apart from refusals: three of them, and not one after two others', async () => {
    const html = (response: ServerResponse) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>')
    const passing = await serve((_received, response, index) => {
      if (index < 2) sendJson(response, {}, 503)
      else if (index === 2) html(response)
      else sendJson(response, { fine: true })
    })
    await expect(clientOf(passing).client.request(GET)).resolves.toMatchObject({ body: { fine: true } })
    const lasting = await serve((_received, response, index) =>
      index === 0 ? sendJson(response, {}, 503) : html(response),
    )
    const refusal = await refusalOf(clientOf(lasting).client.request(GET))
    expect(lasting.received).toHaveLength(4)
    expect(refusal.message).toContain('sent "text/html" instead of JSON, 3 times')
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

describe('a caller that gives up', () => {
  it('ends the request in flight and those that wait their turn', async () => {
    const server = await serve(() => undefined)
    const { client } = clientOf(server)
    const giveUp = new AbortController()
    const reason = new Problem({ kind: 'unavailable', what: 'Another request failed.' })
    let attempts = 0
    const onAttempt = (): unknown => (attempts += 1)
    const works = Array.from({ length: 30 }, () =>
      refusalOf(client.request({ ...GET, signal: giveUp.signal, onAttempt })),
    )
    await expect.poll(() => server.received.length).toBe(20)
    giveUp.abort(reason)
    for (const refusal of await Promise.all(works)) expect(refusal).toBe(reason)
    expect(server.received).toHaveLength(20)
    expect(attempts).toBe(20)
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
