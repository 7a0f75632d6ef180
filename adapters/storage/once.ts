import { createHash } from 'node:crypto'
import { ONCE_FORGET_ROWS, ONCE_KEPT_MILLISECONDS } from '../../core/limits.js'
import type { Once } from '../../core/ports.js'
import { type Database, inTransaction } from './database.js'
import { writeInstant } from './values.js'

/**
 * What was acted on, by the hash of its key: the primary key lets exactly one caller in, also among several processes.
 * Each call forgets a few keys whose time is long over by the caller's own clock, so that the table stays small without
 * a job of its own.
 */
export function once(database: Database, mspId: string): Once {
  return {
    first: (key, until) => {
      const forgotten = new Date(until.getTime() - ONCE_KEPT_MILLISECONDS)
      const hash = createHash('sha256').update(key).digest('hex')
      return inTransaction(database, async (tx) => {
        await tx.$executeRaw`
          DELETE FROM acted_once WHERE (msp_id, key) IN (
            SELECT msp_id, key FROM acted_once WHERE msp_id = ${mspId} AND until < ${writeInstant(forgotten)}::timestamptz
            ORDER BY until LIMIT ${ONCE_FORGET_ROWS}::integer FOR UPDATE SKIP LOCKED)`
        const written = await tx.$executeRaw`
          INSERT INTO acted_once (msp_id, key, until) VALUES (${mspId}, ${hash}, ${writeInstant(until)}::timestamptz)
          ON CONFLICT DO NOTHING`
        return written === 1
      })
    },
  }
}
