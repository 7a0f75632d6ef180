import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { Next, WriteMoment } from './emulation.js'
import type { Fault } from './faults.js'
import { type ConnectWiseEmulator, startConnectWiseEmulator } from './server.js'
import type { WorldDescription } from './world.js'

/** A line of input: sets the clock, exchanges the faults, goes on after a pause, or calls a method of the world. */
interface Command {
  readonly now?: string
  readonly faults?: readonly Fault[]
  readonly continue?: boolean
  readonly method?: string
  readonly with?: unknown
}

function settings() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '7' },
      now: { type: 'string' },
      world: { type: 'string', default: '{}' },
      ledger: { type: 'string' },
      faults: { type: 'string', default: '[]' },
    },
  })
  return {
    seed: Number(values.seed),
    now: values.now,
    world: JSON.parse(values.world) as WorldDescription,
    faults: JSON.parse(values.faults) as readonly Fault[],
    ledgerPath: values.ledger,
  }
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/** Where writes stand until a line says that they may go on. */
function createGate(): {
  readonly wait: (moment: WriteMoment) => Promise<Next>
  readonly open: (next: Next) => void
} {
  let waiting: ((next: Next) => void)[] = []
  return {
    async wait(moment) {
      print(moment)
      return await new Promise<Next>((resolve) => waiting.push(resolve))
    },
    open(next) {
      const all = waiting
      waiting = []
      for (const resolve of all) resolve(next)
    },
  }
}

function perform(emulator: ConnectWiseEmulator, command: Command): unknown {
  if (command.faults !== undefined) emulator.setFaults(command.faults)
  if (command.method === undefined) return null
  if (command.method === 'ledger') return emulator.ledger()
  const method: unknown = Reflect.get(emulator.world, command.method)
  if (typeof method !== 'function') throw new Error(`the world has no method ${command.method}`)
  const result: unknown = Reflect.apply(method, emulator.world, [command.with])
  return result ?? null
}

/**
 * Prints `{ url, credentials }` as one line, then answers each line of input with `{ result }` or `{ error }`. A write
 * that the fault `pause` stops is printed as `{ event, … }` and waits for the line `{"continue":true}`; with false a write
 * that is not applied yet never is.
 */
async function main(): Promise<void> {
  const { now: fixed, ledgerPath, ...rest } = settings()
  let now = fixed
  const gate = createGate()
  const emulator = await startConnectWiseEmulator({
    ...rest,
    now: () => (now === undefined ? new Date() : new Date(now)),
    onPause: gate.wait,
    ...(ledgerPath === undefined ? {} : { ledgerPath }),
  })
  print({ url: emulator.url, credentials: emulator.credentials })
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      const command = JSON.parse(line) as Command
      if (command.now !== undefined) now = command.now
      if (command.continue !== undefined) gate.open(command.continue ? undefined : 'drop')
      print({ result: perform(emulator, command) })
    } catch (error) {
      print({ error: error instanceof Error ? error.message : String(error) })
    }
  }
}

await main()
