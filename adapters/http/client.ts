import { setMaxListeners } from 'node:events'
import pLimit from 'p-limit'
import {
  HTTP_ATTEMPTS,
  HTTP_BODY_BYTES,
  HTTP_CONCURRENCY,
  HTTP_MALFORMED_ATTEMPTS,
  HTTP_TIMEOUT_MILLISECONDS,
} from '../../core/limits.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { addressOf, pinAddress } from './address.js'
import {
  type PauseGate,
  type Sleep,
  backoffMilliseconds,
  createPauseGate,
  sleepForReal,
  wallClock,
} from './backoff.js'
import { type Failure, type HttpAnswer, cutFailure, judge } from './judge.js'
import { type RefusalContext, hideSecrets } from './refusal.js'

export interface HttpClientOptions {
  /** "The marketplace": the subject of every refusal. */
  readonly system: string
  /** Every request stays on this host and below this path; redirects are refused. */
  readonly baseUrl: string
  /** What a failure leaves undone: "Nothing was stored." */
  readonly notDone: string
  /** Texts that never appear in an error or a log. */
  readonly secrets: () => readonly string[]
  /** Response header that support asks for. */
  readonly correlationHeader?: string
  /** Shared with other clients of the same system, so that all of them wait out its time window. */
  readonly gate?: PauseGate
  readonly log?: Log
  readonly timeoutMilliseconds?: number
  readonly maximumBodyBytes?: number
  /** For tests: time, waiting and chance. */
  readonly now?: () => number
  readonly sleep?: Sleep
  readonly random?: () => number
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  /** Segments below the base address; each is encoded. */
  readonly path: readonly string[]
  readonly query?: Readonly<Record<string, string>>
  /** Asked for each try: a token may have expired while waiting. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
  /** Sending it twice does no harm. Default: GET yes, POST no. */
  readonly repeatable?: boolean
  /** Refusing statuses the caller handles itself; all others become a Problem. */
  readonly returned?: readonly number[]
  /** Ends the request, also while it waits its turn. */
  readonly signal?: AbortSignal
  /** Called for each try that is sent. */
  readonly onAttempt?: () => void
  /** Called for each wait before another try. */
  readonly onWait?: (wait: HttpWait) => void
}

/** Why there was no usable answer, how long is waited, and which try of how many comes then. */
export interface HttpWait {
  /** "The marketplace answered 429 Too Many Requests" */
  readonly why: string
  readonly waitMilliseconds: number
  readonly attempt: number
  readonly attempts: number
}

export interface HttpClient {
  /** @throws Problem: what happened, method and address with correlation id, what was not done, what to do. */
  request(request: HttpRequest): Promise<HttpAnswer>
}

/** A JSON client on the built-in fetch: one pinned host, capped bodies, deadlines, patient with limits and hiccups. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const base = pinAddress(options.baseUrl, options.system)
  const sleep = options.sleep ?? sleepForReal
  const gate = options.gate ?? createPauseGate(sleep)
  const limit = pLimit(HTTP_CONCURRENCY)
  const random = options.random ?? Math.random

  async function attempts(request: HttpRequest): Promise<HttpAnswer> {
    const url = addressOf(base, request.path, request.query)
    // One signal ends all requests of a long read: a listener for each in flight is no leak.
    if (request.signal !== undefined) setMaxListeners(2 * HTTP_CONCURRENCY, request.signal)
    let malformed = 0
    for (let attempt = 1; ; attempt += 1) {
      await gate.pass()
      request.signal?.throwIfAborted()
      const result = await attemptOnce(options, request, url)
      if ('answer' in result) return result.answer
      const { failure } = result
      if (failure.retry === 'malformed') malformed += 1
      const allowed = allowedAttempts(failure, request)
      const isLast = attempt >= allowed || malformed >= HTTP_MALFORMED_ATTEMPTS
      if (isLast) throw failure.problem(failure.retry === 'malformed' ? malformed : attempt)
      const waitMilliseconds = failure.retryAfterMilliseconds ?? backoffMilliseconds(attempt, random)
      options.log?.warn(
        { request: failure.where, reason: failure.what, attempt, waitMilliseconds },
        `${options.system} did not answer usably; trying again`,
      )
      const why = `${options.system} ${failure.what}`
      request.onWait?.({ why, waitMilliseconds, attempt: attempt + 1, attempts: allowed })
      if (failure.retry === 'limited') gate.pause(waitMilliseconds, request.signal)
      else await sleep(waitMilliseconds, request.signal)
    }
  }

  return { request: (request) => limit(() => attempts(request)) }
}

/** A limited request was refused before any work, so even one that must not be repeated may be sent again. */
function allowedAttempts({ retry }: Failure, { method, repeatable = method === 'GET' }: HttpRequest): number {
  if (retry === 'limited') return HTTP_ATTEMPTS
  return retry === 'never' || !repeatable ? 1 : HTTP_ATTEMPTS
}

async function attemptOnce(
  options: HttpClientOptions,
  request: HttpRequest,
  url: URL,
): Promise<{ answer: HttpAnswer } | { failure: Failure }> {
  const headers = { accept: 'application/json', ...(await request.headers?.()), ...contentType(request) }
  const context: RefusalContext = {
    system: options.system,
    where: `${request.method} ${hideSecrets(`${url.host}${url.pathname}${url.search}`, options.secrets())}`,
    notDone: options.notDone,
  }
  const timeoutMilliseconds = options.timeoutMilliseconds ?? HTTP_TIMEOUT_MILLISECONDS
  const deadline = startDeadline(timeoutMilliseconds, request.signal)
  request.onAttempt?.()
  try {
    const body = bodyOf(request)
    const response = await fetch(url, {
      method: request.method,
      headers,
      redirect: 'manual',
      signal: deadline.signal,
      ...(body === undefined ? {} : { body }),
    })
    return await judge(response, {
      context,
      secrets: options.secrets(),
      returned: request.returned ?? [],
      correlationHeader: options.correlationHeader ?? 'x-correlation-id',
      maximumBodyBytes: options.maximumBodyBytes ?? HTTP_BODY_BYTES,
      nowMilliseconds: (options.now ?? wallClock)(),
    })
  } catch (error) {
    if (error instanceof Problem) throw error
    request.signal?.throwIfAborted()
    return { failure: cutFailure(context, deadline.passed() ? { timeoutMilliseconds } : { error }) }
  } finally {
    deadline.end()
  }
}

function contentType({ json, form }: HttpRequest): Readonly<Record<string, string>> {
  if (json !== undefined) return { 'content-type': 'application/json' }
  return form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
}

function bodyOf({ json, form }: HttpRequest): string | undefined {
  if (json !== undefined) return JSON.stringify(json)
  return form === undefined ? undefined : new URLSearchParams(form).toString()
}

/** One deadline for connecting, answering and the whole body; also ends when the caller gives up. */
function startDeadline(
  timeoutMilliseconds: number,
  outer: AbortSignal | undefined,
): { signal: AbortSignal; passed: () => boolean; end: () => void } {
  const controller = new AbortController()
  let passed = false
  const timer = setTimeout(() => {
    passed = true
    controller.abort()
  }, timeoutMilliseconds)
  const follow = (): void => controller.abort()
  if (outer?.aborted === true) follow()
  outer?.addEventListener('abort', follow)
  return {
    signal: controller.signal,
    passed: () => passed,
    end() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', follow)
    },
  }
}
