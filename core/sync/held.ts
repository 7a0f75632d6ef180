import { assert } from '../assert.js'
import type { LocalDate } from '../calendar/date.js'
import { readMarker } from './marker.js'
import { monthPeriod, monthPeriods } from './months.js'
import type { Container, PsaLine, Slot, UnitSteps } from './types.js'
import { NO_UNITS, type UnitSpan, stepsFrom, sumOfSpans } from './units.js'

/** What finds a slot's part of a container. */
export type SlotPlace = Pick<Slot, 'id' | 'itemId' | 'lineId'>

/** The lines of a slot that hold its count: the mapped one and ours beside it, oldest first. */
export function recurringLines(container: Container, slot: SlotPlace): readonly PsaLine[] {
  return container.lines
    .filter((line) => isOfSlot(line, slot) && readMarker(line.marker)?.oneTime !== true)
    .sort((left, right) => left.from - right.from || compareId(left.id, right.id))
}

function isOfSlot({ id, marker }: PsaLine, slot: SlotPlace): boolean {
  return id === slot.lineId || readMarker(marker)?.slotId === slot.id
}

/**
 * The count the PSA bills a slot for, day by day, as it stands. With `wholeLines` a line that is active on any day of
 * a period is billed for all of it (S11).
 *
 * @param until periods that begin on or after this day are not looked at.
 */
export function heldUnits(container: Container, slot: SlotPlace, until: LocalDate): UnitSteps {
  if (container.mode === 'units') {
    return container.units.find(({ itemId }) => itemId === slot.itemId)?.steps ?? NO_UNITS
  }
  const lines = recurringLines(container, slot)
  if (container.mode === 'datedLines') {
    return sumOfSpans(lines.map(({ from, to, quantity }) => ({ from, to, units: quantity })))
  }
  return sumOfSpans(lines.flatMap((line) => wholePeriods(container, line, until)))
}

/** Days of which is known that an item is adjusted on them, whether or not its count changes. */
export function adjustedDays({ units }: Container, { itemId }: SlotPlace): readonly LocalDate[] {
  return units.find((one) => one.itemId === itemId)?.adjustedOn ?? []
}

function wholePeriods(
  { anchorDay }: Container,
  { from, to, quantity: units }: PsaLine,
  until: LocalDate,
): readonly UnitSpan[] {
  assert(anchorDay !== undefined, 'a container that bills whole lines bills by the month')
  if (to !== null && to <= from) return []
  if (to === null) return [{ from: monthPeriod(anchorDay, from).from, to: null, units }]
  const last = monthPeriods(anchorDay, from, to < until ? to : until).at(-1)
  return last === undefined ? [] : [{ from: monthPeriod(anchorDay, from).from, to: last.to, units }]
}

/** Ids of a PSA are whole numbers in text: the longer one is the later one. */
export function compareId(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length
  return left < right ? -1 : left > right ? 1 : 0
}

/** The plain sum of lines from a day on, whatever the PSA makes of it: what a hand's edit is seen in. */
export function lineUnits(lines: readonly PsaLine[], from: LocalDate): UnitSteps {
  return stepsFrom(sumOfSpans(lines.map((line) => ({ ...line, units: line.quantity }))), from)
}

/** All counts of a slot from a day on, as they stand (S7). */
export function slotUnits(container: Container, slot: SlotPlace, from: LocalDate): UnitSteps {
  if (container.mode !== 'units') return lineUnits(recurringLines(container, slot), from)
  return stepsFrom(container.units.find(({ itemId }) => itemId === slot.itemId)?.steps ?? NO_UNITS, from)
}
