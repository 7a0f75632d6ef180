import type { Pacing } from '../../bot/lanes.js'

/** Time that passes when somebody waits for it, beside the clock of a test: the same turns and tries, in no time. */
export function impatientPacing(clock: () => Date = () => new Date(0)): Pacing {
  let waited = 0
  const now = () => clock().getTime() + waited
  return {
    now,
    wait: async (milliseconds, signal) => {
      signal.throwIfAborted()
      const until = now() + milliseconds
      await new Promise((resolve) => setImmediate(resolve))
      // Those who wait at the same time wait together.
      waited += Math.max(0, until - now())
    },
  }
}

/** Time that passes when a test says so. */
export function manualPacing(): Pacing & {
  /** Moves on, waking whoever has waited long enough, in order. */
  moveOn(milliseconds: number): Promise<void>
} {
  let now = 0
  let sleepers: { readonly until: number; readonly wake: () => void }[] = []
  const breathe = () => new Promise((resolve) => setImmediate(resolve))
  return {
    now: () => now,
    wait: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        sleepers.push({ until: now + milliseconds, wake: resolve })
        signal.addEventListener('abort', () => reject(new Error('ended')))
      }),
    moveOn: async (milliseconds) => {
      const end = now + milliseconds
      await breathe()
      for (;;) {
        const [next] = sleepers.filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)
        if (next === undefined) break
        now = Math.max(now, next.until)
        sleepers = sleepers.filter((one) => one !== next)
        next.wake()
        await breathe()
      }
      now = end
      await breathe()
    },
  }
}
