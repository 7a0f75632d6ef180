import type { IncomingMessage } from 'node:http'
import { type Credentials, createTokens } from './auth.js'
import { createWorld } from './create-world.js'
import type { EventDraft, MarketplaceEvent } from './events.js'
import { createFaultPlan, type Fault } from './faults.js'
import { type Answer, answerCall, BASE_PATH, type Call, type Gateway, KEYCLOAK_PATH } from './gateway.js'
import { createEventLog } from './log.js'
import { DEFAULT_QUIRKS, type Quirks } from './quirks.js'
import { seedWorld } from './seed/world.js'
import type { World } from './world.js'

export interface IngramEmulationOptions {
  /** Chooses the seed world, and what faults hit. Default 7. */
  readonly seed?: number
  /** The emulator's clock: what is visible, and how long tokens live. */
  readonly now: () => Date
  /** The world to begin with, instead of the seed's; `[]` is an empty marketplace. */
  readonly world?: readonly EventDraft[]
  readonly quirks?: Partial<Quirks>
  readonly faults?: readonly Fault[]
  /** Called before each answer: a test changes the world between two pages of a list. */
  readonly beforeAnswer?: (request: { readonly method: string; readonly path: string }) => void
}

/** A request as it came in: whole, and below the server's root. */
export interface Asked {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** An answer before it is written, and the faults that hit it. */
export interface Answered {
  readonly call: Call
  readonly answer: Answer
  readonly hits: readonly Fault[]
}

/** The emulated marketplace without a socket. */
export interface IngramEmulation {
  readonly credentials: Credentials
  readonly world: World
  /** Every event, planned ones included, ordered by (at, sequence). */
  eventLog(): readonly MarketplaceEvent[]
  /** Exchanges the faults; their counts and draws begin anew. */
  setFaults(faults: readonly Fault[]): void
  /** Requests answered so far, refused and disturbed ones included. */
  requestCount(): number
  /** Counts a request as arrived; it is answered when the caller wants it to be. */
  receive(asked: Asked): { readonly hits: readonly Fault[]; answer(): Answered }
}

/** Repeatable, and shaped like the identifiers the gateway gives out. */
function correlationId(seed: number, count: number): string {
  return `${String(seed).padStart(8, '0')}-0000-4000-8000-${String(count).padStart(12, '0')}`
}

function pathForFaults(path: string): string {
  return path.startsWith(BASE_PATH) ? path.slice(BASE_PATH.length) : path
}

function credentialsAt(root: string): Credentials {
  const user = { username: 'cmpapi.user.API', password: 'emulated-password-1' }
  return {
    ...user,
    subscriptionKey: 'emulated-subscription-key-1',
    marketplace: 'us',
    keycloak: {
      ...user,
      tokenUrl: `${root}${KEYCLOAK_PATH}`,
      clientId: 'simple-api',
      clientSecret: 'emulated-client-secret-1',
    },
  }
}

/**
 * An emulated marketplace that is asked by a function call. `root` is where its server would stand; `onChange` is told
 * all events after every change. README.md says what it shows.
 */
export function emulateIngram(
  options: IngramEmulationOptions,
  root: string,
  onChange?: (events: readonly MarketplaceEvent[]) => void,
): IngramEmulation {
  const { seed = 7, now } = options
  const log = createEventLog(onChange)
  log.append(options.world ?? seedWorld(seed))
  const world = createWorld(log, now)
  const credentials = credentialsAt(root)
  const gateway: Gateway = {
    credentials,
    tokens: createTokens(seed),
    log,
    world,
    quirks: { ...DEFAULT_QUIRKS, ...options.quirks },
    now,
    plan: createFaultPlan(options.faults ?? [], seed),
  }
  let count = 0
  return {
    credentials,
    world,
    eventLog: () => log.events(),
    setFaults(faults) {
      gateway.plan = createFaultPlan(faults, seed)
    },
    requestCount: () => count,
    receive({ method, target, headers, body }) {
      const url = new URL(target, root)
      count += 1
      const call: Call = {
        method,
        path: url.pathname,
        query: url.searchParams,
        headers,
        body,
        correlationId: correlationId(seed, count),
      }
      options.beforeAnswer?.({ method, path: pathForFaults(call.path) })
      const hits = gateway.plan.hitting(pathForFaults(call.path))
      return { hits, answer: () => ({ call, hits, answer: answerCall(gateway, call, hits) }) }
    },
  }
}
