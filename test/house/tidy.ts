import { codeRules } from './code-rules.js'
import type { ProjectFile } from './files.js'
import { type CodeRule, type Finding, type Rule, isSource } from './rule.js'
import { placesOf } from './syntax.js'
import { textRules } from './text-rules.js'

export const rules: readonly Rule[] = [...textRules, ...codeRules]

/** The homes at the top of the project; everything else there is a dotfile. */
const TOP_LEVEL = new Set([
  'README.md',
  'adapters',
  'bot',
  'core',
  'manifest',
  'package-lock.json',
  'package.json',
  'prisma',
  'test',
  'tsconfig.json',
])

/** Everything there is to mend in these files. */
export function findingsOf(files: readonly ProjectFile[]): Finding[] {
  return files.flatMap((file) => [...textFindings(file), ...codeFindings(file)])
}

function textFindings(file: ProjectFile): Finding[] {
  return textRules
    .filter(({ applies }) => applies(file.path))
    .flatMap(({ name, next, inText }) =>
      inText(file).map((remark) => ({ ...remark, rule: name, path: file.path, next })),
    )
}

function codeFindings(file: ProjectFile): Finding[] {
  const applying = codeRules.filter(({ applies }) => applies(file.path))
  if (!isSource(file.path) || applying.length === 0) return []
  return placesOf(file).flatMap((place) =>
    applying.flatMap(({ name, next, inCode }: CodeRule) => {
      const what = inCode(place, file.path)
      return what === undefined ? [] : [{ rule: name, path: file.path, line: place.line, what, next }]
    }),
  )
}

/** Names at the top of the project that have no home there. */
export function topLevelFindings(names: readonly string[]): Finding[] {
  return names
    .filter((name) => !TOP_LEVEL.has(name) && !name.startsWith('.') && !name.endsWith('.log'))
    .map((name) => ({
      rule: 'top-level',
      path: name,
      line: 1,
      what: 'This has no home at the top of the project.',
      next: 'Settings go to a dotfile or .config/, scripts to prisma/ or test/support/, deployment to manifest/deploy/.',
    }))
}
