import { createHash } from 'node:crypto'
import type { LocalDate } from '../calendar/date.js'
import { LINEAGE_GAP_DAYS } from '../limits.js'
import type { LineageMembership } from './types.js'

/** What decides whether one licence line continues another. */
export interface LineageCandidate {
  readonly recordKey: string
  readonly customerId: string
  readonly mpn: string
  /** By which period, or by usage: lines that are billed differently never continue each other. */
  readonly billedBy: string
  readonly vendorSubscriptionId: string | undefined
  /** False while it never was active: a line without service continues nothing and is not continued (B13). */
  readonly served: boolean
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
  /** Records whose identity is not settled yet: the ambiguous, those that continue them, and those not in service. */
  readonly undecided: ReadonlySet<string>
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
  const inService = sortedByStart(records.filter(({ served }) => served))
  const continued = continuedRecords(inService, known)
  const lineageOf = new Map(known)
  const undecided = new Set<string>()
  const ambiguous: AmbiguousLineage[] = []
  for (const group of groupsOf(inService)) {
    const links = linksOf(group, known, continued)
    for (const { recordKey } of group) {
      const link = links.get(recordKey)
      if (link?.type === 'ambiguous') ambiguous.push({ recordKey, candidates: link.candidates })
      const before = link?.type === 'continues' ? link.recordKey : undefined
      if (link?.type === 'ambiguous' || (before !== undefined && undecided.has(before)))
        undecided.add(recordKey)
      if (known.has(recordKey)) continue
      const own = lineageIdOf(recordKey)
      lineageOf.set(recordKey, before === undefined ? own : (lineageOf.get(before) ?? own))
    }
  }
  for (const { recordKey, served } of records) if (!served && !known.has(recordKey)) undecided.add(recordKey)
  const memberships = records.map(({ recordKey }) => ({
    recordKey,
    lineageId: lineageOf.get(recordKey) ?? lineageIdOf(recordKey),
  }))
  return { memberships, ambiguous, undecided }
}

type Link =
  | { readonly type: 'continues'; readonly recordKey: string }
  | { readonly type: 'ambiguous'; readonly candidates: readonly string[] }

/**
 * What each new line of a customer and product continues; nothing for one that begins a lineage. Equal vendor ids are
 * settled first, so that what they settle is no candidate, and no rival, of the others.
 */
function linksOf(
  group: readonly LineageCandidate[],
  known: ReadonlyMap<string, string>,
  continued: Set<string>,
): ReadonlyMap<string, Link> {
  const links = new Map<string, Link>()
  const join = (record: LineageCandidate, before: LineageCandidate) => {
    links.set(record.recordKey, { type: 'continues', recordKey: before.recordKey })
    continued.add(before.recordKey)
  }
  const fresh = group.filter(({ recordKey }) => !known.has(recordKey))
  for (const record of fresh) {
    const same = predecessors(record, group, continued).filter((other) => sameVendorId(record, other))
    const [only] = same
    if (only !== undefined && same.length === 1) join(record, only)
  }
  const open = fresh.filter(({ recordKey }) => !links.has(recordKey))
  for (const record of open) {
    const candidates = predecessors(record, group, continued)
    const [only] = candidates
    if (only !== undefined && candidates.length === 1 && !isContested(only, record, open)) join(record, only)
    else {
      const possible = only === undefined ? mayStillContinue(record, group, continued) : candidates
      if (possible.length === 0) continue
      links.set(record.recordKey, {
        type: 'ambiguous',
        candidates: possible.map(({ recordKey }) => recordKey),
      })
    }
  }
  return links
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
  sorted: readonly LineageCandidate[],
  known: ReadonlyMap<string, string>,
): Set<string> {
  const latest = new Map<string, LineageCandidate>()
  const continued = new Set<string>()
  for (const record of sorted) {
    const lineage = known.get(record.recordKey)
    if (lineage === undefined) continue
    const before = latest.get(lineage)
    if (before !== undefined) continued.add(before.recordKey)
    latest.set(lineage, record)
  }
  return continued
}

/** By customer, product and way of billing. */
function groupsOf(sorted: readonly LineageCandidate[]): Iterable<readonly LineageCandidate[]> {
  const groups = new Map<string, LineageCandidate[]>()
  for (const record of sorted) {
    const name = JSON.stringify([record.customerId, record.mpn, record.billedBy])
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [record])
    else group.push(record)
  }
  return groups.values()
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
): readonly LineageCandidate[] {
  return group.filter((other) => {
    if (other.startsOn >= record.startsOn || other.endsOn !== undefined) return false
    if (continued.has(other.recordKey) || other.expiresOn === undefined) return false
    return Math.abs(record.startsOn - other.expiresOn) <= LINEAGE_GAP_DAYS
  })
}

/** True when another new line could continue `only` just as well. */
function isContested(
  only: LineageCandidate,
  record: LineageCandidate,
  open: readonly LineageCandidate[],
): boolean {
  return open.some((rival) => rival !== record && predecessors(rival, [only], NONE).length > 0)
}

const NONE: ReadonlySet<string> = new Set()

function sameVendorId(left: LineageCandidate, right: LineageCandidate): boolean {
  return left.vendorSubscriptionId !== undefined && left.vendorSubscriptionId === right.vendorSubscriptionId
}
