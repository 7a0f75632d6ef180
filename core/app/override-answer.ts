import type { LocalDate } from '../calendar/date.js'
import { type OverrideScope, isSameScope, overrideOn } from '../pricing/overrides.js'
import { type RecordedOverride, endOf, idOf } from '../pricing/recorded.js'
import { saysWords } from '../pricing/rule-words.js'
import type { Loaded } from './loader.js'
import { isAbout, withOverrides } from './overridden.js'
import { scopeWords } from './override-about.js'
import { type OtherCounts, countedOthers, countingPrice, countingWords } from './override-counting.js'
import { type OverrideEffects, effectsOf, periodStart } from './override-effects.js'
import { perOf } from './override-period.js'
import { type OverrideKind, kindOf } from './override-words.js'
import { describedOn, isKnownBy } from './who.js'

/** An override with whom it is for in words. */
export interface NamedOverride extends RecordedOverride {
  readonly about: string
  /** First day it does not hold any more; null: open. */
  readonly until: LocalDate | null
  /** What a fixed price of a seat is for: "month"; undefined of any other. */
  readonly per: string | undefined
  /** Name of the one customer it is for; undefined: it is for several. */
  readonly customer: string | undefined
}

/** What was recorded, and what it does. */
export interface OverrideRecorded {
  readonly kind: OverrideKind
  /** It ends, and what held before it holds again. */
  readonly isEnd: boolean
  readonly override: NamedOverride
  /** With it, all that were recorded at once: one for each part number that was meant. */
  readonly overrides: readonly NamedOverride[]
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
  /** The earliest day words of today's period could hold from, where a bill of it waits; undefined: none waits. */
  readonly couldHoldFrom: LocalDate | undefined
}

export function named(portfolio: Loaded['portfolio'], override: RecordedOverride): NamedOverride {
  const { scope, says } = override
  const per = says.kind === 'fixed' ? perOf(portfolio, scope) : undefined
  return {
    ...override,
    about: scopeWords(portfolio, scope),
    until: endOf(override),
    per,
    customer: customerOf(portfolio, scope),
  }
}

function customerOf(
  { customers, subscriptions }: Loaded['portfolio'],
  { customerId, lineageId }: OverrideScope,
): string | undefined {
  const own = subscriptions.find(
    ({ subscription }) => lineageId !== undefined && isKnownBy(subscription, lineageId),
  )
  const id = customerId ?? own?.subscription.customerId
  return id === undefined ? undefined : (customers.get(id)?.name ?? id)
}

/** What is recorded, or ended: several of one kind are said in the same words from the same day. */
export interface Change {
  /** Everything recorded, with it. */
  readonly all: readonly RecordedOverride[]
  /** Everything recorded where it still holds: which one counts is looked up there. */
  readonly counting: readonly RecordedOverride[]
  readonly overrides: readonly [RecordedOverride, ...RecordedOverride[]]
  readonly isEnd: boolean
  readonly on: LocalDate
}

/** What the change does, computed on everything as it is with it. */
export function answerOf(view: Loaded, change: Change): Omit<OverrideRecorded, 'instead' | 'replaced'> {
  const { portfolio: before, billed, policies, today } = view
  const { overrides, isEnd, on } = change
  const [override] = overrides
  const kind = kindOf(override)
  const after = withOverrides(before, change.all, billed)
  const all = overrides.map((one) => named(before, one))
  const answer = { kind, isEnd, override: named(before, override), overrides: all, today }
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
    { overrides, counting, stamp, on, until },
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
  { portfolio: before, today, billed, policies }: Loaded,
  after: Loaded['portfolio'],
  { counting: recorded, overrides, isEnd, on }: Change,
): NamedEffects {
  const counting = countingWords(recorded)
  const own = new Set(overrides.map(({ number }) => number))
  const meant = before.subscriptions.flatMap((priced, index) => {
    const then = after.subscriptions[index]
    const isMeant = overrides.some((override) => isAbout(override, before, priced))
    if (!isMeant || !runsOn(priced.subscription, on, today) || then === undefined) return []
    const [old, now] = [describedOn(priced, on), describedOn(then, on)]
    const waits = old !== now && on <= today && !isEnd && then.subscription.start < on
    const first = waits ? periodStart(then, { after, policies, billed }, on, overrides[0]) : undefined
    return [{ old, now, number: counting(priced, on), first }]
  })
  const changed = meant.filter(({ old, now }) => old !== now)
  const others = meant.flatMap(({ old, now, number }) => {
    const isOther = old === now && number !== undefined && !own.has(number)
    return isOther ? [{ number, on: undefined }] : []
  })
  const waiting = meant.flatMap(({ first }) => first ?? [])
  return {
    subscriptions: meant.length,
    changed: changed.length,
    names: [...new Set(changed.map(({ old, now }) => (isEnd ? now : old)))],
    others: countedOthers(others),
    couldHoldFrom: waiting.length === 0 ? undefined : (Math.min(...waiting) as LocalDate),
  }
}

function runsOn({ end }: { readonly end: LocalDate | null }, on: LocalDate, today: LocalDate): boolean {
  return end === null || end > (on > today ? on : today)
}

/** What is said of the very same scope for a day, in words. */
export function ownOn(
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
