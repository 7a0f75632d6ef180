import type pg from 'pg'
import {
  DATABASE_CONNECT_TIMEOUT_MILLISECONDS,
  DATABASE_CONNECTIONS,
  DATABASE_IDLE_TRANSACTION_MILLISECONDS,
} from '../../core/limits.js'
import { Problem } from '../../core/problem.js'
import { TurnPool } from './turns.js'

/**
 * Asked of every connection when it begins. The driver sends and reads instants without their offset, so with any
 * other time zone in the session they would be silently wrong.
 */
const SESSION_OPTIONS = `-c TimeZone=UTC -c idle_in_transaction_session_timeout=${DATABASE_IDLE_TRANSACTION_MILLISECONDS}`

/**
 * A pool of connections to a PostgreSQL server; nothing is connected yet. `address` is the part of the URL that may be
 * shown. Problem `input` when it is no PostgreSQL URL.
 */
export function serverPool(databaseUrl: string): { readonly pool: pg.Pool; readonly address: string } {
  const url = parseUrl(databaseUrl)
  const own = url.searchParams.get('options')
  url.searchParams.delete('options') // the driver would let the URL's replace ours
  const pool = new TurnPool({
    connectionString: url.href,
    options: own === null ? SESSION_OPTIONS : `${own} ${SESSION_OPTIONS}`,
    application_name: 'cloud-billing-studio',
    max: DATABASE_CONNECTIONS,
    connectionTimeoutMillis: DATABASE_CONNECT_TIMEOUT_MILLISECONDS,
    keepAlive: true,
  })
  return { pool, address: `${url.host}${url.pathname}` }
}

function parseUrl(databaseUrl: string): URL {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : undefined
  if (url !== undefined && ['postgres:', 'postgresql:'].includes(url.protocol)) return url
  // The value is not repeated: it usually holds a password.
  throw new Problem({
    kind: 'input',
    what: 'This is not the URL of a PostgreSQL database.',
    where: 'DATABASE_URL',
    notDone: 'Nothing was opened.',
    next: 'Write it as postgresql://user:password@host:5432/database, or leave it out to use the embedded database.',
  })
}
