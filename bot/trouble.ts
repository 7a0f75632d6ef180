import { Problem } from '../core/problem.js'

/** How a call of a platform failed. */
export type Trouble =
  /** It certainly did not arrive; the platform may have said how long to wait. */
  | { readonly type: 'notSent'; readonly waitMilliseconds: number | undefined }
  /** It may have arrived. */
  | { readonly type: 'unknown' }
  /** The platform said no: asking again changes nothing. */
  | { readonly type: 'refused' }

/** The cause of a Problem about something that never went out. */
interface Unsent {
  readonly code: 'UNSENT'
  readonly waitMilliseconds: number | undefined
  readonly cause: unknown
}

/** Goes along as the cause of a Problem about something that never went out. */
export function neverSent(cause?: unknown, waitMilliseconds?: number): Unsent {
  return { code: 'UNSENT', waitMilliseconds, cause }
}

/** Problem `unavailable` for what never went out. */
export function unsent(what: string, waitMilliseconds?: number): Problem {
  const cause = neverSent(undefined, waitMilliseconds)
  return new Problem({ kind: 'unavailable', what, cause })
}

/** A gateway's word that what was sent reached nobody behind it. After other errors of a server it may have been done. */
export function isNotHandedOn(status: number): boolean {
  return status === 502 || status === 503
}

/** Words of Node and its HTTP client for a connection that never came about. */
const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|UND_ERR_CONNECT_TIMEOUT|UNSENT)$/

/** What the connection itself tells of a failure: never there, or cut on the way; undefined: it was not about that. */
export function connectionTrouble(error: unknown): Trouble | undefined {
  const causes = causesOf(error)
  const never = causes.find(({ code }) => typeof code === 'string' && NEVER_CONNECTED.test(code))
  if (never !== undefined) {
    const { waitMilliseconds } = never
    return {
      type: 'notSent',
      waitMilliseconds: typeof waitMilliseconds === 'number' ? waitMilliseconds : undefined,
    }
  }
  const isCut = causes.some(
    ({ code, name }) => typeof code === 'string' || name === 'TimeoutError' || name === 'AbortError',
  )
  return isCut ? { type: 'unknown' } : undefined
}

interface ErrorLike {
  readonly code?: unknown
  readonly name?: unknown
  readonly waitMilliseconds?: unknown
  readonly cause?: unknown
  readonly original?: unknown
  readonly errors?: unknown
}

/** The error and everything it was caused by, as deep as libraries nest them. */
function causesOf(error: unknown, depth = 0): ErrorLike[] {
  if (typeof error !== 'object' || error === null || depth > 6) return []
  const found = error as ErrorLike
  const inner: unknown[] = [found.cause, found.original]
  if (Array.isArray(found.errors)) inner.push(...(found.errors as unknown[]))
  return [found, ...inner.flatMap((next) => causesOf(next, depth + 1))]
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
