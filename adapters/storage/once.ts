import { AsyncResource } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { ONCE_FORGET_ROWS, ONCE_KEPT_MILLISECONDS } from '../../core/limits.js'
import type { Once } from '../../core/chat-ports.js'
import { type Database, runReturning } from './database.js'
import { writeInstant } from './values.js'

const FIRST = `
  WITH forgotten AS (
    DELETE FROM acted_once WHERE (msp_id, key) IN (
      SELECT msp_id, key FROM acted_once WHERE msp_id = $1 AND until < $4::timestamptz
      ORDER BY until LIMIT $5::integer FOR UPDATE SKIP LOCKED))
  INSERT INTO acted_once (msp_id, key, until)
  SELECT $1, key, until FROM unnest($2::text[], $3::timestamptz[]) AS asked (key, until)
  ON CONFLICT DO NOTHING RETURNING key`

interface Asked {
  readonly hash: string
  readonly until: Date
  readonly resolve: (first: boolean) => void
  readonly reject: (error: unknown) => void
}

/**
 * What was acted on, by the hash of its key: the primary key lets exactly one caller in, also among several processes.
 * Each call forgets a few keys whose time is long over by the caller's own clock, so that the table stays small without
 * a job of its own. A crowd of clicks comes through here before anything else is done for it: whoever comes while one
 * statement is under way shares the next.
 */
export function once(database: Database, mspId: string): Once {
  let waiting: Asked[] = []
  let running = false
  const askAll = async () => {
    running = true
    while (waiting.length > 0) {
      const asked = waiting
      waiting = []
      await askTogether(database, mspId, asked)
    }
    running = false
  }
  // Whoever begins, others wait for it: it is never work that has time.
  const begin = AsyncResource.bind(askAll)
  return {
    first: (key, until) =>
      new Promise((resolve, reject) => {
        const hash = createHash('sha256').update(key).digest('hex')
        waiting.push({ hash, until, resolve, reject })
        if (!running) void begin()
      }),
  }
}

async function askTogether(database: Database, mspId: string, asked: readonly Asked[]): Promise<void> {
  try {
    const first = await writeFirst(database, mspId, asked)
    // Of several who ask for the same thing together, the one who came first is.
    for (const { hash, resolve } of asked) resolve(first.delete(hash))
  } catch (error) {
    for (const { reject } of asked) reject(error)
  }
}

/** Keys that nobody had asked for before. */
async function writeFirst(database: Database, mspId: string, asked: readonly Asked[]): Promise<Set<string>> {
  // In one order everywhere, so that two processes never wait for each other.
  const keys = asked.toSorted((left, right) => (left.hash < right.hash ? -1 : 1))
  const forgotten = new Date(Math.min(...keys.map(({ until }) => until.getTime())) - ONCE_KEPT_MILLISECONDS)
  const rows = await runReturning<{ readonly key: string }>(database, FIRST, [
    mspId,
    keys.map(({ hash }) => hash),
    keys.map(({ until }) => writeInstant(until)),
    writeInstant(forgotten),
    ONCE_FORGET_ROWS * keys.length,
  ])
  return new Set(rows.map(({ key }) => key))
}
