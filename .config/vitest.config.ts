import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What acts on the whole process: these suites get one each. */
const ACTS_ON_THE_PROCESS = [
  // Other modules, or another time, for whoever comes after.
  /\bvi\.(mock|useFakeTimers|spyOn)\(/,
  /process\.env\['TZ'\] =/,
]

const suites = readdirSync(`${root}test`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && !file.startsWith('clients/'))
  .map((file) => `test/${file}`)
const alone = suites.filter((file) => {
  const text = readFileSync(root + file, 'utf8')
  return ACTS_ON_THE_PROCESS.some((pattern) => pattern.test(text))
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
    coverage: {
      provider: 'v8',
      include: ['bot/**', 'core/**', 'adapters/**'],
      exclude: ['adapters/storage/generated/**'],
    },
    setupFiles: ['test/support/every-file.ts'],
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      { extends: true, test: { name: 'shared', include: suites, exclude: alone, isolate: false } },
    ],
  },
})
