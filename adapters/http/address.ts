import { Problem } from '../../core/problem.js'

/**
 * Reads a configured base address. Every request stays on its host and below its path.
 *
 * @throws Problem `input` unless it is https (or http to this machine itself), without user, query or fragment.
 */
export function pinAddress(text: string, system: string): URL {
  const url = parseUrl(text)
  if (url === undefined) throw unusable(system, 'is not a web address')
  if (url.username !== '' || url.password !== '') throw unusable(system, 'contains a user name or password')
  if (url.search !== '' || url.hash !== '') throw unusable(system, 'contains a "?" or "#" part')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw unusable(system, 'does not start with https://, so passwords would travel in the clear')
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

/** The address of one request. Segments are encoded, so an id can never leave the path it belongs to. */
export function addressOf(
  base: URL,
  path: readonly string[],
  query: Readonly<Record<string, string>> = {},
): URL {
  for (const segment of path) {
    // The URL parser resolves these even when encoded.
    if (segment === '' || segment === '.' || segment === '..') {
      throw new Problem({
        kind: 'input',
        what: `"${segment}" cannot be an id.`,
        where: `${base.host}${base.pathname}${path.join('/')}`,
        notDone: 'Nothing was sent.',
        next: 'Report the record that carries this id to the system it came from.',
      })
    }
  }
  const url = new URL(base)
  url.pathname =
    path.length === 0
      ? base.pathname.replace(/\/$/, '')
      : base.pathname + path.map(encodeURIComponent).join('/')
  url.search = new URLSearchParams(query).toString()
  return url
}

/**
 * A whole address a server has named. It is data from outside: followed only where the base itself points to, so that
 * no credential leaves.
 *
 * @throws Problem `unavailable` when it is no web address, on another origin, or not below the base's path.
 */
export function followAddress(
  base: URL,
  address: string,
  { system, notDone }: { readonly system: string; readonly notDone: string },
): URL {
  const url = parseUrl(address)
  const isBelow =
    url !== undefined &&
    url.origin === base.origin &&
    url.username === '' &&
    url.password === '' &&
    url.pathname.startsWith(base.pathname)
  if (isBelow) {
    url.hash = ''
    return url
  }
  throw new Problem({
    kind: 'unavailable',
    what: `${system} named an address to go on at that is not below its own, so it was not followed.`,
    where: `${base.host}${base.pathname}`,
    notDone,
    next: 'Check that nothing stands between you and its API that rewrites addresses, then run it again.',
  })
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text.trim())
  } catch {
    return undefined
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/** The address itself is not repeated: somebody may have typed a password into it. */
function unusable(system: string, fault: string): Problem {
  return new Problem({
    kind: 'input',
    what: `The address configured for ${system} ${fault}.`,
    notDone: 'Nothing was sent.',
    next: 'Write it as https://host/path, as the vendor states it.',
  })
}
