import type { LocalDate } from '../calendar/date.js'
import { dayMonthYear } from '../calendar/words.js'
import { typedName } from '../mapping/typed.js'
import { DECIMAL_ZERO, formatDecimal } from '../money/decimal.js'
import { formatUnitPrice } from '../money/money.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import { Problem } from '../problem.js'
import { type Intent, isOpen } from '../sync/intent.js'
import { readMarker } from '../sync/marker.js'
import type { Container, Slot } from '../sync/types.js'
import type { Loaded } from './loader.js'
import { isIn } from './map-places.js'
import { byWords, dueAgain, lastBilled } from './map-start.js'
import { priceToday } from './map-suggest.js'
import type { MappingChange } from './map-types.js'
import { PSA_TITLES } from './routed.js'

/** Refuses a change by which something would be billed twice, by nobody, or at two prices. */
export function requireSound(view: Loaded, change: MappingChange): void {
  for (const slot of change.slots) {
    const own = ownOf(view, slot)
    requireOneCustomer(view, change, own)
    requireOnePrice(own, view.today)
    requireFreeRoute(view, change, slot, own)
    requireUntouched(view, change, slot)
    requireSameStart(view, change, slot)
    requireNothingBeside(view, change, slot)
  }
}

/** The subscriptions of a slot. */
export function ownOf({ portfolio }: Loaded, { lineageIds }: Slot): readonly PricedSubscription[] {
  return lineageIds.flatMap(
    (id) => portfolio.subscriptions.find(({ subscription }) => subscription.lineageId === id) ?? [],
  )
}

/** What one customer pays for is never counted with what another one does. */
function requireOneCustomer(
  { portfolio: { customers } }: Loaded,
  { customerId }: MappingChange,
  own: readonly PricedSubscription[],
): void {
  const foreign = own.find(({ subscription }) => subscription.customerId !== customerId)
  if (foreign === undefined) return
  const { customerId: other, productName } = foreign.subscription
  throw new Problem({
    kind: 'input',
    what: `That place holds ${productName} of ${customers.get(other)?.name ?? other}.`,
    notDone: 'Nothing was mapped.',
    next: 'Give it a line of its own, or an agreement or contract of its own where units are counted.',
  })
}

/** S14: one line has one price. */
function requireOnePrice(own: readonly PricedSubscription[], today: LocalDate): void {
  const [first, ...others] = own
  const other = others.find(
    (one) => first !== undefined && priceToday(one, today) !== priceToday(first, today),
  )
  if (first === undefined || other === undefined) return
  throw new Problem({
    kind: 'input',
    what: `One line has one price: ${priceWords(first, today)}, ${priceWords(other, today)}.`,
    notDone: 'Nothing was mapped.',
    next: 'Give each a line of its own, or make their prices equal first.',
  })
}

function priceWords(priced: PricedSubscription, today: LocalDate): string {
  const price = priceToday(priced, today)
  const words = price === undefined ? 'has no price' : `costs ${formatUnitPrice(price, priced.currency)}`
  return `${priced.subscription.productName} ${words}`
}

/** S1: who joins a line that bills since some day must not be billed in another way for days after it. */
function requireFreeRoute(
  { books: { billed }, sync }: Loaded,
  { customerName }: MappingChange,
  slot: Slot,
  own: readonly PricedSubscription[],
): void {
  const before = sync.slots
    .filter(({ routeFrom }) => routeFrom <= slot.routeFrom)
    .flatMap(({ lineageIds }) => lineageIds)
  const joining = own.filter(({ subscription }) => !before.includes(subscription.lineageId))
  const last = lastBilled({ own: joining, billed, sync })
  if (last === undefined || last.period.to <= slot.routeFrom) return
  throw new Problem({
    kind: 'input',
    what: `That line bills ${customerName} from ${dayMonthYear(slot.routeFrom)} on, and ${last.description} is billed before ${dayMonthYear(last.period.to)} ${byWords(last)}.`,
    notDone: 'Nothing was mapped.',
    next:
      last.runId === undefined
        ? 'Give it a line of its own.'
        : `Give it a line of its own, or ${dueAgain(last.runId, customerName)}.`,
  })
}

/** What was written for a slot would stay where it is: nobody is moved away from that, and not while it is written. */
function requireUntouched({ sync }: Loaded, change: MappingChange, slot: Slot): void {
  const { container, customerName, slots } = change
  const before = sync.slots.find(({ id }) => id === slot.id)
  if (before === undefined || before.lineageIds.length === 0) return
  const intents = sync.intents.filter(({ step }) => step.slotId === slot.id)
  const title = PSA_TITLES[before.psa]
  if (intents.some(isOpen)) {
    throw new Problem({
      kind: 'held',
      what: `Something is being written to ${title} for it.`,
      notDone: 'Nothing was mapped.',
      next: 'Type `approvals` to see how it goes on, and try again when it has ended.',
    })
  }
  const moved = before.lineageIds.filter((lineage) => {
    const after = slots.find(({ lineageIds }) => lineageIds.includes(lineage))
    return after === undefined || !isSamePlace(before, after) || after.routeFrom !== before.routeFrom
  })
  if (moved.length === 0) return
  const isLocked = sync.locked.some(
    ({ lineageId, period }) => moved.includes(lineageId) && period.from >= before.routeFrom,
  )
  if (!isLocked && !isWritten(before, container, intents)) return
  throw new Problem({
    kind: 'held',
    what: `${title} bills by what was mapped before, and would go on.`,
    notDone: 'Nothing was mapped.',
    next: `Type \`map ${typedName(customerName)} remove\` to bill by file from the next period on, and map it anew for that.`,
  })
}

/** Whether something of ours is in the PSA for a slot. Where it cannot be read again, a promise to write is enough. */
function isWritten(before: Slot, container: Container, intents: readonly Intent[]): boolean {
  if (!isIn(before, container) || container.mode === 'units') return intents.length > 0
  if (container.lines.some(({ marker }) => readMarker(marker)?.slotId === before.id)) return true
  const confirmed = intents.filter(({ state }) => state === 'confirmed')
  const undone = new Set(confirmed.flatMap(({ step }) => step.undoes ?? []))
  return confirmed.some(({ id, step }) => step.undoes === undefined && !undone.has(id))
}

/** S1: moved within its agreement or contract, a subscription is billed from the day it was. */
function requireSameStart({ sync }: Loaded, { container }: MappingChange, slot: Slot): void {
  const before = sync.slots.find(
    (each) =>
      isIn(each, container) &&
      isIn(slot, container) &&
      each.routeFrom !== slot.routeFrom &&
      each.lineageIds.some((lineage) => slot.lineageIds.includes(lineage)),
  )
  if (before === undefined) return
  throw new Problem({
    kind: 'input',
    what: `That line bills from ${dayMonthYear(slot.routeFrom)} on, and this is billed there from ${dayMonthYear(before.routeFrom)} on.`,
    notDone: 'Nothing was mapped.',
    next: 'Give it a line of its own.',
  })
}

/** A new line beside one of the same item that no mapping holds: both would bill the same seats. */
function requireNothingBeside({ sync, today }: Loaded, change: MappingChange, slot: Slot): void {
  const { container, customerName, slots } = change
  if (container.mode === 'units' || slot.lineId !== undefined || slot.lineageIds.length === 0) return
  const before = sync.slots.find(({ id }) => id === slot.id)
  if (before !== undefined && before.lineageIds.length > 0 && isSamePlace(before, slot)) return
  const changed = new Set(slots.map(({ id }) => id))
  const after = [...sync.slots.filter(({ id }) => !changed.has(id)), ...slots]
  const held = new Set(
    after.filter((each) => each.lineageIds.length > 0 && isIn(each, container)).map(({ lineId }) => lineId),
  )
  const since = slot.routeFrom > today ? slot.routeFrom : today
  const beside = container.lines.find(
    ({ id, itemId, marker, quantity, to }) =>
      itemId === slot.itemId &&
      readMarker(marker) === undefined &&
      quantity > DECIMAL_ZERO &&
      (to === null || to > since) &&
      !held.has(id),
  )
  if (beside === undefined) return
  const { id, quantity } = beside
  throw new Problem({
    kind: 'input',
    what: `${container.name} has line ${id} with ${formatDecimal(quantity)} of it, and a new line beside it would bill them twice.`,
    notDone: 'Nothing was mapped.',
    next: `Map to that line, \`map ${typedName(customerName)} set ${slot.id} to line ${id}\`, or end it there first.`,
  })
}

function isSamePlace(one: Slot, other: Slot): boolean {
  return (
    one.psa === other.psa &&
    one.containerId === other.containerId &&
    one.itemId === other.itemId &&
    one.lineId === other.lineId
  )
}
