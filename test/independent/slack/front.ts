import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer } from './workspace.js'

/** One call of the bot, as a workspace answered it. */
export interface Call {
  readonly workspace: number
  readonly method: string
  readonly given: Readonly<Record<string, string>>
  readonly answer: Answer
}

/** Slack has one address for all workspaces; the emulator is one workspace. This is that one address before several. */
export interface Front {
  readonly url: string
  readonly calls: readonly Call[]
  /** The bot's token in each workspace it was installed in. */
  readonly tokens: ReadonlyMap<number, string>
  close(): Promise<void>
}

/** Every emulator calls its workspace the same: all but the first get a name of their own on the way. */
const TEAM = 'T000000001'
export function teamOf(workspace: number): string {
  return workspace === 0 ? TEAM : `T00000000${workspace + 1}`
}

interface State {
  readonly upstreams: readonly string[]
  readonly calls: Call[]
  readonly tokens: Map<number, string>
}

/** @param upstreams addresses of the workspaces; files of workspace n are uploaded below `/n/`. */
export async function openFront(port: number, upstreams: readonly string[]): Promise<Front> {
  const state: State = { upstreams, calls: [], tokens: new Map() }
  const server = createServer((request, response) => {
    pass(state, request, response).catch((error: unknown) => {
      response.writeHead(502).end(String(error))
    })
  })
  await new Promise<void>((open) => server.listen(port, '127.0.0.1', open))
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${taken}`,
    calls: state.calls,
    tokens: state.tokens,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

async function pass(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request)
  const path = request.url ?? '/'
  if (path === '/api/oauth.v2.access') return await exchange(state, request, body, response)
  const hook = /^\/hooks\/(\d)$/.exec(path)
  if (hook !== null) return hooked(state, Number(hook[1]), body, response)
  const upload = /^\/(\d)(\/.*)$/.exec(path)
  if (upload !== null) {
    const answer = await ask(state, Number(upload[1]), upload[2] ?? '', request, body)
    return void response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()))
  }
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  const workspace = [...state.tokens].find(([, known]) => known === token)?.[0] ?? 0
  const sent = body.toString('utf8').replaceAll(teamOf(workspace), TEAM)
  const answer = await ask(state, workspace, path, request, Buffer.from(sent))
  const text = (await answer.text()).replaceAll(TEAM, teamOf(workspace))
  record(state, workspace, path, sent, text)
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The way back a request brings along: the emulator has none. */
function hooked(state: State, workspace: number, body: Buffer, response: ServerResponse): void {
  const message = JSON.parse(body.toString('utf8')) as unknown
  state.calls.push({ workspace, method: 'response_url', given: {}, answer: { ok: true, message } })
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
}

/** A code is known to the workspace that gave it, and to no other. */
async function exchange(
  state: State,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  let said = '{"ok":false,"error":"invalid_code"}'
  for (const workspace of state.upstreams.keys()) {
    const answer = await ask(state, workspace, '/api/oauth.v2.access', request, body)
    const text = await answer.text()
    const given = JSON.parse(text) as { ok: boolean; access_token?: string }
    if (!given.ok) continue
    state.tokens.set(workspace, given.access_token ?? '')
    said = text.replaceAll(TEAM, teamOf(workspace))
    break
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(said)
}

async function ask(
  { upstreams }: State,
  workspace: number,
  path: string,
  { method = 'GET', headers }: IncomingMessage,
  body: Buffer,
): Promise<Response> {
  const kept = ['authorization', 'content-type'].flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  return await fetch(`${upstreams[workspace]}${path}`, {
    method,
    headers: Object.fromEntries(kept),
    redirect: 'manual',
    ...(method === 'GET' ? {} : { body }),
  })
}

function record(state: State, workspace: number, path: string, sent: string, text: string): void {
  const method = path.replace(/^\/api\//, '').replace(/\?.*$/, '')
  const given = Object.fromEntries(new URLSearchParams(sent))
  state.calls.push({ workspace, method, given, answer: JSON.parse(text) as Answer })
}

/** Everything a call says, wherever it stands in it. */
export function wordsOf({ given, answer }: Front['calls'][number]): string {
  const words: string[] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(walk)
    if (typeof value !== 'object' || value === null) return
    for (const [name, inner] of Object.entries(value)) {
      if (name === 'text' && typeof inner === 'string') words.push(inner)
      else walk(inner)
    }
  }
  walk(answer['message'] ?? answer['view'] ?? JSON.parse(given['blocks'] ?? '[]'))
  return words.join('')
}
