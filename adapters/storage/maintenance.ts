import type pg from 'pg'
import {
  DATABASE_CHECKPOINT_EVERY_MILLISECONDS,
  DATABASE_VACUUM_AFTER_ROWS,
  DATABASE_VACUUM_EVERY_MILLISECONDS,
} from '../../core/limits.js'
import type { Log } from '../../core/ports.js'

/**
 * What a PostgreSQL server does by itself and the embedded engine does not: write changes to their place before its log
 * grows without end, and make room of dead rows.
 */
export interface Maintenance {
  written(rows: number): void
  /** Everything now. */
  run(): Promise<void>
  /** Ends the schedule and waits for what is running. */
  cancel(): Promise<void>
  /** The same, and leaves the files tidy: the next start is quick. */
  finish(): Promise<void>
}

/** Starts the schedule. A round that fails is logged; the next one comes. */
export function scheduleMaintenance(pool: pg.Pool, log: Log): Maintenance {
  let rows = 0
  let roundsSinceVacuum = 0
  let running = Promise.resolve()

  async function vacuum(): Promise<void> {
    rows = 0
    roundsSinceVacuum = 0
    await pool.query('VACUUM (ANALYZE)')
  }
  async function round(): Promise<void> {
    roundsSinceVacuum += 1
    const sinceVacuum = roundsSinceVacuum * DATABASE_CHECKPOINT_EVERY_MILLISECONDS
    const isDue = sinceVacuum >= DATABASE_VACUUM_EVERY_MILLISECONDS
    if (rows >= DATABASE_VACUUM_AFTER_ROWS || isDue) await vacuum()
    await pool.query('CHECKPOINT')
  }
  const timer = setInterval(() => {
    running = running
      .then(round)
      .catch((error: unknown) => log.error({ error }, 'database maintenance failed'))
  }, DATABASE_CHECKPOINT_EVERY_MILLISECONDS)
  timer.unref()
  async function cancel(): Promise<void> {
    clearInterval(timer)
    await running
  }
  return {
    written: (count) => {
      rows += count
    },
    async run() {
      await running
      await vacuum()
      await pool.query('CHECKPOINT')
    },
    cancel,
    async finish() {
      await cancel()
      if (rows > 0) await vacuum()
      await pool.query('CHECKPOINT')
    },
  }
}
