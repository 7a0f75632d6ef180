/** Replaces what stands at an address. */
type Replace<A, M> = (address: A, message: M) => Promise<void>

interface Lane<M> {
  wanted: M
  running: Promise<void>
}

/**
 * Replacements at one address never overtake each other: while one is under way only the newest waits, and what stands
 * there already is not written again. A hundred clicks on one card cost two calls, not a hundred.
 */
export function newestOnly<A, M>(replace: Replace<A, M>): Replace<A, M> {
  const lanes = new Map<string, Lane<M>>()
  return (address, message) => {
    const key = JSON.stringify(address)
    const busy = lanes.get(key)
    if (busy !== undefined) {
      busy.wanted = message
      return busy.running
    }
    const lane: Lane<M> = { wanted: message, running: Promise.resolve() }
    lanes.set(key, lane)
    lane.running = replaceUntilNewest(replace, address, lane).finally(() => lanes.delete(key))
    return lane.running
  }
}

async function replaceUntilNewest<A, M>(replace: Replace<A, M>, address: A, lane: Lane<M>): Promise<void> {
  let written: string | undefined
  while (written !== JSON.stringify(lane.wanted)) {
    const next = lane.wanted
    await replace(address, next)
    written = JSON.stringify(next)
  }
}
