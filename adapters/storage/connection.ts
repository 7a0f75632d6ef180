import type pg from 'pg'

/** A connection of the pool for one purpose, until it is given back. */
export interface Connection {
  readonly client: pg.PoolClient
  /** Gives it back. One that has not done everything it began is ended, and with it its transaction. */
  release(outcome: 'finished' | 'broken'): void
}

/**
 * Takes a connection out of the pool. The pool listens only to connections it holds: without a listener of our own, a
 * server that ends this one would end the program. Nothing is lost by ignoring it, the running or next query fails.
 */
export async function takeConnection(pool: pg.Pool): Promise<Connection> {
  const client = await pool.connect()
  const ignore = (): void => undefined
  client.on('error', ignore)
  return {
    client,
    release(outcome) {
      client.release(outcome === 'broken')
      client.removeListener('error', ignore)
    },
  }
}

/** The same around `work`. */
export async function withConnection<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const { client, release } = await takeConnection(pool)
  let outcome: 'finished' | 'broken' = 'broken'
  try {
    const result = await work(client)
    outcome = 'finished'
    return result
  } finally {
    release(outcome)
  }
}
