import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { DATABASE_TRANSACTION_ATTEMPTS, DATABASE_TRANSACTION_MILLISECONDS } from '../../core/limits.js'
import { withConnection } from './connection.js'
import { asStorageProblem, isWriteConflict } from './errors.js'
import { PrismaClient } from './generated/client.js'
import type { Prisma } from './generated/client.js'

/** One open database, whichever engine it is on. What stands in a file of this folder takes it as its first argument. */
export interface Database {
  readonly pool: pg.Pool
  readonly prisma: PrismaClient
  /** What has begun and not ended: closing waits for it. */
  readonly running: Set<Promise<unknown>>
  /** Counts written rows, so that the embedded engine is cleaned in time; a server does that by itself. */
  readonly written: (rows: number) => void
}

/** Everything inside a transaction goes through this and nothing else: the embedded engine has one connection. */
export type Transaction = Prisma.TransactionClient

/** Prisma over a pool of ours. It does not end the pool. */
export function prismaOver(pool: pg.Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool) })
}

/**
 * Runs `work` in one read-committed transaction: all of it or nothing. Short, no network, nothing but `tx` inside.
 * When the database gives it up for another transaction it is run again, so `work` must have no effect outside.
 * Problem `unavailable` when the database does not answer; whether it was stored is then not known.
 */
export function inTransaction<T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return awaited(database, repeatedTransaction(database, work))
}

async function repeatedTransaction<T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.prisma.$transaction(work, {
        maxWait: DATABASE_TRANSACTION_MILLISECONDS, // behind another one, on the single connection
        timeout: DATABASE_TRANSACTION_MILLISECONDS,
      })
    } catch (error) {
      if (attempt >= DATABASE_TRANSACTION_ATTEMPTS || !isWriteConflict(error)) throw asStorageProblem(error)
    }
  }
}

/**
 * Runs one statement, which is all of it or nothing by itself: one way to the database and back instead of three or more.
 * Returns how many rows it wrote. Problem `unavailable` when the database does not answer; whether it was
 * stored is then not known.
 */
export async function runStatement(
  database: Database,
  sql: string,
  parameters: readonly unknown[],
): Promise<number> {
  return (await run(database, sql, parameters)).rowCount ?? 0
}

/** The same, for the rows it returns. */
export async function runReturning<Row extends pg.QueryResultRow>(
  database: Database,
  sql: string,
  parameters: readonly unknown[],
): Promise<readonly Row[]> {
  return (await run<Row>(database, sql, parameters)).rows
}

function run<Row extends pg.QueryResultRow>(
  database: Database,
  sql: string,
  parameters: readonly unknown[],
): Promise<pg.QueryResult<Row>> {
  const query = async () => {
    try {
      return await withConnection(database.pool, (client) => client.query<Row>(sql, [...parameters]))
    } catch (error) {
      throw asStorageProblem(error)
    }
  }
  return awaited(database, query())
}

/** One value as the database writes it; converting is the reader's business (see values.ts). */
export type Cell = string | null

/** Reads rows as arrays of text, in the order of the columns: an order of magnitude faster than objects of values. */
export interface Query {
  <Row extends readonly Cell[]>(sql: string, parameters: readonly unknown[]): Promise<Row[]>
  /** For large lists: turns each row into what the reader wants as it comes, so that they are not there twice. */
  <Row extends readonly Cell[], T>(
    sql: string,
    parameters: readonly unknown[],
    read: (row: Row) => T,
  ): Promise<T[]>
}

/**
 * Runs several queries that all see the same moment, whatever is written meanwhile. Problem `unavailable` when the
 * database does not answer.
 */
export function readConsistently<T>(database: Database, work: (query: Query) => Promise<T>): Promise<T> {
  return awaited(database, readAtOneMoment(database, work))
}

async function readAtOneMoment<T>(database: Database, work: (query: Query) => Promise<T>): Promise<T> {
  try {
    return await withConnection(database.pool, async (client) => {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      const query: Query = <Row extends readonly Cell[]>(
        sql: string,
        parameters: readonly unknown[],
        read: (row: Row) => unknown = asIs,
      ) => readRows(client, sql, parameters, read) as Promise<never[]>
      const result = await work(query)
      await client.query('COMMIT')
      return result
    })
  } catch (error) {
    throw asStorageProblem(error, 'Nothing was read.')
  }
}

/**
 * Not `client.query(text)`: it keeps all rows of a large list in a second form until the last one is there. A reader
 * that fails must not throw inside the driver, which would end the program.
 */
function readRows<Row extends readonly Cell[], T>(
  client: pg.PoolClient,
  text: string,
  parameters: readonly unknown[],
  read: (row: Row) => T,
): Promise<T[]> {
  const config = { text, values: [...parameters], rowMode: 'array', types: { getTypeParser: () => asIs } }
  const rows: T[] = []
  let failure: Error | undefined
  return new Promise((resolve, reject) => {
    const query = client.query(new pg.Query(config))
    query.on('row', (row: unknown) => {
      if (failure !== undefined) return
      try {
        rows.push(read(row as Row))
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error))
      }
    })
    query.on('error', reject)
    query.on('end', () => (failure === undefined ? resolve(rows) : reject(failure)))
  })
}

/** Resolves when nothing is running any more. */
export async function idle({ running }: Database): Promise<void> {
  while (running.size > 0) await Promise.allSettled(running)
}

async function awaited<T>({ running }: Database, work: Promise<T>): Promise<T> {
  running.add(work)
  try {
    return await work
  } finally {
    running.delete(work)
  }
}

function asIs<T>(value: T): T {
  return value
}
