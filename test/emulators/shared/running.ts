import { type IngramEmulator, type IngramEmulatorOptions, startIngramEmulator } from '../ingram/server.js'
import { type ApiClient, connect } from './api-client.js'

/** The instant for which the seed world is made. */
export const CLOCK = '2026-03-20T13:00:00Z'

let running: IngramEmulator[] = []

/** A started emulator, at {@link CLOCK} unless told otherwise, and a client that is signed in. */
export async function start(
  options: Partial<IngramEmulatorOptions> = {},
): Promise<{ emulator: IngramEmulator; client: ApiClient }> {
  const emulator = await startIngramEmulator({ now: () => new Date(CLOCK), ...options })
  running.push(emulator)
  return { emulator, client: await connect(emulator) }
}

/** Closes what {@link start} has started: after each test. */
export async function closeAll(): Promise<void> {
  const all = running
  running = []
  await Promise.all(all.map((emulator) => emulator.close()))
}

/** One field of every row. */
export function column(rows: readonly Record<string, unknown>[], name: string): unknown[] {
  return rows.map((row) => row[name])
}
