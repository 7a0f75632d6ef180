import type { RunLine } from '../billrun/run.js'

/** How the lines of now differ from the lines that were shown. */
export interface Staleness {
  readonly added: readonly RunLine[]
  readonly gone: readonly RunLine[]
  /** Same charge, other words: a name or a description. */
  readonly reworded: readonly RunLine[]
}

/** Compares what was shown with what is due now; undefined when nothing differs. */
export function staleness(shown: readonly RunLine[], now: readonly RunLine[]): Staleness | undefined {
  const before = new Map(shown.map((line) => [line.key, line]))
  const after = new Map(now.map((line) => [line.key, line]))
  const added = now.filter(({ key }) => !before.has(key))
  const gone = shown.filter(({ key }) => !after.has(key))
  const reworded = now.filter((line) => {
    const earlier = before.get(line.key)
    return (
      earlier !== undefined &&
      (earlier.description !== line.description || earlier.customerName !== line.customerName)
    )
  })
  if (added.length + gone.length + reworded.length === 0) return undefined
  return { added, gone, reworded }
}
