/**
 * Kills a program that observes the marketplace, at moments drawn across the whole operation, and looks at what is left:
 * `node dist/test/faults/kill.js [--kills 100] [--seed 7]`. Nothing acknowledged may be lost, nothing may be half there,
 * and the database must open. Its twin, which acknowledges before the database does, has to be caught.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openStorage } from '../../adapters/storage/open.js'
import { createLog } from '../../adapters/system/log.js'
import { startIngramEmulator } from '../emulators/ingram/server.js'
import { randomSource } from '../support/random-source.js'
import type { ChildConfig } from './observe-child.js'

type Emulator = Awaited<ReturnType<typeof startIngramEmulator>>
type Phase = 'opening' | 'reading' | 'writing' | 'answered'

interface Written {
  readonly states: number
  readonly orders: number
  readonly customers: number
}

/** What the killed programs said, over all rounds on one database. */
interface Said {
  acknowledged: number
  readonly writes: Map<number, Written>
}

const CHILD = fileURLToPath(new URL('./observe-child.js', import.meta.url))
const START = Date.parse('2026-03-20T13:00:00Z')
/** Share of kills aimed between a write's announcement and its acknowledgement. */
const AIMED_AT_WRITE = 0.8

/** Runs a child until it is killed; resolves with the phase it died in. */
async function killOnce(
  config: ChildConfig,
  said: Said,
  random: () => number,
  writeMs: number[],
): Promise<Phase> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(config)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  const aimAtWrite = random() < AIMED_AT_WRITE
  const round = 1 + Math.floor(random() * 3)
  const usual = writeMs.length === 0 ? 60 : writeMs.reduce((sum, one) => sum + one, 0) / writeMs.length
  let phase: Phase = 'opening'
  let writes = 0
  let writingSince = 0
  if (!aimAtWrite) void sleep(random() * 2500).then(() => stop(child))
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, ...numbers] = line.split(' ')
    const [sequence = 0, states = 0, orders = 0, customers = 0] = numbers.map(Number)
    if (word === 'read') phase = 'reading'
    if (word === 'write') {
      phase = 'writing'
      writes += 1
      writingSince = performance.now()
      said.writes.set(sequence, { states, orders, customers })
      if (aimAtWrite && writes === round) void sleep(random() * usual * 0.5).then(() => stop(child))
    }
    if (word === 'done') {
      phase = 'answered'
      writeMs.push(performance.now() - writingSince)
      said.acknowledged = Math.max(said.acknowledged, sequence)
    }
  }
  await gone
  return phase
}

/** End only what was started here, at once and without a chance to tidy up. */
function stop(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
}

/** What is wrong with a database after a kill; empty when nothing is. */
async function inspect(dataDirectory: string, said: Said): Promise<string[]> {
  const log = createLog({ level: 'silent', secrets: [] })
  const storage = await openStorage({ dataDirectory, mspId: 'kill', shortLived: true, log })
  try {
    const ledger = await storage.ledger.ledger()
    const latest = ledger.latest?.sequence ?? 0
    const faults: string[] = []
    if (latest < said.acknowledged)
      faults.push(`lost: ${said.acknowledged} was acknowledged, ${latest} is the latest`)
    for (const [sequence, written] of said.writes) {
      const states = ledger.states.filter((state) => state.sequence === sequence).length
      const there = sequence <= latest
      if (there && states !== written.states)
        faults.push(`half: ${sequence} has ${states} of ${written.states} states`)
      if (!there && states > 0) faults.push(`half: ${sequence} is not there, but ${states} of its states are`)
    }
    const orders = ledger.orders.filter(({ firstSequence }) => firstSequence > latest).length
    if (orders > 0) faults.push(`half: ${orders} orders of an observation that is not there`)
    const members = new Set(ledger.memberships.map(({ recordKey }) => recordKey))
    const strangers = ledger.states.filter(
      ({ subscription: { key, status } }) => !members.has(key) && status !== 'pending',
    ).length
    if (strangers > 4) faults.push(`half: ${strangers} states without their lineage`)
    return faults
  } finally {
    await storage.close()
  }
}

/** Changes some seats, so that the next observation has something to write. */
function stir(emulator: Emulator, random: () => number): void {
  const lines = emulator
    .eventLog()
    .flatMap((event) =>
      event.type === 'subscriptionCreated' && event.status === 'active'
        ? event.lines.map(({ mpn }) => ({ subscriptionId: event.subscriptionId, mpn }))
        : [],
    )
  for (let count = 0; count < 25; count += 1) {
    const line = lines[Math.floor(random() * lines.length)]
    if (line === undefined) continue
    try {
      emulator.world.addSeats({ ...line, delta: 1 })
    } catch {
      // an ended subscription takes no seats: another one will
    }
  }
}

interface Campaign {
  readonly kills: number
  readonly seed: number
  readonly acknowledgeFirst: boolean
  /** Stop at the first fault: enough to know that a twin is caught. */
  readonly untilFault: boolean
}

async function campaign({ kills, seed, acknowledgeFirst, untilFault }: Campaign) {
  const random = randomSource(seed)
  const clockOffset = START - Date.now()
  const emulator = await startIngramEmulator({ seed: 7, now: () => new Date(Date.now() + clockOffset) })
  const phases: Record<Phase, number> = { opening: 0, reading: 0, writing: 0, answered: 0 }
  const faults: string[] = []
  const writeMs: number[] = []
  let folder = ''
  let said: Said = { acknowledged: 0, writes: new Map() }
  const enough = (kill: number) => kill >= kills && (untilFault || phases.writing >= kills / 2)
  for (let kill = 0; !enough(kill) && kill < 4 * kills && !(untilFault && faults.length > 0); kill += 1) {
    if (kill % 20 === 0) {
      if (folder !== '') await rm(folder, { recursive: true, force: true })
      folder = await mkdtemp(path.join(tmpdir(), 'cloud-billing-kill-'))
      said = { acknowledged: 0, writes: new Map() }
    }
    const dataDirectory = path.join(folder, 'data')
    const { url, credentials } = emulator
    const config = { dataDirectory, url, credentials, clockOffset, rounds: 4, acknowledgeFirst }
    stir(emulator, random)
    phases[await killOnce(config, said, random, writeMs)] += 1
    faults.push(...(await inspect(dataDirectory, said)))
    if ((kill + 1) % 10 === 0) process.stderr.write(`${kill + 1} of ${kills} kills\n`)
  }
  await emulator.close()
  await rm(folder, { recursive: true, force: true })
  return { phases, faults }
}

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '100' }, seed: { type: 'string', default: '7' } },
})
const kills = Number(values.kills)
const seed = Number(values.seed)
const { phases, faults } = await campaign({ kills, seed, acknowledgeFirst: false, untilFault: false })
const drawn = Object.entries(phases).map(([phase, count]) => `${count} ${phase}`)
const total = Object.values(phases).reduce((sum, count) => sum + count, 0)
process.stdout.write(`observe: ${total} kills (${drawn.join(', ')}), ${faults.length} faults, seed ${seed}\n`)
for (const fault of faults) process.stdout.write(`  ${fault}\n`)
const twin = await campaign({ kills: 40, seed, acknowledgeFirst: true, untilFault: true })
const caught = twin.faults.some((fault) => fault.startsWith('lost'))
process.stdout.write(`twin that acknowledges before the commit: ${caught ? 'caught' : 'NOT caught'}\n`)
const enough = phases.writing >= kills / 2
if (!enough)
  process.stdout.write(`only ${phases.writing} kills fell between the first write and its answer\n`)
process.exitCode = faults.length === 0 && caught && enough ? 0 : 1
