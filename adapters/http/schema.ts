import { z } from 'zod'
import { ANSWER_QUOTED_LENGTH, MAXIMUM_TEXT_LENGTH } from '../../core/limits.js'
import { type Decimal, parseDecimal } from '../../core/money/decimal.js'
import { hideSecrets } from './refusal.js'

/** How the answers of all vendors are read: exactly where a field is used, and with one sentence for what cannot be. */

/** What was sent where something else was expected. */
export interface Fault {
  /** "products[0].unitPrice.amount"; empty: the whole answer. */
  readonly path: string
  readonly found: unknown
  /** Completes "expected …". */
  readonly expected: string
}

export type Parsed<T> = { readonly value: T } | { readonly fault: Fault }
export type Parser<T> = (raw: unknown) => Parsed<T>

/** A required field: `read` gives undefined for what cannot be used, `expected` says what would have been right. */
export function field<T>(expected: string, read: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const result = read(value)
    if (result !== undefined) return result
    context.addIssue({ code: 'custom', message: expected })
    return z.NEVER
  })
}

/** A field that may be absent, null or empty: vendors leave out what is empty, or send it so. */
export function optionalField<T>(expected: string, read: (value: unknown) => T | undefined) {
  return z
    .unknown()
    .optional()
    .transform((value, context): T | undefined => {
      if (value === undefined || value === null || value === '') return undefined
      const result = read(value)
      if (result !== undefined) return result
      context.addIssue({ code: 'custom', message: expected })
      return z.NEVER
    })
}

/** Text from outside on one line: control characters would break stores and cards, lone surrogates break UTF-8. */
export function readText(value: unknown, maximum: number = MAXIMUM_TEXT_LENGTH): string | undefined {
  if (typeof value !== 'string') return undefined
  const line = value
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
  if (line === '') return undefined
  const points = [...line]
  return points.length > maximum ? `${points.slice(0, maximum - 1).join('')}…` : line
}

/** Digits beyond which a JSON number may have lost some on the way. */
const EXACT_NUMBER_DIGITS = 15

/** The shortest text of a JSON number is what was sent, as long as it has no more digits than a double keeps. */
export function readExactNumber(value: unknown): Decimal | undefined {
  if (typeof value !== 'number') return undefined
  const text = String(value)
  return text.replace(/\D/g, '').length > EXACT_NUMBER_DIGITS ? undefined : parseDecimal(text)
}

type Issue = z.core.$ZodIssue

/** "pageDetails.nextPageUrl". */
export function dottedPath(path: readonly PropertyKey[]): string {
  return path.map(String).join('.')
}

const KINDS: Readonly<Record<string, string>> = { array: 'a list', object: 'an object' }

function shapeOf(issue: Issue): string {
  return issue.code === 'invalid_type' ? (KINDS[issue.expected] ?? issue.expected) : issue.message
}

/**
 * The parsers of one vendor. The first fault is enough: the sentence it becomes names one field to look at.
 *
 * @param pathText how that vendor's people write where a field is.
 * @param shape completes "expected …" where not a field's value is wrong but what stands there at all.
 */
export function parserOf(
  pathText: (path: readonly PropertyKey[]) => string,
  shape: (issue: Issue) => string = shapeOf,
): <T>(schema: z.ZodType<T>) => Parser<T> {
  return (schema) => (raw) => {
    const result = schema.safeParse(raw)
    if (result.success) return { value: result.data }
    const [issue] = result.error.issues
    const path = issue?.path ?? []
    const found = path.reduce<unknown>(valueAt, raw)
    if (issue === undefined) return { fault: { path: '', found, expected: 'data' } }
    const expected = issue.code === 'custom' ? issue.message : shape(issue)
    return { fault: { path: pathText(path), found, expected } }
  }
}

function valueAt(value: unknown, step: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined
}

/** A value as a refusal quotes it. @param secrets that must not be read in it. */
export function quoted(value: unknown, secrets: readonly string[] = []): string {
  if (value === undefined) return 'nothing'
  // Hidden before cutting: half a secret would not be recognised any more.
  const text = hideSecrets(JSON.stringify(value), secrets)
  return text.length > ANSWER_QUOTED_LENGTH ? `${text.slice(0, ANSWER_QUOTED_LENGTH)}…` : text
}
