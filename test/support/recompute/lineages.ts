import { type Counted, countsOf } from './counts.js'
import { type Day, parseDay } from './days.js'
import { hasEnded, type OpenedRecord } from './opening.js'
import type { Rules } from './rules.js'

/** The records of one subscription of ours, in order of their starts (B18). */
export interface Lineage extends Counted {
  readonly records: readonly OpenedRecord[]
  /** More than one record may continue another: not joined, held, a person is asked. */
  readonly ambiguous: boolean
}

interface Join {
  readonly old: OpenedRecord
  readonly next: OpenedRecord
}

const DAYS_APART = 3

/**
 * The end of a record that another may continue. One that was not listed any more when its term was over, while a new
 * one appeared, is taken for ended with its term: its end is only not seen yet.
 */
function endOf({ old, next }: Join): number | undefined {
  if (hasEnded(old.record)) return old.end
  return old.listed || next.firstPoll <= old.lastPoll ? undefined : parseDay(old.record.expires)
}

/** B18; records of different billing periods cannot share one row of periods. */
function mayContinue(join: Join): boolean {
  const { old, next } = join
  const end = endOf(join)
  if (end === undefined || next.start <= old.start) return false
  const [period, other] = [old.record.billingPeriod, next.record.billingPeriod]
  if (period.type !== other.type || period.duration !== other.duration) return false
  return Math.abs(next.start - end) <= DAYS_APART
}

function sameAtVendor({ old, next }: Join): boolean {
  const id = old.record.vendorSubscriptionId
  return id !== null && id === next.record.vendorSubscriptionId
}

function touches(left: Join, right: Join): boolean {
  return left.old === right.old || left.next === right.next
}

/** The joins of records of one customer and product: those the vendor's own id proves, else the only candidates. */
function joinsOf(records: readonly OpenedRecord[]): { joined: readonly Join[]; doubtful: readonly Join[] } {
  const candidates = records.flatMap((old) => records.map((next) => ({ old, next }))).filter(mayContinue)
  const alone = (join: Join, others: readonly Join[]) =>
    others.every((other) => other === join || !touches(other, join))
  const atVendor = candidates.filter(sameAtVendor)
  const proven = atVendor.filter((join) => alone(join, atVendor))
  const rest = candidates.filter((join) => !proven.some((sure) => touches(sure, join)))
  const single = rest.filter((join) => alone(join, rest))
  return { joined: [...proven, ...single], doubtful: rest.filter((join) => !alone(join, rest)) }
}

/** B18: same customer and product, a new record within 3 days of the old one's end continues it. */
export function lineagesOf(records: readonly OpenedRecord[], opensOn: Day, rules: Rules): readonly Lineage[] {
  const counted = (chain: readonly OpenedRecord[], ambiguous = false) => ({
    ...countsOf(chain, opensOn, rules),
    records: chain,
    ambiguous,
  })
  if (rules.broken === 'turnoverById') return records.map((opened) => counted([opened]))
  const groups = new Map<string, OpenedRecord[]>()
  for (const opened of records) {
    const key = `${opened.record.customerId} ${opened.record.mpn}`
    groups.set(key, [...(groups.get(key) ?? []), opened])
  }
  return [...groups.values()].flatMap((group) => {
    const { joined, doubtful } = joinsOf(group)
    const continued = new Map(joined.map((join) => [join.old, join.next]))
    const later = new Set(joined.map((join) => join.next))
    return group
      .filter((opened) => !later.has(opened))
      .map((first) => {
        const chain = [first]
        for (let next = continued.get(first); next !== undefined; next = continued.get(next)) chain.push(next)
        const ambiguous = doubtful.some(({ old, next }) => chain.includes(old) || chain.includes(next))
        return counted(chain, ambiguous)
      })
  })
}
