import { setTimeout as sleep } from 'node:timers/promises'

/**
 * How long things take on this machine, in milliseconds that only grow, and waiting. Only for keeping a pace towards other
 * systems: what happened when is decided by the one Clock.
 */
export const machinePacing = {
  now: (): number => performance.now(),
  wait: (milliseconds: number, signal: AbortSignal): Promise<void> =>
    sleep(milliseconds, undefined, { signal }),
}
