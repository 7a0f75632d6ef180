import { Problem } from '../../core/problem.js'
import { pinAddress } from '../http/address.js'
import { createPauseGate, sleepForReal } from '../http/backoff.js'
import {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
} from '../http/client.js'
import { quotable } from '../http/refusal.js'
import type { AutotaskOptions } from './options.js'
import { NOTHING_READ, read, SYSTEM, unusable } from './reading.js'
import { errorsOf, SPEAKING } from './refusal.js'
import { parseZone } from './schema.js'

const VERSION = 'V1.0'

/** Where a user's data is, and how it is asked for. */
export interface Place {
  readonly http: HttpClient
  /** Where a call goes: segments behind the zone's own path and the version; a page the server has named stays as it is. */
  below(path: HttpRequest['path']): { readonly path: HttpRequest['path'] }
  headers(): Promise<Readonly<Record<string, string>>>
}

export interface Zone {
  /** Asked for once. @throws Problem when the zone cannot be found out, or is none. */
  place(): Promise<Place>
  /** Asks again the next time. */
  forget(): void
}

/**
 * Finds the zone that holds a user's data. The zone's address is used as it comes, but only when it is of the same house
 * as the one that was asked: the credentials go there.
 *
 * @throws Problem `input` when the credentials or the zone's address cannot be used at all.
 */
export function createZone(options: AutotaskOptions): Zone & { readonly secrets: () => readonly string[] } {
  const { userName, secret, integrationCode, zoneUrl } = options
  refuseUnlessHeader(userName, 'user name')
  refuseUnlessHeader(secret, 'secret')
  refuseUnlessHeader(integrationCode, 'integration code')
  // In addresses the user's name is written in another way.
  const secrets = (): readonly string[] => [secret, integrationCode, userName, encodeURIComponent(userName)]
  const root = pinAddress(zoneUrl, SYSTEM)
  const shared = { ...sharedOptions(options), secrets }
  const asking = createHttpClient({ ...shared, baseUrl: zoneUrl })
  const headers = { ApiIntegrationCode: integrationCode, UserName: userName, Secret: secret }
  let found: Promise<Place> | undefined

  async function find(): Promise<Place> {
    const url = await askZone(asking, userName, root, secrets())
    // The origin is the zone's own; pages after the first may spell its path in another case.
    const http = createHttpClient({ ...shared, baseUrl: url.origin })
    const parts = url.pathname.split('/').filter((part) => part !== '')
    return {
      http,
      below: (path) => ({ path: 'address' in path ? path : [...parts, VERSION, ...path] }),
      headers: async () => headers,
    }
  }

  return {
    secrets,
    async place() {
      const place = found ?? find()
      found = place
      try {
        return await place
      } catch (error) {
        if (found === place) found = undefined
        throw error
      }
    },
    forget() {
      found = undefined
    },
  }
}

function sharedOptions(options: AutotaskOptions): Omit<HttpClientOptions, 'baseUrl' | 'secrets'> {
  const { log, timeoutMilliseconds, now, random, sleep = sleepForReal } = options
  return {
    system: SYSTEM,
    notDone: NOTHING_READ,
    gate: createPauseGate(sleep),
    sleep,
    ...(log === undefined ? {} : { log }),
    ...(timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds }),
    ...(now === undefined ? {} : { now }),
    ...(random === undefined ? {} : { random }),
  }
}

async function askZone(
  http: HttpClient,
  userName: string,
  root: URL,
  secrets: readonly string[],
): Promise<URL> {
  const path = [VERSION, 'zoneInformation']
  const answer = await http.request({ method: 'GET', path, query: { user: userName }, returned: SPEAKING })
  const { status, where } = answer
  if (status >= 300) {
    const words = quotable(errorsOf(answer.body).join(' '), secrets)
    throw new Problem({
      kind: 'unavailable',
      what: `${SYSTEM} does not say where the data of this API user is (${status}${words === '' ? '' : `: "${words}"`}).`,
      where,
      notDone: NOTHING_READ,
      next: 'Check AUTOTASK_USERNAME in .env: it is the user name of an API user, not its e-mail name.',
    })
  }
  const reading = { subject: 'the zone of the API user', where }
  const zone = pinAddress(read(parseZone, answer.body, reading).url, SYSTEM)
  if (!isOfSameHouse(root, zone)) {
    throw unusable(reading, `is at ${quotable(zone.host, secrets)}, which does not belong to ${root.host}`)
  }
  return zone
}

/** `webservices5.autotask.net` beside `webservices.autotask.net`; addresses of numbers and bare names only themselves. */
export function isOfSameHouse(root: URL, zone: URL): boolean {
  if (zone.host === root.host) return true
  const parent = root.hostname.split('.').slice(1)
  const isName = parent.length >= 2 && /[a-z]/i.test(parent.at(-1) ?? '')
  return isName && zone.hostname.endsWith(`.${parent.join('.')}`) && zone.port === root.port
}

/** A header that cannot be sent would be quoted, secret and all, by the error of the one who tries. */
function refuseUnlessHeader(text: string, name: string): void {
  if (/^[\x21-\x7e]+$/.test(text)) return
  throw new Problem({
    kind: 'input',
    what: `The ${name} configured for ${SYSTEM} is empty or contains spaces, line breaks or other signs none has.`,
    notDone: 'Nothing was sent.',
    next: 'Copy it again from the API user in Autotask.',
  })
}
