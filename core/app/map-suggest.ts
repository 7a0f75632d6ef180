import { createHash } from 'node:crypto'
import { canonical } from '../audit/chain.js'
import { type LocalDate, formatLocalDate } from '../calendar/date.js'
import { MAPPING_CONTAINERS } from '../limits.js'
import { type Choice, type Fit, choose, fitCompanies, itemFitter, noChoice } from '../mapping/suggest.js'
import { DECIMAL_ZERO, type Decimal, formatDecimal } from '../money/decimal.js'
import type { Psa, PsaItem } from '../psa-ports.js'
import type { PricedSubscription } from '../pricing/timeline.js'
import { Problem } from '../problem.js'
import type { CustomerMapping } from '../sync/intent.js'
import type { Container, PsaLine, PsaName, Slot } from '../sync/types.js'
import type { Loaded } from './loader.js'
import { staysWithFile } from './map-cycle.js'
import { placesFor } from './map-lines.js'
import { pickNamed } from './map-named.js'
import { draftOf, unlikePrices } from './map-slots.js'
import { customersIn, placeLeft } from './map-places.js'
import { routeStart } from './map-start.js'
import type {
  Company,
  ContainerPlace,
  MappingChoice,
  MappingSuggestion,
  SlotDraft,
  SubscriptionSuggestion,
} from './map-types.js'
import type { Portfolio } from './portfolio.js'
import { type Psas, psaOf } from './read-psa.js'
import { unrouted } from './unrouted.js'

/** Looks for a customer in the PSAs: company, container, and item and line of each of its running subscriptions. */
export async function suggestMapping(
  psas: Psas,
  view: Loaded,
  customer: { readonly id: string; readonly name: string },
  choice: MappingChoice,
): Promise<MappingSuggestion> {
  const { portfolio } = unrouted(view)
  const own = mappable(portfolio, customer.id)
  const mapped = view.sync.customers.find(({ customerId }) => customerId === customer.id)
  const companies = await companiesFor(psas, customer.name, mapped, choice)
  const company = companies.best?.thing
  const slots = view.sync.slots.filter(({ lineageIds }) => lineageIds.length > 0)
  const psa = company === undefined ? undefined : psaOf(psas, company.psa)
  const items = psa === undefined ? [] : await psa.items()
  const fit = itemFitter(items)
  const fits = new Map(own.map(({ subscription }) => [subscription.lineageId, fit(productOf(subscription))]))
  const containers =
    psa === undefined || company === undefined
      ? noChoice<ContainerPlace>('no company')
      : await containersFor(psa, company, own, fits, slots, choice)
  const container = containers.best?.thing.read
  const isNamed = choice.company !== undefined || choice.container !== undefined
  const kept = isNamed ? slots.filter((slot) => isIn(slot, company, container)) : slots
  const subscriptions = subscriptionsFor(own, fits, container, kept, view.today)
  const drafts = container === undefined ? [] : subscriptions.flatMap((each) => draftOf(each) ?? [])
  const start = container === undefined ? undefined : startOf(view, customer.name, container, own, drafts)
  const moving = new Set((isNamed ? own : []).map(({ subscription }) => subscription.lineageId))
  const left =
    company === undefined
      ? undefined
      : placeLeft(
          view,
          mapped,
          company,
          container,
          slots.filter(({ lineageIds }) => lineageIds.some((id) => moving.has(id))),
        )
  const beside = container === undefined ? [] : customersIn(view, customer.id, container)
  const found = { companies, company, containers, container, subscriptions, drafts, start, items, mapped }
  const fingerprint = fingerprintOf(customer.id, company, container, { drafts, start, left, beside })
  return { customerId: customer.id, customerName: customer.name, ...found, left, beside, fingerprint }
}

/** A customer's subscriptions that can be charged and run, or ran since billing here began. */
export function mappable(
  { subscriptions, opensOn }: Portfolio,
  customerId: string,
): readonly PricedSubscription[] {
  return subscriptions.filter(
    ({ subscription, timeline }) =>
      subscription.customerId === customerId &&
      timeline !== undefined &&
      (subscription.end === null || subscription.end > opensOn),
  )
}

/** What is mapped elsewhere is to move when another place is named. */
function isIn(slot: Slot, company: Company | undefined, container: Container | undefined): boolean {
  return container === undefined || (slot.psa === company?.psa && slot.containerId === container.id)
}

function productOf({ productName, mpn }: PricedSubscription['subscription']) {
  return { name: productName, mpn }
}

async function companiesFor(
  psas: Psas,
  customerName: string,
  mapped: CustomerMapping | undefined,
  { psa, company }: MappingChoice,
): Promise<Choice<Company>> {
  if (psas.size === 0) throw notConnected()
  if (mapped !== undefined && company === undefined) {
    const { companyId: id, companyName: name } = mapped
    return only({ id, name, psa: mapped.psa, code: undefined, domain: undefined }, 'mapped before')
  }
  const asked = psa === undefined ? [...psas.values()] : [psaOf(psas, psa)]
  const found: Company[] = []
  for (const one of asked) {
    found.push(...(await one.companies()).map((each) => ({ ...each, psa: one.name })))
  }
  if (company === undefined) return fitCompanies(customerName, found)
  return only(pickNamed(found, company, { one: 'company', many: 'companies' }), 'named')
}

function only<Thing>(thing: Thing, why: string): Choice<Thing> {
  const best = { thing, score: 100, why, refusal: undefined }
  return { fits: [best], hidden: 0, best, doubt: undefined }
}

async function containersFor(
  psa: Psa,
  { id: companyId }: Company,
  own: readonly PricedSubscription[],
  fits: ReadonlyMap<string, Choice<PsaItem>>,
  slots: readonly Slot[],
  { container: named }: MappingChoice,
): Promise<Choice<ContainerPlace>> {
  const all = await psa.containers(companyId)
  const asked =
    named === undefined
      ? all
      : [pickNamed(all, named, { one: 'agreement or contract', many: 'agreements or contracts' })]
  const looked: Fit<ContainerPlace>[] = []
  let reads = 0
  for (const { id, name, closed } of asked) {
    const mayRead = closed === undefined && reads < MAPPING_CONTAINERS
    const read = mayRead ? await psa.read(id) : undefined
    if (mayRead) reads += 1
    const refusal = closed ?? (read === undefined ? 'not looked at: there are too many' : whyNot(read, own))
    looked.push({ thing: { id, name, read }, ...containerScore(psa.name, read, fits, own, slots), refusal })
  }
  const usable = looked.filter(({ refusal }) => refusal === undefined)
  const [first] = usable
  if (usable.length === 1 && first !== undefined) {
    const why = named === undefined ? 'the only one that can be billed into' : 'named'
    const best = { ...first, score: 100, why }
    const others = looked.filter((each) => each !== first)
    return { fits: [best, ...others], hidden: 0, best, doubt: undefined }
  }
  const chosen = choose(looked, ({ name, id }) => [name, id])
  return usable.length === 0 ? { ...chosen, doubt: 'none can be billed into' } : chosen
}

/** Why a container may not be billed into for a customer; undefined: it may. */
export function whyNot(
  { closed, anchorDay, currency }: Container,
  own: readonly PricedSubscription[],
): string | undefined {
  if (closed !== undefined) return closed
  if (anchorDay === undefined) return 'it does not bill by the month'
  const isForeign = currency !== undefined && own.every((priced) => priced.currency !== currency)
  return isForeign && own.length > 0 ? `it bills in ${currency}, and nothing is converted` : undefined
}

/** One that bills the customer's subscriptions already is it; otherwise the more of its products, the better. */
function containerScore(
  psa: PsaName,
  read: Container | undefined,
  fits: ReadonlyMap<string, Choice<PsaItem>>,
  own: readonly PricedSubscription[],
  slots: readonly Slot[],
): { readonly score: number; readonly why: string } {
  const ids = new Set(own.map(({ subscription }) => subscription.lineageId))
  const isMapped = slots.some(
    (slot) => slot.psa === psa && slot.containerId === read?.id && slot.lineageIds.some((id) => ids.has(id)),
  )
  if (isMapped) return { score: 100, why: 'mapped before' }
  const there = new Set([
    ...(read?.lines ?? []).map(({ itemId }) => itemId),
    ...(read?.units ?? []).filter(({ steps }) => steps.length > 0).map(({ itemId }) => itemId),
  ])
  const matched = own.filter(({ subscription }) => {
    const item = fits.get(subscription.lineageId)?.best?.thing
    return item !== undefined && there.has(item.id)
  }).length
  const score = 50 + (own.length === 0 ? 0 : Math.floor((45 * matched) / own.length))
  return { score, why: `${matched} of ${own.length} products are in it` }
}

function subscriptionsFor(
  own: readonly PricedSubscription[],
  fits: ReadonlyMap<string, Choice<PsaItem>>,
  container: Container | undefined,
  slots: readonly Slot[],
  today: LocalDate,
): readonly SubscriptionSuggestion[] {
  const first = own.map((priced) => {
    const slot = slots.find(({ lineageIds }) => lineageIds.includes(priced.subscription.lineageId))
    const items = fits.get(priced.subscription.lineageId) ?? noChoice<PsaItem>('nothing fits')
    const byFile = slot === undefined ? staysWithFile(priced) : undefined
    const choice = byFile !== undefined ? noChoice<PsaItem>(byFile) : slot === undefined ? items : MAPPED
    return suggestionOf(priced, { slot, byFile, items: choice }, container, today)
  })
  if (container === undefined) return first
  const wanted = first.flatMap(({ doubt, slot, items: { best }, lineageId, count }) =>
    doubt === undefined && slot === undefined && best !== undefined
      ? [{ lineageId, itemId: best.thing.id, count }]
      : [],
  )
  const places = placesFor(wanted, container, slots, today)
  const placed = first.map((each) => {
    const found = places.get(each.lineageId)
    return found === undefined ? each : { ...each, ...found }
  })
  return placed.map((each) => {
    const unlike = unlikePrices(each, placed, container, slots)
    return each.doubt === undefined && unlike !== undefined ? { ...each, doubt: unlike } : each
  })
}

const MAPPED = noChoice<PsaItem>('mapped')

function suggestionOf(
  priced: PricedSubscription,
  { slot, byFile, items }: Pick<SubscriptionSuggestion, 'slot' | 'byFile' | 'items'>,
  container: Container | undefined,
  today: LocalDate,
): SubscriptionSuggestion {
  const { subscription, currency } = priced
  const { lineageId, productName: product, mpn } = subscription
  const isForeign = container?.currency !== undefined && container.currency !== currency
  const doubt =
    slot !== undefined || byFile !== undefined
      ? undefined
      : items.doubt !== undefined
        ? `item: ${items.doubt}`
        : isForeign
          ? `it is in ${currency}, ${container.name} bills in ${container.currency ?? ''}`
          : undefined
  const [count, unitPrice] = [countOn(priced, today), priceToday(priced, today)]
  const lines = noChoice<PsaLine>('no container')
  const what = { lineageId, product, mpn, count, unitPrice, currency }
  return { ...what, slot, items, lines, place: undefined, doubt, byFile }
}

function countOn({ subscription: { counts } }: PricedSubscription, day: LocalDate): Decimal {
  return (counts.findLast(({ on }) => on <= day) ?? counts[0])?.quantity ?? DECIMAL_ZERO
}

/** What a seat costs on a day; undefined: nobody knows. */
export function priceToday({ timeline }: PricedSubscription, day: LocalDate): Decimal | undefined {
  const prices = (timeline?.events ?? []).filter(
    ({ type, unitPrice }) => type === 'change' && unitPrice !== undefined,
  )
  return (prices.findLast(({ on }) => on <= day) ?? prices[0])?.unitPrice
}

function startOf(
  { books, portfolio: { opensOn }, sync, today }: Loaded,
  customerName: string,
  container: Container,
  own: readonly PricedSubscription[],
  drafts: readonly SlotDraft[],
): LocalDate | undefined {
  if (drafts.length === 0) return undefined
  const ids = new Set(drafts.map(({ lineageId }) => lineageId))
  const chosen = own.filter(({ subscription }) => ids.has(subscription.lineageId))
  try {
    const { billed } = books
    return routeStart({ customerName, container, own: chosen, billed, sync, opensOn, today }, undefined)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return undefined
  }
}

function fingerprintOf(
  customerId: string,
  company: Company | undefined,
  container: Container | undefined,
  { drafts, start, left, beside }: Pick<MappingSuggestion, 'drafts' | 'start' | 'left' | 'beside'>,
): string {
  const content = canonical({
    customerId,
    company: company === undefined ? null : [company.psa, company.id],
    container: container?.id ?? null,
    left: left ?? null,
    beside,
    start: start === undefined ? null : formatLocalDate(start),
    slots: drafts.map(({ lineageId, itemId, lineId, count, priceOwner }) => [
      lineageId,
      itemId,
      lineId ?? '',
      formatDecimal(count),
      priceOwner,
    ]),
  })
  return createHash('sha256').update(content).digest('hex')
}

/** No PSA is there to map into. */
export function notConnected(): Problem {
  return new Problem({
    kind: 'input',
    what: 'No PSA is connected, so everybody is billed by file.',
    notDone: 'Nothing was read or mapped.',
    next: 'Fill in the CONNECTWISE_… or AUTOTASK_… lines of .env and start again.',
  })
}
