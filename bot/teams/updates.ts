import { TEAMS_WRITTEN_CARDS } from '../../core/chat-limits.js'

/** Replaces what stands at an address. */
type Replace<A, M> = (address: A, message: M) => Promise<void>

interface Lane<M> {
  wanted: M
  running: Promise<void>
}

/**
 * Replacements at one address never overtake each other: while one is under way only the newest waits, and what was
 * written there last is not written again. A hundred clicks on one card cost two calls, not a hundred.
 */
export function newestOnly<A, M>(replace: Replace<A, M>): Replace<A, M> {
  const lanes = new Map<string, Lane<M>>()
  const written = new Map<string, string>()
  const write = async (key: string, address: A, lane: Lane<M>) => {
    for (
      let text = JSON.stringify(lane.wanted);
      written.get(key) !== text;
      text = JSON.stringify(lane.wanted)
    ) {
      await replace(address, lane.wanted)
      written.delete(key)
      written.set(key, text)
      const [oldest] = written.keys()
      if (oldest !== undefined && written.size > TEAMS_WRITTEN_CARDS) written.delete(oldest)
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
    lane.running = write(key, address, lane).finally(() => lanes.delete(key))
    return lane.running
  }
}
