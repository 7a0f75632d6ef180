import type { Person } from '../access/rights.js'
import type { LocalDate } from '../calendar/date.js'
import type { BillingStore, Clock } from '../ports.js'
import type { OverrideDraft } from '../pricing/override-draft.js'
import { isSameScope, overrideOn, rungOf } from '../pricing/overrides.js'
import { type RecordedOverride, endOf, idOf, isReplaced, withRecorded } from '../pricing/recorded.js'
import { saysWords } from '../pricing/rule-words.js'
import type { DataAge } from './data-age.js'
import type { Load, Loaded } from './loader.js'
import { heldByPsas } from './held-by-psas.js'
import { isAbout, withOverrides } from './overridden.js'
import { type AskedAbout, type AskedSays, scopeOf, scopeWords, settledSays } from './override-about.js'
import { type OtherCounts, countedOthers, countingPrice, countingWords } from './override-counting.js'
import { type OverrideEffects, effectsOf } from './override-effects.js'
import {
  type OverrideKind,
  auditOf,
  endedBefore,
  endsBefore,
  kindOf,
  noSuchOverride,
  replacedBefore,
} from './override-words.js'
import { compareText } from './portfolio.js'
import { onUnmovedBooks } from './unmoved.js'
import { describedOn } from './who.js'

/** An override with whom it is for in words. */
export interface NamedOverride extends RecordedOverride {
  readonly about: string
  /** First day it does not hold any more; null: open. */
  readonly until: LocalDate | null
}

export interface AskedOverride {
  readonly about: AskedAbout
  readonly says: AskedSays
  /** undefined: today. */
  readonly from: LocalDate | undefined
  /** First day it no longer holds; undefined: open. */
  readonly to: LocalDate | undefined
}

/** What holds now or will, the most specific first. */
export interface OverrideList {
  readonly kind: OverrideKind
  readonly overrides: readonly NamedOverride[]
  readonly today: LocalDate
  readonly age: DataAge
}

/** What was recorded, and what it does. */
export interface OverrideRecorded {
  readonly kind: OverrideKind
  /** It ends, and what held before it holds again. */
  readonly isEnd: boolean
  readonly override: NamedOverride
  /** What the same scope had of its own before, or has again; undefined: nothing. */
  readonly instead: string | undefined
  /** Whose place it took: said before of the very same scope from the same day. */
  readonly replaced: readonly NamedOverride[]
  /** What its effects tell of by number. */
  readonly others: ReadonlyMap<number, NamedOverride>
  readonly today: LocalDate
  /** Of a price. */
  readonly effects: OverrideEffects | undefined
  /** Of a description. */
  readonly named: NamedEffects | undefined
}

/** What becomes of names. */
export interface NamedEffects {
  /** Running subscriptions it is about. */
  readonly subscriptions: number
  /** Those that are called otherwise by it. */
  readonly changed: number
  /** What these were called before, or are called again. */
  readonly names: readonly string[]
  /** What the others are called by. */
  readonly others: readonly OtherCounts[]
}

/** Prices and descriptions people set beside what the marketplace says (BILLING B14–B16). */
export interface Prices {
  list(kind: OverrideKind): Promise<OverrideList>
  set(person: Person, asked: AskedOverride): Promise<OverrideRecorded>
  /** Ends one from a day on, today without one. Problem `notFound` when there is none of that number. */
  end(
    person: Person,
    kind: OverrideKind,
    number: number,
    on: LocalDate | undefined,
  ): Promise<OverrideRecorded>
}

export interface PricesPorts {
  readonly billing: BillingStore
  readonly clock: Clock
}

export function createPrices(ports: PricesPorts, load: Load): Prices {
  return {
    list: async (kind) => {
      const { portfolio, books, today, age } = await load()
      const overrides = books.overrides
        .filter((override) => kindOf(override) === kind && isAhead(override, today))
        .map((override) => named(portfolio, override))
        .sort(byScope)
      return { kind, overrides, today, age }
    },
    set: (person, asked) => onUnmovedBooks(async () => setOne(ports, await load(), person, asked)),
    end: (person, kind, number, on) =>
      onUnmovedBooks(async () => endOne(ports, await load(), person, kind, number, on)),
  }
}

/** Holds on some day from today on. */
function isAhead(override: RecordedOverride, today: LocalDate): boolean {
  const until = endOf(override)
  return until === null || (until > today && until > override.from)
}

function named(portfolio: Loaded['portfolio'], override: RecordedOverride): NamedOverride {
  return { ...override, about: scopeWords(portfolio, override.scope), until: endOf(override) }
}

function byScope(left: NamedOverride, right: NamedOverride): number {
  return (
    rungOf(left.scope) - rungOf(right.scope) ||
    compareText(left.about, right.about) ||
    left.from - right.from ||
    left.number - right.number
  )
}

async function setOne(
  ports: PricesPorts,
  view: Loaded,
  person: Person,
  asked: AskedOverride,
): Promise<OverrideRecorded> {
  const { portfolio, books, today, sync } = view
  const scope = scopeOf(view, asked.about, today)
  const says = settledSays(portfolio, scope, asked.says, asked.about.words)
  const from = asked.from ?? today
  const to = asked.to ?? null
  if (to !== null && to <= from) throw endsBefore(from)
  const number = books.overrides.reduce((last, each) => Math.max(last, each.number), 0) + 1
  const at = await ports.clock.now()
  const version = books.version + 1
  const said = { number, scope, says, from, to }
  const held = heldByPsas(view, (priced) => isAbout(said, portfolio, priced), from)
  const stamp = { by: person.id, byName: person.name, at, version, held }
  const override: RecordedOverride = { ...said, ...stamp, ends: [] }
  const instead = ownOn(books.overrides, override, from)
  const replaced = books.overrides.filter((former) => isReplaced(former, override))
  const audit = auditOf(portfolio, person, at, { override, instead, replaced, isEnd: false, on: from })
  const draft: OverrideDraft = {
    said: { type: 'set', ...said },
    byName: person.name,
    held,
    audit,
    version: books.version,
    syncVersion: sync.version,
  }
  const all = withRecorded(books.overrides, override)
  const answer = answerOf(view, { all, counting: all, override, isEnd: false, on: from })
  await ports.billing.recordOverride(draft)
  return { ...answer, instead, replaced: replaced.map((one) => named(portfolio, one)) }
}

async function endOne(
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
  const answer = answerOf(view, { all, counting: books.overrides, override, isEnd: true, on })
  await ports.billing.recordOverride(draft)
  return { ...answer, instead, replaced: [] }
}

interface Change {
  /** Everything recorded, with it. */
  readonly all: readonly RecordedOverride[]
  /** Everything recorded where it still holds: which one counts is looked up there. */
  readonly counting: readonly RecordedOverride[]
  readonly override: RecordedOverride
  readonly isEnd: boolean
  readonly on: LocalDate
}

/** What the change does, computed on everything as it is with it. */
function answerOf(view: Loaded, change: Change): Omit<OverrideRecorded, 'instead' | 'replaced'> {
  const { portfolio: before, billed, policies, today } = view
  const { override, isEnd, on } = change
  const kind = kindOf(override)
  const after = withOverrides(before, change.all, billed)
  const answer = { kind, isEnd, override: named(before, override), today }
  if (kind === 'description') {
    const names = namedBy(view, after, change)
    return { ...answer, effects: undefined, named: names, others: othersOf(view, names) }
  }
  const end = override.ends.at(-1)
  const stamp = isEnd && end !== undefined ? end : override
  const until = isEnd ? (override.ends.at(-2)?.on ?? override.to) : override.to
  const counting = countingPrice(change.counting, before, billed)
  const effects = effectsOf(
    { before, after, billed, policies, today },
    { override, counting, stamp, on, until },
  )
  return { ...answer, effects, named: undefined, others: othersOf(view, effects) }
}

/** Overrides that count in its place, with whom they are for in words. */
function othersOf(
  { portfolio, books }: Loaded,
  { others }: Pick<OverrideEffects, 'others'>,
): OverrideRecorded['others'] {
  const numbers = new Set(others.map(({ number }) => number))
  const found = books.overrides.filter(({ number }) => numbers.has(number))
  return new Map(found.map((override) => [override.number, named(portfolio, override)]))
}

function namedBy(
  { portfolio: before, today }: Loaded,
  after: Loaded['portfolio'],
  { counting: recorded, override, isEnd, on }: Change,
): NamedEffects {
  const counting = countingWords(recorded)
  const meant = before.subscriptions.flatMap((priced, index) => {
    const then = after.subscriptions[index]
    const isMeant = isAbout(override, before, priced) && runsOn(priced.subscription, on, today)
    if (!isMeant || then === undefined) return []
    return [{ old: describedOn(priced, on), now: describedOn(then, on), number: counting(priced, on) }]
  })
  const changed = meant.filter(({ old, now }) => old !== now)
  const others = meant.flatMap(({ old, now, number }) => {
    const isOther = old === now && number !== undefined && number !== override.number
    return isOther ? [{ number, on: undefined }] : []
  })
  return {
    subscriptions: meant.length,
    changed: changed.length,
    names: [...new Set(changed.map(({ old, now }) => (isEnd ? now : old)))],
    others: countedOthers(others),
  }
}

function runsOn({ end }: { readonly end: LocalDate | null }, on: LocalDate, today: LocalDate): boolean {
  return end === null || end > (on > today ? on : today)
}

/** What is said of the very same scope for a day, in words. */
function ownOn(
  recorded: readonly RecordedOverride[],
  override: RecordedOverride,
  day: LocalDate,
): string | undefined {
  const same = recorded
    .filter((each) => kindOf(each) === kindOf(override) && isSameScope(each.scope, override.scope))
    .map((each) => ({ ...each, id: idOf(each.number), to: endOf(each) }))
  const { lineageId = '', customerId = '', mpn = '' } = override.scope
  const before = overrideOn(same, { lineageId, customerId, mpn }, day)
  return before === undefined ? undefined : saysWords(before.says)
}
