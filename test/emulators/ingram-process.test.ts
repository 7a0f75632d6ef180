import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { Credentials } from './ingram/auth.js'
import { startIngramEmulator } from './ingram/server.js'
import { connect, dataOf } from './shared/api-client.js'

const PROGRAM = fileURLToPath(new URL('../../dist/test/emulators/ingram/main.js', import.meta.url))

let child: ChildProcess | undefined

afterEach(() => {
  child?.kill('SIGKILL')
})

describe('the emulator as a process', () => {
  it('prints where it is, answers like the one in process, and obeys its input', async () => {
    expect(existsSync(PROGRAM)).toBe(true)
    const arguments_ = [PROGRAM, '--seed', '7', '--now', '2026-03-20T13:00:00Z']
    const started = spawn(process.execPath, arguments_, { stdio: ['pipe', 'pipe', 'inherit'] })
    child = started
    const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]()
    const read = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value))
    const tell = async (command: unknown): Promise<unknown> => {
      started.stdin.write(`${JSON.stringify(command)}\n`)
      return await read()
    }

    const place = (await read()) as { url: string; credentials: Credentials }
    expect(place.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/marketplace\/us$/)
    const client = await connect(place)
    const inside = await startIngramEmulator({ seed: 7, now: () => new Date('2026-03-20T13:00:00Z') })
    const other = await connect(inside)
    const [outside, within] = [await client.get('/orders?limit=200'), await other.get('/orders?limit=200')]
    // Compared here and not by the matcher, which would print both whole.
    expect(outside.text === within.text).toBe(true)
    await inside.close()

    const [row] = dataOf(await client.get('/subscriptions?status=active&limit=1'))
    const subscriptionId = String(row?.['id'])
    expect(await tell({ method: 'hold', with: { subscriptionId } })).toEqual({ result: null })
    expect((await client.get(`/subscriptions/${subscriptionId}`)).json).toMatchObject({ status: 'hold' })
    expect(await tell({ method: 'explode' })).toEqual({ error: 'the world has no method explode' })
    expect(await tell({ faults: [{ kind: 'status', status: 503 }] })).toEqual({ result: null })
    expect((await client.get('/customers')).status).toBe(503)
    expect(await tell({ faults: [], now: '2026-03-20T13:30:00Z' })).toEqual({ result: null })
    expect((await client.get('/customers')).status).toBe(401)
  })

  it('starts quickly (printed, not judged)', async () => {
    const startedAt = performance.now()
    const started = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] })
    child = started
    const first = await createInterface({ input: started.stdout })[Symbol.asyncIterator]().next()
    console.log(`emulator: ${(performance.now() - startedAt).toFixed(0)} ms from spawn to address`)
    expect(JSON.parse(String(first.value))).toHaveProperty('credentials.subscriptionKey')
  })
})
