import type { Readable, Writable } from 'node:stream'
import { csvFiles } from '../adapters/files/csv/run-csv.js'
import { createIngramMarketplace } from '../adapters/ingram/client.js'
import { type Storage, openStorage } from '../adapters/storage/open.js'
import { systemIds } from '../adapters/system/ids.js'
import { machineTime } from '../adapters/system/machine-time.js'
import { machinePacing } from '../adapters/system/pacing.js'
import { createLog } from '../adapters/system/log.js'
import { createSealing, deriveKey } from '../adapters/system/sealing.js'
import type { Psas } from '../core/app/read-psa.js'
import { type Studio, createStudio } from '../core/app/studio.js'
import type { Clock, Log } from '../core/ports.js'
import type { Psa } from '../core/psa-ports.js'
import { Problem } from '../core/problem.js'
import { type Desk, createDesk } from './commands/desk.js'
import { carryOn } from './commands/desk-billing.js'
import { type Reply } from './commands/reply.js'
import type { Ticking } from './jobs/jobs.js'
import type { Pacing } from './lanes.js'
import { type Config, parseConfig } from './config.js'
import { connectionsOf } from './connections.js'
import { readEnvironment } from './environment.js'
import type { HttpServer } from './http.js'
import { serveSurfaces } from './serve.js'

/** How this program is run, and what tests and the demo put in place of the real thing. */
export interface Replacements {
  /** One answer and it ends: the embedded database is opened the quick way. Default: false. */
  readonly shortLived?: boolean
  /** Somebody reads stderr: what a log would warn of is said in words there. Default: false. */
  readonly atTerminal?: boolean
  readonly clock?: Clock
  /** Instead of the PSAs of the configuration. */
  readonly psas?: Psas
  /** What calls the jobs: the machine's minutes, unless replaced. */
  readonly ticking?: Ticking
  /** What keeps the pace of the chat platforms: the machine's time, unless replaced. */
  readonly pacing?: Pacing
  /** The time by which signed requests are fresh: this machine's, unless replaced. */
  readonly now?: () => Date
}

/** A running product: one database, one marketplace, ready to be asked. */
export interface Running {
  readonly studio: Studio
  readonly desk: Desk
  /** Carries out one command for the console's user; progress of long reads goes to stderr. */
  ask(text: string): Promise<Reply>
  /** Answers commands from a terminal until its input ends. */
  prompt(streams: { readonly input: Readable; readonly output: Writable }): Promise<void>
  /** Opens the one server with the surfaces that are configured. Problem `input` when none is. */
  serve(): Promise<HttpServer>
  close(): Promise<void>
}

/** Opens the database, applies migrations and wires everything. Problem when the configuration cannot work. */
export async function start(config: Config, replacements: Replacements = {}): Promise<Running> {
  const log = logOf(config, replacements.atTerminal)
  // First what can refuse the configuration, then what has to be closed again.
  const marketplace = createIngramMarketplace({ ...config.marketplace, log })
  const storage = await openDatabase(config, log, replacements.shortLived)
  const ports = {
    marketplace,
    ledger: storage.ledger,
    billing: storage.billing,
    sync: storage.sync,
    people: storage.people,
    psas: replacements.psas ?? (await connectPsas(config, log)),
    clock: replacements.clock ?? storage.clock,
    ids: systemIds(),
    log,
  }
  const studio = createStudio(ports, config.settings)
  await begin(studio, storage)
  const { timeZone } = config.settings
  const files = csvFiles()
  const { deliveries } = storage
  const connections = connectionsOf(config, ports.psas)
  const desk = createDesk({ studio, timeZone, clock: ports.clock, files, deliveries, connections })
  const ask = async (text: string) => {
    const { progressWriter } = await import('./console/prompt.js')
    const { withSavedFile } = await import('./console/save.js')
    if (config.consoleIdentity === '') throw nobodyAtTheTerminal()
    const progress = progressWriter(process.stderr)
    try {
      // What was approved and not done yet goes on first: nothing else carries it on while no server runs.
      await carryOn(studio)
      const reply = await desk.ask(config.consoleIdentity, text, (step) => progress.show(step))
      return await withSavedFile(await finished(desk, reply), config.exportDirectory)
    } finally {
      progress.end()
    }
  }
  return {
    studio,
    desk,
    ask,
    prompt: async (streams) => {
      const { promptLoop } = await import('./console/prompt.js')
      const { renderConsole } = await import('./console/render.js')
      await promptLoop(streams, async (text) => renderConsole((await ask(text)).card))
    },
    serve: () =>
      serveSurfaces(config, {
        storage,
        studio,
        desk,
        files,
        log,
        clock: ports.clock,
        now: replacements.now ?? machineTime,
        ticking: replacements.ticking,
        pacing: replacements.pacing ?? machinePacing,
        timeZone,
        sealed: sealedParts(config, storage),
      }),
    close: () => storage.close(),
  }
}

/** At a terminal the answer is given when its work is done: there is no card that could follow. */
async function finished(desk: Desk, reply: Reply): Promise<Reply> {
  if (reply.after === undefined || reply.approval === undefined) return reply
  const { id } = reply.approval.approval
  const moved = (await reply.after()).find(({ approval }) => approval.id === id)
  return moved === undefined ? reply : { ...reply, approval: moved, card: await desk.cardOf(moved) }
}

function nobodyAtTheTerminal(): Problem {
  return new Problem({
    kind: 'input',
    what: 'PEOPLE has nobody for a terminal.',
    notDone: 'Nothing was done.',
    next: 'Add an identity such as `+console:dana` to a person in PEOPLE.',
  })
}

/** What has to be stored before anything is asked; a database that does not take it is closed again. */
async function begin(studio: Studio, storage: Storage): Promise<void> {
  try {
    await studio.begin()
  } catch (error) {
    await storage.close()
    throw error
  }
}

/** One key, and from it one for each use. */
function sealedParts({ secretsKey }: Config, storage: Storage) {
  if (secretsKey === undefined) return undefined
  const slackWorkspaces = storage.slackWorkspaces(createSealing(secretsKey))
  return { slackWorkspaces, slackStateKey: deriveKey(secretsKey, 'slack install') }
}

/** A PSA's code is loaded only where one is configured. */
async function connectPsas({ connectwise, autotask }: Config, log: Log): Promise<Psas> {
  const psas: Psa[] = []
  if (connectwise !== undefined) {
    const { createConnectWise } = await import('../adapters/connectwise/client.js')
    psas.push(createConnectWise({ ...connectwise, log }))
  }
  if (autotask !== undefined) {
    const { createAutotask } = await import('../adapters/autotask/client.js')
    psas.push(createAutotask({ ...autotask, log }))
  }
  return new Map(psas.map((psa) => [psa.name, psa]))
}

function openDatabase(config: Config, log: Log, shortLived = false): Promise<Storage> {
  const { mspId, databaseUrl, dataDirectory } = config
  return openStorage({ mspId, log, databaseUrl, dataDirectory, shortLived })
}

/** Tokens of workspaces come while the program runs: they are known by how they look. */
const SLACK_TOKEN = /\b(?:xox[a-z]|xapp)-[A-Za-z0-9-]{4,}/g

/** A log in which nothing secret of this configuration can appear. */
function logOf(config: Config, atTerminal = false): Log {
  const { logLevel, marketplace, databaseUrl, slack, secretsKey, teams, connectwise, autotask } = config
  const { auth, subscriptionKey } = marketplace
  const secrets = [
    subscriptionKey,
    auth.password,
    auth.kind === 'keycloak-password' ? auth.clientSecret : undefined,
    databaseUrl,
    slack?.botToken,
    slack?.signingSecret,
    slack?.appToken,
    slack?.install?.clientSecret,
    secretsKey?.toString('hex'),
    secretsKey?.toString('base64'),
    teams?.appPassword === '' ? undefined : teams?.appPassword,
    teams?.filesKey,
    connectwise?.privateKey,
    connectwise?.clientId,
    autotask?.secret,
    autotask?.integrationCode,
  ]
  const level = logLevel ?? (atTerminal ? 'error' : 'warn')
  return createLog({
    level,
    secrets: secrets.filter((secret) => secret !== undefined),
    shapes: [SLACK_TOKEN],
  })
}

/** Exit code of an outcome: 2 when what was typed cannot be used, 1 for other refusals. */
export function exitCodeOf(problem: Problem | undefined): 0 | 1 | 2 {
  if (problem === undefined) return 0
  return problem.kind === 'input' ? 2 : 1
}

/** `ask "who march"`: one command against the configured database; the answer alone on stdout. */
async function askOnce(words: readonly string[]): Promise<number> {
  // Somebody at a terminal gets help; commands that were piped in must not be lost without a word.
  if (words.length === 0 && !process.stdin.isTTY) {
    throw new Problem({
      kind: 'input',
      what: 'ask takes one command as its words; standard input is not read.',
      notDone: 'Nothing was done.',
      next: 'Type `npm run -s ask -- "who march"`, once for each command.',
    })
  }
  const atTerminal = process.stderr.isTTY
  const running = await start(parseConfig(await readEnvironment(process.env)), {
    shortLived: true,
    atTerminal,
  })
  try {
    return await report(await running.ask(words.join(' ')))
  } finally {
    await running.close()
  }
}

/** Writes an outcome where it belongs: answers on stdout, refusals on stderr. Returns the exit code. */
export async function report({ card, problem }: Reply): Promise<0 | 1 | 2> {
  const { renderConsole } = await import('./console/render.js')
  const stream = problem === undefined ? process.stdout : process.stderr
  stream.write(renderConsole(card))
  return exitCodeOf(problem)
}

/** `calculate FILE|-`: the arithmetic alone. */
async function calculateFile(words: readonly string[]): Promise<number> {
  const { calculateFrom } = await import('./console/calculator/file.js')
  return calculateFrom(words)
}

/** `serve`: the chat surfaces, until the program is asked to end; then what runs may finish, ten seconds at most. */
async function serveUntilStopped(): Promise<number> {
  const running = await start(parseConfig(await readEnvironment(process.env)))
  try {
    const server = await running.serve()
    process.stderr.write(`Listening on ${server.url}\n`)
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
    })
    await server.close()
    return 0
  } finally {
    await running.close()
  }
}

/** `audit:verify`: the whole trail against its own hashes. */
async function verifyTrail(): Promise<number> {
  const config = parseConfig(await readEnvironment(process.env))
  const storage = await openDatabase(config, logOf(config), true)
  try {
    const { entries, fault } = await storage.verifyAudit()
    const words = fault === undefined ? 'is whole' : `is broken: ${fault.what}`
    process.stdout.write(`The trail of ${entries} entries ${words}.\n`)
    return fault === undefined ? 0 : 1
  } finally {
    await storage.close()
  }
}

const PROGRAMS: Readonly<Record<string, (words: readonly string[]) => Promise<number>>> = {
  ask: askOnce,
  calculate: calculateFile,
  serve: serveUntilStopped,
  'audit:verify': verifyTrail,
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
