import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectRoot } from '../support/root.js'
import { projectFiles } from './files.js'
import { type ForbiddenImport, forbiddenImportWords, tourImports } from './imports.js'
import { isSource } from './rule.js'

interface BoundaryRule {
  readonly name: string
  readonly comment: string
}

const { forbidden: rules } = createRequire(import.meta.url)(join(projectRoot, '.dependency-cruiser.cjs')) as {
  readonly forbidden: readonly BoundaryRule[]
}

const ORDER = rules.flatMap(({ name }) =>
  name.startsWith('core-order-') ? [name.slice('core-order-'.length)] : [],
)

/** A file that imports what its folder may not, and the rules that must answer; no rules: it is allowed. */
interface Plant {
  readonly file: string
  readonly imports: readonly string[]
  readonly rules: readonly string[]
  readonly text?: string
}

function plant(file: string, imports: string | readonly string[], ...broken: readonly string[]): Plant {
  return { file, imports: typeof imports === 'string' ? [imports] : imports, rules: broken }
}

const PLANTS: readonly Plant[] = [
  ...ORDER.map((folder) => plant(`core/${folder}/early.ts`, '../reports/target.js', `core-order-${folder}`)),
  plant('core/charges/to-billrun.ts', '../billrun/target.js', 'core-order-charges'),
  plant('core/reports/late.ts', [
    '../money/target.js',
    '../alerts/target.js',
    '../limits.js',
    '../problem.js',
    '../assert.js',
  ]),

  plant('core/money/to-adapter.ts', '../../adapters/http/target.js', 'core-imports-core-only'),
  plant('core/money/to-bot.ts', '../../bot/cards/target.js', 'core-imports-core-only'),
  plant('core/problem.ts', './money/target.js', 'core-roots-import-nothing'),
  plant('core/assert.ts', './limits.js'),
  plant('core/money/to-app.ts', '../app/target.js', 'core-never-app'),
  plant('core/app/observe.ts', ['./target.js', '../ports.js', '../money/target.js']),
  plant('core/money/to-package.ts', 'p-limit', 'core-without-packages'),
  plant('core/mapping/names.ts', 'fastest-levenshtein'),
  plant('core/charges/months.ts', 'date-fns', 'core-dates-in-calendar'),
  plant('core/calendar/words.ts', ['date-fns', '@date-fns/tz']),
  plant('core/app/disk.ts', 'node:fs', 'core-without-io'),
  plant('core/billrun/fingerprint.ts', 'node:crypto'),
  plant('core/charges/to-ports.ts', '../ports.js', 'ports-are-for-the-edges'),
  plant('core/charges/to-chat-ports.ts', '../chat-ports.js', 'ports-are-for-the-edges'),
  {
    ...plant('core/charges/to-port-types.ts', [], 'ports-are-for-the-edges'),
    text: "import type { Target } from '../ports.js'\nexport type Mine = Target\n",
  },
  plant('bot/commands/to-ports.ts', '../../core/ports.js'),

  plant('adapters/files/to-app.ts', '../../core/app/target.js', 'adapters-never-app'),
  plant('adapters/files/to-bot.ts', '../../bot/cards/target.js', 'adapters-never-bot'),
  plant('adapters/files/to-other.ts', '../storage/target.js', 'adapters-never-each-other'),
  plant('adapters/files/allowed.ts', [
    './target.js',
    '../http/target.js',
    '../system/target.js',
    '../../core/ports.js',
    '../../core/money/target.js',
  ]),

  plant('bot/commands/to-adapter.ts', '../../adapters/http/target.js', 'only-main-wires-adapters'),
  plant('bot/slack/to-adapter.ts', '../../adapters/storage/target.js', 'only-main-wires-adapters'),
  plant('bot/cards/to-surface.ts', '../console/target.js', 'only-main-wires-surfaces'),
  { ...plant('bot/serve.ts', []), text: "export const late = import('./teams/target.js')\n" },
  plant('bot/slack/to-teams.ts', '../teams/target.js', 'surface-slack-alone'),
  plant('bot/teams/to-console.ts', '../console/target.js', 'surface-teams-alone'),
  plant('bot/console/to-slack.ts', '../slack/target.js', 'surface-console-alone'),
  plant('bot/console/to-app.ts', '../../core/app/target.js', 'surfaces-show-cards'),
  plant('bot/console/allowed.ts', [
    '../commands/target.js',
    '../cards/target.js',
    './target.js',
    '../../core/problem.js',
  ]),
  plant('bot/commands/to-main.ts', '../main.js', 'main-is-the-top'),
  {
    ...plant('bot/main.ts', [], 'surfaces-load-late'),
    text: "import { target } from './slack/target.js'\nimport { target as store } from '../adapters/storage/target.js'\nexport { target, store }\nexport const late = () => import('./console/target.js')\n",
  },

  plant('bot/commands/to-slack-sdk.ts', '@slack/bolt', 'package-home-slack-sdk'),
  plant('bot/console/to-teams-sdk.ts', 'botbuilder', 'package-home-teams-sdk'),
  plant('adapters/ingram/to-prisma.ts', '@prisma/client', 'package-home-database-driver'),
  plant('adapters/ingram/to-pg.ts', 'pg', 'package-home-database-driver'),
  plant('adapters/ingram/to-pglite.ts', '@electric-sql/pglite', 'package-home-database-driver'),
  plant('adapters/ingram/to-pdf.ts', 'pdfkit', 'package-home-pdf'),
  plant('bot/commands/to-log.ts', 'pino', 'package-home-log'),
  plant('adapters/storage/to-ticks.ts', 'node-cron', 'package-home-ticks'),
  plant('bot/slack/sdk.ts', '@slack/bolt'),
  plant('bot/teams/sdk.ts', 'botbuilder'),
  plant('adapters/storage/sdk.ts', ['@prisma/client', 'pg', '@electric-sql/pglite']),
  plant('adapters/files/sdk.ts', 'pdfkit'),
  plant('adapters/system/sdk.ts', 'pino'),
  plant('bot/jobs/sdk.ts', 'node-cron'),

  plant('test/a.ts', './b.js', 'no-cycles'),
  plant('adapters/ingram/client.ts', 'zod', 'zod-at-the-doors'),
  plant('bot/commands/parse.ts', 'zod', 'zod-at-the-doors'),
  plant('test/parse.ts', 'zod', 'zod-at-the-doors'),
  plant('adapters/ingram/schema.ts', 'zod'),
  plant('bot/teams/schema.ts', 'zod'),
  plant('bot/slack/schema-install.ts', 'zod'),
  plant('bot/slack/schema-home.ts', 'zod'),
  plant('bot/config.ts', 'zod'),
  plant('bot/jobs/to-test.ts', '../../test/target.js', 'nothing-imports-test'),
  plant('prisma/to-test.mjs', '../test/target.js', 'nothing-imports-test'),
  plant('test/emulators/ingram/to-core.ts', '../../../core/money/target.js', 'independent-of-the-product'),
  plant('test/support/recompute/to-core.ts', '../../../core/money/target.js', 'independent-of-the-product'),
  plant('test/emulators/ingram/allowed.ts', '../../target.js'),
  plant('adapters/http/to-dev.ts', 'fast-check', 'production-packages-only'),
  plant('test/to-dev.ts', 'fast-check'),
  plant('bot/jobs/nowhere.ts', './nowhere-at-all.js', 'everything-resolves'),
]

/** Packages the plants import; all are production packages but the last. */
const PACKAGES = [
  '@date-fns/tz',
  '@electric-sql/pglite',
  '@prisma/client',
  '@slack/bolt',
  'botbuilder',
  'date-fns',
  'fastest-levenshtein',
  'node-cron',
  'p-limit',
  'pdfkit',
  'pg',
  'pino',
  'zod',
]
const DEV_PACKAGES = ['fast-check']

function sourceOf({ imports, text }: Plant): string {
  if (text !== undefined) return text
  const names = imports.map((path, index) => `import * as name${index} from '${path}'\n`).join('')
  return `${names}export const target = [${imports.map((_, index) => `name${index}`).join(', ')}]\n`
}

function plantTree(root: string): void {
  const files = new Map<string, string>()
  const folders = ['adapters', 'bot', 'core', 'test'].flatMap((top) =>
    PLANTS.map(({ file }) => dirname(file)).filter((folder) => folder.startsWith(top)),
  )
  for (const folder of [
    ...folders,
    'core/app',
    'core/money',
    'bot/console',
    'bot/teams',
    'adapters/http',
    'adapters/storage',
  ]) {
    files.set(`${folder}/target.ts`, 'export const target = 1\nexport type Target = number\n')
  }
  for (const name of ['limits', 'ports', 'chat-ports'])
    files.set(`core/${name}.ts`, 'export const target = 1\nexport type Target = 1\n')
  for (const planted of PLANTS) files.set(planted.file, sourceOf(planted))
  files.set('test/b.ts', sourceOf(plant('test/b.ts', './a.js')))
  for (const name of [...PACKAGES, ...DEV_PACKAGES]) {
    files.set(
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    )
    files.set(`node_modules/${name}/index.js`, 'exports.target = 1\n')
  }
  const versions = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']))
  files.set(
    'package.json',
    JSON.stringify({ dependencies: versions(PACKAGES), devDependencies: versions(DEV_PACKAGES) }),
  )
  files.set('tsconfig.json', readFileSync(join(projectRoot, 'tsconfig.json'), 'utf8'))
  for (const [path, text] of files) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

describe('boundaries', () => {
  it('the whole project keeps them, and every source was read', () => {
    const { sources, forbidden } = tourImports(projectRoot)
    const advice = new Map(rules.map(({ name, comment }) => [name, comment]))
    expect(
      forbidden.map((found) => forbiddenImportWords(found, advice.get(found.rule) ?? '')).join('\n'),
    ).toBe('')
    const expected = projectFiles(projectRoot)
      .map(({ path }) => path)
      .filter((path) => isSource(path) && /^(core|adapters|bot|prisma|test)\/(?!clients\/)/.test(path))
    expect(new Set(sources)).toEqual(new Set([...sources, ...expected]))
  })

  it('the clients that draw cards, which have packages of their own, know nothing of the project', () => {
    const imports = projectFiles(projectRoot)
      .filter(({ path }) => isSource(path) && path.startsWith('test/clients/'))
      .flatMap(({ text }) => [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, name]) => name))
    expect(imports).toContain('playwright-core')
    expect(imports.filter((name) => name?.startsWith('..'))).toEqual([])
  })

  it('every folder of the core has its place in the order, and on the map', () => {
    const folders = readdirSync(join(projectRoot, 'core'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    const map = readFileSync(join(projectRoot, 'core', 'README.md'), 'utf8')
    expect(folders.filter((folder) => !map.includes(`\n| \`${folder}\` |`))).toEqual([])
    const places = [...ORDER, 'reports', 'app']
    expect(folders.filter((folder) => !places.includes(folder))).toEqual([])
    expect(folders).toContain('money')
  })

  it('every rule has a planted violation', () => {
    const planted = new Set(PLANTS.flatMap((each) => each.rules))
    expect(rules.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([])
  })

  describe('planted', () => {
    let root = ''
    let forbidden: readonly ForbiddenImport[] = []

    beforeAll(() => {
      root = mkdtempSync(join(tmpdir(), 'boundaries-'))
      plantTree(root)
      forbidden = tourImports(root).forbidden
    })
    afterAll(() => rmSync(root, { recursive: true, force: true }))

    it.each(PLANTS.map((each) => [each.file, each] as const))('%s', (file, planted) => {
      const answers = forbidden.filter(({ from }) => from === file).map(({ rule }) => rule)
      expect([...new Set(answers)].toSorted()).toEqual([...planted.rules].toSorted())
    })
  })
})
