import { CHAT_WRITTEN_MILLISECONDS } from '../core/chat-limits.js'

/** Replaces what stands at an address. */
type Replace<A, M> = (address: A, message: M) => Promise<void>

interface Lane<M> {
  wanted: M
  running: Promise<void>
}

/**
 * Replacements at one address never overtake each other: while one is under way only the newest waits, and what was
 * written a moment ago is not written again. A hundred clicks on one card cost two calls, not a hundred. Nothing is
 * remembered for longer: another process may have written there since.
 */
export function newestOnly<A, M>(replace: Replace<A, M>, now: () => number): Replace<A, M> {
  const lanes = new Map<string, Lane<M>>()
  const written = lately(now)
  const replaceNewest = async (key: string, address: A, lane: Lane<M>) => {
    for (let next = lane.wanted; !written.is(key, next); next = lane.wanted) {
      await replace(address, next)
      written.set(key, next)
    }
  }
  return (address, message) => {
    const key = JSON.stringify(address)
    const busy = lanes.get(key)
    if (busy !== undefined) {
      busy.wanted = message
      return busy.running
    }
    const lane: Lane<M> = { wanted: message, running: Promise.resolve() }
    lanes.set(key, lane)
    lane.running = replaceNewest(key, address, lane).finally(() => lanes.delete(key))
    return lane.running
  }
}

/** What was written a moment ago, oldest first. */
function lately(now: () => number) {
  const known = new Map<string, { readonly text: string; readonly until: number }>()
  return {
    is: (key: string, message: unknown): boolean => {
      const one = known.get(key)
      return one !== undefined && now() < one.until && one.text === JSON.stringify(message)
    },
    set: (key: string, message: unknown): void => {
      const instant = now()
      for (const [old, { until }] of known) {
        if (until > instant) break
        known.delete(old)
      }
      known.delete(key)
      known.set(key, { text: JSON.stringify(message), until: instant + CHAT_WRITTEN_MILLISECONDS })
    },
  }
}
