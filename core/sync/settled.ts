import type { LocalDate } from '../calendar/date.js'
import type { Period } from '../calendar/period.js'
import { periodKey } from '../charges/periods.js'
import { matchLines } from '../charges/settle.js'
import type { SettledLine } from '../charges/types.js'
import { DECIMAL_ZERO, type Decimal } from '../money/decimal.js'
import { allocate, isCounted } from './target.js'
import { coveredLines, settledOf } from './covered.js'
import { heldUnits, recurringLines } from './held.js'
import { type PeriodMoney, chargedAt, leftAtOurPrice, leftAtTheirPrice } from './left.js'
import { chargedPrice, theirPrice, undueSeatPrice } from './prices.js'
import type { Container, DuePeriod, SettledCharge, Slot, SlotDue } from './types.js'

/** What is remembered of a slot beyond what its container shows now. */
export interface SlotMemory {
  /** What a locked period was billed at when it locked, by {@link lockKey}: counts of earlier times cannot be read back. */
  readonly locked: ReadonlyMap<string, readonly SettledCharge[]>
  /** What one-time lines of ours settled, by the marker of the line. */
  readonly oneTimes: ReadonlyMap<string, OneTime>
  /** Keys of steps that were confirmed: a write that is wanted once more is another promise (S5). */
  readonly keys: ReadonlySet<string>
  /** All places of ours: a line that belongs to none of them is somebody else's. */
  readonly slots: readonly Slot[]
}

/** A one-time line that was read back. */
export interface OneTime {
  readonly settles: readonly SettledCharge[]
  readonly from: LocalDate
  /** First day that no invoice covered when it was planned; undefined: it is not known. */
  readonly lockedTo: LocalDate | undefined
}

/** A day of the period whose invoice has a one-time line: its own, or of an invoiced month the first open one then. */
export function invoiceDay({ from, lockedTo }: Pick<OneTime, 'from' | 'lockedTo'>): LocalDate | undefined {
  if (lockedTo === undefined) return undefined
  return lockedTo > from ? lockedTo : from
}

/** What becomes of a one-time line then takes nothing back. */
export function isOnInvoice(
  line: Pick<OneTime, 'from' | 'lockedTo'>,
  { lockedTo }: Pick<Container, 'lockedTo'>,
): boolean {
  const day = invoiceDay(line)
  return day !== undefined && lockedTo > day
}

export function lockKey(lineageId: string, period: Period): string {
  return `${lineageId} ${periodKey(period)}`
}

/** What the PSA holds of one subscription and period. */
export interface CoveredPeriod extends PeriodMoney {
  readonly due: DuePeriod
  /** Every day of it is invoiced: it is not read again. */
  readonly isLocked: boolean
  /** By its counts. */
  readonly counted: readonly SettledCharge[]
  /** By one-time lines, and what is `unbilled`: nobody has to do anything for it. */
  readonly oneTime: readonly SettledCharge[]
}

const NONE_APART: ReadonlySet<LocalDate> = new Set()

/**
 * What the PSA was read to hold for a slot, period by period (S2), and what is left for money to do.
 *
 * @param apart starts of open periods whose counts cannot be what is wanted: their one-time lines settle seats, too
 * (apart.ts).
 */
export function coveredOf(
  due: SlotDue,
  container: Container,
  memory: SlotMemory,
  apart: ReadonlySet<LocalDate> = NONE_APART,
): readonly CoveredPeriod[] {
  const { slot, currency } = due
  const shares = allocate(due, heldUnits(container, slot, due.until), container.mode)
  const oneTimes = oneTimesThere(container, due, memory)
  return due.periods.map((entry) => {
    const { lineageId, period } = entry
    const isLocked = period.to <= container.lockedTo
    const key = lockKey(lineageId, period)
    const locked = isLocked ? memory.locked.get(key) : undefined
    const charged = isLocked ? invoicedPrice(slot, container, period) : undefined
    const price = charged ?? undueSeatPrice(due, container, entry)
    // What has ended bills nothing any more, whatever counts are left in it.
    const isOver = container.to !== null && period.from >= container.to
    const share = isOver ? [] : (shares.get(lineageId) ?? [])
    const counted = locked ?? coveredLines(entry, share, currency, container.mode, price)
    const held = { due: entry, isLocked, counted, oneTime: oneTimes.get(key) ?? [] }
    return withMoney(due, container, held, !isLocked && apart.has(period.from))
  })
}

type Held = Omit<CoveredPeriod, keyof PeriodMoney>

/** Money settles all of a locked period, and of an open one what is not a count. */
function withMoney(
  { slot, currency }: SlotDue,
  container: Container,
  held: Held,
  isApart: boolean,
): CoveredPeriod {
  const { due, isLocked, oneTime } = held
  const { period } = due
  const money = isLocked
    ? due
    : { ...due, lines: due.lines.filter((line) => !isCounted(line, container.mode)) }
  const own = isApart ? withoutSeats(oneTime, money) : oneTime
  if (slot.priceOwner === 'ours') {
    const settled = isLocked ? [...held.counted, ...own] : own
    return { ...held, ...leftAtOurPrice(currency, money, settled) }
  }
  const price = isLocked
    ? chargedPrice(slot, container, period, held.counted, oneTime)
    : theirPrice(slot, container, period)
  const counted = isLocked ? chargedAt(currency, held.counted, price) : held.counted
  const changes = priceLines(due)
  const all = [...(isLocked ? counted : []), ...own, ...changes]
  // The catalog is followed on open days (S15); what an invoice has stays, and so does what is there where it is kept.
  const keepsWritten = isLocked || slot.priceOwner === 'keep'
  const { left, unbilled } = leftAtTheirPrice(currency, money, all, price, keepsWritten)
  const ours = [...changes, ...unbilled]
  return { ...held, counted, oneTime: [...oneTime, ...ours], left, unbilled: ours }
}

/** What one-time lines settle of lines that are no counts. */
function withoutSeats(oneTime: readonly SettledCharge[], { lines }: DuePeriod): readonly SettledCharge[] {
  const seats = new Set<SettledLine>(matchLines(oneTime, lines).rest)
  return oneTime.filter((line) => !seats.has(line))
}

/** Differences between prices of ours are nothing to bill where the price is theirs (S15). */
function priceLines({ lineageId, lines }: DuePeriod): readonly SettledCharge[] {
  const inPsa = { unitPrice: DECIMAL_ZERO, amount: 0n }
  return lines
    .filter(({ reason }) => reason.type === 'price')
    .map((line) => ({ ...settledOf(line), lineageId, inPsa }))
}

/**
 * What a seat cost in a period that was found invoiced, where the price is ours: a newer one may have come too late for
 * it. undefined: theirs, which is nothing we compare with (S15), or not one price for all of it.
 */
function invoicedPrice(slot: Slot, container: Container, period: Period): Decimal | undefined {
  if (slot.priceOwner !== 'ours') return undefined
  if (container.mode === 'units') {
    return container.units.find(({ itemId }) => itemId === slot.itemId)?.unitPrice
  }
  const prices = new Set(
    recurringLines(container, slot)
      .filter(({ from, to }) => from < period.to && (to === null || to > period.from))
      .map(({ unitPrice }) => unitPrice),
  )
  return prices.size === 1 ? [...prices][0] : undefined
}

/** One-time lines that are still there, or were invoiced: one that a person took away before settles nothing (S9). */
function oneTimesThere(
  container: Container,
  { slot }: SlotDue,
  { oneTimes }: SlotMemory,
): ReadonlyMap<string, readonly SettledCharge[]> {
  const markers = new Set(container.lines.map(({ marker }) => marker))
  const found = new Map<string, SettledCharge[]>()
  for (const [marker, line] of oneTimes) {
    if (!markers.has(marker) && !isOnInvoice(line, container)) continue
    for (const charge of line.settles) {
      if (!slot.lineageIds.includes(charge.lineageId)) continue
      const key = lockKey(charge.lineageId, charge.period)
      const list = found.get(key)
      if (list === undefined) found.set(key, [charge])
      else list.push(charge)
    }
  }
  return found
}
