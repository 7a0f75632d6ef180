import type { Person } from '../access/rights.js'
import type { LocalDate } from '../calendar/date.js'
import { rungOf } from '../pricing/overrides.js'
import { type RecordedOverride, endOf } from '../pricing/recorded.js'
import type { Billing } from './billing.js'
import type { DataAge } from './data-age.js'
import type { Load, Loaded } from './loader.js'
import { type MadeStale, tellingStale } from './made-stale.js'
import { type AskedAbout, type AskedSays, scopesOf, settledSays } from './override-about.js'
import { type NamedOverride, type OverrideRecorded, named } from './override-answer.js'
import { type OverrideOutcome, confirmOne, setOrAsk } from './override-asked.js'
import { type PricesPorts, type SettledOverride, endOne } from './override-change.js'
import { type OverrideKind, endsBefore, kindOf } from './override-words.js'
import { type PaidAnswer, paidPrices } from './paid-prices.js'
import { compareText } from './portfolio.js'
import { onUnmovedBooks } from './unmoved.js'

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

/** Prices and descriptions people set beside what the marketplace says (BILLING B14–B16). */
export interface Prices {
  list(kind: OverrideKind): Promise<OverrideList>
  /** What is paid today by whom, and for what, was named. */
  paid(about: AskedAbout): Promise<PaidAnswer>
  /** Records one, or asks for a yes where it is for many or may be a slip. */
  set(person: Person, asked: AskedOverride): Promise<OverrideOutcome & MadeStale>
  /**
   * Says yes to what was asked, as long as it would do exactly what was shown; else asks again.
   *
   * @param seen revision of what was shown; undefined: whatever the id stands for.
   */
  confirm(person: Person, id: string, seen: string | undefined): Promise<OverrideOutcome & MadeStale>
  /** Ends one from a day on, today without one. Problem `notFound` when there is none of that number. */
  end(
    person: Person,
    kind: OverrideKind,
    number: number,
    on: LocalDate | undefined,
  ): Promise<OverrideRecorded & MadeStale>
}

export function createPrices(ports: PricesPorts, load: Load, open: Billing['open']): Prices {
  const changing = <T extends object>(change: (view: Loaded) => Promise<T>) =>
    tellingStale(open, () => onUnmovedBooks(async () => change(await load())))
  return {
    list: async (kind) => {
      const { portfolio, books, today, age } = await load()
      const overrides = books.overrides
        .filter((override) => kindOf(override) === kind && isAhead(override, today))
        .map((override) => named(portfolio, override))
        .sort(byScope)
      return { kind, overrides, today, age }
    },
    paid: async (about) => paidPrices(await load(), about),
    set: (person, asked) => changing(async (view) => setOrAsk(ports, view, person, settledOf(view, asked))),
    confirm: (person, id, seen) => changing((view) => confirmOne(ports, view, person, id, seen)),
    end: (person, kind, number, on) => changing((view) => endOne(ports, view, person, kind, number, on)),
  }
}

/** Holds on some day from today on. */
function isAhead(override: RecordedOverride, today: LocalDate): boolean {
  const until = endOf(override)
  return until === null || (until > today && until > override.from)
}

function byScope(left: NamedOverride, right: NamedOverride): number {
  return (
    rungOf(left.scope) - rungOf(right.scope) ||
    compareText(left.about, right.about) ||
    left.from - right.from ||
    left.number - right.number
  )
}

/** What is typed, with nothing left to be found out. Problem `notFound` or `input` for what names nothing. */
function settledOf(view: Loaded, asked: AskedOverride): SettledOverride {
  const { portfolio, today } = view
  const scopes = scopesOf(view, asked.about, today)
  const says = settledSays(portfolio, scopes, asked.says, asked.about.words)
  const from = asked.from ?? today
  const to = asked.to ?? null
  if (to !== null && to <= from) throw endsBefore(from)
  return { scopes, says, from, to }
}
