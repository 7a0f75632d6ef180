import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { csvFiles } from '../adapters/files/csv/run-csv.js'
import { createIngramMarketplace } from '../adapters/ingram/client.js'
import { openStorage } from '../adapters/storage/open.js'
import { systemIds } from '../adapters/system/ids.js'
import { createLog } from '../adapters/system/log.js'
import { type Studio, createStudio } from '../core/app/studio.js'
import type { Clock } from '../core/ports.js'
import { Problem } from '../core/problem.js'
import { type Desk, type Reply, createDesk } from './commands/desk.js'
import { type Config, parseConfig } from './config.js'
import { calculate } from './console/calculator/calculate.js'
import { type ConsoleStreams, progressWriter, promptLoop } from './console/prompt.js'
import { renderConsole } from './console/render.js'
import { withSavedFile } from './console/save.js'

/** What tests and the demo put in place of the real thing. */
export interface Replacements {
  readonly clock?: Clock
}

/** A running product: one database, one marketplace, ready to be asked. */
export interface Running {
  readonly studio: Studio
  readonly desk: Desk
  /** Carries out one command for the console's user; progress of long reads goes to stderr. */
  ask(text: string): Promise<Reply>
  /** Answers commands from a terminal until its input ends. */
  prompt(streams: ConsoleStreams): Promise<void>
  close(): Promise<void>
}

/** Opens the database, applies migrations and wires everything. Problem when the configuration cannot work. */
export async function start(config: Config, { clock }: Replacements = {}): Promise<Running> {
  const log = createLog({ level: config.logLevel, secrets: secretsOf(config) })
  const storage = await openStorage({
    mspId: config.mspId,
    log,
    ...(config.databaseUrl === undefined ? {} : { databaseUrl: config.databaseUrl }),
    ...(config.dataDirectory === undefined ? {} : { dataDirectory: config.dataDirectory }),
  })
  const ports = {
    marketplace: createIngramMarketplace({ ...config.marketplace, log }),
    ledger: storage.ledger,
    billing: storage.billing,
    clock: clock ?? storage.clock,
    ids: systemIds(),
    log,
  }
  const studio = createStudio(ports, config.settings)
  const { people, timeZone } = config.settings
  const desk = createDesk({ studio, people, timeZone, clock: ports.clock, files: csvFiles() })
  const ask = async (text: string) => {
    const reply = await desk.ask(config.consoleIdentity, text, progressWriter(process.stderr))
    return withSavedFile(reply, config.exportDirectory)
  }
  return {
    studio,
    desk,
    ask,
    prompt: (streams) => promptLoop(streams, async (text) => renderConsole((await ask(text)).card)),
    close: () => storage.close(),
  }
}

function secretsOf({ marketplace, databaseUrl }: Config): string[] {
  const { auth, subscriptionKey } = marketplace
  const secrets = [
    subscriptionKey,
    auth.password,
    ...(auth.kind === 'keycloak-password' ? [auth.clientSecret] : []),
  ]
  return databaseUrl === undefined ? secrets : [...secrets, databaseUrl]
}

/** The environment, and below it what a .env file in the current folder says. */
async function readEnvironment(): Promise<Record<string, string | undefined>> {
  const file = path.resolve('.env')
  try {
    return { ...parseEnv(await readFile(file, 'utf8')), ...process.env }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { ...process.env }
    throw new Problem({
      kind: 'input',
      what: `${file} cannot be read.`,
      notDone: 'Nothing was started.',
      cause: error,
    })
  }
}

/** Exit code of an outcome: 2 when what was typed cannot be used, 1 for other refusals. */
export function exitCodeOf(problem: Problem | undefined): 0 | 1 | 2 {
  if (problem === undefined) return 0
  return problem.kind === 'input' ? 2 : 1
}

/** `ask "who march"`: one command against the configured database; the answer alone on stdout. */
async function askOnce(words: readonly string[]): Promise<number> {
  const running = await start(parseConfig(await readEnvironment()))
  try {
    return report(await running.ask(words.join(' ')))
  } finally {
    await running.close()
  }
}

/** Writes an outcome where it belongs: answers on stdout, refusals on stderr. Returns the exit code. */
export function report({ card, problem }: Reply): 0 | 1 | 2 {
  const stream = problem === undefined ? process.stdout : process.stderr
  stream.write(renderConsole(card))
  return exitCodeOf(problem)
}

/** `calculate FILE|-`: the arithmetic alone, JSON in and out. */
async function calculateFile([file, ...more]: readonly string[]): Promise<number> {
  if (file === undefined || more.length > 0) {
    throw new Problem({
      kind: 'input',
      what: 'calculate takes one file of JSON, or - for standard input.',
      next: 'Type `npm run -s calculate -- FILE`.',
    })
  }
  const { exitCode, output } = calculate(await readInput(file))
  process.stdout.write(output.endsWith('\n') ? output : `${output}\n`)
  return exitCode
}

async function readInput(file: string): Promise<string> {
  try {
    if (file !== '-') return await readFile(file, 'utf8')
    let text = ''
    process.stdin.setEncoding('utf8')
    for await (const chunk of process.stdin) text += chunk
    return text
  } catch (error) {
    throw new Problem({
      kind: 'input',
      what: `${file} cannot be read.`,
      next: 'Check the name of the file.',
      cause: error,
    })
  }
}

const PROGRAMS: Readonly<Record<string, (words: readonly string[]) => Promise<number>>> = {
  ask: askOnce,
  calculate: calculateFile,
}

/** Runs the program named first, and turns an expected failure into a sentence and an exit code. */
export async function main([name = '', ...words]: readonly string[]): Promise<number> {
  try {
    const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined
    if (program !== undefined) return await program(words)
    throw new Problem({ kind: 'input', what: `Name one of: ${Object.keys(PROGRAMS).join(', ')}.` })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    process.stderr.write(`${error.message}\n`)
    return exitCodeOf(error)
  }
}

if (import.meta.filename === process.argv[1]) process.exitCode = await main(process.argv.slice(2))
