import { parseSync } from '@swc/core'
import type { ProjectFile } from './files.js'

/** A node of the syntax tree, as plain data: `type` decides which other fields it has. */
export interface SyntaxNode {
  readonly type: string
  readonly span: { readonly start: number; readonly end: number }
  readonly [field: string]: unknown
}

/** A node with where it stands. */
export interface Place {
  readonly node: SyntaxNode
  readonly parent: SyntaxNode | undefined
  readonly line: number
  /** Lines from its first to its last, both counted. */
  readonly lines: number
}

/** The parser's offsets do not begin at 0; a first statement of our own says where they do. */
const MARK = '0;'

/** Every node of a source file, parents first. A file that does not parse is a finding of the compiler, not ours. */
export function placesOf(file: ProjectFile): Place[] {
  const source = MARK + file.text.replace(/^#!/, '//')
  const program: unknown = parseSync(source, { syntax: 'typescript', target: 'es2022' })
  const places: Place[] = []
  const lineOf = lineCounter(Buffer.from(source), markStart(program))
  walk(program, undefined, (node, parent) => {
    const line = lineOf(node.span.start)
    places.push({ node, parent, line, lines: lineOf(node.span.end) - line + 1 })
  })
  return places
}

function markStart(program: unknown): number {
  const [mark] = childrenOf(program)
  if (mark === undefined) throw new Error('The parser returned an empty program.')
  return mark.span.start
}

/** Lines of the parser's offsets: they count bytes, from `base`. */
function lineCounter(bytes: Buffer, base: number): (offset: number) => number {
  const newlines: number[] = []
  for (let index = bytes.indexOf(10); index !== -1; index = bytes.indexOf(10, index + 1)) newlines.push(index)
  return (offset) => {
    let [low, high] = [0, newlines.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((newlines[middle] ?? 0) < offset - base) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}

function walk(
  value: unknown,
  parent: SyntaxNode | undefined,
  visit: (node: SyntaxNode, parent: SyntaxNode | undefined) => void,
): void {
  for (const child of childrenOf(value)) {
    visit(child, parent)
    walk(child, child, visit)
  }
}

/** Nodes directly below: wrappers without a span of their own (argument holders, lists) are looked through. */
function childrenOf(value: unknown): SyntaxNode[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([field, child]: [string, unknown]) => {
    if (field === 'span' || typeof child !== 'object' || child === null) return []
    return isNode(child) ? [child] : childrenOf(child)
  })
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'span' in value
}

/** The name of an identifier node, or of a `.name` or `['name']` after a dot; undefined for anything else. */
export function nameOf(value: unknown): string | undefined {
  if (!isNode(value)) return undefined
  const { type, value: text, expression } = value
  if (type === 'Identifier' || type === 'StringLiteral') return typeof text === 'string' ? text : undefined
  return type === 'Computed' ? nameOf(expression) : undefined
}

/** "Date.now" for such a member access; undefined unless both sides are plain names. */
export function memberName(node: SyntaxNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined
  const [object, property] = [nameOf(node['object']), nameOf(node['property'])]
  return object === undefined || property === undefined ? undefined : `${object}.${property}`
}
