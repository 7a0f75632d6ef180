import type { IncomingHttpHeaders } from 'node:http'
import { THREADS, TIMEFRAME_MINUTES } from './limits.js'
import type { Quirks } from './quirks.js'
import { NOT_FOUND, Refusal } from './refusal.js'

/** What an API user signs its calls with. */
export interface Credentials {
  readonly userName: string
  readonly secret: string
  readonly integrationCode: string
}

export const ROOT = 'ATServicesRest'

/** What the transport itself sends; anything else that is not of the API does not belong there. */
const TRANSPORT_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'content-length',
  'content-type',
  'host',
  'keep-alive',
  'pragma',
  'sec-fetch-mode',
  'transfer-encoding',
  'user-agent',
])
const API_HEADERS = new Set(['apiintegrationcode', 'username', 'secret', 'impersonationresourceid'])

/** Refuses calls without the right credentials, with headers nobody knows, or with a body that is no JSON. */
export function checkHeaders(headers: IncomingHttpHeaders, credentials: Credentials, hasBody: boolean): void {
  const { userName, secret, integrationCode } = credentials
  const right =
    headers['apiintegrationcode'] === integrationCode &&
    headers['username'] === userName &&
    headers['secret'] === secret
  if (!right) throw new Refusal('The logon credentials or the integration code are invalid.', 401)
  const strange = Object.keys(headers).filter(
    (name) => !TRANSPORT_HEADERS.has(name) && !API_HEADERS.has(name),
  )
  if (strange.length > 0) throw new Refusal(`Unknown header "${strange.join('", "')}".`)
  const type = headers['content-type'] ?? ''
  if (hasBody && !/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refusal('The content type must be application/json.', 415)
  }
}

/** The parts of a path below `/ATServicesRest/V1.0/`; refused when it is not below it. */
export function segmentsOf(path: string, quirks: Quirks): readonly string[] {
  const [empty, root = '', version, ...segments] = path.split('/')
  const rightRoot = quirks.pathCaseMatters ? root === ROOT : root.toLowerCase() === ROOT.toLowerCase()
  if (empty !== '' || !rightRoot || version !== 'V1.0' || segments.length === 0) {
    throw new Refusal('The resource was not found.', NOT_FOUND)
  }
  return segments
}

/** Counts calls in the rolling hour, those of other programs included. */
export interface Usage {
  add(count: number): void
  /** Calls in the timeframe that ends now. */
  current(): number
}

export function createUsage(now: () => Date): Usage {
  const counts: { readonly at: number; readonly count: number }[] = []
  const timeframe = TIMEFRAME_MINUTES * 60_000
  return {
    add(count) {
      counts.push({ at: now().getTime(), count })
    },
    current() {
      const since = now().getTime() - timeframe
      return counts.reduce((total, { at, count }) => (at > since ? total + count : total), 0)
    },
  }
}

export const THREAD_REFUSAL =
  'Itgenatr005: the thread threshold of this integration and object endpoint has been exceeded.'

/** Counts calls under way by entity. */
export interface Threads {
  /** A call begins; answers what to do when it ends. */
  begin(entity: string): () => void
  exceeded(entity: string): boolean
}

export function createThreads(): Threads {
  const running = new Map<string, number>()
  const change = (entity: string, by: number): void => {
    running.set(entity, (running.get(entity) ?? 0) + by)
  }
  return {
    begin(entity) {
      change(entity, 1)
      let ended = false
      return () => {
        if (ended) return
        ended = true
        change(entity, -1)
      }
    },
    exceeded: (entity) => (running.get(entity) ?? 0) > THREADS,
  }
}
