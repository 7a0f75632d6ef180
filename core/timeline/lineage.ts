import { createHash } from 'node:crypto'
import type { LocalDate } from '../calendar/date.js'
import type { LineageMembership } from './types.js'

/** How far a new licence line may start from the end of the one it continues (BILLING B18). */
export const LINEAGE_GAP_DAYS = 3

/** What decides whether one licence line continues another. */
export interface LineageCandidate {
  readonly recordKey: string
  readonly customerId: string
  readonly mpn: string
  readonly vendorSubscriptionId: string | undefined
  /** First day of service. */
  readonly startsOn: LocalDate
  /** First day without service; undefined while it runs. */
  readonly endsOn: LocalDate | undefined
  /** First day after the running term, where the marketplace says one. */
  readonly expiresOn: LocalDate | undefined
}

/** A licence line that could continue several others: a person has to say which. */
export interface AmbiguousLineage {
  readonly recordKey: string
  readonly candidates: readonly string[]
}

export interface LineageAssignment {
  /** Every record, known and new, in the order given. */
  readonly memberships: readonly LineageMembership[]
  /** Records kept on their own for now, and held. */
  readonly ambiguous: readonly AmbiguousLineage[]
}

/**
 * Says which lineage each licence line belongs to (BILLING B18). Known memberships are kept: an identity that was used
 * once never moves. A new line joins the one line of the same customer and product that ended within three days of its
 * start; with equal vendor subscription ids that one wins among several; more than one: held, not joined.
 */
export function assignLineages(
  records: readonly LineageCandidate[],
  known: ReadonlyMap<string, string>,
): LineageAssignment {
  const lineageOf = new Map(known)
  const continued = continuedRecords(records, known)
  const ambiguous: AmbiguousLineage[] = []
  for (const group of byCustomerAndProduct(records).values()) {
    const fresh = group.filter(({ recordKey }) => !known.has(recordKey))
    for (const record of fresh) {
      const candidates = preferVendorId(record, predecessors(record, group, continued))
      const [only] = candidates
      const undecided = only === undefined ? mayStillContinue(record, group, continued) : []
      if (undecided.length > 0) {
        lineageOf.set(record.recordKey, lineageIdOf(record.recordKey))
        ambiguous.push({ recordKey: record.recordKey, candidates: undecided })
      } else if (only === undefined) {
        lineageOf.set(record.recordKey, lineageIdOf(record.recordKey))
      } else if (candidates.length === 1 && !isContested(only, record, fresh)) {
        lineageOf.set(record.recordKey, lineageOf.get(only.recordKey) ?? lineageIdOf(only.recordKey))
        continued.add(only.recordKey)
      } else {
        lineageOf.set(record.recordKey, lineageIdOf(record.recordKey))
        ambiguous.push({
          recordKey: record.recordKey,
          candidates: candidates.map(({ recordKey }) => recordKey),
        })
      }
    }
  }
  const memberships = records.map(({ recordKey }) => ({
    recordKey,
    lineageId: lineageOf.get(recordKey) ?? lineageIdOf(recordKey),
  }))
  return { memberships, ambiguous }
}

/** Our own name for a subscription, made from the first record that founded it: `L-` and 12 base-32 characters. */
export function lineageIdOf(foundingRecordKey: string): string {
  return `L-${shortId(foundingRecordKey, 12)}`
}

/** Letters and digits that are not mistaken for each other when read aloud or typed. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'

/** A short name made from facts: the same facts always give the same name. At most 32 characters. */
export function shortId(facts: string, length: number): string {
  const digest = createHash('sha256').update(facts).digest()
  let id = ''
  for (const byte of digest.subarray(0, length)) id += ALPHABET.charAt(byte % ALPHABET.length)
  return id
}

/** Records that already have a successor: they cannot be continued twice. */
function continuedRecords(
  records: readonly LineageCandidate[],
  known: ReadonlyMap<string, string>,
): Set<string> {
  const latest = new Map<string, LineageCandidate>()
  const continued = new Set<string>()
  for (const record of sortedByStart(records)) {
    const lineage = known.get(record.recordKey)
    if (lineage === undefined) continue
    const before = latest.get(lineage)
    if (before !== undefined) continued.add(before.recordKey)
    latest.set(lineage, record)
  }
  return continued
}

function byCustomerAndProduct(records: readonly LineageCandidate[]): Map<string, LineageCandidate[]> {
  const groups = new Map<string, LineageCandidate[]>()
  for (const record of sortedByStart(records)) {
    const name = JSON.stringify([record.customerId, record.mpn])
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [record])
    else group.push(record)
  }
  return groups
}

/** By start, then by key: the same answer whatever order the marketplace lists in. */
function sortedByStart(records: readonly LineageCandidate[]): LineageCandidate[] {
  return [...records].sort(
    (left, right) => left.startsOn - right.startsOn || (left.recordKey < right.recordKey ? -1 : 1),
  )
}

/**
 * Records that `record` may continue. One that still runs is continued only by a line with its own vendor subscription
 * id: a customer may simply buy the product twice.
 */
function predecessors(
  record: LineageCandidate,
  group: readonly LineageCandidate[],
  continued: ReadonlySet<string>,
): LineageCandidate[] {
  return group.filter((other) => {
    if (other === record || other.startsOn >= record.startsOn || continued.has(other.recordKey)) return false
    const end = other.endsOn ?? (sameVendorId(record, other) ? other.expiresOn : undefined)
    return end !== undefined && Math.abs(record.startsOn - end) <= LINEAGE_GAP_DAYS
  })
}

/**
 * Running lines whose term ends where this one starts: either the turnover is seen half, and the old line is about to
 * end, or it renews and this is a second purchase. Which one it is shows soon; until then nothing is decided.
 */
function mayStillContinue(
  record: LineageCandidate,
  group: readonly LineageCandidate[],
  continued: ReadonlySet<string>,
): string[] {
  return group
    .filter((other) => {
      if (other.startsOn >= record.startsOn || other.endsOn !== undefined) return false
      if (continued.has(other.recordKey) || other.expiresOn === undefined) return false
      return Math.abs(record.startsOn - other.expiresOn) <= LINEAGE_GAP_DAYS
    })
    .map(({ recordKey }) => recordKey)
}

/** True when another new line could continue `only` just as well, and no vendor id settles it. */
function isContested(
  only: LineageCandidate,
  record: LineageCandidate,
  fresh: readonly LineageCandidate[],
): boolean {
  if (sameVendorId(record, only)) return false
  return fresh.some((rival) => rival !== record && predecessors(rival, [only], NONE).length > 0)
}

const NONE: ReadonlySet<string> = new Set()

function preferVendorId(
  record: LineageCandidate,
  candidates: readonly LineageCandidate[],
): LineageCandidate[] {
  const same = candidates.filter((other) => sameVendorId(record, other))
  return same.length > 0 ? same : [...candidates]
}

function sameVendorId(left: LineageCandidate, right: LineageCandidate): boolean {
  return left.vendorSubscriptionId !== undefined && left.vendorSubscriptionId === right.vendorSubscriptionId
}
