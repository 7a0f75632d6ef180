import { PSA_TITLES } from '../../core/app/routed.js'
import type { MappingOverview } from '../../core/app/map.js'
import type {
  Company,
  MappingChoice,
  MappingSuggestion,
  Place,
  SlotDraft,
  SubscriptionSuggestion,
} from '../../core/app/map-types.js'
import { dayMonthYear } from '../../core/calendar/words.js'
import { BUTTON_TARGET_CHARACTERS, MAPPING_REVISION_CHARACTERS } from '../../core/limits.js'
import type { Choice, Fit } from '../../core/mapping/suggest.js'
import { typedName } from '../../core/mapping/typed.js'
import { DECIMAL_ONE, DECIMAL_ZERO, type Decimal, formatDecimal } from '../../core/money/decimal.js'
import { formatUnitPrice, toMinor } from '../../core/money/money.js'
import { mapByHandActions } from './map-form.js'
import { PRICE_OWNERS, offsetWords, ownMonths, placeWarnings } from './mapped.js'
import type { Action, Block, Card } from './model.js'
import { type Paged, type Section, pageOf, pageWords } from './sections.js'
import { amountWords, plural, seatsWords } from './words.js'

/**
 * Who is whom: what nobody bills first, then who is mapped, then who is not, page by page.
 *
 * @param number of the page, from 1.
 */
export function mappingCard({ psas, mapped, byFile, gaps }: MappingOverview, number = 1): Card {
  const titles = psas.map((psa) => PSA_TITLES[psa])
  const sections: Section[] = [
    {
      heading: `Nothing bills ${gaps.length === 1 ? 'this' : `these ${gaps.length}`}: their customers are billed in a PSA, and they are not mapped`,
      items: gaps.map(
        ({ customerName, product, lineageId }) => `${customerName} · ${product} [${lineageId}]`,
      ),
    },
    {
      heading: 'Billed in a PSA',
      items: mapped.map(({ customerName, psa, companyName, containers, since, subscriptions }) =>
        [
          `${customerName} → ${companyName} in ${PSA_TITLES[psa]}`,
          ...(containers.length === 0 ? [] : [containers.join(', ')]),
          plural(subscriptions, 'subscription'),
          ...(since === undefined ? [] : [`since ${dayMonthYear(since)}`]),
        ].join(' · '),
      ),
    },
    { heading: 'Billed by file', items: byFile.map(({ name }) => name) },
  ]
  const page = pageOf(sections, number, 'map')
  const connected = titles.length === 0 ? 'No PSA is connected' : `Connected: ${titles.join(', ')}`
  return {
    title: `Who is whom${pageWords(page)}`,
    tone: gaps.length > 0 ? 'attention' : 'plain',
    blocks: [
      ...listsOf(page),
      { type: 'text', style: 'quiet', text: `${connected}. Next: \`map <customer>\` shows what fits.` },
    ],
    actions: pageActions(page, 'map', []),
  }
}

function listsOf({ sections }: Paged): Block[] {
  return sections.map((section): Block => ({ type: 'list', ...section }))
}

/**
 * What leads to the pages before and after.
 *
 * @param command what shows the first page.
 * @param ids what the button is about beside the number of a page.
 */
function pageActions({ number, of }: Paged, command: string, ids: readonly string[]): Action[] {
  const to = (label: string, page: number): Action[] => {
    const id = [String(page), ...ids].join(' ')
    if (page < 1 || page > of || id.length > BUTTON_TARGET_CHARACTERS) return []
    const target = { id, revision: '' }
    return [{ name: 'mapPage', label, tone: 'default', target, command: `${command} page ${page}` }]
  }
  return [...to('Next page', number + 1), ...to('Previous page', number - 1)]
}

/**
 * What fits a customer: what is uncertain first, then what accepting would map, page by page. Accepting is about all pages.
 *
 * @param number of the page, from 1.
 */
export function suggestionCard(suggestion: MappingSuggestion, choice: MappingChoice, number = 1): Card {
  const {
    customerId,
    customerName,
    company,
    companies,
    container,
    containers,
    drafts,
    left,
    beside,
    subscriptions,
  } = suggestion
  const uncertain = uncertainItems(suggestion)
  const isSure = companies.doubt === undefined && containers.doubt === undefined
  const mayAccept = isSure && company !== undefined && drafts.length > 0
  const shows = showCommand(customerName, suggestion, choice)
  const command = `${shows} accept`
  const sections: Section[] = [
    { heading: 'Uncertain: look at these first', items: uncertain },
    { heading: 'Accepting maps', items: draftItems(suggestion) },
    { heading: 'Mapped already', items: mappedItems(suggestion) },
    { heading: 'Files bill these', items: fileItems(suggestion) },
    { heading: 'Cannot be billed into', items: refusedItems(containers) },
  ]
  const page = pageOf(sections, number, shows)
  return {
    title: `Where ${customerName} is${pageWords(page)}`,
    tone: uncertain.length + beside.length > 0 || left !== undefined ? 'attention' : 'plain',
    blocks: [
      placeFacts(suggestion),
      ...placeWarnings(
        left === undefined ? undefined : `${customerName} is billed in ${left}`,
        container?.name ?? '',
        beside,
      ),
      ...listsOf(page),
      { type: 'text', style: 'plain', text: nextWords(suggestion, mayAccept, command) },
      { type: 'text', style: 'quiet', text: 'Mapping writes nothing into a PSA; `sync` asks for that.' },
    ],
    actions: [
      ...(mayAccept ? acceptAction(suggestion, choice, command) : []),
      // Other pages have buttons enough.
      ...(page.number === 1 && subscriptions.some(({ byFile }) => byFile === undefined)
        ? mapByHandActions(customerId, customerName)
        : []),
      ...pageActions(page, shows, targetIds(suggestion, choice)),
    ],
  }
}

function placeFacts({ company, companies, container, containers, start }: MappingSuggestion): Block {
  const place = companies.best
  const facts = [
    {
      label: 'Company',
      value:
        company === undefined || place === undefined
          ? 'nothing fits'
          : `${inPsa(company)} · ${fitWords(place)}`,
    },
    {
      label: 'Agreement or contract',
      value:
        container === undefined || containers.best === undefined
          ? (containers.doubt ?? 'none')
          : `${container.name} (${container.id}) · ${fitWords(containers.best)}`,
    },
    ...(start === undefined
      ? []
      : [{ label: 'The PSA bills from', value: [dayMonthYear(start), ...ownMonths(container)].join(', ') }]),
  ]
  return { type: 'facts', facts }
}

function inPsa({ name, id, psa }: Company): string {
  return `${name} (${id}) in ${PSA_TITLES[psa]}`
}

/** "95 of 100: same name but for case, punctuation or accents" */
function fitWords({ score, why, refusal }: Fit<unknown>): string {
  return refusal === undefined
    ? `${score} of 100: ${why}`
    : `${score} of 100: ${why}; not possible: ${refusal}`
}

function uncertainItems(suggestion: MappingSuggestion): string[] {
  const { companies, containers, company, subscriptions } = suggestion
  const items: string[] = []
  if (companies.doubt !== undefined) {
    items.push(doubtWords('Company', companies.doubt, companies, (each) => inPsa(each)))
  }
  if (company !== undefined && containers.doubt !== undefined) {
    const words = doubtWords('Agreement or contract', containers.doubt, containers, ({ name, id }) => {
      return `${name} (${id})`
    })
    items.push(words)
  }
  for (const each of subscriptions) if (each.doubt !== undefined) items.push(unsureWords(each, each.doubt))
  return items
}

function unsureWords(
  { product, lineageId, count, items, lines }: SubscriptionSuggestion,
  doubt: string,
): string {
  const title = `${product} [${lineageId}], ${seatsWords(count)}`
  if (lines.fits.length > 0) {
    return doubtWords(title, doubt, lines, ({ id, quantity }) => `line ${id} of ${formatDecimal(quantity)}`)
  }
  return doubtWords(title, doubt, items, ({ name, id }) => `${name} (${id})`)
}

/** "Company: 2 fit about equally well. Contoso Ltd (12), 88 of 100: same name …; Contoso GmbH (13), …" */
function doubtWords<Thing>(
  title: string,
  doubt: string,
  { fits, hidden }: Choice<Thing>,
  nameOf: (thing: Thing) => string,
): string {
  const all = fits.map((fit) => `${nameOf(fit.thing)}, ${fitWords(fit)}`)
  const more = hidden > 0 ? `; ${hidden} more fit less` : ''
  return all.length === 0 ? `${title}: ${doubt}` : `${title}: ${doubt}. ${all.join('; ')}${more}`
}

function draftItems({ subscriptions, drafts }: MappingSuggestion): string[] {
  const byId = new Map(drafts.map((draft) => [draft.lineageId, draft]))
  return subscriptions.flatMap((each) => {
    const draft = byId.get(each.lineageId)
    return draft === undefined ? [] : [draftWords(each, draft)]
  })
}

/** "Visio [L-…], 25 seats → Visio Plan 2 (1234), 100 of 100: … · line 90001, 80 of 100: … · its price $20.00 stays" */
function draftWords(each: SubscriptionSuggestion, { priceOwner }: SlotDraft): string {
  const { product, lineageId, count, items, place } = each
  const item =
    items.best === undefined
      ? ''
      : `${items.best.thing.name} (${items.best.thing.id}), ${fitWords(items.best)}`
  return [
    `${product} [${lineageId}], ${seatsWords(count)} → ${item}`,
    placeWords(place),
    priceOwner === 'keep' ? priceStays(each) : 'at our price',
  ].join(' · ')
}

function placeWords(place: Place | undefined): string {
  switch (place?.type) {
    case 'line':
      return `line ${place.fit.thing.id}, ${fitWords(place.fit)}`
    case 'units':
      return place.count === undefined ? 'new there' : `${formatDecimal(place.count)} units there`
    case 'new':
      return place.ours ? 'the line that was added for it before' : 'a new line'
    case undefined:
      return ''
  }
}

/** S15: a price that is not written is shown where it differs. */
function priceStays({ place, unitPrice, currency }: SubscriptionSuggestion): string {
  const theirs = place?.type === 'line' ? place.fit.thing.unitPrice : undefined
  const price = place?.type === 'units' ? place.unitPrice : theirs
  if (price === undefined) return 'its price stays'
  const words = `its price ${formatUnitPrice(price, currency)} stays`
  if (unitPrice === undefined || unitPrice === price) return words
  return `${words}, ours is ${formatUnitPrice(unitPrice, currency)}`
}

/** "Visio [L-…] → item 1234, line 90001, 3 seats bought elsewhere, its price stays, since 1 Mar 2026" */
function mappedItems({ subscriptions }: MappingSuggestion): string[] {
  return subscriptions.flatMap(({ product, lineageId, slot }) => {
    if (slot === undefined) return []
    const words = [
      `${product} [${lineageId}] → item ${slot.itemId}`,
      ...(slot.lineId === undefined ? [] : [`line ${slot.lineId}`]),
      ...offsetWords(slot),
      PRICE_OWNERS[slot.priceOwner],
      `since ${dayMonthYear(slot.routeFrom)}`,
    ]
    return [words.join(', ')]
  })
}

function fileItems({ subscriptions }: MappingSuggestion): string[] {
  return subscriptions.flatMap(({ product, lineageId, byFile }) =>
    byFile === undefined ? [] : [`${product} [${lineageId}]: ${byFile}`],
  )
}

function refusedItems({ fits }: MappingSuggestion['containers']): string[] {
  return fits.flatMap(({ thing: { name, id }, refusal }) =>
    refusal === undefined ? [] : [`${name} (${id}): ${refusal}`],
  )
}

function nextWords(
  { customerName, companies, containers, subscriptions }: MappingSuggestion,
  mayAccept: boolean,
  command: string,
): string {
  const set = `\`map ${typedName(customerName)} set <product> to line <id>\` or \`… to item <id or name>\``
  const hasDoubt = subscriptions.some(({ doubt }) => doubt !== undefined)
  if (mayAccept) {
    return hasDoubt
      ? `Next: \`${command}\` maps what is sure, ${set} the rest; until then nothing bills that.`
      : `Next: \`${command}\`.`
  }
  if (companies.doubt !== undefined)
    return `Next: \`map ${typedName(customerName)} to <company>\` with a name or id.`
  if (containers.doubt !== undefined) {
    return `Next: \`map ${typedName(customerName)} to <company> in <agreement or contract>\` with names or ids.`
  }
  return hasDoubt ? `Next: ${set}.` : 'Everything that a PSA can bill is mapped.'
}

/** What says the same in words; names that were typed stay, as ids. */
function showCommand(
  customerName: string,
  { company, container }: MappingSuggestion,
  { company: named, container: place }: MappingChoice,
): string {
  const to = named === undefined || company === undefined ? '' : ` to ${company.psa} ${company.id}`
  const inside = to === '' || place === undefined || container === undefined ? '' : ` in ${container.id}`
  return `map ${typedName(customerName)}${to}${inside}`
}

/** What a button of a suggestion is about: the customer, and where it was named, PSA, company and container. */
function targetIds({ customerId, company, container }: MappingSuggestion, choice: MappingChoice): string[] {
  const isNamed = choice.company !== undefined || choice.container !== undefined
  if (!isNamed) return [customerId]
  return [customerId, company?.psa, company?.id, container?.id].filter((id) => id !== undefined)
}

function acceptAction(
  suggestion: MappingSuggestion,
  choice: MappingChoice,
  command: string,
): readonly Action[] {
  const { customerName, fingerprint } = suggestion
  const id = targetIds(suggestion, choice).join(' ')
  // A button that cannot carry all of it would mean something else.
  if (id.length > BUTTON_TARGET_CHARACTERS) return []
  return [
    {
      name: 'map',
      label: 'Accept',
      tone: 'primary',
      target: { id, revision: fingerprint.slice(0, MAPPING_REVISION_CHARACTERS) },
      command,
      confirm: {
        title: `Map ${customerName}?`,
        text: `${mapsWords(suggestion)}. Nothing is written there by it.`,
        yes: 'Accept',
        no: 'Back',
      },
    },
  ]
}

/** "1 subscription of 25 seats, $550.00 a month, to Contoso Ltd, Contoso licences, from 1 Mar 2026": count, amount and target. */
function mapsWords({ subscriptions, drafts, company, container, start }: MappingSuggestion): string {
  const ids = new Set(drafts.map(({ lineageId }) => lineageId))
  const own = subscriptions.filter(({ lineageId }) => ids.has(lineageId))
  const seats = own.reduce((sum, { count }) => (sum + count) as Decimal, DECIMAL_ZERO)
  const month = monthlyWords(own)
  const place = [company?.name, container?.name].filter((name) => name !== undefined).join(', ')
  return [
    `${plural(own.length, 'subscription')} of ${seatsWords(seats)}`,
    ...(month === undefined ? [] : [month]),
    `to ${place}`,
    ...(start === undefined ? [] : [`from ${dayMonthYear(start)}`]),
  ].join(', ')
}

/** What they come to at today's prices of ours; undefined: nobody knows one of them. */
function monthlyWords(own: MappingSuggestion['subscriptions']): string | undefined {
  const sums = new Map<string, bigint>()
  for (const { count, unitPrice, currency } of own) {
    if (unitPrice === undefined) return undefined
    const amount = toMinor(((count * unitPrice) / DECIMAL_ONE) as Decimal, currency)
    sums.set(currency, (sums.get(currency) ?? 0n) + amount)
  }
  return `${[...sums].map(([currency, amount]) => amountWords(amount, currency)).join(' + ')} a month`
}
