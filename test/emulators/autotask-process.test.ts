import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { Credentials } from './autotask/gate.js'
import { adjustment, speakTo } from './shared/autotask.js'

const PROGRAM = fileURLToPath(new URL('../../dist/test/emulators/autotask/main.js', import.meta.url))

let child: ChildProcess | undefined
let folder = ''

afterEach(() => {
  child?.kill('SIGKILL')
  if (folder !== '') rmSync(folder, { recursive: true, force: true })
})

/** Starts the program; `tell` writes a command and answers the next line. */
async function startProgram(...more: readonly string[]) {
  expect(existsSync(PROGRAM)).toBe(true)
  const started = spawn(process.execPath, [PROGRAM, '--now', '2026-03-20T13:00:00Z', ...more], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child = started
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]()
  const read = async (): Promise<Record<string, unknown>> =>
    JSON.parse(String((await lines.next()).value)) as Record<string, unknown>
  const tell = async (command: unknown): Promise<Record<string, unknown>> => {
    started.stdin.write(`${JSON.stringify(command)}\n`)
    return await read()
  }
  const make = async (method: string, argument: unknown): Promise<number> =>
    Number((await tell({ method, with: argument }))['result'])
  const place = (await read()) as unknown as { url: string; credentials: Credentials }
  const company = await make('createCompany', { name: 'Contoso' })
  const service = await make('createService', { name: 'M365', unitPrice: '22.00' })
  const contract = await make('createContract', {
    companyId: company,
    name: 'Cloud',
    startDate: '2026-01-01',
    endDate: '2026-12-31',
  })
  const line = await make('addContractService', { contractId: contract, serviceId: service, units: 20 })
  return { place, read, tell, contoso: { company, service, contract, line } }
}

describe('the emulator as a process', () => {
  it('prints where it is, obeys its input, and says what went wrong', async () => {
    const { place, tell, contoso } = await startProgram()
    const client = speakTo(place)
    expect((await client.call('GET', `/Contracts/${contoso.contract}`)).json).toMatchObject({
      item: { contractName: 'Cloud' },
    })
    const posted = await tell({
      method: 'approveAndPost',
      with: { contractId: contoso.contract, through: '2026-01-31' },
    })
    expect(posted).toMatchObject({ result: { total: '440.00' } })
    expect(await tell({ method: 'explode' })).toEqual({ error: 'the world has no method explode' })
    const tooLate = { contractServiceId: contoso.line, unitChange: 1, effectiveDate: '2026-01-05' }
    expect(await tell({ method: 'adjust', with: tooLate })).toEqual({
      error: expect.stringContaining('posted') as string,
    })
    expect(await tell({ faults: [{ kind: 'status', status: 503 }] })).toEqual({ result: null })
    expect((await client.call('GET', '/ThresholdInformation')).status).toBe(503)
    expect(await tell({ faults: [], now: '2026-03-21T13:00:00Z' })).toEqual({ result: null })
    expect(
      await tell({ method: 'units', with: { contractServiceId: contoso.line, date: '2026-03-01' } }),
    ).toEqual({
      result: 20,
    })
    expect(await tell({ continue: true })).toEqual({ error: 'nothing is paused' })
  })

  it('pauses a request until it is told to go on, with the ledger on disk', async () => {
    folder = mkdtempSync(join(tmpdir(), 'autotask-'))
    const ledger = join(folder, 'ledger.jsonl')
    const { place, read, tell, contoso } = await startProgram('--ledger', ledger)
    const client = speakTo(place)
    const adjustments = (): number =>
      readFileSync(ledger, 'utf8')
        .split('\n')
        .filter((line) => line.includes('"by":"api"')).length
    for (const [moment, effects] of [
      ['beforeApply', 0],
      ['afterApply', 2],
    ] as const) {
      await tell({ faults: [{ kind: 'pause', moment, only: 'writes', times: 1 }] })
      const day = moment === 'beforeApply' ? '2026-03-11' : '2026-03-12'
      const answer = client.call('POST', '/ContractServiceAdjustments', adjustment(contoso, 5, day))
      expect(await read()).toMatchObject({ event: moment, method: 'POST' })
      expect(adjustments()).toBe(effects)
      expect(await tell({ continue: true })).toEqual({ result: null })
      expect((await answer).json).toEqual({ itemId: null })
    }
    await tell({ faults: [{ kind: 'pause', moment: 'beforeApply', only: 'writes', times: 1 }] })
    const dropped = client.call('POST', '/ContractServiceAdjustments', adjustment(contoso, 5, '2026-03-13'))
    expect(await read()).toMatchObject({ event: 'beforeApply' })
    expect(await tell({ continue: false })).toEqual({ result: null })
    await expect(dropped).rejects.toThrow('fetch failed')
    expect(adjustments()).toBe(2)
    expect(await tell({ method: 'ledger' })).toMatchObject({
      result: expect.arrayContaining([expect.objectContaining({ by: 'api', unitsAfter: 30 })]) as unknown,
    })
  })
})
