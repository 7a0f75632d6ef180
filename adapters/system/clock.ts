import type { Clock } from '../../core/ports.js'

/** This machine's clock, for programs without a database; with one, the database's clock decides. */
export function systemClock(): Clock {
  return { now: async () => new Date() }
}
