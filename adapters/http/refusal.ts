import { HTTP_QUOTED_LENGTH } from '../../core/limits.js'
import { Problem, type ProblemKind } from '../../core/problem.js'

/** Removes what must never be read by anyone: every secret, wherever a server or an error echoes it. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (hidden, secret) => (secret === '' ? hidden : hidden.replaceAll(secret, '[hidden]')),
    text,
  )
}

/** Outside words fit for one line of ours: no control characters, not endless, no secrets. */
export function quotable(text: string, secrets: readonly string[]): string {
  // Hidden before cutting: half a secret would not be recognised any more.
  const line = hideSecrets(text, secrets)
    .replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .trim()
  return line.length > HTTP_QUOTED_LENGTH ? `${line.slice(0, HTTP_QUOTED_LENGTH)}…` : line
}

/** What a refusing server says about it: the field its error bodies carry, under the names seen in the wild. */
export function serverWords(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const fields = new Map<string, unknown>(Object.entries(body))
  for (const name of ['error_description', 'error', 'message', 'title']) {
    const value = fields.get(name)
    if (typeof value === 'string' && value.trim() !== '') return value
  }
  return undefined
}

/** Why no answer came, in words, from the code of a failed connection. */
export function networkWords(error: unknown): string {
  const code = errorCode(error)
  if (code === undefined) return 'the connection failed'
  return NETWORK_WORDS.get(code) ?? `the connection failed (${code})`
}

const NETWORK_WORDS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nothing answers at that address'],
  ['ENOTFOUND', 'the host name is not known'],
  ['EAI_AGAIN', 'the host name could not be looked up'],
  ['ECONNRESET', 'the connection was cut'],
  ['UND_ERR_SOCKET', 'the connection was cut'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection came about in time'],
  ['UND_ERR_HEADERS_TIMEOUT', 'no answer came in time'],
  ['UND_ERR_BODY_TIMEOUT', 'the answer stopped half way'],
])

/** The built-in fetch wraps the reason; only its code is taken, its text may quote what was sent. */
function errorCode(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    const code: unknown = Reflect.get(current, 'code')
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code)) return code
  }
  return undefined
}

/** What every refusal of a system needs to say. */
export interface RefusalContext {
  /** "The marketplace". */
  readonly system: string
  /** Method and address, with the correlation id where there is one. */
  readonly where: string
  /** "Nothing was stored." */
  readonly notDone: string
}

export function refusal(context: RefusalContext, kind: ProblemKind, what: string, next: string): Problem {
  return new Problem({
    kind,
    what: `${context.system} ${what}.`,
    where: context.where,
    notDone: context.notDone,
    next,
  })
}
