/**
 * Runs one compiled program, building first what changed since: `node test/support/run.mjs bot/main.js ask "who"`.
 * The program runs in this very process, so that its stdin, stdout, signals and exit code are the command's own.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildOrExit } from './build.mjs'

const [entry, ...args] = process.argv.slice(2)
if (entry === undefined) {
  process.stderr.write('Name the program to run, such as bot/main.js, and its arguments.\n')
  process.exit(2)
}
await buildOrExit({ check: false })
const program = fileURLToPath(new URL(`../../dist/${entry}`, import.meta.url))
if (!existsSync(program)) {
  process.stderr.write(`dist/${entry} does not exist: there is no source of that name.\n`)
  process.exit(2)
}
process.argv = [process.execPath, program, ...args]
await import(pathToFileURL(program).href)
