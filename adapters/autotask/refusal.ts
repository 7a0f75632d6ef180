import { STATUS_CODES } from 'node:http'
import { AUTOTASK_BUSY_MILLISECONDS } from '../../core/limits.js'
import type { WriteOutcome } from '../../core/psa-ports.js'
import { Problem } from '../../core/problem.js'
import type { Sent } from '../http/client.js'
import type { HttpAnswer } from '../http/judge.js'
import { quotable } from '../http/refusal.js'
import { NOTHING_READ, SYSTEM } from './reading.js'
import { parseCreated } from './schema.js'

/** Statuses whose bodies say what is wrong; business rules refuse with 500. */
export const SPEAKING = [400, 401, 403, 404, 405, 409, 415, 422, 500] as const

/** What Autotask says is wrong: texts, or objects with a text, also in answers that call themselves good. */
export function errorsOf(body: unknown): readonly string[] {
  const errors: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'errors') : undefined
  return Array.isArray(errors) ? errors.flatMap((error: unknown) => textOf(error) ?? []) : []
}

function textOf(error: unknown): string | undefined {
  const said: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'message') : error
  return typeof said === 'string' && said.trim() !== '' ? said : undefined
}

/** Too many calls at once, or a lock held by somebody else: nothing was done, and it passes by itself. */
export function isBusy(errors: readonly string[]): boolean {
  return errors.some((error) => /Itgenatr005|thread threshold|deadlock|lock request time/i.test(error))
}

/** A refused read, in words. */
export function readRefusal(
  { status, where }: HttpAnswer,
  errors: readonly string[],
  secrets: readonly string[],
) {
  const name = STATUS_CODES[status] ?? ''
  const words = errors.length === 0 ? '' : `: "${quotable(errors.join(' '), secrets)}"`
  return new Problem({
    kind: status === 404 ? 'notFound' : 'unavailable',
    what: `${SYSTEM} answered ${`${status} ${name}`.trim()}${words}.`,
    where,
    notDone: NOTHING_READ,
    next:
      status === 401 || status === 403
        ? 'Check the API user, its secret and the integration code in .env, and that the user may see contracts.'
        : 'Try again; if it stays, ask whoever looks after Autotask.',
  })
}

/** What became of a write, as far as its answer tells. */
export function writeOutcome(sent: Sent, secrets: readonly string[]): WriteOutcome {
  switch (sent.type) {
    case 'later':
      return { type: 'later', why: `${SYSTEM} ${sent.what}`, waitMilliseconds: sent.waitMilliseconds }
    case 'unknown':
      return { type: 'unknown', why: `${SYSTEM} ${sent.what}` }
    case 'refused':
    case 'answered':
      return answeredOutcome(sent.answer, secrets)
  }
}

function answeredOutcome({ status, body }: HttpAnswer, secrets: readonly string[]): WriteOutcome {
  const errors = errorsOf(body)
  const words = quotable(errors.join(' '), secrets)
  if (status < 300) {
    if (errors.length > 0) {
      return { type: 'unknown', why: `${SYSTEM} said it was done, and also that it was not: "${words}"` }
    }
    const isCreated = 'value' in parseCreated(body)
    return isCreated
      ? { type: 'accepted' }
      : { type: 'unknown', why: `${SYSTEM} answered something else than that it was done` }
  }
  if (isBusy(errors)) {
    const why = `${SYSTEM} was busy: "${words}"`
    return { type: 'later', why, waitMilliseconds: AUTOTASK_BUSY_MILLISECONDS }
  }
  if (errors.length > 0) return { type: 'refused', why: `${SYSTEM} did not accept it: "${words}"` }
  const answered = `answered ${`${status} ${STATUS_CODES[status] ?? ''}`.trim()}`
  // Without its own words a server error may come from anything on the way, before or after the work was done.
  if (status >= 500) return { type: 'unknown', why: `${SYSTEM} ${answered}` }
  return { type: 'refused', why: `${SYSTEM} did not accept it: it ${answered}` }
}
