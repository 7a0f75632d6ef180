/**
 * From typing the demo's question to its answer, in a copy of the sources: `--from nothing` neither compiled nor
 * generated, `--from built` with dist in place. The packages are installed in both.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { projectRoot } from '../support/root.js'

const SOURCES = [
  '.config',
  '.npmrc',
  'adapters',
  'bot',
  'core',
  'package-lock.json',
  'package.json',
  'prisma',
  'test',
  'tsconfig.json',
]
/** From dist/test/bench to the project. */

function copySources(root: string): void {
  for (const name of SOURCES) {
    if (!existsSync(path.join(projectRoot, name))) continue
    cpSync(path.join(projectRoot, name), path.join(root, name), {
      recursive: true,
      filter: (source) => !/\/(node_modules|generated)$/.test(source),
    })
  }
  symlinkSync(path.join(projectRoot, 'node_modules'), path.join(root, 'node_modules'))
}

function npm(root: string, ...args: readonly string[]): string {
  const { status, stdout } = spawnSync('npm', ['run', '-s', ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DEMO_NOW: '2026-03-20T09:00:00-04:00', DEMO_SEED: '7' },
  })
  if (status !== 0) throw new Error(`npm run ${args.join(' ')} ended with exit code ${String(status)}.`)
  return stdout
}

function main(): void {
  const { values } = parseArgs({ options: { from: { type: 'string', default: 'nothing' } } })
  const root = mkdtempSync(path.join(tmpdir(), 'bench-start-'))
  try {
    copySources(root)
    if (values.from === 'built') npm(root, 'build')
    const started = performance.now()
    const answer = npm(root, 'demo', '--', 'who do I bill this month')
    const seconds = (performance.now() - started) / 1000
    if (answer.trim() === '') throw new Error('The demo answered nothing.')
    const facts = { answerLines: answer.trim().split('\n').length }
    process.stdout.write(`${JSON.stringify({ measures: { seconds }, facts })}\n`)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

main()
