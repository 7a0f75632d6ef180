import { createHash } from 'node:crypto'
import { ONCE_FORGET_ROWS, ONCE_KEPT_MILLISECONDS } from '../../core/limits.js'
import type { Once } from '../../core/chat-ports.js'
import { type Database, runStatement } from './database.js'
import { writeInstant } from './values.js'

const FIRST = `
  WITH forgotten AS (
    DELETE FROM acted_once WHERE (msp_id, key) IN (
      SELECT msp_id, key FROM acted_once WHERE msp_id = $1 AND until < $4::timestamptz
      ORDER BY until LIMIT $5::integer FOR UPDATE SKIP LOCKED))
  INSERT INTO acted_once (msp_id, key, until) VALUES ($1, $2, $3::timestamptz) ON CONFLICT DO NOTHING`

/**
 * What was acted on, by the hash of its key: the primary key lets exactly one caller in, also among several processes.
 * Each call forgets a few keys whose time is long over by the caller's own clock, so that the table stays small without
 * a job of its own. One statement: a crowd of clicks comes through here before anything else is done for it.
 */
export function once(database: Database, mspId: string): Once {
  return {
    first: async (key, until) => {
      const forgotten = new Date(until.getTime() - ONCE_KEPT_MILLISECONDS)
      const hash = createHash('sha256').update(key).digest('hex')
      const parameters = [mspId, hash, writeInstant(until), writeInstant(forgotten), ONCE_FORGET_ROWS]
      const written = await runStatement(database, FIRST, parameters)
      return written === 1
    },
  }
}
