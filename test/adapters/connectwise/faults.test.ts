import { describe, expect, it } from 'vitest'
import { startRecordedConnectWise } from '../../contract/recorded-connectwise.js'
import { startConnectWiseEmulator } from '../../emulators/connectwise/server.js'
import type { Psa, WriteOutcome } from '../../../core/psa-ports.js'
import { standingOf } from '../../../core/sync/judge.js'
import type { Step } from '../../../core/sync/types.js'
import { day, decimal } from '../../support/observed.js'
import { refusalOf } from '../http/scripted-client.js'
import { sendJson } from '../http/scripted-server.js'
import { IDS, officeWith, stepOf } from './office.js'
import { scriptedSite } from './scripted-site.js'

const openOffice = officeWith(startRecordedConnectWise)
/** For answers the vendor's document does not know, and addresses that move. */
const openUnrecordedOffice = officeWith(startConnectWiseEmulator)

const STEP = stepOf({
  type: 'add',
  marker: 'CBS:L-1:r0123456789ab',
  oneTime: false,
  quantity: decimal('5'),
  unitPrice: decimal('22'),
  from: day('2026-03-11'),
  to: null,
  lineWords: 'Business Premium',
})
const SLOT = { id: 'L-1', itemId: IDS.product, lineId: IDS.main }
const WRITES: readonly Step[] = [
  STEP,
  stepOf({ type: 'setQuantity', lineId: IDS.main, before: decimal('20'), after: decimal('25') }),
  stepOf({ type: 'setPrice', lineId: IDS.main, before: decimal('22'), after: decimal('23') }),
  stepOf({ type: 'end', lineId: IDS.main, before: null, after: day('2026-04-01') }),
  stepOf({ type: 'remove', lineId: IDS.main, quantity: decimal('20') }),
]
/** The fault of a write leaves looks at the line alone. */
const ADDITIONS = { path: '/additions' } as const
const METHODS = ['POST', 'PATCH', 'DELETE'] as const

function whyOf(outcome: WriteOutcome): string {
  return outcome.type === 'accepted' ? '' : outcome.why
}

async function isThere(psa: Psa): Promise<string> {
  return standingOf(STEP, await psa.read(IDS.contoso), SLOT).type
}

describe('a write that is refused', () => {
  // 407 is a proxy's and 408 a gateway's: nobody knows whether the write went on.
  const refused = Array.from({ length: 52 }, (_, index) => 400 + index).filter(
    (status) => ![407, 408, 429].includes(status),
  )

  it('did nothing, whatever it is and whichever 4xx says so', async () => {
    const { emulator, psa, asked } = await openUnrecordedOffice()
    for (const status of refused) {
      emulator.setFaults(
        METHODS.map((method) => ({ kind: 'status', status, message: 'no', method, ...ADDITIONS })),
      )
      for (const step of WRITES) {
        const outcome = await psa.write(step)
        expect([status, step.type, outcome.type]).toEqual([status, step.type, 'refused'])
        expect(whyOf(outcome)).toMatch(/^ConnectWise did not accept it: .*"no"$/)
        const sent = asked().filter((line) => !line.startsWith('GET'))
        // The built-in fetch asks the one server that says "not me" (421) once more.
        expect([status, sent.length]).toEqual([status, status === 421 ? 2 : 1])
      }
    }
    expect(emulator.ledger().filter(({ by }) => by === 'api')).toEqual([])
  })

  it.each([
    [401, 'it does not know the keys, "no"'],
    [403, 'the API member is not allowed to, "no"'],
    [404, 'it is not there any more, "no"'],
    [409, 'it is being changed by somebody else, or is there already, "no"'],
    [422, '"no"'],
  ])('with %i says what a person understands', async (status, words) => {
    const { psa } = await openUnrecordedOffice({
      faults: [{ kind: 'status', status, message: 'no', method: 'POST' }],
    })
    expect(await psa.write(STEP)).toEqual({
      type: 'refused',
      why: `ConnectWise did not accept it: ${words}`,
    })
  })

  it('by a page, or with several fields, is put into one line', async () => {
    let answer: unknown
    const { psa } = await scriptedSite(({ method }, response) => {
      if (method === 'GET') sendJson(response, {}, 404)
      else if (answer === undefined) response.writeHead(403, { 'content-type': 'text/html' }).end('<html>')
      else sendJson(response, answer, 400)
    })
    expect(whyOf(await psa.write(STEP))).toBe(
      'ConnectWise did not accept it: the API member is not allowed to',
    )
    const fault = (field: string) => ({ code: 'X', message: `${field} is\nwrong.`, field })
    answer = { message: 'It is invalid.', errors: ['a', 'b', 'c', 'd', 'e'].map(fault) }
    expect(whyOf(await psa.write(STEP))).toBe(
      'ConnectWise did not accept it: "It is invalid: a is wrong (a); b is wrong (b); c is wrong (c); and 2 more"',
    )
    answer = { errors: 'none', message: 7 }
    expect(whyOf(await psa.write(STEP))).toBe('ConnectWise did not accept it: it says no more than 400')
  })
})

describe('a write nobody knows the end of', () => {
  it.each([500, 501, 502, 503, 504])('is unknown and sent once: status %i, done or not', async (status) => {
    for (const applied of [false, true]) {
      const { emulator, psa, asked, waits } = await openUnrecordedOffice()
      emulator.setFaults(METHODS.map((method) => ({ kind: 'status', status, applied, method, ...ADDITIONS })))
      const outcome = await psa.write(STEP)
      expect(outcome.type).toBe('unknown')
      expect(whyOf(outcome)).toMatch(new RegExp(`^ConnectWise answered ${status} `))
      expect(asked()).toHaveLength(1)
      expect(waits).toEqual([])
      emulator.setFaults([])
      expect(await isThere(psa)).toBe(applied ? 'done' : 'before')
    }
  })

  it.each([
    ['the answer is lost', { kind: 'lostResponse' }, 'done'],
    ['nothing is ever answered', { kind: 'noAnswer' }, 'done'],
    ['the line drops before', { kind: 'dropped' }, 'before'],
    ['a page instead of the answer', { kind: 'html', applied: true }, 'done'],
    ['a page instead of the API', { kind: 'html' }, 'before'],
    ['the answer is cut off', { kind: 'truncated' }, 'done'],
    [
      'the answer calls itself something else',
      { kind: 'wrongContentType', contentType: 'text/plain' },
      'done',
    ],
    ['the answer never ends', { kind: 'gzipBomb', bytes: 40_000_000 }, 'done'],
  ] as const)('is unknown, sent once, and found by reading back: %s', async (_name, fault, standing) => {
    const open = fault.kind === 'html' ? openUnrecordedOffice : openOffice
    const { emulator, psa, asked, waits } = await open({}, { timeoutMilliseconds: 1500 })
    await psa.read(IDS.contoso)
    asked()
    emulator.setFaults([{ ...fault, method: 'POST' }])
    const outcome = await psa.write(STEP)
    expect(outcome.type).toBe('unknown')
    expect(whyOf(outcome)).toMatch(/^ConnectWise (could not be reached|did not answer|sent)/)
    expect(asked().filter((line) => line.startsWith('POST'))).toHaveLength(1)
    expect(waits).toEqual([])
    emulator.setFaults([])
    expect(await isThere(psa)).toBe(standing)
  })

  it('may take effect later', async () => {
    let now = new Date('2026-03-11T12:00:00Z')
    const { emulator, psa } = await openOffice({ now: () => now })
    emulator.setFaults([{ kind: 'lateEffect', delayMilliseconds: 90_000, method: 'POST' }])
    expect((await psa.write(STEP)).type).toBe('unknown')
    expect(await isThere(psa)).toBe('before')
    now = new Date('2026-03-11T12:01:31Z')
    expect(await isThere(psa)).toBe('done')
  })

  it('by a redirect is not followed, and the release is looked for anew', async () => {
    const { psa, received } = await scriptedSite(({ method, url }, response) => {
      if (method === 'POST') response.writeHead(307, { location: '/v9/apis/3.0/x' }).end()
      else if (url.pathname.includes('/login/')) sendJson(response, { Codebase: 'v1/' })
      else sendJson(response, [])
    })
    expect((await psa.write(STEP)).type).toBe('unknown')
    await psa.companies()
    expect(received.map(({ url }) => url.pathname)).toEqual([
      '/login/companyinfo/msp',
      '/v1/apis/3.0/finance/agreements/106/additions',
      '/login/companyinfo/msp',
      '/v1/apis/3.0/company/companies',
    ])
  })
})

describe('a write over the limit of requests per time', () => {
  it.each([
    ['told to wait a second', '1', [1000]],
    ['told nothing', null, [1000]],
    ['told nonsense', 'soon', [1000]],
  ] as const)('waits and is done: %s', async (_name, retryAfter, expected) => {
    const { psa, waits } = await openOffice({
      faults: [{ kind: 'rateLimit', retryAfter, body: 'html', method: 'POST', times: 1 }],
    })
    expect(await psa.write(STEP)).toEqual({ type: 'accepted' })
    expect(waits).toEqual(expected)
    expect(await isThere(psa)).toBe('done')
  })

  it.each([
    ['600', 300_000],
    ['99999999999', 300_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 300_000],
  ])('is left for later when it would wait long: Retry-After %s', async (retryAfter, waitMilliseconds) => {
    const { psa, emulator } = await openOffice({
      faults: [{ kind: 'rateLimit', retryAfter, method: 'POST' }],
    })
    expect(await psa.write(STEP)).toEqual({
      type: 'later',
      why: 'ConnectWise answered 429 Too Many Requests: "Rate limited"',
      waitMilliseconds,
    })
    expect(emulator.ledger().filter(({ by }) => by === 'api')).toEqual([])
  })

  it('that lasts is left for later after six tries', async () => {
    const { psa, asked } = await openOffice({ faults: [{ kind: 'rateLimit', method: 'POST' }] })
    expect(await psa.write(STEP)).toMatchObject({ type: 'later', waitMilliseconds: 1000 })
    expect(asked()).toHaveLength(6)
  })
})

describe('a write that could not be prepared', () => {
  it('is left for later: nothing was sent', async () => {
    const { psa, asked } = await openOffice({ faults: [{ kind: 'html', method: 'GET', ...ADDITIONS }] })
    const outcome = await psa.write(
      stepOf({ type: 'setQuantity', lineId: IDS.main, before: decimal('20'), after: decimal('25') }),
    )
    expect(outcome).toMatchObject({ type: 'later', waitMilliseconds: 60_000 })
    expect(whyOf(outcome)).toContain('ConnectWise sent "text/html; charset=UTF-8" instead of JSON')
    expect(asked().filter((line) => !line.startsWith('GET'))).toEqual([])
  })
})

describe('a read', () => {
  it.each([
    ['a page', { kind: 'html', times: 2 }],
    ['a page with 503', { kind: 'html', status: 503, times: 5 }],
    ['a cut answer', { kind: 'truncated', times: 2 }],
    ['a dropped line', { kind: 'dropped', times: 5 }],
    ['a 500', { kind: 'status', status: 500, message: 'timeout', times: 5 }],
    ['a closed window', { kind: 'rateLimit', times: 5 }],
  ] as const)('is patient with %s', async (_name, fault) => {
    const { emulator, psa } = await openOffice()
    await psa.companies()
    emulator.setFaults([{ ...fault, path: '/finance/agreements/' }])
    expect((await psa.read(IDS.contoso)).lines).toHaveLength(1)
  })

  it('that is refused is not repeated, whichever 4xx says so', async () => {
    const { emulator, psa, asked } = await openUnrecordedOffice()
    for (let status = 400; status <= 451; status += 1) {
      if (status === 407 || status === 429) continue
      emulator.setFaults([{ kind: 'status', status, message: 'no', path: `/agreements/${IDS.contoso}` }])
      const refusal = await refusalOf(psa.read(IDS.contoso))
      expect([status, refusal.kind]).toEqual([status, status === 404 ? 'notFound' : 'unavailable'])
      expect(refusal.what).toContain(`ConnectWise did not give agreement ${IDS.contoso} (${status}): `)
      expect(refusal.message).toContain('ConnectWise was not read completely and nothing was written.')
      expect([status, asked().length]).toEqual([status, status === 421 ? 2 : 1])
    }
  })
})

describe('the release of ConnectWise', () => {
  const paths = (received: readonly { readonly url: URL }[]) => received.map(({ url }) => url.pathname)

  it('is found once, and anew when the old one is gone: reads and writes go on', async () => {
    const { emulator, psa, logged } = await openUnrecordedOffice({ quirks: { codebase: 'v2025_1/' } })
    await psa.read(IDS.contoso)
    emulator.world.moveCodebase({ codebase: 'v2025_2/' })
    expect((await psa.read(IDS.contoso)).lines).toHaveLength(1)
    emulator.world.moveCodebase({ codebase: 'v2025_3/' })
    expect(await psa.write(STEP)).toEqual({ type: 'accepted' })
    expect(await isThere(psa)).toBe('done')
    const discoveries = emulator.requests().filter(({ target }) => target.includes('/login/'))
    expect(discoveries).toHaveLength(3)
    expect(logged).toEqual([])
  })

  it('is asked for by everybody at once in one question', async () => {
    const { emulator, psa } = await openOffice()
    await Promise.all([psa.companies(), psa.items(), psa.containers('105'), psa.read(IDS.contoso)])
    expect(emulator.requests().filter(({ target }) => target.includes('/login/'))).toHaveLength(1)
  })

  it('is looked for again after a day', async () => {
    let now = 0
    const { emulator, psa } = await openOffice({}, { now: () => now })
    await psa.companies()
    now = 86_399_000
    await psa.companies()
    now = 86_401_000
    await psa.companies()
    expect(emulator.requests().filter(({ target }) => target.includes('/login/'))).toHaveLength(2)
  })

  it.each([
    ['does not say', {}],
    ['says where it is not', { Codebase: '../../evil' }],
    ['says nothing usable', { Codebase: 7 }],
  ])('is the stable one when ConnectWise %s', async (_name, info) => {
    const { psa, received, logged } = await scriptedSite(({ url }, response) =>
      sendJson(response, url.pathname.includes('/login/') ? info : []),
    )
    expect(await psa.companies()).toEqual([])
    expect(paths(received)).toEqual(['/login/companyinfo/msp', '/v4_6_release/apis/3.0/company/companies'])
    expect(logged).toHaveLength(1)
  })

  it('is the stable one when discovery fails, and is asked without keys', async () => {
    const { psa, received } = await scriptedSite(({ url }, response) => {
      if (url.pathname.includes('/login/')) response.writeHead(500).end()
      else sendJson(response, [])
    })
    expect(await psa.companies()).toEqual([])
    expect(paths(received)).toEqual(['/login/companyinfo/msp', '/v4_6_release/apis/3.0/company/companies'])
    expect(received[0]?.headers).not.toHaveProperty('authorization')
    expect(received[0]?.headers).not.toHaveProperty('clientid')
    expect(received[1]?.headers).toMatchObject({
      clientid: 'client-id-1',
      accept: 'application/vnd.connectwise.com+json; version=2025.8',
      'pagination-type': 'forward-only',
    })
  })

  it('that redirects the API elsewhere is said, not followed', async () => {
    const { psa, received } = await scriptedSite(({ url }, response) => {
      if (url.pathname.includes('/login/')) sendJson(response, { Codebase: 'v1' })
      else response.writeHead(302, { location: '/v2/apis/3.0/company/companies' }).end()
    })
    const refusal = await refusalOf(psa.companies())
    expect(refusal.message).toContain(
      'sent the question for companies elsewhere (302), which is never followed',
    )
    expect(refusal.message).toContain('Set CONNECTWISE_SITE')
    expect(paths(received).filter((path) => path.startsWith('/v2'))).toEqual([])
  })
})
