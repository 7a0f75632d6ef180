import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { checkTraffic, operationName, type Verdict } from './check.js'
import { type Operation, readDocument } from './document.js'
import { SLACK_MANIFEST_SCHEMA, checkManifests } from './manifests.js'
import { plantWrongFields } from './plant.js'
import { TRAFFIC_VARIABLE } from './recorded.js'
import { SERVICES, type Service } from './services.js'
import { type Exchange, readTraffic } from './traffic.js'

const USAGE = 'npm run test:contract -- --specs DIR [--traffic DIR]\n'

/** Faults listed before the rest is only counted. */
const LISTED_FAULTS = 20

/**
 * Checks the app manifests and recorded traffic of every vendor against their documents, those in `--specs` above all.
 * Without `--traffic` the suites that speak to the emulated vendors are run first and recorded. Exit code: 0 in order,
 * 1 a fault, 2 called wrongly.
 */
export function checkContract(args: readonly string[], write: (text: string) => void): number {
  const { specs, traffic } = readArguments(args)
  if (specs === undefined) {
    write(`Say where the vendors' documents are. ${USAGE}`)
    return 2
  }
  const services: readonly (readonly [string, Service])[] = Object.entries(SERVICES)
  const documents = [...services.map(([, { document }]) => document), SLACK_MANIFEST_SCHEMA]
  const missing = documents.filter((document) => !existsSync(path.join(specs, document)))
  for (const document of missing) {
    write(
      `${path.join(specs, document)} does not exist, so nothing was checked. Give the folder that holds ${document}.\n`,
    )
  }
  if (missing.length > 0) return 1
  const read = services.map(([name, { document, required }]) => ({
    name,
    operations: readDocument(path.join(specs, document)),
    required,
  }))
  if (checkManifests(specs, write) > 0) {
    write('contract: broken (app manifests), so no traffic was looked at\n')
    return 1
  }
  if (traffic !== undefined) return judge(read, traffic, write)
  const directory = mkdtempSync(path.join(tmpdir(), 'traffic-'))
  if (!recordSuites(directory, write)) {
    write('The suites failed, so their traffic was not checked.\n')
    return 1
  }
  const code = judge(read, directory, write)
  if (code === 0) rmSync(directory, { recursive: true })
  else write(`The recordings are kept in ${directory}\n`)
  return code
}

export function readArguments(args: readonly string[]): {
  readonly specs?: string
  readonly traffic?: string
} {
  try {
    return parseArgs({ args: [...args], options: { specs: { type: 'string' }, traffic: { type: 'string' } } })
      .values
  } catch {
    return {}
  }
}

/** One vendor's API with its document read. */
interface ReadService {
  readonly name: string
  readonly operations: readonly Operation[]
  readonly required: readonly string[]
}

/** Checks one folder of recordings, each against the document of its service, and says what it proved. */
function judge(services: readonly ReadService[], directory: string, write: (text: string) => void): number {
  const exchanges = readTraffic(directory)
  let broken = 0
  for (const service of services) {
    const own = exchanges.filter(({ notes }) => notes.service === service.name)
    if (!judgeService(service, own, write)) broken += 1
  }
  write(broken === 0 ? 'contract: kept\n' : `contract: broken (${broken} of ${services.length} services)\n`)
  return broken === 0 ? 0 : 1
}

function judgeService(
  { name, operations, required }: ReadService,
  exchanges: readonly Exchange[],
  write: (text: string) => void,
): boolean {
  write(`\n${name}\n`)
  const verdict = checkTraffic(operations, exchanges)
  const plantings = plantWrongFields(operations, exchanges)
  writeVerdict(operations, verdict, write)
  const missing = required.filter((wanted) => (verdict.answers.get(wanted) ?? 0) === 0)
  const blind = plantings.filter(({ caught }) => !caught)
  const unplanted = required.filter((wanted) => !plantings.some(({ operation }) => operation === wanted))
  write(`planted wrong fields: ${plantings.length - blind.length} of ${plantings.length} caught\n`)
  for (const { operation, wrong } of blind) write(`  not caught: ${operation}, ${wrong}\n`)
  if (exchanges.length === 0) write(`no traffic of ${name} was recorded\n`)
  for (const wanted of missing) write(`never answered in this run: ${wanted}\n`)
  for (const wanted of unplanted) write(`no answer to plant a wrong field in: ${wanted}\n`)
  for (const fault of verdict.faults.slice(0, LISTED_FAULTS)) write(`fault: ${fault}\n`)
  if (verdict.faults.length > LISTED_FAULTS) write(`… and ${verdict.faults.length - LISTED_FAULTS} more\n`)
  const kept = verdict.faults.length + blind.length + missing.length + unplanted.length === 0
  write(`${name}: ${kept ? 'kept' : `broken (${verdict.faults.length} faults)`}\n`)
  return kept
}

function writeVerdict(
  operations: readonly Operation[],
  verdict: Verdict,
  write: (text: string) => void,
): void {
  write(`${'operation'.padEnd(56)}${'requests'.padStart(10)}${'answers checked'.padStart(17)}\n`)
  for (const operation of operations) {
    const name = operationName(operation)
    const requests = verdict.requests.get(name) ?? 0
    if (requests === 0) continue
    write(
      `${name.padEnd(56)}${String(requests).padStart(10)}${String(verdict.answers.get(name) ?? 0).padStart(17)}\n`,
    )
  }
  write(`exchanges recorded at the socket: ${verdict.exchanges}\n`)
  for (const [why, times] of verdict.unchecked) write(`  nothing to check: ${times} × ${why}\n`)
  for (const [name, times] of verdict.deviations) write(`  accepted deviation: ${times} × ${name}\n`)
}

/** Runs, with recording on, every suite that speaks to an emulated vendor. */
function recordSuites(directory: string, write: (text: string) => void): boolean {
  const root = projectRoot()
  const suites = suitesOf(path.join(root, 'test')).map((file) => path.relative(root, file))
  write(`recording ${suites.length} suites that speak to an emulated vendor\n`)
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--config', path.join('.config', 'vitest.config.ts'), ...suites],
    { cwd: root, env: { ...process.env, [TRAFFIC_VARIABLE]: directory }, stdio: ['ignore', 2, 2] },
  )
  return status === 0
}

/** Suites whose emulator is recorded: those that start it through a helper beside this file, or start the demo. */
function suitesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.startsWith('house'))
    .map((file) => path.join(directory, file))
    .filter((file) => /\/(emulator|recorded-[a-z]+)\.js'|\bdemo\.js/.test(readFileSync(file, 'utf8')))
    .sort()
}

/** The folder with package.json: compiled files lie one level deeper than their sources. */
function projectRoot(): string {
  let directory = import.meta.dirname
  while (!existsSync(path.join(directory, 'package.json'))) directory = path.dirname(directory)
  return directory
}
