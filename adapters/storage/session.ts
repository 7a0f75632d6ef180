import type pg from 'pg'
import { DATABASE_CONNECT_TIMEOUT_MILLISECONDS } from '../../core/limits.js'
import { Problem } from '../../core/problem.js'
import { asStorageProblem } from './errors.js'

/** The oldest server our SQL is written for and tested on, as PostgreSQL numbers itself: 15.0. */
const OLDEST_SERVER = 150_000

interface Session {
  readonly version: number
  readonly zone: string
  readonly encoding: string
}

/** Refuses a database on which figures or names would be silently wrong. Problem `held`, or `unavailable`. */
export async function checkSession(pool: pg.Pool, address: string): Promise<void> {
  const { rows } = await pool.query<Session>(
    `SELECT current_setting('server_version_num')::integer AS version, current_setting('TimeZone') AS zone,
       current_setting('server_encoding') AS encoding`,
  )
  const [session] = rows
  if (session === undefined || session.version < OLDEST_SERVER) {
    const found = Math.floor((session?.version ?? 0) / 10_000)
    throw unfit(address, `This is PostgreSQL ${found}; 15 or newer is needed.`, 'Upgrade the server.')
  }
  if (session.zone !== 'UTC') {
    // A pooler in between may drop what we ask for when connecting.
    const cure = `Run once: ALTER ROLE your_user SET timezone = 'UTC'.`
    throw unfit(address, `Its sessions run in the time zone ${session.zone}, not UTC.`, cure)
  }
  if (session.encoding !== 'UTF8') {
    throw unfit(address, `It stores text as ${session.encoding}.`, 'Create the database with ENCODING UTF8.')
  }
}

/** Resolves when the database answers in time. Problem `unavailable`. */
export async function checkHealth(pool: pg.Pool): Promise<void> {
  const query = { text: 'SELECT 1', query_timeout: DATABASE_CONNECT_TIMEOUT_MILLISECONDS }
  try {
    await pool.query(query)
  } catch (error) {
    throw asStorageProblem(error, 'Nothing can be read or stored now.')
  }
}

function unfit(address: string, what: string, next: string): Problem {
  return new Problem({ kind: 'held', what, where: address, notDone: 'The database was not opened.', next })
}
