import type { Answer, Call } from './call.js'
import { createChanges } from './changes.js'
import { createFaultPlan, type Fault, type FaultPlan, type Moment } from './faults.js'
import { answerRequest, apiPath, CREDENTIALS, type Credentials } from './gateway.js'
import { createLedger, type LedgerEntry } from './ledger.js'
import { DEFAULT_QUIRKS, type Quirks } from './quirks.js'
import { createStore, type Store } from './store.js'
import { createWorld, type World, type WorldDescription } from './world.js'

/** A write at one of its moments. */
export interface WriteMoment {
  readonly event: Moment
  readonly method: string
  /** Below the API's root. */
  readonly path: string
  /** Which write it is, from 1. */
  readonly write: number
}

/** "drop" before a write is applied: it never is, and the connection is reset. Anything else goes on. */
export type Next = 'drop' | void

export interface ConnectWiseEmulationOptions {
  /** The emulator's clock: dates of changes, status of agreements, effects that come late. */
  readonly now: () => Date
  /** What is there at the start. Default: nothing. */
  readonly world?: WorldDescription
  readonly faults?: readonly Fault[]
  readonly quirks?: Partial<Quirks>
  /** Chooses what faults with a probability hit. Default 7. */
  readonly seed?: number
  /** Keeps the ledger in this file too, a line for each write that took effect. */
  readonly ledgerPath?: string
  /** Called at each moment of every write, and waited for: a test ends its client there. */
  readonly onWrite?: (moment: WriteMoment) => Next | Promise<Next>
  /** Called where a fault `pause` stops a write, and waited for. */
  readonly onPause?: (moment: WriteMoment) => Promise<Next>
}

/** One request as the emulator has seen it. */
export interface SeenRequest {
  readonly at: string
  readonly method: string
  /** Below the API's root, with the query. */
  readonly target: string
}

/** The installation without a socket. */
export interface Emulation {
  readonly store: Store
  readonly credentials: Credentials
  readonly world: World
  ledger(): readonly LedgerEntry[]
  /** Exchanges the faults; their counts and draws begin anew. */
  setFaults(faults: readonly Fault[]): void
  requestCount(): number
  /** Every request so far, refused and disturbed ones included. */
  requests(): readonly SeenRequest[]
  /** Counts a request as arrived and says which faults hit it. */
  arrive(call: Call): readonly Fault[]
  /** Carries a request out. */
  answer(call: Call): Answer
  /** Carries a request out when its time has come, or when the world is told to settle. */
  answerLater(call: Call, delayMilliseconds: number): void
  /** Carries out what is due by the clock. */
  applyDue(): void
  /** Tells about a moment of a write, and waits where the faults say so. */
  reach(event: Moment, call: Call, hits: readonly Fault[]): Promise<Next>
}

interface Late {
  readonly call: Call
  readonly dueAt: number
}

export function emulateConnectWise(options: ConnectWiseEmulationOptions): Emulation {
  const { now, seed = 7 } = options
  const store = createStore({ ...DEFAULT_QUIRKS, ...options.quirks }, now)
  const ledger = createLedger(now, options.ledgerPath)
  const changes = createChanges(store, ledger)
  let late: readonly Late[] = []
  const applyUntil = (moment: number): number => {
    const due = late
      .filter(({ dueAt }) => dueAt <= moment)
      .toSorted((left, right) => left.dueAt - right.dueAt)
    late = late.filter(({ dueAt }) => dueAt > moment)
    for (const { call } of due) answerRequest({ store, changes }, call)
    return due.length
  }
  const world = createWorld(store, changes, () => applyUntil(Number.POSITIVE_INFINITY))
  world.seed(options.world ?? {})
  let plan: FaultPlan = createFaultPlan(options.faults ?? [], seed)
  const seen: SeenRequest[] = []
  const moments = createMoments(options)
  const shortPath = ({ path }: Call): string => apiPath(path, store.quirks.codebase) ?? path
  return {
    store,
    credentials: CREDENTIALS,
    world,
    ledger: () => ledger.entries(),
    setFaults(faults) {
      plan = createFaultPlan(faults, seed)
    },
    requestCount: () => seen.length,
    requests: () => seen,
    arrive(call) {
      const path = shortPath(call)
      const query = call.query.size === 0 ? '' : `?${call.query.toString()}`
      seen.push({ at: now().toISOString(), method: call.method, target: `${path}${query}` })
      return plan.hitting(call.method, path)
    },
    answer: (call) => answerRequest({ store, changes }, call),
    answerLater(call, delayMilliseconds) {
      late = [...late, { call, dueAt: now().getTime() + delayMilliseconds }]
    },
    applyDue() {
      applyUntil(now().getTime())
    },
    reach: (event, call, hits) => moments(event, call, shortPath(call), hits),
  }
}

type Moments = (event: Moment, call: Call, path: string, hits: readonly Fault[]) => Promise<Next>

function createMoments({ onWrite, onPause }: ConnectWiseEmulationOptions): Moments {
  const numbers = new WeakMap<Call, number>()
  let last = 0
  return async (event, call, path, hits) => {
    if (call.method === 'GET') return undefined
    if (event === 'beforeApply') {
      last += 1
      numbers.set(call, last)
    }
    const moment: WriteMoment = { event, method: call.method, path, write: numbers.get(call) ?? 0 }
    if ((await onWrite?.(moment)) === 'drop') return 'drop'
    const isPaused = hits.some((fault) => fault.kind === 'pause' && fault.at === event)
    return isPaused ? await onPause?.(moment) : undefined
  }
}
