import { type CodeRule, isProduct, isSource } from './rule.js'
import { type Place, type SyntaxNode, isNode, memberName, nameOf } from './syntax.js'

const FUNCTION_LINES = 70

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'MethodProperty',
  'GetterProperty',
  'SetterProperty',
  'Constructor',
])
const ZONE_GETTERS = /^[gs]et(FullYear|Month|Date|Day|Hours|Minutes|Seconds)$|^getTimezoneOffset$/
const DATE_FIELDS = /^[gs]et(UTC)?(FullYear|Month|Date|Day|Hours|Minutes|Seconds)$/
const LOCALE_METHODS = /^(toLocale(String|DateString|TimeString|UpperCase|LowerCase)|localeCompare)$/
const RANDOM = /^(randomUUID|randomBytes|randomInt|getRandomValues)$/
const TIMERS = /^(setTimeout|setInterval|setImmediate)$/
/** Names of bounds: how much, how long, how often at most. */
const BOUND = /^(MAX|MIN|MAXIMUM|MINIMUM)_|_(ATTEMPTS|CONCURRENCY|RETRIES|SHOWN|TIMEOUT)$|_TIMEOUT_/
/** Where a number is an amount: a conversion to a float there loses cents. */
const MONEY_FOLDERS = /^core\/(money|pricing|charges|billrun|invoices)\//

function inCore(path: string): boolean {
  return isSource(path) && path.startsWith('core/')
}

function inPureCore(path: string): boolean {
  return inCore(path) && !/^core\/(app\/|([a-z]+-)?ports\.ts$)/.test(path)
}

/** Property name of `anything.name`. */
function propertyName(node: SyntaxNode): string | undefined {
  return node.type === 'MemberExpression' ? nameOf(node['property']) : undefined
}

function isNewDate(node: SyntaxNode): boolean {
  return node.type === 'NewExpression' && nameOf(node['callee']) === 'Date'
}

function readsClock(node: SyntaxNode): string | undefined {
  const member = memberName(node)
  if (member === 'Date.now' || member === 'performance.now') return member
  const { arguments: passed } = node
  return isNewDate(node) && Array.isArray(passed) && passed.length === 0 ? 'new Date()' : undefined
}

function isNumber(value: unknown): boolean {
  if (!isNode(value)) return false
  if (value.type === 'BinaryExpression') return isNumber(value['left']) && isNumber(value['right'])
  return value.type === 'NumericLiteral' || value.type === 'BigIntLiteral'
}

/** Blocks of tests are chapters, not functions: what counts is each test in them. */
function isDescribe({ node, parent }: Place): boolean {
  if (parent?.type !== 'CallExpression' || node.type !== 'ArrowFunctionExpression') return false
  const { callee } = parent
  return startsWith(callee, 'describe')
}

function startsWith(callee: unknown, name: string): boolean {
  let node = callee
  while (typeof node === 'object' && node !== null) {
    if (nameOf(node) === name) return true
    node = 'object' in node ? node.object : 'callee' in node ? node.callee : undefined
  }
  return false
}

/** Rules about size and time, which hold for more than the core. */
const generalRules: readonly CodeRule[] = [
  {
    name: 'function-length',
    next: 'Give its parts names of their own.',
    applies: isSource,
    inCode: (place) => {
      if (!FUNCTIONS.has(place.node.type) || place.lines <= FUNCTION_LINES || isDescribe(place))
        return undefined
      return `A function of ${place.lines} lines, more than ${FUNCTION_LINES}.`
    },
  },
  {
    name: 'imports-at-the-top',
    next: 'Write `import type` at the top of the file: the boundary check does not see it here.',
    applies: isSource,
    inCode: ({ node }) =>
      node.type === 'TsImportType' ? 'A type imported in the middle of the code.' : undefined,
  },
  {
    name: 'one-clock',
    next: 'Time comes from the Clock port; take the instant as an argument.',
    applies: (path) => isProduct(path) && !/^adapters\/(system|http)\//.test(path),
    inCode: ({ node }) => {
      const clock = readsClock(node)
      return clock === undefined ? undefined : `${clock} reads this machine's clock.`
    },
  },
  {
    name: 'no-machine-zone',
    next: 'Use core/calendar: it counts in the billing time zone.',
    applies: (path) => isProduct(path) && !path.startsWith('core/calendar/'),
    inCode: ({ node }) => {
      const name = propertyName(node)
      return name !== undefined && ZONE_GETTERS.test(name)
        ? `${name} depends on this machine's time zone.`
        : undefined
    },
  },
  {
    name: 'no-locale',
    next: 'Amounts are written by core/money, dates by core/calendar, names compared with < and >.',
    applies: isProduct,
    inCode: ({ node }) => {
      const name = propertyName(node) ?? (node.type === 'Identifier' ? nameOf(node) : undefined)
      if (
        name === 'Intl' ||
        (name !== undefined && node.type === 'MemberExpression' && LOCALE_METHODS.test(name))
      ) {
        return `${name} changes with this machine's language data.`
      }
      return undefined
    },
  },
  {
    name: 'environment-read-once',
    next: 'Add it to bot/config.ts and pass it on as an argument.',
    applies: (path) => isProduct(path) && path !== 'bot/config.ts' && path !== 'bot/main.ts',
    inCode: ({ node }) =>
      memberName(node) === 'process.env' ? 'process.env is read outside the configuration.' : undefined,
  },
  {
    name: 'bounds-in-limits',
    next: 'Name it in core/limits.ts with the reason for its value.',
    applies: (path) =>
      isProduct(path) && path.endsWith('.ts') && !/^core\/(limits|chat-limits|limits-ahead)\.ts$/.test(path),
    inCode: ({ node }) => {
      const name = node.type === 'VariableDeclarator' ? nameOf(node['id']) : undefined
      return name !== undefined && BOUND.test(name) && isNumber(node['init'])
        ? `${name} is a bound.`
        : undefined
    },
  },
  {
    name: 'no-demo-in-product',
    next: 'The demo starts the real product with other addresses: see test/demo.ts.',
    applies: isProduct,
    inCode: ({ node }) => {
      const name = nameOf(node)
      return name !== undefined && /^demo([A-Z_]|$)|^DEMO(_|$)|^isDemo/.test(name)
        ? `"${name}": product code that knows a demo is not the product any more.`
        : undefined
    },
  },
]

const coreRules: readonly CodeRule[] = [
  {
    name: 'no-timers-in-core',
    next: 'Waiting is the business of adapters and jobs.',
    applies: inCore,
    inCode: ({ node }) => {
      const name = node.type === 'CallExpression' ? nameOf(node['callee']) : undefined
      return name !== undefined && TIMERS.test(name) ? `${name} waits inside the core.` : undefined
    },
  },
  {
    name: 'no-randomness-in-core',
    next: 'Take ids from the Ids port, or derive them from business facts.',
    applies: inCore,
    inCode: ({ node }) => {
      const name = propertyName(node) ?? nameOf(node)
      const random = memberName(node) === 'Math.random' || (name !== undefined && RANDOM.test(name))
      return random ? 'The same input must give the same answer.' : undefined
    },
  },
  {
    name: 'no-async-in-core',
    next: 'Only core/app and the ports wait: pass in what was read.',
    applies: inPureCore,
    inCode: ({ node }) => {
      if (node.type === 'AwaitExpression') return 'The core waits for something.'
      if (FUNCTIONS.has(node.type) && (node['async'] === true || isAsync(node['function'])))
        return 'An async function.'
      return node.type === 'Identifier' && nameOf(node) === 'Promise' ? 'A Promise in the core.' : undefined
    },
  },
  {
    name: 'dates-in-calendar',
    next: 'Add what is missing to core/calendar and call it.',
    applies: (path) => inCore(path) && !path.startsWith('core/calendar/'),
    inCode: ({ node }) => {
      if (isNewDate(node)) return 'A Date made outside core/calendar.'
      const name = propertyName(node)
      return name !== undefined && DATE_FIELDS.test(name) ? `${name} takes an instant apart.` : undefined
    },
  },
  {
    name: 'no-float-in-core',
    next: 'Use Decimal and Money: whole numbers of 10⁻⁸ and of minor units.',
    applies: inCore,
    inCode: ({ node }, path) => {
      const { type, raw } = node
      if (type === 'NumericLiteral' && typeof raw === 'string' && /^[\d_]*\.\d|e-/i.test(raw))
        return `${raw} is a float.`
      const name = propertyName(node) ?? (type === 'CallExpression' ? nameOf(node['callee']) : undefined)
      if (name === 'parseFloat' || name === 'toFixed' || name === 'toPrecision')
        return `${name} works on floats.`
      return name === 'Number' && type === 'CallExpression' && MONEY_FOLDERS.test(path)
        ? 'Number() makes a float where amounts are counted.'
        : undefined
    },
  },
]

function isAsync(inner: unknown): boolean {
  return typeof inner === 'object' && inner !== null && 'async' in inner && inner.async === true
}

const TEST_FUNCTIONS = new Set(['it', 'test', 'describe', 'suite', 'bench', 'context', 'task'])
const NOT_RUN = new Set(['only', 'skip', 'todo', 'skipIf', 'runIf', 'fails'])

const testRules: readonly CodeRule[] = [
  {
    name: 'every-test-runs',
    next: 'Mend it or delete it; what a test needs and lacks is a failure.',
    applies: (path) => isSource(path) && path.startsWith('test/'),
    inCode: ({ node }) => {
      const [object = '', property = ''] = memberName(node)?.split('.') ?? []
      if (TEST_FUNCTIONS.has(object) && NOT_RUN.has(property))
        return `${object}.${property} leaves tests out.`
      const called = node.type === 'CallExpression' ? nameOf(node['callee']) : undefined
      return called !== undefined && /^(x(it|test|describe)|f(it|describe))$/.test(called)
        ? `${called} leaves tests out.`
        : undefined
    },
  },
]

export const codeRules: readonly CodeRule[] = [...generalRules, ...coreRules, ...testRules]
