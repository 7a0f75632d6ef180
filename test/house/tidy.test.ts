import { describe, expect, it } from 'vitest'
import { projectRoot } from '../support/root.js'
import { projectFiles, topLevelNames } from './files.js'
import { findingWords } from './rule.js'
import { findingsOf, rules, topLevelFindings } from './tidy.js'

/** A planted violation: the rule must answer on that line. The twin does the same work the right way: no answer. */
interface Plant {
  readonly path: string
  readonly text: string
  readonly line: number
  readonly twin?: { readonly path?: string; readonly text: string }
}

function lines(count: number, line = 'void 0'): string {
  return `${line}\n`.repeat(count)
}

/** Words that must not stand in this file either are put together here. */
const glue = (...parts: readonly string[]): string => parts.join('')

const PLANTS: Readonly<Record<string, Plant | readonly Plant[]>> = {
  'file-length': { path: 'core/money/a.ts', text: lines(401), line: 401, twin: { text: lines(400) } },
  unfinished: {
    path: 'bot/a.ts',
    text: glue('\n// TO', 'DO later\n'),
    line: 2,
    twin: { text: '\n// pseudocode: todos is a word of its own\n' },
  },
  'speaks-of-itself': [
    { path: 'README.md', text: glue('one\nsee /wo', 'rk/main/README.md'), line: 2 },
    { path: 'core/a.ts', text: glue('// see sha', 'red/DESIGN.md'), line: 1 },
    {
      path: 'core/a.ts',
      text: glue('// done for issue', ' #12'),
      line: 1,
      twin: { text: '// issue an invoice' },
    },
    {
      path: 'README.md',
      text: glue('see ../sha', 'red/BILLING.md'),
      line: 1,
      twin: { text: glue('npm run truth -- --cases ../sha', 'red/truth') },
    },
  ],
  'no-registry-host': [
    { path: 'README.md', text: glue('https://regis', 'try.example.org/'), line: 1 },
    {
      path: 'package-lock.json',
      text: '{\n  "resolved": "somewhere"\n}',
      line: 2,
      twin: { text: '{\n  "integrity": "sha512-x"\n}' },
    },
  ],
  'bounds-have-reasons': {
    path: 'core/limits.ts',
    text: '/** Rows. */\n\nexport const ROWS = 5\n',
    line: 3,
    twin: { text: '/** A page of the vendor. */\nexport const ROWS = 5\nexport const WIDE_ROWS = 6\n' },
  },
  'no-vendor-schema': {
    path: 'test/fixtures/api.yaml',
    text: glue('open', 'api: 3.0.1\n'),
    line: 1,
    twin: { text: 'description: ours\n' },
  },
  'function-length': {
    path: 'test/a.test.ts',
    text: `// one\nexport function long() {\n${lines(69)}}\n`,
    line: 2,
    twin: { text: `describe('chapter', () => {\n${lines(100)}})\nfunction short() {\n${lines(68)}}\n` },
  },
  'imports-at-the-top': {
    path: 'core/charges/a.ts',
    text: "\nexport type Mine = import('../ports.js').Clock",
    line: 2,
    twin: { text: "import type { Clock } from '../ports.js'\nconst late = () => import('./late.js')" },
  },
  'one-clock': [
    {
      path: 'core/app/a.ts',
      text: '\nconst now = Date.now()',
      line: 2,
      twin: { text: 'const text = "Date.now()"' },
    },
    {
      path: 'bot/a.ts',
      text: 'const now = new Date()',
      line: 1,
      twin: { path: 'adapters/system/clock.ts', text: 'new Date()' },
    },
  ],
  'no-machine-zone': {
    path: 'adapters/x/a.ts',
    text: 'export const f = (at: Date) => at.getMonth()',
    line: 1,
    twin: { text: 'export const f = (at: Date) => at.getTime()' },
  },
  'no-locale': [
    { path: 'bot/a.ts', text: 'const x = new Intl.NumberFormat()', line: 1 },
    {
      path: 'core/a.ts',
      text: 'const x = (1).toLocaleString()',
      line: 1,
      twin: { text: 'const x = "Intl"' },
    },
  ],
  'environment-read-once': {
    path: 'adapters/x/a.ts',
    text: 'const x = process.env',
    line: 1,
    twin: { path: 'bot/config.ts', text: 'const x = process.env' },
  },
  'bounds-in-limits': [
    { path: 'bot/cards/a.ts', text: '\nconst LINES_SHOWN = 40', line: 2 },
    {
      path: 'adapters/x/a.ts',
      text: 'const MAXIMUM_BYTES = 64 * 1024',
      line: 1,
      twin: { text: 'const MAXIMUM_BYTES = PAGE_BYTES\nconst EPOCH_WEEKDAY = 4' },
    },
  ],
  'no-demo-in-product': [
    { path: 'bot/main.ts', text: 'const demo = 1\nif (demo) start()', line: 2 },
    {
      path: 'bot/a.ts',
      text: "const x = values['DEMO_NOW']",
      line: 1,
      twin: { text: '// the demo\nconst democracy = 1' },
    },
  ],
  'no-timers-in-core': {
    path: 'core/app/a.ts',
    text: 'setTimeout(f, 1)',
    line: 1,
    twin: { path: 'adapters/http/a.ts', text: 'setTimeout(f, 1)' },
  },
  'no-randomness-in-core': [
    { path: 'core/a.ts', text: 'const x = Math.random()', line: 1 },
    { path: 'core/a.ts', text: "import { randomUUID } from 'node:crypto'", line: 1 },
    {
      path: 'core/a.ts',
      text: 'crypto.getRandomValues(a)',
      line: 1,
      twin: { text: 'const x = Math.min(1, 2)' },
    },
  ],
  'no-async-in-core': [
    { path: 'core/charges/a.ts', text: 'async function f() {}', line: 1 },
    { path: 'core/charges/a.ts', text: 'const f = async () => 1', line: 1 },
    { path: 'core/charges/a.ts', text: 'class A {\n  async f() {}\n}', line: 2 },
    {
      path: 'core/charges/a.ts',
      text: 'let f: Promise<void>',
      line: 1,
      twin: { path: 'core/app/a.ts', text: 'async function f(): Promise<void> { await g() }' },
    },
  ],
  'dates-in-calendar': [
    { path: 'core/charges/a.ts', text: 'const f = (d: Date) => d.getUTCMonth()', line: 1 },
    {
      path: 'core/app/a.ts',
      text: 'const d = new Date(0)',
      line: 1,
      twin: { path: 'core/calendar/a.ts', text: 'const d = new Date(0)' },
    },
  ],
  'no-float-in-core': [
    { path: 'core/charges/a.ts', text: 'const rate = 0.5', line: 1 },
    { path: 'core/charges/a.ts', text: 'const rate = 1e-2', line: 1 },
    { path: 'core/app/a.ts', text: 'const x = Number.parseFloat(y)', line: 1 },
    { path: 'core/app/a.ts', text: 'const x = y.toFixed(2)', line: 1 },
    {
      path: 'core/money/a.ts',
      text: 'const x = Number(y)',
      line: 1,
      twin: { path: 'core/calendar/a.ts', text: "const x = Number(y) + 1_000; const z = '0.5'" },
    },
  ],
  'every-test-runs': [
    { path: 'test/a.test.ts', text: '\nit.only("x", f)', line: 2 },
    { path: 'test/a.test.ts', text: 'describe.skip("x", f)', line: 1 },
    { path: 'test/a.test.ts', text: 'test.skipIf(a)("x", f)', line: 1 },
    { path: 'test/a.test.ts', text: 'xit("x", f)', line: 1, twin: { text: 'it.each([1])("it.skip", f)' } },
  ],
}

function plantsOf(rule: string): readonly Plant[] {
  const plants = PLANTS[rule]
  if (plants === undefined) return []
  return 'path' in plants ? [plants] : plants
}

describe('tidy', () => {
  it('the whole project keeps the house rules', () => {
    const files = projectFiles(projectRoot)
    expect(files.length).toBeGreaterThan(40)
    const findings = [...findingsOf(files), ...topLevelFindings(topLevelNames(projectRoot))]
    expect(findings.map(findingWords).join('\n')).toBe('')
  })

  it.each(rules.map(({ name }) => name))('%s answers a planted violation on its line', (rule) => {
    const plants = plantsOf(rule)
    expect(plants.length, `${rule} has no planted violation`).toBeGreaterThan(0)
    for (const { path, text, line } of plants) {
      const found = findingsOf([{ path, text }]).filter((finding) => finding.rule === rule)
      expect(
        found.map((finding) => finding.line),
        text,
      ).toContain(line)
    }
  })

  it.each(rules.map(({ name }) => name))('%s leaves the right way alone', (rule) => {
    const twins = plantsOf(rule).flatMap(({ path, twin }) => (twin === undefined ? [] : [{ path, ...twin }]))
    expect(twins.length, `${rule} has no allowed twin`).toBeGreaterThan(0)
    for (const twin of twins) {
      const found = findingsOf([twin]).filter((finding) => finding.rule === rule)
      expect(found.map(findingWords), twin.text).toEqual([])
    }
  })

  it('says where, what and what to do', () => {
    const [finding] = findingsOf([{ path: 'core/money/a.ts', text: '\nconst rate = 0.5\n' }])
    expect(finding && findingWords(finding)).toBe(
      'core/money/a.ts:2  no-float-in-core: 0.5 is a float. Use Decimal and Money: whole numbers of 10⁻⁸ and of minor units.',
    )
  })

  it('the top of the project holds the homes and dotfiles only', () => {
    const strangers = topLevelFindings(['core', 'README.md', '.npmrc', 'Dockerfile', 'src', 'jest.config.js'])
    expect(strangers.map(({ path }) => path)).toEqual(['Dockerfile', 'src', 'jest.config.js'])
  })
})
