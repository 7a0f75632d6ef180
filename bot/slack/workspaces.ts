import { workspaceRemoved } from '../../core/audit/workspaces.js'
import type { SlackWorkspace, SlackWorkspaces } from '../../core/chat-ports.js'
import type { Log } from '../../core/ports.js'
import { Problem } from '../../core/problem.js'
import type { Pacing } from '../lanes.js'
import { type SlackClient, createSlackClient, isTokenRefused } from './client.js'
import type { BotIdentity, MessageAddress } from './schema.js'
import type { Installed, Removal } from './schema-install.js'
import { newestOnly } from '../newest-only.js'

export interface WorkspacesOptions {
  /** The token of the configuration; undefined: only installed workspaces are served. */
  readonly botToken: string | undefined
  readonly apiUrl: string
  /** Where the app is installed; undefined: only the workspace of the token is served. */
  readonly store: SlackWorkspaces | undefined
  readonly now: () => Date
  readonly log: Log
  readonly pacing: Pacing
}

/** A workspace as somebody is answered in it. */
export interface Served {
  readonly client: SlackClient
  /** "T:T01" is a workspace, "E:E01" an organisation; undefined: that of the configured token. */
  readonly key: string | undefined
}

/** Which token speaks where. */
export interface Workspaces {
  /** The workspace a request comes from; undefined: the app is not installed there. */
  of(installed: Installed): Promise<Served | undefined>
  /** The workspace a card stands in. Its calls reject with Problem `notFound` when the app is not installed there. */
  at(key: string | undefined): SlackClient
  /** Reads a workspace anew before its next use: it was installed again. */
  forget(key: string): void
  /** Takes the token of a workspace away that Slack says is gone, unless the app was installed again since. */
  removed(installed: Installed, removal: Removal): Promise<void>
  /** From now on nothing waits for its turn, in any workspace. */
  end(): void
}

interface Opened {
  readonly workspace: SlackWorkspace
  readonly client: SlackClient
}

interface State extends WorkspacesOptions {
  readonly own: SlackClient | undefined
  /** Whose token the configured one is; undefined: not asked yet. */
  ownKey: string | undefined
  readonly opened: Map<string, Promise<Opened | undefined>>
  readonly served: Map<string, Served>
  /** Every client that was made, so that it can be ended. */
  readonly made: Set<SlackClient>
}

/** The tokens of all workspaces, opened when they are needed and read again when Slack does not take them any more. */
export function createWorkspaces(options: WorkspacesOptions): Workspaces {
  const { botToken } = options
  const made = new Set<SlackClient>()
  const own =
    botToken === undefined ? undefined : ordered(makeClient(options, made, botToken), options.pacing)
  const state: State = { ...options, own, ownKey: undefined, opened: new Map(), served: new Map(), made }
  return {
    of: (installed) => servedIn(state, installed),
    at: (key) => {
      if (key !== undefined) return servedAs(state, key).client
      if (own === undefined) throw notInstalled('the workspace of SLACK_BOT_TOKEN')
      return own
    },
    forget: (key) => void state.opened.delete(key),
    removed: async (installed, removal) => {
      const named = keyOf(installed)
      for (const key of keysOf(installed)) {
        if (key === named || (await isRefusedAt(state, key))) await remove(state, key, removal)
      }
    },
    end: () => {
      for (const client of made) client.end()
    },
  }
}

function makeClient(
  { apiUrl, log, pacing }: WorkspacesOptions,
  made: Set<SlackClient>,
  botToken: string,
): SlackClient {
  const client = createSlackClient({ botToken, apiUrl, log, pacing })
  made.add(client)
  return client
}

function ordered(client: SlackClient, { now }: Pacing): SlackClient {
  return { ...client, update: newestOnly(client.update, now) }
}

/** Tokens belong to an organisation that installed the app for all its workspaces, or to one workspace. */
function keyOf({ team, enterprise, forAll }: Installed): string | undefined {
  if (forAll && enterprise !== undefined) return `E:${enterprise}`
  return team === undefined ? undefined : `T:${team}`
}

/** Both that a removal may be about: Slack names the organisation also when only one of its workspaces took the app out. */
function keysOf({ team, enterprise }: Installed): readonly string[] {
  return [
    ...(team === undefined ? [] : [`T:${team}`]),
    ...(enterprise === undefined ? [] : [`E:${enterprise}`]),
  ]
}

function keyOfToken({ team, enterprise }: BotIdentity): string {
  return enterprise === undefined ? `T:${team}` : `E:${enterprise}`
}

async function servedIn(state: State, installed: Installed): Promise<Served | undefined> {
  const { own, store } = state
  if (store === undefined) return own === undefined ? undefined : { client: own, key: undefined }
  const key = keyOf(installed)
  if (key === undefined) return undefined
  if (own !== undefined && state.ownKey === key) return { client: own, key: undefined }
  if ((await open(state, key)) !== undefined) return servedAs(state, key)
  if (own === undefined) return undefined
  state.ownKey ??= keyOfToken(await own.whoAmI())
  return state.ownKey === key ? { client: own, key: undefined } : undefined
}

/** The same for all who ask, so that updates of one message keep their order. */
function servedAs(state: State, key: string): Served {
  const known = state.served.get(key)
  if (known !== undefined) return known
  const served = { client: ordered(following(state, key), state.pacing), key }
  state.served.set(key, served)
  return served
}

function open(state: State, key: string): Promise<Opened | undefined> {
  const known = state.opened.get(key)
  if (known !== undefined) return known
  const opening = read(state, key)
  state.opened.set(key, opening)
  // Only what is installed is kept: somebody may install it at any time, in another process.
  const drop = () => void (state.opened.get(key) === opening && state.opened.delete(key))
  opening.then((found) => found ?? drop(), drop)
  return opening
}

async function read(state: State, key: string): Promise<Opened | undefined> {
  const workspace = await state.store?.installed(key)
  if (workspace === undefined) return undefined
  return { workspace, client: makeClient(state, state.made, workspace.token) }
}

/** A client that follows what is stored: a token Slack refuses is read again, and what was asked is asked with the new one. */
function following(state: State, key: string): SlackClient {
  const call = async <T>(use: (client: SlackClient) => Promise<T>): Promise<T> => {
    const opening = open(state, key)
    const first = await opening
    if (first === undefined) throw notInstalled(key)
    try {
      return await use(first.client)
    } catch (error) {
      if (!isTokenRefused(error)) throw error
      if (state.opened.get(key) === opening) state.opened.delete(key)
      const second = await open(state, key)
      if (second === undefined) throw notInstalled(key)
      if (second.workspace.token === first.workspace.token) throw error
      return await use(second.client)
    }
  }
  const inIt = (address: MessageAddress): MessageAddress => ({ ...address, workspace: key })
  return {
    whoAmI: () => call((client) => client.whoAmI()),
    post: async (place, message) => inIt(await call((client) => client.post(place, message))),
    update: (address, message) => call((client) => client.update(address, message)),
    whisper: (place, user, message) => call((client) => client.whisper(place, user, message)),
    openDirect: (user) => call((client) => client.openDirect(user)),
    openView: (triggerId, view) => call((client) => client.openView(triggerId, view)),
    updateView: (id, view) => call((client) => client.updateView(id, view)),
    publishHome: (user, view) => call((client) => client.publishHome(user, view)),
    upload: (place, file, comment) => call((client) => client.upload(place, file, comment)),
    respond: (url, message, options) => call((client) => client.respond(url, message, options)),
    end: () => undefined,
  }
}

function notInstalled(key: string): Problem {
  return new Problem({
    kind: 'notFound',
    what: `The app is not installed in Slack any more (${key}).`,
    notDone: 'Nothing was said there.',
    next: 'Install it again at /slack/install.',
  })
}

const REASONS: Readonly<Record<Removal['why'], string>> = {
  app_uninstalled: 'it was taken out there',
  tokens_revoked: 'its token was revoked there',
}

async function remove(state: State, key: string, { why, at }: Removal): Promise<void> {
  const { store, now, log } = state
  state.opened.delete(key)
  const found = await open(state, key)
  if (store === undefined || found === undefined) {
    return log.warn({ workspace: key, why }, 'the app is gone from a workspace that is not kept')
  }
  const { workspace } = found
  // Slack repeats its news for an hour, and the app may have been installed again since. Clocks differ: Slack says whether.
  const isOld = at !== undefined && at < workspace.installedAt
  if (isOld && (await isTaken(found.client))) {
    return log.warn(
      { workspace: key, why },
      'the app is gone from a workspace, and was installed again since',
    )
  }
  const removed = await store.remove(
    key,
    workspace.installedAt,
    workspaceRemoved(now(), workspace, REASONS[why]),
  )
  state.opened.delete(key)
  if (removed) log.info({ workspace: key, why }, 'the app is gone from a workspace')
}

/** Slack itself says that it does not take the token any more; when it says nothing, the installation stays. */
async function isRefusedAt(state: State, key: string): Promise<boolean> {
  state.opened.delete(key)
  const found = await open(state, key)
  if (found === undefined) return false
  try {
    await found.client.whoAmI()
    return false
  } catch (error) {
    return isTokenRefused(error)
  }
}

/** When Slack does not say, its news counts: installing again is easier than a token too many. */
async function isTaken(client: SlackClient): Promise<boolean> {
  try {
    await client.whoAmI()
    return true
  } catch {
    return false
  }
}

/** "T:T01" as it is logged when nothing is installed there. */
export function nameOf(installed: Installed): string {
  return keyOf(installed) ?? 'nowhere'
}
