import type { Clock } from '../../core/ports.js'
import { readConsistently } from './database.js'
import type { Cell, Database } from './database.js'
import { instant, instantColumn } from './values.js'

/** The database's clock: one for every program on it, so that a deadline is the same everywhere. */
export function databaseClock(database: Database): Clock {
  return {
    async now() {
      const select = `SELECT ${instantColumn('clock_timestamp()')}`
      const rows = await readConsistently(database, (query) => query<readonly [Cell]>(select, []))
      return instant(rows[0]?.[0] ?? null)
    },
  }
}
