import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { Problem } from '../../../core/problem.js'
import { slackManifest, teamsPackage } from './packages.js'

const CALLED = 'npm run manifest -- --url https://billing.example.com [--teams-app-id GUID] [--out DIR]'
const OUT = path.join('exports', 'manifest')

/** A name of the public internet: Slack and Microsoft call it from outside, and certificates are made for names. */
const HOST_NAME = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$/
const INSIDE_ONLY = /(^|\.)(localhost|local|internal)$/
const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/

export interface Streams {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/**
 * Writes the Slack manifest and, with an app id, the Teams app package. All is made before anything is written, and files
 * appear whole or not at all. Exit code: 0 written, 1 the folder cannot be written to, 2 called wrongly.
 */
export async function writeManifests(args: readonly string[], { out, err }: Streams): Promise<number> {
  try {
    const { url, folder, appId } = readArguments(args)
    const files = new Map<string, string | Uint8Array>([['slack-manifest.json', slackManifest(url)]])
    if (appId !== undefined) files.set('teams-app.zip', teamsPackage(url, appId))
    await writeAll(folder, files)
    for (const name of files.keys()) out(`Written: ${path.join(folder, name)}\n`)
    if (appId === undefined)
      out('No Teams package: it needs --teams-app-id, the id of the app registration.\n')
    out('manifest/README.md says where each goes.\n')
    return 0
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    err(`${error.message}\n`)
    return error.kind === 'input' ? 2 : 1
  }
}

function readArguments(args: readonly string[]) {
  const given = parsedArguments(args)
  const id = given['teams-app-id']
  return {
    url: publicAddress(given.url),
    folder: given.out ?? OUT,
    appId: id === undefined ? undefined : appRegistration(id),
  }
}

function parsedArguments(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({ args: [...args], options: { url: text, 'teams-app-id': text, out: text } }).values
  } catch (error) {
    throw refused(error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'That cannot be read.')
  }
}

/** Where people reach the bot. Problem `input` for an address that Slack or Microsoft could not call. */
export function publicAddress(text = ''): URL {
  if (text === '') throw refused('--url is missing: the address people reach the bot at.')
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) throw refused(`--url ${text} is no full address.`)
  if (url.protocol !== 'https:') {
    throw refused(`--url ${text} does not begin with https://, and Slack and Teams call nothing else.`)
  }
  if (url.href !== `${url.origin}/`) {
    throw refused(`--url ${text} has more than a host in it: the paths are the bot’s own.`)
  }
  if (!HOST_NAME.test(url.hostname) || INSIDE_ONLY.test(url.hostname)) {
    throw refused(`--url ${text} is no name that Slack and Microsoft can reach from outside.`)
  }
  return url
}

function appRegistration(text: string): string {
  const id = text.trim().toLowerCase()
  if (GUID.test(id)) return id
  const what =
    id === '' ? '--teams-app-id is blank.' : `--teams-app-id ${text} is no id of an app registration.`
  throw refused(what, 'Copy the Microsoft App ID from the Configuration page of the Azure bot.')
}

function refused(what: string, next = `Type \`${CALLED}\`.`): Problem {
  return new Problem({ kind: 'input', what, notDone: 'Nothing was written.', next })
}

async function writeAll(folder: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  const paths = [...files.keys()].map((name) => path.join(folder, name))
  const partOf = (file: string) => `${file}.${process.pid}.part`
  try {
    await mkdir(folder, { recursive: true })
    for (const [name, content] of files) await writeFile(partOf(path.join(folder, name)), content)
    for (const file of paths) await rename(partOf(file), file)
  } catch (cause) {
    for (const file of paths) await rm(partOf(file), { force: true }).catch(() => undefined)
    throw new Problem({
      kind: 'unavailable',
      what: `${folder} cannot be written to (${cause instanceof Error ? cause.message : String(cause)}).`,
      notDone: 'No file is there in part.',
      next: 'Choose another folder with --out.',
      cause,
    })
  }
}
