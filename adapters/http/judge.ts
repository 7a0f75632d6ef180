import { STATUS_CODES } from 'node:http'
import { HTTP_CORRELATION_LENGTH, HTTP_REFUSAL_BYTES } from '../../core/limits.js'
import type { Problem, ProblemKind } from '../../core/problem.js'
import { retryAfterMilliseconds } from './backoff.js'
import { isJsonType, parseJson, readCapped } from './body.js'
import { type RefusalContext, networkWords, quotable, refusal, serverWords } from './refusal.js'

export interface HttpAnswer {
  readonly status: number
  /** Parsed JSON; undefined for a refusing status without usable JSON. */
  readonly body: unknown
  /** Method, address and correlation id, for a Problem about the content. */
  readonly where: string
  /** A header of the answer as it came; null: there is none. */
  header(name: string): string | null
}

/** A try that brought no answer, whether another may, and the sentence if none does. */
export interface Failure {
  readonly retry: 'limited' | 'server' | 'malformed' | 'never'
  /** The server's own word on when to come back. */
  readonly retryAfterMilliseconds: number | undefined
  readonly what: string
  readonly where: string
  problem(attempts: number): Problem
}

export interface Judgement {
  readonly context: RefusalContext
  readonly secrets: readonly string[]
  readonly returned: readonly number[]
  /** A 204 without a body is a whole answer. */
  readonly mayBeEmpty: boolean
  readonly correlationHeader: string
  readonly maximumBodyBytes: number
  readonly nowMilliseconds: number
}

/** Turns a response into an answer or a failure, reading no more of it than allowed. */
export async function judge(
  response: Response,
  judgement: Judgement,
): Promise<{ answer: HttpAnswer } | { failure: Failure }> {
  const context = withCorrelation(response, judgement)
  const { status } = response
  if (status >= 200 && status < 300) return await judgeContent(response, judgement, context)
  const body = await refusingBody(response)
  if (judgement.returned.includes(status)) return { answer: answerOf(response, body, context) }
  return {
    failure: failed(context, {
      ...refusalOf(status),
      what: answerWords(status, body, judgement.secrets),
      retryAfter: retryAfterMilliseconds(response.headers.get('retry-after'), judgement.nowMilliseconds),
    }),
  }
}

function answerOf(response: Response, body: unknown, { where }: RefusalContext): HttpAnswer {
  return { status: response.status, body, where, header: (name) => response.headers.get(name) }
}

/** `answered 409 Conflict: "what the server says about it"`, without secrets. */
export function answerWords(status: number, body: unknown, secrets: readonly string[]): string {
  const said = serverWords(body)
  const words = said === undefined ? '' : `: "${quotable(said, secrets)}"`
  return `answered ${`${status} ${STATUS_CODES[status] ?? ''}`.trim()}${words}`
}

/** A try that ended without a whole answer: no connection, a cut one, or the deadline. */
export function cutFailure(
  context: RefusalContext,
  reason: { readonly error: unknown } | { readonly timeoutMilliseconds: number },
): Failure {
  return failed(context, {
    retry: 'server',
    kind: 'unavailable',
    what:
      'error' in reason
        ? `could not be reached: ${networkWords(reason.error)}`
        : `did not answer within ${reason.timeoutMilliseconds / 1000} seconds`,
    next: 'Check the network and the configured address, then run it again.',
  })
}

function refusalOf(status: number): Pick<FailureDetail, 'retry' | 'kind' | 'next'> {
  if (status === 429) {
    return {
      retry: 'limited',
      kind: 'unavailable',
      next: 'Its limit of requests per time is used up; run it again in a few minutes.',
    }
  }
  if (status >= 500) {
    return {
      retry: 'server',
      kind: 'unavailable',
      next: 'Run it again in a few minutes; if it stays, give the correlation id to its support.',
    }
  }
  if (status >= 400) {
    return {
      retry: 'never',
      kind: status === 404 ? 'notFound' : 'unavailable',
      next: 'Run it again; if it stays, give the correlation id to its support.',
    }
  }
  return {
    retry: 'never',
    kind: 'unavailable',
    next: 'Redirects are never followed: configure the address where the API itself answers.',
  }
}

async function judgeContent(
  response: Response,
  judgement: Judgement,
  context: RefusalContext,
): Promise<{ answer: HttpAnswer } | { failure: Failure }> {
  const malformed = (what: string, retry: Failure['retry'] = 'malformed'): { failure: Failure } => ({
    failure: failed(context, {
      retry,
      kind: 'unavailable',
      what,
      next: 'Check that the configured address is that of the API and not of a web page, then run it again.',
    }),
  })
  if (response.status === 204 && judgement.mayBeEmpty)
    return { answer: answerOf(response, undefined, context) }
  const contentType = response.headers.get('content-type')
  if (!isJsonType(contentType)) {
    await response.body?.cancel()
    const type =
      contentType === null ? 'nothing that says what it is' : `"${quotable(contentType, judgement.secrets)}"`
    return malformed(`sent ${type} instead of JSON`)
  }
  const bytes = await readCapped(response, judgement.maximumBodyBytes)
  if (bytes === undefined) return malformed(`sent more than ${judgement.maximumBodyBytes} bytes`, 'never')
  const parsed = parseJson(bytes)
  if ('fault' in parsed) return malformed(`sent ${parsed.fault}`)
  return { answer: answerOf(response, parsed.value, context) }
}

async function refusingBody(response: Response): Promise<unknown> {
  if (!isJsonType(response.headers.get('content-type'))) {
    await response.body?.cancel()
    return undefined
  }
  try {
    const bytes = await readCapped(response, HTTP_REFUSAL_BYTES)
    const parsed = bytes === undefined ? undefined : parseJson(bytes)
    return parsed !== undefined && 'value' in parsed ? parsed.value : undefined
  } catch {
    // The status has been received and decides; only the server's words about it are lost.
    return undefined
  }
}

function withCorrelation(
  response: Response,
  { context, correlationHeader, secrets }: Judgement,
): RefusalContext {
  const id = quotable(response.headers.get(correlationHeader) ?? '', secrets).slice(
    0,
    HTTP_CORRELATION_LENGTH,
  )
  return id === '' ? context : { ...context, where: `${context.where}, correlation id ${id}` }
}

interface FailureDetail {
  readonly retry: Failure['retry']
  readonly kind: ProblemKind
  readonly what: string
  readonly next: string
  readonly retryAfter?: number | undefined
}

function failed(context: RefusalContext, { retry, kind, what, next, retryAfter }: FailureDetail): Failure {
  return {
    retry,
    retryAfterMilliseconds: retryAfter,
    what,
    where: context.where,
    problem: (attempts) => refusal(context, kind, attempts > 1 ? `${what}, ${attempts} times` : what, next),
  }
}
