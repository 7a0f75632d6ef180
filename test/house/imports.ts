import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../support/root.js'
import { lineAt } from './files.js'

/** An import that a boundary rule forbids. */
export interface ForbiddenImport {
  readonly rule: string
  readonly from: string
  readonly to: string
}

interface Tour {
  /** Every source the tool read. A tool that reads nothing finds nothing wrong. */
  readonly sources: readonly string[]
  readonly forbidden: readonly ForbiddenImport[]
}

interface CruiseResult {
  readonly modules: readonly {
    readonly source: string
    readonly dependencies: readonly { readonly module: string; readonly resolved: string }[]
  }[]
  readonly summary: {
    readonly violations: readonly {
      readonly from: string
      readonly to: string
      readonly rule: { readonly name: string }
    }[]
  }
}

const FOLDERS = ['core', 'adapters', 'bot', 'prisma', 'test']

/** Reads every import under `root` by the rules of `.dependency-cruiser.cjs`, the same way `npm run check` does. */
export function tourImports(root: string): Tour {
  const tool = join(projectRoot, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs')
  const config = join(projectRoot, '.dependency-cruiser.cjs')
  const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)))
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [tool, '--config', config, '--output-type', 'json', ...folders],
    { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  )
  if (!stdout.startsWith('{')) throw new Error(`The imports could not be read. ${stderr}`)
  const { modules, summary } = JSON.parse(stdout) as CruiseResult
  return {
    sources: modules
      .map(({ source }) => source)
      .filter((source) => FOLDERS.some((folder) => source.startsWith(`${folder}/`))),
    forbidden: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  }
}

/** "core/money/x.ts:3  core-order-money: imports core/charges/y.ts. What to do instead." */
export function forbiddenImportWords({ rule, from, to }: ForbiddenImport, advice: string): string {
  const text = existsSync(join(projectRoot, from)) ? readFileSync(join(projectRoot, from), 'utf8') : ''
  const name = to
    .replace(/^.*node_modules\//, '')
    .replace(/^.*\//, '')
    .replace(/\.\w+$/, '')
  const at = text.indexOf(name)
  return `${from}:${lineAt(text, Math.max(at, 0))}  ${rule}: imports ${to}. ${advice}`
}
