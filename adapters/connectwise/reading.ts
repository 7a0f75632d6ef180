import { Problem } from '../../core/problem.js'
import { type Parser, quoted } from '../http/schema.js'

export const SYSTEM = 'ConnectWise'

/** What every Problem of a read leaves undone. */
export const NOTHING_READ = 'ConnectWise was not read completely and nothing was written.'

/** What a Problem about the content of an answer names. */
export interface Reading {
  /** "agreement 77" */
  readonly subject: string
  /** Method and address of the answer. */
  readonly where: string
  /** Texts that are never quoted. */
  readonly secrets: readonly string[]
}

/** @throws Problem `unavailable`: whose field, which value was found, what was expected and what to do. */
export function read<T>(parse: Parser<T>, raw: unknown, reading: Reading): T {
  const parsed = parse(raw)
  if ('value' in parsed) return parsed.value
  const { path, found, expected } = parsed.fault
  throw unusable(
    reading,
    `has ${path === '' ? '' : `${path} = `}${quoted(found, reading.secrets)} instead of ${expected}`,
  )
}

/** A Problem about content that ConnectWise sent. */
export function unusable({ subject, where }: Reading, fault: string): Problem {
  return new Problem({
    kind: 'unavailable',
    what: `ConnectWise's answer cannot be used: ${subject} ${fault}.`,
    where,
    notDone: NOTHING_READ,
    next: 'Correct the record in ConnectWise, then run it again.',
  })
}
