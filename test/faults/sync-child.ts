/**
 * The product with one PSA, told by lines on its input what to do: made to be killed. `node sync-child.js CONFIG` with the
 * JSON of {@link SyncChildConfig}; each line it is given is a {@link Order} and answered by a line, a {@link Said}.
 */
import { createInterface } from 'node:readline'
import pg from 'pg'
import type { Psa, SyncStore } from '../../core/psa-ports.js'
import { Problem } from '../../core/problem.js'
import { isOpen } from '../../core/sync/intent.js'
import { APPROVES, ASKS, type Target, clientOf, openTarget, studioOn } from './sync/desk.js'
import type { Emulator } from './sync/emulator.js'

export interface SyncChildConfig {
  readonly target: Target
  readonly emulator: Pick<Emulator, 'psa' | 'url' | 'credentials'>
  /** Ends itself at the so-many-th statement after the first order: before it is sent, or while it runs. */
  readonly kill?: { readonly statement: number; readonly moment: 'before' | 'during' }
}

/** What it is told to do, by a clock that shows `now`. */
export interface Order {
  readonly now: string
  readonly act:
    | 'decide'
    /** Carries out what is approved. */
    | 'dispatch'
    /** Asks again for what is parked, and says yes. */
    | 'again'
    /** Carries out in so many loops at once, each of an owner of its own. */
    | 'race'
    /** Carries out; the database does not take what became of the first write. */
    | 'deaf'
    /** An owner reads and stops; another carries out a quarter of an hour later; then the first goes on. */
    | 'stall'
    | 'close'
  readonly loops?: number
}

/** How it stands after an order. */
export interface Said {
  readonly open: number
  readonly parked: number
  readonly confirmed: number
  /** Ids of intents without a known outcome. */
  readonly doubtful: readonly string[]
  /** The longest wait it was asked for by the PSA, in milliseconds. */
  readonly longestWait: number
  readonly statements: number
}

/** Counts statements from the first order on, and ends this program at the one it was told. */
function countStatements(kill: SyncChildConfig['kill']): { count: number; isOn: boolean } {
  const counter = { count: 0, isOn: false }
  const prototype = pg.Client.prototype as unknown as { query: (...given: unknown[]) => unknown }
  const send = prototype.query
  prototype.query = function query(this: unknown, ...given: unknown[]): unknown {
    if (!counter.isOn) return send.apply(this, given)
    counter.count += 1
    const isLast = counter.count === kill?.statement
    if (isLast && kill?.moment === 'before') process.kill(process.pid, 'SIGKILL')
    const result = send.apply(this, given)
    if (isLast) setImmediate(() => process.kill(process.pid, 'SIGKILL'))
    return result
  }
  return counter
}

const config = JSON.parse(process.argv[2] ?? '') as SyncChildConfig
const counter = countStatements(config.kill)
let now = new Date(0)
let longestWait = 0
const storage = await openTarget(config.target)
const client = () =>
  clientOf(
    config.emulator,
    () => now,
    (milliseconds) => {
      longestWait = Math.max(longestWait, milliseconds)
    },
  )
const studio = studioOn(storage, client(), () => now)

/** The database is gone from the first write on, until the work that found it so has ended. */
function goneBehindWrite(): { readonly psa: Psa; readonly sync: SyncStore; comeBack(): void } {
  let [isGone, hasWritten] = [false, false]
  const unlessGone = <T>(work: () => Promise<T>) =>
    isGone
      ? Promise.reject(new Problem({ kind: 'unavailable', what: 'The database does not answer.' }))
      : work()
  const { sync } = storage
  const psa = client()
  return {
    psa: {
      ...psa,
      write: async (step) => {
        const outcome = await psa.write(step)
        if (!hasWritten) isGone = true
        hasWritten = true
        return outcome
      },
    },
    sync: {
      ...sync,
      sending: (...given) => unlessGone(() => sync.sending(...given)),
      settle: (...given) => unlessGone(() => sync.settle(...given)),
      release: (...given) => unlessGone(() => sync.release(...given)),
      saveReading: (...given) => unlessGone(() => sync.saveReading(...given)),
    },
    comeBack: () => {
      isGone = false
    },
  }
}

async function decide(): Promise<void> {
  for (const { approval } of await storage.billing.open()) {
    const attempt = { verdict: 'approved', reason: undefined, seen: approval.fingerprint } as const
    const outcome = await studio.billing.decide(APPROVES, approval.id, attempt)
    if (outcome.type !== 'decided') throw new Error(`the approval is ${JSON.stringify(outcome)}`)
  }
}

async function deaf(): Promise<void> {
  const { psa, sync, comeBack } = goneBehindWrite()
  const desk = studioOn(storage, psa, () => now, sync)
  for (let round = 0; round < 2; round += 1) {
    await desk.dispatch().catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error
    })
    comeBack()
    now = new Date(now.getTime() + 5000)
  }
}

async function stall(): Promise<void> {
  const psa = client()
  let goOn: () => void = () => undefined
  const others = new Promise<void>((resolve) => {
    goOn = resolve
  })
  let hasRead: () => void = () => undefined
  const reading = new Promise<void>((resolve) => {
    hasRead = resolve
  })
  const slow: Psa = {
    ...psa,
    read: async (...given) => {
      const container = await psa.read(...given)
      hasRead()
      await others
      return container
    },
  }
  const first = studioOn(storage, slow, () => now).dispatch()
  await reading
  now = new Date(now.getTime() + 16 * 60_000)
  await studio.dispatch()
  goOn()
  await first
}

async function act({ act: what, loops = 2 }: Order): Promise<void> {
  switch (what) {
    case 'decide':
      return decide()
    case 'dispatch':
      await studio.dispatch()
      return
    case 'again':
      await studio.billing.sync(ASKS, [])
      return decide()
    case 'race':
      await Promise.all(
        Array.from({ length: loops }, () => studioOn(storage, client(), () => now).dispatch()),
      )
      return
    case 'deaf':
      return deaf()
    case 'stall':
      return stall()
    case 'close':
      return storage.close()
  }
}

async function standing(): Promise<Said> {
  const { intents } = await storage.sync.state()
  const inState = (state: string) => intents.filter((intent) => intent.state === state)
  return {
    open: intents.filter(isOpen).length,
    parked: inState('parked').length,
    confirmed: inState('confirmed').length,
    doubtful: [...inState('sending'), ...inState('unknown')].map(({ id }) => id),
    longestWait,
    statements: counter.count,
  }
}

function say(said: unknown): void {
  process.stdout.write(`${JSON.stringify(said)}\n`)
}

let isStopping = false
process.once('SIGTERM', () => {
  isStopping = true
  studio.end()
})

say(await standing())
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as Order
  now = new Date(order.now)
  counter.isOn = true
  await act(order)
  if (order.act === 'close') break
  say(await standing())
  if (isStopping) {
    await storage.close()
    break
  }
}
process.exit(0)
