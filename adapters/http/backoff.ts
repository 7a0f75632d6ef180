import { setTimeout as after } from 'node:timers/promises'
import {
  HTTP_BACKOFF_FIRST_MILLISECONDS,
  HTTP_BACKOFF_JITTER_MILLISECONDS,
  HTTP_BACKOFF_LONGEST_MILLISECONDS,
  HTTP_RETRY_AFTER_LONGEST_MILLISECONDS,
} from '../../core/limits.js'

/** This machine's clock: it dates tokens and waits, never a charge. Tests inject their own. */
export const wallClock = (): number => Date.now()

/** Waits; tests inject one that does not. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>

export const sleepForReal: Sleep = async (milliseconds, signal) => {
  try {
    await after(milliseconds, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    // The caller's own reason says more than "aborted".
    signal?.throwIfAborted()
    throw error
  }
}

/**
 * How long the server asks to wait, in milliseconds, by a `Retry-After` of seconds or an HTTP date; never more than our
 * longest wait. undefined when it says nothing usable: absent, zero, past, or not a time at all.
 */
export function retryAfterMilliseconds(header: string | null, nowMilliseconds: number): number | undefined {
  if (header === null) return undefined
  const text = header.trim()
  const wait = /^\d{1,15}$/.test(text) ? Number(text) * 1000 : httpDate(text) - nowMilliseconds
  if (!(wait > 0)) return undefined
  return Math.min(wait, HTTP_RETRY_AFTER_LONGEST_MILLISECONDS)
}

/** An HTTP date is always in GMT; other date-like texts are not trusted. */
function httpDate(text: string): number {
  return text.endsWith(' GMT') ? Date.parse(text) : Number.NaN
}

/** The wait after the n-th try (1, 2, …): doubling from a second to fifteen, and a random part below half a second. */
export function backoffMilliseconds(attempt: number, random: () => number): number {
  const doubled = HTTP_BACKOFF_FIRST_MILLISECONDS * 2 ** (attempt - 1)
  return (
    Math.min(doubled, HTTP_BACKOFF_LONGEST_MILLISECONDS) +
    Math.floor(random() * HTTP_BACKOFF_JITTER_MILLISECONDS)
  )
}

/**
 * Holds every request of one system back while its time window is used up: a limit of requests per time is not cured
 * by sending fewer at once, only by waiting (seen on the live marketplace).
 */
export interface PauseGate {
  /** Passes when no pause is running. */
  pass(): Promise<void>
  /**
   * Closes the gate for at least this long; pauses overlap, the longest counts. One whose caller gives up ends with
   * it, so that nothing keeps the program waiting.
   */
  pause(milliseconds: number, signal?: AbortSignal): void
  /** The longest of the pauses that are running: the wait at `pass` is no longer than that. 0: it is open. */
  closedMilliseconds(): number
}

export function createPauseGate(sleep: Sleep): PauseGate {
  let running: Promise<unknown> | undefined
  const pauses: number[] = []
  return {
    async pass() {
      while (running !== undefined) {
        const awaited = running
        await awaited
        if (running === awaited) running = undefined
      }
    },
    pause(milliseconds, signal) {
      pauses.push(milliseconds)
      const ended = sleep(milliseconds, signal)
        .catch(() => undefined)
        .then(() => pauses.splice(pauses.indexOf(milliseconds), 1))
      running = Promise.all([running, ended])
    },
    closedMilliseconds: () => Math.max(0, ...pauses),
  }
}
