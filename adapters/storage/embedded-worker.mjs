// The embedded PostgreSQL, in a thread of its own: a long query never stops the program from answering.
// Plain JavaScript, checked by the compiler, because a worker is started from a file that Node can run as it is.
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'

/**
 * What the thread is started with.
 * @typedef {object} WorkerStart
 * @property {string | undefined} directory where the database files are; undefined: in memory
 * @property {Uint8Array | undefined} image archive of a database to start from, as `image` makes it; only in memory
 */

/** @typedef {'wire' | 'reset' | 'statistics' | 'image' | 'close'} Operation */

/**
 * @typedef {object} Request
 * @property {number} id
 * @property {Operation} operation
 * @property {Uint8Array} [batch] for `wire`
 */

/**
 * @typedef {object} Statistics
 * @property {boolean} durable false: files live in memory, or this build of the engine offers no way to flush them
 * @property {number} flushes files and folders flushed to the disk so far, apart from the write-ahead log
 */

/**
 * Several with `data`, then one that ends the request.
 * @typedef {object} Reply
 * @property {number} id
 * @property {Uint8Array} [data]
 * @property {Statistics} [statistics]
 * @property {string} [failure]
 * @property {boolean} [done]
 */

/**
 * The engine's defaults minus `-F`, which means "never flush": the write-ahead log is opened so that each write reaches
 * the disk. Small segments and buffers, because nobody else uses this database; without a cap on the log it would grow
 * until the next checkpoint.
 */
const SETTINGS = [
  'wal_sync_method=open_datasync',
  'max_wal_size=64MB',
  'min_wal_size=32MB',
  'shared_buffers=32MB',
  'TimeZone=UTC',
]
const START_PARAMETERS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...SETTINGS.flatMap((setting) => ['-c', setting]),
]

/**
 * Gives the engine's file system the flush it lacks: without it a checkpoint would declare data files safe that only
 * the operating system's memory holds. It relies on the inside of the engine, so it is looked for, not assumed.
 * @param {PGlite} database
 * @returns {Statistics}
 */
function makeDurable(database) {
  const statistics = { durable: false, flushes: 0 }
  try {
    const node = Object(database).Module.FS.lookupPath(`${PGlite.paths.PGDATA}/PG_VERSION`).node
    const fileSystem = node.mount.type
    const operations = fileSystem.stream_ops
    if (typeof operations.write !== 'function' || typeof fileSystem.realPath !== 'function') return statistics
    operations.fsync = (/** @type {any} */ stream) => {
      flush(stream.nfd, () => fileSystem.realPath(stream.node))
      statistics.flushes += 1
      return 0
    }
    statistics.durable = true
  } catch {
    // Another build of the engine: the caller warns.
  }
  return statistics
}

/**
 * @param {unknown} descriptor of an open file; folders have none
 * @param {() => string} path
 */
function flush(descriptor, path) {
  if (typeof descriptor === 'number') return fsyncSync(descriptor)
  const opened = openSync(path(), 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

/**
 * @param {PGlite} database
 * @param {Statistics} statistics
 * @param {Request} request
 * @returns {Promise<Reply>}
 */
async function answer(database, statistics, { id, operation, batch }) {
  switch (operation) {
    case 'wire':
      if (batch !== undefined)
        await database.execProtocolRawStream(batch, { onRawData: (data) => post(id, data) })
      return { id, done: true }
    case 'reset':
      if (database.isInTransaction()) await database.exec('ROLLBACK')
      await database.exec('DISCARD ALL')
      return { id, done: true }
    case 'statistics':
      return { id, done: true, statistics }
    case 'image':
      await database.exec('CHECKPOINT')
      post(id, new Uint8Array(await (await database.dumpDataDir('none')).arrayBuffer()))
      return { id, done: true }
    case 'close':
      await database.close()
      return { id, done: true }
  }
}

/**
 * Copies, because the engine reuses its buffer, and hands the copy over without a second one.
 * @param {number} id
 * @param {Uint8Array} data
 */
function post(id, data) {
  const copy = data.slice()
  parentPort?.postMessage({ id, data: copy }, [copy.buffer])
}

async function main() {
  const { directory, image } = /** @type {WorkerStart} */ (workerData)
  const database = await PGlite.create({
    ...(directory === undefined ? {} : { dataDir: directory }),
    ...(image === undefined ? {} : { loadDataDir: new Blob([image]) }),
    startParams: START_PARAMETERS,
  })
  const statistics = directory === undefined ? { durable: false, flushes: 0 } : makeDurable(database)
  parentPort?.postMessage({ id: 0, done: true, statistics })
  let last = Promise.resolve()
  parentPort?.on('message', (/** @type {Request} */ request) => {
    last = last.then(async () => {
      try {
        parentPort?.postMessage(await answer(database, statistics, request))
      } catch (error) {
        const failure = error instanceof Error ? error.message : String(error)
        parentPort?.postMessage({ id: request.id, done: true, failure })
      }
      // Ends the thread, and with it the engine's memory.
      if (request.operation === 'close') parentPort?.close()
    })
  })
}

await main()
