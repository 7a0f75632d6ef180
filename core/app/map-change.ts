import type { AuditDetails } from '../audit/chain.js'
import { formatLocalDate } from '../calendar/date.js'
import { DECIMAL_ZERO, type Decimal, formatDecimal } from '../money/decimal.js'
import type { CustomerMapping } from '../sync/intent.js'
import { catalogPrice } from '../sync/prices.js'
import type { Container, Slot, Step } from '../sync/types.js'
import type { Loaded } from './loader.js'
import { ownOf, requireSound } from './map-guards.js'
import { customersIn, placeLeft } from './map-places.js'
import { priceToday } from './map-suggest.js'
import type { MappingChange } from './map-types.js'
import type { ReadPsaPorts } from './read-psa.js'
import { type RoutedSlot, routeToPsas } from './routed.js'
import { unrouted } from './unrouted.js'
import { writtenOf } from './written.js'

/** What one slot is after a change of a mapping, and what a sync would write for it. Nothing was written. */
export interface SlotPreview {
  readonly slot: Slot
  readonly containerName: string
  readonly products: readonly string[]
  readonly currency: string
  /** What a seat costs here, and on the line that is there or in the catalog; undefined: nobody knows, or no line is. */
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
  /** The customer's other slots: a sync writes what they wait for as well. */
  readonly others: readonly SlotPreview[]
  /** Where it was billed before, as {@link placeLeft} says: what is there keeps billing; undefined: it was not moved. */
  readonly left: string | undefined
  /** Names of other customers that the container bills. */
  readonly beside: readonly string[]
  /** Subscriptions that no PSA bills yet, and why, as "Visio: item: nothing fits". */
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
  requireSound(view, change)
  const customer = { customerId, psa: company.psa, companyId: company.id, companyName: company.name }
  const at = await ports.clock.now()
  const reading = { container, readAt: at }
  const { person, action } = change
  const changed = new Set(slots.flatMap(({ id, lineageIds }) => [id, ...lineageIds]))
  const moving = view.sync.slots.filter(
    ({ id, lineageIds }) => changed.has(id) || lineageIds.some((lineage) => changed.has(lineage)),
  )
  const former = view.sync.customers.find((mapping) => mapping.customerId === customerId)
  const left = placeLeft(view, former, company, container, moving)
  const beside = customersIn(view, customerId, container)
  const audit = { at, actor: person.id, action, subject: customerId, details: detailsOf(change) }
  await ports.sync.saveReading(reading, [])
  const ids = new Set(slots.map(({ id }) => id))
  const after = [...view.sync.slots.filter(({ id }) => !ids.has(id)), ...slots]
  const written = slots.map((slot) => writtenOf(slot, container, after))
  await ports.sync.map({ customer, slots, written, audit })
  const previews = previewOf(view, customer, reading, slots)
  return { customer, customerName, container, ...previews, left, beside, gaps: change.gaps }
}

/** What a sync would write for all of a customer, computed on the state as it is after the change. */
function previewOf(
  view: Loaded,
  customer: CustomerMapping,
  reading: Loaded['sync']['readings'][number],
  slots: readonly Slot[],
): Pick<MappingChanged, 'slots' | 'others'> {
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
  const all = routeToPsas(portfolio, billed, policies, after, today, through)
    .slots.filter(({ customerId }) => customerId === customer.customerId)
    .map((planned) => previewOfSlot(view, planned))
  const changed = slots.flatMap(({ id }) => all.find(({ slot }) => slot.id === id) ?? [])
  return { slots: changed, others: all.filter((one) => !changed.includes(one)) }
}

function previewOfSlot(view: Loaded, { due, reading, steps, fault }: RoutedSlot): SlotPreview {
  const { slot, currency } = due
  const { container } = reading
  const own = ownOf(view, slot)
  const [first] = own
  return {
    slot,
    containerName: container.name,
    products: own.map(({ subscription }) => subscription.productName),
    currency,
    ourPrice: first === undefined ? undefined : priceToday(first, view.today),
    psaPrice: psaPrice(slot, container),
    steps,
    fault,
  }
}

function psaPrice(slot: Slot, container: Container): Decimal | undefined {
  const { lineId, itemId, priceOwner } = slot
  const { mode, lines, units } = container
  if (priceOwner === 'catalog') return catalogPrice(slot, container)
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
