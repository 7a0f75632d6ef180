import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const EMULATE = fileURLToPath(
  new URL('../../../../test/clients/node_modules/emulate/dist/index.js', import.meta.url),
)
/** Of whoever looks at a workspace from outside, as Dana, and what that takes. */
export const LOOKER_TOKEN = 'xoxp-looks-from-outside'
const LOOKER_SCOPES = [
  'users:read',
  'channels:read',
  'channels:history',
  'groups:history',
  'files:read',
  'im:write',
  'im:read',
  'channels:write',
  'channels:manage',
]
const STARTS_IN_MILLISECONDS = 30_000

export interface WorkspaceOptions {
  readonly port: number
  readonly name: string
  readonly people: readonly string[]
  readonly app: { readonly clientId: string; readonly clientSecret: string; readonly redirect: string }
  readonly scopes: readonly string[]
  /** Where its files are uploaded to, as the bot reaches it. */
  readonly baseUrl: string
  readonly folder: string
}

/** One workspace of somebody else's Slack, in a process of its own. */
export interface Workspace {
  readonly url: string
  /** Id by name. */
  readonly people: ReadonlyMap<string, string>
  readonly channel: string
  call(method: string, given?: Readonly<Record<string, string>>, token?: string): Promise<Answer>
  close(): Promise<void>
}

export type Answer = Readonly<Record<string, unknown>> & { readonly ok: boolean }

export async function startWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { port, name, people, app, scopes, baseUrl, folder } = options
  const seed = join(folder, `${name}.json`)
  const { clientId, clientSecret, redirect } = app
  const oauth = { client_id: clientId, client_secret: clientSecret, name: 'Cloud Billing Studio' }
  writeFileSync(
    seed,
    JSON.stringify({
      slack: {
        team: { name, domain: name },
        users: people.map((person) => ({ name: person, real_name: person })),
        channels: [{ name: 'billing' }],
        oauth_apps: [{ ...oauth, redirect_uris: [redirect], scopes }],
        tokens: [{ token: LOOKER_TOKEN, type: 'user', user: people[0], scopes: LOOKER_SCOPES }],
        // What is asked with a token that has not the scope for it is refused, as in Slack.
        strict_scopes: true,
      },
    }),
  )
  const args = ['start', '-p', String(port), '-s', 'slack', '--seed', seed, '--base-url', baseUrl]
  const child = spawn(process.execPath, [EMULATE, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  const call = (method: string, given: Readonly<Record<string, string>> = {}, token = LOOKER_TOKEN) =>
    callMethod(url, method, given, token)
  const close = () => end(child)
  try {
    await answering(child, call)
    return { url, call, close, ...(await contentOf(call)) }
  } catch (error) {
    await close()
    throw error
  }
}

/** Who and what is there. */
async function contentOf(call: Workspace['call']): Promise<Pick<Workspace, 'people' | 'channel'>> {
  const { members } = (await call('users.list')) as unknown as { members: { id: string; name: string }[] }
  const { channels } = (await call('conversations.list')) as unknown as {
    channels: { id: string; name: string }[]
  }
  return {
    people: new Map(members.map((member) => [member.name, member.id])),
    channel: channels.find((channel) => channel.name === 'billing')?.id ?? '',
  }
}

async function callMethod(
  url: string,
  method: string,
  given: Readonly<Record<string, string>>,
  token: string,
): Promise<Answer> {
  const answer = await fetch(`${url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams(given),
  })
  return (await answer.json()) as Answer
}

async function answering(child: ChildProcess, call: Workspace['call']): Promise<void> {
  for (const until = Date.now() + STARTS_IN_MILLISECONDS; Date.now() < until; await wait(100)) {
    if (child.exitCode !== null) throw new Error(`the emulated Slack ended with ${child.exitCode}`)
    const answer = await call('auth.test').catch(() => undefined)
    if (answer?.ok === true) return
  }
  throw new Error('the emulated Slack did not start')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const gone = new Promise((over) => child.once('exit', over))
  child.kill('SIGTERM')
  await gone
}
