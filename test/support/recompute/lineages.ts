import { type Counted, countsOf } from './counts.js'
import type { Day } from './days.js'
import { joinsOf, settle, type Settled } from './identity.js'
import { type OpenedRecord, type Opening, openRecord, recordKey } from './opening.js'
import { type Watch, watchThrough } from './polls.js'

/** The records of one subscription of ours, in order of their starts (B18). */
export interface Lineage extends Counted {
  readonly records: readonly OpenedRecord[]
  /** Its first record may continue more than one, or one that still runs: held. */
  readonly doubt: 'ambiguous' | 'mayContinue' | undefined
}

/** By customer and product. */
function groupsOf(seen: Watch, opening: Opening): readonly (readonly OpenedRecord[])[] {
  const groups = new Map<string, OpenedRecord[]>()
  for (const watched of seen.records) {
    const opened = openRecord(watched, seen, opening)
    if (opened === undefined) continue
    const key = `${opened.record.customerId} ${opened.record.mpn}`
    groups.set(key, [...(groups.get(key) ?? []), opened])
  }
  return [...groups.values()].map((group) => group.toSorted((left, right) => left.start - right.start))
}

const NOTHING: Settled = { continues: new Map(), founders: new Set() }

/** What every poll but the last has settled. */
function settledBefore(seen: Watch, opening: Opening): Settled {
  let settled = NOTHING
  for (const poll of seen.days.slice(0, -1).keys()) {
    const then = watchThrough(seen, poll)
    for (const group of groupsOf(then, opening)) {
      settled = settle(group, settled, joinsOf(group, settled, then.today, opening.rules))
    }
  }
  return settled
}

/** B18: same customer and product, a new record within 3 days of the old one's end continues it. */
export function lineagesOf(seen: Watch, opensOn: Day, opening: Opening): readonly Lineage[] {
  const { rules, answers } = opening
  const [firstPollOn = seen.today] = seen.days
  const settled = settledBefore(seen, opening)
  return groupsOf(seen, opening).flatMap((group) => {
    const { continues, doubts } = joinsOf(group, settled, seen.today, rules, answers)
    const before = new Map([...settled.continues, ...continues])
    const nextOf = new Map([...before].map(([next, old]) => [old, next]))
    const byKey = new Map(group.map((opened) => [recordKey(opened), opened]))
    return group
      .filter((opened) => !before.has(recordKey(opened)))
      .map((first) => {
        const chain = [first]
        for (let next = nextOf.get(recordKey(first)); next !== undefined; next = nextOf.get(next)) {
          const record = byKey.get(next)
          if (record !== undefined) chain.push(record)
        }
        return {
          ...countsOf(chain, { opensOn, firstPollOn }, rules),
          records: chain,
          doubt: doubts.get(recordKey(first)),
        }
      })
  })
}
