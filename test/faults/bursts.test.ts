import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** Compiled, as it is run by hand; `npm test` builds first. */
const PROGRAM = fileURLToPath(new URL('../../dist/test/faults/bursts.js', import.meta.url))
/** A program starts and opens a database: seconds, and minutes on a machine at work. */
const MILLISECONDS = 300_000

// Twins without a guard are caught by `npm run test:bursts`: they take minutes.
test('crowds of clicks in Slack and Teams at once: one decision each', {
  timeout: MILLISECONDS,
}, async () => {
  const words = ['--bursts', '4', '--seed', '11', '--twins', 'none']
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...words])
  expect(stdout).toMatch(/^bursts: 4 bursts .*; 0 faults, trail of \d+ entries; embedded, seed 11$/m)
})
