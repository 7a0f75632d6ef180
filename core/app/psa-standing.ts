import { type LocalDate, dayOfMonth, monthNumber } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { periodKey } from '../charges/periods.js'
import type { SyncState } from '../sync/intent.js'
import { isOpen } from '../sync/intent.js'
import { linesBeside } from '../sync/beside.js'
import { slotUnits } from '../sync/held.js'
import { catalogPrice } from '../sync/prices.js'
import { priceOn, slotTarget } from '../sync/target.js'
import type { Decimal } from '../money/decimal.js'
import type { Container, OtherLine, PriceOwner, UnitSteps } from '../sync/types.js'
import { sameSteps, stepsFrom } from '../sync/units.js'
import { monthPeriod } from '../sync/months.js'
import type { Loaded } from './loader.js'
import { type RoutedSlot, PSA_TITLES, containerKey } from './routed.js'
import { cameBeside, writtenUnits } from './written.js'
import type { CustomerBill } from './who.js'

/** What a PSA bills one customer in a month: what is there, what waits (S4). */
export interface PsaStanding {
  readonly customerId: string
  readonly name: string
  readonly currency: string
  /** "ConnectWise" */
  readonly title: string
  /** First to last day of the PSA's periods that are billed in the month: the month itself where they begin on the 1st. */
  readonly days: Period
  /** Minor units it was read to hold with a date to bill in the month. */
  readonly there: bigint
  /** Minor units with a date to bill in the month that are due and not there yet. */
  readonly waiting: bigint
  /** What was to be billed in earlier months and is not there yet, period by period; in neither of the two. */
  readonly earlier: readonly EarlierPeriod[]
  /** Whether invoices cover all, none or some of the periods that are billed in the month. */
  readonly invoicedThrough: 'invoiced' | 'notInvoiced' | 'inPart'
  /** Numbers of the invoices that cover the last of them, where the PSA tells them. */
  readonly invoices: readonly string[]
  /** When it was read, the earliest where there are several. */
  readonly readAt: Date
  /** Seats it bills at another price than ours: shown, and never written where the price is theirs (S15). */
  readonly prices: readonly PriceDifference[]
}

export interface EarlierPeriod {
  readonly period: Period
  /** Minor units. */
  readonly amount: bigint
}

export interface PriceDifference {
  readonly product: string
  readonly theirs: Decimal
  readonly ours: Decimal
  /** Whose price is billed. */
  readonly owner: PriceOwner
}

export interface NamedPrice extends PriceDifference {
  readonly customerName: string
  /** "ConnectWise" */
  readonly title: string
  readonly currency: string
}

/** A count that somebody changed in a PSA since we last wrote or mapped it (S9). */
export interface Drift {
  readonly customerId: string
  readonly slotId: string
  /** "ConnectWise" */
  readonly title: string
  readonly product: string
  readonly container: string
  /** First day that is ours to count: no invoice covers it, and the route has begun. */
  readonly from: LocalDate
  /** Counts from that day on: as we last wrote or mapped them, as they are, as they should be. */
  readonly written: UnitSteps
  readonly there: UnitSteps
  readonly wanted: UnitSteps
}

export type NamedDrift = Drift & { readonly customerName: string }

/** A line of a slot's item that is none of ours and came, or was changed, since we last wrote or mapped it (S9). */
export interface NamedBeside {
  readonly customerName: string
  readonly product: string
  readonly container: Pick<Container, 'name' | 'currency'>
  readonly line: OtherLine
}

/** @param customers ids; undefined: of all. */
export function namedDrifts(
  { slots, sync, portfolio }: Pick<Loaded, 'slots' | 'sync' | 'portfolio'>,
  customers?: ReadonlySet<string>,
): readonly NamedDrift[] {
  const own = customers === undefined ? slots : slots.filter(({ customerId }) => customers.has(customerId))
  return driftsOf(own, sync).map((drift) => {
    return { ...drift, customerName: portfolio.customers.get(drift.customerId)?.name ?? drift.customerId }
  })
}

/** @param bills what PSAs do not hold yet, as `who` finds it for the month. */
export function psaStandings(
  slots: readonly RoutedSlot[],
  bills: readonly CustomerBill[],
  names: ReadonlyMap<string, { readonly name: string }>,
  month: Period,
): readonly PsaStanding[] {
  const standings = new Map<string, PsaStanding>()
  const keyOf = (customerId: string, currency: string) => JSON.stringify([customerId, currency])
  for (const slot of slots) {
    const { customerId, due } = slot
    const key = keyOf(customerId, due.currency)
    standings.set(key, withSlot(standings.get(key), slot, names.get(customerId)?.name ?? customerId, month))
  }
  for (const { customerId, currency, lines } of bills) {
    const key = keyOf(customerId, currency)
    const standing = standings.get(key)
    if (standing !== undefined) standings.set(key, { ...standing, ...waitingOf(standing, lines, month) })
  }
  return [...standings.values()].filter(
    ({ there, waiting, earlier }) => there !== 0n || waiting !== 0n || earlier.length > 0,
  )
}

/** What a customer's PSA holds, with one slot more. */
function withSlot(
  before: PsaStanding | undefined,
  { customerId, due, covered, reading }: RoutedSlot,
  name: string,
  month: Period,
): PsaStanding {
  const { lockedTo, psa, lastInvoice } = reading.container
  const lines = covered
    .flatMap(({ counted, oneTime }) => [...counted, ...oneTime])
    .filter(({ billOn, amount }) => amount !== 0n && billOn >= month.from && billOn < month.to)
  const next = periodFrom(reading.container, month)
  const billed = lines.map(({ period }) => period)
  const periods = [...billed, next]
  const isInvoiced = ({ to }: Period) => lockedTo >= to
  const own = periods.every(isInvoiced) ? 'invoiced' : periods.some(isInvoiced) ? 'inPart' : 'notInvoiced'
  // The newest invoice is that of the month's own period as long as no later one is invoiced.
  const number = lockedTo === next.to ? lastInvoice : undefined
  const other = priceDifference({ due, reading }, month.from)
  return {
    customerId,
    name,
    currency: due.currency,
    title: PSA_TITLES[psa],
    days: spanOf([
      ...(before === undefined ? [] : [before.days]),
      ...(billed.length === 0 ? [next] : billed),
    ]),
    there: lines.reduce((sum, { amount }) => sum + amount, before?.there ?? 0n),
    waiting: 0n,
    earlier: [],
    invoicedThrough: before === undefined || before.invoicedThrough === own ? own : 'inPart',
    invoices: [...new Set([...(before?.invoices ?? []), ...(number === undefined ? [] : [number])])],
    readAt: before === undefined || reading.readAt < before.readAt ? reading.readAt : before.readAt,
    prices: [...(before?.prices ?? []), ...(other === undefined ? [] : [other])],
  }
}

/** The period of a container that begins in a month: one does in each. */
function periodFrom({ anchorDay = 1 }: Container, month: Period): Period {
  return monthPeriod(anchorDay, dayOfMonth(monthNumber(month.from), anchorDay))
}

/** From the first day of some periods to the last. */
function spanOf(periods: readonly Period[]): Period {
  return {
    from: Math.min(...periods.map(({ from }) => from)) as LocalDate,
    to: Math.max(...periods.map(({ to }) => to)) as LocalDate,
  }
}

/** What waits of the month, and of each period that was to be billed before it. */
function waitingOf(
  { days }: PsaStanding,
  lines: CustomerBill['lines'],
  month: Period,
): Pick<PsaStanding, 'days' | 'waiting' | 'earlier'> {
  const periods = new Map<string, EarlierPeriod>()
  const now = lines.filter(({ charge }) => charge.billOn >= month.from)
  for (const { charge } of lines) {
    const { billOn, amount, period } = charge
    if (billOn >= month.from) continue
    const key = periodKey(period)
    periods.set(key, { period, amount: (periods.get(key)?.amount ?? 0n) + amount })
  }
  return {
    days: spanOf([days, ...now.map(({ charge }) => charge.period)]),
    waiting: now.reduce((sum, { charge }) => sum + charge.amount, 0n),
    earlier: [...periods.values()].sort((left, right) => left.period.from - right.period.from),
  }
}

/**
 * Where what a plan writes into is billed at another price than ours (S15), as of the first day no invoice covers.
 *
 * @param ids of the slots it writes into.
 */
export function namedPrices(
  { slots, portfolio }: Pick<Loaded, 'slots' | 'portfolio'>,
  ids: ReadonlySet<string>,
): readonly NamedPrice[] {
  return slots.flatMap(({ customerId, due, reading }): NamedPrice[] => {
    const { lockedTo, psa } = reading.container
    const found = ids.has(due.slot.id) ? priceDifference({ due, reading }, lockedTo) : undefined
    if (found === undefined) return []
    const customerName = portfolio.customers.get(customerId)?.name ?? customerId
    return [{ ...found, customerName, title: PSA_TITLES[psa], currency: due.currency }]
  })
}

/** undefined: both have the same price, or one of them none. */
function priceDifference(
  { due, reading }: Pick<RoutedSlot, 'due' | 'reading'>,
  day: LocalDate,
): PriceDifference | undefined {
  const { container } = reading
  const { slot, periods, words: product } = due
  const ours = priceOn(periods, day)
  const mapped = container.lines.find(({ id }) => id === slot.lineId)?.unitPrice
  const there = mapped ?? container.units.find(({ itemId }) => itemId === slot.itemId)?.unitPrice
  const theirs = catalogPrice(slot, container) ?? there
  if (ours === undefined || theirs === undefined || ours === theirs) return undefined
  return { product, theirs, ours, owner: slot.priceOwner }
}

/** What a person changed by hand in a PSA; containers that are being written are left out until that has ended. */
function driftsOf(slots: readonly RoutedSlot[], sync: SyncState): readonly Drift[] {
  const busy = busyIn(sync)
  const last = new Map(sync.written.map((one) => [one.slotId, one]))
  return slots.flatMap(({ due, customerId, reading: { container } }): Drift[] => {
    const before = last.get(due.slot.id)
    if (before === undefined || busy.has(containerKey(container))) return []
    // What we wrote is known from the route's start on: a line that was there before it is nobody's edit.
    const from = Math.max(container.lockedTo, container.from, due.slot.routeFrom) as LocalDate
    const [was, there] = [stepsFrom(writtenUnits(before), from), slotUnits(container, due.slot, from)]
    if (sameSteps(was, there)) return []
    const wanted = stepsFrom(slotTarget(due, container.mode), from).filter(({ on }) => on < due.until)
    const { words: product, slot } = due
    const what = { customerId, slotId: slot.id, title: PSA_TITLES[container.psa], product }
    return [{ ...what, container: container.name, from, written: was, there, wanted }]
  })
}

/**
 * What somebody put beside our lines: it may be for the same seats. Where units are counted, what stands beside them are
 * charges of all kinds, which say nothing.
 *
 * @param customers ids; undefined: of all.
 */
export function besideLines(
  { slots, sync, portfolio }: Pick<Loaded, 'slots' | 'sync' | 'portfolio'>,
  customers?: ReadonlySet<string>,
): readonly NamedBeside[] {
  const busy = busyIn(sync)
  const last = new Map(sync.written.map((one) => [one.slotId, one]))
  const found = new Map<string, NamedBeside>()
  for (const { due, customerId, reading } of slots) {
    const { container } = reading
    const [before, key] = [last.get(due.slot.id), containerKey(container)]
    if (customers?.has(customerId) === false || before === undefined || busy.has(key)) continue
    if (container.mode === 'units') continue
    const beside = linesBeside(container, due.slot.itemId, sync.slots).filter(
      ({ quantity, to }) => quantity !== 0n && (to === null || to > container.lockedTo),
    )
    for (const line of cameBeside(before, beside) ?? []) {
      const customerName = portfolio.customers.get(customerId)?.name ?? customerId
      found.set(`${key} ${line.id}`, { customerName, product: due.words, container, line })
    }
  }
  return [...found.values()]
}

/** Containers that are being written: what is there is not what will be. */
function busyIn({ intents }: Pick<SyncState, 'intents'>): ReadonlySet<string> {
  return new Set(
    intents.filter(isOpen).map(({ step }) => containerKey({ psa: step.psa, id: step.containerId })),
  )
}
