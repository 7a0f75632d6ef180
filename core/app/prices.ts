import type { Person } from '../access/rights.js'
import type { AuditFact } from '../audit/chain.js'
import { type LocalDate, addDays } from '../calendar/date.js'
import { dayMonthYear } from '../calendar/words.js'
import type { BillingStore, Clock } from '../ports.js'
import type { OverrideDraft } from '../pricing/override-draft.js'
import { type OverrideScope, overrideOn, rungOf } from '../pricing/overrides.js'
import { type RecordedOverride, endOf } from '../pricing/recorded.js'
import { saysWords } from '../pricing/rule-words.js'
import { Problem } from '../problem.js'
import type { DataAge } from './data-age.js'
import type { Load, Loaded } from './loader.js'
import { heldByPsas } from './held-by-psas.js'
import { isAbout, withOverrides } from './overridden.js'
import { type AskedAbout, type AskedSays, scopeOf, scopeWords, settledSays } from './override-about.js'
import { type OverrideEffects, effectsOf } from './override-effects.js'
import { compareText } from './portfolio.js'
import { onUnmovedBooks } from './unmoved.js'
import { describedOn } from './who.js'

/** What an override is of. */
export type OverrideKind = 'price' | 'description'

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

function kindOf({ says }: Pick<RecordedOverride, 'says'>): OverrideKind {
  return says.kind === 'words' ? 'description' : 'price'
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
  const audit = auditOf(portfolio, person, at, { override, instead, isEnd: false, on: from })
  const draft: OverrideDraft = {
    said: { type: 'set', ...said },
    byName: person.name,
    held,
    audit,
    version: books.version,
    syncVersion: sync.version,
  }
  const answer = answerOf(view, [...books.overrides, override], override, { isEnd: false, on: from })
  await ports.billing.recordOverride(draft)
  return { ...answer, instead }
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
  const until = endOf(found)
  if (until !== null && until <= on) throw endedBefore(kind, number, until)
  const at = await ports.clock.now()
  const held = heldByPsas(view, (priced) => isAbout(found, portfolio, priced), on)
  const end = { by: person.id, byName: person.name, at, version: books.version + 1, held, on }
  const override: RecordedOverride = { ...found, ends: [...found.ends, end] }
  const all = books.overrides.map((each) => (each === found ? override : each))
  const instead = ownOn(all, override, on)
  const audit = auditOf(portfolio, person, at, { override, instead, isEnd: true, on })
  const draft: OverrideDraft = {
    said: { type: 'end', number, on },
    byName: person.name,
    held,
    audit,
    version: books.version,
    syncVersion: sync.version,
  }
  const answer = answerOf(view, all, override, { isEnd: true, on })
  await ports.billing.recordOverride(draft)
  return { ...answer, instead }
}

/** What the change does, computed on everything as it is with it. */
function answerOf(
  view: Loaded,
  recorded: readonly RecordedOverride[],
  override: RecordedOverride,
  { isEnd, on }: { readonly isEnd: boolean; readonly on: LocalDate },
): OverrideRecorded {
  const { portfolio: before, billed, policies, today } = view
  const kind = kindOf(override)
  const after = withOverrides(before, recorded, billed)
  const answer = { kind, isEnd, override: named(before, override), instead: undefined, today }
  if (kind === 'price') {
    const end = override.ends.at(-1)
    const stamp = isEnd && end !== undefined ? end : override
    const until = isEnd ? (override.ends.at(-2)?.on ?? override.to) : override.to
    const effects = effectsOf({ before, after, billed, policies, today }, { override, stamp, on, until })
    return { ...answer, effects, named: undefined }
  }
  const meant = before.subscriptions.flatMap((priced, index) => {
    const then = after.subscriptions[index]
    const isMeant = isAbout(override, before, priced) && runsOn(priced.subscription, on, today)
    return isMeant && then !== undefined ? [[describedOn(priced, on), describedOn(then, on)] as const] : []
  })
  const changed = meant.filter(([old, now]) => old !== now)
  const names = [...new Set(changed.map(([old, now]) => (isEnd ? now : old)))]
  return {
    ...answer,
    effects: undefined,
    named: { subscriptions: meant.length, changed: changed.length, names },
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
    .map((each) => ({ ...each, id: String(each.number).padStart(10, '0'), to: endOf(each) }))
  const { lineageId = '', customerId = '', mpn = '' } = override.scope
  const before = overrideOn(same, { lineageId, customerId, mpn }, day)
  return before === undefined ? undefined : saysWords(before.says)
}

function isSameScope(left: OverrideScope, right: OverrideScope): boolean {
  return left.lineageId === right.lineageId && left.customerId === right.customerId && left.mpn === right.mpn
}

interface Said {
  readonly override: RecordedOverride
  readonly instead: string | undefined
  readonly isEnd: boolean
  readonly on: LocalDate
}

/** Old and new in words, as they were said. */
function auditOf(
  portfolio: Loaded['portfolio'],
  person: Person,
  at: Date,
  { override, instead, isEnd, on }: Said,
): AuditFact {
  const kind = kindOf(override)
  const says = saysWords(override.says)
  const none = kind === 'price' ? 'no price of its own' : 'no description of its own'
  const other = instead ?? none
  const [before, after] = isEnd ? [says, other] : [other, says]
  const until = isEnd || override.to === null ? {} : { through: dayMonthYear(addDays(override.to, -1)) }
  return {
    at,
    actor: person.id,
    action: `${kind}.${isEnd ? 'ended' : 'set'}`,
    subject: `override ${override.number}`,
    details: {
      about: scopeWords(portfolio, override.scope),
      ...scopeIds(override.scope),
      before,
      after,
      from: dayMonthYear(on),
      ...until,
    },
  }
}

function scopeIds({ lineageId, customerId, mpn }: OverrideScope): Readonly<Record<string, string>> {
  return {
    ...(lineageId === undefined ? {} : { subscription: lineageId }),
    ...(customerId === undefined ? {} : { customer: customerId }),
    ...(mpn === undefined ? {} : { product: mpn }),
  }
}

const WORDS: Readonly<Record<OverrideKind, { readonly command: string; readonly one: string }>> = {
  price: { command: 'price', one: 'price' },
  description: { command: 'describe', one: 'description' },
}

function endsBefore(from: LocalDate): Problem {
  return new Problem({
    kind: 'input',
    what: `It would end before it begins, on ${dayMonthYear(from)}.`,
    notDone: 'Nothing was recorded.',
    next: 'Type a day behind `until` that is not before the one behind `from`; without `from` it begins today.',
  })
}

function noSuchOverride(kind: OverrideKind, number: number): Problem {
  const { command, one } = WORDS[kind]
  return new Problem({
    kind: 'notFound',
    what: `There is no ${one} with the number ${number}.`,
    notDone: 'Nothing was ended.',
    next: `Type \`${command}\` to see those there are.`,
  })
}

function endedBefore(kind: OverrideKind, number: number, until: LocalDate): Problem {
  const { command, one } = WORDS[kind]
  return new Problem({
    kind: 'input',
    what: `The ${one} ${number} does not hold from ${dayMonthYear(until)} on anyway.`,
    notDone: 'Nothing was ended.',
    next: `Type \`${command}\` to see what holds.`,
  })
}
