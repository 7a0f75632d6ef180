/**
 * `npm run check`: types, lint, format, boundaries, dead code. Every tool runs even when an earlier one fails, so that
 * one run shows everything there is to mend.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

const STEPS = [
  { name: 'types', command: [process.execPath, join('test', 'support', 'build.mjs')] },
  { name: 'lint', command: [tool('oxlint'), '--type-aware', '--format=unix'] },
  { name: 'format', command: [tool('biome'), 'format'] },
  {
    name: 'boundaries',
    command: [tool('depcruise'), '--output-type', 'err-long', 'core', 'adapters', 'bot', 'prisma', 'test'],
  },
  { name: 'dead code', command: [tool('knip')] },
]

/** @param {string} name */
function tool(name) {
  return join(root, 'node_modules', '.bin', name)
}

let failed = 0
for (const { name, command } of STEPS) {
  const [program = '', ...args] = command
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`${status === 0 ? 'passed' : 'FAILED'}  ${name} (${seconds} s)\n`)
  if (status === 0) continue
  failed += 1
  process.stdout.write(`${stdout ?? ''}${stderr ?? ''}\n`)
}
process.stdout.write(`check: ${STEPS.length - failed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
