import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { AutotaskEmulator } from './autotask/server.js'
import { speakTo } from './shared/autotask.js'
import {
  adjustment,
  type AutotaskClient,
  closeAutotask,
  type Contoso,
  startContoso,
} from './shared/autotask.js'

afterEach(closeAutotask)

const PATH = '/ContractServiceAdjustments'
const DAY = '2026-03-11'

interface Running {
  readonly emulator: AutotaskEmulator
  readonly client: AutotaskClient
  readonly contoso: Contoso
}

/** +5 on 11 March; the answer, or "failed" when none came. */
async function add({ client, contoso }: Running, unitChange = 5) {
  try {
    return await client.call('POST', PATH, adjustment(contoso, unitChange, DAY))
  } catch {
    return 'failed'
  }
}

function units({ emulator, contoso }: Running): number {
  return emulator.world.units({ contractServiceId: contoso.line, date: DAY })
}

/** Entries of the ledger that are adjustments of a program. */
function effects({ emulator }: Running): number {
  return emulator.ledger().filter(({ by, entity }) => by === 'api' && entity === 'ContractServiceAdjustments')
    .length
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(5)
}

describe('a write', () => {
  it('is applied though its answer is lost', async () => {
    const running = await startContoso({
      faults: [{ kind: 'lostResponse', method: 'POST', path: PATH, times: 1 }],
    })
    expect(await add(running)).toBe('failed')
    expect([units(running), effects(running)]).toEqual([25, 1])
  })

  it('is not applied when its connection is dropped', async () => {
    const running = await startContoso({ faults: [{ kind: 'dropped', only: 'writes', times: 1 }] })
    expect(await add(running)).toBe('failed')
    expect([units(running), effects(running)]).toEqual([20, 0])
    expect(await add(running)).toMatchObject({ status: 200 })
    expect(units(running)).toBe(25)
  })

  it.each([
    [true, 25],
    [false, 20],
  ])('that nobody answers is applied (%s) or not', async (applied, expected) => {
    const { emulator, contoso } = await startContoso({ faults: [{ kind: 'noAnswer', applied, times: 1 }] })
    const leaving = new AbortController()
    const asked = fetch(`${emulator.url}/ATServicesRest/V1.0${PATH}`, {
      method: 'POST',
      signal: leaving.signal,
      headers: {
        'content-type': 'application/json',
        ApiIntegrationCode: emulator.credentials.integrationCode,
        UserName: emulator.credentials.userName,
        Secret: emulator.credentials.secret,
      },
      body: JSON.stringify(adjustment(contoso, 5, DAY)),
    })
    await until(() => emulator.requestCount() === 1)
    expect(await Promise.race([asked, wait(50, 'silence')])).toBe('silence')
    leaving.abort()
    await expect(asked).rejects.toThrow('abort')
    expect(emulator.world.units({ contractServiceId: contoso.line, date: DAY })).toBe(expected)
  })

  it('takes effect late, when the clock has come so far', async () => {
    let now = '2026-03-20T13:00:00Z'
    const running = await startContoso({
      now: () => new Date(now),
      faults: [{ kind: 'lateEffect', afterMilliseconds: 30_000, reset: true, only: 'writes', times: 1 }],
    })
    expect(await add(running)).toBe('failed')
    now = '2026-03-20T13:00:29Z'
    await running.client.call('GET', '/ThresholdInformation')
    expect(units(running)).toBe(20)
    now = '2026-03-20T13:00:30Z'
    const rows = await running.client.rows('ContractServiceUnits', { op: 'eq', field: 'units', value: 25 })
    expect(rows).not.toEqual([])
    expect(running.emulator.ledger().at(-1)).toMatchObject({ at: '2026-03-20T13:00:30.000Z', unitsAfter: 25 })
  })

  it('takes effect late when the world settles, unless the rules refuse it by then', async () => {
    const running = await startContoso({
      faults: [{ kind: 'lateEffect', reset: true, only: 'writes', times: 1 }],
    })
    await add(running)
    expect(units(running)).toBe(20)
    expect(running.emulator.world.settle()).toBe(1)
    expect(running.emulator.world.settle()).toBe(0)
    expect([units(running), effects(running)]).toEqual([25, 1])

    const refused = await startContoso({
      faults: [{ kind: 'lateEffect', reset: true, only: 'writes', times: 1 }],
    })
    await add(refused, 3)
    await add(refused, 5)
    expect(refused.emulator.world.settle()).toBe(0)
    expect([units(refused), effects(refused)]).toEqual([25, 1])
  })

  it('meets a person’s edit made after the read before it', async () => {
    const running = await startContoso()
    const { emulator, client, contoso } = running
    const edit = { contractServiceId: contoso.line, unitChange: 2, effectiveDate: DAY }
    emulator.setFaults([{ kind: 'handEdit', edits: [{ method: 'adjust', with: edit }], times: 1 }])
    const filter = { op: 'eq', field: 'contractServiceID', value: contoso.line }
    expect((await client.rows('ContractServiceUnits', filter)).every((row) => row['units'] === 20)).toBe(true)
    expect(await add(running)).toMatchObject({ status: 500 })
    expect([units(running), emulator.ledger().at(-1)?.by]).toEqual([22, 'hand'])
    emulator.setFaults([{ kind: 'handEdit', edits: [{ method: 'adjust', with: edit }] }])
    expect(await add(running)).toMatchObject({ status: 599 })
  })

  it('waits before and after it is applied', async () => {
    for (const [moment, expected] of [
      ['beforeApply', 20],
      ['afterApply', 25],
    ] as const) {
      let release = (_: 'continue' | 'drop'): void => undefined
      const paused: unknown[] = []
      const running = await startContoso({
        faults: [{ kind: 'pause', moment, only: 'writes' }],
        onPause: async (pause) => {
          paused.push(pause)
          return await new Promise((resolve) => {
            release = resolve
          })
        },
      })
      const answer = add(running)
      await until(() => paused.length === 1)
      expect(paused).toEqual([
        { event: moment, method: 'POST', path: `/ATServicesRest/V1.0${PATH}`, request: 1 },
      ])
      expect(units(running)).toBe(expected)
      release('continue')
      expect(await answer).toMatchObject({ status: 200 })
      expect(units(running)).toBe(25)
    }
  })

  it.each([
    ['beforeApply', 20],
    ['afterApply', 25],
  ] as const)('that waits %s may be dropped there', async (moment, expected) => {
    const running = await startContoso({
      faults: [{ kind: 'pause', moment, only: 'writes' }],
      onPause: async () => await Promise.resolve('drop'),
    })
    expect(await add(running)).toBe('failed')
    expect(units(running)).toBe(expected)
  })
})

describe('an answer', () => {
  it.each([
    [{ seconds: 30 }, '30'],
    [{ dateIn: 90 }, 'Fri, 20 Mar 2026 13:01:30 GMT'],
    [{ text: 'soon' }, 'soon'],
    [{ text: '-1' }, '-1'],
    [undefined, null],
  ])('is 429 with Retry-After %j, and nothing is applied', async (retryAfter, header) => {
    const fault = { kind: 'rateLimit', times: 1 } as const
    const running = await startContoso({
      faults: [retryAfter === undefined ? fault : { ...fault, retryAfter }],
    })
    const answer = await add(running)
    expect(answer).toMatchObject({ status: 429 })
    expect(answer === 'failed' ? undefined : answer.headers.get('retry-after')).toBe(header)
    expect(units(running)).toBe(20)
  })

  it('is a refusal, a gateway’s page, or too many threads, and nothing is applied', async () => {
    const running = await startContoso()
    const { emulator } = running
    emulator.setFaults([{ kind: 'status', status: 503, errors: ['Down.'] }])
    expect(await add(running)).toMatchObject({ status: 503, json: { errors: ['Down.'] } })
    emulator.setFaults([{ kind: 'html', status: 200 }])
    expect(await add(running)).toMatchObject({ status: 200, json: undefined })
    emulator.setFaults([{ kind: 'html' }])
    expect(await add(running)).toMatchObject({
      status: 502,
      text: expect.stringContaining('<html>') as string,
    })
    emulator.setFaults([{ kind: 'threadLimit' }])
    expect(await add(running)).toMatchObject({
      status: 500,
      json: { errors: [expect.stringMatching(/Itgenatr005.*thread threshold/)] },
    })
    expect([units(running), effects(running)]).toEqual([20, 0])
  })

  it('is spoilt on its way, and the write is applied', async () => {
    const spoilt = async (fault: Parameters<AutotaskEmulator['setFaults']>[0][number]) => {
      const running = await startContoso({ faults: [fault] })
      const answer = await add(running)
      expect([units(running), effects(running)]).toEqual([25, 1])
      return answer
    }
    expect(await spoilt({ kind: 'truncated' })).toMatchObject({
      status: 200,
      text: '{"itemI',
      json: undefined,
    })
    const wrong = await spoilt({ kind: 'wrongContentType' })
    expect(wrong === 'failed' ? undefined : wrong.headers.get('content-type')).toBe('text/plain')
    const bomb = await spoilt({ kind: 'gzipBomb', megabytes: 2 })
    expect(bomb === 'failed' ? 0 : bomb.text.length).toBe(2 * 1024 * 1024)
    expect(await spoilt({ kind: 'html', applied: true })).toMatchObject({ status: 502 })
  })
})

describe('threads', () => {
  it('are three per entity; a fourth is refused, and another entity is not', async () => {
    const { emulator, client } = await startContoso({
      faults: [{ kind: 'noAnswer', path: 'Companies', times: 3 }],
    })
    const ask = (entity: string, signal?: AbortSignal) =>
      fetch(`${emulator.url}/ATServicesRest/V1.0/${entity}/query`, {
        method: 'POST',
        ...(signal === undefined ? {} : { signal }),
        headers: {
          'content-type': 'application/json',
          ApiIntegrationCode: emulator.credentials.integrationCode,
          UserName: emulator.credentials.userName,
          Secret: emulator.credentials.secret,
        },
        body: JSON.stringify({ filter: [{ op: 'exist', field: 'id' }] }),
      })
    const leaving = new AbortController()
    const waiting = [1, 2, 3].map(() => ask('Companies', leaving.signal))
    await until(() => emulator.requestCount() === 3)
    const fourth = await client.call('GET', '/Companies/5')
    expect([fourth.status, client.errors(fourth)]).toEqual([500, [expect.stringContaining('Itgenatr005')]])
    expect((await ask('Contracts')).status).toBe(200)
    leaving.abort()
    await Promise.allSettled(waiting)
    let status = 500
    while (status !== 200) status = (await client.call('GET', '/Companies/5')).status
    expect(status).toBe(200)
  })
})

describe('the aim of a fault', () => {
  it('spares the first, hits so many, and only what fits', async () => {
    const running = await startContoso({
      faults: [{ kind: 'status', status: 503, method: 'GET', path: 'Companies', skip: 1, times: 2 }],
    })
    const statuses: number[] = []
    for (let count = 0; count < 4; count += 1) {
      statuses.push((await running.client.call('GET', '/Companies/5')).status)
    }
    expect(statuses).toEqual([200, 503, 503, 200])
    expect((await running.client.call('GET', '/Services/5')).status).toBe(200)
    running.emulator.setFaults([{ kind: 'status', status: 503, only: 'writes' }])
    const filter = [{ op: 'exist', field: 'id' }]
    expect((await running.client.call('POST', '/Companies/query', { filter })).status).toBe(200)
    running.emulator.setFaults([{ kind: 'status', status: 503, only: 'reads' }])
    expect((await running.client.call('POST', '/Companies/query', { filter })).status).toBe(503)
    expect(await add(running)).toMatchObject({ status: 200 })
  })

  it('with a probability hits the same requests for the same seed', async () => {
    const hits = async (seed: number): Promise<string> => {
      const { client } = await startContoso({
        quirks: { seed },
        faults: [{ kind: 'status', status: 503, probability: 0.5 }],
      })
      let seen = ''
      for (let count = 0; count < 24; count += 1) {
        seen += (await client.call('GET', '/Companies/5')).status === 503 ? 'x' : '.'
      }
      return seen
    }
    const first = await hits(3)
    expect(first).toBe(await hits(3))
    expect(first).not.toBe(await hits(4))
    expect(new Set(first)).toEqual(new Set(['x', '.']))
  })
})

describe('the file of the ledger', () => {
  it('has each effect before its answer leaves, lost or not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'autotask-'))
    try {
      const ledgerPath = join(folder, 'ledger.jsonl')
      const running = await startContoso({
        ledgerPath,
        faults: [{ kind: 'lostResponse', only: 'writes', times: 1 }],
      })
      expect(await add(running)).toBe('failed')
      const lines = readFileSync(ledgerPath, 'utf8').trimEnd().split('\n')
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(running.emulator.ledger())
      expect(lines.at(-1)).toContain('"unitsAfter":25')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('an emulator that is closed', () => {
  it('is gone, though somebody still waits', async () => {
    const running = await startContoso({ faults: [{ kind: 'noAnswer' }] })
    const waiting = add(running)
    await until(() => running.emulator.requestCount() === 1)
    await running.emulator.close()
    expect(await waiting).toBe('failed')
    await expect(speakTo(running.emulator).call('GET', '/ThresholdInformation')).rejects.toThrow(
      'fetch failed',
    )
  })
})
