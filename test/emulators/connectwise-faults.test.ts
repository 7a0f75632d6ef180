import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Next, WriteMoment } from './connectwise/emulation.js'
import type { Fault } from './connectwise/faults.js'
import { type ConnectWiseEmulator, startConnectWiseEmulator } from './connectwise/server.js'
import { type ApiAnswer, field } from './shared/api-client.js'
import { type ConnectWiseClient, connectWiseClient } from './shared/connectwise-client.js'
import { seedTwoCustomers, type TwoCustomers } from './shared/connectwise-world.js'

let emulator: ConnectWiseEmulator
let client: ConnectWiseClient
let ids: TwoCustomers
let now: number
let moments: WriteMoment[]
let onMoment: (moment: WriteMoment) => Promise<Next>
let pauses: { readonly moment: WriteMoment; readonly resume: (next?: 'drop') => void }[]

beforeEach(async () => {
  now = Date.parse('2026-03-20T13:00:00Z')
  moments = []
  pauses = []
  onMoment = async () => undefined
  emulator = await startConnectWiseEmulator({
    now: () => new Date(now),
    async onWrite(moment) {
      moments.push(moment)
      return await onMoment(moment)
    },
    async onPause(moment) {
      return await new Promise<Next>((resolve) => pauses.push({ moment, resume: resolve }))
    },
  })
  client = connectWiseClient(emulator)
  ids = seedTwoCustomers(emulator.world)
})

afterEach(async () => await emulator.close())

const main = (): string => `/finance/agreements/${ids.contoso}/additions/${ids.main}`
const seats = (): string => emulator.world.addition(ids.main).quantity

const patch = async (quantity: number): Promise<ApiAnswer> =>
  await client.send('PATCH', main(), [{ op: 'replace', path: 'quantity', value: quantity }])

/** What becomes of a write: its status, or "reset" when the connection ended. */
async function fate(quantity: number): Promise<number | 'reset'> {
  try {
    return (await patch(quantity)).status
  } catch {
    return 'reset'
  }
}

describe('a write whose answer is lost', () => {
  it('took effect', async () => {
    emulator.setFaults([{ kind: 'lostResponse', method: 'PATCH', times: 1 }])
    expect([await fate(25), seats(), await fate(26), seats()]).toEqual(['reset', '25', 200, '26'])
  })

  it('took effect, also when nothing is ever answered', async () => {
    emulator.setFaults([{ kind: 'noAnswer', method: 'PATCH' }])
    const waiting = patch(25).then(
      () => 'answered',
      () => 'gone',
    )
    await expect.poll(seats).toBe('25')
    await emulator.close()
    expect(await waiting).toBe('gone')
  })

  it('did not take effect when it was dropped', async () => {
    emulator.setFaults([{ kind: 'dropped', method: 'PATCH', times: 1 }])
    expect([await fate(25), seats(), await fate(26), seats()]).toEqual(['reset', '20', 200, '26'])
  })
})

describe('a write that takes effect late', () => {
  const late = { kind: 'lateEffect', method: 'PATCH', delayMilliseconds: 30_000, times: 1 } as const

  it('does so by the clock, at the next request', async () => {
    emulator.setFaults([late])
    expect(await fate(25)).toBe('reset')
    now += 29_999
    expect(field((await client.get(main())).json, 'quantity')).toBe(20)
    now += 1
    expect(field((await client.get(main())).json, 'quantity')).toBe(25)
    expect(emulator.ledger().at(-1)).toMatchObject({ by: 'api', at: '2026-03-20T13:00:30.000Z' })
  })

  it('does so when the world settles, once, in the order of their times', async () => {
    emulator.setFaults([late, { ...late, skip: 1, delayMilliseconds: 1000 }])
    expect([await fate(25), await fate(27)]).toEqual(['reset', 'reset'])
    expect(seats()).toBe('20')
    expect(emulator.world.settle()).toBe(2)
    expect(seats()).toBe('25')
    expect(emulator.world.settle()).toBe(0)
  })

  it('may leave the client waiting, and may be refused when its time comes', async () => {
    emulator.setFaults([{ ...late, connection: 'open' }])
    const controller = new AbortController()
    const waiting = fetch(`${emulator.url}/v4_6_release/apis/3.0${main()}`, {
      method: 'PATCH',
      body: '[]',
      signal: controller.signal,
    }).catch(() => 'aborted')
    await expect.poll(() => emulator.requestCount()).toBe(1)
    controller.abort()
    expect(await waiting).toBe('aborted')
    expect(emulator.world.settle()).toBe(1)
    expect(seats()).toBe('20')
  })

  it('does so by itself when the clock runs', async () => {
    const running = await startConnectWiseEmulator({ now: () => new Date() })
    const { main: additionId, contoso } = seedTwoCustomers(running.world)
    running.setFaults([{ ...late, delayMilliseconds: 20 }])
    const patched = connectWiseClient(running).send(
      'PATCH',
      `/finance/agreements/${contoso}/additions/${additionId}`,
      [{ op: 'replace', path: 'quantity', value: 25 }],
    )
    await expect(patched).rejects.toThrow('fetch failed')
    await expect.poll(() => running.world.addition(additionId).quantity).toBe('25')
    await running.close()
  })
})

describe('too many requests', () => {
  it.each<[string | null | undefined, string | null]>([
    [undefined, '1'],
    ['30', '30'],
    ['Fri, 20 Mar 2026 13:01:00 GMT', 'Fri, 20 Mar 2026 13:01:00 GMT'],
    ['-1', '-1'],
    ['1000000000', '1000000000'],
    ['soon', 'soon'],
    [null, null],
  ])('say %s about when to come back', async (retryAfter, expected) => {
    emulator.setFaults([{ kind: 'rateLimit', times: 1, ...(retryAfter === undefined ? {} : { retryAfter }) }])
    const { status, headers, json } = await patch(25)
    expect([status, headers.get('retry-after'), seats()]).toEqual([429, expected, '20'])
    expect(json).toMatchObject({ code: 'TooManyRequests' })
    expect(await fate(25)).toBe(200)
  })

  it("may be answered by the gateway's page", async () => {
    emulator.setFaults([{ kind: 'rateLimit', body: 'html', retryAfter: '7' }])
    const { status, headers, text } = await client.get(main())
    expect([status, headers.get('content-type'), headers.get('retry-after')]).toEqual([
      429,
      'text/html; charset=UTF-8',
      '7',
    ])
    expect(text).toContain('Cloudflare')
  })
})

describe('any status', () => {
  it('is a refusal in the shape of the vendor, without effect unless said so', async () => {
    for (const status of [400, 401, 403, 404, 409, 422, 451, 500, 502, 503]) {
      emulator.setFaults([{ kind: 'status', status, code: 'X', message: 'y', retryAfter: '2' }])
      const answer = await patch(25)
      expect([answer.status, answer.headers.get('retry-after'), seats()]).toEqual([status, '2', '20'])
      expect(answer.json).toEqual({ code: 'X', message: 'y', errors: [] })
    }
    emulator.setFaults([{ kind: 'status', status: 500, applied: true }])
    expect([await fate(25), seats()]).toEqual([500, '25'])
  })
})

describe('answers that are no answers', () => {
  it.each<[Fault, number, string]>([
    [{ kind: 'html' }, 200, '20'],
    [{ kind: 'html', status: 502 }, 502, '20'],
    [{ kind: 'html', status: 200, applied: true }, 200, '25'],
  ])('%j are a page', async (fault, status, expected) => {
    emulator.setFaults([fault])
    const answer = await patch(25)
    expect([answer.status, answer.headers.get('content-type'), answer.json, seats()]).toEqual([
      status,
      'text/html; charset=UTF-8',
      undefined,
      expected,
    ])
  })

  it('are cut, of another type, or larger than they look; the write took effect', async () => {
    emulator.setFaults([{ kind: 'truncated' }])
    const cut = await patch(25)
    expect([cut.status, cut.json, seats()]).toEqual([200, undefined, '25'])
    expect(cut.text.startsWith('{"id":')).toBe(true)
    emulator.setFaults([{ kind: 'wrongContentType', contentType: 'text/plain' }])
    const plain = await patch(26)
    expect([plain.headers.get('content-type'), field(plain.json, 'quantity')]).toEqual(['text/plain', 26])
    emulator.setFaults([{ kind: 'gzipBomb', bytes: 1_000_000 }])
    const bomb = await patch(27)
    expect([bomb.text.length, seats()]).toEqual([1_000_000, '27'])
    expect(Number(bomb.headers.get('content-length'))).toBeLessThan(5000)
  })

  it('may come slowly, while others are answered', async () => {
    emulator.setFaults([{ kind: 'slow', milliseconds: 60_000, method: 'PATCH' }])
    const slow = fate(25)
    await expect.poll(() => emulator.requestCount()).toBe(1)
    expect(field((await client.get(main())).json, 'quantity')).toBe(20)
    await emulator.close()
    expect(await slow).toBe('reset')
  })
})

describe('a person at the same line', () => {
  it('edits it between a look and the write', async () => {
    emulator.setFaults([
      { kind: 'handEdit', method: 'PATCH', edit: { additionId: ids.main, quantity: 22 }, times: 1 },
    ])
    expect(field((await client.get(main())).json, 'quantity')).toBe(20)
    expect(await fate(25)).toBe(200)
    expect(emulator.ledger().slice(-2)).toMatchObject([
      { by: 'hand', before: { quantity: 20 }, after: { quantity: 22 } },
      { by: 'api', before: { quantity: 22 }, after: { quantity: 25 } },
    ])
  })

  it('may do anything', async () => {
    emulator.setFaults([
      {
        kind: 'happening',
        method: 'PATCH',
        act: (world) => {
          world.endAgreement({ agreementId: ids.contoso, endDate: '2026-03-01' })
        },
      },
    ])
    expect([await fate(25), seats()]).toEqual([400, '20'])
  })
})

describe('the moments of a write', () => {
  it('are told, in order and with their number; reads have none', async () => {
    await client.get(main())
    await patch(25)
    await expect.poll(() => moments).toHaveLength(3)
    await patch(26)
    await expect.poll(() => moments).toHaveLength(6)
    expect(moments.map(({ event, write }) => [event, write])).toEqual([
      ['beforeApply', 1],
      ['afterApply', 1],
      ['afterAnswer', 1],
      ['beforeApply', 2],
      ['afterApply', 2],
      ['afterAnswer', 2],
    ])
    expect(moments[0]).toMatchObject({ method: 'PATCH', path: main() })
  })

  it('are waited for, so that the client can be ended there', async () => {
    const held: string[] = []
    onMoment = async ({ event }) => {
      held.push(`${event}: ${seats()}`)
    }
    await patch(25)
    expect(held.slice(0, 2)).toEqual(['beforeApply: 20', 'afterApply: 25'])
  })

  it.each<['beforeApply' | 'afterApply', string]>([
    ['beforeApply', '20'],
    ['afterApply', '25'],
  ])('stop %s when a fault says so', async (at, meanwhile) => {
    emulator.setFaults([{ kind: 'pause', at, times: 1 }])
    const writing = fate(25)
    await expect.poll(() => pauses).toHaveLength(1)
    expect([pauses[0]?.moment.event, seats()]).toEqual([at, meanwhile])
    pauses[0]?.resume()
    expect([await writing, seats()]).toEqual([200, '25'])
  })
})

describe('a write that is stopped before it is applied', () => {
  it('never is when it is dropped there', async () => {
    onMoment = async ({ event }) => (event === 'beforeApply' ? 'drop' : undefined)
    expect([await fate(25), seats()]).toEqual(['reset', '20'])
    onMoment = async () => undefined
    emulator.setFaults([{ kind: 'pause', at: 'beforeApply', times: 1 }])
    const writing = fate(26)
    await expect.poll(() => pauses).toHaveLength(1)
    pauses[0]?.resume('drop')
    expect([await writing, seats()]).toEqual(['reset', '20'])
  })
})

describe('the aim of a fault', () => {
  it('spares what it should, and is the same for the same seed', async () => {
    emulator.setFaults([
      { kind: 'status', status: 500, path: '/additions', method: 'GET', skip: 1, times: 1 },
    ])
    const statuses: number[] = []
    for (const path of [main(), '/system/info', main(), main()])
      statuses.push((await client.get(path)).status)
    expect([...statuses, await fate(25)]).toEqual([200, 200, 500, 200, 200])
    const draws: number[][] = []
    for (let round = 0; round < 2; round += 1) {
      emulator.setFaults([{ kind: 'status', status: 500, probability: 0.5 }])
      const drawn: number[] = []
      for (let count = 0; count < 20; count += 1) drawn.push((await client.get('/system/info')).status)
      draws.push(drawn)
    }
    expect(draws[0]).toEqual(draws[1])
    expect(new Set(draws[0])).toEqual(new Set([200, 500]))
  })

  it('may be many lines: all but the one whose write fails are written', async () => {
    emulator.setFaults([{ kind: 'status', status: 409, method: 'PATCH', skip: 22, times: 1 }])
    const fates: (number | 'reset')[] = []
    for (let count = 0; count < 40; count += 1) fates.push(await fate(count + 30))
    expect(fates.filter((status) => status === 200)).toHaveLength(39)
    expect(fates[22]).toBe(409)
  })
})

describe('a mistake of the emulator itself', () => {
  it('is seen and not waited for', async () => {
    emulator.setFaults([{ kind: 'handEdit', edit: { additionId: 999 } }])
    const { status, text } = await client.get(main())
    expect([status, text]).toEqual([599, expect.stringContaining('no addition 999')])
  })
})
