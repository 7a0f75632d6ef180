/** Keeps the last value made, until it is asked for another version; a failure is not kept. */
export function remember<V extends string | number, T>(make: () => Promise<T>): (version: V) => Promise<T> {
  let kept: { version: V; value: Promise<T> } | undefined
  return (version) => {
    if (kept?.version === version) return kept.value
    const value = make()
    const entry = { version, value }
    kept = entry
    value.catch(() => {
      if (kept === entry) kept = undefined
    })
    return value
  }
}

/** Keeps the last result of a calculation for as long as it is asked with the same things. */
export function rememberLast<A extends readonly unknown[], T>(make: (...given: A) => T): (...given: A) => T {
  let kept: { given: A; value: T } | undefined
  return (...given) => {
    const last = kept
    if (last !== undefined && isSame(last.given, given)) return last.value
    const value = make(...given)
    kept = { given, value }
    return value
  }
}

/** The very same things in the same order. */
export function isSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((one, index) => one === right[index])
}
