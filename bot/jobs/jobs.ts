import { schedule } from 'node-cron'
import type { Log } from '../../core/ports.js'

/** Work that nobody asked for just now. */
export interface Job {
  /** As the log names it. */
  readonly name: string
  /** Safe to call at any time, by any number of processes: what is due, and for whom, the database decides. */
  run(): Promise<void>
}

export interface Jobs {
  /** Ends the ticking; what runs already is waited for. */
  stop(): Promise<void>
}

/** Calls a job again and again until it is ended. */
export type Ticking = (tick: () => Promise<void>, name: string) => () => Promise<void>

export interface JobParts {
  readonly jobs: readonly Job[]
  readonly log: Log
  /** What ticks: {@link everyMinute}, unless time is not the machine's. */
  readonly ticking?: Ticking
}

/** Every minute: writes whose outcome was not known are settled after three, and a restart is made up for at once. */
const EVERY_MINUTE = '* * * * *'

/** By the clock of this machine. */
function everyMinute(tick: () => Promise<void>, name: string): () => Promise<void> {
  const task = schedule(EVERY_MINUTE, tick, { name })
  return async () => task.stop()
}

/** Starts what runs by the clock, each job by itself: one that fails or takes long stops no other. The clock only ticks. */
export function startJobs({ jobs, log, ticking = everyMinute }: JobParts): Jobs {
  const stops = jobs.map((job) => startJob(job, log, ticking))
  return {
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}

function startJob({ name, run }: Job, log: Log, ticking: Ticking): () => Promise<void> {
  let running: Promise<void> | undefined
  const once = async () => {
    try {
      await run()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.error({ job: name, reason }, 'a job failed; it is tried again at the next tick')
    } finally {
      running = undefined
    }
  }
  // A tick that comes while the one before it is at work is that one's.
  const end = ticking(() => (running ??= once()), name)
  return async () => {
    await end()
    await running
  }
}
