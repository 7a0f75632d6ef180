/**
 * The product in a process of its own, as it is served, but for the clock: `node hostile-child.js CONFIG` with the JSON of
 * {@link HostileChildConfig}, started by whoever sends it what is not meant well. It says over its channel where it
 * listens, and what its books hold when it is asked. A rejection nobody handles ends it, as it does everywhere.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseConfig } from '../../bot/config.js'
import type { Pacing } from '../../bot/lanes.js'
import { start } from '../../bot/main.js'

export interface HostileChildConfig {
  readonly settings: Readonly<Record<string, string>>
  /** What time it is, and stays. */
  readonly now: string
}

/** What must not change by what is refused. */
export interface ChildState {
  /** Entries of the trail by what they say was done. */
  readonly trail: Readonly<Record<string, number>>
  /** Requests that wait, by id. */
  readonly open: readonly string[]
}

export type ChildMessage =
  | { readonly type: 'listening'; readonly url: string }
  | { readonly type: 'state'; readonly state: ChildState }

export type ChildOrder = 'state' | 'end'

function say(message: ChildMessage): void {
  process.send?.(message)
}

/** So many times faster the pace of chat goes by: answers that wait their turn for two minutes are not waited for. */
const HURRY = 20
const pacing: Pacing = {
  now: () => performance.now() * HURRY,
  wait: (milliseconds, signal) => sleep(milliseconds / HURRY, undefined, { signal }),
}

const config = JSON.parse(process.argv[2] ?? '') as HostileChildConfig
const now = () => new Date(config.now)
const running = await start(parseConfig(config.settings), { clock: { now: async () => now() }, now, pacing })
const server = await running.serve()

async function state(): Promise<ChildState> {
  const trail: Record<string, number> = {}
  for (const { action } of await running.studio.billing.trail()) trail[action] = (trail[action] ?? 0) + 1
  const open = (await running.studio.billing.open()).map(({ approval }) => approval.id)
  return { trail, open }
}

async function end(): Promise<void> {
  await server.close()
  await running.close()
  process.disconnect()
}

process.on('message', (order: ChildOrder) => {
  if (order === 'end') void end()
  else void state().then((found) => say({ type: 'state', state: found }))
})
say({ type: 'listening', url: server.url })
