import { spawnSync } from 'node:child_process'
import { basename, join } from 'node:path'

/**
 * `npm run stories`: plays every story on every surface. `npm run stories -- --write` first writes what the bot answers
 * on the console into the stories; the difference is then for a person to review. Other words choose stories by name.
 */
const words = process.argv.slice(2)
const chosen = words.filter((word) => word !== '--write').map((word) => basename(word, '.chat'))
const vitest = join('node_modules', 'vitest', 'vitest.mjs')
const { status } = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    '--config',
    join('.config', 'vitest.config.ts'),
    join('test', 'stories', 'stories.test.ts'),
    ...(chosen.length === 0 ? [] : ['--testNamePattern', chosen.join('|')]),
  ],
  { stdio: 'inherit', env: { ...process.env, STORIES_WRITE: words.includes('--write') ? 'yes' : 'no' } },
)
process.exitCode = status ?? 1
