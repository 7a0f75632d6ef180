import { createPauseGate, type Sleep, sleepForReal, wallClock } from '../http/backoff.js'
import { createHttpClient, type HttpClient, type HttpRequest, type Sent } from '../http/client.js'
import type { HttpAnswer } from '../http/judge.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { CONNECTWISE_CODEBASE_MILLISECONDS, CONNECTWISE_CONCURRENCY } from './limits.js'
import { NOTHING_READ, SYSTEM } from './reading.js'
import { refusedRead } from './refusals.js'
import { parseCompanyInfo } from './schema.js'

export interface ConnectWiseOptions {
  /** The address of the API's host, as ConnectWise states it: "https://api-na.myconnectwise.net". */
  readonly site: string
  /** The short name the MSP signs in with. */
  readonly companyId: string
  /** The two keys of the API member. */
  readonly publicKey: string
  readonly privateKey: string
  /** The id ConnectWise has issued for the integration. */
  readonly clientId: string
  readonly log: Log
  readonly timeoutMilliseconds?: number
  /** For tests: time, waiting and chance. */
  readonly now?: () => number
  readonly sleep?: Sleep
  readonly random?: () => number
}

/** A question below the API's root. */
export interface Question {
  readonly path: readonly string[] | { readonly address: string }
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** What is asked for: "agreement 77". */
  readonly subject: string
}

export interface ConnectWiseApi {
  /** @throws Problem `notFound` for a 404, `unavailable` for every other answer that is none. */
  get(question: Question): Promise<HttpAnswer>
  /** A write that goes out once. */
  send(request: Pick<HttpRequest, 'method' | 'json'> & { readonly path: readonly string[] }): Promise<Sent>
  readonly secrets: readonly string[]
}

/** The part of the address that stays the same through all releases. */
const STABLE_CODEBASE = 'v4_6_release'

/** The version of the records that is asked for: the one these schemas were read from. */
const ACCEPT = 'application/vnd.connectwise.com+json; version=2025.8'

/** Statuses of a read that are answered by a sentence of ours; the others are repeated or worded by the HTTP client. */
const WORDED: readonly number[] = Array.from({ length: 200 }, (_, index) => 300 + index).filter(
  (status) => status !== 429,
)

/** The API of one MSP, signed in; it finds the address of the current release by itself. */
export function createConnectWiseApi(options: ConnectWiseOptions): ConnectWiseApi {
  const { authorization, secrets } = credentialsOf(options)
  const signedIn = { authorization, clientId: options.clientId, accept: ACCEPT }
  const releases = createReleases(options, secrets)

  return {
    secrets,
    async get({ path, query = {}, headers = {}, subject }) {
      for (let isSecond = false; ; isSecond = true) {
        const { http } = await releases.current()
        const answer = await http.request({
          method: 'GET',
          path,
          query,
          headers: async () => ({ ...signedIn, ...headers }),
          returned: WORDED,
        })
        if (answer.status < 300) return answer
        const isMoved = (answer.status === 404 || answer.status < 400) && !('address' in path)
        if (isMoved && !isSecond && (await releases.hasMoved())) continue
        throw refusedRead(answer, subject, secrets)
      }
    },
    async send(request) {
      for (let isSecond = false; ; isSecond = true) {
        const { http } = await releases.current()
        const sent = await http.send({ ...request, headers: async () => signedIn })
        // A redirect and a cut line are what a new release looks like too: the next question looks for it.
        if (sent.type === 'unknown') releases.forget()
        const isMoved = sent.type === 'refused' && sent.answer.status === 404
        // An address that is not there any more has done nothing.
        if (isMoved && !isSecond && (await releases.hasMoved())) continue
        return sent
      }
    },
  }
}

function credentialsOf({ companyId, publicKey, privateKey, clientId }: ConnectWiseOptions) {
  refuseUnlessPlain(companyId, 'company')
  refuseUnlessPlain(publicKey, 'public key')
  refuseUnlessPlain(privateKey, 'private key')
  refuseUnlessPlain(clientId, 'client id')
  const token = Buffer.from(`${companyId}+${publicKey}:${privateKey}`).toString('base64')
  return { authorization: `Basic ${token}`, secrets: [token, privateKey, publicKey, clientId] }
}

/** What cannot be sent as a header would be quoted, secret and all, by the error of the one who tries. */
function refuseUnlessPlain(text: string, name: string): void {
  if (/^[\x21-\x7e]+$/.test(text)) return
  throw new Problem({
    kind: 'input',
    what: `The ${name} configured for ConnectWise is empty or contains spaces, line breaks or other signs it cannot have.`,
    notDone: 'Nothing was sent.',
    next: 'Copy it again from ConnectWise (the API Keys of the API member).',
  })
}

interface Release {
  readonly codebase: string
  readonly http: HttpClient
}

interface Releases {
  /** Where the API is now; asked for once a day. */
  current(): Promise<Release>
  /** Asks again; true: the API is elsewhere now. */
  hasMoved(): Promise<boolean>
  /** The next question asks again. */
  forget(): void
}

function createReleases(options: ConnectWiseOptions, secrets: readonly string[]): Releases {
  const now = options.now ?? wallClock
  const sleep = options.sleep ?? sleepForReal
  const { site, log, companyId, random, timeoutMilliseconds } = options
  const shared = {
    system: SYSTEM,
    notDone: NOTHING_READ,
    secrets: () => secrets,
    gate: createPauseGate(sleep),
    concurrency: CONNECTWISE_CONCURRENCY,
    sleep,
    now,
    log,
    ...(random === undefined ? {} : { random }),
    ...(timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds }),
  }
  const login = createHttpClient({ ...shared, baseUrl: site })
  const root = site.trim().replace(/\/+$/, '')
  let known: (Release & { readonly at: number }) | undefined
  let isStale = false
  let running: Promise<Release> | undefined

  /** The part of the address of the current release; the one that always works when nobody says. */
  async function discover(): Promise<string> {
    try {
      const path = ['login', 'companyinfo', companyId]
      const { body } = await login.request({ method: 'GET', path, repeatable: false })
      const parsed = parseCompanyInfo(body)
      if ('value' in parsed) return parsed.value.Codebase
      log.warn({}, 'ConnectWise did not say which release it is; its stable address is used')
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      log.warn({ reason: error.message }, 'ConnectWise did not say which release it is')
    }
    return STABLE_CODEBASE
  }

  async function renew(): Promise<Release> {
    const codebase = await discover()
    const http =
      known?.codebase === codebase
        ? known.http
        : createHttpClient({ ...shared, baseUrl: `${root}/${codebase}/apis/3.0` })
    known = { codebase, http, at: now() }
    isStale = false
    return known
  }

  function asked(): Promise<Release> {
    running ??= renew().finally(() => {
      running = undefined
    })
    return running
  }

  return {
    async current() {
      if (running !== undefined) return await running
      const isFresh = known !== undefined && !isStale && now() - known.at < CONNECTWISE_CODEBASE_MILLISECONDS
      return isFresh && known !== undefined ? known : await asked()
    },
    async hasMoved() {
      const before = known?.codebase
      const { codebase } = await asked()
      return codebase !== before
    },
    forget() {
      isStale = true
    },
  }
}
