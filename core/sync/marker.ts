import { createHash } from 'node:crypto'

/** Both PSAs take this many characters in the field we write it to: `serialNumber`, `externalNumber`-like texts. */
export const MARKER_CHARACTERS = 50

const PATTERN = /^CBS:(L-[a-z0-9]+):([ro])([0-9a-f]{12})$/

/** What a marker says: whose line it is, and whether it is billed once or goes on. */
export interface Marked {
  readonly slotId: string
  readonly oneTime: boolean
}

/**
 * The text we write into a PSA to find a line again (S5): the slot's lineage, and the change in twelve characters of
 * its identity. It says of which kind the line is, so that a lost database can be rebuilt from the PSA.
 */
export function markerOf(slotId: string, oneTime: boolean, facts: string): string {
  const change = createHash('sha256').update(facts).digest('hex').slice(0, 12)
  return `CBS:${slotId}:${oneTime ? 'o' : 'r'}${change}`
}

/** undefined: it is not one of ours. */
export function readMarker(marker: string | undefined): Marked | undefined {
  const match = marker === undefined ? null : PATTERN.exec(marker)
  if (match === null) return undefined
  const [, slotId = '', kind] = match
  return { slotId, oneTime: kind === 'o' }
}

/** Names lines of a slot: of equal ones each takes the first marker that is neither there already nor in this plan. */
export function lineNamer(
  slotId: string,
  there: Iterable<string>,
): (oneTime: boolean, facts: string) => string {
  const taken = new Set(there)
  return (oneTime, facts) => {
    for (let ordinal = 0; ; ordinal += 1) {
      const marker = markerOf(slotId, oneTime, `${facts}|${ordinal}`)
      if (taken.has(marker)) continue
      taken.add(marker)
      return marker
    }
  }
}
