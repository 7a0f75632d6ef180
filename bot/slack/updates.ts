import type { SlackMessage } from './render.js'
import type { MessageAddress } from './schema.js'

type Send = (address: MessageAddress, message: SlackMessage) => Promise<void>

interface Lane {
  wanted: SlackMessage
  running: Promise<void>
}

/**
 * Updates of one message never overtake each other: while one is under way only the newest waits, and what a message
 * says already is not said again. A hundred clicks on one card cost two calls, not a hundred.
 */
export function newestOnly(send: Send): Send {
  const lanes = new Map<string, Lane>()
  return (address, message) => {
    const key = `${address.channel} ${address.stamp}`
    const busy = lanes.get(key)
    if (busy !== undefined) {
      busy.wanted = message
      return busy.running
    }
    const lane: Lane = { wanted: message, running: Promise.resolve() }
    lanes.set(key, lane)
    lane.running = sendNewest(send, address, lane).finally(() => lanes.delete(key))
    return lane.running
  }
}

async function sendNewest(send: Send, address: MessageAddress, lane: Lane): Promise<void> {
  let said: string | undefined
  while (said !== revisionOf(lane.wanted)) {
    const next = lane.wanted
    await send(address, next)
    said = revisionOf(next)
  }
}

/** The first block id carries a hash of the whole message. */
function revisionOf({ blocks }: SlackMessage): string {
  return blocks[0]?.block_id ?? ''
}
