import { createHash } from 'node:crypto'
import { type LocalDate, addDays } from '../calendar/date.js'
import { LINEAGE_GAP_DAYS } from '../limits.js'
import type { Decimal } from '../money/decimal.js'
import type { LineageAnswer, LineageMembership } from './types.js'

/** When a licence line was shown, by the numbers of the observations. */
export interface Sighted {
  /** The first observation that showed it in service. */
  readonly firstSeen: number
  /** The last one that showed it running; 0 when none did. */
  readonly lastRunning: number
}

/** What decides whether one licence line continues another. */
export interface LineageCandidate extends Sighted {
  readonly recordKey: string
  readonly customerId: string
  readonly mpn: string
  /** By which period, or by usage: lines that are billed differently never continue each other. */
  readonly billedBy: string
  readonly vendorSubscriptionId: string | undefined
  /** False while it never was active: a line without service continues nothing and is not continued (B13). */
  readonly served: boolean
  /** Local date of the first observation that showed it in service. */
  readonly firstSeenOn: LocalDate
  /** Its count when it was first seen in service. */
  readonly firstSeats: Decimal
  /** The last one it was seen to have in service; undefined: none. */
  readonly lastSeats: Decimal | undefined
  /** First day of service. */
  readonly startsOn: LocalDate
  /** First day without service; undefined while it runs, as far as is known. */
  readonly endsOn: LocalDate | undefined
  /** First day after the running term, where the marketplace says one. */
  readonly expiresOn: LocalDate | undefined
}

/** A licence line of which nobody can say yet whether it continues another: it is held. */
export interface DoubtfulLineage {
  readonly recordKey: string
  /** `ambiguous`: several could be meant, so a person has to say; `mayContinue`: one may still end, so time will tell. */
  readonly kind: 'ambiguous' | 'mayContinue'
  readonly candidates: readonly string[]
}

/** A licence line of which a person has to say what it continues, or which hangs on what was said, and the choice. */
export interface AskedLineage {
  readonly recordKey: string
  readonly candidates: readonly string[]
  /** Lines whose answers settled it: its own, or those of others; none: it is held. */
  readonly settledBy: readonly string[]
}

export interface LineageAssignment {
  /** The identity of every record, known and new, in the order given. */
  readonly memberships: readonly LineageMembership[]
  /** Identities that turned out to continue an earlier one, each with the earliest of them. */
  readonly continued: ReadonlyMap<string, string>
  /** Records kept on their own for now, and held. */
  readonly doubtful: readonly DoubtfulLineage[]
  /** In order of their start. */
  readonly asked: readonly AskedLineage[]
  /**
   * Records whose identity is not to be kept yet: new doubtful ones, what continues them, those not in service, and those
   * whose identity hangs on an answer, which can be changed.
   */
  readonly undecided: ReadonlySet<string>
}

/** What people said of licence lines, by line. */
export type LineageAnswers = ReadonlyMap<string, Pick<LineageAnswer, 'continues'>>

const NO_ANSWERS: LineageAnswers = new Map()

/**
 * Says which lineage each licence line belongs to (BILLING B18). A line continues the one line of the same customer and
 * product that ended within three days of its start; with equal vendor subscription ids that one wins among several;
 * more than one: held, not joined.
 *
 * A turnover may be seen half: the new line is listed, and the old one still runs. So a line that appears beside a
 * running one, within three days of its start or of that one's term, is held until an observation shows what the other
 * one does. When it runs on, the new one is a second purchase, and stays one when the other ends later, unless both had
 * as many seats or have the same vendor subscription id. Of lines that could continue the same one those never shown
 * running beside it come first.
 *
 * Known memberships are kept. When news of an end comes later, a whole known lineage may turn out to continue an earlier
 * one (`continued`): what was billed under its name keeps that name and is settled with the earlier one, so that the
 * total is the one computed from scratch (B23). That is never kept: it holds as long as the observed dates say so.
 *
 * What a person said comes before all of it. Who continues a line that way leaves it to nobody else, so that one answer
 * may settle several lines; none of them is kept, so that another answer settles them anew.
 *
 * @param observedOn local date of the latest observation.
 */
export function assignLineages(
  records: readonly LineageCandidate[],
  known: ReadonlyMap<string, string>,
  observedOn: LocalDate,
  answers: LineageAnswers = NO_ANSWERS,
): LineageAssignment {
  const inService = sortedByStart(records.filter(({ served }) => served))
  const kept = keptLinks(inService, known)
  const links = new Map<string, Link>()
  const asked: AskedLineage[] = []
  const hanging = new Set<string>()
  for (const group of groupsOf(inService)) {
    const given = { group, known, kept, answers, observedOn }
    addLinks(links, given)
    const own = hangingIn(given, links)
    asked.push(...askedIn(given, links, own))
    for (const recordKey of own) hanging.add(recordKey)
  }
  const { lineageOf, continued, undecided } = identitiesOf(inService, known, links)
  for (const recordKey of hanging) if (!known.has(recordKey)) undecided.add(recordKey)
  for (const { recordKey, served } of records) if (!served && !known.has(recordKey)) undecided.add(recordKey)
  return {
    memberships: records.map(({ recordKey }) => ({
      recordKey,
      lineageId: lineageOf.get(recordKey) ?? known.get(recordKey) ?? lineageIdOf(recordKey),
    })),
    continued,
    doubtful: inService.flatMap(({ recordKey }) => {
      const link = links.get(recordKey)
      return link === undefined || link.kind === 'continues' ? [] : [{ recordKey, ...link }]
    }),
    asked,
    undecided,
  }
}

type Link =
  | { readonly kind: 'continues'; readonly recordKey: string }
  | Pick<DoubtfulLineage, 'kind' | 'candidates'>

/** Lines of one customer and product that are billed alike, with what is kept of them. */
interface Group {
  readonly group: readonly LineageCandidate[]
  readonly known: ReadonlyMap<string, string>
  /** Which record each one continues that is known to continue one. */
  readonly kept: ReadonlyMap<string, string>
  readonly answers: LineageAnswers
  readonly observedOn: LocalDate
}

/**
 * What each line that is not known to continue another one continues; nothing for one that begins a lineage. Answers, then
 * equal vendor ids, are settled first, so that what they settle is no candidate, and no rival, of the others.
 */
function addLinks(links: Map<string, Link>, { group, known, kept, answers, observedOn }: Group): void {
  // Nobody continues what is continued already.
  const taken = new Set(kept.values())
  const founders = new Set<string>()
  const isOpen = ({ recordKey }: LineageCandidate) =>
    !kept.has(recordKey) && !links.has(recordKey) && !founders.has(recordKey)
  const candidatesOf = (record: LineageCandidate, fits: Fits) =>
    group.filter((old) => !taken.has(old.recordKey) && old.startsOn < record.startsOn && fits(record, old))
  const link = (record: LineageCandidate, to: Link) => {
    links.set(record.recordKey, to)
    if (to.kind === 'continues') taken.add(to.recordKey)
  }
  for (const record of group.filter(isOpen)) {
    const answer = answers.get(record.recordKey)
    if (answer === undefined) continue
    const [old] = candidatesOf(record, (_, { recordKey }) => recordKey === answer.continues)
    if (answer.continues === undefined) founders.add(record.recordKey)
    else if (old !== undefined) link(record, continues(old))
  }
  for (const record of group.filter(isOpen)) {
    const same = candidatesOf(record, (next, old) => sameVendorId(next, old) && hasEndedFor(next, old))
    const [only, ...others] = same
    if (only !== undefined && others.length === 0) link(record, continues(only))
  }
  const mayJoinLate: Fits = (record, old) =>
    hasEndedFor(record, old) && (!known.has(record.recordKey) || isSamePurchase(record, old))
  for (const fits of [hasEndedUnseenBeside, mayJoinLate]) {
    const found = group.filter(isOpen).map((record) => ({ record, candidates: candidatesOf(record, fits) }))
    for (const { record, candidates } of found) {
      const [only, ...others] = candidates
      if (only === undefined) continue
      const isContested = found.some((rival) => rival.record !== record && rival.candidates.includes(only))
      if (others.length === 0 && !isContested) link(record, continues(only))
      else link(record, { kind: 'ambiguous', candidates: candidates.map(keyOf) })
    }
  }
  for (const record of group) {
    if (known.has(record.recordKey) || !isOpen(record)) continue
    const candidates = candidatesOf(record, (next, old) => mayYetEndFor(next, old, observedOn))
    if (candidates.length > 0) link(record, { kind: 'mayContinue', candidates: candidates.map(keyOf) })
  }
}

/**
 * Lines a person is asked about, and those that hang on an answer: with what they could continue that no other is known,
 * or said, to continue.
 */
function askedIn(
  { group, kept, answers }: Group,
  links: ReadonlyMap<string, Link>,
  hanging: ReadonlySet<string>,
): AskedLineage[] {
  const answered = group.map(keyOf).filter((recordKey) => answers.has(recordKey))
  return group.flatMap((record): AskedLineage[] => {
    const { recordKey } = record
    const link = links.get(recordKey)
    if (link?.kind === 'ambiguous') return [{ recordKey, candidates: link.candidates, settledBy: [] }]
    if (!hanging.has(recordKey)) return []
    const others = answered.filter((other) => other !== recordKey)
    const taken = new Set([
      ...kept.values(),
      ...others.flatMap((other) => answers.get(other)?.continues ?? []),
    ])
    const candidates = group
      .filter((old) => old.startsOn < record.startsOn && hasEndedFor(record, old))
      .map(keyOf)
      .filter((old) => !taken.has(old))
    return [{ recordKey, candidates, settledBy: answers.has(recordKey) ? [recordKey] : answered }]
  })
}

/** Lines that were answered, and what continues another one since the first of them: with other answers it may be another. */
function hangingIn(
  { group, known, kept, answers }: Group,
  links: ReadonlyMap<string, Link>,
): ReadonlySet<string> {
  const isAnswered = ({ recordKey }: LineageCandidate) => answers.has(recordKey) && !kept.has(recordKey)
  const first = group.find(isAnswered)
  if (first === undefined) return new Set()
  const hanging = group.filter((record) => {
    const { recordKey, startsOn } = record
    const isLater = startsOn >= first.startsOn && !known.has(recordKey)
    return isAnswered(record) || (isLater && links.get(recordKey)?.kind === 'continues')
  })
  return new Set(hanging.map(keyOf))
}

/** Whether a line that started later may continue an older one. */
type Fits = (record: LineageCandidate, old: LineageCandidate) => boolean

function continues({ recordKey }: LineageCandidate): Link {
  return { kind: 'continues', recordKey }
}

interface Identities {
  readonly lineageOf: Map<string, string>
  readonly continued: Map<string, string>
  readonly undecided: Set<string>
}

/** Names every record: as known, as the one it continues, as the known one that continues it, or after itself. */
function identitiesOf(
  sorted: readonly LineageCandidate[],
  known: ReadonlyMap<string, string>,
  links: ReadonlyMap<string, Link>,
): Identities {
  const lineageOf = new Map<string, string>()
  const continued = new Map<string, string>()
  const undecided = new Set<string>()
  const nextOf = new Map<string, string>()
  for (const [recordKey, link] of links) if (link.kind === 'continues') nextOf.set(link.recordKey, recordKey)
  const nameOf = (recordKey: string): string => {
    for (let key: string | undefined = recordKey; key !== undefined; key = nextOf.get(key)) {
      const name = known.get(key)
      if (name !== undefined) return name
    }
    return lineageIdOf(recordKey)
  }
  for (const { recordKey } of sorted) {
    const link = links.get(recordKey)
    const before = link?.kind === 'continues' ? link.recordKey : undefined
    const earlier = before === undefined ? undefined : lineageOf.get(before)
    const name = known.get(recordKey) ?? earlier ?? nameOf(recordKey)
    lineageOf.set(recordKey, name)
    if (earlier !== undefined && earlier !== name) continued.set(name, continued.get(earlier) ?? earlier)
    if (known.has(recordKey) || link === undefined) continue
    if (before === undefined || undecided.has(before)) undecided.add(recordKey)
  }
  return { lineageOf, continued, undecided }
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

/** Which record each one follows in its known lineage. */
function keptLinks(
  sorted: readonly LineageCandidate[],
  known: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const latest = new Map<string, string>()
  const links = new Map<string, string>()
  for (const { recordKey } of sorted) {
    const lineage = known.get(recordKey)
    if (lineage === undefined) continue
    const before = latest.get(lineage)
    if (before !== undefined) links.set(recordKey, before)
    latest.set(lineage, recordKey)
  }
  return links
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

function keyOf({ recordKey }: LineageCandidate): string {
  return recordKey
}

/**
 * The end of `old` makes `record` its continuation. One that still runs is continued only by a line with its own vendor
 * subscription id, where its term ends: a customer may simply buy the product twice.
 */
function hasEndedFor(record: LineageCandidate, old: LineageCandidate): boolean {
  const end = old.endsOn ?? (sameVendorId(record, old) ? old.expiresOn : undefined)
  return end !== undefined && isNear(end, record.startsOn)
}

/** It does, and no observation after the one that first showed `record` showed `old` running: the clearer case. */
function hasEndedUnseenBeside(record: LineageCandidate, old: LineageCandidate): boolean {
  return hasEndedFor(record, old) && !ranBeside(record, old)
}

/** Some observation after the one that first showed `record` showed `old` running. */
function ranBeside(record: LineageCandidate, old: LineageCandidate): boolean {
  return old.lastRunning > record.firstSeen
}

/**
 * `old` still runs, or is not listed for a moment, and its end would make `record` its continuation: until the days of a
 * turnover at the end of its term are over, or, in the midst of a term, until it has been seen to run on.
 */
function mayYetEndFor(record: LineageCandidate, old: LineageCandidate, observedOn: LocalDate): boolean {
  if (old.endsOn !== undefined) return false
  if (old.expiresOn !== undefined && isNear(old.expiresOn, record.startsOn))
    return observedOn <= addDays(old.expiresOn, LINEAGE_GAP_DAYS)
  const appeared = record.firstSeenOn <= addDays(record.startsOn, LINEAGE_GAP_DAYS)
  return appeared && old.lastRunning >= record.firstSeen - 1 && !ranBeside(record, old)
}

/** What took over from a line had its seats; a second purchase only may. */
function isSamePurchase(record: LineageCandidate, old: LineageCandidate): boolean {
  return record.firstSeats === old.lastSeats || sameVendorId(record, old)
}

function isNear(one: LocalDate, other: LocalDate): boolean {
  return Math.abs(one - other) <= LINEAGE_GAP_DAYS
}

function sameVendorId(left: LineageCandidate, right: LineageCandidate): boolean {
  return left.vendorSubscriptionId !== undefined && left.vendorSubscriptionId === right.vendorSubscriptionId
}
