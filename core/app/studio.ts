import type { Everybody } from '../access/everybody.js'
import type { Person } from '../access/rights.js'
import { type LocalDate, addDays } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { localDateOf } from '../calendar/zone.js'
import type { Log, PeopleStore, Progress } from '../ports.js'
import { type Change, changesOf } from '../timeline/changes.js'
import { type Alerts, type AutoApproval, raiseAlerts } from './alert.js'
import { type Billing, createBilling } from './billing.js'
import { type People, createPeople } from './change-people.js'
import { keepAnswers } from './answers.js'
import type { BillException } from './exceptions.js'
import { type ExplainAnswer, explainRef } from './explain.js'
import { findCustomer, isNameToItsEnd } from './find-customer.js'
import { requireKnownFilter } from './known-filter.js'
import type { DataAge } from './data-age.js'
import { type Dispatched, dispatch } from './dispatch.js'
import { type Mapping, createMapping } from './map.js'
import type { Psas } from './read-psa.js'
import { type Load, type Loaded, type LoaderPorts, type LoaderSettings, createLoader } from './loader.js'
import { type ObservePorts, type Observed, observe } from './observe.js'
import { beginPeople, createEverybody } from './people.js'
import { type Planning, createPlanning } from './planning.js'
import { type PolicyStatus, policyStatus } from './policy-status.js'
import { type Prices, createPrices } from './prices.js'
import { type SettingsDesk, createSettings } from './settings.js'
import { type Portfolio, compareText, namesOf } from './portfolio.js'
import { type CoveredLine, coveredLinesOf } from './psa-lines.js'
import {
  type NamedBeside,
  type NamedDrift,
  besideLines,
  type PsaStanding,
  namedDrifts,
  psaStandings,
} from './psa-standing.js'
import { recordPolicies } from './record-policies.js'
import type { RoutedSlot } from './routed.js'
import { type Intent, isOpen } from '../sync/intent.js'
import {
  type BillLine,
  type Billed,
  type CustomerBill,
  type HeldBillLine,
  type Who,
  monthOf,
  settledOf,
  whoToBill,
} from './who.js'

export interface StudioPorts extends ObservePorts, LoaderPorts {
  readonly log: Log
  readonly people: PeopleStore
  /** The PSAs that are connected. */
  readonly psas: Psas
}

export interface StudioSettings extends LoaderSettings {
  /** Whoever has a role from the beginning; what is changed by command counts more. */
  readonly people: readonly Person[]
  /** What may be written into PSAs without asking. */
  readonly autoApprove?: readonly AutoApproval[]
}

export type Answer<T> = T & { readonly age: DataAge }

export interface WhoAnswer extends Who {
  /** What is billed already with a date to bill in the month, per currency (BILLING B21). */
  readonly already: readonly { readonly currency: string; readonly amount: bigint }[]
  readonly customerNames: ReadonlyMap<string, string>
  /** Customers a PSA bills: what is there for the month, what waits (SYNC S4). */
  readonly standings: readonly PsaStanding[]
}

export interface CustomerAnswer {
  readonly customerId: string
  readonly name: string
  readonly month: Period
  readonly opensOn: LocalDate
  /** Today, in the billing time zone. */
  readonly today: LocalDate
  /** One per currency; empty when nothing is to be billed. */
  readonly bills: readonly CustomerBill[]
  /** Due, and not in the PSA that bills the customer yet; one per currency. */
  readonly psa: readonly CustomerBill[]
  /** What that PSA holds, and what waits. */
  readonly standings: readonly PsaStanding[]
  /** What it holds with a date to bill in the month, line by line. */
  readonly covered: readonly CoveredLine[]
  readonly exceptions: readonly BillException[]
  /** Shown, not billed. */
  readonly held: readonly HeldBillLine[]
  /** What changes dated after today would add or take away; in no total. */
  readonly forecast: readonly BillLine[]
  /** Lines of the month at a price of zero. */
  readonly free: readonly BillLine[]
  /** What is billed already with a date to bill in the month, per currency. */
  readonly already: WhoAnswer['already']
}

export interface ChangesAnswer {
  readonly since: LocalDate
  readonly changes: readonly (Change & { readonly customerName: string })[]
}

export interface StatusAnswer {
  readonly opensOn: LocalDate
  readonly subscriptions: number
  /** What is held, as "Contoso · Azure reservation", in order. */
  readonly held: readonly string[]
  /** Ids of the requests that wait for a decision, the oldest first. */
  readonly waiting: readonly string[]
  readonly exceptions: readonly { readonly kind: string; readonly count: number }[]
  readonly policy: PolicyStatus
  /** What became of approved writes that are not done. */
  readonly writes: { readonly open: number; readonly parked: readonly Intent[] }
  /** What somebody changed by hand in a PSA. */
  readonly drifts: readonly NamedDrift[]
  /** What somebody put beside our lines in a PSA. */
  readonly beside: readonly NamedBeside[]
}

/** What the product can be asked. One method is one use case; all answers come from the stored ledger. */
export interface Studio {
  /**
   * Records the policy of the settings when it is another than the last one, and people of the settings nobody knows yet.
   * Once, before anything is asked.
   */
  begin(): Promise<void>
  observe(onProgress?: (progress: Progress) => void): Promise<Observed>
  who(month?: Period, filter?: string): Promise<Answer<WhoAnswer>>
  customer(name: string, month?: Period): Promise<Answer<CustomerAnswer>>
  explain(ref: string): Promise<Answer<ExplainAnswer>>
  changes(since?: LocalDate, filter?: string): Promise<Answer<ChangesAnswer>>
  status(): Promise<Answer<StatusAnswer>>
  /** Tells whether a text is a customer's name also with its last words, which could be a month. */
  names(): Promise<(whole: string, before: string) => boolean>
  readonly billing: Billing
  /** Invoices to come, a month's days, and what a person should know today. */
  readonly planning: Planning
  /** Who has which role now. */
  everybody(): Promise<Everybody>
  /** Gives and takes roles. */
  readonly people: People
  /** Asks for what PSAs have to follow since the marketplace changed, or approves it where a rule says so. */
  raiseAlerts(): Promise<Alerts>
  readonly mapping: Mapping
  /** Prices and descriptions of the MSP's own. */
  readonly prices: Prices
  /** How the MSP bills and what it wants to be asked: what holds, where it comes from, and changing it. */
  readonly settings: SettingsDesk
  /** Carries out what was approved to be written into PSAs; safe at any time. */
  dispatch(): Promise<Dispatched>
  /** This program is to end: no other write into a PSA is begun, so that what runs ends in time. */
  end(): void
  /** Today in the billing time zone, by the one clock. */
  today(): Promise<LocalDate>
}

/** Days of changes shown when nobody says since when. */
const CHANGES_DAYS = 30
export function createStudio(ports: StudioPorts, settings: StudioSettings): Studio {
  const { load, loadContainer } = createLoader(ports, settings)
  const everybody = createEverybody(ports)
  const billing = createBilling(ports, load, everybody)
  const owner = ports.ids.next()
  let isEnding = false
  const today = async () => localDateOf(await ports.clock.now(), settings.timeZone)
  return {
    begin: async () => {
      await recordPolicies(ports, settings)
      await beginPeople(ports, settings.people)
    },
    everybody,
    people: createPeople(ports),
    observe: (onProgress) => observe(ports, settings, onProgress),
    billing,
    planning: createPlanning({ load, billing, everybody, today }),
    raiseAlerts: () => raiseAlerts(ports, load, everybody, settings.autoApprove ?? []),
    mapping: createMapping(ports, load),
    prices: createPrices(ports, load, billing.open),
    settings: createSettings({ ...ports, load, open: billing.open }, settings),
    dispatch: () => dispatch(ports, loadContainer, owner, () => isEnding),
    end: () => {
      isEnding = true
    },
    today,
    names: async () => {
      const { customers } = (await load()).portfolio
      return (whole, before) => isNameToItsEnd(customers, whole, before)
    },
    ...createQuestions(load, today),
    status: async () => {
      const { age, ...view } = await load()
      const now = await today()
      const who = whoToBill(view.portfolio, view.policies, monthOf(now), now, view.billed)
      const waiting = (await billing.open()).map(({ approval }) => approval.id)
      const policy = policyStatus(view, now)
      return { ...summarise(view.portfolio, who), ...writesOf(view), waiting, policy, age }
    },
  }
}

/** What people ask again and again: the answers are kept for whoever asks the same of the same data. */
function createQuestions(
  load: Load,
  today: Studio['today'],
): Pick<Studio, 'who' | 'customer' | 'explain' | 'changes'> {
  const monthOrCurrent = async (month: Period | undefined) => month ?? monthOf(await today())
  const whoAt = keepAnswers<WhoAnswer>()
  const customerAt = keepAnswers<CustomerAnswer>()
  const changesAt = keepAnswers<ChangesAnswer['changes']>()
  return {
    who: async (month, filter) => {
      const span = await monthOrCurrent(month)
      const { age, ...view } = await load(addDays(span.to, -1))
      const { portfolio, billed, policies, slots, today: now } = view
      const question = `${span.from} ${span.to} ${now} ${filter ?? ''}`
      const who = whoAt([portfolio, billed, policies, slots], question, () => {
        return whoIn(view, span, filter)
      })
      return { ...who, age }
    },
    customer: async (name, month) => {
      const asked = await monthOrCurrent(month)
      const { age, ...view } = await load(addDays(asked.to, -1))
      const { portfolio, billed, policies, slots, sync, today: now } = view
      const question = `${asked.from} ${asked.to} ${now} ${name}`
      const bill = customerAt([portfolio, billed, policies, slots, sync], question, () => {
        return customerBill(view, name, asked, now)
      })
      return { ...bill, age }
    },
    explain: async (ref) => {
      const { age, ...view } = await load()
      return { ...explainRef(view, ref, await today()), age }
    },
    changes: async (since, filter) => {
      const { portfolio, age, today: now } = await load()
      requireKnownFilter(portfolio, filter)
      const from = since ?? addDays(now, -CHANGES_DAYS)
      const changes = changesAt([portfolio], `${from} ${filter ?? ''}`, () => {
        return listChanges(portfolio, from, filter)
      })
      return { since: from, changes, age }
    },
  }
}

function whoIn(
  { portfolio, billed, policies, slots, today }: Omit<Loaded, 'age'>,
  month: Period,
  filter: string | undefined,
): WhoAnswer {
  requireKnownFilter(portfolio, filter)
  const asked = filterPortfolio(portfolio, filter)
  const who = whoToBill(asked, policies, month, today, billed)
  const already = billedIn(asked, billed, month)
  const standings = psaStandings(slotsOf(slots, asked), who.psa, portfolio.customers, month)
  return { ...who, already, customerNames: namesOf(portfolio), standings }
}

/** Slots of subscriptions that are asked for. */
function slotsOf(slots: readonly RoutedSlot[], { subscriptions }: Portfolio): readonly RoutedSlot[] {
  const asked = new Set(subscriptions.map(({ subscription }) => subscription.lineageId))
  return slots.filter(({ due }) => due.slot.lineageIds.some((id) => asked.has(id)))
}

/** What became of approved writes, and what somebody changed by hand. */
function writesOf(view: Omit<Loaded, 'age'>): Pick<StatusAnswer, 'writes' | 'drifts' | 'beside'> {
  const { intents } = view.sync
  const open = intents.filter(isOpen).length
  const parked = intents.filter(({ state }) => state === 'parked')
  return { writes: { open, parked }, drifts: namedDrifts(view), beside: besideLines(view) }
}

/** Subscriptions whose customer or product contains the words typed, in any case. */
function filterPortfolio(portfolio: Portfolio, filter: string | undefined): Portfolio {
  const wanted = filter?.trim().toLowerCase() ?? ''
  if (wanted === '') return portfolio
  const subscriptions = portfolio.subscriptions.filter(({ subscription }) => {
    const name = portfolio.customers.get(subscription.customerId)?.name ?? ''
    return `${name}\n${subscription.productName}`.toLowerCase().includes(wanted)
  })
  return { ...portfolio, subscriptions }
}

/** Billed lines of these subscriptions with a date to bill in the month, summed per currency. */
function billedIn({ subscriptions }: Portfolio, billed: Billed, month: Period): WhoAnswer['already'] {
  const totals = new Map<string, bigint>()
  for (const { subscription, route } of subscriptions) {
    for (const { billOn, amount, currency, period } of settledOf(subscription, billed)) {
      if (route !== undefined && period.from >= route.from) continue
      if (billOn < month.from || billOn >= month.to) continue
      totals.set(currency, (totals.get(currency) ?? 0n) + amount)
    }
  }
  return [...totals].map(([currency, amount]) => ({ currency, amount }))
}

function customerBill(
  view: Pick<Loaded, 'portfolio' | 'billed' | 'policies' | 'slots' | 'sync'>,
  name: string,
  month: Period,
  today: LocalDate,
): CustomerAnswer {
  const { portfolio, billed, policies, slots } = view
  const found = findCustomer(portfolio.customers, name)
  const own = portfolio.subscriptions.filter(({ subscription }) => subscription.customerId === found.id)
  const asked = { ...portfolio, subscriptions: own }
  const who = whoToBill(asked, policies, month, today, billed)
  const { opensOn, bills, psa, exceptions, held, forecast, free } = who
  const ownSlots = slots.filter(({ customerId }) => customerId === found.id)
  const standings = psaStandings(ownSlots, psa, portfolio.customers, month)
  const covered = coveredLinesOf(view, own, { opensOn, until: addDays(month.to, -1), today }).filter(
    ({ charge: { billOn } }) => billOn >= month.from && billOn < month.to,
  )
  const already = billedIn(asked, billed, month)
  const shown = { bills, psa, standings, covered, exceptions, held, forecast, free, already }
  return { customerId: found.id, name: found.name, month, opensOn, today, ...shown }
}

function listChanges(
  portfolio: Portfolio,
  since: LocalDate,
  filter: string | undefined,
): ChangesAnswer['changes'] {
  const wanted = filter?.trim().toLowerCase() ?? ''
  return portfolio.subscriptions
    .flatMap(({ subscription }) => changesOf(subscription, since))
    .map((change) => ({
      ...change,
      customerName: portfolio.customers.get(change.customerId)?.name ?? change.customerId,
    }))
    .filter(({ customerName, product }) => `${customerName}\n${product}`.toLowerCase().includes(wanted))
    .sort(
      (left, right) =>
        right.effectiveOn - left.effectiveOn || compareText(left.customerName, right.customerName),
    )
}

/** What there is, and what a person should look at this month. */
function summarise(
  portfolio: Portfolio,
  who: Who,
): Omit<StatusAnswer, 'policy' | 'waiting' | 'writes' | 'drifts' | 'beside'> {
  const { opensOn, customers, subscriptions } = portfolio
  const counts = new Map<string, number>()
  for (const { kind } of who.exceptions) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const held = new Set([
    ...subscriptions.filter((priced) => priced.held),
    ...who.held.map(({ subscription }) => subscription),
  ])
  return {
    opensOn,
    subscriptions: subscriptions.filter(
      ({ subscription }) => subscription.end === null || subscription.endPlanned,
    ).length,
    held: [...held]
      .map(({ subscription: { customerId, productName } }) => {
        return `${customers.get(customerId)?.name ?? customerId} · ${productName}`
      })
      .sort(compareText),
    exceptions: [...counts].map(([kind, count]) => ({ kind, count })),
  }
}
