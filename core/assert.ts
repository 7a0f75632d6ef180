/**
 * A broken invariant is a bug of ours, never a user's mistake: it stops the work at once and is reported with its
 * stack. Everything a person can cause is a {@link Problem} instead.
 */
export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed'
}

/** Stops with {@link AssertionFailed} unless `condition` holds. Stays on in production. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailed(message)
}

/** Marks a branch the type checker proves impossible; reached at run time it is a bug. */
export function unreachable(value: never, what: string): never {
  throw new AssertionFailed(`${what}: unexpected ${String(value)}`)
}
