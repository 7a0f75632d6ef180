import { createPauseGate, type Sleep, sleepForReal, wallClock } from '../http/backoff.js'
import { createHttpClient, type HttpClient } from '../http/client.js'
import { CONNECTWISE_CODEBASE_MILLISECONDS, CONNECTWISE_CONCURRENCY } from '../../core/limits.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import { NOTHING_READ, SYSTEM } from './reading.js'
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

/** The part of the address that stays the same through all releases. */
const STABLE_CODEBASE = 'v4_6_release'

/** The API of one release. */
export interface Release {
  readonly codebase: string
  readonly http: HttpClient
}

export interface Releases {
  /** Where the API is now; asked for once a day. */
  current(): Promise<Release>
  /** Asks again; true: the API is elsewhere now. */
  hasMoved(): Promise<boolean>
  /** The next question asks again. */
  forget(): void
}

/** @param secrets texts that never appear in an error or a log. */
export function createReleases(options: ConnectWiseOptions, secrets: readonly string[]): Releases {
  const { site, log, companyId, now = wallClock } = options
  const shared = sharedBy(options, secrets)
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

/** What asking for the release and asking the API have in common: one gate, so that both wait out a closed window. */
function sharedBy(options: ConnectWiseOptions, secrets: readonly string[]) {
  const { log, now = wallClock, sleep = sleepForReal, random, timeoutMilliseconds } = options
  return {
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
}
