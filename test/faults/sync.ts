/**
 * What becomes of forty approved writes when everything fails: `node dist/test/faults/sync.js [--kills 300] [--seed 7]
 * [--psa connectwise|autotask] [--only WORD]`. Programs are killed at every write and every statement; answers are lost,
 * effects late, people in between. An auditor compares the PSA's own ledger, our database and what was approved. Twins of
 * the product, each without one guard, have to be caught.
 */
import { parseArgs } from 'node:util'
import pLimit from 'p-limit'
import type { PsaName } from '../../core/sync/types.js'
import { type AuditReport, NO_FAULTS, isClean, reportLine, sumOf } from '../support/auditor.js'
import { randomSource } from '../support/random-source.js'
import { openTwin } from '../support/twin.js'
import { killing } from './sync/kills.js'
import type { Played, Scenario } from './sync/scenario.js'
import type { Size } from './sync/office.js'
import { SCENARIOS } from './sync/scenarios.js'
import { type Templates, openTemplates } from './sync/stage.js'
import { TWINS, type Twin } from './sync/twins.js'

/** Programs at the same time: each is one that mostly starts. */
const AT_ONCE = 2
/** From so many kills on it is the full run: every kind of trouble in both PSAs, over all customers. */
const FULL_RUN_KILLS = 300
/** Faults of one kind that are printed: enough to see what it is. */
const FAULTS_SHOWN = 8

interface Options {
  readonly kills: number
  readonly seed: number
  readonly psas: readonly PsaName[]
  readonly only: string
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '300' },
      seed: { type: 'string', default: '7' },
      psa: { type: 'string' },
      only: { type: 'string', default: '' },
    },
  })
  const all: readonly PsaName[] = ['connectwise', 'autotask']
  const psas = all.filter((psa) => values.psa === undefined || psa === values.psa)
  if (psas.length === 0) throw new Error(`--psa is connectwise or autotask, not ${values.psa}`)
  return { kills: Number(values.kills), seed: Number(values.seed), psas, only: values.only }
}

/** One line for each kind of trouble; true: as it has to be. */
function tell(
  name: string,
  words: string,
  report: AuditReport,
  more: readonly string[],
  seed: number,
): boolean {
  process.stdout.write(`${name}: ${words}, ${reportLine(report)}, seed ${seed}\n`)
  const faults = [...more, ...report.faults]
  for (const fault of faults.slice(0, FAULTS_SHOWN)) process.stdout.write(`  ${fault}\n`)
  if (faults.length > FAULTS_SHOWN) process.stdout.write(`  and ${faults.length - FAULTS_SHOWN} more\n`)
  return isClean(report) && more.length === 0
}

async function play(
  templates: Templates,
  scenario: Scenario,
  psa: PsaName,
  seed: number,
  size: Size,
  root?: string,
): Promise<Played> {
  const isShared = scenario.needsServer === true
  const stage = await (isShared ? templates.openOnServer(psa) : templates.open(psa, size, root))
  try {
    const life = await stage.begin()
    try {
      if (scenario.undecided !== true) await life.order('decide')
      return await scenario.play(stage, life, randomSource(seed))
    } finally {
      await life.kill()
    }
  } finally {
    await stage.close()
  }
}

/** A twin that breaks by itself is not what the auditor has to catch. */
async function playOrBreak(templates: Templates, scenario: Scenario, seed: number, root: string) {
  try {
    return await play(templates, scenario, 'connectwise', seed, 'some', root)
  } catch (error) {
    return { words: '', report: NO_FAULTS, faults: [`it broke: ${String(error)}`] }
  }
}

async function playTwin(templates: Templates, { words, removals, scenario, reports }: Twin, seed: number) {
  const twin = openTwin(removals)
  try {
    const { report, faults } = await playOrBreak(templates, scenario, seed, twin.root)
    const found = [...report.faults, ...faults]
    const caught = found.some((fault) => reports.test(fault))
    process.stdout.write(`twin ${words}: ${caught ? 'caught' : 'NOT caught'} (${reportLine(report)})\n`)
    if (!caught) for (const fault of found.slice(0, FAULTS_SHOWN)) process.stdout.write(`  ${fault}\n`)
    return caught
  } finally {
    twin.remove()
  }
}

async function playKills(templates: Templates, { kills, seed, psas }: Options): Promise<boolean> {
  const half = Math.ceil(kills / 2)
  const [first = 'connectwise', second = first] = psas
  const results = await Promise.all([
    killing(templates, { psa: first, kills: half, seed }),
    killing(templates, { psa: second, kills: kills - half, seed: seed + 1 }),
  ])
  const places = new Map<string, number>()
  for (const [place, count] of results.flatMap((one) => Object.entries(one.places))) {
    places.set(place, (places.get(place) ?? 0) + count)
  }
  const died = [...places.values()].reduce((sum, count) => sum + count, 0)
  const ok = tell('faults', `${died} kills`, sumOf(results.map(({ report }) => report)), [], seed)
  process.stdout.write(`  killed: ${[...places].map(([place, count]) => `${count} ${place}`).join(', ')}\n`)
  return ok
}

async function run(options: Options, templates: Templates): Promise<boolean> {
  const { seed, psas, kills, only } = options
  const isAsked = (name: string) => name.includes(only)
  const outcomes: boolean[] = []
  if (isAsked('kills')) outcomes.push(await playKills(templates, options))
  const isFull = kills >= FULL_RUN_KILLS
  const limit = pLimit(AT_ONCE)
  const hasServer = process.env['TEST_DATABASE_URL'] !== undefined
  if (!hasServer) process.stdout.write('no TEST_DATABASE_URL: loops of one program race, not programs\n')
  const size = isFull ? 'all' : 'some'
  const scenarios = SCENARIOS.filter(
    ({ name, needsServer }) => isAsked(name) && (needsServer !== true || hasServer),
  ).flatMap((scenario, index) =>
    // In a short run each kind of trouble is had in one of the PSAs, in turn.
    (isFull || only !== '' ? psas : psas.slice(index % psas.length).slice(0, 1)).flatMap((psa) =>
      (isFull && scenario.isTwice === true ? [seed, seed + 1] : [seed]).map((draw) =>
        limit(async () => {
          const { words, report, faults } = await play(templates, scenario, psa, draw, size)
          return tell(`${scenario.name} (${psa})`, words, report, faults, draw)
        }),
      ),
    ),
  )
  const twins = TWINS.filter(({ name }) => isAsked(`twin ${name}`)).map((twin) =>
    limit(() => playTwin(templates, twin, seed)),
  )
  outcomes.push(...(await Promise.all([...scenarios, ...twins])))
  return outcomes.length > 0 && outcomes.every(Boolean)
}

const templates = await openTemplates()
try {
  process.exitCode = (await run(readOptions(), templates)) ? 0 : 1
} finally {
  await templates.close()
}
