import type { IncomingHttpHeaders } from 'node:http'
import { createFaultPlan, type Edit, type Fault, type PauseMoment, type RetryAfter } from './faults.js'
import {
  checkHeaders,
  createThreads,
  createUsage,
  type Credentials,
  ROOT,
  segmentsOf,
  THREAD_REFUSAL,
  type Threads,
  type Usage,
} from './gate.js'
import { createLedger, type LedgerEntry } from './ledger.js'
import { TIMEFRAME_MINUTES } from './limits.js'
import { createPicklists, type Picklists } from './picklists.js'
import { DEFAULT_QUIRKS, type Quirks } from './quirks.js'
import type { Tenant } from './records.js'
import { Refusal } from './refusal.js'
import { answerCall, entityOf, isWrite } from './routes.js'
import { createRecordsWorld, type World } from './world.js'

/** What a paused request is; nothing of it has come back to the client yet. */
export interface Pause {
  readonly event: PauseMoment
  readonly method: string
  readonly path: string
  /** The request's number, counted from 1. */
  readonly request: number
}

export interface AutotaskEmulationOptions {
  readonly now: () => Date
  /** Sets the records up; without it the database is empty. */
  readonly world?: (world: World) => void
  readonly quirks?: Partial<Quirks>
  readonly faults?: readonly Fault[]
  /** A file for the ledger, appended to entry by entry. */
  readonly ledgerPath?: string
  /** What a `pause` waits for; with `drop` the connection is then reset. Without it nothing is waited for. */
  readonly onPause?: (pause: Pause) => Promise<'continue' | 'drop'>
}

/** A request as it came in. */
export interface Asked {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  /** Read when the call is already under way. */
  readonly body: () => Promise<string>
}

/** What leaves: bytes of an answer, a dead connection, or nothing at all. */
export type Outcome =
  | { readonly kind: 'reset' }
  | { readonly kind: 'silence' }
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly text: string
      readonly faults: readonly Fault[]
    }

export interface AutotaskEmulation {
  readonly credentials: Credentials
  readonly world: World
  readonly picklists: Picklists
  ledger(): readonly LedgerEntry[]
  /** Exchanges the faults; their counts and draws begin anew. */
  setFaults(faults: readonly Fault[]): void
  /** Requests that came in, refused and disturbed ones included. */
  requestCount(): number
  /** `over` is called when the client has its answer or is gone: until then the call is under way. */
  receive(asked: Asked, over: (end: () => void) => void): Promise<Outcome>
}

/** Ids begin here: high enough that no count, day or pick list value is taken for one. */
const FIRST_ID = 29_683_001

const CREDENTIALS: Credentials = {
  userName: 'billing-api@emulated.example',
  secret: 'emulated-secret-1',
  integrationCode: 'EMULATEDINTEGRATIONCODE1',
}

function createTenant(options: AutotaskEmulationOptions): Tenant {
  const quirks = { ...DEFAULT_QUIRKS, ...options.quirks }
  let id = FIRST_ID
  return {
    quirks,
    picklists: createPicklists(quirks.seed),
    ledger: createLedger(options.now, options.ledgerPath),
    companies: new Map(),
    services: new Map(),
    contracts: new Map(),
    lines: new Map(),
    charges: new Map(),
    items: new Map(),
    invoices: new Map(),
    bundles: new Map(),
    now: options.now,
    nextId: () => id++,
  }
}

interface LateEffect {
  readonly due: number
  /** Whether it happened: the rules may refuse it by then, as they would a slow write of the real service. */
  apply(): boolean
}

/** Effects that come after their answer was given up. */
function createLateEffects(now: () => Date) {
  let waiting: LateEffect[] = []
  const run = (effects: readonly LateEffect[]): number => {
    waiting = waiting.filter((effect) => !effects.includes(effect))
    return effects.filter((effect) => effect.apply()).length
  }
  return {
    add(afterMilliseconds: number, effect: () => boolean) {
      waiting.push({ due: now().getTime() + afterMilliseconds, apply: effect })
    },
    runDue: () => run(waiting.filter(({ due }) => due <= now().getTime())),
    runAll: () => run(waiting),
  }
}

function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Outcome {
  return { kind: 'answer', status, headers, text: JSON.stringify(body), faults: [] }
}

function retryAfterHeaders(retryAfter: RetryAfter | undefined, now: Date): Readonly<Record<string, string>> {
  if (retryAfter === undefined) return {}
  if ('text' in retryAfter) return { 'Retry-After': retryAfter.text }
  if ('seconds' in retryAfter) return { 'Retry-After': String(retryAfter.seconds) }
  return { 'Retry-After': new Date(now.getTime() + retryAfter.dateIn * 1000).toUTCString() }
}

const PAGE =
  '<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>Please try again.</body></html>'

/** What a fault does instead of applying the request; undefined: it is applied. */
function insteadOf(fault: Fault, now: Date): Outcome | undefined {
  if (fault.kind === 'dropped') return { kind: 'reset' }
  if (fault.kind === 'noAnswer' && fault.applied !== true) return { kind: 'silence' }
  if (fault.kind === 'rateLimit') {
    const headers = retryAfterHeaders(fault.retryAfter, now)
    return answer(429, { errors: ['Too many requests.'] }, headers)
  }
  if (fault.kind === 'status') return answer(fault.status, { errors: fault.errors ?? ['An error occurred.'] })
  if (fault.kind === 'threadLimit') return answer(500, { errors: [THREAD_REFUSAL] })
  if (fault.kind === 'html' && fault.applied !== true) return html(fault.status)
  return undefined
}

function html(status = 502): Outcome {
  return { kind: 'answer', status, headers: { 'content-type': 'text/html' }, text: PAGE, faults: [] }
}

/** What becomes of an answer on its way back, when the request was applied. */
function onTheWayBack(faults: readonly Fault[], outcome: Outcome): Outcome {
  for (const fault of faults) {
    if (fault.kind === 'lostResponse') return { kind: 'reset' }
    if (fault.kind === 'noAnswer') return { kind: 'silence' }
    if (fault.kind === 'html') return html(fault.status)
  }
  return outcome.kind === 'answer' ? { ...outcome, faults } : outcome
}

/** What requests need beside the records. */
interface Ground {
  readonly options: AutotaskEmulationOptions
  readonly tenant: Tenant
  readonly world: World
  readonly usage: Usage
  readonly threads: Threads
  readonly late: ReturnType<typeof createLateEffects>
  /** The faults that hit a request. */
  plan: ReturnType<typeof createFaultPlan>
}

/** A request whose address is understood. */
interface Arrived {
  readonly asked: Asked
  readonly number: number
  readonly url: URL
  readonly segments: readonly string[]
  readonly body: string
}

function apply(tenant: Tenant, { asked, url, segments, body }: Arrived): Outcome {
  const base = `${url.origin}/${ROOT}/V1.0`
  return refusalsAnswered(() =>
    answer(200, answerCall(tenant, { method: asked.method, segments, query: url.searchParams, body, base })),
  )
}

function refusalsAnswered(work: () => Outcome): Outcome {
  try {
    return work()
  } catch (error) {
    return toAnswer(error)
  }
}

function toAnswer(error: unknown): Outcome {
  if (!(error instanceof Refusal)) throw error
  return answer(error.status, { errors: error.errors })
}

function isZone(segments: readonly string[]): boolean {
  return segments.length === 1 && segments[0]?.toLowerCase() === 'zoneinformation'
}

function zone({ asked, url }: Arrived): Outcome {
  if (asked.method !== 'GET') throw new Refusal('The method is not allowed on this resource.', 405)
  if (url.searchParams.get('user')?.toLowerCase() !== CREDENTIALS.userName) {
    throw new Refusal('The user was not found.')
  }
  return answer(200, {
    zoneName: 'Emulated',
    url: `${url.origin}/${ROOT}/`,
    webUrl: `${url.origin}/`,
    ci: 4711,
  })
}

function threshold({ tenant, usage }: Ground): Outcome {
  return answer(200, {
    externalRequestThreshold: tenant.quirks.requestThreshold,
    requestThresholdTimeframe: TIMEFRAME_MINUTES,
    currentTimeframeRequestCount: usage.current(),
  })
}

function refuseUnlessAllowed({ tenant, usage, threads }: Ground, { asked, segments, body }: Arrived): void {
  checkHeaders(asked.headers, CREDENTIALS, body !== '')
  if (usage.current() > tenant.quirks.requestThreshold) {
    throw new Refusal('The request threshold of the database has been exceeded.', 429)
  }
  if (threads.exceeded(entityOf(segments))) throw new Refusal(THREAD_REFUSAL)
}

/** A person's edit that the rules refuse is a mistake of the test, not an answer to the client. */
function editByHand(world: World, edit: Edit): void {
  try {
    callWorld(world, edit)
  } catch (error) {
    throw new Error(`the hand's edit ${edit.method} failed: ${String(error)}`, { cause: error })
  }
}

/** Applies a request that nothing has refused, with what its faults do before and after. */
async function applied(ground: Ground, arrived: Arrived, hits: readonly Fault[]): Promise<Outcome> {
  const { tenant, world, late, options } = ground
  const { asked, url, number } = arrived
  const dropsAt = async (moment: PauseMoment): Promise<boolean> => {
    if (!hits.some((fault) => fault.kind === 'pause' && fault.moment === moment)) return false
    const pause = { event: moment, method: asked.method, path: url.pathname, request: number }
    return (await options.onPause?.(pause)) === 'drop'
  }
  for (const fault of hits) {
    if (fault.kind === 'handEdit') for (const edit of fault.edits) editByHand(world, edit)
  }
  const delayed = hits.find((fault) => fault.kind === 'lateEffect')
  if (delayed !== undefined) {
    late.add(delayed.afterMilliseconds ?? Number.POSITIVE_INFINITY, () => {
      const outcome = apply(tenant, arrived)
      return outcome.kind === 'answer' && outcome.status === 200
    })
    return { kind: delayed.reset === true ? 'reset' : 'silence' }
  }
  if (await dropsAt('beforeApply')) return { kind: 'reset' }
  const outcome = apply(tenant, arrived)
  return (await dropsAt('afterApply')) ? { kind: 'reset' } : outcome
}

async function handle(
  ground: Ground,
  asked: Asked,
  number: number,
  over: (end: () => void) => void,
): Promise<Outcome> {
  const { tenant, usage, threads, late } = ground
  const url = new URL(asked.target, `http://${asked.headers.host ?? 'localhost'}`)
  const segments = segmentsOf(url.pathname, tenant.quirks)
  const forZone = isZone(segments)
  if (!forZone) {
    usage.add(1)
    over(threads.begin(entityOf(segments)))
  }
  const arrived: Arrived = { asked, number, url, segments, body: await asked.body() }
  late.runDue()
  const write = !forZone && isWrite(asked.method, segments)
  const hits = ground.plan({ method: asked.method, path: url.pathname, write })
  for (const fault of hits) {
    const instead = insteadOf(fault, ground.options.now())
    if (instead !== undefined) return instead
  }
  if (forZone) return onTheWayBack(hits, zone(arrived))
  refuseUnlessAllowed(ground, arrived)
  const isThreshold = asked.method === 'GET' && segments.join('/') === 'ThresholdInformation'
  return onTheWayBack(hits, isThreshold ? threshold(ground) : await applied(ground, arrived, hits))
}

/** An emulated Autotask without a socket. */
export function emulateAutotask(options: AutotaskEmulationOptions): AutotaskEmulation {
  const { now } = options
  const tenant = createTenant(options)
  const usage = createUsage(now)
  const late = createLateEffects(now)
  const world: World = {
    ...createRecordsWorld(tenant),
    otherRequests: ({ count }) => usage.add(count),
    settle: late.runAll,
  }
  const plan = createFaultPlan(options.faults ?? [], tenant.quirks.seed)
  const ground: Ground = { options, tenant, world, usage, threads: createThreads(), late, plan }
  let requests = 0
  options.world?.(world)
  return {
    credentials: CREDENTIALS,
    world,
    picklists: tenant.picklists,
    ledger() {
      late.runDue()
      return tenant.ledger.entries()
    },
    setFaults(faults) {
      ground.plan = createFaultPlan(faults, tenant.quirks.seed)
    },
    requestCount: () => requests,
    async receive(asked, over) {
      requests += 1
      try {
        return await handle(ground, asked, requests, over)
      } catch (error) {
        return toAnswer(error)
      }
    },
  }
}

/** Calls a method of the world by name. */
export function callWorld(world: World, { method, with: argument }: Edit): unknown {
  const called: unknown = Reflect.get(world, method)
  if (typeof called !== 'function') throw new Error(`the world has no method ${method}`)
  const result: unknown = Reflect.apply(called, world, [argument])
  return result ?? null
}
