import type { LocalDate } from '../calendar/date.js'
import type { ChargeLine } from '../charges/types.js'
import type { Decimal } from '../money/decimal.js'
import type { DuePeriod, ProrationMode, Slot, SlotDue, UnitStep, UnitSteps } from './types.js'
import { NO_UNITS, combineSteps, daysOf, sumOfSpans, unitsOn } from './units.js'

/**
 * Whether a due line is a count the PSA can hold by itself, or money that has to be written beside it (S10, S11): price
 * differences, fees and corrections are money, and so are parts of a period where the PSA bills whole ones only. Days
 * taken out by a pause are nothing a date can say.
 */
export function isCounted(line: ChargeLine, mode: ProrationMode): boolean {
  const { from, to, period, days } = line
  if (!isSeatsByReason(line)) return false
  if (days !== to - from) return false
  return mode !== 'wholeLines' || (from === period.from && to === period.to)
}

/** Due lines of seats: they cost what a seat costs, a price difference, a fee or a correction is an amount of its own. */
export function isSeatsByReason({ reason: { type } }: ChargeLine): boolean {
  return type === 'base' || type === 'rise' || type === 'decrease'
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
 * What each subscription of a slot has of the count the PSA holds, day by day: seats stay with whom they were with, as long
 * as they are due there; more of them are for who wants more on that day, and fewer are of who wants fewer. What one has to spare goes to those that miss
 * some, in their order, and what nobody wants stays where it was: so neither does one's rise use up the seats of another,
 * nor is one's decrease paid out to another (S14).
 */
export function allocate(
  { slot, periods }: SlotDue,
  held: UnitSteps,
  mode: ProrationMode,
): ReadonlyMap<string, UnitSteps> {
  const { lineageIds } = slot
  const there = combineSteps(held, offsetOf(slot), (units, offset) => units - offset)
  const targets = lineageIds.map((lineageId) =>
    targetUnits(
      periods.filter((period) => period.lineageId === lineageId),
      mode,
    ),
  )
  const days = daysOf([there, ...targets])
  const shares = lineageIds.map((): UnitStep[] => [])
  let before = targets.map(() => NOTHING)
  for (const on of days) {
    const wanted = targets.map((target) => unitsOn(target, on))
    const own = shareOut(unitsOn(there, on), wanted, before)
    for (const [index, units] of own.entries()) shares[index]?.push({ on, units: units as Decimal })
    // Who had what before anything is due says nothing.
    const isDue = wanted.some((units) => units !== 0n)
    before = wanted.map((units, index) => (isDue ? { had: own[index] ?? 0n, wanted: units } : NOTHING))
  }
  return new Map(lineageIds.map((id, index) => [id, combineSteps(shares[index] ?? [], NO_UNITS)]))
}

/** What a subscription had, and should have had, until a day. */
interface Before {
  readonly had: bigint
  readonly wanted: bigint
}

const NOTHING: Before = { had: 0n, wanted: 0n }

function shareOut(there: bigint, wanted: readonly bigint[], before: readonly Before[]): readonly bigint[] {
  let left = there
  const shares = wanted.map(() => 0n)
  /** To each in order, as long as there is something, up to so many. */
  const give = (upTo: (want: bigint, before: Before) => bigint) => {
    for (const [index, want] of wanted.entries()) {
      const has = shares[index] ?? 0n
      const more = least(upTo(want, before[index] ?? NOTHING) - has, left)
      if (more <= 0n) continue
      shares[index] = has + more
      left -= more
    }
  }
  give((want, { had }) => least(want, had))
  give((want, { had, wanted: last }) => least(want, had + want - last))
  give((want) => want)
  give((want, { had, wanted: last }) => least(had, had + want - last))
  give((_, { had }) => had)
  // More than anybody had or wants, or less than nothing, is the last one's.
  return shares.map((share, index) => (index === shares.length - 1 ? share + left : share))
}

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other
}

function offsetOf({ offset, routeFrom }: Slot): UnitSteps {
  return offset === 0n ? [] : [{ on: routeFrom, units: offset }]
}

/** The price of a seat on a day, by the due line that covers it; the first known one where none does. */
export function priceOn(periods: readonly DuePeriod[], day: LocalDate): Decimal | undefined {
  const bases = periods.flatMap(({ lines }) => lines.filter(({ reason }) => reason.type === 'base'))
  const covering = bases.findLast(({ from, to }) => from <= day && day < to)
  return (covering ?? bases.findLast(({ from }) => from <= day) ?? bases[0])?.unitPrice
}
