import { assert } from '../../core/assert.js'
import type { Clock } from '../../core/ports.js'
import { readConsistently } from './database.js'
import type { Cell, Database } from './database.js'
import { instant, instantColumn } from './values.js'

/** The database's clock: one for every program on it, so that a deadline is the same everywhere. */
export function databaseClock(database: Database): Clock {
  return {
    async now() {
      const select = `SELECT ${instantColumn('clock_timestamp()')}`
      const read = ([cell]: readonly [Cell]) => instant(cell)
      const [now] = await readConsistently(database, (query) => query(select, [], read))
      assert(now !== undefined, 'the database did not say what time it is')
      return now
    },
  }
}
