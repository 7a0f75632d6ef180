import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { Fault } from './faults.js'
import { type IngramEmulator, startIngramEmulator } from './server.js'

/** A line of input: sets the clock, exchanges the faults, or calls a method of the world. */
interface Command {
  readonly now?: string
  readonly faults?: readonly Fault[]
  readonly method?: string
  readonly with?: unknown
}

interface Settings {
  readonly seed: number
  readonly now: string | undefined
  readonly faults: readonly Fault[]
  readonly eventLogPath: string | undefined
}

function settings(): Settings {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '7' },
      now: { type: 'string' },
      events: { type: 'string' },
      faults: { type: 'string', default: '[]' },
    },
  })
  return {
    seed: Number(values.seed),
    now: values.now,
    faults: JSON.parse(values.faults) as readonly Fault[],
    eventLogPath: values.events,
  }
}

function perform(emulator: IngramEmulator, command: Command): unknown {
  if (command.faults !== undefined) emulator.setFaults(command.faults)
  if (command.method === undefined) return null
  const method: unknown = Reflect.get(emulator.world, command.method)
  if (typeof method !== 'function') throw new Error(`the world has no method ${command.method}`)
  const result: unknown = Reflect.apply(method, emulator.world, [command.with])
  return result ?? null
}

/** Prints `{ url, credentials }` as one line, then answers each line of input with `{ result }` or `{ error }`. */
async function main(): Promise<void> {
  const { seed, now: fixed, faults, eventLogPath } = settings()
  let now = fixed
  const emulator = await startIngramEmulator({
    seed,
    faults,
    now: () => (now === undefined ? new Date() : new Date(now)),
    ...(eventLogPath === undefined ? {} : { eventLogPath }),
  })
  console.log(JSON.stringify({ url: emulator.url, credentials: emulator.credentials }))
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      const command = JSON.parse(line) as Command
      if (command.now !== undefined) now = command.now
      console.log(JSON.stringify({ result: perform(emulator, command) }))
    } catch (error) {
      console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
    }
  }
}

await main()
