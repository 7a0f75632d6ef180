import { Problem } from '../../core/problem.js'
import type { Log } from '../../core/ports.js'
import { createPauseGate, type Sleep, sleepForReal, wallClock } from '../http/backoff.js'
import { createHttpClient } from '../http/client.js'
import type { HttpAnswer } from '../http/judge.js'
import { quotable, serverWords } from '../http/refusal.js'
import { createTokenSource, type IngramAuth, type Watch } from './auth.js'
import { NOTHING_STORED } from './reading.js'

export interface IngramOptions {
  /** The API's whole base address, as stated by the marketplace: "https://api.cloud.im/marketplace/na". */
  readonly baseUrl: string
  /** The key of the API gateway, sent with every call. */
  readonly subscriptionKey: string
  readonly auth: IngramAuth
  /** Only for integrators' applications: the id the marketplace's support has issued. */
  readonly applicationId?: string
  readonly log?: Log
  readonly timeoutMilliseconds?: number
  /** For tests: time, waiting and chance. */
  readonly now?: () => number
  readonly sleep?: Sleep
  readonly random?: () => number
}

/** What a call of one read belongs to. */
export interface Call {
  readonly signal: AbortSignal
  /** Told of each request sent and each wait, those for tokens included. */
  readonly watch: Watch
}

export interface IngramApi {
  /** A signed-in GET. Statuses in `returned` are handed back; all other refusals are a Problem. */
  get(
    path: readonly string[],
    call: Call,
    more?: { readonly query?: Readonly<Record<string, string>>; readonly returned?: readonly number[] },
  ): Promise<HttpAnswer>
}

const SYSTEM = 'The marketplace'

/** The marketplace's API, signed in: one token for all, renewed ahead of its end, and once when it is refused. */
export function createIngramApi(options: IngramOptions): IngramApi {
  const headers = callHeaders(options)
  const now = options.now ?? wallClock
  const sleep = options.sleep ?? sleepForReal
  const shared = {
    system: SYSTEM,
    notDone: NOTHING_STORED,
    gate: createPauseGate(sleep),
    sleep,
    now,
    ...(options.random === undefined ? {} : { random: options.random }),
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.timeoutMilliseconds === undefined
      ? {}
      : { timeoutMilliseconds: options.timeoutMilliseconds }),
  }
  const { auth, baseUrl, subscriptionKey } = options
  const tokens = createTokenSource({ auth, baseUrl, subscriptionKey, headers, http: shared, now })
  const http = createHttpClient({ ...shared, baseUrl, secrets: tokens.secrets })

  return {
    async get(path, { signal, watch }, { query = {}, returned = [] } = {}) {
      for (let renewed = false; ; renewed = true) {
        let used = ''
        const answer = await http.request({
          method: 'GET',
          path,
          query,
          headers: async () => {
            used = await tokens.token(watch)
            return { ...headers, authorization: `Bearer ${used}` }
          },
          returned: [401, ...returned],
          signal,
          ...watch,
        })
        if (answer.status !== 401) return answer
        if (renewed) throw stillRefused(answer, tokens.secrets())
        tokens.refuse(used)
      }
    },
  }
}

function callHeaders({ subscriptionKey, applicationId }: IngramOptions): Readonly<Record<string, string>> {
  refuseUnlessHeader(subscriptionKey, 'subscription key')
  if (applicationId === undefined) return { 'x-subscription-key': subscriptionKey }
  refuseUnlessHeader(applicationId, 'application id')
  return { 'x-subscription-key': subscriptionKey, 'x-client-id': applicationId }
}

/** A header that cannot be sent would be quoted, secret and all, by the error of the one who tries. */
function refuseUnlessHeader(text: string, name: string): void {
  if (/^[\x21-\x7e]+$/.test(text)) return
  throw new Problem({
    kind: 'input',
    what: `The ${name} configured for the marketplace is empty or contains spaces, line breaks or other signs no key has.`,
    notDone: 'Nothing was sent.',
    next: 'Copy it again from the marketplace ("Marketplace API" in its menu).',
  })
}

function stillRefused({ body, where }: HttpAnswer, secrets: readonly string[]): Problem {
  const said = serverWords(body)
  return new Problem({
    kind: 'unavailable',
    what: `${SYSTEM} refused a fresh token (401${said === undefined ? '' : `: "${quotable(said, secrets)}"`}).`,
    where,
    notDone: NOTHING_STORED,
    next: 'Check that the subscription key belongs to the API user; changing that user may have reset the key.',
  })
}
