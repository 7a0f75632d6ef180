/**
 * What comes to the doors of chat without being meant well: `node dist/test/faults/hostile.js [--share 1] [--only S-7,T-5|none]
 * [--seed 7] [--twins all|none|NAME]`. Each row is a kind of trouble against the real product, served over HTTP between
 * emulated platforms; one line says what was sent, how often, and what held. Twins of the product with one guard taken
 * away are played the same way and have to be caught.
 */
import { rmSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { randomSource } from '../support/random-source.js'
import { Faults, type Played, type Scenario, type Trouble } from './hostile/scenario.js'
import { SCENARIOS } from './hostile/scenarios.js'
import { type Stage, copyTemplate, createTemplate, openStage } from './hostile/stage.js'
import { catchTwins, chosenTwins } from './hostile/twins.js'

/** A row that takes longer than this hangs. */
const ROW_MILLISECONDS = 3_600_000
/** Faults of one row that are printed: enough to see what it is. */
const FAULTS_SHOWN = 12
const FAULT_CHARACTERS = 600

interface Options {
  readonly share: number
  readonly seed: number
  readonly only: string
  readonly twins: string
  /** A row ends early when it has reported this: a twin is caught then. */
  readonly until: string | undefined
  /** An empty database that is there already. */
  readonly template: string | undefined
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      share: { type: 'string', default: '1' },
      seed: { type: 'string', default: '7' },
      only: { type: 'string', default: '' },
      twins: { type: 'string', default: 'none' },
      until: { type: 'string' },
      template: { type: 'string' },
    },
  })
  const [share, seed] = [Number(values.share), Number(values.seed)]
  if (!(share > 0 && share <= 1) || !Number.isInteger(seed)) {
    throw new Error('Usage: npm run test:hostile [-- --share 0.02 --only S-7 --seed 7 --twins all|none|NAME]')
  }
  const { only, twins, until, template } = values
  return { share, seed, only, twins, until, template }
}

function isAsked({ only }: Options, { row }: { readonly row: string }): boolean {
  return only === '' || only.split(',').includes(row)
}

/** Each row draws for itself: alone it is played as it is among the others. */
function drawsOf(row: string, seed: number): () => number {
  return randomSource([...row].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), seed))
}

async function play(scenario: Scenario, { share, seed, until }: Options, template: string): Promise<Played> {
  const stages: Stage[] = []
  const folders: string[] = []
  const draw = drawsOf(scenario.row, seed)
  Faults.until = until === undefined ? undefined : new RegExp(until)
  const trouble: Trouble = {
    draw,
    count: (full, least) => Math.max(Math.ceil(full * share), Math.min(full, least)),
    open: async (options) => {
      const stage = await openStage(template, options)
      stages.push(stage)
      return stage
    },
    place: () => {
      const folder = copyTemplate(template)
      folders.push(folder)
      return { settings: { DATA_DIR: `${folder}/data` } }
    },
  }
  try {
    const late = wait(ROW_MILLISECONDS, undefined, { ref: false }).then((): Played => {
      return { words: 'did not end', faults: ['it hangs'] }
    })
    return await Promise.race([scenario.play(trouble), late])
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { words: 'broke', faults: [`it broke: ${reason}`] }
  } finally {
    // The last one first: it may live in the folder of another.
    for (const stage of stages.toReversed()) await stage.close()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
}

/** One line for each row, and what did not hold below it. */
function tell({ row, title }: Scenario, { words, faults }: Played, { share, seed }: Options, began: number) {
  const seconds = Math.round((performance.now() - began) / 1000)
  const verdict = faults.length === 0 ? 'held' : 'FAILED'
  process.stdout.write(`${row} ${title}: ${words}; ${verdict} (${seconds} s, seed ${seed})\n`)
  for (const fault of faults.slice(0, FAULTS_SHOWN)) {
    process.stdout.write(`  ${fault.slice(0, FAULT_CHARACTERS)}\n`)
  }
  if (faults.length > FAULTS_SHOWN) process.stdout.write(`  and ${faults.length - FAULTS_SHOWN} more\n`)
  if (faults.length > 0) {
    process.stdout.write(
      `  again: npm run -s test:hostile -- --only ${row} --share ${share} --seed ${seed}\n`,
    )
  }
}

async function main(options: Options): Promise<number> {
  const rows = SCENARIOS.filter((scenario) => isAsked(options, scenario))
  const twins = chosenTwins(options.twins).filter((twin) => options.only === 'none' || isAsked(options, twin))
  if (rows.length === 0 && options.only !== 'none')
    throw new Error(`--only knows ${SCENARIOS.map(({ row }) => row).join(', ')}`)
  const template = options.template ?? (await createTemplate())
  let [passed, failed, missed] = [0, 0, 0]
  try {
    for (const scenario of rows) {
      const began = performance.now()
      const played = await play(scenario, options, template)
      tell(scenario, played, options, began)
      if (played.faults.length === 0) passed += 1
      else failed += 1
    }
    missed = await catchTwins(twins, options.seed, template)
  } finally {
    if (options.template === undefined) rmSync(template, { recursive: true, force: true })
  }
  process.stdout.write(`${passed + twins.length - missed} passed, ${failed + missed} failed\n`)
  return failed + missed === 0 ? 0 : 1
}

process.exitCode = await main(readOptions())
