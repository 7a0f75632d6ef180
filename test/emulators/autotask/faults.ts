import { createRandom } from '../shared/random.js'

/** Which requests a fault hits. Empty: all of them, the zone's address included. */
interface Aim {
  readonly method?: string
  /** Only paths (below the server's root, such as "/ATServicesRest/V1.0/Contracts/query") that contain this text. */
  readonly path?: string
  readonly only?: 'reads' | 'writes'
  /** The first so many fitting requests are spared. Default 0. */
  readonly skip?: number
  /** At most so many are hit. Default: no end. */
  readonly times?: number
  /** Chance to be hit, drawn from the seed. Default 1. */
  readonly probability?: number
}

/** How a refusal for too many requests says when to come back; `text` is sent as it is, however absurd. */
export type RetryAfter =
  | { readonly seconds: number }
  | { readonly dateIn: number }
  | { readonly text: string }

/** A method of the world with its argument, as the process takes it on its input. */
export interface Edit {
  readonly method: string
  readonly with?: unknown
}

export type PauseMoment = 'beforeApply' | 'afterApply'

export type Fault = Aim &
  (
    | { readonly kind: 'lostResponse' } // Applied; then the connection is reset.
    | { readonly kind: 'dropped' } // The connection is reset and nothing is applied.
    /** Nothing comes back and the connection stays open; applied or not, as said. */
    | { readonly kind: 'noAnswer'; readonly applied?: boolean }
    /**
     * Nothing comes back (or, with `reset`, the connection dies); the write is applied when the emulator's clock is so
     * much later and somebody looks, or when the world settles.
     */
    | { readonly kind: 'lateEffect'; readonly afterMilliseconds?: number; readonly reset?: boolean }
    /** 429, not applied; without `retryAfter` the header is missing. */
    | { readonly kind: 'rateLimit'; readonly retryAfter?: RetryAfter }
    /** A refusal in the API's shape, not applied. */
    | { readonly kind: 'status'; readonly status: number; readonly errors?: readonly string[] }
    /** A gateway's page; applied or not, as said. */
    | { readonly kind: 'html'; readonly status?: number; readonly applied?: boolean }
    | { readonly kind: 'truncated' } // Applied; the JSON ends in its middle.
    | { readonly kind: 'wrongContentType' } // Applied; the JSON calls itself text.
    | { readonly kind: 'gzipBomb'; readonly megabytes?: number } // Applied; the answer unpacks to so many megabytes.
    | { readonly kind: 'threadLimit' } // Not applied; refused as if too many calls were under way.
    /** A person's edits, made right before the request is applied: between somebody's read and their write. */
    | { readonly kind: 'handEdit'; readonly edits: readonly Edit[] }
    /** Waits for `onPause` right before or right after the request is applied, before anything comes back. */
    | { readonly kind: 'pause'; readonly moment: PauseMoment }
  )

/** Faults after which an answer need not be there, or need not be JSON. */
export const DISTURBING: ReadonlySet<Fault['kind']> = new Set([
  'dropped',
  'gzipBomb',
  'html',
  'lateEffect',
  'lostResponse',
  'noAnswer',
  'truncated',
  'wrongContentType',
])

/** The same faults, seed and order of requests hit the same requests. Answers the faults that hit one, each drawn once. */
export function createFaultPlan(
  faults: readonly Fault[],
  seed: number,
): (request: {
  readonly method: string
  readonly path: string
  readonly write: boolean
}) => readonly Fault[] {
  const random = createRandom(seed)
  const entries = faults.map((fault) => ({ fault, seen: 0, hit: 0 }))
  return ({ method, path, write }) =>
    entries
      .filter((entry) => {
        const { fault } = entry
        if (fault.method !== undefined && fault.method !== method) return false
        if (fault.path !== undefined && !path.includes(fault.path)) return false
        // A hand's edit comes between a read and a write, so it waits for the write.
        const only = fault.only ?? (fault.kind === 'handEdit' ? 'writes' : undefined)
        if (only !== undefined && (only === 'writes') !== write) return false
        entry.seen += 1
        if (entry.seen <= (fault.skip ?? 0) || entry.hit >= (fault.times ?? Number.POSITIVE_INFINITY))
          return false
        if (!random.chance(fault.probability ?? 1)) return false
        entry.hit += 1
        return true
      })
      .map(({ fault }) => fault)
}
