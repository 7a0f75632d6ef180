import { join } from 'node:path'
import { assert } from '../../core/assert.js'
import type {
  ConversationReferences,
  Deadlines,
  Deliveries,
  Once,
  PostedCards,
  SlackWorkspaces,
} from '../../core/chat-ports.js'
import type { BillingStore, Clock, LedgerStore, Log, PeopleStore } from '../../core/ports.js'
import type { SyncStore } from '../../core/psa-ports.js'
import { projectFolder } from '../system/project.js'
import type { Sealing } from '../system/sealing.js'
import { verifyTrail } from './billing-audit.js'
import type { TrailCheck } from './billing-audit.js'
import { billingStore } from './billing-store.js'
import { deliveries } from './chat-delivery.js'
import { databaseClock } from './clock.js'
import { conversationReferences } from './conversation-reference.js'
import { idle, prismaOver } from './database.js'
import type { Database } from './database.js'
import { openEngine } from './engine.js'
import type { Engine } from './engine.js'
import { asStorageProblem } from './errors.js'
import { deadlines } from './job-run.js'
import { ledgerStore } from './ledger-store.js'
import { migrate } from './migrate.js'
import { once } from './once.js'
import { peopleStore } from './people.js'
import { postedCards } from './posted-card.js'
import { checkHealth, checkSession } from './session.js'
import { slackWorkspaces } from './slack-workspace.js'
import { syncStore } from './sync-store.js'
import { exportLines, importLines } from './transfer.js'
import { inTurn, patiently } from './turns.js'

export interface StorageOptions {
  /** A PostgreSQL server of version 15 or newer; undefined: the embedded database. */
  readonly databaseUrl?: string | undefined
  /** Folder of the embedded database; undefined: in memory, gone when closed. Not used with `databaseUrl`. */
  readonly dataDirectory?: string | undefined
  /** The program answers once and ends: an embedded engine saves itself what only pays later. Default: false. */
  readonly shortLived?: boolean | undefined
  /** Whose rows this is about: nothing of any other MSP is ever seen. */
  readonly mspId: string
  readonly log: Log
  /** Default: prisma/migrations of this project. */
  readonly migrationsDirectory?: string
}

/** Everything that is stored, for one MSP. Every method throws Problem `unavailable` when the database does not answer. */
export interface Storage {
  readonly ledger: LedgerStore
  readonly billing: BillingStore
  readonly sync: SyncStore
  readonly people: PeopleStore
  readonly postedCards: PostedCards
  readonly references: ConversationReferences
  readonly once: Once
  readonly deliveries: Deliveries
  readonly deadlines: Deadlines
  /** Where the app is installed in Slack, its tokens sealed by `sealing`. */
  slackWorkspaces(sealing: Sealing): SlackWorkspaces
  /** The database's clock. */
  readonly clock: Clock
  /** Runs what nobody waits for: it lets those pass whose answer somebody is waiting for, and takes turns with them. */
  patiently<T>(work: () => T): T
  /** Resolves when the database answers. */
  health(): Promise<void>
  /** Verifies the whole trail, however long it is. */
  verifyAudit(): Promise<TrailCheck>
  /** Writes changes to their place and makes room, now. A server does that by itself: nothing happens there. */
  maintain(): Promise<void>
  /** The whole database, every MSP's rows, as lines: for moving to a server or to another engine version. */
  exportLines(): AsyncIterable<string>
  /** Puts an export into this database, which must be empty; returns how many rows. */
  importLines(lines: AsyncIterable<string>): Promise<number>
  /** Waits for what is running, then closes. Does nothing the second time. */
  close(): Promise<void>
}

/**
 * Opens the database, brings its tables to this version of the program and checks that it is fit. Problem `unavailable`
 * when it does not answer, `conflict` when another program has the folder, `held` when its files, version or migrations
 * are not ours, `input` when the URL is none.
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  return openOn(await openEngine(options), options)
}

/** The same on an engine that is open already; closing the storage closes it. */
export async function openOn(engine: Engine, options: StorageOptions): Promise<Storage> {
  assert(options.mspId !== '', 'openStorage: the MSP is missing')
  try {
    await checkSession(engine.pool, engine.address)
    const folder =
      options.migrationsDirectory ?? join(projectFolder(import.meta.dirname), 'prisma', 'migrations')
    const applied = await migrate(engine.pool, folder)
    if (applied.length > 0) options.log.info({ applied }, 'database brought up to date')
    await engine.pool.query('INSERT INTO msp (id) VALUES ($1) ON CONFLICT DO NOTHING', [options.mspId])
  } catch (error) {
    await engine.close().catch(() => undefined) // the first failure says more
    throw asStorageProblem(error, 'Nothing was opened.', engine.address)
  }
  return storageOn(engine, options.mspId)
}

function storageOn(engine: Engine, mspId: string): Storage {
  const prisma = prismaOver(engine.pool)
  const database: Database = { pool: engine.pool, prisma, running: new Set(), written: engine.written }
  async function close(): Promise<void> {
    await idle(database)
    await prisma.$disconnect()
    await engine.close()
  }
  let closing: Promise<void> | undefined
  const ledger = ledgerStore(database, mspId)
  const billing = billingStore(database, mspId)
  const sync = syncStore(database, mspId)
  return {
    // Answers share what is read here: whoever asks first, others wait for it.
    ledger: { ...ledger, ledger: () => inTurn(ledger.ledger) },
    billing: { ...billing, books: () => inTurn(billing.books) },
    sync: { ...sync, state: () => inTurn(sync.state) },
    people: peopleStore(database, mspId),
    postedCards: postedCards(database, mspId),
    references: conversationReferences(database, mspId),
    once: once(database, mspId),
    deliveries: deliveries(database, mspId),
    deadlines: deadlines(database, mspId),
    slackWorkspaces: (sealing) => slackWorkspaces(database, mspId, sealing),
    clock: databaseClock(database),
    patiently,
    health: () => checkHealth(engine.pool),
    verifyAudit: () => verifyTrail(database, mspId),
    maintain: () => engine.maintain(),
    exportLines: () => exportLines(database),
    importLines: (lines) => importLines(database, mspId, lines),
    close: () => (closing ??= close()),
  }
}
