import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { Problem } from '../core/problem.js'

/** The environment, and below it what a .env file in the current folder says. */
export async function readEnvironment(
  given: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, string | undefined>> {
  const file = path.resolve('.env')
  try {
    return { ...parseEnv(await readFile(file, 'utf8')), ...given }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { ...given }
    throw new Problem({
      kind: 'input',
      what: `${file} cannot be read.`,
      notDone: 'Nothing was started.',
      cause: error,
    })
  }
}
