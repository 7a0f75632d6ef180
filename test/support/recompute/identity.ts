import type { Day } from './days.js'
import { parseDay } from './days.js'
import { type OpenedRecord, recordKey } from './opening.js'
import type { Rules } from './rules.js'

interface Pair {
  readonly old: OpenedRecord
  readonly next: OpenedRecord
}

/** Records by their keys: what was settled in earlier polls, for good. */
export interface Settled {
  /** Which record each one continues. */
  readonly continues: ReadonlyMap<string, string>
  /** Records that began a subscription of ours. */
  readonly founders: ReadonlySet<string>
}

/** What a poll shows about the records of one customer and product, beyond what was settled. */
export interface Joined {
  readonly continues: ReadonlyMap<string, string>
  readonly doubts: ReadonlyMap<string, 'ambiguous' | 'mayContinue'>
}

const DAYS_APART = 3

function isNear(left: Day, right: Day): boolean {
  return Math.abs(left - right) <= DAYS_APART
}

function sameAtVendor({ old, next }: Pair): boolean {
  const id = old.record.vendorSubscriptionId
  return id !== null && id === next.record.vendorSubscriptionId
}

/** Of a later start, and of the same billing period: others cannot share one row of periods. */
function isInOrder({ old, next }: Pair): boolean {
  const [period, other] = [old.record.billingPeriod, next.record.billingPeriod]
  return next.start > old.start && period.type === other.type && period.duration === other.duration
}

/**
 * The first day without service, for what may continue a record: its end; or that of its term, when it should have been
 * renewed but is off the list even when the days of a turnover are over.
 */
function overSince({ record, end, listed }: OpenedRecord, today: Day, rules: Rules): Day | undefined {
  const expires = parseDay(record.expires)
  const isGone = !listed && today > expires + DAYS_APART && rules.broken !== 'unlistedHolds'
  return end ?? (isGone ? expires : undefined)
}

/** B18: the end of one that ended; of one that runs on, to which the vendor's own id leads, that of its term. */
function hasEndedNear(pair: Pair, today: Day, rules: Rules): boolean {
  const { old, next } = pair
  const running = sameAtVendor(pair) ? parseDay(old.record.expires) : undefined
  const end = overSince(old, today, rules) ?? running
  return end !== undefined && isNear(next.start, end)
}

/** A poll after the first that showed the new one showed the old one running. */
function ranOn({ old, next }: Pair): boolean {
  return old.ranIn > next.firstPoll
}

/**
 * What has run beside the old record for long, and was billed by itself, has the seats the old one had, or its vendor's
 * id: else it is a second purchase for good.
 */
function isAlike(pair: Pair): boolean {
  const had = pair.old.served.findLast(({ record }) => record.seats > 0)
  return sameAtVendor(pair) || had?.record.seats === pair.next.served[0].record.seats
}

/**
 * The old record runs, as far as was seen, and its end may still make the new one its continuation: in the days of the
 * end of its term; at any other time until the first poll that shows both running.
 */
function mayStillEnd(pair: Pair, today: Day, rules: Rules): boolean {
  const { old, next } = pair
  if (overSince(old, today, rules) !== undefined) return false
  const expires = parseDay(old.record.expires)
  if (isNear(next.start, expires)) return !old.listed || today <= expires + DAYS_APART
  const isFresh = next.served[0].on <= next.start + DAYS_APART
  return isFresh && old.ranIn >= next.firstPoll - 1 && !ranOn(pair)
}

function touches(left: Pair, right: Pair): boolean {
  return left.old === right.old || left.next === right.next
}

/** Those that are neither contested nor one of several. */
function single(pairs: readonly Pair[]): readonly Pair[] {
  return pairs.filter((pair) => pairs.every((other) => other === pair || !touches(other, pair)))
}

/**
 * B18, for one customer and product after a poll: what a person said, then what the vendor's own id proves, then the only
 * candidates; among them first those of which no poll showed both running.
 */
export function joinsOf(
  records: readonly OpenedRecord[],
  settled: Settled,
  today: Day,
  rules: Rules,
  answers: ReadonlyMap<string, string | null> = new Map(),
): Joined {
  const { broken } = rules
  if (broken === 'turnoverById') return { continues: new Map(), doubts: new Map() }
  const taken = new Set(settled.continues.values())
  const all = records
    .flatMap((old) => records.map((next) => ({ old, next })))
    .filter(isInOrder)
    .filter(({ old, next }) => !taken.has(recordKey(old)) && !settled.continues.has(recordKey(next)))
    .filter(({ next }) => broken !== 'lateEndIgnored' || !settled.founders.has(recordKey(next)))
  const said = all.filter(({ old, next }) => answers.get(recordKey(next)) === recordKey(old))
  const rest = all.filter(
    (pair) => !answers.has(recordKey(pair.next)) && said.every((sure) => !touches(sure, pair)),
  )
  let joined = [
    ...said,
    ...single(rest.filter((pair) => sameAtVendor(pair) && hasEndedNear(pair, today, rules))),
  ]
  const doubts = new Map<string, 'ambiguous' | 'mayContinue'>()
  const isFree = (pair: Pair) =>
    !doubts.has(recordKey(pair.next)) && joined.every((sure) => !touches(sure, pair))
  for (const beside of [false, true]) {
    const fits = (pair: Pair) =>
      beside
        ? !settled.founders.has(recordKey(pair.next)) || isAlike(pair) || broken === 'secondPurchaseJoined'
        : !ranOn(pair)
    const open = rest.filter((pair) => isFree(pair) && hasEndedNear(pair, today, rules) && fits(pair))
    const sure = broken === 'ambiguousJoined' ? open.filter((pair) => firstOf(pair, open)) : single(open)
    for (const pair of open) if (!sure.includes(pair)) doubts.set(recordKey(pair.next), 'ambiguous')
    joined = [...joined, ...sure]
  }
  for (const pair of rest) {
    const key = recordKey(pair.next)
    if (settled.founders.has(key) || broken === 'halfTurnoverBilled' || !isFree(pair)) continue
    if (mayStillEnd(pair, today, rules)) doubts.set(key, 'mayContinue')
  }
  return {
    continues: new Map(joined.map(({ old, next }) => [recordKey(next), recordKey(old)])),
    doubts,
  }
}

function firstOf(pair: Pair, pairs: readonly Pair[]): boolean {
  return pairs.find((other) => touches(other, pair)) === pair
}

/**
 * What stays settled after a poll: a record continues what it joined when it first could, and one that joined nothing
 * began a subscription. What such a one joins later is no more than today's answer, unless the other is new, too.
 */
export function settle(
  records: readonly OpenedRecord[],
  settled: Settled,
  { continues, doubts }: Joined,
): Settled {
  const kept = new Map(settled.continues)
  const founders = new Set(settled.founders)
  const isNew = (key: string) => !settled.founders.has(key) && !settled.continues.has(key)
  const headOf = (key: string): string => {
    const before = continues.get(key)
    return before === undefined ? key : headOf(before)
  }
  for (const key of records.map(recordKey)) {
    const before = continues.get(key)
    if (before === undefined) {
      if (isNew(key) && !doubts.has(key)) founders.add(key)
      continue
    }
    const head = headOf(before)
    const isDoubtful = isNew(head) && doubts.has(head)
    if (!isDoubtful && (isNew(key) || isNew(head))) kept.set(key, before)
  }
  return { continues: kept, founders }
}
