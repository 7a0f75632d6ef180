import type { RunLine } from '../billrun/run.js'

/** How the lines of now differ from the lines that were shown. */
export interface Staleness {
  readonly added: readonly RunLine[]
  readonly gone: readonly RunLine[]
  /** Same charge, told otherwise: its names, the day on which to bill it. */
  readonly reworded: readonly RunLine[]
  /** Steps into a PSA that are to be written now and were not shown, and the other way round. */
  readonly steps?: { readonly added: readonly ChangedStep[]; readonly gone: readonly ChangedStep[] }
}

/** A step of a plan: whose it is, and what it does in words. */
export interface ChangedStep {
  readonly customerId: string
  /** "Contoso · Business Premium: 20 → 25 seats from 11 Mar 2026" */
  readonly words: string
}

/** What a line shows beyond the facts that make its key. */
const SHOWN = ['customerId', 'customerName', 'description', 'currency', 'billOn'] as const

/** Compares what was shown with what is due now; undefined when nothing differs. */
export function staleness(shown: readonly RunLine[], now: readonly RunLine[]): Staleness | undefined {
  const before = new Map(shown.map((line) => [line.key, line]))
  const after = new Map(now.map((line) => [line.key, line]))
  const added = now.filter(({ key }) => !before.has(key))
  const gone = shown.filter(({ key }) => !after.has(key))
  const reworded = now.filter((line) => {
    const earlier = before.get(line.key)
    return earlier !== undefined && SHOWN.some((name) => earlier[name] !== line[name])
  })
  if (added.length + gone.length + reworded.length === 0) return undefined
  return { added, gone, reworded }
}
