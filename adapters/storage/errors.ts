import { Problem } from '../../core/problem.js'

/**
 * What a database, its driver or Prisma says when it cannot be reached or cannot go on: SQLSTATE codes and classes
 * (PostgreSQL manual, appendix A), Node's socket codes, Prisma's P-codes (error reference).
 */
const UNAVAILABLE: readonly (readonly [pattern: RegExp, what: string, next: string])[] = [
  [/^(40001|40P01|P2034)$/, 'Others keep changing the same rows.', 'Repeat in a minute.'],
  [
    /^(28...|P1000|P1010)$/,
    'The database refused the user name or password.',
    'Correct DATABASE_URL and start again.',
  ],
  [/^(3D000|P1003)$/, 'The database does not exist.', 'Create it, or correct DATABASE_URL, and start again.'],
  [/^53100$/, 'The disk of the database is full.', 'Make room on it, then repeat.'],
  [/^(53300|P2037)$/, 'The database accepts no more connections.', 'Repeat in a minute, or raise its limit.'],
  [/^25006$/, 'The database is read-only.', 'Point DATABASE_URL at the primary server, then repeat.'],
  [
    /^(08...|53...|57P0.|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|P1001|P1002|P1008|P1017|P2024|P2028)$/,
    'The database does not answer.',
    'Check that it is running and can be reached, then repeat.',
  ],
]
/** Failures of node-postgres that carry no code. */
const DRIVER_SAYS =
  /connection terminated|timeout exceeded when trying to connect|timeout expired|not queryable|query read timeout|has stopped/i

/** A failure of the database as a {@link Problem}; anything else is a bug of ours and comes back as it is. */
export function asStorageProblem(
  error: unknown,
  notDone = 'It is not certain that anything was stored.',
  where?: string,
): unknown {
  if (error instanceof Problem) return error
  const place = where === undefined ? {} : { where }
  for (const code of codesOf(error)) {
    const known = UNAVAILABLE.find(([pattern]) => pattern.test(code))
    if (known === undefined) continue
    const [, what, next] = known
    return new Problem({
      kind: 'unavailable',
      what: `${what} (${code})`,
      ...place,
      notDone,
      next,
      cause: error,
    })
  }
  const driver = chain(error).some(({ message }) => typeof message === 'string' && DRIVER_SAYS.test(message))
  if (!driver) return error
  return new Problem({
    kind: 'unavailable',
    what: 'The database does not answer.',
    ...place,
    notDone,
    next: 'Check that it is running and can be reached, then repeat.',
    cause: error,
  })
}

/** The database gave this transaction up because of another one; nothing of it was kept, doing it again is right. */
export function isWriteConflict(error: unknown): boolean {
  return codesOf(error).some((code) => code === '40001' || code === '40P01' || code === 'P2034')
}

/** A row with the same unique key is there already (SQLSTATE 23505). */
export function isUniqueViolation(error: unknown): boolean {
  return codesOf(error).includes('23505')
}

/** Every code along the causes, the driver's behind Prisma's included; the innermost first, it says most. */
function codesOf(error: unknown): string[] {
  return chain(error)
    .flatMap(({ code, originalCode }) => [code, originalCode])
    .filter((code) => typeof code === 'string')
    .reverse()
}

interface ErrorLike {
  readonly code?: unknown
  readonly originalCode?: unknown
  readonly message?: unknown
  readonly cause?: unknown
  readonly meta?: unknown
  readonly driverAdapterError?: unknown
  readonly errors?: unknown
}

/** Causes nest in different places: `cause` (Node, Prisma), `meta.driverAdapterError` (Prisma), `errors` (dual-stack). */
function chain(error: unknown, depth = 0): ErrorLike[] {
  if (typeof error !== 'object' || error === null || depth > 8) return []
  const current = error as ErrorLike
  const inner = [current.cause, current.meta, current.driverAdapterError]
  if (Array.isArray(current.errors)) inner.push(...(current.errors as unknown[]))
  return [current, ...inner.flatMap((next) => chain(next, depth + 1))]
}
