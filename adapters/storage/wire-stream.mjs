import { Duplex } from 'node:stream'

/**
 * What answers the PostgreSQL wire protocol behind a {@link WireStream}: the embedded database, wherever it runs.
 * Calls are answered in the order they are made.
 * @typedef {object} WireTarget
 * @property {(batch: Uint8Array, onData: (data: Uint8Array) => void) => Promise<void>} send one whole batch of
 *   messages; calls `onData` only after returning, resolves when the last byte of the answer has been given to it
 * @property {() => Promise<void>} reset ends the session: an open transaction is rolled back, settings, prepared
 *   statements and locks are dropped
 */

const TYPE_BYTES = 1
const LENGTH_BYTES = 4
const TERMINATE = 0x58
/** Parse, Bind, Describe, Execute, Close: the server answers none of them before a Sync, Flush or Query. */
const UNANSWERED = new Set([0x50, 0x42, 0x44, 0x45, 0x43])
const NOTHING = Buffer.alloc(0)

/**
 * Makes streams to give to `pg.Pool({ max: 1, stream })`. There is one session behind them all, so a new stream first
 * ends the one before it: a late rollback of the old client must never hit a transaction of the new one.
 * @param {WireTarget} target
 * @returns {() => WireStream}
 */
export function wireStreams(target) {
  /** @type {WireStream | undefined} */
  let current
  return () => {
    current?.destroy()
    current = new WireStream(target)
    return current
  }
}

/**
 * A socket's stand-in for node-postgres. It passes on whole protocol batches only, so that one query is one message to
 * the database. Destroying it, in the middle of a transaction or not, resets the session.
 */
export class WireStream extends Duplex {
  #target
  /** @type {Buffer<ArrayBufferLike>} */
  #pending = NOTHING
  #started = false

  /** @param {WireTarget} target */
  constructor(target) {
    super({ allowHalfOpen: false })
    this.#target = target
  }

  /** node-postgres calls what it knows from net.Socket. */
  connect() {
    queueMicrotask(() => this.emit('connect'))
    return this
  }
  setNoDelay() {
    return this
  }
  setKeepAlive() {
    return this
  }
  setTimeout() {
    return this
  }
  ref() {
    return this
  }
  unref() {
    return this
  }

  /** @override */
  _read() {
    // Answers are pushed as they arrive.
  }

  /**
   * @override
   * @param {(error?: Error | null) => void} done
   */
  _final(done) {
    this.push(null)
    done()
  }

  /**
   * @override
   * @param {Error | null} error
   * @param {(error?: Error | null) => void} done
   */
  _destroy(error, done) {
    const finish = () => done(error)
    this.#target.reset().then(finish, finish)
  }

  /**
   * @override
   * @param {Buffer} chunk
   * @param {BufferEncoding} _encoding
   * @param {(error?: Error | null) => void} done
   */
  _write(chunk, _encoding, done) {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk])
    const { batch, rest, terminated } = this.#split(bytes)
    this.#pending = rest
    if (terminated) {
      this.push(null)
      this.destroy()
      done()
    } else if (batch.length === 0) {
      done()
    } else {
      // A copy, because it is handed to another thread while node-postgres reuses its buffer.
      const copy = Uint8Array.from(batch)
      this.#target.send(copy, (data) => this.push(data)).then(() => done(), done)
    }
  }

  /**
   * Cuts what has arrived after the last message that asks for an answer.
   * @param {Buffer} bytes
   */
  #split(bytes) {
    let position = 0
    let batchEnd = 0
    if (!this.#started) {
      // The first message has no type byte.
      if (bytes.length < LENGTH_BYTES || bytes.length < bytes.readInt32BE(0)) {
        return { batch: NOTHING, rest: bytes, terminated: false }
      }
      this.#started = true
      position = bytes.readInt32BE(0)
      batchEnd = position
    }
    while (position + TYPE_BYTES + LENGTH_BYTES <= bytes.length) {
      const end = position + TYPE_BYTES + bytes.readInt32BE(position + TYPE_BYTES)
      if (end > bytes.length) break
      const type = bytes.readUInt8(position)
      if (type === TERMINATE) return { batch: NOTHING, rest: NOTHING, terminated: true }
      position = end
      if (!UNANSWERED.has(type)) batchEnd = end
    }
    return { batch: bytes.subarray(0, batchEnd), rest: bytes.subarray(batchEnd), terminated: false }
  }
}
