/**
 * Clicks of several people on one request, in Slack and in Teams at once: `node dist/test/faults/bursts.js
 * [--bursts 1000] [--seed 7] [--postgres] [--twins all|none|NAME]`. Every burst must end in one decision, every click in
 * one answer, both cards must say how it ended, and the trail must verify. Twins of the product with one guard taken away
 * are played the same way and have to be caught. With --postgres it needs TEST_DATABASE_URL, and two copies of the product
 * share the database: one listens to Slack, the other to Teams.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pLimit from 'p-limit'
import { openStorage } from '../../adapters/storage/open.js'
import { createLog } from '../../adapters/system/log.js'
import { openOutside, serveProduct } from '../support/both-platforms.js'
import { createStoryClock } from '../support/story/clock.js'
import { settled } from '../support/story/settle.js'
import { randomSource } from '../support/random-source.js'
import { createServerDatabase } from '../support/server-database.js'
import { reportOfTwin } from '../support/twin.js'
import { type BurstResult, type Stage, SLACK_CHANNEL, playBurst } from './burst.js'
import { CLICKERS } from './burst-clicks.js'
import { type Twin, TWINS } from './burst-twins.js'

const CLICKS_MOST = 100
/** Share of bursts with as many clicks as there can be; the others are rather small, as with people. */
const LARGEST = 0.04
const CUSTOMERS = 12
/** Bursts of a twin: by then every kind of click has happened many times. */
const TWIN_BURSTS = 25
/** Twins played at the same time: each is a process that mostly starts. */
const TWINS_AT_ONCE = 2
/** Characters of a fault that are printed: enough to see what it is. */
const FAULT_CHARACTERS = 160

interface Campaign {
  readonly bursts: number
  readonly seed: number
  readonly postgres: boolean
  /** Stop at a fault like this: enough to know that a twin is caught. */
  readonly until: RegExp | undefined
}

interface Outcome {
  readonly results: readonly BurstResult[]
  readonly faults: readonly string[]
  readonly entries: number
}

/** A place for the database, as settings of the product. */
async function openPlace(postgres: boolean) {
  if (postgres) {
    const { url, drop } = await createServerDatabase()
    return { settings: { DATABASE_URL: url }, target: { databaseUrl: url }, remove: drop }
  }
  const folder = await mkdtemp(join(tmpdir(), 'cloud-billing-bursts-'))
  const dataDirectory = join(folder, 'data')
  return {
    settings: { DATA_DIR: dataDirectory },
    target: { dataDirectory },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

async function campaign(options: Campaign): Promise<Outcome> {
  const place = await openPlace(options.postgres)
  const roles = { may: 'approver', other: 'approver', own: 'approver', viewer: 'viewer' } as const
  const people = CLICKERS.map(({ handle, kind }) => [nameOf(handle), roles[kind]] as const)
  const outside = await openOutside({
    people: new Map(people),
    slackChannels: [SLACK_CHANNEL],
    clock: createStoryClock('2026-03-11', '14:00', 'America/New_York'),
  })
  const settings = { ...place.settings, BILLING_OPENS_ON: '2026-03-01' }
  const replicas = [await serveProduct(outside, settings)]
  if (options.postgres) replicas.push(await serveProduct(outside, settings))
  const stage = { outside, replicas }
  const results: BurstResult[] = []
  const broken: string[] = []
  try {
    await observe(stage)
    await playAll(stage, options, results)
  } catch (error) {
    // What was seen before is worth more than where the play could not go on.
    broken.push(`not played to its end: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    for (const served of replicas) await served.close()
    await outside.close()
  }
  const books = await inspectBooks(place.target, results)
  await place.remove()
  return {
    results,
    entries: books.entries,
    faults: [...results.flatMap(({ faults }) => faults), ...books.faults, ...broken],
  }
}

function nameOf(handle: string): string {
  return `${handle.slice(0, 1).toUpperCase()}${handle.slice(1)}`
}

async function observe({ outside, replicas: [first] }: Stage): Promise<void> {
  for (let index = 1; index <= CUSTOMERS; index += 1) {
    outside.tell(`Customer ${index} buys ${index + 4} × Business Premium at 22.00 a month on 2025-02-01`)
  }
  if (first === undefined) throw new Error('nothing is served')
  await first.sender.command(outside.member('lee').slackUser, SLACK_CHANNEL, 'observe')
  await settled(first.server.url)
}

/** Customer by customer: a bill run of what is due, or a void of what is billed, whichever it is. */
async function playAll(stage: Stage, { bursts, seed, until }: Campaign, results: BurstResult[]) {
  const random = randomSource(seed)
  const billed = new Map<number, string>()
  for (let burst = 0; burst < bursts; burst += 1) {
    const customer = 1 + (burst % CUSTOMERS)
    const run = billed.get(customer)
    const text =
      run === undefined ? `propose march Customer ${customer}` : `void ${run} because it was a mistake`
    const result = await playBurst(stage, text, drawCount(random), random)
    results.push(result)
    if (result.decided === 'approved' && run === undefined) billed.set(customer, result.runId)
    else if (result.decided === 'approved') billed.delete(customer)
    if (result.faults.some((fault) => until?.test(fault) === true)) return
    if ((burst + 1) % 100 === 0) process.stderr.write(`${burst + 1} of ${bursts} bursts\n`)
  }
}

function drawCount(random: () => number): number {
  return random() < LARGEST ? CLICKS_MOST : Math.floor(CLICKS_MOST ** (random() ** 2))
}

/** The books, opened anew when the product is gone: the trail verifies, and each request is what was seen. */
async function inspectBooks(target: object, results: readonly BurstResult[]) {
  const log = createLog({ level: 'silent', secrets: [] })
  const storage = await openStorage({ ...target, mspId: 'both', log })
  try {
    const { entries, fault } = await storage.verifyAudit()
    const faults = fault === undefined ? [] : [`the trail is broken at ${fault.sequence}: ${fault.what}`]
    for (const { approvalId, decided, plans } of results) {
      const record = await storage.billing.approval(approvalId)
      const verdict = record?.approval.decision?.verdict
      if (verdict !== decided)
        faults.push(`${approvalId} was ${decided ?? 'left open'} and is ${verdict ?? 'open'}`)
      const viewers = plans.filter(
        ({ repeats, clicker }) => repeats === undefined && clicker.kind === 'viewer',
      )
      const noted = await storage.billing.trail(`approve ${approvalId}`)
      if (noted.length !== viewers.length)
        faults.push(`${approvalId}: ${noted.length} of ${viewers.length} clicks without the right were noted`)
    }
    const { billed } = await storage.billing.books()
    const keys = new Set(billed.map(({ key }) => key))
    if (keys.size !== billed.length) faults.push('a line is billed twice')
    return { entries, faults }
  } finally {
    await storage.close()
  }
}

function lineOf({ results, faults, entries }: Outcome, { postgres, seed }: Campaign): string {
  const plans = results.flatMap((result) => result.plans)
  const count = (test: (plan: (typeof plans)[number]) => boolean) => plans.filter(test).length
  const decided = results.filter((result) => result.decided !== undefined).length
  const where = `${count(({ platform }) => platform === 'slack')} in Slack, ${count(({ platform }) => platform === 'teams')} in Teams`
  return [
    `bursts: ${results.length} bursts of up to ${Math.max(...results.map((result) => result.plans.length))} clicks`,
    `${plans.length} clicks (${where}; ${count(({ repeats }) => repeats !== undefined)} sent again)`,
    `${decided} decided once, ${results.length - decided} nobody could decide`,
    `${faults.length} faults, trail of ${entries} entries`,
    `${postgres ? 'PostgreSQL, two copies' : 'embedded'}, seed ${seed}`,
  ].join('; ')
}

/** Plays a twin in a process of its own; what it reports, or undefined when it is not caught. */
function catchTwin({ removals, reports }: Twin, { seed, postgres }: Campaign): Promise<string | undefined> {
  const options = ['--bursts', String(TWIN_BURSTS), '--seed', String(seed), '--twins', 'none']
  const words = [...options, '--until', reports.source, ...(postgres ? ['--postgres'] : [])]
  return reportOfTwin(removals, ['test/faults/bursts.js', ...words], reports)
}

function chosenTwins(words: string, postgres: boolean): readonly Twin[] {
  if (words === 'none') return []
  return TWINS.filter(({ name, needsServer }) => {
    return (words === 'all' || words === name) && (postgres || !needsServer)
  })
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      bursts: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '7' },
      postgres: { type: 'boolean', default: false },
      twins: { type: 'string', default: 'all' },
      until: { type: 'string' },
    },
  })
  const [bursts, seed] = [Number(values.bursts), Number(values.seed)]
  const until = values.until === undefined ? undefined : new RegExp(values.until)
  const options = { bursts, seed, postgres: values.postgres, until }
  const twins = chosenTwins(values.twins, options.postgres)
  if (!Number.isInteger(bursts) || bursts < 1 || (twins.length === 0 && values.twins !== 'none')) {
    const names = ['all', 'none', ...TWINS.map(({ name }) => name)].join('|')
    process.stderr.write(
      `Usage: npm run test:bursts [-- --bursts 1000 --seed 7 --postgres --twins ${names}]\n`,
    )
    return 2
  }
  const outcome = await campaign(options)
  process.stdout.write(`${lineOf(outcome, options)}\n`)
  for (const fault of outcome.faults) process.stdout.write(`  ${fault.slice(0, FAULT_CHARACTERS)}\n`)
  const few = pLimit(TWINS_AT_ONCE)
  const reports = await few.map(twins, async (twin) => ({ twin, report: await catchTwin(twin, options) }))
  for (const { twin, report } of reports) {
    process.stdout.write(
      `twin ${twin.words}: ${report === undefined ? 'NOT caught' : `caught (${report})`}\n`,
    )
  }
  const missed = reports.filter(({ report }) => report === undefined).length
  return outcome.faults.length === 0 && missed === 0 ? 0 : 1
}

process.exitCode = await main()
