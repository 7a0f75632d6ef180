import type { ServerResponse } from 'node:http'
import { afterEach } from 'vitest'
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../../adapters/http/client.js'
import { Problem } from '../../../core/problem.js'
import { type Received, type ScriptedServer, scriptedServer } from './scripted-server.js'

export const SECRET = 'hunter2-secret'
export const GET = { method: 'GET', path: ['things', '7'] } as const

const open: ScriptedServer[] = []

/** Ends, after each test of the file that imports this, the servers it has started. */
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

export async function serve(
  answer: (received: Received, response: ServerResponse, index: number) => void,
): Promise<ScriptedServer> {
  const server = await scriptedServer(answer)
  open.push(server)
  return server
}

/** A client of that server that waits for nothing; `waits` says how long it would have. */
export function clientOf(
  server: { readonly url: string },
  overrides: Partial<HttpClientOptions> = {},
): { client: HttpClient; waits: number[]; logged: string[] } {
  const waits: number[] = []
  const logged: string[] = []
  const client = createHttpClient({
    system: 'The marketplace',
    baseUrl: `${server.url}/api`,
    notDone: 'Nothing was stored.',
    secrets: () => [SECRET],
    sleep: async (milliseconds) => {
      waits.push(milliseconds)
    },
    random: () => 0,
    log: {
      info: () => undefined,
      warn: (fields, message) => logged.push(JSON.stringify(fields) + message),
      error: () => undefined,
    },
    ...overrides,
  })
  return { client, waits, logged }
}

export async function refusalOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  )
  if (error instanceof Problem) return error
  throw error
}
