import { createRandom, type Random } from '../shared/random.js'
import type { Instant } from './events.js'

/** Which requests a fault hits. Empty: all of them, token calls included. */
export interface Aim {
  /** Only paths (below the base address, such as "/subscriptions/2000177") that contain this text. */
  readonly path?: string
  /** The first so many fitting requests are spared. Default 0. */
  readonly skip?: number
  /** At most so many are hit. Default: no end. */
  readonly times?: number
  /** Chance to be hit, drawn from the faults' seed. Default 1. */
  readonly probability?: number
}

/** What a list fault hits: a page (0, 1, 2 …) of a list, in every poll or in the n-th (1, 2, 3 …) only. */
export interface PageAim {
  readonly list: '/customers' | '/subscriptions' | '/orders'
  readonly page: number
  readonly poll?: number
}

/** How a refusal for too many requests says when to come back; text is sent as it is, however absurd. */
export type RetryAfter = 'always' | 'never' | 'sometimes' | { readonly text: string }

export type Fault =
  /**
   * At most `requests` in each window, the rest get 429 with the gateway's body. Windows are counted on the wall clock,
   * because a test's emulator clock often stands still; `clock: 'emulator'` counts on that one.
   */
  | {
      readonly kind: 'rateLimit'
      readonly requests: number
      readonly windowMilliseconds: number
      readonly retryAfter?: RetryAfter
      readonly clock?: 'wall' | 'emulator'
    }
  /** A refusal with the API's own error body: 500, 503, 403 … */
  | ({ readonly kind: 'status'; readonly status: number; readonly retryAfter?: string } & Aim)
  /** A gateway's page of HTML with status 200. */
  | ({ readonly kind: 'html' } & Aim)
  /** JSON cut in the middle, with the headers of a whole answer. */
  | ({ readonly kind: 'truncated' } & Aim)
  /** The connection is reset without an answer. */
  | ({ readonly kind: 'dropped' } & Aim)
  /** The answer waits. */
  | ({ readonly kind: 'slow'; readonly milliseconds: number } & Aim)
  /** The token sent dies: 401 now and ever after. */
  | ({ readonly kind: 'expiredToken' } & Aim)
  /** A page of a list comes back empty; the total still counts its rows. */
  | ({ readonly kind: 'missingPage' } & PageAim)
  /** A page of a list repeats the page before it. */
  | ({ readonly kind: 'duplicatePage' } & PageAim)
  /** Every page of a list is its first one, and the total never gets there. */
  | { readonly kind: 'loopingPages'; readonly list: PageAim['list'] }
  /** A subscription is missing from the list and answers 404 during the n-th poll of the list. */
  | { readonly kind: 'vanished'; readonly subscriptionId: string; readonly poll: number }
  /** Everything is answered as it was so many seconds ago. */
  | ({ readonly kind: 'stale'; readonly secondsBehind: number } & Aim)
  /** Every subscription shows 0 seats. */
  | ({ readonly kind: 'massZero' } & Aim)
  /** The answer's JSON is changed at will: a wrong field, a word nobody knows. In process only. */
  | ({ readonly kind: 'rewrite'; readonly change: (body: unknown, path: string) => unknown } & Aim)

export type FaultKind = Fault['kind']
type AimedFault = Extract<Fault, Aim & { kind: FaultKind }> & Aim

/** What the server asks before and while it answers one request. */
export interface FaultPlan {
  /** Seconds until the rate limit's window ends, and the header to send; undefined: not limited. */
  rateLimited(
    instant: Instant,
  ): { readonly seconds: number; readonly retryAfter: string | undefined } | undefined
  /** The faults that hit a request, each drawn once. */
  hitting(path: string): readonly Fault[]
  /** A poll of a list begins, with a request at offset 0. */
  startPoll(list: string): void
  pageFault(list: string, page: number): 'missingPage' | 'duplicatePage' | 'loopingPages' | undefined
  /** Subscriptions that are not there during the current poll of the list. */
  vanished(): ReadonlySet<string>
}

type RateLimit = Extract<Fault, { kind: 'rateLimit' }>

function isAimed(fault: Fault): fault is AimedFault {
  return !['rateLimit', 'missingPage', 'duplicatePage', 'loopingPages', 'vanished'].includes(fault.kind)
}

function retryAfterText(limit: RateLimit, seconds: number, random: Random): string | undefined {
  const how = limit.retryAfter ?? 'always'
  if (typeof how === 'object') return how.text
  if (how === 'never' || (how === 'sometimes' && random.chance(0.5))) return undefined
  return String(seconds)
}

function createWindows(
  limits: readonly RateLimit[],
  random: Random,
  wallMilliseconds: () => number,
): FaultPlan['rateLimited'] {
  const windows = limits.map((limit) => ({ limit, startedAt: Number.NEGATIVE_INFINITY, count: 0 }))
  return (instant) => {
    for (const window of windows) {
      const { limit } = window
      const now = limit.clock === 'emulator' ? Date.parse(instant) : wallMilliseconds()
      if (now - window.startedAt >= limit.windowMilliseconds) {
        window.startedAt = now
        window.count = 0
      }
      window.count += 1
      if (window.count <= limit.requests) continue
      const left = window.startedAt + limit.windowMilliseconds - now
      const seconds = Math.max(1, Math.ceil(left / 1000))
      return { seconds, retryAfter: retryAfterText(limit, seconds, random) }
    }
    return undefined
  }
}

/** The same faults, seed and order of requests hit the same requests. */
export function createFaultPlan(
  faults: readonly Fault[],
  seed: number,
  wallMilliseconds: () => number = () => performance.now(),
): FaultPlan {
  const random = createRandom(seed)
  const aimed = faults.filter(isAimed).map((fault) => ({ fault, seen: 0, hit: 0 }))
  const polls = new Map<string, number>()
  return {
    rateLimited: createWindows(
      faults.filter((fault) => fault.kind === 'rateLimit'),
      random,
      wallMilliseconds,
    ),
    hitting(path) {
      return aimed
        .filter((entry) => {
          const { fault } = entry
          if (fault.path !== undefined && !path.includes(fault.path)) return false
          entry.seen += 1
          if (entry.seen <= (fault.skip ?? 0) || entry.hit >= (fault.times ?? Number.POSITIVE_INFINITY))
            return false
          if (!random.chance(fault.probability ?? 1)) return false
          entry.hit += 1
          return true
        })
        .map(({ fault }) => fault)
    },
    startPoll(list) {
      polls.set(list, (polls.get(list) ?? 0) + 1)
    },
    pageFault(list, page) {
      const poll = polls.get(list) ?? 0
      for (const fault of faults) {
        if (fault.kind === 'loopingPages' && fault.list === list) return fault.kind
        if (fault.kind !== 'missingPage' && fault.kind !== 'duplicatePage') continue
        if (fault.list === list && fault.page === page && (fault.poll ?? poll) === poll) return fault.kind
      }
      return undefined
    },
    vanished() {
      const poll = polls.get('/subscriptions') ?? 0
      return new Set(
        faults.flatMap((fault) =>
          fault.kind === 'vanished' && fault.poll === poll ? [fault.subscriptionId] : [],
        ),
      )
    },
  }
}
