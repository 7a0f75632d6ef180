import { schedule } from 'node-cron'
import type { ApprovalRecord, Log } from '../../core/ports.js'

/** Work that nobody asked for just now. */
export interface Jobs {
  /** Ends the ticking; what runs already is waited for. */
  stop(): Promise<void>
}

/** Calls a job again and again until it is ended. */
export type Ticking = (tick: () => Promise<void>) => () => Promise<void>

export interface JobParts {
  /** Carries on what was approved: safe to call at any time, by any number of processes. */
  readonly carryOn: () => Promise<readonly ApprovalRecord[]>
  /** Shows what moved on the cards that were posted. */
  readonly refresh: (record: ApprovalRecord) => Promise<void>
  readonly log: Log
  /** What ticks: {@link everyMinute}, unless time is not the machine's. */
  readonly ticking?: Ticking
}

/** Every minute: writes whose outcome was not known are settled after three, and a restart is made up for at once. */
const EVERY_MINUTE = '* * * * *'

/** By the clock of this machine. A tick waits for the one before it. */
function everyMinute(tick: () => Promise<void>): () => Promise<void> {
  const task = schedule(EVERY_MINUTE, tick, { noOverlap: true, name: 'dispatch' })
  return async () => task.stop()
}

/** Starts what runs by the clock. The clock only ticks: what is due, and for whom, the database decides. */
export function startJobs({ carryOn, refresh, log, ticking = everyMinute }: JobParts): Jobs {
  let running: Promise<void> = Promise.resolve()
  const tick = async () => {
    try {
      for (const record of await carryOn()) await refresh(record)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.error({ job: 'dispatch', reason }, 'a job failed; it is tried again at the next tick')
    }
  }
  const end = ticking(() => (running = tick()))
  return {
    stop: async () => {
      await end()
      await running
    },
  }
}
