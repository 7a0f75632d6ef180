import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Everything that needs no service. Suites that need one have their own config beside this file. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**', 'test/clients/**'],
    // Separate processes: a test that opens the embedded database or changes its environment harms no other file.
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
  },
})
