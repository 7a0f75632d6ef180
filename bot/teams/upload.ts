import { assert } from '../../core/assert.js'
import { TEAMS_FILE_BYTES, TEAMS_UPLOAD_MILLISECONDS } from '../../core/chat-limits.js'
import { Problem } from '../../core/problem.js'

/**
 * Hosts of people's OneDrive: of work accounts (SharePoint Online), and of personal ones as Microsoft Graph shows them for
 * upload sessions.
 */
const HOSTS = /^([a-z0-9-]+\.)+(sharepoint\.com|sharepoint\.us|up\.1drv\.com)$/

/** Whether a file may be put to an address, or shown as being there. @param local this machine may be meant, for tests */
export function isFilePlace(url: string, local: boolean): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, port, username, password } = new URL(url)
  if (username !== '' || password !== '') return false
  if (local && isLoopback(url)) return true
  return protocol === 'https:' && port === '' && HOSTS.test(hostname)
}

/** This machine itself, by plain HTTP. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)
}

/**
 * Puts a whole file where an upload session wants it, in one piece: the address is all the permission there is, so nothing
 * else goes along, and it is followed nowhere else. Problem `forbidden` for an address that is none of OneDrive's,
 * `unavailable` when it was not taken.
 */
export async function upload(url: string, bytes: Uint8Array, local: boolean): Promise<void> {
  const size = bytes.byteLength
  assert(size > 0 && size <= TEAMS_FILE_BYTES, `a file of ${size} bytes is offered to nobody`)
  if (!isFilePlace(url, local)) {
    throw new Problem({
      kind: 'forbidden',
      what: 'Teams named a place for the file that is no OneDrive.',
      notDone: 'Nothing was put there.',
    })
  }
  const status = await put(url, bytes)
  // 202: parts are missing, and we have sent the only one.
  if (status === 200 || status === 201) return
  throw new Problem({
    kind: 'unavailable',
    what: `OneDrive did not take the file (${status}).`,
    notDone: 'It is not there.',
  })
}

async function put(url: string, bytes: Uint8Array): Promise<number> {
  const size = bytes.byteLength
  try {
    const answer = await fetch(url, {
      method: 'PUT',
      headers: {
        'content-type': 'application/octet-stream',
        'content-range': `bytes 0-${size - 1}/${size}`,
      },
      body: Buffer.from(bytes),
      redirect: 'manual',
      signal: AbortSignal.timeout(TEAMS_UPLOAD_MILLISECONDS),
    })
    // What it says does not matter, and may be long.
    await answer.body?.cancel()
    return answer.status
  } catch (error) {
    throw new Problem({
      kind: 'unavailable',
      what: 'OneDrive did not answer.',
      notDone: 'Whether the file is there is not known.',
      cause: error,
    })
  }
}
