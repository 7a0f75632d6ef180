import { hasEnded, type OpenedRecord } from './opening.js'

/** The records of one subscription of ours, in order of their starts (B18). */
export interface Lineage {
  readonly records: readonly OpenedRecord[]
  /** More than one record may continue another: not joined, held, a person is asked. */
  readonly ambiguous: boolean
}

interface Join {
  readonly old: OpenedRecord
  readonly next: OpenedRecord
}

const DAYS_APART = 3

function mayContinue({ old, next }: Join): boolean {
  if (old.end === undefined || !hasEnded(old.record) || next.start <= old.start) return false
  return Math.abs(next.start - old.end) <= DAYS_APART
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
export function lineagesOf(records: readonly OpenedRecord[]): readonly Lineage[] {
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
        return { records: chain, ambiguous }
      })
  })
}
