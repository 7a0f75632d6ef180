// node prisma/prisma.mjs generate | validate | format
//
// Runs those three commands of the stock command line without network. They need no native schema engine, but the
// command line downloads one before doing anything else unless it is told that one exists: any existing file will do.
// `migrate` and `db` would take the same file for an engine and print nothing as if all were well, so they are
// refused here; migrations are written by migration.mjs.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const COMMANDS = ['generate', 'validate', 'format']
const [command = '', ...rest] = process.argv.slice(2)
if (!COMMANDS.includes(command)) {
  console.error(
    `"${command}" cannot be run here: only ${COMMANDS.join(', ')} work without a native engine. ` +
      'Nothing was done. For migrations use: node prisma/migration.mjs diff, or new <name>.',
  )
  process.exit(2)
}

const cli = createRequire(import.meta.url).resolve('prisma/build/index.js')
const result = spawnSync(process.execPath, [cli, command, ...rest], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  stdio: 'inherit',
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  },
})
process.exit(result.status ?? 1)
