import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkTraffic, type Verdict } from './check.js'
import { type Operation, readDocument } from './document.js'
import { parseMessages } from './http-messages.js'
import { MINI_DOCUMENT } from './mini-document.js'
import { plantWrongFields } from './plant.js'
import type { RecordingNotes } from './recorder.js'
import type { Exchange } from './traffic.js'

const NOTES: RecordingNotes = {
  service: 'ingram',
  basePaths: ['/api', '/old/api'],
  outside: ['/login'],
  disturbed: false,
  rewritten: false,
}
const ID = '6f8d0c3e-8f5d-4d0e-9c37-0c6f1f0a1b2c'

let directory: string
let operations: readonly Operation[]

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'document-'))
  writeFileSync(path.join(directory, 'mini.yaml'), MINI_DOCUMENT)
  operations = readDocument(path.join(directory, 'mini.yaml'))
})

afterAll(() => rmSync(directory, { recursive: true }))

interface Spoken {
  readonly target?: string
  readonly headers?: string
  readonly body?: string
  readonly status?: string
  readonly answerHeaders?: string
  readonly answer?: unknown
  readonly notes?: Partial<RecordingNotes>
}

/** One exchange as it would be on the wire: a list of one good thing unless said otherwise. */
function exchange(spoken: Spoken): Exchange {
  const {
    target = 'GET /api/things',
    headers = 'Authorization: Bearer t\r\nX-Subscription-Key: k',
    body = '',
    status = '200 OK',
    answerHeaders = 'Content-Type: application/json\r\nX-Correlation-ID: c',
    answer = [{ name: 'a' }],
  } = spoken
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer)
  const length = (content: string): string => `Content-Length: ${Buffer.byteLength(content)}`
  const request = `${target} HTTP/1.1\r\n${headers}${body === '' ? '' : `\r\n${length(body)}`}\r\n\r\n${body}`
  const response = `HTTP/1.1 ${status}\r\n${answerHeaders}\r\n${length(text)}\r\n\r\n${text}`
  const [asked] = parseMessages(Buffer.from(request), 'client')
  if (asked === undefined) throw new Error('no request')
  const [given] = parseMessages(Buffer.from(response), 'server')
  return { request: asked, response: given, notes: { ...NOTES, ...spoken.notes }, place: 'here #1' }
}

const check = (spoken: Spoken): Verdict => checkTraffic(operations, [exchange(spoken)])

describe('traffic that keeps to the document', () => {
  it.each<[string, Spoken]>([
    ['a list', {}],
    ['a list with a filter', { target: 'GET /api/things?limit=5&since=2026-03-01T00:00:00Z' }],
    [
      'a thing with everything',
      {
        target: `GET /api/things/${ID}`,
        answer: {
          name: 'a',
          madeOn: '2026-03-11',
          quantity: 2,
          kind: 'big',
          value: 'text',
          labels: { a: 'b' },
        },
      },
    ],
    ['any value where the example is a text', { answer: [{ name: 'a', value: [1, { deep: true }] }] }],
    [
      'a sign-in',
      {
        target: 'POST /api/token',
        headers: 'Authorization: Basic bTpw\r\nX-Subscription-Key: k\r\nContent-Type: application/json',
        body: '{"marketplace":"us"}',
        answer: { token: 't' },
      },
    ],
    [
      'the fixed path before the one with an id',
      { target: 'GET /api/things/estimate', answer: { name: 'a' } },
    ],
  ])('is accepted: %s', (_name, spoken) => {
    const verdict = check(spoken)
    expect(verdict.faults).toEqual([])
    expect([...verdict.answers.values()]).toEqual([1])
  })

  it('is counted by operation', () => {
    const verdict = checkTraffic(operations, [
      exchange({}),
      exchange({}),
      exchange({ target: `GET /api/things/${ID}`, answer: { name: 'a' } }),
    ])
    expect([...verdict.requests]).toEqual([
      ['GET /things', 2],
      ['GET /things/{id}', 1],
    ])
    expect(verdict.exchanges).toBe(3)
  })
})

describe('a request against the document', () => {
  it.each<[string, Spoken, string]>([
    ['an unknown path', { target: 'GET /api/nothing' }, 'no such operation'],
    ['a path outside the API', { target: 'GET /things' }, 'no such operation'],
    ['a wrong method', { target: 'DELETE /api/things' }, 'no such operation'],
    [
      'an undescribed parameter',
      { target: 'GET /api/things?status=active' },
      'query parameter status is not described',
    ],
    [
      'a number in words',
      { target: 'GET /api/things?limit=five' },
      'parameter limit: the whole must be integer',
    ],
    ['a number too small', { target: 'GET /api/things?limit=0' }, 'parameter limit: the whole must be >= 1'],
    ['an empty parameter', { target: 'GET /api/things?limit=' }, 'parameter limit is missing or empty'],
    [
      'a wrong instant',
      { target: 'GET /api/things?since=2026-03-01' },
      'parameter since: the whole must match format',
    ],
    [
      'a wrong id',
      { target: 'GET /api/things/7', answer: { name: 'a' } },
      'parameter id: the whole must match format',
    ],
    ['no key', { headers: 'Authorization: Bearer t' }, 'parameter X-Subscription-Key is missing'],
    ['no sign-in', { headers: 'X-Subscription-Key: k' }, 'signs in by nothing instead of bearer'],
    [
      'the wrong sign-in',
      { headers: 'Authorization: Basic x\r\nX-Subscription-Key: k' },
      'signs in by basic instead of bearer',
    ],
    ['an undescribed body', { body: '{}' }, 'has a body where none is described'],
    ...[
      ['a broken body', '{', 'the body is no JSON'],
      [
        'an undescribed field',
        '{"marketplace":"us","colour":1}',
        'must NOT have additional properties ("colour")',
      ],
      [
        'a read-only field',
        '{"marketplace":"us","secret":"x"}',
        'must NOT have additional properties ("secret")',
      ],
      ['a missing field', '{}', "must have required property 'marketplace'"],
    ].map(([name = '', body = '', words = '']): [string, Spoken, string] => [
      name,
      {
        target: 'POST /api/token',
        headers: 'Authorization: Basic x\r\nX-Subscription-Key: k',
        body,
        answer: { token: 't' },
      },
      words,
    ]),
  ])('is found: %s', (_name, spoken, words) => {
    const { faults } = check(spoken)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(words)
    expect(faults[0]).toContain('here #1: ')
  })
})

describe('an answer against the document', () => {
  it.each<[string, Spoken, string]>([
    [
      'an undescribed field',
      { answer: [{ name: 'a', colour: 1 }] },
      '/0 must NOT have additional properties ("colour")',
    ],
    [
      'a write-only field',
      { answer: [{ name: 'a', order: 'x' }] },
      'must NOT have additional properties ("order")',
    ],
    [
      'a field of a write-only kind',
      { answer: [{ name: 'a', hidden: {} }] },
      'must NOT have additional properties ("hidden")',
    ],
    ['a missing field', { answer: [{}] }, "/0 must have required property 'name'"],
    ['a wrong type', { answer: [{ name: 7 }] }, '/0/name must be string in 7'],
    [
      'a day that does not exist',
      { answer: [{ name: 'a', madeOn: '2026-02-30' }] },
      '/0/madeOn must match format "date"',
    ],
    [
      'a word nobody listed',
      { answer: [{ name: 'a', kind: 'huge' }] },
      '/0/kind must be equal to one of the allowed values',
    ],
    ['a wrong label', { answer: [{ name: 'a', labels: { x: 1 } }] }, '/0/labels/x must be string'],
    [
      'no correlation id',
      { answerHeaders: 'Content-Type: application/json' },
      'lacks the header X-Correlation-ID',
    ],
    [
      'a page',
      { answerHeaders: 'Content-Type: text/html\r\nX-Correlation-ID: c', answer: '<p>' },
      'answer 200 is no JSON',
    ],
    ['half an answer', { answer: '[{"name":' }, 'answer 200 is no JSON'],
    ['a redirect', { status: '302 Found' }, 'neither success nor refusal'],
    [
      'a refusal without words',
      { status: '400 Bad Request', answer: {} },
      'neither "error", "errors" nor "message"',
    ],
  ])('is found: %s', (_name, spoken, words) => {
    const { faults } = check(spoken)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(words)
  })

  it.each<[string, Spoken, string]>([
    [
      'a refusal',
      { status: '429 Too Many Requests', answer: { message: 'later' } },
      'answer 429 (the document describes no such refusal)',
    ],
    [
      'a page in a test that sends pages',
      { answerHeaders: 'Content-Type: text/html', answer: '<p>', notes: { disturbed: true } },
      'answer 200 broken on purpose',
    ],
    [
      'a wrong field in a test that sends them',
      { answer: [{ colour: 1 }], notes: { rewritten: true } },
      'answer changed on purpose',
    ],
  ])('is left alone, and counted: %s', (_name, spoken, why) => {
    const { faults, unchecked, answers } = check(spoken)
    expect(faults).toEqual([])
    expect([...unchecked]).toEqual([[why, 1]])
    expect(answers.size).toBe(0)
  })

  it('still has its request checked when it is left alone', () => {
    expect(check({ target: 'GET /api/things?colour=1', notes: { rewritten: true } }).faults).toHaveLength(1)
  })

  it('of an identity server is no part of the API', () => {
    expect([...check({ target: 'POST /login' }).unchecked.keys()]).toEqual(['request outside the API'])
  })

  it('may state a quantity as numeric text, which is counted, and nothing else', () => {
    const { faults, deviations } = check({ answer: [{ name: 'a', quantity: '2.0' }] })
    expect(faults).toEqual([])
    expect([...deviations]).toEqual([['a quantity as text ("2.0")', 1]])
    expect(check({ answer: [{ name: 'a', quantity: 'two' }] }).faults).toHaveLength(1)
  })
})

describe('wrong fields planted in good traffic', () => {
  it('are caught, two for each operation', () => {
    const plantings = plantWrongFields(operations, [
      exchange({}),
      exchange({}),
      exchange({ target: `GET /api/things/${ID}`, answer: { name: 'a' } }),
    ])
    expect(plantings).toEqual([
      { operation: 'GET /things', wrong: 'field renamed', caught: true },
      { operation: 'GET /things', wrong: 'text turned into a number', caught: true },
      { operation: 'GET /things/{id}', wrong: 'field renamed', caught: true },
      { operation: 'GET /things/{id}', wrong: 'text turned into a number', caught: true },
    ])
  })

  it('are reported when the check is blind', () => {
    const seesNothing = Object.assign(() => true, operations[0]?.requestBody)
    const blind = operations.map((operation) => ({
      ...operation,
      responses: new Map(
        [...operation.responses].map(([status, response]) => [status, { ...response, body: seesNothing }]),
      ),
    }))
    const plantings = plantWrongFields(blind, [exchange({})])
    expect(plantings.map(({ caught }) => caught)).toEqual([false, false])
  })
})
