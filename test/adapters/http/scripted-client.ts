import type { ServerResponse } from 'node:http'
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../../adapters/http/client.js'
import { Problem } from '../../../core/problem.js'
import { closeAfterwards } from '../../support/closing.js'
import { type Received, type ScriptedServer, scriptedServer } from './scripted-server.js'

export const SECRET = 'hunter2-secret'
export const GET = { method: 'GET', path: ['things', '7'] } as const

/** A server that answers as it is told. It is closed after the test. */
export async function serve(
  answer: (received: Received, response: ServerResponse, index: number) => void,
): Promise<ScriptedServer> {
  return closeAfterwards(await scriptedServer(answer))
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
