import { type LocalDate, toCivil } from '../calendar/date.js'
import { dayMonthYear, periodWords } from '../calendar/words.js'
import { periodsAsKnown } from '../charges/due.js'
import { monthsIn } from '../charges/periods.js'
import type { HeldPeriod } from '../charges/types.js'
import type { Decimal } from '../money/decimal.js'
import type { Policies } from '../charges/policies.js'
import { typedName } from '../mapping/typed.js'
import type { Route, PricedSubscription } from '../pricing/timeline.js'
import { Problem } from '../problem.js'
import { type CustomerMapping, type Intent, type Reading, type SyncState, isOpen } from '../sync/intent.js'
import { monthPeriod } from '../sync/months.js'
import { type SlotPlan, planSlot } from '../sync/plan.js'
import { type SlotMemory, lockKey } from '../sync/settled.js'
import { undueMonths } from '../sync/undue.js'
import type { Container, DuePeriod, PsaName, Slot, SlotDue } from '../sync/types.js'
import { formerPeriods } from './former-periods.js'
import { grouped } from './grouped.js'
import type { Portfolio } from './portfolio.js'
import { type Billed, type BilledCharge, describedOn, dueInputOf, isKnownBy } from './who.js'

/** A slot with what it has to hold, what it holds and the steps between. */
export interface RoutedSlot extends SlotPlan {
  readonly customerId: string
  readonly reading: Reading
  /** Why nothing can be planned for it, in words; undefined: it can. */
  readonly fault: string | undefined
}

/** The portfolio with its routes, and what PSAs hold counted as billed (SYNC S2). */
export interface Routed {
  readonly portfolio: Portfolio
  readonly billed: Billed
  readonly slots: readonly RoutedSlot[]
}

/** What a PSA is called by people. */
export const PSA_TITLES: Readonly<Record<PsaName, string>> = {
  connectwise: 'ConnectWise',
  autotask: 'Autotask',
}

/** Covered lines stand in nobody's way: a policy holds from its own date on (B16). */
const AFTER_ALL_POLICIES = Number.MAX_SAFE_INTEGER

/**
 * Gives every subscription its route, and what its PSA was read to hold to what is billed.
 *
 * @param through what is due is looked at to this day at least; the period after today's always is.
 */
export function routeToPsas(
  portfolio: Portfolio,
  billed: Billed,
  policies: Policies,
  sync: SyncState,
  today: LocalDate,
  through: LocalDate = today,
): Routed {
  const isByFile = sync.slots.length + sync.customers.length + sync.locked.length + sync.intents.length === 0
  if (isByFile) return { portfolio, billed, slots: [] }
  const readings = new Map(sync.readings.map((reading) => [containerKey(reading.container), reading]))
  const bySlot = routesOf(sync.slots, readings)
  const locked = grouped(sync.locked, ({ lineageId }) => lineageId)
  const subscriptions = portfolio.subscriptions.map((priced) => {
    const { customerId } = priced.subscription
    const name = portfolio.customers.get(customerId)?.name ?? customerId
    return routed(withFormerPeriods(priced, locked, bySlot), sync, bySlot, name)
  })
  const byLineage = new Map(
    subscriptions.map((subscription) => [subscription.subscription.lineageId, subscription]),
  )
  const memory = memoryOf(sync)
  const slots = sync.slots.flatMap((slot): RoutedSlot[] => {
    const reading = readings.get(containerKey({ psa: slot.psa, id: slot.containerId }))
    const own = slot.lineageIds.flatMap((id) => byLineage.get(id) ?? []).filter(isRouteable)
    const [first] = own
    if (reading === undefined || first === undefined) return []
    return [
      routedSlot({ slot, reading, own, first }, policies, memory, {
        today,
        through,
        opensOn: portfolio.opensOn,
      }),
    ]
  })
  const before = withFormer(billed, subscriptions, sync, memory)
  return { portfolio: { ...portfolio, subscriptions }, billed: withCovered(before, slots), slots }
}

/** What names a container among those of all PSAs. */
export function containerKey({ psa, id }: Pick<Container, 'psa' | 'id'>): string {
  return `${psa} ${id}`
}

type Routes = ReadonlyMap<string, { readonly slot: Slot; readonly route: Route }>

/** By lineage. What was said when it was mapped stays: periods that begin on another day by now change nothing of it. */
function routesOf(slots: readonly Slot[], readings: ReadonlyMap<string, Reading>): Routes {
  return new Map(
    slots.flatMap((slot) => {
      const { psa, containerId: id, routeFrom: from, lineageIds } = slot
      const anchorDay = routeAnchor(readings.get(containerKey({ psa, id }))?.container.anchorDay, from)
      return lineageIds.map((lineageId) => {
        return [lineageId, { slot, route: { from, to: null, anchorDay, title: PSA_TITLES[psa] } }] as const
      })
    }),
  )
}

/** The day on which the months of a route begin. @param now of its container; undefined: it has no months any more. */
export function routeAnchor(now: number | undefined, from: LocalDate): number {
  return now !== undefined && beginsOn(now, from) ? now : toCivil(from).day
}

function beginsOn(anchorDay: number, day: LocalDate): boolean {
  return monthPeriod(anchorDay, day).from === day
}

/** Periods that PSAs billed before they lost a subscription, or before it came to where it is now. */
function withFormerPeriods(
  priced: PricedSubscription,
  locked: ReadonlyMap<string, SyncState['locked']>,
  routes: Routes,
): PricedSubscription {
  const { lineageId, alsoIds = [] } = priced.subscription
  const start = routes.get(lineageId)?.route.from
  const former = [lineageId, ...alsoIds]
    .flatMap((id) => locked.get(id) ?? [])
    .map(({ period }) => period)
    .filter(({ from }) => start === undefined || from < start)
  return former.length === 0 ? priced : { ...priced, formerly: formerPeriods(former) }
}

/** S1: a customer has one route; what of it is mapped nowhere is held, and said first. */
function routed(
  priced: PricedSubscription,
  { customers }: SyncState,
  routes: Routes,
  name: string,
): PricedSubscription {
  const found = routes.get(priced.subscription.lineageId)
  // A PSA that bills by the month says nothing about a longer term: it stays with the file.
  if (priced.timeline !== undefined && monthsIn(priced.timeline.billingPeriod) !== 1) return priced
  if (found !== undefined) return { ...priced, route: found.route }
  const mapped = customers.find(({ customerId }) => customerId === priced.subscription.customerId)
  if (mapped === undefined || priced.timeline === undefined) return priced
  const exceptions = [...priced.exceptions, { kind: 'notMapped' as const, why: notMappedWords(mapped, name) }]
  return { ...priced, held: true, exceptions }
}

function isRouteable({ route }: PricedSubscription): boolean {
  return route !== undefined
}

function notMappedWords({ psa }: CustomerMapping, name: string): string {
  return `${name} is billed in ${PSA_TITLES[psa]}, and this is not mapped there, so nothing bills it; \`map ${typedName(name)}\` shows what fits`
}

/** What is remembered of all slots: where they are, locked periods, and one-time lines that were read back. */
export function memoryOf({
  locked,
  intents,
  slots,
}: Pick<SyncState, 'locked' | 'intents' | 'slots'>): SlotMemory {
  return {
    slots,
    locked: new Map(locked.map(({ lineageId, period, lines }) => [lockKey(lineageId, period), lines])),
    oneTimes: new Map(
      intents.flatMap(({ state, step }) =>
        state === 'confirmed' && step.type === 'add' && step.oneTime
          ? [[step.marker, { settles: step.settles, from: step.from, lockedTo: step.lockedTo }]]
          : [],
      ),
    ),
    keys: new Set(intents.flatMap(({ state, step }) => (state === 'confirmed' ? [step.key] : []))),
  }
}

interface SlotParts {
  readonly slot: Slot
  readonly reading: Reading
  readonly own: readonly PricedSubscription[]
  readonly first: PricedSubscription
}

interface Days {
  readonly opensOn: LocalDate
  readonly today: LocalDate
  readonly through: LocalDate
}

function routedSlot(parts: SlotParts, policies: Policies, memory: SlotMemory, days: Days): RoutedSlot {
  const { slot, reading, own, first } = parts
  const { customerId } = first.subscription
  const words = describedOn(first, days.today)
  const { container } = reading
  const until = untilOf(container, days)
  const empty: SlotDue = { slot, currency: first.currency, words, periods: [], until }
  const fault = { customerId, reading, due: empty, covered: [], steps: [] }
  const unread = unreadableWhy(container, own, slot)
  if (unread !== undefined) return { ...fault, fault: unread }
  try {
    const found = own.map((priced) => duePeriods(priced, policies, { slot, container, until }, memory, days))
    const due = { ...empty, periods: found.flatMap(({ periods }) => periods) }
    const plan = planSlot(due, container, memory)
    // What is there is there, also where nothing may be written: it is what an invoice locks, and what a file never bills.
    const why =
      refusalOf(container, own, due.periods) ??
      gapWords(container, found) ??
      unpricedWhy(slot, container, words)
    return { customerId, reading, fault: why, ...plan, steps: why === undefined ? plan.steps : [] }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { ...fault, fault: error.what }
  }
}

/** Why what a container holds says nothing about these subscriptions. */
function unreadableWhy(
  container: Container,
  own: readonly PricedSubscription[],
  { routeFrom }: Slot,
): string | undefined {
  const { currency, anchorDay, name } = container
  if (anchorDay === undefined) return `${name} does not bill by the month, which is the only cycle written to`
  // By the periods there are now, days around the start would be billed twice or never.
  if (!beginsOn(anchorDay, routeFrom)) {
    return `no period of ${name} begins on ${dayMonthYear(routeFrom)} any more, on which it was mapped; nothing is written until it is removed and mapped again`
  }
  const foreign = own.find((priced) => currency !== undefined && priced.currency !== currency)
  if (foreign !== undefined) {
    return `${name} bills in ${currency ?? ''}, the subscription is in ${foreign.currency}, and nothing is converted`
  }
  return undefined
}

/** Why nothing may be written into a container for these subscriptions. */
function refusalOf(
  { closed, lockedTo, name }: Container,
  own: readonly PricedSubscription[],
  periods: readonly DuePeriod[],
): string | undefined {
  if (closed !== undefined) return `${name}: ${closed}`
  const held = own.find((priced) => priced.held)
  if (held !== undefined) return held.exceptions.map(({ why }) => why).join('; ')
  const open = periods.filter(({ period }) => period.to > lockedTo)
  const prices = new Map<LocalDate, Set<Decimal>>()
  for (const { period, lines } of open) {
    const known = prices.get(period.from) ?? new Set()
    for (const { reason, unitPrice } of lines) if (reason.type === 'base') known.add(unitPrice)
    prices.set(period.from, known)
  }
  const isApart = [...prices.values()].some((known) => known.size > 1)
  return isApart ? `the subscriptions that share its line in ${name} have different prices now` : undefined
}

/** A period whose price nobody knows has seats all the same: nothing is planned while one is open. */
function gapWords(
  { lockedTo }: Container,
  found: readonly { readonly gaps: readonly HeldPeriod[] }[],
): string | undefined {
  const open = found.flatMap(({ gaps }) => gaps).find(({ period }) => period.to > lockedTo)
  return open === undefined ? undefined : `${open.gap.why}: ${periodWords(open.period)}`
}

/** Where the catalog says the price (S15), nothing is planned without it. */
function unpricedWhy(slot: Slot, { catalog = [] }: Container, words: string): string | undefined {
  if (slot.priceOwner !== 'catalog') return undefined
  const title = PSA_TITLES[slot.psa]
  const item = catalog.find(({ itemId }) => itemId === slot.itemId)
  if (item === undefined) return `what ${words} costs in the catalog of ${title} was not read yet`
  if (!item.isThere) return `item ${slot.itemId} is not in the catalog of ${title} any more`
  return item.unitPrice === undefined
    ? `item ${slot.itemId} has no price in the catalog of ${title}`
    : undefined
}

/** The period after the one of today, or of the first open day if that is later. */
function untilOf({ anchorDay = 1, lockedTo }: Container, { today, through }: Days): LocalDate {
  const latest = [today, lockedTo, through].reduce((later, day) => (day > later ? day : later))
  return monthPeriod(anchorDay, monthPeriod(anchorDay, latest).to).to
}

function duePeriods(
  priced: PricedSubscription,
  policies: Policies,
  {
    slot,
    container,
    until,
  }: { readonly slot: Slot; readonly container: Container; readonly until: LocalDate },
  memory: SlotMemory,
  { opensOn, today }: Days,
): { readonly periods: readonly DuePeriod[]; readonly gaps: readonly HeldPeriod[] } {
  const input = dueInputOf(priced, policies, new Map())
  if (input === undefined) return { periods: [], gaps: [] }
  const { routeFrom } = slot
  const first = opensOn > routeFrom ? opensOn : routeFrom
  const { lineageId } = priced.subscription
  const own = periodsAsKnown(input, first, until, today).filter(
    ({ period }) => period.period.from >= routeFrom,
  )
  const due = own
    .filter(({ held }) => held === undefined)
    .map(({ period, lines }) => ({ lineageId, period: period.period, lines }))
  const known = own.map(({ period }) => period.period)
  const undue = undueMonths(lineageId, known, { slot, container, span: { from: first, to: until } }, memory)
  return {
    periods: [...due, ...undue].sort((one, other) => one.period.from - other.period.from),
    gaps: own.flatMap(({ held }) => held ?? []),
  }
}

function withCovered(billed: Billed, slots: readonly RoutedSlot[]): Billed {
  const all = new Map<string, readonly BilledCharge[]>(billed)
  for (const { due, covered } of slots) {
    for (const { counted, oneTime } of covered) {
      for (const { lineageId, ...line } of [...counted, ...oneTime]) {
        const charge = { ...line, currency: due.currency, version: AFTER_ALL_POLICIES }
        all.set(lineageId, [...(all.get(lineageId) ?? []), charge])
      }
    }
  }
  return all
}

/**
 * What PSAs billed before they lost a subscription, or before it came to where it is now: periods that were found
 * locked, and one-time lines that were read back. It stays billed, whoever bills what follows.
 */
function withFormer(
  billed: Billed,
  subscriptions: readonly PricedSubscription[],
  { slots, locked }: SyncState,
  { oneTimes }: SlotMemory,
): Billed {
  const starts = new Map(
    slots.flatMap(({ lineageIds, routeFrom }) => lineageIds.map((id) => [id, routeFrom])),
  )
  const charges = [
    ...locked.flatMap(({ lines }) => lines),
    ...[...oneTimes.values()].flatMap(({ settles }) => settles),
  ]
  const all = new Map<string, readonly BilledCharge[]>(billed)
  for (const { lineageId, ...line } of charges) {
    const start = starts.get(lineageId)
    if (start !== undefined && line.period.from >= start) continue
    const owner = subscriptions.find(({ subscription }) => isKnownBy(subscription, lineageId))
    if (owner === undefined) continue
    const charge = { ...line, currency: owner.currency, version: AFTER_ALL_POLICIES }
    all.set(lineageId, [...(all.get(lineageId) ?? []), charge])
  }
  return all
}

/** Intents that are being carried out, by container: it is not planned again until they end. */
export function openIntents({ intents }: Pick<SyncState, 'intents'>): ReadonlyMap<string, readonly Intent[]> {
  const open = new Map<string, Intent[]>()
  for (const intent of intents.filter(isOpen)) {
    const key = containerKey({ psa: intent.step.psa, id: intent.step.containerId })
    open.set(key, [...(open.get(key) ?? []), intent])
  }
  return open
}
