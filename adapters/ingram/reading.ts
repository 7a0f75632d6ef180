import { Problem } from '../../core/problem.js'
import { type Parser, quoted } from '../http/schema.js'

/** What a Problem about the content of an answer names. */
export interface Reading {
  /** "subscription 1000177". */
  readonly subject: string
  /** Method, address and correlation id of the answer. */
  readonly where: string
  /** Path of the part inside the answer: "details[2]". */
  readonly part?: string
  /** Values are never quoted. */
  readonly confidential?: true
}

/** What every Problem of this adapter leaves undone: an observation is whole or it is not. */
export const NOTHING_STORED = 'The marketplace was not read completely and nothing was stored.'

/** @throws Problem `unavailable`: whose field, which value was found, what was expected and what to do. */
export function read<T>(parse: Parser<T>, raw: unknown, reading: Reading): T {
  const parsed = parse(raw)
  if ('value' in parsed) return parsed.value
  const { path, found, expected } = parsed.fault
  const field = [reading.part, path].filter((part) => part !== undefined && part !== '').join('.')
  throw unusable(
    reading,
    `has ${field === '' ? '' : `${field} = `}${reading.confidential === true ? 'a value' : quoted(found)} instead of ${expected}`,
  )
}

/** A Problem about content the marketplace sent. */
export function unusable({ subject, where }: Reading, fault: string): Problem {
  return new Problem({
    kind: 'unavailable',
    what: `The marketplace's answer cannot be used: ${subject} ${fault}.`,
    where,
    notDone: NOTHING_STORED,
    next: 'Correct the record in the marketplace, or give its support the correlation id; then observe again.',
  })
}

/** "subscription 1000177"; a row whose id cannot be used is found by its place. */
export function subjectOf(kind: string, raw: unknown, place: string): string {
  const id: unknown = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'id') : undefined
  return typeof id === 'string' && /^[\w.:-]{1,64}$/.test(id) ? `${kind} ${id}` : `the ${kind} at ${place}`
}
