import type { HttpAnswer } from '../http/judge.js'
import { quotable } from '../http/refusal.js'
import { Problem } from '../../core/problem.js'
import { CONNECTWISE_FIELD_FAULTS } from '../../core/limits.js'
import { NOTHING_READ } from './reading.js'
import { parseRefusal } from './schema.js'

/** What a refused request was about, for those who read the refusal. */
interface Hint {
  /** Why, as far as the status tells; completes "ConnectWise did not accept it: ". */
  readonly why: string
  /** What to do about a read that was refused so. */
  readonly next: string
}

const HINTS: Readonly<Record<number, Hint>> = {
  401: {
    why: 'it does not know the keys',
    next: 'Check the CONNECTWISE_… lines of .env, and that the API member is active.',
  },
  403: {
    why: 'the API member is not allowed to',
    next: 'Give the security role of the API member access to companies, agreements, products and invoices.',
  },
  404: {
    why: 'it is not there any more',
    next: 'Look for it in ConnectWise; map the customer anew if it was replaced.',
  },
  409: { why: 'it is being changed by somebody else, or is there already', next: 'Run it again.' },
}

/** "it is not there any more: \"Addition 5 not found\"" */
function refusalWords({ status, body }: HttpAnswer, secrets: readonly string[]): string {
  const said = vendorWords(body)
  const quoted = said === undefined ? undefined : `"${quotable(said, secrets)}"`
  const why = HINTS[status]?.why
  if (why === undefined) return quoted ?? `it says no more than ${status}`
  return quoted === undefined ? why : `${why}, ${quoted}`
}

/** What a write that was refused says to those who asked for it; never a secret. */
export function refusedWords(answer: HttpAnswer, secrets: readonly string[]): string {
  return `ConnectWise did not accept it: ${refusalWords(answer, secrets)}`
}

/** A refused read. */
export function refusedRead(answer: HttpAnswer, subject: string, secrets: readonly string[]): Problem {
  const { status, where } = answer
  const isRedirect = status < 400
  return new Problem({
    kind: status === 404 ? 'notFound' : 'unavailable',
    what: isRedirect
      ? `ConnectWise sent the question for ${subject} elsewhere (${status}), which is never followed.`
      : `ConnectWise did not give ${subject} (${status}): ${refusalWords(answer, secrets)}.`,
    where,
    notDone: NOTHING_READ,
    next: isRedirect
      ? 'Set CONNECTWISE_SITE to the address where the API itself answers.'
      : (HINTS[status]?.next ?? 'Run it again; if it stays, ask ConnectWise what it means.'),
  })
}

/** The message of a refusal with the fields it is about: "addition object is invalid: there is no such product (product)". */
function vendorWords(body: unknown): string | undefined {
  const parsed = parseRefusal(body)
  if ('fault' in parsed) return undefined
  const { message, errors } = parsed.value
  const faults = errors.flatMap(({ message: words, field }) =>
    words === undefined ? [] : [field === undefined ? bare(words) : `${bare(words)} (${field})`],
  )
  const named = faults.slice(0, CONNECTWISE_FIELD_FAULTS)
  const more = faults.length - named.length
  const parts = [...named, ...(more === 0 ? [] : [`and ${more} more`])].join('; ')
  const all = [message === undefined ? '' : bare(message), parts].filter((part) => part !== '').join(': ')
  return all === '' ? undefined : all
}

function bare(sentence: string): string {
  return sentence.replace(/[.\s]+$/, '')
}
