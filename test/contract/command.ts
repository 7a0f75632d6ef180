import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { checkTraffic, operationName, type Verdict } from './check.js'
import { type Operation, readDocument } from './document.js'
import { TRAFFIC_VARIABLE } from './emulator.js'
import { plantWrongFields } from './plant.js'
import { readTraffic } from './traffic.js'

const DOCUMENT = 'ingram-simpleapi-1.15.openapi.yaml'
const USAGE = 'npm run test:contract -- --specs DIR [--traffic DIR]\n'

/** The operations the product reads with: a run in which one never happened proves nothing about it. */
const REQUIRED = [
  'POST /token',
  'GET /customers',
  'GET /subscriptions',
  'GET /subscriptions/{id}',
  'GET /orders',
  'GET /orders/{id}',
]

/** Faults listed before the rest is only counted. */
const LISTED_FAULTS = 20

/**
 * Checks recorded traffic against the vendor's document in `--specs`. Without `--traffic` the suites that speak to the
 * emulated marketplace are run first and recorded. Exit code: 0 in order, 1 a fault, 2 called wrongly.
 */
export function checkContract(args: readonly string[], write: (text: string) => void): number {
  const { specs, traffic } = readArguments(args)
  if (specs === undefined) {
    write(`Say where the vendor's documents are. ${USAGE}`)
    return 2
  }
  const file = path.join(specs, DOCUMENT)
  if (!existsSync(file)) {
    write(`${file} does not exist, so nothing was checked. Give the folder that holds ${DOCUMENT}.\n`)
    return 1
  }
  const operations = readDocument(file)
  if (traffic !== undefined) return judge(operations, traffic, write)
  const directory = mkdtempSync(path.join(tmpdir(), 'traffic-'))
  if (!recordSuites(directory, write)) {
    write('The suites failed, so their traffic was not checked.\n')
    return 1
  }
  const code = judge(operations, directory, write)
  if (code === 0) rmSync(directory, { recursive: true })
  else write(`The recordings are kept in ${directory}\n`)
  return code
}

function readArguments(args: readonly string[]): { readonly specs?: string; readonly traffic?: string } {
  try {
    return parseArgs({ args: [...args], options: { specs: { type: 'string' }, traffic: { type: 'string' } } })
      .values
  } catch {
    return {}
  }
}

/** Checks one folder of recordings and says what it proved. */
export function judge(
  operations: readonly Operation[],
  directory: string,
  write: (text: string) => void,
): number {
  const exchanges = readTraffic(directory)
  const verdict = checkTraffic(operations, exchanges)
  const plantings = plantWrongFields(operations, exchanges)
  writeVerdict(operations, verdict, write)
  const missing = REQUIRED.filter((name) => (verdict.answers.get(name) ?? 0) === 0)
  const blind = plantings.filter(({ caught }) => !caught)
  const unplanted = REQUIRED.filter((name) => !plantings.some(({ operation }) => operation === name))
  write(`planted wrong fields: ${plantings.length - blind.length} of ${plantings.length} caught\n`)
  for (const { operation, wrong } of blind) write(`  not caught: ${operation}, ${wrong}\n`)
  for (const name of missing) write(`never answered in this run: ${name}\n`)
  for (const name of unplanted) write(`no answer to plant a wrong field in: ${name}\n`)
  for (const fault of verdict.faults.slice(0, LISTED_FAULTS)) write(`fault: ${fault}\n`)
  if (verdict.faults.length > LISTED_FAULTS) write(`… and ${verdict.faults.length - LISTED_FAULTS} more\n`)
  const kept = verdict.faults.length + blind.length + missing.length + unplanted.length === 0
  write(kept ? 'contract: kept\n' : `contract: broken (${verdict.faults.length} faults)\n`)
  return kept ? 0 : 1
}

function writeVerdict(
  operations: readonly Operation[],
  verdict: Verdict,
  write: (text: string) => void,
): void {
  write(`${'operation'.padEnd(40)}${'requests'.padStart(10)}${'answers checked'.padStart(17)}\n`)
  for (const operation of operations) {
    const name = operationName(operation)
    const requests = verdict.requests.get(name) ?? 0
    if (requests === 0) continue
    write(
      `${name.padEnd(40)}${String(requests).padStart(10)}${String(verdict.answers.get(name) ?? 0).padStart(17)}\n`,
    )
  }
  write(`exchanges recorded at the socket: ${verdict.exchanges}\n`)
  for (const [why, times] of verdict.unchecked) write(`  nothing to check: ${times} × ${why}\n`)
  for (const [name, times] of verdict.deviations) write(`  accepted deviation: ${times} × ${name}\n`)
}

/** Runs, with recording on, every suite that speaks to the emulated marketplace. */
function recordSuites(directory: string, write: (text: string) => void): boolean {
  const root = projectRoot()
  const suites = suitesOf(path.join(root, 'test')).map((file) => path.relative(root, file))
  write(`recording ${suites.length} suites that speak to the emulated marketplace\n`)
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--config', path.join('.config', 'vitest.config.ts'), ...suites],
    { cwd: root, env: { ...process.env, [TRAFFIC_VARIABLE]: directory }, stdio: ['ignore', 2, 2] },
  )
  return status === 0
}

/** Suites whose emulator is recorded: those that start it through the helper beside this file, or start the demo. */
function suitesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.startsWith('house'))
    .map((file) => path.join(directory, file))
    .filter((file) => /\/emulator\.js'|\bdemo\.js/.test(readFileSync(file, 'utf8')))
    .sort()
}

/** The folder with package.json: compiled files lie one level deeper than their sources. */
function projectRoot(): string {
  let directory = import.meta.dirname
  while (!existsSync(path.join(directory, 'package.json'))) directory = path.dirname(directory)
  return directory
}
