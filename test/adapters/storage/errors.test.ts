import { describe, expect, test } from 'vitest'
import { asStorageProblem, isWriteConflict } from '../../../adapters/storage/errors.js'
import { Problem } from '../../../core/problem.js'

function withCode(code: string): Error {
  return Object.assign(new Error('from the driver'), { code })
}

/** How Prisma 7 hands on what the driver said. */
function fromPrisma(originalCode: string): Error {
  const driverAdapterError = Object.assign(new Error('adapter'), {
    cause: { kind: 'postgres', originalCode },
  })
  return Object.assign(new Error('Invalid invocation'), { code: 'P2010', meta: { driverAdapterError } })
}

describe('failures of the database become sentences', () => {
  test.each([
    ['28P01', /refused the user name or password/],
    ['3D000', /does not exist/],
    ['53100', /disk of the database is full.*Make room/],
    ['53300', /accepts no more connections/],
    ['25006', /read-only.*primary/],
    ['57P01', /does not answer/],
    ['08006', /does not answer/],
    ['ECONNREFUSED', /does not answer/],
    ['ENOTFOUND', /does not answer/],
    ['P2028', /does not answer/],
    ['40001', /Others keep changing the same rows/],
  ])('%s', (code, sentence) => {
    for (const error of [withCode(code), fromPrisma(code), new Error('outside', { cause: withCode(code) })]) {
      const problem = asStorageProblem(error, 'Nothing was read.', 'db:5432/x')
      expect(problem).toBeInstanceOf(Problem)
      expect(problem).toMatchObject({
        kind: 'unavailable',
        where: 'db:5432/x',
        notDone: 'Nothing was read.',
        cause: error,
      })
      expect(String(problem)).toMatch(sentence)
      expect(String(problem)).toContain(`(${code})`)
    }
  })

  test('what the driver says without a code', () => {
    const sentences = [
      'Connection terminated unexpectedly',
      'timeout exceeded when trying to connect',
      'timeout expired',
      'Client has encountered a connection error and is not queryable',
      'Query read timeout',
      'The embedded database has stopped.',
    ]
    for (const sentence of sentences) expect(asStorageProblem(new Error(sentence))).toBeInstanceOf(Problem)
  })

  test('both addresses of a host refused', () => {
    expect(
      asStorageProblem(new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')])),
    ).toBeInstanceOf(Problem)
  })

  test('writing that was cut says that it may have been stored', () => {
    expect(String(asStorageProblem(withCode('57P01')))).toContain(
      'It is not certain that anything was stored.',
    )
  })

  test('a bug stays a bug, and a Problem the same Problem', () => {
    const problem = new Problem({ kind: 'held', what: 'No.' })
    const circle: { cause?: unknown } = {}
    circle.cause = circle
    for (const error of [
      problem,
      withCode('23505'),
      fromPrisma('22P02'),
      new TypeError('x'),
      'text',
      undefined,
      circle,
    ]) {
      expect(asStorageProblem(error)).toBe(error)
    }
  })

  test('only a transaction that was given up whole is done again', () => {
    expect(
      ['40001', '40P01'].every(
        (code) => isWriteConflict(withCode(code)) && isWriteConflict(fromPrisma(code)),
      ),
    ).toBe(true)
    expect(isWriteConflict(withCode('P2034'))).toBe(true)
    expect(['57P01', '23505', 'P2028'].some((code) => isWriteConflict(withCode(code)))).toBe(false)
  })
})
