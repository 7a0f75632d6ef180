import { createHash } from 'node:crypto'

/** What happened, who did it, to what: written in the same transaction as the thing itself. */
export interface AuditFact {
  readonly at: Date
  /** Id of the person, or `system`. */
  readonly actor: string
  /** Verb of the fact, such as `run.proposed` or `run.approved`. */
  readonly action: string
  /** What it is about, such as `BR-0007`. */
  readonly subject: string
  /** Plain data: strings, booleans, lists and records of them. Numbers as strings. */
  readonly details: AuditDetails
}

export interface AuditDetails {
  readonly [name: string]: string | boolean | null | readonly string[] | AuditDetails
}

/** A fact in its place in the chain. */
export interface AuditEntry extends AuditFact {
  /** 1, 2, 3 … per MSP, without gaps. */
  readonly sequence: number
  /** Hash of the entry before; {@link CHAIN_START} for the first. */
  readonly previous: string
  readonly hash: string
}

/** What the first entry names as its predecessor. */
export const CHAIN_START = '0'.repeat(64)

/** Puts a fact behind the last entry: its hash covers its content and everything before it. */
export function chain(fact: AuditFact, last: Pick<AuditEntry, 'sequence' | 'hash'> | undefined): AuditEntry {
  const sequence = (last?.sequence ?? 0) + 1
  const previous = last?.hash ?? CHAIN_START
  return { ...fact, sequence, previous, hash: hashOf(fact, sequence, previous) }
}

/** Where a chain breaks: the first entry that is not what its neighbours and its own hash say. */
export interface ChainFault {
  readonly sequence: number
  readonly what: string
}

/**
 * Verifies a chain in order of sequence: undefined when it holds.
 *
 * @param before the entry it goes on from, when a long chain is verified in parts; undefined: it is whole.
 */
export function verifyChain(entries: Iterable<AuditEntry>, before?: AuditEntry): ChainFault | undefined {
  let last = before
  for (const entry of entries) {
    const wanted = (last?.sequence ?? 0) + 1
    if (entry.sequence !== wanted) return { sequence: wanted, what: `entry ${wanted} is missing` }
    if (entry.previous !== (last?.hash ?? CHAIN_START)) {
      return { sequence: wanted, what: `entry ${wanted} does not follow the one before it` }
    }
    if (entry.hash !== hashOf(entry, entry.sequence, entry.previous)) {
      return { sequence: wanted, what: `entry ${wanted} was changed after it was written` }
    }
    last = entry
  }
  return undefined
}

function hashOf(
  { at, actor, action, subject, details }: AuditFact,
  sequence: number,
  previous: string,
): string {
  const content = canonical([sequence, previous, at.toISOString(), actor, action, subject, details])
  return createHash('sha256').update(content).digest('hex')
}

/** JSON with the names of every record in order: equal data is equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    entries.sort(([left], [right]) => (left < right ? -1 : 1))
    return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(',')}}`
  }
  return JSON.stringify(value)
}
