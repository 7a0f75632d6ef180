import { type LocalDate, startOfMonth } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import type { SyncState } from '../sync/intent.js'
import { isOpen } from '../sync/intent.js'
import { slotUnits } from '../sync/held.js'
import { priceOn, slotTarget } from '../sync/target.js'
import type { Decimal } from '../money/decimal.js'
import type { UnitSteps } from '../sync/types.js'
import { sameSteps, stepsFrom } from '../sync/units.js'
import type { Loaded } from './loader.js'
import { type RoutedSlot, PSA_TITLES, containerKey } from './routed.js'
import { writtenUnits } from './written.js'
import type { CustomerBill } from './who.js'

/** What a PSA bills one customer in a month: what is there, what waits (S4). */
export interface PsaStanding {
  readonly customerId: string
  readonly name: string
  readonly currency: string
  /** "ConnectWise" */
  readonly title: string
  /** Minor units it was read to hold with a date to bill in the month. */
  readonly there: bigint
  /** Minor units with a date to bill in the month that are due and not there yet. */
  readonly waiting: bigint
  /** What is due of earlier months and not there yet, month by month; in neither of the two. */
  readonly earlier: readonly EarlierMonth[]
  /** First day no invoice covers in every container: "invoiced" or not yet. */
  readonly invoicedThrough: 'invoiced' | 'notInvoiced' | 'inPart'
  /** Numbers of the invoices that cover the month, where the PSA tells them. */
  readonly invoices: readonly string[]
  /** When it was read, the earliest where there are several. */
  readonly readAt: Date
  /** Seats it bills at another price than ours: shown, and never written where the price is theirs (S15). */
  readonly prices: readonly PriceDifference[]
}

export interface EarlierMonth {
  /** Its first day. */
  readonly from: LocalDate
  /** Minor units. */
  readonly amount: bigint
}

export interface PriceDifference {
  readonly product: string
  readonly theirs: Decimal
  readonly ours: Decimal
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
  for (const { customerId, due, covered, reading } of slots) {
    const key = keyOf(customerId, due.currency)
    const lines = covered.flatMap(({ counted, oneTime }) => [...counted, ...oneTime])
    const there = lines.reduce(
      (sum, { billOn, amount }) => (billOn >= month.from && billOn < month.to ? sum + amount : sum),
      0n,
    )
    const { lockedTo, psa, lastInvoice } = reading.container
    const isInvoiced = lockedTo >= month.to
    const own = isInvoiced ? 'invoiced' : 'notInvoiced'
    const before = standings.get(key)
    // The newest invoice is the month's own as long as no later month is invoiced.
    const number = lockedTo === month.to ? lastInvoice : undefined
    const other = priceDifference({ due, reading }, month)
    standings.set(key, {
      customerId,
      name: names.get(customerId)?.name ?? customerId,
      currency: due.currency,
      title: PSA_TITLES[psa],
      there: (before?.there ?? 0n) + there,
      waiting: 0n,
      earlier: [],
      invoicedThrough: before === undefined || before.invoicedThrough === own ? own : 'inPart',
      invoices: [...new Set([...(before?.invoices ?? []), ...(number === undefined ? [] : [number])])],
      readAt: before === undefined || reading.readAt < before.readAt ? reading.readAt : before.readAt,
      prices: [...(before?.prices ?? []), ...(other === undefined ? [] : [other])],
    })
  }
  for (const { customerId, currency, lines } of bills) {
    const key = keyOf(customerId, currency)
    const standing = standings.get(key)
    if (standing !== undefined) standings.set(key, { ...standing, ...waitingOf(lines, month) })
  }
  return [...standings.values()].filter(
    ({ there, waiting, earlier }) => there !== 0n || waiting !== 0n || earlier.length > 0,
  )
}

/** What waits of the month, and of each month before it. */
function waitingOf(lines: CustomerBill['lines'], month: Period): Pick<PsaStanding, 'waiting' | 'earlier'> {
  const months = new Map<LocalDate, bigint>()
  let waiting = 0n
  for (const { charge } of lines) {
    const { billOn, amount } = charge
    const from = startOfMonth(billOn)
    if (billOn >= month.from) waiting += amount
    else months.set(from, (months.get(from) ?? 0n) + amount)
  }
  const earlier = [...months].map(([from, amount]) => ({ from, amount }))
  return { waiting, earlier: earlier.sort((left, right) => left.from - right.from) }
}

/** undefined: both have the same price, or one of them none. */
function priceDifference(
  { due, reading }: Pick<RoutedSlot, 'due' | 'reading'>,
  month: Period,
): PriceDifference | undefined {
  const { container } = reading
  const { slot, periods, words: product } = due
  const ours = priceOn(periods, month.from)
  const mapped = container.lines.find(({ id }) => id === slot.lineId)?.unitPrice
  const theirs = mapped ?? container.units.find(({ itemId }) => itemId === slot.itemId)?.unitPrice
  return ours === undefined || theirs === undefined || ours === theirs ? undefined : { product, theirs, ours }
}

/** What a person changed by hand in a PSA; containers that are being written are left out until that has ended. */
function driftsOf(slots: readonly RoutedSlot[], { intents, written }: SyncState): readonly Drift[] {
  const busy = new Set(
    intents.filter(isOpen).map(({ step }) => containerKey({ psa: step.psa, id: step.containerId })),
  )
  const last = new Map(written.map((one) => [one.slotId, one]))
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
