import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { judge } from './judge.js'
import { readOurSide } from './ours.js'
import { readPublished, TruthFault } from './published.js'
import { table } from './table.js'

/** The folder of the project, from this file or from its built copy. */
function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

export interface TruthRun {
  readonly exitCode: 0 | 1
  readonly output: string
}

/** `--cases DIR`: the table of published and ours; exit 1 when anything is wrong with it. */
export function runTruth(
  options: readonly string[],
  fixtures = join(projectFolder(), 'test', 'fixtures', 'truth'),
): TruthRun {
  try {
    const folder = casesFolder(options)
    const published = readPublished(folder)
    const { rows, reproduced, faults } = judge(published, readOurSide(fixtures))
    const rest = published.length - reproduced.length
    const summary =
      `truth: ${published.length} published cases, ${reproduced.length} reproduced to the published digit, ` +
      `${rest} not, ${faults.length} faults`
    const output = [table(rows), ...faults, summary].join('\n')
    return { exitCode: faults.length === 0 ? 0 : 1, output: `${output}\n` }
  } catch (error) {
    if (!(error instanceof TruthFault)) throw error
    return { exitCode: 1, output: `truth: ${error.message}\n` }
  }
}

function casesFolder(options: readonly string[]): string {
  try {
    const { values } = parseArgs({ args: [...options], options: { cases: { type: 'string' } } })
    if (values.cases !== undefined) return values.cases
  } catch (error) {
    throw new TruthFault(error instanceof Error ? error.message : String(error))
  }
  throw new TruthFault('Name the folder of the published cases: --cases DIR.')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { exitCode, output } = runTruth(process.argv.slice(2))
  process.stdout.write(output)
  process.exitCode = exitCode
}
