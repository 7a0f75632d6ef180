import { setMaxListeners } from 'node:events'
import pLimit from 'p-limit'
import {
  HTTP_ATTEMPTS,
  HTTP_BODY_BYTES,
  HTTP_CONCURRENCY,
  HTTP_MALFORMED_ATTEMPTS,
  HTTP_TIMEOUT_MILLISECONDS,
  HTTP_WRITE_WAIT_MILLISECONDS,
} from '../../core/limits.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { addressOf, followAddress, pinAddress } from './address.js'
import {
  type PauseGate,
  type Sleep,
  backoffMilliseconds,
  createPauseGate,
  sleepForReal,
  wallClock,
} from './backoff.js'
import { type Failure, type HttpAnswer, answerWords, cutFailure, judge } from './judge.js'
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
  /** Requests in flight at most. */
  readonly concurrency?: number
  /** For tests: time, waiting and chance. */
  readonly now?: () => number
  readonly sleep?: Sleep
  readonly random?: () => number
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Segments below the base address, each is encoded; or a whole address a server has named, as for a next page. */
  readonly path: readonly string[] | { readonly address: string }
  readonly query?: Readonly<Record<string, string>>
  /** Asked for each try: a token may have expired while waiting. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
  /** Sending it twice does no harm. Default: GET yes, POST no. */
  readonly repeatable?: boolean
  /** Refusing statuses the caller handles itself; all others become a Problem, or what `send` makes of them. */
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

/**
 * How a write ended, as far as the exchange tells; `what` is the rest of a sentence about the system ("answered 409
 * Conflict"), without secrets.
 */
export type Sent =
  | { readonly type: 'answered'; readonly answer: HttpAnswer }
  /** It certainly did nothing and will not: a 4xx. The server's words are in the answer's body, if it said any. */
  | { readonly type: 'refused'; readonly what: string; readonly answer: HttpAnswer }
  /** It certainly did nothing yet: the limit of requests per time is used up for so long. */
  | {
      readonly type: 'later'
      readonly what: string
      readonly where: string
      readonly waitMilliseconds: number
    }
  /** Nobody knows: silence, a cut connection, a 5xx, a redirect, an answer that is cut off or not JSON. */
  | { readonly type: 'unknown'; readonly what: string; readonly where: string }

export interface HttpClient {
  /** @throws Problem: what happened, method and address with correlation id, what was not done, what to do. */
  request(request: HttpRequest): Promise<HttpAnswer>
  /**
   * A write that must not happen twice: one try, unless the server refuses it for its limit of requests per time.
   *
   * @throws Problem only before anything is sent: the address or the headers cannot be made.
   */
  send(request: Omit<HttpRequest, 'repeatable'>): Promise<Sent>
}

/** A JSON client on the built-in fetch: one pinned host, capped bodies, deadlines, patient with limits and hiccups. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const base = pinAddress(options.baseUrl, options.system)
  const sleep = options.sleep ?? sleepForReal
  const gate = options.gate ?? createPauseGate(sleep)
  const concurrency = options.concurrency ?? HTTP_CONCURRENCY
  const limit = pLimit(concurrency)
  const random = options.random ?? Math.random

  function urlOf({ path, query }: HttpRequest): URL {
    return 'address' in path ? followAddress(base, path.address, options) : addressOf(base, path, query)
  }

  async function attempts(request: HttpRequest): Promise<HttpAnswer> {
    const url = urlOf(request)
    // One signal ends all requests of a long read: a listener for each in flight is no leak.
    if (request.signal !== undefined) setMaxListeners(2 * concurrency, request.signal)
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
      logWait(options, failure, attempt, waitMilliseconds)
      const why = `${options.system} ${failure.what}`
      request.onWait?.({ why, waitMilliseconds, attempt: attempt + 1, attempts: allowed })
      if (failure.retry === 'limited') gate.pause(waitMilliseconds, request.signal)
      else await sleep(waitMilliseconds, request.signal)
    }
  }

  async function write(request: HttpRequest): Promise<Sent> {
    const url = urlOf(request)
    let waited = 0
    for (let attempt = 1; ; attempt += 1) {
      const closed = gate.closedMilliseconds()
      if (waited + closed > HTTP_WRITE_WAIT_MILLISECONDS) return gateClosed(request, url, options, closed)
      await gate.pass()
      waited += closed
      request.signal?.throwIfAborted()
      const { returned = [] } = request
      const result = await attemptOnce(options, { ...request, returned: [...REFUSALS, ...returned] }, url)
      if ('answer' in result) return sentOf(result.answer, returned, options)
      const { failure } = result
      const { what, where } = failure
      if (failure.retry !== 'limited') return { type: 'unknown', what, where }
      const waitMilliseconds = failure.retryAfterMilliseconds ?? backoffMilliseconds(attempt, random)
      gate.pause(waitMilliseconds, request.signal)
      if (attempt >= HTTP_ATTEMPTS || waited + waitMilliseconds > HTTP_WRITE_WAIT_MILLISECONDS) {
        return { type: 'later', what, where, waitMilliseconds }
      }
      logWait(options, failure, attempt, waitMilliseconds)
    }
  }

  return {
    request: (request) => limit(() => attempts(request)),
    send: (request) => limit(() => write(request)),
  }
}

/**
 * Statuses that say a server did nothing and will not. Not among them: 408 and 499, which gateways also use when they
 * stop waiting for one that works on, and 429, which passes.
 */
const REFUSALS: readonly number[] = Array.from({ length: 100 }, (_, index) => 400 + index).filter(
  (status) => status !== 408 && status !== 429 && status !== 499,
)

function sentOf(answer: HttpAnswer, returned: readonly number[], { secrets }: HttpClientOptions): Sent {
  if (answer.status < 400 || returned.includes(answer.status)) return { type: 'answered', answer }
  return { type: 'refused', what: answerWords(answer.status, answer.body, secrets()), answer }
}

function gateClosed(
  request: HttpRequest,
  url: URL,
  { secrets }: HttpClientOptions,
  waitMilliseconds: number,
): Sent {
  return {
    type: 'later',
    what: 'takes no requests for a while: its limit of requests per time is used up',
    where: whereOf(request, url, secrets()),
    waitMilliseconds,
  }
}

function whereOf({ method }: HttpRequest, url: URL, secrets: readonly string[]): string {
  return `${method} ${hideSecrets(`${url.host}${url.pathname}${url.search}`, secrets)}`
}

function logWait(
  { log, system }: HttpClientOptions,
  { where, what }: Failure,
  attempt: number,
  waitMilliseconds: number,
): void {
  log?.warn(
    { request: where, reason: what, attempt, waitMilliseconds },
    `${system} did not answer usably; trying again`,
  )
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
    where: whereOf(request, url, options.secrets()),
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
      mayBeEmpty: request.method === 'DELETE' || request.method === 'PATCH',
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
