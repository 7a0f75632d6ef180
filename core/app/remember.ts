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
