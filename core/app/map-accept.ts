import type { Person } from '../access/rights.js'
import { MAPPING_OFFSET_SEATS, MAPPING_REVISION_CHARACTERS } from '../limits.js'
import { isOffset } from '../mapping/offset.js'
import type { Choice } from '../mapping/suggest.js'
import { typedName } from '../mapping/typed.js'
import { formatDecimal, type Decimal } from '../money/decimal.js'
import type { PsaItem } from '../psa-ports.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import { Problem } from '../problem.js'
import { readMarker } from '../sync/marker.js'
import type { Container, PriceOwner, PsaLine, Slot } from '../sync/types.js'
import type { Loaded } from './loader.js'
import { type MappingChanged, recordMapping } from './map-change.js'
import { staysWithFile } from './map-cycle.js'
import { pickNamed } from './map-named.js'
import { slotsWith } from './map-slots.js'
import { type AskedStart, routeStart } from './map-start.js'
import { mappable, suggestMapping, whyNot } from './map-suggest.js'
import type { Company, MappingChoice, MappingSuggestion, SlotDraft } from './map-types.js'
import { type ReadPsaPorts, pricedItems } from './read-psa.js'
import { PSA_TITLES } from './routed.js'

/** A customer, as it was found. */
export interface MappedCustomer {
  readonly id: string
  readonly name: string
}

/** A yes to a suggestion. */
export interface Acceptance extends MappingChoice {
  /** The first {@link MAPPING_REVISION_CHARACTERS} of the fingerprint that was shown; undefined: whatever is suggested now. */
  readonly revision?: string
}

/** What is to change about one subscription. Whatever is undefined stays. */
export interface SlotChange {
  /** Its reference, its vendor number, its product or a part of that. */
  readonly subscription: string
  readonly to:
    | { readonly type: 'line'; readonly id: string }
    /** By id or name: a new line of it, or its count. */
    | { readonly type: 'item'; readonly item: string }
    | undefined
  /** Seats bought elsewhere that the same line holds. */
  readonly offset: Decimal | undefined
  readonly price: PriceOwner | undefined
}

/** Maps all that is sure of a suggestion. Problem `held` where the customer's own place is not. */
export async function acceptMapping(
  ports: ReadPsaPorts,
  view: Loaded,
  person: Person,
  customer: MappedCustomer,
  acceptance: Acceptance,
  asked: AskedStart | undefined,
): Promise<MappingChanged> {
  const suggestion = await suggestMapping(ports.psas, view, customer, acceptance)
  const { revision } = acceptance
  const shown = suggestion.fingerprint.slice(0, MAPPING_REVISION_CHARACTERS)
  if (revision !== undefined && revision !== shown) throw outdated(customer)
  const { company, container } = surePlace(suggestion)
  const { drafts } = suggestion
  // Without a subscription there the customer would be billed nowhere: neither by file nor in the PSA.
  if (drafts.length === 0) throw nothingToMap(suggestion)
  const routeFrom = routeStart(startFacts(view, customer, container, drafts), asked)
  const slots = slotsWith([...view.sync.slots], drafts, container, routeFrom)
  return recordMapping(ports, view, {
    person,
    action: 'map.accepted',
    customerId: customer.id,
    customerName: customer.name,
    company,
    container: withCatalog(container, suggestion.items, [...view.sync.slots, ...slots]),
    slots: [...slots, ...leftBehind(view, suggestion, company, slots)],
    gaps: gapsOf(suggestion),
  })
}

function startFacts(
  { books: { billed }, portfolio, sync, today }: Loaded,
  customer: MappedCustomer,
  container: Container,
  drafts: readonly SlotDraft[],
) {
  const ids = new Set(drafts.map(({ lineageId }) => lineageId))
  const own = mappable(portfolio, customer.id).filter(({ subscription }) => ids.has(subscription.lineageId))
  return { customerName: customer.name, container, own, billed, sync, opensOn: portfolio.opensOn, today }
}

/** In another company nothing of the customer stays where it was. */
function leftBehind(
  { sync }: Loaded,
  { mapped, subscriptions }: MappingSuggestion,
  company: Company,
  slots: readonly Slot[],
): readonly Slot[] {
  if (mapped === undefined || (mapped.psa === company.psa && mapped.companyId === company.id)) return []
  const own = new Set(subscriptions.map(({ lineageId }) => lineageId))
  const isChanged = new Set(slots.map(({ id }) => id))
  return sync.slots
    .filter(({ id, lineageIds }) => !isChanged.has(id) && lineageIds.some((lineage) => own.has(lineage)))
    .map((slot) => ({ ...slot, lineageIds: [] }))
}

/** Company and container, if nobody has to ask. */
function surePlace(suggestion: MappingSuggestion): {
  readonly company: Company
  readonly container: Container
} {
  const { customerName, company, companies, container, containers } = suggestion
  if (company === undefined || companies.doubt !== undefined) {
    throw unsure(
      customerName,
      `Which company ${customerName} is, is not clear`,
      companies,
      `map ${typedName(customerName)} to <company> accept`,
    )
  }
  if (container === undefined || containers.doubt !== undefined) {
    throw unsure(
      customerName,
      `Which agreement or contract bills ${customerName}, is not clear`,
      containers,
      `map ${typedName(customerName)} to ${company.id} in <agreement or contract> accept`,
    )
  }
  return { company, container }
}

function unsure(
  customerName: string,
  what: string,
  { doubt, fits }: Choice<{ readonly id: string; readonly name: string }>,
  command: string,
): Problem {
  const all = fits.map(({ thing: { id, name }, score, refusal }) => {
    return `“${name}” (${id}; ${refusal ?? `${score} of 100`})`
  })
  return new Problem({
    kind: 'held',
    what: `${what}: ${doubt ?? 'nothing fits'}.`,
    notDone: `Nothing was mapped for ${customerName}.`,
    next: `Type \`${command}\`${all.length === 0 ? '' : `, with one of ${all.join(', ')}`}.`,
  })
}

function outdated({ name }: MappedCustomer): Problem {
  return new Problem({
    kind: 'conflict',
    what: `What is suggested for ${name} is not what that card shows any more.`,
    notDone: 'Nothing was mapped.',
    next: `Type \`map ${typedName(name)}\` to see it as it is.`,
  })
}

function nothingToMap(suggestion: MappingSuggestion): Problem {
  const { customerName, subscriptions } = suggestion
  const gaps = gapsOf(suggestion)
  const files = subscriptions.flatMap(({ product, byFile }) =>
    byFile === undefined ? [] : [`${product}: ${byFile}`],
  )
  const more = files.length === 0 ? '' : ` ${files.join('; ')}.`
  return new Problem({
    kind: 'notFound',
    what:
      gaps.length === 0
        ? `Everything of ${customerName} that a PSA can bill is mapped.${more}`
        : `Nothing more of ${customerName} is sure: ${gaps.join('; ')}.${more}`,
    notDone: 'Nothing was mapped.',
    next: `Type \`map ${typedName(customerName)} set <product> to line <id>\` or \`… to item <id or name>\`.`,
  })
}

/** What is in doubt: "Visio: item: nothing fits". @param but this one. */
function gapsOf({ subscriptions }: MappingSuggestion, but?: string): readonly string[] {
  return subscriptions.flatMap(({ lineageId, product, doubt }) =>
    doubt === undefined || lineageId === but ? [] : [`${product}: ${doubt}`],
  )
}

/** What could be accepted, and was not. */
function sureOf({ subscriptions, customerName, drafts }: MappingSuggestion, but: string): readonly string[] {
  const sure = new Set(drafts.map(({ lineageId }) => lineageId))
  return subscriptions.flatMap(({ lineageId, product }) =>
    sure.has(lineageId) && lineageId !== but
      ? [`${product}: not accepted yet, \`map ${typedName(customerName)} accept\` does`]
      : [],
  )
}

/** Maps one subscription as a person says, or changes what is recorded of it. */
export async function setMapping(
  ports: ReadPsaPorts,
  view: Loaded,
  person: Person,
  customer: MappedCustomer,
  change: SlotChange,
): Promise<MappingChanged> {
  requireOffset(change)
  const suggestion = await suggestMapping(ports.psas, view, customer, {})
  const priced = findSubscription(view, customer, change.subscription)
  const { lineageId } = priced.subscription
  const former = view.sync.slots.find(({ lineageIds }) => lineageIds.includes(lineageId))
  const { company, container } =
    former === undefined ? surePlace(suggestion) : await placeOf(ports, suggestion, former)
  requireCurrency(container, priced)
  requireCatalog(container, change)
  if (former === undefined || change.to !== undefined) requireMonthly(container, priced)
  const draft = { ...draftFor(change, suggestion, container, former, priced), lineageId }
  const routeFrom = former?.routeFrom ?? routeStart(startFacts(view, customer, container, [draft]), undefined)
  const slots = slotsWith(view.sync.slots, [draft], container, routeFrom)
  return recordMapping(ports, view, {
    person,
    action: 'map.changed',
    customerId: customer.id,
    customerName: customer.name,
    company,
    container: withCatalog(container, suggestion.items, [...view.sync.slots, ...slots]),
    slots,
    gaps: [...gapsOf(suggestion, lineageId), ...sureOf(suggestion, lineageId)],
  })
}

function requireOffset({ offset }: SlotChange): void {
  if (offset === undefined || isOffset(offset)) return
  throw new Problem({
    kind: 'input',
    what: `${formatDecimal(offset)} is no number of seats bought elsewhere.`,
    notDone: 'Nothing was mapped.',
    next: `Type a whole number from 0 to ${MAPPING_OFFSET_SEATS}.`,
  })
}

async function placeOf(
  { psas }: ReadPsaPorts,
  { company, container }: MappingSuggestion,
  { psa, containerId }: Slot,
): Promise<{ readonly company: Company; readonly container: Container }> {
  const isRead = container?.psa === psa && container.id === containerId
  const read = isRead ? container : await psas.get(psa)?.read(containerId)
  if (company !== undefined && read !== undefined) return { company, container: read }
  throw new Problem({
    kind: 'input',
    what: `${PSA_TITLES[psa]} is not connected, or the company is gone.`,
    notDone: 'Nothing was mapped.',
    next: 'Type `map` to see what is mapped where.',
  })
}

/** The subscription that is meant: several with one name are told apart by their references. */
function findSubscription({ portfolio }: Loaded, { id }: MappedCustomer, typed: string): PricedSubscription {
  const own = mappable(portfolio, id)
  const things = own.map((priced) => {
    const { lineageId, productName, mpn } = priced.subscription
    return { id: lineageId, name: productName, code: mpn, priced }
  })
  return pickNamed(things, typed, { one: 'subscription', many: 'subscriptions' }).priced
}

/** What is mapped already may be changed where it is, and goes nowhere else. */
function requireMonthly(container: Container, priced: PricedSubscription): void {
  const why = staysWithFile(priced)
  const refusal = whyNot(container, [priced])
  if (why === undefined && refusal === undefined) return
  throw new Problem({
    kind: 'input',
    what:
      why === undefined
        ? `${container.name} cannot be billed into: ${refusal ?? ''}.`
        : `${priced.subscription.productName}: ${why}.`,
    notDone: 'Nothing was mapped.',
    next: why === undefined ? 'Name another agreement or contract.' : 'Type `who` to see what files bill.',
  })
}

function requireCurrency({ name, currency }: Container, priced: PricedSubscription): void {
  if (currency === undefined || currency === priced.currency) return
  throw new Problem({
    kind: 'input',
    what: `${name} bills in ${currency}, ${priced.subscription.productName} is in ${priced.currency}, and nothing is converted.`,
    notDone: 'Nothing was mapped.',
    next: 'Bill it by hand, or in an agreement or contract of its own currency.',
  })
}

/**
 * S15: where counts are adjusted, nothing that is written changes what a unit costs: it would stay at the catalog's price
 * of the day on which it came into the contract.
 */
function requireCatalog({ psa, mode, name }: Container, { price }: SlotChange): void {
  if (price !== 'catalog' || mode !== 'units') return
  const title = PSA_TITLES[psa]
  throw new Problem({
    kind: 'input',
    what: `${title} keeps the price of a service in ${name} itself, and nothing that is written from here changes it, so it cannot follow the catalog.`,
    notDone: 'Nothing was mapped.',
    next: `Type \`… price keep\` to bill what stands in the contract. With \`… price ours\` a service that is new there begins at our price; for one that is there, each month is made up to our price by a charge once ${title} has posted it.`,
  })
}

/** Beside the container, what the catalog that was read for the mapping says its items cost (S15). */
function withCatalog(container: Container, items: readonly PsaItem[], slots: readonly Slot[]): Container {
  const { psa, id } = container
  const priced = pricedItems(slots.filter((slot) => slot.psa === psa && slot.containerId === id))
  if (priced.length === 0) return container
  const known = new Map(items.map((item) => [item.id, item]))
  const catalog = priced.map((itemId) => {
    return { itemId, unitPrice: known.get(itemId)?.unitPrice, isThere: known.has(itemId) }
  })
  return { ...container, catalog }
}

function draftFor(
  { to, offset, price }: SlotChange,
  { items, customerName }: MappingSuggestion,
  container: Container,
  former: Slot | undefined,
  priced: PricedSubscription,
): Omit<SlotDraft, 'lineageId'> {
  const rest = { count: 0n as Decimal, offset, askedPrice: price }
  if (to === undefined) {
    if (former === undefined) throw notMappedYet(customerName, priced)
    const { itemId, lineId, priceOwner } = former
    return { ...rest, itemId, lineId, priceOwner }
  }
  if (to.type === 'line') {
    const { id: lineId, itemId } = lineNamed(container, to.id, former)
    requireUsable(items.find(({ id }) => id === itemId))
    return { ...rest, itemId, lineId, priceOwner: 'keep' }
  }
  const item = pickNamed(items, to.item, { one: 'item', many: 'items' })
  requireUsable(item)
  const isThere =
    container.mode === 'units' &&
    container.units.some(({ itemId, steps }) => itemId === item.id && steps.length > 0)
  return { ...rest, itemId: item.id, lineId: undefined, priceOwner: isThere ? 'keep' : 'ours' }
}

function lineNamed({ mode, lines, name }: Container, typed: string, former: Slot | undefined): PsaLine {
  const line = lines.find(({ id }) => id === typed)
  const owner = readMarker(line?.marker)?.slotId
  if (line !== undefined && mode !== 'units' && (owner === undefined || owner === former?.id)) return line
  const all = lines.filter(({ marker }) => readMarker(marker) === undefined)
  const words = all.map(({ id, quantity }) => `${id} (${formatDecimal(quantity)})`)
  throw new Problem({
    kind: 'notFound',
    what:
      mode === 'units'
        ? `${name} counts units, so what is mapped there are items, not lines.`
        : owner === undefined
          ? `${name} has no line ${typed}.`
          : `Line ${typed} was written from here, for another subscription.`,
    notDone: 'Nothing was mapped.',
    next:
      mode === 'units'
        ? 'Type `… to item <id or name>`.'
        : words.length === 0
          ? 'It has no lines: type `… to item <id or name>` for a new one.'
          : `It has ${words.join(', ')}.`,
  })
}

function requireUsable(item: PsaItem | undefined): void {
  if (item?.unusable === undefined) return
  throw new Problem({
    kind: 'input',
    what: `“${item.name}” (${item.id}) cannot be billed: ${item.unusable}.`,
    notDone: 'Nothing was mapped.',
    next: 'Name another item.',
  })
}

function notMappedYet(customerName: string, { subscription }: PricedSubscription): Problem {
  return new Problem({
    kind: 'input',
    what: `${subscription.productName} is not mapped yet, so there is nothing to change about it.`,
    notDone: 'Nothing was mapped.',
    next: `Type \`map ${typedName(customerName)} set ${subscription.lineageId} to line <id>\` or \`… to item <id or name>\`.`,
  })
}
