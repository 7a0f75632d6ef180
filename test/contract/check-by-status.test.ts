import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkTraffic, type Verdict } from './check.js'
import { type Operation, readDocument } from './document.js'
import { parseMessages } from './http-messages.js'
import { MINI_JSON_DOCUMENT } from './mini-json-document.js'
import { plantWrongFields } from './plant.js'
import type { Exchange } from './traffic.js'

let directory: string
let operations: readonly Operation[]

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'document-'))
  writeFileSync(path.join(directory, 'mini.json'), JSON.stringify(MINI_JSON_DOCUMENT))
  operations = readDocument(path.join(directory, 'mini.json'))
})

afterAll(() => rmSync(directory, { recursive: true }))

interface Spoken {
  readonly target?: string
  readonly body?: string
  readonly status?: string
  readonly type?: string
  readonly answer?: string
  readonly disturbed?: boolean
}

function exchange(spoken: Spoken): Exchange {
  const {
    target = 'GET /things',
    body = '',
    status = '200 OK',
    answer = '[{"name":"a","count":null}]',
  } = spoken
  const type = spoken.type ?? 'application/vnd.things.com+json; version=2'
  const request = `${target} HTTP/1.1\r\nAuthorization: Basic x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const response = `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`
  const [asked] = parseMessages(Buffer.from(request), 'client')
  if (asked === undefined) throw new Error('no request')
  const [given] = parseMessages(Buffer.from(response), 'server')
  const { disturbed = false } = spoken
  return {
    request: asked,
    response: given,
    notes: { service: 'connectwise', basePaths: [''], outside: [], disturbed, rewritten: false },
    place: 'here #1',
  }
}

const check = (spoken: Spoken): Verdict => checkTraffic(operations, [exchange(spoken)])

const POSTED: Spoken = { target: 'POST /things', body: '{"name":"a"}', status: '201 Created', answer: '7' }
const REFUSED: Spoken = {
  status: '401 No',
  type: 'application/json',
  answer: '{"code":"Unauthorized","message":"no"}',
}

describe('a document that describes its answers by status', () => {
  it('is kept by an answer of the described status, type and shape', () => {
    for (const spoken of [{}, POSTED]) {
      const { faults, answers } = check(spoken)
      expect(faults).toEqual([])
      expect([...answers.values()]).toEqual([1])
    }
    expect(check({ target: 'DELETE /things/7', status: '204 Gone', answer: '' }).faults).toEqual([])
  })

  it.each<[string, Spoken, string]>([
    ['a status nobody described', { ...POSTED, status: '200 OK' }, 'answer 200 is not described'],
    [
      'another type',
      { type: 'application/json' },
      'is application/json instead of application/vnd.things.com+json',
    ],
    [
      'a body where none belongs',
      { target: 'DELETE /things/7', status: '202 Later' },
      'has a body where none is described',
    ],
    ['a text for a number', { ...POSTED, answer: '"7"' }, 'must be integer'],
    ['a refusal of another shape', { ...REFUSED, answer: '{"message":"no"}' }, "required property 'code'"],
    [
      'a refusal that says nothing',
      { ...POSTED, status: '400 No', answer: '{"errors":[]}' },
      'carries neither "error"',
    ],
    ['no time to come back', { ...REFUSED, status: '429 Slow' }, 'lacks the header Retry-After'],
  ])('is broken by %s', (_name, spoken, words) => {
    const { faults } = check(spoken)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(words)
  })

  it('accepts refusals as described, those nobody described, and what a test disturbs', () => {
    for (const spoken of [
      REFUSED,
      { ...POSTED, status: '500 No', answer: '{"errors":["no"]}' },
      { ...REFUSED, status: '429 Slow', disturbed: true },
    ]) {
      const { faults, answers } = check(spoken)
      expect(faults).toEqual([])
      expect(answers.size).toBe(0)
    }
  })

  it('lets a reader leave fields out, which is counted, and only then', () => {
    const { faults, deviations } = check({ target: 'GET /things?fields=count', answer: '[{"count":2}]' })
    expect(faults).toEqual([])
    expect([...deviations]).toEqual([['a required field that was not among the fields asked for', 1]])
    expect(check({ answer: '[{"count":2}]' }).faults).toHaveLength(1)
    expect(check({ target: 'GET /things?fields=colour', answer: '[{"colour":2}]' }).faults).toHaveLength(1)
  })

  it('catches a bare number turned into a text', () => {
    expect(plantWrongFields(operations, [exchange(POSTED)])).toEqual([
      { operation: 'POST /things', wrong: 'number turned into a text', caught: true },
    ])
  })
})
