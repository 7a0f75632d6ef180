import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkTraffic } from './check.js'
import { type Operation, readDocument } from './document.js'
import { parseMessages } from './http-messages.js'
import { plantWrongFields } from './plant.js'
import type { ServiceName } from './services.js'
import type { Exchange } from './traffic.js'

/** One operation that answers numbers only, one of which may be null. */
const DOCUMENT = {
  openapi: '3.0.1',
  components: {},
  paths: {
    '/made': {
      get: {
        responses: {
          200: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['itemId'],
                  properties: { itemId: { type: 'integer', nullable: true }, count: { type: 'integer' } },
                },
              },
            },
          },
        },
      },
    },
  },
}

let directory: string
let operations: readonly Operation[]

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'document-'))
  writeFileSync(path.join(directory, 'numbers.json'), JSON.stringify(DOCUMENT))
  operations = readDocument(path.join(directory, 'numbers.json'))
})

afterAll(() => rmSync(directory, { recursive: true }))

function exchange(service: ServiceName, answer: string): Exchange {
  const head = `Content-Type: application/json\r\nContent-Length: ${answer.length}`
  const [request] = parseMessages(Buffer.from('GET /made HTTP/1.1\r\n\r\n'), 'client')
  const [response] = parseMessages(Buffer.from(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n${answer}`), 'server')
  if (request === undefined) throw new Error('no request')
  const notes = { service, basePaths: [''], outside: [], disturbed: false, rewritten: false }
  return { request, response, notes, place: 'here #1' }
}

describe('an answer without a text', () => {
  it.each(['{"itemId":5}', '{"itemId":null}'])(
    '%s has its first value spoilt, and that is caught',
    (answer) => {
      expect(plantWrongFields(operations, [exchange('connectwise', answer)])).toEqual([
        { operation: 'GET /made', wrong: 'field renamed', caught: true },
        { operation: 'GET /made', wrong: 'value turned into a text', caught: true },
      ])
    },
  )
})

describe('null where the document has a value', () => {
  it('is a fault, but for the vendor that is known to write it; another wrong type is one for all', () => {
    const faults = (service: ServiceName, answer: string): number =>
      checkTraffic(operations, [exchange(service, answer)]).faults.length
    expect(faults('connectwise', '{"itemId":5,"count":null}')).toBe(1)
    expect(faults('autotask', '{"itemId":5,"count":null}')).toBe(0)
    expect(faults('autotask', '{"itemId":5,"count":"3"}')).toBe(1)
  })
})
