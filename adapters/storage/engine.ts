import type pg from 'pg'
import { DATABASE_TRANSACTION_MILLISECONDS } from '../../core/limits.js'
import type { Log } from '../../core/ports.js'
import { openDataFolder } from './data-folder.js'
import type { DataFolder } from './data-folder.js'
import { startEmbedded } from './embedded.js'
import type { EmbeddedDatabase } from './embedded.js'
import { embeddedImage } from './embedded-image.mjs'
import { asStorageProblem } from './errors.js'
import { scheduleMaintenance } from './maintenance.js'
import { serverPool } from './server.js'
import { TurnPool } from './turns.js'

/** One of the two engines, open: PostgreSQL inside this program, or a server. All else is the same on both. */
export interface Engine {
  readonly pool: pg.Pool
  /** Where it is, without any secret. */
  readonly address: string
  written(rows: number): void
  maintain(): Promise<void>
  close(): Promise<void>
}

export interface EngineOptions {
  readonly databaseUrl?: string | undefined
  readonly dataDirectory?: string | undefined
  /** The program answers once and ends: an embedded engine saves itself what only pays later. Default: false. */
  readonly shortLived?: boolean | undefined
  readonly log: Log
}

export function openEngine(options: EngineOptions): Promise<Engine> {
  const { databaseUrl, dataDirectory, shortLived = false, log } = options
  if (databaseUrl !== undefined) return openServer(databaseUrl, log)
  return dataDirectory === undefined
    ? openInMemory(shortLived, log)
    : openFolder(dataDirectory, shortLived, log)
}

async function openServer(databaseUrl: string, log: Log): Promise<Engine> {
  const { pool, address } = serverPool(databaseUrl)
  // Without a listener a restart of the server would end this program.
  pool.on('error', (error) => log.warn({ error }, 'a connection to the database was lost'))
  return { pool, address, written: () => undefined, maintain: async () => undefined, close: () => pool.end() }
}

async function openInMemory(shortLived: boolean, log: Log): Promise<Engine> {
  const image = await embeddedImage()
  return embeddedEngine(
    await startEmbedded({ directory: undefined, image, shortLived, onStopped: stopped(log) }),
    undefined,
    log,
  )
}

async function openFolder(directory: string, shortLived: boolean, log: Log): Promise<Engine> {
  const folder = await openDataFolder(directory)
  try {
    const embedded = await startEmbedded({
      directory: folder.database,
      image: undefined,
      shortLived,
      onStopped: stopped(log),
    })
    const { durable } = await embedded.statistics()
    if (!durable)
      log.warn({ directory }, 'the embedded database cannot flush its files: a power cut may damage them')
    return embeddedEngine(embedded, folder, log)
  } catch (error) {
    folder.release()
    throw error
  }
}

function stopped(log: Log): (reason: Error) => void {
  return (error) => log.error({ error }, 'the embedded database stopped; start the program again')
}

/** Without a folder there is nothing to keep: the schedule runs all the same, because its log grows in memory too. */
function embeddedEngine(embedded: EmbeddedDatabase, folder: DataFolder | undefined, log: Log): Engine {
  const pool = embeddedPool(embedded)
  pool.on('error', (error) => log.warn({ error }, 'the connection to the embedded database was lost'))
  const maintenance = scheduleMaintenance(pool, log)
  const stop = folder === undefined ? maintenance.cancel : maintenance.finish
  return {
    pool,
    address: folder?.database ?? 'in memory',
    written: maintenance.written,
    maintain: maintenance.run,
    async close() {
      // What cannot be done any more (the engine has stopped) must not keep the rest from being closed.
      const failures: unknown[] = []
      const steps = [stop, () => pool.end(), embedded.close, async () => folder?.release()]
      for (const step of steps) await step().catch((error: unknown) => failures.push(error))
      if (failures.length > 0) throw asStorageProblem(failures[0], 'What was acknowledged is safe.')
    },
  }
}

/** The engine has one session, so the pool has one connection and keeps it; whoever comes meanwhile waits. */
function embeddedPool(embedded: EmbeddedDatabase): pg.Pool {
  return new TurnPool({
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: DATABASE_TRANSACTION_MILLISECONDS,
    user: 'postgres',
    database: 'postgres',
    stream: () => embedded.stream(),
  })
}
