import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parseMessages } from './http-messages.js'

const bodies = (text: string | Buffer, side: 'client' | 'server'): [string, string, boolean][] =>
  parseMessages(Buffer.from(text), side).map(({ startLine, body, cut }) => [
    startLine,
    body.toString('utf8'),
    cut,
  ])

describe('the bytes of a connection', () => {
  it('are split into requests, with and without bodies', () => {
    const text =
      'GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /c HTTP/1.1\r\n\r\n'
    expect(bodies(text, 'client')).toEqual([
      ['GET /a HTTP/1.1', '', false],
      ['POST /b HTTP/1.1', 'abc', false],
      ['GET /c HTTP/1.1', '', false],
    ])
  })

  it('are split into answers: counted, in chunks, empty, to the end', () => {
    const text =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nüHTTP/1.1 204 No Content\r\n\r\n' +
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n' +
      'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nthe rest'
    expect(bodies(text, 'server')).toEqual([
      ['HTTP/1.1 200 OK', 'ü', false],
      ['HTTP/1.1 204 No Content', '', false],
      ['HTTP/1.1 200 OK', 'abc0123456789', false],
      ['HTTP/1.1 200 OK', 'the rest', false],
    ])
  })

  it.each([
    ['in the headers', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['in the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
    ['in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'],
    ['before the last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n'],
  ])('may end %s', (_name, text) => {
    expect(parseMessages(Buffer.from(text), 'server').map(({ cut }) => cut)).toEqual([true])
  })

  it('are decompressed, and headers read in any case', () => {
    for (const [encoding, packed] of [
      ['gzip', gzipSync('{"a":1}')],
      ['deflate', deflateSync('{"a":1}')],
    ] as const) {
      const head = `HTTP/1.1 200 OK\r\nCONTENT-ENCODING: ${encoding}\r\nVary: a\r\nvary: b\r\nContent-Length: ${packed.length}\r\n\r\n`
      const [message] = parseMessages(Buffer.concat([Buffer.from(head), packed]), 'server')
      expect(message?.body.toString('utf8')).toBe('{"a":1}')
      expect(message?.headers.get('vary')).toBe('a, b')
    }
  })
})
