import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { Credentials } from './connectwise/gateway.js'
import type { Seeded } from './connectwise/world.js'
import { connectWiseClient } from './shared/connectwise-client.js'
import { TWO_CUSTOMERS } from './shared/connectwise-world.js'

const PROGRAM = fileURLToPath(new URL('../../dist/test/emulators/connectwise/main.js', import.meta.url))

let child: ChildProcess | undefined
let directory: string | undefined

afterEach(() => {
  child?.kill('SIGKILL')
  if (directory !== undefined) rmSync(directory, { recursive: true })
})

interface Program {
  readonly place: { readonly url: string; readonly credentials: Credentials }
  tell(command: unknown): Promise<unknown>
  read(): Promise<unknown>
}

async function startProgram(...args: string[]): Promise<Program> {
  expect(existsSync(PROGRAM)).toBe(true)
  const started = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  child = started
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]()
  const read = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value))
  const place = (await read()) as Program['place']
  return {
    place,
    read,
    async tell(command) {
      started.stdin.write(`${JSON.stringify(command)}\n`)
      return await read()
    },
  }
}

describe('the emulated PSA as a process', () => {
  it('prints where it is, obeys its input, and keeps its ledger in a file', async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'connectwise-'))
    const file = path.join(directory, 'ledger.jsonl')
    const { place, tell } = await startProgram('--now', '2026-03-20T13:00:00Z', '--ledger', file)
    expect(place.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const { result } = (await tell({ method: 'seed', with: TWO_CUSTOMERS })) as { result: Seeded }
    const agreementId = result.agreements['Contoso Cloud'] ?? 0
    const [additionId = 0] = result.additions
    const client = connectWiseClient(place)
    const addition = `/finance/agreements/${agreementId}/additions/${additionId}`
    expect(await tell({ method: 'editAddition', with: { additionId, quantity: 21 } })).toEqual({
      result: null,
    })
    expect((await client.get(addition)).json).toMatchObject({ quantity: 21 })
    expect(await tell({ method: 'invoice', with: agreementId })).toMatchObject({
      result: { total: '462.00' },
    })
    expect(await tell({ method: 'explode' })).toEqual({ error: 'the world has no method explode' })
    expect(await tell({ method: 'invoice', with: 999 })).toEqual({ error: 'no agreement 999' })
    expect(await tell({ faults: [{ kind: 'status', status: 503 }] })).toEqual({ result: null })
    expect((await client.get(addition)).status).toBe(503)
    await tell({ faults: [], now: '2026-03-21T08:00:00Z' })
    await client.send('PATCH', addition, [{ op: 'replace', path: 'quantity', value: 22 }])
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    const ledger = lines.map((line): unknown => JSON.parse(line))
    expect(ledger.at(-1)).toMatchObject({
      at: '2026-03-21T08:00:00.000Z',
      by: 'api',
      after: { quantity: 22 },
    })
    expect(await tell({ method: 'ledger' })).toEqual({ result: ledger })
  })

  it('stops a write where it is told to, until it is told to go on', async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'connectwise-'))
    const file = path.join(directory, 'ledger.jsonl')
    const { place, tell, read } = await startProgram(
      '--world',
      JSON.stringify(TWO_CUSTOMERS),
      '--ledger',
      file,
      '--faults',
      JSON.stringify([{ kind: 'pause', at: 'afterApply', method: 'POST', times: 1 }]),
    )
    const client = connectWiseClient(place)
    const agreements = (await client.get('/finance/agreements?fields=id')).json as { id: number }[]
    const additions = `/finance/agreements/${agreements[0]?.id ?? 0}/additions`
    const body = { product: { identifier: 'E3' }, billCustomer: 'Billable' }
    const writing = client.send('POST', additions, body)
    expect(await read()).toEqual({ event: 'afterApply', method: 'POST', path: additions, write: 1 })
    // It took effect before the client hears of it: here a test ends the client.
    expect(readFileSync(file, 'utf8').trimEnd().split('\n').at(-1)).toContain('"by":"api"')
    expect(await tell({ continue: true })).toEqual({ result: null })
    expect((await writing).status).toBe(201)
    await tell({ faults: [{ kind: 'pause', at: 'beforeApply', method: 'POST', times: 1 }] })
    const before = readFileSync(file, 'utf8')
    const dropped = client.send('POST', additions, body).catch(() => 'reset')
    expect(await read()).toMatchObject({ event: 'beforeApply', write: 2 })
    await tell({ continue: false })
    expect(await dropped).toBe('reset')
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
})
