import type { Period } from '../calendar/period.js'
import { DECIMAL_ZERO, type Decimal } from '../money/decimal.js'
import { recurringLines } from './held.js'
import { priceOn } from './target.js'
import type { Container, DuePeriod, SettledCharge, Slot, SlotDue } from './types.js'

/**
 * What a seat that is added in a period costs in the PSA, where the price is theirs (S15): what its catalog says, or as
 * much as the seats beside it. undefined: the price is ours, or theirs is not known.
 */
export function theirPrice(slot: Slot, container: Container, days: Period): Decimal | undefined {
  switch (slot.priceOwner) {
    case 'ours':
      return undefined
    case 'keep':
      return runningPrice(slot, container, days) ?? lastPrice(slot, container)
    case 'catalog':
      return catalogPrice(slot, container)
  }
}

/**
 * What a seat cost in a period that is invoiced, where the price is theirs: what was charged then, whatever the line
 * costs now.
 *
 * @param counted of the period, by its counts: what is remembered of them says what was charged.
 * @param oneTime of the period, by one-time lines, where no seat was counted in it.
 */
export function chargedPrice(
  slot: Slot,
  container: Container,
  period: Period,
  counted: readonly SettledCharge[],
  oneTime: readonly SettledCharge[],
): Decimal | undefined {
  if (slot.priceOwner === 'ours') return undefined
  return (
    rememberedPrice(counted) ??
    runningPrice(slot, container, period) ??
    rememberedPrice(oneTime) ??
    theirPrice(slot, container, period)
  )
}

function rememberedPrice(settled: readonly SettledCharge[]): Decimal | undefined {
  return settled.find((line) => isSeatsByKind(line) && line.inPsa !== undefined)?.inPsa?.unitPrice
}

/** Settled lines of seats, of which only the kind is kept: they have a price, a fee or a correction is an amount of its own. */
export function isSeatsByKind({ kind }: SettledCharge): boolean {
  return kind === 'recurring' || kind === 'prorated' || kind === 'credit'
}

/**
 * What a seat costs us in a period in which none is due (undue.ts): as much as in the periods of its subscription beside
 * it, else what the PSA charges for it. undefined: some are due, so it is said there.
 */
export function undueSeatPrice(
  { slot, periods }: SlotDue,
  { units }: Container,
  entry: DuePeriod,
): Decimal | undefined {
  const { lineageId, period } = entry
  if (priceOn([entry], period.from) !== undefined) return undefined
  const own = periods.filter((other) => other.lineageId === lineageId)
  const there = units.find(({ itemId }) => itemId === slot.itemId)?.unitPrice
  return priceOn(own, period.from) ?? there ?? DECIMAL_ZERO
}

/** The price of the slot's item in the catalog, as it was read last; undefined: it has none, or was not asked for. */
export function catalogPrice({ itemId }: Slot, { catalog = [] }: Container): Decimal | undefined {
  return catalog.find((item) => item.itemId === itemId)?.unitPrice
}

/** What a seat of the slot costs on some of these days; the line that was there when it was mapped before ours. */
function runningPrice(slot: Slot, container: Container, { from, to }: Period): Decimal | undefined {
  if (container.mode === 'units') {
    return container.units.find(({ itemId }) => itemId === slot.itemId)?.unitPrice
  }
  const running = recurringLines(container, slot).filter(
    (line) => line.from < to && (line.to === null || line.to > from),
  )
  return (running.find(({ id }) => id === slot.lineId) ?? running[0])?.unitPrice
}

/** The price of seats that begin or end on other days. */
function lastPrice(slot: Slot, container: Container): Decimal | undefined {
  return recurringLines(container, slot).at(-1)?.unitPrice
}
