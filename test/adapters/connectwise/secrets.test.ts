import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { Problem } from '../../../core/problem.js'
import { day, decimal } from '../../support/observed.js'
import { sendJson } from '../http/scripted-server.js'
import { clientOf, stepOf } from './office.js'
import { KEYS, scriptedSite, TOKEN } from './scripted-site.js'

const SECRETS = [KEYS.publicKey, KEYS.privateKey, KEYS.clientId, TOKEN]

const ECHO = `no ${SECRETS.join(' and ')}`

const STEPS = [
  stepOf({
    type: 'add',
    marker: 'CBS:L-1:r0123456789ab',
    oneTime: false,
    quantity: decimal('5'),
    unitPrice: decimal('22'),
    from: day('2026-03-11'),
    to: null,
    lineWords: 'words',
  }),
  stepOf({ type: 'setQuantity', lineId: '9', before: decimal('1'), after: decimal('2') }),
  stepOf({ type: 'remove', lineId: '9', quantity: decimal('1') }),
]

function refuse(response: ServerResponse, status: number): void {
  const error = { code: ECHO, message: ECHO, field: ECHO, resource: ECHO }
  const headers = { 'x-correlation-id': ECHO, link: `<http://${TOKEN}>; rel="next"` }
  sendJson(response, { id: ECHO, code: ECHO, message: 'bad', errors: [error] }, status, headers)
}

/** What a person, a log or a trail could get to see of an answer. */
async function everythingSaid(status: number): Promise<string[]> {
  const { psa, logged } = await scriptedSite(({ url }, response) => {
    if (url.pathname.includes('/login/')) sendJson(response, { Codebase: ECHO })
    else refuse(response, status)
  })
  const reads = [psa.companies, psa.items, () => psa.containers('5'), () => psa.read('77')]
  const said: string[] = []
  for (const ask of reads) {
    try {
      said.push(JSON.stringify(await ask()))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      said.push(error.message, error.stack ?? '', JSON.stringify(error))
    }
  }
  for (const step of STEPS) said.push(JSON.stringify(await psa.write(step)))
  return [...said, ...logged]
}

describe('a secret', () => {
  it.each([200, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503])(
    'is in nothing that is said or logged, however often %i repeats it',
    async (status) => {
      const said = await everythingSaid(status)
      expect(said.length).toBeGreaterThan(10)
      for (const secret of SECRETS) {
        for (const text of said) expect(text).not.toContain(secret)
      }
    },
  )

  it('is in no address', async () => {
    const { psa, received } = await scriptedSite((_received, response) => sendJson(response, []))
    await psa.companies()
    for (const { url } of received) {
      for (const secret of SECRETS) expect(url.href).not.toContain(secret)
    }
  })

  it.each(['companyId', 'publicKey', 'privateKey', 'clientId'] as const)(
    'that cannot be a header (%s) is refused without being quoted',
    (name) => {
      for (const value of ['', 'with space-s3cret', 'line\nbreak-s3cret', 'ümlaut-s3cret']) {
        const make = () => clientOf({ site: 'http://127.0.0.1:1', ...KEYS, [name]: value })
        expect(make).toThrow(Problem)
        expect(make).not.toThrow(/s3cret/)
      }
    },
  )

  it('goes nowhere but to https', () => {
    expect(() => clientOf({ site: 'http://api.example.com', ...KEYS })).toThrow(/does not start with https/)
  })
})
