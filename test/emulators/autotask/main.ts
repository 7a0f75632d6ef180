import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { callWorld, type Pause } from './emulation.js'
import type { Fault } from './faults.js'
import type { Quirks } from './quirks.js'
import { type AutotaskEmulator, startAutotaskEmulator } from './server.js'

/** A line of input: sets the clock, exchanges the faults, ends a pause, or calls the world. */
interface Command {
  readonly now?: string
  readonly faults?: readonly Fault[]
  /** What becomes of the request that has been paused longest: it goes on, or its connection is reset. */
  readonly continue?: boolean
  readonly method?: string
  readonly with?: unknown
}

function print(line: unknown): void {
  console.log(JSON.stringify(line))
}

/** Requests that wait for `{"continue":…}`, the oldest first. */
function createPauses() {
  const waiting: ((ending: 'continue' | 'drop') => void)[] = []
  return {
    async onPause(pause: Pause): Promise<'continue' | 'drop'> {
      return await new Promise((resolve) => {
        waiting.push(resolve)
        print(pause)
      })
    },
    end(ending: 'continue' | 'drop'): void {
      const next = waiting.shift()
      if (next === undefined) throw new Error('nothing is paused')
      next(ending)
    },
  }
}

function perform(emulator: AutotaskEmulator, command: Command): unknown {
  if (command.faults !== undefined) emulator.setFaults(command.faults)
  if (command.method === 'ledger') return emulator.ledger()
  if (command.method === undefined) return null
  return callWorld(emulator.world, { method: command.method, with: command.with })
}

/**
 * Prints `{ url, credentials }` as one line, then answers each line of input with `{ result }` or `{ error }`. A paused
 * request prints a line of its own, `{ event, method, path, request }`, and waits.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      now: { type: 'string' },
      ledger: { type: 'string' },
      faults: { type: 'string', default: '[]' },
      quirks: { type: 'string', default: '{}' },
    },
  })
  let { now } = values
  const pauses = createPauses()
  const emulator = await startAutotaskEmulator({
    now: () => (now === undefined ? new Date() : new Date(now)),
    faults: JSON.parse(values.faults) as readonly Fault[],
    quirks: JSON.parse(values.quirks) as Partial<Quirks>,
    onPause: pauses.onPause,
    ...(values.ledger === undefined ? {} : { ledgerPath: values.ledger }),
  })
  print({ url: emulator.url, credentials: emulator.credentials })
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      const command = JSON.parse(line) as Command
      if (command.now !== undefined) now = command.now
      if (command.continue !== undefined) pauses.end(command.continue ? 'continue' : 'drop')
      print({ result: perform(emulator, command) })
    } catch (error) {
      print({ error: error instanceof Error ? error.message : String(error) })
    }
  }
}

await main()
