import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Folders of suites that open nothing: no database, connection, program or thread. One that does is refused. */
const CALCULATIONS = [
  'core',
  'laws',
  'recompute',
  'truth',
  'types',
  'bot/calculator',
  'bot/cards',
  'bot/commands',
]

/** What a suite does to its whole process: other modules or another time for whoever comes after it. */
const ACTS_ON_THE_PROCESS = [/\bvi\.(mock|useFakeTimers|spyOn)\(/, /process\.env\['TZ'\] =/]

const suites = readdirSync(`${root}test`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && !file.startsWith('clients/'))
  .map((file) => `test/${file}`)
const calculations = suites.filter((file) =>
  CALCULATIONS.some((folder) => file.startsWith(`test/${folder}/`)),
)
const alone = suites.filter((file) => {
  const text = readFileSync(root + file, 'utf8')
  return !calculations.includes(file) && ACTS_ON_THE_PROCESS.some((pattern) => pattern.test(text))
})

/** Everything that needs no service. Suites that need one have their own config beside this file. */
export default defineConfig({
  test: {
    root,
    pool: 'forks',
    // Left to itself the runner keeps one processor free, which on two is half of the machine.
    maxWorkers: '100%',
    // A new embedded database takes seconds, and many times that on a machine at work; a hung test must still end.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One wrong test that never ends its timers must not keep the run alive.
    teardownTimeout: 10_000,
    // A forgotten `.only` fails the run instead of hiding the others.
    allowOnly: false,
    passWithNoTests: false,
    setupFiles: ['test/support/every-file.ts'],
    coverage: {
      provider: 'v8',
      include: ['bot/**', 'core/**', 'adapters/**'],
      exclude: ['adapters/storage/generated/**'],
    },
    // Without isolation a process loads the product, the clients and the database once, not once for each file: a quarter
    // of the processor time. Each file still fails when it leaves anything open.
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      {
        extends: true,
        test: {
          name: 'calculations',
          include: calculations,
          isolate: false,
          setupFiles: ['test/support/opens-nothing.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'together', include: suites, exclude: [...alone, ...calculations], isolate: false },
      },
    ],
  },
})
