/**
 * `npm run bench [-- --only core] [--runs 5]`: each registered bench in fresh processes, the median beside its target.
 * Exits 1 when a program fails or a target is missed. Figures belong here and nowhere in the tests.
 */
import { spawnSync } from 'node:child_process'
import { cpus, freemem, loadavg, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  type Bench,
  type BenchCase,
  type BenchResult,
  type Row,
  growthRow,
  isMissed,
  parseResult,
  rowsOf,
  tableText,
} from './report.js'

function sized(size: number, targets: Readonly<Record<string, number>>): BenchCase {
  const label = `${size.toString().replace(/\B(?=(\d{3})+$)/g, ',')} subscriptions`
  return { label, arguments: ['--size', String(size)], size, targets }
}

/** Add a bench here; its program is a file beside this one (README.md says what it prints). */
const BENCHES: readonly Bench[] = [
  {
    name: 'core',
    title: 'core bill run: timeline → priced → prorated → explainable',
    program: 'core.js',
    cases: [
      sized(10_000, { seconds: 0.1 }),
      sized(100_000, { seconds: 0.6 }),
      sized(1_000_000, { seconds: 5, peakMebibytes: 1024 }),
    ],
    growth: { measure: 'seconds', exponent: 1.05 },
  },
  {
    name: 'sync',
    title: 'sync: 100 changes of 15,000 subscriptions in 750 agreements, the PSA answers at once',
    program: 'sync.js',
    cases: [
      {
        label: '15,000 subscriptions',
        arguments: ['--size', '15000', '--changed', '100'],
        size: 1,
        targets: { planSeconds: 10, stallMilliseconds: 500 },
      },
    ],
  },
  {
    name: 'start',
    title: 'the first answer of the demo, packages installed',
    program: 'start.js',
    cases: [
      {
        label: 'neither compiled nor generated',
        arguments: ['--from', 'nothing'],
        size: 1,
        targets: { seconds: 10 },
      },
      { label: 'already compiled', arguments: ['--from', 'built'], size: 1, targets: { seconds: 7 } },
    ],
  },
  {
    name: 'chat',
    title: 'chat: 1,000 commands, 50 at once, at the real doors',
    program: 'chat.js',
    cases: [
      {
        label: 'the product, both platforms, 15,000 subscriptions',
        arguments: ['--server', 'product', '--size', '15000'],
        size: 1,
        targets: {
          slackAcknowledgedP99Milliseconds: 500,
          teamsAcknowledgedP99Milliseconds: 500,
          whoAnsweredP95Milliseconds: 1000,
        },
      },
      { label: 'a bare Bolt echo', arguments: ['--server', 'bolt'], size: 1, targets: {} },
      { label: 'a bare botbuilder echo', arguments: ['--server', 'botbuilder'], size: 1, targets: {} },
    ],
  },
]

/** A program that takes longer than this hangs: the slowest is asked for seconds. */
const PROGRAM_TIMEOUT_MILLISECONDS = 10 * 60_000

function measure(program: string, { arguments: args }: BenchCase): BenchResult {
  const path = fileURLToPath(new URL(program, import.meta.url))
  const { status, stdout, error } = spawnSync(process.execPath, [path, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: PROGRAM_TIMEOUT_MILLISECONDS,
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with exit code ${String(status)}.`)
  return parseResult(stdout)
}

function runBench(bench: Bench, runs: number): Row[] {
  const measured = bench.cases.map((each) => {
    const results = Array.from({ length: runs }, () => measure(bench.program, each))
    const facts = Object.entries(results[0]?.facts ?? {}).map(([name, value]) => `${name} ${value}`)
    process.stderr.write(`${bench.name} ${each.label}: ${facts.join(', ')}\n`)
    return [each, rowsOf(each, results)] as const
  })
  const growth = growthRow(bench, measured)
  return [...measured.flatMap(([, rows]) => rows), ...(growth === undefined ? [] : [growth])]
}

function machineFacts(): string {
  const processors = cpus()
  const gibibytes = (bytes: number): string => (bytes / 1024 ** 3).toFixed(1)
  return [
    `Node ${process.version}`,
    `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}`,
    `${gibibytes(totalmem())} GiB memory (${gibibytes(freemem())} free)`,
    `${process.platform} ${release()}`,
    `load ${(loadavg()[0] ?? 0).toFixed(2)} at the start`,
  ].join(' · ')
}

function main(): number {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, runs: { type: 'string', default: '5' } },
  })
  const runs = Number(values.runs)
  const chosen = BENCHES.filter(({ name }) => values.only === undefined || values.only === name)
  if (chosen.length === 0 || !Number.isInteger(runs) || runs < 1) {
    process.stderr.write(
      `Usage: npm run bench [-- --only ${BENCHES.map(({ name }) => name).join('|')}] [--runs 5]\n`,
    )
    return 2
  }
  process.stdout.write(`${machineFacts()}\nMedian of ${runs} fresh processes each.\n`)
  const rows: Row[] = []
  let failed = 0
  for (const bench of chosen) {
    try {
      const measured = runBench(bench, runs)
      rows.push(...measured.filter(({ target }) => target !== undefined))
      process.stdout.write(`\n${bench.title}\n${tableText(measured)}\n`)
    } catch (error) {
      // One broken program does not take the others' figures away.
      failed += 1
      process.stdout.write(
        `\n${bench.title}\nFAILED: ${error instanceof Error ? error.message : String(error)}\n`,
      )
    }
  }
  const missed = rows.filter(isMissed).length
  process.stdout.write(
    `\nbench: ${rows.length - missed} targets met, ${missed} missed, ${failed} programs failed\n`,
  )
  return missed + failed === 0 ? 0 : 1
}

process.exitCode = main()
