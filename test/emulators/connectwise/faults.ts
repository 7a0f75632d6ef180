import { createRandom } from '../shared/random.js'
import type { World } from './world.js'

/** Which requests a fault hits. Empty: all of them. */
interface Aim {
  readonly method?: string
  /** Only paths (below the API's root) that contain this text. */
  readonly path?: string
  /** The first so many fitting requests are spared. Default 0. */
  readonly skip?: number
  /** At most so many are hit. Default: no end. */
  readonly times?: number
  /** Chance to be hit, drawn from the faults' seed. Default 1. */
  readonly probability?: number
}

/** A moment of a write at which the emulator can stop. */
export type Moment = 'beforeApply' | 'afterApply' | 'afterAnswer'

export type Fault =
  /** The write takes effect, then the connection is reset. */
  | ({ readonly kind: 'lostResponse' } & Aim)
  /** The write takes effect, and nothing is ever answered. */
  | ({ readonly kind: 'noAnswer' } & Aim)
  /** The write takes effect only later, by the emulator's clock; until then nothing is there. */
  | ({
      readonly kind: 'lateEffect'
      readonly delayMilliseconds: number
      /** What the client sees: a reset connection (default), or no answer at all. */
      readonly connection?: 'reset' | 'open'
    } & Aim)
  /** The connection is reset, and nothing took effect. */
  | ({ readonly kind: 'dropped' } & Aim)
  /** 429, nothing took effect. */
  | ({
      readonly kind: 'rateLimit'
      /** The header as it is sent, however absurd; null: none. Default "1". */
      readonly retryAfter?: string | null
      /** The body: the vendor's JSON (default), or a page of the gateway before it. */
      readonly body?: 'json' | 'html'
    } & Aim)
  /** A refusal in the vendor's shape. */
  | ({
      readonly kind: 'status'
      readonly status: number
      readonly code?: string
      readonly message?: string
      readonly retryAfter?: string
      /** The write took effect all the same. Default false. */
      readonly applied?: boolean
    } & Aim)
  /** A page of HTML. */
  | ({ readonly kind: 'html'; readonly status?: number; readonly applied?: boolean } & Aim)
  /** The write takes effect; the JSON is cut in the middle, with the headers of a whole answer of that length. */
  | ({ readonly kind: 'truncated' } & Aim)
  /** The write takes effect; the answer claims to be something else. */
  | ({ readonly kind: 'wrongContentType'; readonly contentType: string } & Aim)
  /** The write takes effect; the answer is a small packet that unpacks to so many bytes. */
  | ({ readonly kind: 'gzipBomb'; readonly bytes: number } & Aim)
  /** A person edits an addition just before the request is carried out: after the client's last look at it. */
  | ({ readonly kind: 'handEdit'; readonly edit: Parameters<World['editAddition']>[0] } & Aim)
  /** Anything happens just before the request is carried out. In process only. */
  | ({ readonly kind: 'happening'; readonly act: (world: World) => void } & Aim)
  /** The answer waits, by the wall clock. */
  | ({ readonly kind: 'slow'; readonly milliseconds: number } & Aim)
  /** The emulator stops at that moment of a write until it is told to go on. */
  | ({ readonly kind: 'pause'; readonly at: Moment } & Aim)

export type FaultKind = Fault['kind']

/** Faults after which an answer need not be good JSON, or need not come. */
export const DISTURBING: ReadonlySet<FaultKind> = new Set([
  'lostResponse',
  'noAnswer',
  'lateEffect',
  'dropped',
  'rateLimit',
  'html',
  'truncated',
  'wrongContentType',
  'gzipBomb',
])

export interface FaultPlan {
  /** The faults that hit a request, each drawn once. */
  hitting(method: string, path: string): readonly Fault[]
}

/** The same faults, seed and order of requests hit the same requests. */
export function createFaultPlan(faults: readonly Fault[], seed: number): FaultPlan {
  const random = createRandom(seed)
  const planned = faults.map((fault) => ({ fault, seen: 0, hit: 0 }))
  return {
    hitting(method, path) {
      return planned
        .filter((entry) => {
          const { fault } = entry
          if (fault.method !== undefined && fault.method !== method) return false
          if (fault.path !== undefined && !path.includes(fault.path)) return false
          entry.seen += 1
          if (entry.seen <= (fault.skip ?? 0)) return false
          if (entry.hit >= (fault.times ?? Number.POSITIVE_INFINITY)) return false
          if (!random.chance(fault.probability ?? 1)) return false
          entry.hit += 1
          return true
        })
        .map(({ fault }) => fault)
    },
  }
}
