import { badRequest } from './refusal.js'
import type { Shown } from './render.js'

/** A value to compare with. Dates are instants as text. */
type Literal =
  | { readonly kind: 'string' | 'date'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null'; readonly value: null }

type Token =
  | { readonly kind: 'literal'; readonly literal: Literal }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'word'; readonly word: 'and' | 'or' | 'not' | 'in' | 'like' | 'contains' }
  | { readonly kind: 'symbol'; readonly symbol: string }

export type Condition = (record: Shown) => boolean

const PATTERNS: readonly (readonly [RegExp, (text: string) => Token])[] = [
  [/"[^"]*"|'[^']*'/y, (text) => literal({ kind: 'string', value: text.slice(1, -1) })],
  [/\[[^\]]*\]/y, (text) => literal({ kind: 'date', value: instantOf(text.slice(1, -1)) })],
  [/-?\d+(?:\.\d+)?(?![\w/])/y, (text) => literal({ kind: 'number', value: Number(text) })],
  [/<=|>=|!=|=|<|>|\(|\)|,/y, (text) => ({ kind: 'symbol', symbol: text })],
  [/[A-Za-z_]\w*(?:\/[A-Za-z_]\w*)*/y, wordOf],
]

function literal(value: Literal): Token {
  return { kind: 'literal', literal: value }
}

function wordOf(text: string): Token {
  const lower = text.toLowerCase()
  if (lower === 'true' || lower === 'false') return literal({ kind: 'boolean', value: lower === 'true' })
  if (lower === 'null') return literal({ kind: 'null', value: null })
  switch (lower) {
    case 'and':
    case 'or':
    case 'not':
    case 'in':
    case 'like':
    case 'contains':
      return { kind: 'word', word: lower }
    default:
      return { kind: 'field', name: text }
  }
}

function instantOf(text: string): string {
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?Z)?$/.test(text)
  const milliseconds = isDate ? Date.parse(text) : Number.NaN
  if (Number.isNaN(milliseconds)) throw badRequest(`conditions: [${text}] is no date`)
  return new Date(milliseconds).toISOString()
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let offset = 0
  while (offset < text.length) {
    if (/\s/.test(text[offset] ?? '')) {
      offset += 1
      continue
    }
    const start = offset
    for (const [pattern, toToken] of PATTERNS) {
      pattern.lastIndex = start
      const [found] = pattern.exec(text) ?? []
      if (found === undefined) continue
      tokens.push(toToken(found))
      offset += found.length
      break
    }
    if (offset === start) {
      throw badRequest(
        `conditions: not understood at "${text.slice(start, start + 20)}". Expected string, date, number, true, false, null, a field or an operator`,
      )
    }
  }
  return tokens
}

/** Reads tokens one after the other. */
interface Reader {
  peek(): Token | undefined
  next(): Token | undefined
  /** Takes the next token if it is this symbol or word. */
  take(text: string): boolean
}

function readerOf(tokens: readonly Token[]): Reader {
  let position = 0
  const textOf = (token: Token | undefined): string | undefined =>
    token?.kind === 'symbol' ? token.symbol : token?.kind === 'word' ? token.word : undefined
  return {
    peek: () => tokens[position],
    next() {
      position += 1
      return tokens[position - 1]
    },
    take(text) {
      if (textOf(tokens[position]) !== text) return false
      position += 1
      return true
    },
  }
}

/**
 * Reads a filter such as `company/identifier = "ACME" and (id > 5 or not cancelledDate = null)`.
 *
 * @param knows whether a field, "a/b", exists: a misspelt one is refused
 */
export function parseConditions(text: string, knows: (field: string) => boolean): Condition {
  const reader = readerOf(tokenize(text))
  const condition = parseOr(reader, knows)
  if (reader.peek() !== undefined)
    throw badRequest('conditions: something follows where nothing was expected')
  return condition
}

type Knows = (field: string) => boolean

function parseOr(reader: Reader, knows: Knows): Condition {
  const parts = [parseAnd(reader, knows)]
  while (reader.take('or')) parts.push(parseAnd(reader, knows))
  return (record) => parts.some((part) => part(record))
}

function parseAnd(reader: Reader, knows: Knows): Condition {
  const parts = [parseOne(reader, knows)]
  while (reader.take('and')) parts.push(parseOne(reader, knows))
  return (record) => parts.every((part) => part(record))
}

function parseOne(reader: Reader, knows: Knows): Condition {
  if (reader.take('not')) {
    const inner = parseOne(reader, knows)
    return (record) => !inner(record)
  }
  if (reader.take('(')) {
    const inner = parseOr(reader, knows)
    if (!reader.take(')')) throw badRequest('conditions: a bracket is not closed')
    return inner
  }
  const token = reader.next()
  if (token?.kind !== 'field') throw badRequest('conditions: a field was expected')
  if (!knows(token.name)) throw badRequest(`conditions: there is no field ${token.name}`)
  return parseComparison(reader, token.name)
}

function parseComparison(reader: Reader, field: string): Condition {
  const negated = reader.take('not')
  const test = negated || !isSymbol(reader.peek()) ? parseWordTest(reader) : parseSymbolTest(reader)
  return (record) => {
    const value = fieldOf(record, field)
    const holds = test(value, field)
    return negated ? !holds : holds
  }
}

type Test = (value: unknown, field: string) => boolean

function isSymbol(token: Token | undefined): boolean {
  return token?.kind === 'symbol'
}

function parseWordTest(reader: Reader): Test {
  if (reader.take('in')) {
    const choices = parseList(reader)
    return (value, field) => choices.some((choice) => compare(value, choice, field) === 0)
  }
  if (reader.take('contains')) {
    const wanted = parseText(reader).toLowerCase()
    return (value) => typeof value === 'string' && value.toLowerCase().includes(wanted)
  }
  if (reader.take('like')) {
    const parts = parseText(reader)
      .split('%')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    const pattern = new RegExp(`^${parts.join('.*')}$`, 'is')
    return (value) => typeof value === 'string' && pattern.test(value)
  }
  throw badRequest('conditions: an operator was expected')
}

function parseSymbolTest(reader: Reader): Test {
  const token = reader.next()
  const symbol = token?.kind === 'symbol' ? token.symbol : ''
  const wanted = parseLiteral(reader)
  if (wanted.kind === 'null') {
    if (symbol !== '=' && symbol !== '!=')
      throw badRequest(`conditions: null cannot be compared by ${symbol}`)
    return (value) => (value === undefined) === (symbol === '=')
  }
  const holds = ORDERS[symbol]
  if (holds === undefined) throw badRequest(`conditions: ${symbol} is no comparison`)
  return (value, field) => {
    const order = compare(value, wanted, field)
    return order !== undefined && holds(order)
  }
}

const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

function parseList(reader: Reader): Literal[] {
  if (!reader.take('(')) throw badRequest('conditions: in needs a list in brackets')
  const choices = [parseLiteral(reader)]
  while (reader.take(',')) choices.push(parseLiteral(reader))
  if (!reader.take(')')) throw badRequest('conditions: a bracket is not closed')
  return choices
}

function parseLiteral(reader: Reader): Literal {
  const token = reader.next()
  if (token?.kind === 'literal') return token.literal
  throw badRequest('conditions: Expected string, date, number, true, false or null')
}

function parseText(reader: Reader): string {
  const { kind, value } = parseLiteral(reader)
  if (kind !== 'string') throw badRequest('conditions: Expected string')
  return value
}

/** The value at "a/b"; undefined when it is empty. */
function fieldOf(record: Shown, field: string): unknown {
  return field
    .split('/')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
      record,
    )
}

/** How a value stands to a literal; undefined when it is empty, which compares with nothing, as in the vendor's database. */
function compare(value: unknown, wanted: Literal, field: string): number | undefined {
  if (value === undefined || wanted.kind === 'null') return undefined
  const [left, right] = comparable(value, wanted)
  if (left === undefined) throw badRequest(`conditions: ${field} cannot be compared with a ${wanted.kind}`)
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** Both sides as numbers, or as texts without case; no left side: they are of different kinds. */
function comparable(
  value: unknown,
  { kind, value: wanted }: Literal,
): readonly [number | string | undefined, number | string] {
  const isInstant = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value)
  if (kind === 'date') return [isInstant ? Date.parse(value) : undefined, Date.parse(wanted)]
  if (typeof value !== typeof wanted || isInstant) return [undefined, 0]
  if (typeof value === 'string') return [value.toLowerCase(), String(wanted).toLowerCase()]
  return [Number(value), Number(wanted)]
}
