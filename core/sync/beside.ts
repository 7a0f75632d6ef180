import { dayMonthYear } from '../calendar/words.js'
import { formatDecimal } from '../money/decimal.js'
import { formatUnitPrice } from '../money/money.js'
import { compareId } from './held.js'
import { readMarker } from './marker.js'
import type { Container, OtherLine, PsaLine, Slot, Step, StepAction } from './types.js'

/**
 * Lines of an item that belong to no slot of ours, by id: somebody else's, who may have seen the same change of licences.
 * A charge that names no item may be for any: where units are counted, charges rarely name one.
 *
 * @param slots all there are.
 */
export function linesBeside(
  { psa, id, lines, mode }: Container,
  itemId: string,
  slots: readonly Slot[],
): readonly OtherLine[] {
  const mapped = new Set(
    slots.filter((slot) => slot.psa === psa && slot.containerId === id).map(({ lineId }) => lineId),
  )
  const isOfItem = (line: PsaLine) => line.itemId === itemId || (mode === 'units' && line.itemId === '')
  return lines
    .filter((line) => isOfItem(line) && readMarker(line.marker) === undefined && !mapped.has(line.id))
    .map(({ id: lineId, quantity, unitPrice, from, to }) => ({ id: lineId, quantity, unitPrice, from, to }))
    .sort((left, right) => compareId(left.id, right.id))
}

/** What a step is approved beside. Nothing stands beside a count of units, which is one for all. */
export function besideOf(
  { type }: StepAction,
  container: Container,
  itemId: string,
  slots: readonly Slot[],
): Pick<Step, 'beside'> {
  return type === 'adjust' ? {} : { beside: linesBeside(container, itemId, slots) }
}

/**
 * How what stands beside a step differs from what it was approved beside, in words; undefined: not at all. A price that is
 * set puts nothing on top of anything.
 */
export function besideChange(
  { type, beside, itemId }: Step,
  container: Container,
  slots: readonly Slot[],
): string | undefined {
  if (beside === undefined || type === 'setPrice') return undefined
  const before = new Map(beside.map((line) => [line.id, line]))
  for (const line of linesBeside(container, itemId, slots)) {
    const was = before.get(line.id)
    if (was === undefined) return edited(`somebody added ${otherWords(line, container)} beside it`)
    if (!isSame(was, line)) return edited(`somebody changed line ${line.id} of the same item beside it`)
  }
  // One that belongs to a slot by now is there, and ours to look after.
  const there = new Set(container.lines.map(({ id }) => id))
  const gone = beside.find(({ id }) => !there.has(id))
  return gone === undefined ? undefined : edited(`line ${gone.id} of the same item beside it is gone`)
}

function edited(what: string): string {
  return `${what} since it was shown, so nothing was written on top. If that was for the same seats, let only one of the two stand there; \`sync\` shows both and asks again`
}

function isSame(one: OtherLine, other: OtherLine): boolean {
  return (
    one.quantity === other.quantity &&
    one.unitPrice === other.unitPrice &&
    one.from === other.from &&
    one.to === other.to
  )
}

/** "a line of 5 × $22.00 from 11 Mar 2026 (line 108)" */
export function otherWords(
  { id, quantity, unitPrice, from }: OtherLine,
  { currency }: Pick<Container, 'currency'>,
): string {
  const price = currency === undefined ? formatDecimal(unitPrice, 2) : formatUnitPrice(unitPrice, currency)
  return `a line of ${formatDecimal(quantity)} × ${price} from ${dayMonthYear(from)} (line ${id})`
}
