import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect } from 'vitest'

/** What keeps a program alive and has to be closed: sockets, servers, threads, child processes. */
const HELD = ['TCPSocketWrap', 'TCPServerWrap', 'TLSWrap', 'PipeServerWrap', 'ProcessWrap', 'FSEventWrap']
/** A closed socket leaves a moment later: the other side has to answer. */
const SETTLE_MILLISECONDS = 3000
const POLL_MILLISECONDS = 20

/** Node lists a thread only while somebody listens to it, so they are counted as they come and go. */
let threads = 0
process.on('worker', (thread) => {
  threads += 1
  thread.once('exit', () => {
    threads -= 1
  })
})

/** Does not count a thread that is open now: it stays for the files that follow in the same process. */
export function keepThread(): void {
  threads -= 1
}

/** Counts of open resources by kind; only kinds that are there. */
export function openResources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = threads === 0 ? {} : { Thread: threads }
  for (const kind of process.getActiveResourcesInfo()) {
    if (HELD.includes(kind)) counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/** Waits until the same resources are open as `before`; returns what is open at last. */
export async function settledResources(
  before: Readonly<Record<string, number>>,
): Promise<Readonly<Record<string, number>>> {
  const deadline = performance.now() + SETTLE_MILLISECONDS
  while (JSON.stringify(openResources()) !== JSON.stringify(before) && performance.now() < deadline) {
    await wait(POLL_MILLISECONDS)
  }
  return openResources()
}

/** Fails the file when it ends with more open than it began with. Call it first: hooks after all tests run backwards. */
export function checkLeaks(): void {
  const before = openResources()
  afterAll(async () => {
    expect(await settledResources(before), 'left open at the end of the file').toEqual(before)
  })
}
