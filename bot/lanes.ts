import { setMaxListeners } from 'node:events'
import {
  CHAT_LANE_AGE_MILLISECONDS,
  CHAT_LANE_LENGTH,
  CHAT_LANES,
  CHAT_PATIENCE_MILLISECONDS,
  CHAT_RETRY_FIRST_MILLISECONDS,
  CHAT_TRIES,
} from '../core/chat-limits.js'
import { type Trouble, unsent } from './trouble.js'

/** So many calls in any span of so many milliseconds. */
export interface Pace {
  readonly calls: number
  readonly milliseconds: number
}

/** Time as lanes need it: milliseconds that only grow, and a wait that `signal` ends early by rejecting. */
export interface Pacing {
  now(): number
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** One call of a platform, on its way. */
export interface LaneCall<T> {
  /** What takes turns: calls of one lane go one after another, in the order in which they came. */
  readonly lane: string
  /** What a platform's wish to wait is about: every call of the same method, or of the same conversation. */
  readonly method: string
  /** Doing it twice is doing it once: it is tried again also when nobody knows whether it arrived. */
  readonly repeatable: boolean
  readonly send: () => Promise<T>
}

export interface Lanes {
  /** Makes a call when its turn comes. Rejects with what went wrong last; what never went out says so (see trouble.ts). */
  run<T>(call: LaneCall<T>): Promise<T>
  /** From now on nothing waits: what would have to is refused as never sent. */
  end(): void
}

export interface LaneOptions {
  /** All of them hold for each lane. */
  readonly paces: readonly Pace[]
  readonly troubleOf: (error: unknown) => Trouble
  readonly pacing: Pacing
}

/** When the next call may begin, given when the ones before it began, the oldest first. */
export function nextStart(paces: readonly Pace[], starts: readonly number[], now: number): number {
  const earliest = paces.map(({ calls, milliseconds }) => {
    const limiting = starts.at(-calls)
    return limiting === undefined ? now : limiting + milliseconds
  })
  return Math.max(now, ...earliest)
}

/** What a try that failed leads to: milliseconds until the next one, or the end of trying. */
export function nextTry(trouble: Trouble, tries: number, repeatable: boolean): number | undefined {
  if (trouble.type === 'refused' || (trouble.type === 'unknown' && !repeatable)) return undefined
  if (tries >= CHAT_TRIES) return undefined
  const asked = trouble.type === 'notSent' ? trouble.waitMilliseconds : undefined
  if (asked !== undefined) return asked <= CHAT_PATIENCE_MILLISECONDS ? asked : undefined
  return CHAT_RETRY_FIRST_MILLISECONDS * 2 ** (tries - 1)
}

interface Lane {
  /** When its last calls began, the oldest first. */
  starts: number[]
  waiting: number
  last: Promise<unknown>
}

/**
 * Keeps a platform's pace: lane by lane, so that a slow one holds up no other, and bounded in length and time. A platform
 * that asks to wait is given it by every call of that method; nothing is sent twice that may have arrived.
 */
export function createLanes(options: LaneOptions): Lanes {
  const { paces, pacing } = options
  const lanes = new Map<string, Lane>()
  const state: State = { ...options, held: new Map(), ended: new AbortController() }
  setMaxListeners(0, state.ended.signal)
  const longest = Math.max(0, ...paces.map(({ milliseconds }) => milliseconds))
  const laneOf = (name: string): Lane => {
    const known = lanes.get(name)
    if (known !== undefined) return known
    if (lanes.size >= CHAT_LANES) forgetIdle(lanes, pacing.now() - longest)
    const lane: Lane = { starts: [], waiting: 0, last: Promise.resolve() }
    lanes.set(name, lane)
    return lane
  }
  return {
    run: (call) => {
      const lane = laneOf(call.lane)
      if (lane.waiting >= CHAT_LANE_LENGTH) return Promise.reject(unsent('Too much waits to be said there.'))
      lane.waiting += 1
      const came = pacing.now()
      const running = lane.last.then(() => takeTurn(state, lane, call, came))
      lane.last = running.then(nothing, nothing)
      return running.finally(() => {
        lane.waiting -= 1
        if (lane.waiting === 0 && paces.length === 0) lanes.delete(call.lane)
      })
    },
    end: () => state.ended.abort(),
  }
}

interface State extends LaneOptions {
  /** Until when a method's calls wait, because one of them was asked to. */
  readonly held: Map<string, number>
  readonly ended: AbortController
}

function nothing(): void {}

function forgetIdle(lanes: Map<string, Lane>, before: number): void {
  for (const [name, { waiting, starts }] of lanes) {
    if (waiting === 0 && (starts.at(-1) ?? before) <= before) lanes.delete(name)
  }
}

async function takeTurn<T>(state: State, lane: Lane, call: LaneCall<T>, came: number): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    await untilTurn(state, lane, call.method, came)
    try {
      return await call.send()
    } catch (error) {
      const trouble = state.troubleOf(error)
      const asked = trouble.type === 'notSent' ? trouble.waitMilliseconds : undefined
      if (asked !== undefined) hold(state, call.method, state.pacing.now() + asked)
      const wait = nextTry(trouble, tries, call.repeatable)
      if (wait === undefined || state.ended.signal.aborted) throw error
      if (asked === undefined) await rest(state, wait, error)
    }
  }
}

function hold({ held }: State, method: string, until: number): void {
  held.set(method, Math.max(until, held.get(method) ?? 0))
}

/** Waits for the pace of the lane and for what the method was asked for; too long, and it is not sent at all. */
async function untilTurn(state: State, lane: Lane, method: string, came: number): Promise<void> {
  const { paces, pacing, held } = state
  for (;;) {
    const now = pacing.now()
    const until = Math.max(nextStart(paces, lane.starts, now), held.get(method) ?? 0)
    if (until <= now) {
      held.delete(method)
      lane.starts.push(now)
      lane.starts = lane.starts.slice(-Math.max(1, ...paces.map(({ calls }) => calls)))
      return
    }
    const late = unsent('It waited too long for its turn.', until - now)
    if (until - came > CHAT_LANE_AGE_MILLISECONDS) throw late
    await rest(state, until - now, late)
  }
}

/** Waits; a program that ends has no time for that. */
async function rest({ pacing, ended }: State, milliseconds: number, otherwise: unknown): Promise<void> {
  if (ended.signal.aborted) throw otherwise
  try {
    await pacing.wait(milliseconds, ended.signal)
  } catch {
    throw otherwise
  }
}
