import type { Person } from '../access/rights.js'
import type { AuditDetails } from '../audit/chain.js'
import { type LocalDate, formatLocalDate } from '../calendar/date.js'
import { dayMonthYear } from '../calendar/words.js'
import { DECIMAL_ZERO, type Decimal, formatDecimal } from '../money/decimal.js'
import { formatUnitPrice } from '../money/money.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import { Problem } from '../problem.js'
import { type CustomerMapping, isOpen } from '../sync/intent.js'
import { readMarker } from '../sync/marker.js'
import type { Container, Slot, Step } from '../sync/types.js'
import type { Loaded } from './loader.js'
import { lastBilled } from './map-start.js'
import { priceToday } from './map-suggest.js'
import type { Company } from './map-types.js'
import type { ReadPsaPorts } from './read-psa.js'
import { PSA_TITLES, routeToPsas } from './routed.js'
import { unrouted } from './unrouted.js'
import { writtenOf } from './written.js'

/** What one slot is after a change of the mapping, and what a sync would write for it. Nothing was written. */
export interface SlotPreview {
  readonly slot: Slot
  readonly products: readonly string[]
  readonly currency: string
  /** What a seat costs here, and on the line that is there; undefined: nobody knows, or no line is. */
  readonly ourPrice: Decimal | undefined
  readonly psaPrice: Decimal | undefined
  readonly steps: readonly Step[]
  /** Why nothing can be planned for it; undefined: it can. */
  readonly fault: string | undefined
}

/** What became of a customer's mapping. */
export interface MappingChanged {
  readonly customer: CustomerMapping
  readonly customerName: string
  readonly container: Container
  /** Slots that are new or changed; those nobody is in any more are left out. */
  readonly slots: readonly SlotPreview[]
  /** Subscriptions that no PSA bills yet, and why, as "Visio: item: nothing fits". */
  readonly gaps: readonly string[]
}

/** A change of a mapping, ready to be checked and recorded. */
export interface MappingChange {
  readonly person: Person
  readonly action: 'map.accepted' | 'map.changed'
  readonly customerId: string
  readonly customerName: string
  readonly company: Pick<Company, 'id' | 'name' | 'psa'>
  readonly container: Container
  /** As {@link slotsWith} says. */
  readonly slots: readonly Slot[]
  readonly gaps: readonly string[]
}

/**
 * Checks a change, records it with its entry in the trail, and tells what a sync would write. What locked periods were
 * billed at is not kept before the first sync: until then a mistake can be taken back.
 */
export async function recordMapping(
  ports: ReadPsaPorts,
  view: Loaded,
  change: MappingChange,
): Promise<MappingChanged> {
  const { customerId, customerName, company, container, slots } = change
  for (const slot of slots) requireSound(view, change, slot)
  const customer = { customerId, psa: company.psa, companyId: company.id, companyName: company.name }
  const at = await ports.clock.now()
  const reading = { container, readAt: at }
  const { person, action } = change
  const audit = { at, actor: person.id, action, subject: customerId, details: detailsOf(change) }
  await ports.sync.saveReading(reading, [])
  await ports.sync.map({ customer, slots, written: slots.map((slot) => writtenOf(slot, container)), audit })
  const previews = previewOf(view, customer, reading, slots)
  return { customer, customerName, container, slots: previews, gaps: change.gaps }
}

function requireSound(view: Loaded, change: MappingChange, slot: Slot): void {
  const own = ownOf(view, slot)
  requireOneCustomer(view, change, own)
  requireOnePrice(own, view.today)
  requireFreeRoute(view, change, slot, own)
  requireUntouched(view, change, slot)
}

function ownOf({ portfolio }: Loaded, { lineageIds }: Slot): readonly PricedSubscription[] {
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

/** S1: who joins a line that bills since some day must not be billed by file for days after it. */
function requireFreeRoute(
  { books: { billed }, sync }: Loaded,
  { customerName }: MappingChange,
  slot: Slot,
  own: readonly PricedSubscription[],
): void {
  const before = sync.slots.flatMap(({ lineageIds }) => lineageIds)
  const joining = own.filter(({ subscription }) => !before.includes(subscription.lineageId))
  const last = lastBilled({ own: joining, billed })
  if (last === undefined || last.period.to <= slot.routeFrom) return
  throw new Problem({
    kind: 'input',
    what: `That line bills ${customerName} from ${dayMonthYear(slot.routeFrom)} on, and ${last.description} is billed by file before ${dayMonthYear(last.period.to)} (${last.runId}).`,
    notDone: 'Nothing was mapped.',
    next: `Give it a line of its own, or make it due again first: \`void ${last.runId} ${customerName} because <reason>\`.`,
  })
}

/** What was written for a slot would stay where it is: it is not moved away from that, and not while it is written. */
function requireUntouched({ sync }: Loaded, { container, customerName }: MappingChange, slot: Slot): void {
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
  const hasMoved =
    slot.lineageIds.length === 0 ||
    slot.psa !== before.psa ||
    slot.containerId !== before.containerId ||
    slot.itemId !== before.itemId
  if (!hasMoved) return
  const isThere =
    before.containerId === container.id
      ? container.lines.some(({ marker }) => readMarker(marker)?.slotId === slot.id)
      : intents.length > 0
  const isCounted = container.mode === 'units' && intents.length > 0
  const isLocked = sync.locked.some(
    ({ lineageId, period }) => before.lineageIds.includes(lineageId) && period.from >= before.routeFrom,
  )
  const isElsewhere = slot.psa !== before.psa || slot.containerId !== before.containerId
  if (!isThere && !isCounted && !(isLocked && isElsewhere)) return
  throw new Problem({
    kind: 'held',
    what: `${title} bills by what was mapped before, and would go on.`,
    notDone: 'Nothing was mapped.',
    next: `Type \`map ${customerName} remove\` to bill by file from the next period on, and map it anew for that.`,
  })
}

/** What a sync would write, computed on the state as it is after the change. */
function previewOf(
  view: Loaded,
  customer: CustomerMapping,
  reading: Loaded['sync']['readings'][number],
  slots: readonly Slot[],
): readonly SlotPreview[] {
  const { container } = reading
  const { portfolio, billed } = unrouted(view)
  const { policies, sync, today } = view
  const ids = new Set(slots.map(({ id }) => id))
  const isSame = ({ container: { psa, id } }: typeof reading) => psa === container.psa && id === container.id
  const after = {
    ...sync,
    customers: [...sync.customers.filter(({ customerId }) => customerId !== customer.customerId), customer],
    slots: [...sync.slots.filter(({ id }) => !ids.has(id)), ...slots],
    readings: [...sync.readings.filter((one) => !isSame(one)), reading],
  }
  const through = slots.reduce((day, { routeFrom }) => (routeFrom > day ? routeFrom : day), today)
  const routed = routeToPsas(portfolio, billed, policies, after, today, through)
  return slots.flatMap((slot) => {
    const planned = routed.slots.find(({ due }) => due.slot.id === slot.id)
    const own = ownOf(view, slot)
    const [first] = own
    if (planned === undefined || first === undefined) return []
    return [
      {
        slot,
        products: own.map(({ subscription }) => subscription.productName),
        currency: first.currency,
        ourPrice: priceToday(first, today),
        psaPrice: psaPrice(slot, container),
        steps: planned.steps,
        fault: planned.fault,
      },
    ]
  })
}

function psaPrice({ lineId, itemId }: Slot, { mode, lines, units }: Container): Decimal | undefined {
  if (mode === 'units') return units.find((each) => each.itemId === itemId)?.unitPrice
  return lines.find(({ id }) => id === lineId)?.unitPrice
}

function detailsOf({ customerName, company, container, slots }: MappingChange): AuditDetails {
  return {
    customer: customerName,
    psa: company.psa,
    company: `${company.name} (${company.id})`,
    container: `${container.name} (${container.id})`,
    slots: slots.map(slotText),
  }
}

/** "L-abc, L-def: item 1234, line 90001, offset 3, price keep, from 2026-03-01" */
function slotText({ lineageIds, itemId, lineId, offset, priceOwner, routeFrom }: Slot): string {
  const place = lineId === undefined ? '' : `, line ${lineId}`
  const seats = offset === DECIMAL_ZERO ? '' : `, offset ${formatDecimal(offset)}`
  const who = lineageIds.length === 0 ? 'nothing any more' : lineageIds.join(', ')
  return `${who}: item ${itemId}${place}${seats}, price ${priceOwner}, from ${formatLocalDate(routeFrom)}`
}
