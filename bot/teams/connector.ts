import type { ConfigurationBotFrameworkAuthentication } from 'botbuilder'
import { TEAMS_ANSWER_BYTES, TEAMS_CALL_MILLISECONDS } from '../../core/chat-limits.js'
import { Problem } from '../../core/problem.js'
import { isNotHandedOn, unsent } from '../trouble.js'

type ConnectorOptions = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[4]>
type HttpClient = NonNullable<ConnectorOptions['httpClient']>
type Sent = Awaited<ReturnType<HttpClient['sendRequest']>>

export interface ConnectorGuard {
  readonly isAllowed: (url: string) => boolean
  /** The Connector did not accept our token. */
  readonly onUnauthorised: () => void
}

/**
 * How the SDK reaches the Connector: allowed addresses only, whatever a request or a redirect names; with an end to every
 * call and every answer. What was refused with 429, 502 or 503 never reached anybody, after another 5xx nobody knows; the SDK
 * would repeat all of it by itself, whatever else waits for the same conversation, so that it is told otherwise (see paced.ts).
 */
export function guardedClient({ isAllowed, onUnauthorised }: ConnectorGuard): HttpClient {
  return {
    sendRequest: async (request) => {
      const { url, method } = request
      const body: unknown = request.body
      if (!isAllowed(url)) throw forbidden(url)
      const answer = await call(url, {
        method,
        headers: request.headers.toJson({ preserveCase: true }),
        ...(typeof body === 'string' ? { body } : {}),
        redirect: 'manual',
        signal: AbortSignal.timeout(TEAMS_CALL_MILLISECONDS),
      })
      if (answer.status === 401) onUnauthorised()
      const bodyAsText = await readCapped(answer)
      refuseTrouble(answer)
      return { request, status: answer.status, headers: headersOf(request, answer), bodyAsText }
    },
  }
}

async function call(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    // Whether it arrived is not known, so it is not repeated: a card must not stand twice.
    throw new Problem({ kind: 'unavailable', what: 'Teams did not answer.', cause: error })
  }
}

function forbidden(url: string): Problem {
  const host = URL.canParse(url) ? new URL(url).host : 'this'
  return new Problem({
    kind: 'forbidden',
    what: `${host} is not an allowed Connector of Teams.`,
    notDone: 'Nothing was sent.',
  })
}

function refuseTrouble({ status, headers }: Response): void {
  if (status !== 429 && status !== 412 && status < 500) return
  if (status >= 500 && !isNotHandedOn(status)) {
    throw new Problem({ kind: 'unavailable', what: `Teams answered ${status}.` })
  }
  const asked = headers.get('retry-after') ?? ''
  throw /^\d+$/.test(asked)
    ? unsent(`Teams asks to wait for ${asked} seconds.`, Number(asked) * 1000)
    : unsent(`Teams answered ${status}.`)
}

/** The SDK wants its own kind of headers, which only the request it gave us can make. */
function headersOf(request: Sent['request'], { headers: given }: Response): Sent['headers'] {
  const headers = request.headers.clone()
  for (const name of headers.headerNames()) headers.remove(name)
  for (const [name, value] of given) headers.set(name, value)
  return headers
}

/** The body of an answer as text; Problem `unavailable` when it does not end where it should. */
export async function readCapped(answer: Response): Promise<string> {
  if (answer.body === null) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > TEAMS_ANSWER_BYTES) {
      throw new Problem({ kind: 'unavailable', what: 'An answer of Teams was too large.' })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
