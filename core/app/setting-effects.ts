import type { Period } from '../calendar/period.js'
import { policiesOf } from '../charges/policies.js'
import { policyOf, policyRecords } from '../settings/standing.js'
import type { RecordedSettings, SomeSettings } from '../settings/types.js'
import type { Loaded } from './loader.js'
import { type PolicyAhead, policyStatus } from './policy-status.js'
import { type Who, monthOf, whoToBill } from './who.js'

/** What a month comes to, as far as it is not billed and not in a PSA; currency by currency. */
type Totals = readonly { readonly currency: string; readonly amount: bigint }[]

export interface MonthEffect {
  readonly month: Period
  readonly before: Totals
  readonly after: Totals
}

/** What an edit of a policy does to what is to be billed, as everything is known today. */
export interface SettingEffects {
  /** The month of today, and the one in which it takes effect first where that is a later one. */
  readonly months: readonly MonthEffect[]
  /** When subscriptions take it. */
  readonly ahead: readonly PolicyAhead[]
  /** Running subscriptions that cannot be charged by it, and could be before. */
  readonly faults: readonly string[]
}

/** Before and after, with the record and without it. */
export function settingEffects(view: Loaded, lines: SomeSettings, record: RecordedSettings): SettingEffects {
  const { portfolio, books, billed, today, policies: before } = view
  const after = policiesOf(policyRecords([...books.settings, record]), policyOf(lines))
  const { ahead } = policyStatus({ portfolio, policies: after, billed }, today)
  const { holdsFrom = today } = record
  const first = ahead.find(({ from }) => from >= holdsFrom)?.from ?? today
  const months = [...new Map([today, first].map((day) => [monthOf(day).from, monthOf(day)])).values()]
  const compared = months.map((month) => ({
    month,
    before: whoToBill(portfolio, before, month, today, billed),
    after: whoToBill(portfolio, after, month, today, billed),
  }))
  const faults = compared.flatMap((each) => {
    const known = new Set(faultsOf(each.before))
    return faultsOf(each.after).filter((why) => !known.has(why))
  })
  return {
    months: compared.map((each) => ({
      month: each.month,
      before: totalsOf(each.before),
      after: totalsOf(each.after),
    })),
    ahead,
    faults: [...new Set(faults)],
  }
}

function totalsOf({ bills, psa }: Who): Totals {
  const totals = new Map<string, bigint>()
  for (const { currency, amount } of [...bills, ...psa])
    totals.set(currency, (totals.get(currency) ?? 0n) + amount)
  return [...totals].map(([currency, amount]) => ({ currency, amount }))
}

function faultsOf({ exceptions }: Who): readonly string[] {
  return exceptions.flatMap(({ kind, product, why }) =>
    kind === 'unbillablePeriod' ? [`${product}: ${why}`] : [],
  )
}
