import { setTimeout as wait } from 'node:timers/promises'

/** Looks in a row that must find nothing under way: an acknowledged request may not have begun at the first. */
const QUIET_LOOKS = 3
const LOOK_MILLISECONDS = 2
/** Answers take milliseconds; on a busy machine, seconds. Past this something hangs. */
const GIVE_UP_MILLISECONDS = 20_000

/**
 * Waits until the server behind `url` says, on its own port, that nothing goes on after a request any more.
 *
 * @param giveUp milliseconds after which something hangs: longer where thousands of answers are under way.
 */
export async function settled(url: string, giveUp = GIVE_UP_MILLISECONDS): Promise<void> {
  const deadline = performance.now() + giveUp
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const metrics = await (await fetch(`${url}/metrics`)).text()
    const running = /^billing_work_running (\d+)$/m.exec(metrics)?.[1]
    if (running === undefined) throw new Error('the server does not say how much is under way')
    quiet = running === '0' ? quiet + 1 : 0
    if (performance.now() > deadline) throw new Error(`${running} answers are still under way`)
    await wait(LOOK_MILLISECONDS)
  }
}
