import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** Compiled, as it is run by hand; `npm test` builds first. */
const PROGRAM = fileURLToPath(new URL('../../dist/test/faults/bursts.js', import.meta.url))
/** Two programs start and open databases: seconds, and minutes on a machine at work. */
const MILLISECONDS = 300_000

test('crowds of clicks in Slack and Teams at once: one decision each, and a twin without a guard is caught', {
  timeout: MILLISECONDS,
}, async () => {
  const words = ['--bursts', '6', '--seed', '11', '--twins', 'own']
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...words])
  expect(stdout).toMatch(/^bursts: 6 bursts .*; 0 faults, trail of \d+ entries; embedded, seed 11$/m)
  expect(stdout).toMatch(/^twin that lets people approve .*: caught/m)
})
