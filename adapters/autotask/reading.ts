import { Problem } from '../../core/problem.js'
import { type Parser, quoted } from '../http/schema.js'

/** "Autotask": the subject of every sentence. */
export const SYSTEM = 'Autotask'

/** What every Problem of a read leaves undone: a container is whole or it is not. */
export const NOTHING_READ = 'Nothing was read completely and nothing was written.'

/** What a Problem about the content of an answer names. */
export interface Reading {
  /** "contract 29683004". */
  readonly subject: string
  /** Method and address of the answer. */
  readonly where: string
}

/** @throws Problem `unavailable`: whose field, which value was found, what was expected. */
export function read<T>(parse: Parser<T>, raw: unknown, reading: Reading): T {
  const parsed = parse(raw)
  if ('value' in parsed) return parsed.value
  const { path, found, expected } = parsed.fault
  throw unusable(reading, `has ${path === '' ? '' : `${path} = `}${quoted(found)} instead of ${expected}`)
}

/** A Problem about content that Autotask sent. */
export function unusable({ subject, where }: Reading, fault: string): Problem {
  return new Problem({
    kind: 'unavailable',
    what: `What ${SYSTEM} answered cannot be used: ${subject} ${fault}.`,
    where,
    notDone: NOTHING_READ,
    next: 'Correct the record in Autotask, then try again.',
  })
}

/** "ContractCharges 29683010"; a row whose id cannot be used is found by its place. */
export function subjectOf(entity: string, raw: unknown, position: number): string {
  const id: unknown = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'id') : undefined
  return typeof id === 'number' ? `${entity} ${id}` : `the row at position ${position} of ${entity}`
}
