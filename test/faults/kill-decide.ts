/**
 * Kills a program that decides bill runs, at moments drawn across the whole operation, and looks at what is left:
 * `node dist/test/faults/kill-decide.js [--kills 100] [--seed 7]`. No acknowledged decision may be lost, none may be
 * doubled or half there, and the trail must verify. Its twin, which acknowledges before the database does, has to be
 * caught.
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
import { fingerprintOf } from '../../core/billrun/run.js'
import type { ApprovalRecord, BilledLine, BillingStore } from '../../core/ports.js'
import { randomSource } from '../support/random-source.js'
import type { DecideChildConfig } from './decide-child.js'

const PHASES = ['opening', 'proposing', 'deciding', 'answered'] as const
type Phase = (typeof PHASES)[number]

const CHILD = fileURLToPath(new URL('./decide-child.js', import.meta.url))
const LINES = 400
/** Share of kills aimed between a decision's announcement and its acknowledgement. */
const AIMED_AT_DECISION = 0.65
/** Of the others: those that come before the database is open. */
const KILLED_WHILE_OPENING = 0.3

/** Acknowledged verdicts by request, over all rounds on one database. */
type Said = Map<string, string>

/** Runs a child until it is killed; resolves with the phase it died in. */
async function killOnce(
  config: DecideChildConfig,
  said: Said,
  random: () => number,
  decideMs: number[],
): Promise<Phase> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(config)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  const aimed = random() < AIMED_AT_DECISION
  const round = 1 + Math.floor(random() * (config.rounds - 1))
  const usual = decideMs.length === 0 ? 40 : decideMs.reduce((sum, one) => sum + one, 0) / decideMs.length
  let phase: Phase = 'opening'
  let decisions = 0
  let since = 0
  const whileOpening = !aimed && random() < KILLED_WHILE_OPENING
  if (whileOpening) void sleep(random() * 2500).then(() => stop(child))
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, id = '', verdict = ''] = line.split(' ')
    // Anywhere in the rounds: proposing, between, deciding, closing.
    if (word === 'open' && !aimed && !whileOpening) void sleep(random() * usual * 10).then(() => stop(child))
    if (word === 'propose') phase = 'proposing'
    if (word === 'write') {
      phase = 'deciding'
      decisions += 1
      since = performance.now()
      if (aimed && decisions === round) void sleep(random() * usual * 1.1).then(() => stop(child))
    }
    if (word === 'done') {
      phase = 'answered'
      decideMs.push(performance.now() - since)
      said.set(id, verdict)
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
    const { fault } = await storage.verifyAudit()
    const faults = fault === undefined ? [] : [`trail: ${fault.what}`]
    return [...faults, ...(await faultsOf(storage.billing, said))]
  } finally {
    await storage.close()
  }
}

async function faultsOf(billing: BillingStore, said: Said): Promise<string[]> {
  const { version, billed } = await billing.books()
  const trail = await billing.trail()
  const requests = trail.filter(({ action }) => action === 'bill.proposed')
  const decided = trail.filter(({ action }) => action === 'bill.approved' || action === 'bill.rejected')
  const faults: string[] = []
  if (version !== requests.length + decided.length) {
    faults.push(`half: version ${version} after ${requests.length} requests and ${decided.length} decisions`)
  }
  if (new Set(decided.map(({ subject }) => subject)).size < decided.length) faults.push('doubled: a decision')
  if (new Set(billed.map(({ key }) => key)).size < billed.length) faults.push('doubled: a billed charge')
  const lines = groupByRun(billed)
  for (const [index, { subject }] of requests.entries()) {
    const record = await billing.approval(subject)
    const noted = decided.find((entry) => entry.subject === subject)?.action
    if (record?.approval.id !== numbered('APR', index)) faults.push(`half: ${subject} is not there`)
    else faults.push(...requestFaults(record, said.get(subject), noted, lines.get(record.run.id) ?? []))
  }
  for (const id of said.keys()) {
    if (!requests.some(({ subject }) => subject === id))
      faults.push(`lost: ${id} was acknowledged and is not there`)
  }
  return faults
}

/** The request, its run, its decision, its billed lines and its entry say the same. */
function requestFaults(
  { approval, run }: ApprovalRecord,
  acknowledged: string | undefined,
  noted: string | undefined,
  billed: readonly BilledLine[],
): string[] {
  const verdict = approval.decision?.verdict
  const faults: string[] = []
  if (acknowledged !== undefined && acknowledged !== verdict) {
    faults.push(`lost: ${approval.id} was acknowledged as ${acknowledged} and is ${verdict ?? 'undecided'}`)
  }
  const action = verdict === undefined ? undefined : `bill.${verdict}`
  if (noted !== action)
    faults.push(`half: ${approval.id} is ${verdict ?? 'undecided'}, its trail says ${noted ?? 'nothing'}`)
  const wanted = verdict === 'approved' ? LINES : 0
  if (billed.length !== wanted) faults.push(`half: ${approval.id} billed ${billed.length} of ${wanted} lines`)
  const whole = run.lines.length === LINES && fingerprintOf(run.month, run.lines) === approval.fingerprint
  if (!whole) faults.push(`half: ${run.id} is not what was proposed`)
  return faults
}

function groupByRun(billed: readonly BilledLine[]): ReadonlyMap<string, readonly BilledLine[]> {
  const runs = new Map<string, BilledLine[]>()
  for (const line of billed) {
    const list = runs.get(line.runId)
    if (list === undefined) runs.set(line.runId, [line])
    else list.push(line)
  }
  return runs
}

function numbered(prefix: string, index: number): string {
  return `${prefix}-${String(index + 1).padStart(4, '0')}`
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
  const phases: Record<Phase, number> = { opening: 0, proposing: 0, deciding: 0, answered: 0 }
  const faults: string[] = []
  const decideMs: number[] = []
  let folder = ''
  let said: Said = new Map()
  for (let kill = 0; kill < kills && !(untilFault && faults.length > 0); kill += 1) {
    if (kill % 20 === 0) {
      if (folder !== '') await rm(folder, { recursive: true, force: true })
      folder = await mkdtemp(path.join(tmpdir(), 'cloud-billing-kill-decide-'))
      said = new Map()
    }
    const dataDirectory = path.join(folder, 'data')
    phases[
      await killOnce({ dataDirectory, lines: LINES, rounds: 4, acknowledgeFirst }, said, random, decideMs)
    ] += 1
    faults.push(...(await inspect(dataDirectory, said)))
    if ((kill + 1) % 10 === 0) process.stderr.write(`${kill + 1} of ${kills} kills\n`)
  }
  await rm(folder, { recursive: true, force: true })
  return { phases, faults }
}

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '100' }, seed: { type: 'string', default: '7' } },
})
const kills = Number(values.kills)
const seed = Number(values.seed)
// Two at once, each on databases of its own: a kill mostly waits for programs to start.
const first = Math.ceil(kills / 2)
const both = await Promise.all([
  campaign({ kills: first, seed, acknowledgeFirst: false, untilFault: false }),
  campaign({ kills: kills - first, seed: seed + 1, acknowledgeFirst: false, untilFault: false }),
])
const faults = both.flatMap((one) => one.faults)
const phases = Object.fromEntries(
  PHASES.map((phase) => [phase, both.reduce((sum, one) => sum + one.phases[phase], 0)]),
) as Record<Phase, number>
const drawn = PHASES.map((phase) => `${phases[phase]} ${phase}`)
process.stdout.write(`decide: ${kills} kills (${drawn.join(', ')}), ${faults.length} faults, seed ${seed}\n`)
for (const fault of faults) process.stdout.write(`  ${fault}\n`)
const twin = await campaign({ kills: 40, seed, acknowledgeFirst: true, untilFault: true })
const caught = twin.faults.some((fault) => fault.startsWith('lost'))
process.stdout.write(`twin that acknowledges before the commit: ${caught ? 'caught' : 'NOT caught'}\n`)
const enough = phases.deciding >= kills / 3
if (!enough) process.stdout.write(`only ${phases.deciding} kills fell between a decision and its answer\n`)
process.exitCode = faults.length === 0 && caught && enough ? 0 : 1
