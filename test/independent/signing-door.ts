import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { channelClaims } from '../emulators/teams/player.js'
import { signToken } from '../emulators/teams/keys.js'
import type { TeamsEmulator } from '../emulators/teams/server.js'

/** What stands between a client that signs nothing and the bot. */
export interface SigningDoor {
  /** Where the client sends its activities. */
  readonly url: string
  /** Status of every activity the bot answered, in order. */
  readonly statuses: readonly number[]
  close(): Promise<void>
}

/**
 * Microsoft's channel signs what a client sends; a client on its own does not. The door does it with the channel's key, for
 * the Connector the activity names, and changes nothing else: the bot checks what it always checks.
 */
export async function openSigningDoor(emulator: TeamsEmulator, botUrl: () => string): Promise<SigningDoor> {
  const statuses: number[] = []
  const server = createServer((request, response) => {
    void (async () => {
      if (request.method !== 'POST') return response.writeHead(200).end()
      const body = await textOf(request)
      const { serviceUrl } = JSON.parse(body) as Readonly<Record<string, unknown>>
      if (typeof serviceUrl !== 'string') throw new Error('an activity names no Connector')
      const claims = channelClaims({ ...emulator, serviceUrl })
      const token = await signToken(emulator.keys.teams, claims)
      const answer = await fetch(`${botUrl()}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body,
      })
      statuses.push(answer.status)
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'text/plain',
      })
      return response.end(await answer.text())
    })().catch((error: unknown) => response.writeHead(502).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/api/messages`,
    statuses,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
