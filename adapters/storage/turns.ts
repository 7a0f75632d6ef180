import { AsyncLocalStorage } from 'node:async_hooks'
import pg from 'pg'

/** Whether nobody waits for what goes on. */
const patient = new AsyncLocalStorage<boolean>()

/**
 * Runs `work`, with all that it leads to, as what nobody waits for: what goes on after a request was acknowledged, and
 * jobs. Where connections are short it lets those pass whose answer somebody is waiting for.
 */
export function patiently<T>(work: () => T): T {
  return patient.run(true, work)
}

/** Runs a read that others wait for, too, whoever asks for it first: it never has time. */
export function inTurn<T>(work: () => T): T {
  return patient.run(false, work)
}

type Taken = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (error?: Error | boolean) => void,
) => void

/**
 * A pool that lets two queues into its connections by turns: whoever is waited for, and what has time. A crowd of
 * acknowledged messages then holds up a click by one of them at a time, and the other way round nothing is starved.
 */
export class TurnPool extends pg.Pool {
  readonly #waited: (() => void)[] = []
  readonly #patient: (() => void)[] = []
  #free: number
  #lastWasPatient = true

  constructor(options: pg.PoolConfig & { readonly max: number; readonly connectionTimeoutMillis: number }) {
    super(options)
    this.#free = options.max
    this.on('release', () => this.#giveOn())
  }

  /** How many have no connection yet. */
  get waiting(): number {
    return this.#waited.length + this.#patient.length
  }

  override connect(): Promise<pg.PoolClient>
  override connect(callback: Taken): void
  override connect(callback?: Taken): Promise<pg.PoolClient> | void {
    if (callback !== undefined) return this.#connectInTurn(callback)
    return new Promise((resolve, reject) => {
      this.#connectInTurn((error, client) => {
        if (client === undefined) reject(error ?? new Error('no connection came'))
        else resolve(client)
      })
    })
  }

  /** A connection may break at any moment: whoever gets it gets it at once, so that it is never without a listener. */
  #connectInTurn(taken: Taken): void {
    const connect = () => {
      super.connect((error, client, done) => {
        if (client === undefined) this.#giveOn()
        taken(error, client, done)
      })
    }
    this.#turn().then(connect, (error: Error) => taken(error, undefined, () => undefined))
  }

  async #turn(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    const queue = patient.getStore() === true ? this.#patient : this.#waited
    const { connectionTimeoutMillis } = this.options
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        queue.splice(queue.indexOf(begin), 1)
        // In the driver's own words, which the rest of this folder knows.
        reject(new Error('timeout exceeded when trying to connect'))
      }, connectionTimeoutMillis)
      late.unref()
      const begin = () => {
        clearTimeout(late)
        resolve()
      }
      queue.push(begin)
    })
  }

  #giveOn(): void {
    const [one, other] = this.#lastWasPatient ? [this.#waited, this.#patient] : [this.#patient, this.#waited]
    const queue = one.length > 0 ? one : other
    const begin = queue.shift()
    if (begin === undefined) {
      this.#free += 1
      return
    }
    this.#lastWasPatient = queue === this.#patient
    begin()
  }
}
