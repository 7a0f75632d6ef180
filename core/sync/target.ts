import type { LocalDate } from '../calendar/date.js'
import type { ChargeLine } from '../charges/types.js'
import type { Decimal } from '../money/decimal.js'
import type { DuePeriod, ProrationMode, Slot, SlotDue, UnitSteps } from './types.js'
import { combineSteps, sumOfSpans } from './units.js'

/**
 * Whether a due line is a count the PSA can hold by itself, or money that has to be written beside it (S10, S11): price
 * differences, fees and corrections are money, and so are parts of a period where the PSA bills whole ones only. Days
 * taken out by a pause are nothing a date can say.
 */
export function isCounted(line: ChargeLine, mode: ProrationMode): boolean {
  const { reason, from, to, period, days } = line
  if (reason.type !== 'base' && reason.type !== 'rise' && reason.type !== 'decrease') return false
  if (days !== to - from) return false
  return mode !== 'wholeLines' || (from === period.from && to === period.to)
}

/** The billable step function of one subscription (BILLING B8): what its counted due lines add up to, day by day. */
export function targetUnits(periods: readonly DuePeriod[], mode: ProrationMode): UnitSteps {
  const counted = periods.flatMap(({ lines }) => lines.filter((line) => isCounted(line, mode)))
  return sumOfSpans(counted.map(({ from, to, quantity: units }) => ({ from, to, units })))
}

/** What a slot has to hold: its subscriptions' counts and the seats bought elsewhere (S14). */
export function slotTarget({ slot, periods }: SlotDue, mode: ProrationMode): UnitSteps {
  const offset = [{ on: slot.routeFrom, units: slot.offset }]
  return combineSteps(targetUnits(periods, mode), slot.offset === 0n ? [] : offset)
}

/**
 * What each subscription of a slot has of the count the PSA holds: in their order, each up to its own target, the last
 * one the rest, whether more or less.
 */
export function allocate(
  { slot, periods }: SlotDue,
  held: UnitSteps,
  mode: ProrationMode,
): ReadonlyMap<string, UnitSteps> {
  const shares = new Map<string, UnitSteps>()
  let rest = combineSteps(held, offsetOf(slot), (units, offset) => units - offset)
  for (const [index, lineageId] of slot.lineageIds.entries()) {
    const isLast = index === slot.lineageIds.length - 1
    const target = targetUnits(
      periods.filter((period) => period.lineageId === lineageId),
      mode,
    )
    const share = isLast ? rest : combineSteps(rest, target, atMost)
    shares.set(lineageId, share)
    rest = combineSteps(rest, share, (units, taken) => units - taken)
  }
  return shares
}

function offsetOf({ offset, routeFrom }: Slot): UnitSteps {
  return offset === 0n ? [] : [{ on: routeFrom, units: offset }]
}

function atMost(there: Decimal, wanted: Decimal): bigint {
  const least = there < wanted ? there : wanted
  return least < 0n ? 0n : least
}

/** The price of a seat on a day, by the due line that covers it; the first known one where none does. */
export function priceOn(periods: readonly DuePeriod[], day: LocalDate): Decimal | undefined {
  const bases = periods.flatMap(({ lines }) => lines.filter(({ reason }) => reason.type === 'base'))
  const covering = bases.findLast(({ from, to }) => from <= day && day < to)
  return (covering ?? bases.findLast(({ from }) => from <= day) ?? bases[0])?.unitPrice
}
