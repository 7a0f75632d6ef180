import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { PsaName } from '../../../core/sync/types.js'

/** A write that the emulator holds: nothing of it has come back to its client. */
export interface HeldWrite {
  readonly event: string
  readonly method: string
  readonly path: string
}

/** An emulated PSA in a process of its own, which outlives whoever is killed while talking to it. */
export interface Emulator {
  readonly psa: PsaName
  readonly url: string
  readonly credentials: Readonly<Record<string, string>>
  /** Where it writes down what took effect. */
  readonly ledgerFile: string
  /** A method of its world: what a person does there. */
  call<T>(method: string, argument?: unknown): Promise<T>
  setNow(now: Date): Promise<void>
  setFaults(faults: readonly object[]): Promise<void>
  /** Called for each write a fault `pause` holds; true: it goes on. false: it is not applied, where that can be. */
  onHeld: ((write: HeldWrite) => Promise<boolean>) | undefined
  close(): Promise<void>
}

/** Those that run: none may outlive the run itself, however it ends. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1))

interface Line {
  readonly event?: string
  readonly method?: string
  readonly path?: string
  readonly result?: unknown
  readonly error?: string
}

/** @param now what its clock shows first. */
export async function startEmulator(psa: PsaName, ledgerFile: string, now: Date): Promise<Emulator> {
  const program = fileURLToPath(new URL(`../../emulators/${psa}/main.js`, import.meta.url))
  const child = spawn(process.execPath, [program, '--now', now.toISOString(), '--ledger', ledgerFile], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  running.add(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.done === true) throw new Error(`the emulated ${psa} did not start`)
  const { url, credentials } = JSON.parse(first.value) as Pick<Emulator, 'url' | 'credentials'>
  const waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = []
  const send = (command: object) =>
    new Promise<unknown>((resolve, reject) => {
      waiting.push({ resolve, reject })
      child.stdin.write(`${JSON.stringify(command)}\n`)
    })
  const emulator: Emulator = {
    psa,
    url,
    credentials,
    ledgerFile,
    call: async <T>(method: string, argument?: unknown) => (await send({ method, with: argument })) as T,
    setNow: async (instant) => {
      await send({ now: instant.toISOString() })
    },
    setFaults: async (faults) => {
      await send({ faults })
    },
    onHeld: undefined,
    close: () => end(child),
  }
  void listen(lines, (line) => {
    if (line.event !== undefined) return void letGo(emulator, send, line as HeldWrite)
    const asked = waiting.shift()
    if (line.error === undefined) asked?.resolve(line.result)
    else asked?.reject(new Error(line.error))
  })
  return emulator
}

async function listen(lines: AsyncIterator<string>, take: (line: Line) => void): Promise<void> {
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    take(JSON.parse(next.value) as Line)
  }
}

async function letGo(
  emulator: Emulator,
  send: (command: object) => Promise<unknown>,
  write: HeldWrite,
): Promise<void> {
  const goesOn = (await emulator.onHeld?.(write)) ?? true
  await send({ continue: emulator.psa === 'autotask' || goesOn })
}

async function end(child: ChildProcess): Promise<void> {
  running.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
