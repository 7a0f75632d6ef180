import type { LocalDate } from '../calendar/date.js'
import { type Choice, fitLines, noChoice } from '../mapping/suggest.js'
import { DECIMAL_ZERO, type Decimal, formatDecimal } from '../money/decimal.js'
import { readMarker } from '../sync/marker.js'
import type { Container, PsaLine, Slot } from '../sync/types.js'
import { unitsOn } from '../sync/units.js'
import { grouped } from './grouped.js'
import type { Place } from './map-types.js'

/** A subscription that looks for its line. */
export interface Wanted {
  readonly lineageId: string
  readonly itemId: string
  readonly count: Decimal
}

export interface PlaceChoice {
  readonly place: Place | undefined
  /** Lines that fit, where they are lines. */
  readonly lines: Choice<PsaLine>
  /** Why no place is taken without asking; undefined: it is sure. */
  readonly doubt: string | undefined
}

/**
 * Gives each subscription its line, by lineage: equal counts first. A line that several fit is nobody's until a person
 * says so, and one that a mapping has taken is not looked at.
 */
export function placesFor(
  wanted: readonly Wanted[],
  container: Container,
  slots: readonly Slot[],
  today: LocalDate,
): ReadonlyMap<string, PlaceChoice> {
  if (container.mode === 'units') {
    return new Map(wanted.map(({ lineageId, itemId }) => [lineageId, unitsPlace(container, itemId, today)]))
  }
  let free = freeLines(container, slots, today)
  let open = wanted
  const found = new Map<string, PlaceChoice>()
  for (const least of [EQUAL_COUNT, ONLY_LINE]) {
    const claims = open.map((want) => ({ want, lines: linesFor(want, free) }))
    const sure = claims.filter(({ lines }) => lines.doubt === undefined && (lines.best?.score ?? 0) >= least)
    const byLine = grouped(sure, ({ lines }) => lines.best?.thing.id)
    for (const [lineId, takers] of byLine) {
      for (const { want, lines } of takers) found.set(want.lineageId, taken(lines, takers.length))
      free = free.filter(({ id }) => id !== lineId)
    }
    open = open.filter(({ lineageId }) => !found.has(lineageId))
  }
  for (const want of open) found.set(want.lineageId, restPlace(want, container, linesFor(want, free)))
  return found
}

/** Points of a line with the same count, and of one with another. */
const EQUAL_COUNT = 100
const ONLY_LINE = 0

function linesFor({ itemId, count }: Wanted, free: readonly PsaLine[]): Choice<PsaLine> {
  return fitLines(
    count,
    free.filter((line) => line.itemId === itemId),
  )
}

function taken(lines: Choice<PsaLine>, takers: number): PlaceChoice {
  const { best } = lines
  if (best === undefined) return { place: undefined, lines, doubt: 'nothing fits' }
  if (takers === 1) return { place: { type: 'line', fit: best }, lines, doubt: undefined }
  const { id, quantity } = best.thing
  const doubt = `${takers} subscriptions fit line ${id}, which holds ${formatDecimal(quantity)}`
  return { place: undefined, lines, doubt }
}

function restPlace({ lineageId }: Wanted, { lines: there }: Container, lines: Choice<PsaLine>): PlaceChoice {
  if (lines.fits.length > 0) return { place: undefined, lines, doubt: `lines: ${lines.doubt ?? 'unclear'}` }
  const ours = there.some(({ marker }) => readMarker(marker)?.slotId === lineageId)
  return { place: { type: 'new', ours }, lines, doubt: undefined }
}

function unitsPlace({ units }: Container, itemId: string, today: LocalDate): PlaceChoice {
  const found = units.find((each) => each.itemId === itemId && each.steps.length > 0)
  const count = found === undefined ? undefined : unitsOn(found.steps, today)
  const place = { type: 'units', count, unitPrice: found?.unitPrice } as const
  return { place, lines: noChoice('it counts units'), doubt: undefined }
}

/** Lines that still bill, are not ours and belong to no mapping. */
function freeLines(
  { lines, id, psa }: Container,
  slots: readonly Slot[],
  today: LocalDate,
): readonly PsaLine[] {
  const isTaken = (line: PsaLine) =>
    slots.some((slot) => slot.psa === psa && slot.containerId === id && slot.lineId === line.id)
  return lines.filter(
    (line) =>
      (line.to === null || line.to > today) &&
      line.quantity > DECIMAL_ZERO &&
      readMarker(line.marker) === undefined &&
      !isTaken(line),
  )
}
