import type { Person } from '../access/rights.js'
import type { LocalDate } from '../calendar/date.js'
import type { BillingStore, Clock } from '../ports.js'
import type { OverrideDraft } from '../pricing/override-draft.js'
import type { OverrideScope } from '../pricing/overrides.js'
import {
  type OverrideSays,
  type RecordedOverride,
  endOf,
  isReplaced,
  withRecorded,
} from '../pricing/recorded.js'
import { heldByPsas } from './held-by-psas.js'
import type { Loaded } from './loader.js'
import { isAbout } from './overridden.js'
import { type OverrideRecorded, answerOf, named, ownOn } from './override-answer.js'
import {
  type OverrideKind,
  auditOf,
  endedBefore,
  kindOf,
  noSuchOverride,
  replacedBefore,
} from './override-words.js'

export interface PricesPorts {
  readonly billing: BillingStore
  readonly clock: Clock
}

/** What is to be recorded, with nothing left to be found out: the same words for each scope. */
export interface SettledOverride {
  readonly scopes: readonly [OverrideScope, ...OverrideScope[]]
  readonly says: OverrideSays
  readonly from: LocalDate
  readonly to: LocalDate | null
}

/** Overrides that are not recorded yet, and what they do. */
export interface PreparedOverrides {
  readonly drafts: readonly OverrideDraft[]
  readonly answer: OverrideRecorded
}

/** @param details said in the trail beside what is recorded. */
export function prepare(
  view: Loaded,
  person: Person,
  at: Date,
  { scopes, says, from, to }: SettledOverride,
  details: Readonly<Record<string, string>> = {},
): PreparedOverrides {
  const { portfolio, books, sync } = view
  const last = books.overrides.reduce((most, each) => Math.max(most, each.number), 0)
  const make = (scope: OverrideScope, index: number) => {
    const replaced = books.overrides.filter((former) => isReplaced(former, { scope, says, from, to }))
    const replaces = replaced.map(({ number }) => number)
    const said = { number: last + 1 + index, scope, says, from, to, replaces }
    const held = heldByPsas(view, (priced) => isAbout(said, portfolio, priced), from)
    const stamp = { by: person.id, byName: person.name, at, version: books.version + 1 + index, held }
    const override: RecordedOverride = { ...said, ...stamp, ends: [] }
    const instead = ownOn(books.overrides, override, from)
    const fact = auditOf(portfolio, person, at, { override, instead, replaced, isEnd: false, on: from })
    const draft: OverrideDraft = {
      said: { type: 'set', ...said },
      byName: person.name,
      held,
      audit: { ...fact, details: { ...fact.details, ...details } },
      version: books.version + index,
      syncVersion: sync.version,
    }
    return { override, draft, instead, replaced }
  }
  const [scope, ...more] = scopes
  const first = make(scope, 0)
  const made = [first, ...more.map((one, index) => make(one, index + 1))]
  const overrides = made.map(({ override }) => override)
  const all = overrides.reduce(withRecorded, books.overrides)
  const change = { all, counting: all, isEnd: false, on: from } as const
  const answer = answerOf(view, { ...change, overrides: [first.override, ...overrides.slice(1)] })
  const instead = made.every((one) => one.instead === first.instead) ? first.instead : 'prices of their own'
  const replaced = made.flatMap((one) => one.replaced).map((one) => named(portfolio, one))
  return { drafts: made.map(({ draft }) => draft), answer: { ...answer, instead, replaced } }
}

/** Ends one from a day on, today without one. */
export async function endOne(
  ports: PricesPorts,
  view: Loaded,
  person: Person,
  kind: OverrideKind,
  number: number,
  asked: LocalDate | undefined,
): Promise<OverrideRecorded> {
  const { portfolio, books, today, sync } = view
  const found = books.overrides.find((each) => each.number === number && kindOf(each) === kind)
  if (found === undefined) throw noSuchOverride(kind, number)
  const on = asked ?? today
  const successor = found.ends.at(-1)?.instead
  if (successor !== undefined) throw replacedBefore(kind, number, successor)
  const until = endOf(found)
  if (until !== null && until <= on) throw endedBefore(kind, number, until)
  const at = await ports.clock.now()
  const held = heldByPsas(view, (priced) => isAbout(found, portfolio, priced), on)
  const end = { by: person.id, byName: person.name, at, version: books.version + 1, held, on }
  const override: RecordedOverride = { ...found, ends: [...found.ends, end] }
  const all = books.overrides.map((each) => (each === found ? override : each))
  const instead = ownOn(all, override, on)
  const audit = auditOf(portfolio, person, at, { override, instead, replaced: [], isEnd: true, on })
  const draft: OverrideDraft = {
    said: { type: 'end', number, on },
    byName: person.name,
    held,
    audit,
    version: books.version,
    syncVersion: sync.version,
  }
  const answer = answerOf(view, {
    all,
    counting: books.overrides,
    overrides: [override],
    isEnd: true,
    on,
  })
  await ports.billing.recordOverride(draft)
  return { ...answer, instead, replaced: [] }
}
