import type { Duplex } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { DATABASE_CLOSE_TIMEOUT_MILLISECONDS } from '../../core/limits.js'
import { Problem } from '../../core/problem.js'
import type { Reply, Request, Statistics, WorkerStart } from './embedded-worker.mjs'
import { wireStreams } from './wire-stream.mjs'

const WORKER = new URL('./embedded-worker.mjs', import.meta.url)

/** PostgreSQL inside this program, in a thread of its own. One session: give its streams to a pool of one. */
export interface EmbeddedDatabase {
  /** A new connection; the one before it is ended first. */
  stream(): Duplex
  statistics(): Promise<Statistics>
  /** Waits for what is running, writes everything to its place and ends the thread. Does nothing the second time. */
  close(): Promise<void>
}

export interface EmbeddedStart {
  /** Folder of the database's files, already set up; undefined: in memory, from `image`. */
  readonly directory: string | undefined
  readonly image: Uint8Array | undefined
  /** The program answers once and ends: the engine's code is used as it loads, never optimised. */
  readonly shortLived: boolean
  /** The thread ended although nobody closed it: every later call fails. */
  readonly onStopped: (reason: Error) => void
}

/** Starts the engine. Problem `unavailable` when it does not start. */
export async function startEmbedded({
  directory,
  image,
  shortLived,
  onStopped,
}: EmbeddedStart): Promise<EmbeddedDatabase> {
  // Optimising the engine's code takes some four seconds of processor time, which only pays in a program that goes on.
  if (shortLived) setFlagsFromString('--liftoff-only')
  const start: WorkerStart = { directory, image }
  const transferList = image === undefined ? [] : [image.buffer as ArrayBuffer]
  // None of the program's own flags: some, such as those of `node --eval`, no thread can start with.
  const worker = new Worker(WORKER, { workerData: start, transferList, execArgv: [] })
  const calls = callsTo(worker, onStopped)
  try {
    await calls.ready
  } catch (error) {
    throw new Problem({
      kind: 'unavailable',
      what: 'The embedded database did not open.',
      where: directory ?? 'in memory',
      notDone: 'Its files were left as they are.',
      next: 'Check free disk space and the rights on the folder; if both are fine, restore the folder from a backup.',
      cause: error,
    })
  }
  let closing: Promise<void> | undefined
  return {
    stream: wireStreams({
      send: (batch, onData) => calls.call({ operation: 'wire', batch }, onData).then(() => undefined),
      reset: () => calls.call({ operation: 'reset' }).then(() => undefined),
    }),
    statistics: async () => (await calls.call({ operation: 'statistics' })) ?? { durable: false, flushes: 0 },
    close: () => (closing ??= calls.close()),
  }
}

interface Waiting {
  readonly resolve: (statistics: Statistics | undefined) => void
  readonly reject: (reason: Error) => void
  readonly onData: ((data: Uint8Array) => void) | undefined
}

interface Calls {
  readonly ready: Promise<unknown>
  call(request: Omit<Request, 'id'>, onData?: (data: Uint8Array) => void): Promise<Statistics | undefined>
  close(): Promise<void>
}

/** Requests to the thread and their replies, which come in the same order. Whoever waits when it ends is told. */
function callsTo(worker: Worker, onStopped: (reason: Error) => void): Calls {
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let stopped: Error | undefined
  let closing = false

  function expect(id: number, onData?: (data: Uint8Array) => void): Promise<Statistics | undefined> {
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject, onData }))
  }
  async function call(request: Omit<Request, 'id'>, onData?: (data: Uint8Array) => void) {
    if (stopped !== undefined) throw stopped
    lastId += 1
    const reply = expect(lastId, onData)
    worker.postMessage({ ...request, id: lastId } satisfies Request)
    return reply
  }
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      stopped ??= new Error('The embedded database has stopped.')
      for (const { reject } of waiting.values()) reject(stopped)
      waiting.clear()
      if (!closing) onStopped(stopped)
      resolve()
    })
  })
  worker.once('error', (error) => {
    stopped = error instanceof Error ? error : new Error(String(error))
  })
  worker.on('message', (reply: Reply) => deliver(waiting, reply))
  return {
    ready: expect(0),
    call,
    async close() {
      closing = true
      const late = setTimeout(() => void worker.terminate(), DATABASE_CLOSE_TIMEOUT_MILLISECONDS)
      try {
        if (stopped === undefined) await call({ operation: 'close' })
        await exited
      } finally {
        clearTimeout(late)
      }
    },
  }
}

function deliver(waiting: Map<number, Waiting>, { id, data, statistics, failure, done }: Reply): void {
  const receiver = waiting.get(id)
  if (receiver === undefined) return
  if (data !== undefined) receiver.onData?.(data)
  if (done !== true) return
  waiting.delete(id)
  if (failure === undefined) receiver.resolve(statistics)
  else receiver.reject(new Error(failure))
}
