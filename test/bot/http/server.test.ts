import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { readJson } from '../../../bot/http.js'
import { createRandom } from '../../emulators/shared/random.js'
import { rawBytes, rawRequest } from '../../support/raw-request.js'
import { serve, withoutGuard } from './serve.js'

const MEGABYTE = 1024 * 1024

describe('what is listed is answered', () => {
  test.each([
    ['POST', '/slack/events', 'slack 2 '],
    ['POST', '/slack/events?team=1', 'slack 2 '],
    ['POST', '/api/messages', 'teams 2 '],
    ['GET', '/files/abc.DEF-123_~', 'file 0 abc.DEF-123_~'],
    ['GET', '/healthz', 'OK\n'],
  ])('%s %s', async (method, path, body) => {
    const { url } = await serve()
    const answer = await rawRequest(url, { method, path, ...(method === 'POST' ? { body: 'hi' } : {}) })
    expect(answer).toMatchObject({ status: 200, body })
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  })

  test('it listens on this machine alone unless told otherwise', async () => {
    expect((await serve()).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })
})

const SPELLINGS = [
  '/',
  '/slack/events/',
  '//slack/events',
  '/slack//events',
  '/slack/./events',
  '/x/../slack/events',
  '/Slack/events',
  '/slack/%65vents',
  '/slack%2fevents',
  '/slack/events;a=b',
  '/slack/events%20',
  '/slack/events%00',
  '/slack\\events',
  'http://127.0.0.1/slack/events',
  '/slack',
  '/slack/install',
  '/slack/oauth_redirect',
  '/slack/zzz',
  '/api/messages/x',
  '/files/',
  '/files',
  '/files/a/b',
  '/files/a%2fb',
  '/files/*',
  '/*',
  '*',
  '/healthz/',
  '/metrics/x',
  '/.env',
  '/files/..%2f..%2fetc%2fpasswd',
]

describe('everything else is 404 and reaches nobody', () => {
  test('every other spelling of a listed path', async () => {
    const { url, ran } = await serve()
    for (const path of SPELLINGS) {
      for (const method of ['GET', 'POST']) {
        const latin = Buffer.from(path, 'utf8').toString('latin1')
        const answer = await rawRequest(url, { method, path: latin })
        expect([method, path, answer.status]).toEqual([method, path, 404])
      }
    }
    expect(ran).toEqual([])
  })

  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'CONNECT', 'M-SEARCH'])(
    '%s where POST is listed',
    async (method) => {
      const { url, ran } = await serve()
      expect((await rawRequest(url, { method, path: '/slack/events' })).status).toBe(404)
      expect(ran).toEqual([])
    },
  )

  test('a thousand random paths and methods, and the process lives', async () => {
    const { url, ran } = await serve()
    const random = createRandom(7)
    const parts = [
      'slack',
      'events',
      'api',
      'messages',
      '..',
      '.',
      '%2e',
      '',
      'x',
      'files',
      'install',
      '~',
      '$',
    ]
    const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'LINK', 'CONNECT', 'SEARCH']
    const statuses: number[] = []
    for (let round = 0; round < 1000; round += 1) {
      const path = `/${Array.from({ length: random.integer(1, 5) }, () => random.pick(parts)).join('/')}?q=${round}`
      const method = random.pick(methods)
      const listed = method === 'POST' && /^\/(slack\/events|api\/messages)\?/.test(path)
      const file = method === 'GET' && /^\/files\/[\w.~-]+\?/.test(path)
      if (!listed && !file) statuses.push((await rawRequest(url, { method, path })).status)
    }
    expect(statuses.length).toBeGreaterThan(900)
    expect(new Set(statuses)).toEqual(new Set([404]))
    expect(ran).toEqual([])
    expect((await rawRequest(url, { path: '/healthz' })).status).toBe(200)
  })

  test('a path of ten thousand characters, one without a slash, and one that is no HTTP', async () => {
    const { url, ran } = await serve()
    for (const path of ['slack/events', '/files/\u00e4']) {
      expect((await rawRequest(url, { method: 'POST', path })).status).toBe(400)
    }
    expect((await rawRequest(url, { path: `/files/${'a'.repeat(10_000)}` })).status).toBe(404)
    expect(await rawBytes(url, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    expect(ran).toEqual([])
  })

  test('without the guards, spellings get through', async () => {
    const loose = await withoutGuard("path.includes('*')", 'false')
    const { url, ran } = await serve({}, loose)
    await rawRequest(url, { path: '/files/*' })
    const long = await withoutGuard('path.length > SERVER_PATH_LENGTH', 'false')
    const other = await serve({}, long)
    await rawRequest(other.url, { path: `/files/${'a'.repeat(10_000)}` })
    const decoded = await withoutGuard(
      'table.get(`${method} ${path}`)',
      'table.get(`${method} ${decodeURIComponent(path)}`)',
    )
    const third = await serve({}, decoded)
    await rawRequest(third.url, { method: 'POST', path: '/slack/%65vents' })
    expect([ran, other.ran, third.ran]).toEqual([['file'], ['file'], ['slack']])
  })
})

describe('bodies', () => {
  test.each([
    ['one megabyte', MEGABYTE, 200],
    ['one byte more', MEGABYTE + 1, 413],
    ['ten megabytes', 10 * MEGABYTE, 413],
    ['forty megabytes', 40 * MEGABYTE, 413],
  ])('%s', async (_, length, status) => {
    const { url, ran } = await serve()
    // Far too large a one is refused for saying so: writing it all would only meet a cut line.
    const body = Buffer.alloc(length > 20 * MEGABYTE ? 0 : length, 'x')
    const headers = { 'content-length': String(length) }
    const answer = await rawRequest(url, { method: 'POST', path: '/slack/events', headers, body })
    expect(answer.status).toBe(status)
    expect(ran).toEqual(status === 200 ? ['slack'] : [])
  })

  test('ten megabytes without saying so first', async () => {
    const { url, ran } = await serve()
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let part = 0; part < 10; part += 1) controller.enqueue(new Uint8Array(MEGABYTE))
        controller.close()
      },
    })
    const answer = await fetch(`${url}/slack/events`, { method: 'POST', body: stream, duplex: 'half' })
    expect(answer.status).toBe(413)
    await answer.text()
    expect(ran).toEqual([])
    expect((await rawRequest(url, { path: '/healthz' })).status).toBe(200)
  })

  test('a sender that hangs up in the middle harms nobody', async () => {
    const { server, url, ran, log } = await serve()
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write('POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc', () => {
          socket.destroy()
          resolve()
        })
      })
    })
    expect((await rawRequest(url, { path: '/healthz' })).status).toBe(200)
    expect(ran).toEqual([])
    expect(log.lines).toEqual([])
  })

  test('a sender that never comes to an end is cut off', async () => {
    const quick = await withoutGuard(
      `headersTimeout: SERVER_HEADERS_MILLISECONDS,
      requestTimeout: SERVER_REQUEST_MILLISECONDS,
      connectionsCheckingInterval: SERVER_SWEEP_MILLISECONDS,`,
      'headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 20,',
    )
    const { url } = await serve({}, quick)
    // Without the limit of the server the line would stay open for as long as this file runs.
    expect(await rawBytes(url, 'POST /slack/events HTTP/1.1\r\nhost: x\r\n')).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('without the limit, everything is taken', async () => {
    const endless = await withoutGuard(
      'size > SERVER_BODY_BYTES ? undefined : Buffer',
      'size < 0 ? undefined : Buffer',
    )
    const { url, ran } = await serve({}, endless)
    await rawRequest(url, { method: 'POST', path: '/slack/events', body: Buffer.alloc(MEGABYTE + 1) })
    expect(ran).toEqual(['slack'])
  })
})

describe('JSON', () => {
  test.each([
    ['{"a":[1,"x"]}', { a: [1, 'x'] }],
    ['"[[["', '[[['],
    [`"${'\\"['.repeat(100)}"`, '"['.repeat(100)],
    [`${'['.repeat(64)}${']'.repeat(64)}`, JSON.parse(`${'['.repeat(64)}${']'.repeat(64)}`)],
    [`${'['.repeat(65)}${']'.repeat(65)}`, undefined],
    ['['.repeat(100_000), undefined],
    ['{"a":', undefined],
    ['', undefined],
    ['null', null],
  ])('case %#', (text, value) => {
    expect(readJson(text)).toEqual(value)
  })

  test('a text made to be read again and again is read once', () => {
    // A search that starts over at every quote would take minutes.
    expect(readJson('"\\'.repeat(500_000))).toBeUndefined()
  })
})
