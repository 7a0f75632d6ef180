import { setTimeout as wait } from 'node:timers/promises'

/** Looks in a row that must find nothing under way: an acknowledged request may not have begun at the first. */
const QUIET_LOOKS = 3
const LOOK_MILLISECONDS = 2
/** An answer takes milliseconds; on a busy machine, seconds. When none ends for so long, something hangs. */
const GIVE_UP_MILLISECONDS = 60_000

/**
 * Waits until the server behind `url` says, on its own port, that nothing goes on after a request any more.
 *
 * @param giveUp milliseconds without any answer ending after which something hangs.
 */
export async function settled(url: string, giveUp = GIVE_UP_MILLISECONDS): Promise<void> {
  let deadline = performance.now() + giveUp
  let before: string | undefined
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const metrics = await (await fetch(`${url}/metrics`)).text()
    const running = /^billing_work_running (\d+)$/m.exec(metrics)?.[1]
    if (running === undefined) throw new Error('the server does not say how much is under way')
    quiet = running === '0' ? quiet + 1 : 0
    if (running !== before) deadline = performance.now() + giveUp
    before = running
    if (performance.now() > deadline) throw new Error(`${running} answers are still under way`)
    await wait(LOOK_MILLISECONDS)
  }
}
