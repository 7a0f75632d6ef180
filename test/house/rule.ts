import type { ProjectFile } from './files.js'
import type { Place } from './syntax.js'

/** One thing to mend: where, what, and what to do about it. */
export interface Finding {
  readonly rule: string
  readonly path: string
  readonly line: number
  readonly what: string
  readonly next: string
}

/** What a rule says about one place; its name and the path are added by {@link findingsOf}. */
export type Remark = Pick<Finding, 'line' | 'what'>

interface RuleBase {
  readonly name: string
  /** What to do instead: one sentence. */
  readonly next: string
  readonly applies: (path: string) => boolean
}

/** Reads a file as text. */
export interface TextRule extends RuleBase {
  readonly inText: (file: ProjectFile) => readonly Remark[]
}

/** Reads a source file node by node; comments and strings cannot mislead it. */
export interface CodeRule extends RuleBase {
  readonly inCode: (place: Place, path: string) => string | undefined
}

export type Rule = TextRule | CodeRule

/** Sources the compiler reads. */
export function isSource(path: string): boolean {
  return /\.(ts|mjs|cjs)$/.test(path)
}

/** Code that runs at a customer's. */
export function isProduct(path: string): boolean {
  return isSource(path) && /^(core|adapters|bot)\//.test(path)
}

/** "core/x.ts:12  function-length  … → …" */
export function findingWords({ path, line, rule, what, next }: Finding): string {
  return `${path}:${line}  ${rule}: ${what} ${next}`
}
