import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { SECRETS_KEY_FILE_LENGTH } from '../core/limits.js'
import { Problem } from '../core/problem.js'
import { UNREADABLE_KEY, isKeyFile } from './config-slack.js'

/** The environment, and below it what a .env file in the current folder says. */
export async function readEnvironment(
  given: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, string | undefined>> {
  return withKey({ ...(await readFileOfSettings()), ...given })
}

async function readFileOfSettings(): Promise<NodeJS.Dict<string>> {
  const file = path.resolve('.env')
  try {
    return parseEnv(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw new Problem({
      kind: 'input',
      what: `${file} cannot be read.`,
      notDone: 'Nothing was started.',
      cause: error,
    })
  }
}

type Environment = Record<string, string | undefined>

/**
 * A key may stand in a file of its own, as secret stores hand it out: then the settings name its path. Neither that nor why
 * it cannot be read is passed on: what was meant as a key must not stand in a message.
 */
async function withKey(settings: Environment): Promise<Environment> {
  const named = settings['SECRETS_KEY']?.trim() ?? ''
  if (!isKeyFile(named)) return settings
  const key = await keyIn(named).catch(() => undefined)
  return { ...settings, SECRETS_KEY: key ?? UNREADABLE_KEY }
}

/** undefined: nothing that could be a key. */
async function keyIn(file: string): Promise<string | undefined> {
  const { size } = await stat(file)
  if (size > SECRETS_KEY_FILE_LENGTH) return undefined
  const key = (await readFile(file, 'utf8')).trim()
  return key === '' ? undefined : key
}
