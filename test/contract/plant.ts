import { checkTraffic, operationName } from './check.js'
import type { Operation } from './document.js'
import type { Exchange } from './traffic.js'

/** A wrong field put into one recorded answer, and whether the check saw it. */
export interface Planting {
  readonly operation: string
  /** "field renamed". */
  readonly wrong: string
  readonly caught: boolean
}

/**
 * Shows that the check can go red: for each operation, one of its recorded answers is checked again with a field
 * renamed and with a text turned into a number; a bare number, or the first value of an answer without texts, is
 * turned into a text.
 */
export function plantWrongFields(
  operations: readonly Operation[],
  exchanges: readonly Exchange[],
): Planting[] {
  const plantings: Planting[] = []
  const done = new Set<string>()
  for (const exchange of exchanges) {
    const verdict = checkTraffic(operations, [exchange])
    const [name] = verdict.answers.keys()
    const operation = operations.find((candidate) => operationName(candidate) === name)
    if (name === undefined || operation === undefined || done.has(name) || verdict.faults.length > 0) continue
    const body: unknown = JSON.parse(exchange.response?.body.toString('utf8') ?? 'null')
    const changes = changesOf(body)
    if (changes.length === 0) continue
    done.add(name)
    for (const [wrong, changed] of changes) {
      plantings.push({ operation: name, wrong, caught: isCaught(operations, exchange, changed) })
    }
  }
  return plantings
}

/** Wrong versions of an answer; none when it holds nothing to change. */
function changesOf(body: unknown): readonly (readonly [string, unknown])[] {
  // Some operations answer with a bare number.
  if (typeof body === 'number') return [['number turned into a text', String(body)]]
  const isText = (value: unknown): boolean => typeof value === 'string'
  const changes = [
    ['field renamed', replaceFirst(body, isText, (key, value) => [`${key}_planted`, value])],
    ['text turned into a number', replaceFirst(body, isText, (key) => [key, 12_345.5])],
  ] as const
  if (changes.some(([, changed]) => changed !== undefined)) return changes
  // An answer without any text: a write that tells the id it made, or that it made none.
  const others = [
    ['field renamed', replaceFirst(body, isPlain, (key, value) => [`${key}_planted`, value])],
    ['value turned into a text', replaceFirst(body, isPlain, (key) => [key, 'planted'])],
  ] as const
  return others.filter(([, changed]) => changed !== undefined)
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

function isCaught(operations: readonly Operation[], exchange: Exchange, body: unknown): boolean {
  const { response } = exchange
  if (response === undefined) return false
  const planted = { ...exchange, response: { ...response, body: Buffer.from(JSON.stringify(body)) } }
  return checkTraffic(operations, [planted]).faults.length > 0
}

/** A copy with the first field that is meant, depth first, replaced; undefined when there is none. */
function replaceFirst(
  value: unknown,
  isMeant: (entry: unknown) => boolean,
  replace: (key: string, value: unknown) => readonly [string, unknown],
): unknown {
  let replaced = false
  const copy = (current: unknown): unknown => {
    if (Array.isArray(current)) return current.map(copy)
    if (typeof current !== 'object' || current === null) return current
    return Object.fromEntries(
      Object.entries(current).map(([key, entry]) => {
        if (replaced || !isMeant(entry)) return [key, copy(entry)]
        replaced = true
        return replace(key, entry)
      }),
    )
  }
  const changed = copy(value)
  return replaced ? changed : undefined
}
