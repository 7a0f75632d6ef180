import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseCommand } from '../bot/commands/parse.js'
import { type Config, parseConfig } from '../bot/config.js'
import { type Running, report, start } from '../bot/main.js'
import { parseLocalDate } from '../core/calendar/date.js'
import { localDateOf } from '../core/calendar/zone.js'
import { Problem } from '../core/problem.js'
import { startRecordedEmulator } from './contract/emulator.js'
import { connectWiseSettings, startDemoConnectWise } from './demo-psa.js'
import type { ConnectWiseEmulator } from './emulators/connectwise/server.js'

/** The demo's now, unless DEMO_NOW says another; it always bills from 1 March 2026. */
const DEFAULT_NOW = '2026-03-20T13:00:00Z'
const DEFAULT_SEED = '7'
const TIME_ZONE = 'America/New_York'

/** `DEMO_NOW` and `DEMO_SEED`, read once; a mistake is a sentence, not a strange answer. */
function demoSettings(environment: NodeJS.ProcessEnv): { now: Date; seed: number } {
  const nowText = environment['DEMO_NOW'] ?? DEFAULT_NOW
  const seedText = environment['DEMO_SEED'] ?? DEFAULT_SEED
  const now = new Date(nowText)
  // The machine's own reader takes 30 February for 2 March.
  const exists = parseLocalDate(nowText.slice(0, 10)) !== undefined
  if (!exists || Number.isNaN(now.getTime()) || !/T.*(Z|[+-]\d\d:\d\d)$/.test(nowText)) {
    throw new Problem({
      kind: 'input',
      what: `DEMO_NOW is “${nowText}”, which is not an instant that exists, with a time zone.`,
      notDone: 'The demo did not start.',
      next: 'Write it like 2026-03-20T09:00:00-04:00.',
    })
  }
  if (!/^\d{1,9}$/.test(seedText)) {
    throw new Problem({
      kind: 'input',
      what: `DEMO_SEED is “${seedText}”, which is not a whole number.`,
      notDone: 'The demo did not start.',
      next: 'Write it like 7.',
    })
  }
  return { now, seed: Number(seedText) }
}

/** Starts the product against an emulated marketplace and its own temporary database; both go when it closes. */
export async function startDemo(
  environment: NodeJS.ProcessEnv,
): Promise<
  Running & { emulator: Awaited<ReturnType<typeof startRecordedEmulator>>; connectWise: ConnectWiseEmulator }
> {
  const { now, seed } = demoSettings(environment)
  // A millisecond for each look at it: every answer is the same on a slow machine, and no two observations are at once.
  let looks = 0
  const clock = () => new Date(now.getTime() + looks)
  const lookedAt = async () => {
    looks += 1
    return clock()
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'cloud-billing-demo-'))
  const emulator = await startRecordedEmulator({ seed, now: clock })
  const connectWise = await startDemoConnectWise(emulator.world, clock)
  const config = demoConfig(emulator.url, emulator.credentials, folder, connectWiseSettings(connectWise))
  const running = await start(config, {
    clock: { now: lookedAt },
    // Small data and few questions: what is saved at the start is never missed later.
    shortLived: true,
    atTerminal: process.stderr.isTTY,
  })
  const close = async () => {
    await running.close()
    await emulator.close()
    await connectWise.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { ...running, emulator, connectWise, close }
}

/** @param folder of the database; files go to a folder that the real thing does not use. */
export function demoConfig(
  url: string,
  credentials: { username: string; password: string; subscriptionKey: string; marketplace: string },
  folder: string,
  more: Readonly<Record<string, string>> = {},
): Config {
  return parseConfig({
    ...more,
    INGRAM_URL: url,
    INGRAM_SUBSCRIPTION_KEY: credentials.subscriptionKey,
    INGRAM_USERNAME: credentials.username,
    INGRAM_PASSWORD: credentials.password,
    INGRAM_MARKETPLACE: credentials.marketplace,
    DATA_DIR: path.join(folder, 'data'),
    EXPORT_DIR: path.join('exports', 'demo'),
    BILLING_TIME_ZONE: TIME_ZONE,
    BILLING_OPENS_ON: '2026-03-01',
    MSP_ID: 'demo',
    PEOPLE: 'console:dana=admin:Dana',
  })
}

/** One command, or a prompt when none is given. */
async function demo(words: readonly string[]): Promise<number> {
  const { now } = demoSettings(process.env)
  if (words.length > 0) parseCommand(words.join(' '), localDateOf(now, TIME_ZONE))
  const running = await startDemo(process.env)
  try {
    const observed = await running.ask('observe')
    if (observed.problem !== undefined) return await report(observed)
    if (words.length > 0) return await report(await running.ask(words.join(' ')))
    process.stdout.write(
      'An emulated marketplace with 40 customers has been read. Type `help`, or `exit`.\n\n',
    )
    await running.prompt({ input: process.stdin, output: process.stdout })
    return 0
  } finally {
    await running.close()
  }
}

if (import.meta.filename === process.argv[1]) {
  try {
    process.exitCode = await demo(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  }
}
