import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll } from 'vitest'
import { createTeamsSurface } from '../../../bot/teams/app.js'
import { type Forgery, forgeriesOf } from '../../emulators/teams/forgeries.js'
import { rawRequest } from '../../support/raw-request.js'
import { type Office, startOffice } from './office.js'

/** A server that is nobody's Connector, for as long as a suite runs. */
export interface Stranger {
  readonly url: string
  /** Requests it got. */
  readonly calls: number
}

export function strangerForSuite(): Stranger {
  const stranger = { url: '', calls: 0 }
  let server: Server
  beforeAll(async () => {
    server = createServer((_, response) => {
      stranger.calls += 1
      response.end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stranger.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))
  return stranger
}

export interface Counted extends Office {
  /** What reached the desk. */
  readonly asked: string[]
}

/** An office whose desk writes down what it is asked. */
export async function counted(create: typeof createTeamsSurface = createTeamsSurface): Promise<Counted> {
  const asked: string[] = []
  const office = await startOffice(
    ({ desk }) => ({
      desk: {
        ...desk,
        ask: (identity, text, onProgress) => {
          asked.push(`${identity} ${text}`)
          return desk.ask(identity, text, onProgress)
        },
        click: (identity, click) => {
          asked.push(`${identity} ${click.name}`)
          return desk.click(identity, click)
        },
      },
    }),
    create,
  )
  return { ...office, asked }
}

export async function send(
  { server, work }: Office,
  { authorization, activity }: Pick<Forgery, 'authorization' | 'activity'>,
) {
  const headers = {
    'content-type': 'application/json',
    ...(authorization.length > 0 ? { authorization } : {}),
  }
  const answer = await rawRequest(server.url, {
    method: 'POST',
    path: '/api/messages',
    headers,
    body: JSON.stringify(activity),
  })
  await work.finish()
  return answer
}

/** Forged requests; some name the stranger as their Connector. */
export async function forgeries(office: Office, { url }: Stranger): Promise<readonly Forgery[]> {
  const activity = office.player.message(office.lee, office.personal(office.lee), 'who march')
  return await forgeriesOf(office.emulator, activity, url)
}
