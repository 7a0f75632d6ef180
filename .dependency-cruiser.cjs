// Who may import whom. Each rule's comment says what to do instead: it is what a developer reads when it is broken.
// `test/house/boundaries.test.ts` plants a violation of every rule in here and expects exactly that rule to answer.

/** Folders of the core in the order of the flow: each may import only those before it. */
const CORE_ORDER = [
  'money',
  'calendar',
  'access',
  'audit',
  'marketplace',
  'mapping',
  'timeline',
  'pricing',
  'charges',
  'billrun',
  'approval',
  'sync',
  'invoices',
  'settings',
  'export',
  'alerts',
  'reports',
]

/** Packages that belong to one folder: everything an outside system or library wants from us stays behind it. */
const PACKAGE_HOMES = {
  'slack-sdk': { packages: ['@slack/[^/]+'], home: 'bot/slack' },
  'teams-sdk': { packages: ['botbuilder', 'botframework-[^/]+', 'adaptivecards'], home: 'bot/teams' },
  'database-driver': {
    packages: ['@prisma/[^/]+', 'prisma', 'pg', '@electric-sql/pglite'],
    home: 'adapters/storage',
  },
  pdf: { packages: ['pdfkit'], home: 'adapters/files' },
  log: { packages: ['pino'], home: 'adapters/system' },
  ticks: { packages: ['node-cron'], home: 'bot/jobs' },
}

const SURFACES = ['slack', 'teams', 'console']
const PRODUCT = '^(core|adapters|bot)/'

function packagePath(...names) {
  return `(^|/)node_modules/(${names.join('|')})(/|$)`
}

function error(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to }
}

const orderRules = CORE_ORDER.slice(0, -1).map((folder, index) =>
  error(
    `core-order-${folder}`,
    `core/${folder} comes before it in the order of the core: move the code to the later folder, or pass it in as data.`,
    { path: `^core/${folder}/` },
    { path: `^core/(${CORE_ORDER.slice(index + 1).join('|')})/` },
  ),
)

const packageRules = Object.entries(PACKAGE_HOMES).map(([name, { packages, home }]) =>
  error(
    `package-home-${name}`,
    `This package lives in ${home} alone: call what that folder offers instead.`,
    { path: PRODUCT, pathNot: `^${home}/` },
    { path: packagePath(...packages) },
  ),
)

const surfaceRules = SURFACES.map((surface) =>
  error(
    `surface-${surface}-alone`,
    'Surfaces never import each other: what they share belongs in bot/commands or bot/cards.',
    { path: `^bot/${surface}/` },
    { path: `^bot/(${SURFACES.filter((other) => other !== surface).join('|')})/` },
  ),
)

const coreRules = [
  error(
    'core-imports-core-only',
    'The core is a calculator: it knows no adapter, no bot and no test. Pass what it needs in as data.',
    { path: '^core/' },
    { path: '^(adapters|bot|prisma|test)/' },
  ),
  error(
    'core-roots-import-nothing',
    'problem, limits and assert are imported by all, so they import nothing but each other.',
    { path: '^core/(problem|limits|chat-limits|limits-ahead|assert)\\.ts$' },
    { path: '.', pathNot: '^core/(problem|limits|chat-limits|limits-ahead|assert)\\.ts$' },
  ),
  error(
    'core-never-app',
    'The rules of the core do not know the use cases: only core/app itself, bot and tests import core/app.',
    { path: '^core/', pathNot: '^core/app/' },
    { path: '^core/app/' },
  ),
  error(
    'core-without-packages',
    'The core has no SDK and no validator. Dates are formatted in core/calendar, names compared in core/mapping; anything else belongs in an adapter.',
    { path: '^core/' },
    { path: 'node_modules/', pathNot: packagePath('date-fns', '@date-fns/tz', 'fastest-levenshtein') },
  ),
  error(
    'core-dates-in-calendar',
    'Time zones and month names are the business of core/calendar: import its functions.',
    { path: '^core/', pathNot: '^core/calendar/' },
    { path: packagePath('date-fns', '@date-fns/tz') },
  ),
  error(
    'core-without-io',
    'No I/O, no clock and no randomness in the core: go through a port. Hashing (node:crypto) is arithmetic and allowed.',
    { path: '^core/' },
    { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
  ),
  error(
    'ports-are-for-the-edges',
    'In the core only app knows the ports: take plain data. (bot/ is handed logs and stores by bot/main.ts, and names their types.)',
    { path: '^core/', pathNot: '^core/(app/|(chat-|psa-)?ports\\.ts$)' },
    { path: '^core/(chat-|psa-)?ports\\.ts$' },
  ),
]

const adapterRules = [
  error(
    'adapters-never-app',
    'An adapter answers a port; it does not run use cases. Import the core types and constructors instead.',
    { path: '^adapters/' },
    { path: '^core/app/' },
  ),
  error(
    'adapters-never-bot',
    'An adapter does not know the conversation: return data or throw a Problem.',
    { path: '^adapters/' },
    { path: '^(bot|prisma)/' },
  ),
  error(
    'adapters-never-each-other',
    'One adapter, one outside system: share through adapters/http or adapters/system, or through the core.',
    { path: '^adapters/([^/]+)/' },
    { path: '^adapters/', pathNot: '^adapters/($1|http|system)/' },
  ),
]

const botRules = [
  error(
    'only-main-wires-adapters',
    'Only bot/main.ts knows the adapters: take what is needed as an argument.',
    { path: '^bot/', pathNot: '^bot/main\\.ts$' },
    { path: '^adapters/' },
  ),
  error(
    'only-main-wires-surfaces',
    'Only bot/main.ts and bot/serve.ts know the surfaces: commands and cards are the same for all of them.',
    { path: '^bot/', pathNot: `^bot/((main|serve)\\.ts$|(${SURFACES.join('|')})/)` },
    { path: `^bot/(${SURFACES.join('|')})/` },
  ),
  error(
    'surfaces-load-late',
    'Surfaces are loaded by dynamic import, so that one that is switched off costs nothing.',
    { path: '^bot/(main|serve)\\.ts$' },
    { path: `^bot/(${SURFACES.join('|')})/`, dynamic: false },
  ),
  error(
    'surfaces-show-cards',
    'A surface passes words to bot/commands and shows bot/cards: the use case is called by the command.',
    { path: `^bot/(${SURFACES.join('|')})/` },
    { path: '^core/app/' },
  ),
  error(
    'main-is-the-top',
    'Nothing in the product imports bot/main.ts: it wires everything, so nothing may need it.',
    { path: PRODUCT, pathNot: '^bot/main\\.ts$' },
    { path: '^bot/main\\.ts$' },
  ),
]

const everywhereRules = [
  error(
    'no-cycles',
    'Two files that need each other are one, or a third is missing: move the shared part.',
    { path: '^(core|adapters|bot|prisma|test)/', pathNot: '^adapters/storage/generated/' },
    { circular: true },
  ),
  error(
    'zod-at-the-doors',
    'zod parses at the doors only: adapters/*/schema.ts, bot/config.ts, bot/*/schema.ts, bot/slack/schema-install.ts and schema-home.ts. Export a parse function from there.',
    {
      path: '^(core|adapters|bot|prisma|test)/',
      pathNot:
        '^(adapters/[^/]+/schema\\.ts|bot/config\\.ts|bot/[^/]+/schema\\.ts|bot/slack/schema-(install|home)\\.ts)$',
    },
    { path: packagePath('zod') },
  ),
  error(
    'nothing-imports-test',
    'Product code does not know its tests: move what it needs into the product.',
    { path: '^(core|adapters|bot|prisma)/' },
    { path: '^test/' },
  ),
  error(
    'independent-of-the-product',
    'An emulator or the independent recomputation that shares our code shares our mistakes: write it again here.',
    { path: '^test/(emulators|support/recompute)/' },
    { path: '^(core|adapters|bot|prisma)/' },
  ),
  error(
    'production-packages-only',
    'The product may only use packages under "dependencies" in package.json.',
    { path: PRODUCT, pathNot: '^adapters/storage/generated/' },
    { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
  ),
  error(
    'everything-resolves',
    'This import leads nowhere: correct the path (it ends in .js) or the package name.',
    { path: '^(core|adapters|bot|prisma|test)/', pathNot: '^adapters/storage/generated/' },
    { couldNotResolve: true },
  ),
]

module.exports = {
  forbidden: [
    ...orderRules,
    ...coreRules,
    ...adapterRules,
    ...botRules,
    ...surfaceRules,
    ...packageRules,
    ...everywhereRules,
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules|adapters/storage/generated' },
    exclude: { path: '^(dist|coverage|test/clients)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
