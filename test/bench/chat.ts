/**
 * `node dist/test/bench/chat.js --server product|bolt|botbuilder [--size 15000]`: 1,000 commands, 50 at once, typed into the doors of a
 * server in a process of its own: signed ones in Slack, with the channel's token in Teams. Timed from sending a command to
 * its acknowledgement, and to its answer in the emulated platform. Every answer is compared with the one the same command
 * had before anything else was under way; the two bare echoes show what the platforms' libraries take by themselves.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Outside, openOutside } from '../support/both-platforms.js'
import { machineStoryClock } from '../support/story/clock.js'
import type { EchoConfig } from './chat-echo.js'
import { observePortfolio } from './chat-portfolio.js'
import { PLACES_OF_A_SEAT, type Seat, type Timing, seatsAt } from './chat-load.js'

const COMMANDS = 1000
const AT_ONCE = 50
/** Each seat's first commands are not counted: code is compiled and connections are opened. */
const WARM_UP_EACH = 4
const SERVERS = ['product', 'bolt', 'botbuilder'] as const
type ServerName = (typeof SERVERS)[number]

/** What people ask all day. Customer 7 has 7 + 4 seats of each of its products at $22.00. */
const ASKED = [
  { command: 'who', says: 'To bill in USD' },
  { command: 'customer Customer 7', says: '11 × $22.00 = $242.00' },
  { command: 'who Customer 1', says: 'Customer 1' },
  { command: 'changes', says: 'Changes' },
  { command: 'approvals', says: 'Nothing waits' },
  { command: 'help', says: 'propose' },
]

async function startServer(
  name: ServerName,
  outside: Outside,
  folder: string,
): Promise<[ChildProcess, string]> {
  const { settings } = outside
  const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))
  const args =
    name === 'product'
      ? [here('../../bot/main.js'), 'serve']
      : [here('./chat-echo.js'), name, JSON.stringify(echoConfig(outside))]
  const env = {
    PATH: process.env['PATH'],
    ...settings,
    LOG_LEVEL: 'error',
    DATA_DIR: join(folder, 'data'),
    BILLING_OPENS_ON: monthOf(outside),
  }
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        const found = /^Listening on (\S+)$/.exec(line)?.[1]
        if (found !== undefined) resolve(found)
      })
    }
    child.once('exit', () => reject(new Error(`${name} ended: ${lines.join('\n')}`)))
  })
  return [child, url]
}

/** The first of this month. */
function monthOf({ clock }: Outside): string {
  return `${clock.now().toISOString().slice(0, 7)}-01`
}

function echoConfig({ slack, teams, settings }: Outside): EchoConfig {
  const { botToken, apiUrl } = slack
  const { appId, appPassword, tenantId, openIdMetadataUrl, loginUrl } = teams
  return {
    slack: { botToken, apiUrl, signingSecret: settings['SLACK_SIGNING_SECRET'] ?? '' },
    teams: { appId, appPassword, tenantId, openIdMetadataUrl, loginUrl },
  }
}

/** The age of the data moves on while everything else stays. */
function timeless(words: string): string {
  return words.replace(/Data from [^(]*/g, 'Data from some time ago ')
}

/** Each command once, alone, on each platform: what every later answer is compared with. */
async function expectedAnswers(
  name: ServerName,
  seats: readonly Seat[],
): Promise<ReadonlyMap<string, string>> {
  const expected = new Map<string, string>()
  for (const platform of ['slack', 'teams'] as const) {
    const seat = seats.find((one) => one.platform === platform)
    if (seat === undefined) continue
    for (const { command, says } of ASKED) {
      const words = timeless((await seat.ask(command)).words)
      const wanted = name === 'product' ? says : `echo`
      if (!words.includes(wanted)) throw new Error(`“${command}” was answered in ${platform}: ${words}`)
      expected.set(`${platform} ${command}`, words)
    }
  }
  return expected
}

interface Counted extends Timing {
  readonly command: string
  readonly platform: Seat['platform']
}

async function load(seats: readonly Seat[], each: number, expected: ReadonlyMap<string, string>) {
  const counted: Counted[] = []
  await Promise.all(
    seats.map(async (seat, index) => {
      for (let turn = 0; turn < each; turn += 1) {
        const { command } = ASKED[(index + turn) % ASKED.length] ?? { command: 'who' }
        const timing = await seat.ask(command)
        const { platform } = seat
        if (timeless(timing.words) !== expected.get(`${platform} ${command}`)) {
          throw new Error(`“${command}” was answered differently in ${platform}: ${timing.words}`)
        }
        counted.push({ ...timing, platform, command })
      }
    }),
  )
  return counted
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0
}

/** "slackAcknowledgedP99Milliseconds" and the like. */
function measuresOf(counted: readonly Counted[]): Record<string, number> {
  const measures: Record<string, number> = {}
  for (const platform of ['slack', 'teams'] as const) {
    const own = counted.filter((one) => one.platform === platform)
    if (own.length === 0) continue
    for (const what of ['acknowledged', 'answered'] as const) {
      const values = own.map((one) => one[`${what}Milliseconds`])
      const word = `${platform}${what.slice(0, 1).toUpperCase()}${what.slice(1)}`
      for (const share of [50, 95, 99]) {
        measures[`${word}P${share}Milliseconds`] = percentile(values, share / 100)
      }
    }
  }
  const who = counted.filter(({ command }) => command === 'who').map((one) => one.answeredMilliseconds)
  measures['whoAnsweredP95Milliseconds'] = percentile(who, 0.95)
  return measures
}

async function main(name: ServerName, size: number): Promise<void> {
  const slackSeats = name === 'botbuilder' ? 0 : name === 'bolt' ? AT_ONCE : AT_ONCE / 2
  const channels = Array.from({ length: slackSeats }, (_, seat) =>
    Array.from({ length: PLACES_OF_A_SEAT }, (_each, place) => `C${seat + 1}P${place + 1}`),
  )
  const outside = await openOutside({
    people: new Map([['Dana', 'approver']]),
    slackChannels: [...channels.flat(), 'C0'],
    clock: machineStoryClock(),
  })
  const folder = mkdtempSync(join(tmpdir(), 'bench-chat-'))
  if (name === 'product') {
    await observePortfolio({
      mspId: outside.settings['MSP_ID'] ?? '',
      dataDirectory: join(folder, 'data'),
      timeZone: outside.clock.timeZone,
      opensOn: monthOf(outside),
      size,
    })
  }
  const [child, url] = await startServer(name, outside, folder)
  try {
    const seats = seatsAt(outside, url, channels, AT_ONCE - slackSeats)
    const expected = await expectedAnswers(name, seats)
    await load(seats, WARM_UP_EACH, expected)
    const started = performance.now()
    const counted = await load(seats, COMMANDS / AT_ONCE, expected)
    const seconds = (performance.now() - started) / 1000
    const facts = { subscriptions: size, commands: counted.length, atOnce: AT_ONCE, compared: counted.length }
    const measures = { ...measuresOf(counted), commandsPerSecond: counted.length / seconds }
    process.stdout.write(`${JSON.stringify({ measures, facts })}\n`)
  } finally {
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
    await outside.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const { values } = parseArgs({
  options: { server: { type: 'string', default: 'product' }, size: { type: 'string', default: '600' } },
})
const chosen = SERVERS.find((name) => name === values.server)
if (chosen === undefined) throw new Error(`--server takes ${SERVERS.join(', ')}, not ${values.server}.`)
await main(chosen, Number(values.size))
