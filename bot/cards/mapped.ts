import type { MappingChanged, SlotPreview } from '../../core/app/map-change.js'
import type { MappingRemoved } from '../../core/app/map-remove.js'
import { PSA_TITLES } from '../../core/app/routed.js'
import { type LocalDate, addDays } from '../../core/calendar/date.js'
import { dayMonthYear, ordinal, periodWords } from '../../core/calendar/words.js'
import { MAPPING_ROWS } from '../../core/limits.js'
import { typedName } from '../../core/mapping/typed.js'
import { DECIMAL_ZERO } from '../../core/money/decimal.js'
import { formatUnitPrice } from '../../core/money/money.js'
import type { Container, PriceOwner, Slot } from '../../core/sync/types.js'
import { stepWords } from '../../core/sync/words.js'
import type { Block, Card } from './model.js'
import { type Section, shortSections } from './sections.js'
import { seatsWords } from './words.js'

/** What is mapped now, and what a sync would write: nothing was. */
export function mappedCard(changed: MappingChanged): Card {
  const { customer, customerName, container, slots, others, gaps, left, beside } = changed
  const title = PSA_TITLES[customer.psa]
  const all = [...slots, ...others]
  const names = [...new Set([container.name, ...all.map(({ containerName }) => containerName)])]
  const writes = names.map((name): Section => {
    const inside = all.filter(({ containerName }) => containerName === name)
    return { heading: `A sync would write into ${name}`, items: inside.flatMap((slot) => stepItems(slot)) }
  })
  const sections: Section[] = [
    { heading: `Nothing bills these of ${customerName} until they are mapped`, items: gaps },
    { heading: 'Mapped', items: slots.map((slot) => slotWords(slot)) },
  ]
  const holds = names.length === 1 ? 'holds what it should' : 'hold what they should'
  const nothing: readonly Block[] = writes.some(isFilled)
    ? []
    : [{ type: 'text', style: 'plain', text: `${names.join(', ')} ${holds}: a sync writes nothing.` }]
  const next = gaps.length > 0 ? `map ${typedName(customerName)}` : `sync ${customerName}`
  return {
    title: `${customerName} is billed in ${title}`,
    tone: gaps.length + beside.length > 0 || left !== undefined ? 'attention' : 'good',
    blocks: [
      {
        type: 'text',
        style: 'strong',
        text: [
          `${customer.companyName} (${customer.companyId}), ${container.name}`,
          ...ownMonths(container),
        ].join(', '),
      },
      ...placeWarnings(
        left === undefined ? undefined : `${customerName} was billed in ${left}`,
        container.name,
        beside,
      ),
      ...earlyWarnings(changed),
      ...shortSections(sections.filter(isFilled), MAPPING_ROWS, `map ${typedName(customerName)}`),
      ...shortSections(writes.filter(isFilled), MAPPING_ROWS, `sync ${customerName}`),
      ...nothing,
      { type: 'text', style: 'quiet', text: `Nothing was written to ${title}. Next: \`${next}\`.` },
    ],
    actions: [],
  }
}

/** "in months from the 15th; a file bills the days before its first one": nothing where the PSA's months are the calendar's. */
export function ownMonths(container: Pick<Container, 'anchorDay'> | undefined): readonly string[] {
  const { anchorDay = 1 } = container ?? {}
  return anchorDay === 1
    ? []
    : [`in months from the ${ordinal(anchorDay)}; a file bills the days before its first one`]
}

/** Days that files bill before a route begins, while the PSA has lines for them and no invoice yet. */
function earlyWarnings({ customerName, container, slots }: MappingChanged): readonly Block[] {
  const { lockedTo, mode, units } = container
  const isThere = ({ itemId, lineId }: Slot) =>
    mode === 'units'
      ? units.some((one) => one.itemId === itemId && one.steps.length > 0)
      : lineId !== undefined
  const starts = slots
    .filter(({ slot }) => slot.routeFrom > lockedTo && isThere(slot))
    .map(({ slot }) => slot.routeFrom)
  if (starts.length === 0) return []
  const days = periodWords({ from: lockedTo, to: Math.max(...starts) as LocalDate })
  const name = typedName(customerName)
  const text = `${container.name} has not invoiced ${days} yet and has what is mapped for those days, which files bill: take it out there for them, or they are billed twice. To let it bill them, \`map ${name} remove\` and \`map ${name} accept from <month>\`.`
  return [{ type: 'text', style: 'strong', text }]
}

function isFilled({ items }: Section): boolean {
  return items.length > 0
}

/** What has to be said of a place in words: what is left behind, and who else is billed there. */
export function placeWarnings(
  left: string | undefined,
  containerName: string,
  beside: readonly string[],
): readonly Block[] {
  const texts = [
    ...(left === undefined ? [] : [`${left}: what is there keeps billing until somebody ends it.`]),
    ...(beside.length === 0
      ? []
      : [
          `${containerName} bills ${beside.join(', ')} too: these customers share one agreement or contract.`,
        ]),
  ]
  return texts.map((text) => ({ type: 'text', style: 'strong', text }))
}

function stepItems({ products, steps, currency, fault }: SlotPreview): string[] {
  const product = products.join(' + ')
  if (fault !== undefined) return [`${product}: nothing can be planned: ${fault}`]
  return steps.map((step) => `${product}: ${stepWords(step, currency)}`)
}

/** "Visio + Visio → item 1234, line 90001, 3 seats bought elsewhere, price stays at $20.00 (ours is $22.00), from 1 Mar 2026" */
function slotWords(preview: SlotPreview): string {
  const { slot, products } = preview
  const { itemId, lineId, routeFrom } = slot
  return [
    `${products.join(' + ')} → item ${itemId}`,
    ...(lineId === undefined ? [] : [`line ${lineId}`]),
    ...offsetWords(slot),
    priceWords(preview),
    `from ${dayMonthYear(routeFrom)}`,
  ].join(', ')
}

/** What is left out where there is nothing to say: "3 seats bought elsewhere". */
export function offsetWords({ offset }: Slot): readonly string[] {
  if (offset === DECIMAL_ZERO) return []
  return [`${seatsWords(offset)} bought elsewhere`]
}

/** Who owns the price, without saying it. */
export const PRICE_OWNERS: Readonly<Record<PriceOwner, string>> = {
  keep: 'its price stays',
  ours: 'our price',
  catalog: 'the price of its catalog',
}

function priceWords({ slot, ourPrice, psaPrice, currency }: SlotPreview): string {
  if (slot.priceOwner === 'ours' || psaPrice === undefined) return PRICE_OWNERS[slot.priceOwner]
  const theirs = formatUnitPrice(psaPrice, currency)
  const words = slot.priceOwner === 'keep' ? `its price ${theirs} stays` : `${PRICE_OWNERS.catalog} ${theirs}`
  if (ourPrice === undefined || ourPrice === psaPrice) return words
  return `${words} (ours is ${formatUnitPrice(ourPrice, currency)})`
}

/** A customer that is billed by file again. */
export function removedCard({ customer, customerName, fileFrom, products }: MappingRemoved): Card {
  const title = PSA_TITLES[customer.psa]
  const from = fileFrom === undefined ? '' : ` from ${dayMonthYear(fileFrom)} on`
  const text = `${customerName} is billed by file${from}.`
  const last = fileFrom === undefined ? '' : ` after ${dayMonthYear(addDays(fileFrom, -1))}`
  const there = `What is in ${title} stays as it is, and bills the days before: end it there${last}, or it is billed twice.`
  return {
    title: `${customerName} is not mapped any more`,
    tone: 'attention',
    blocks: [
      { type: 'text', style: 'strong', text },
      ...(products.length === 0 ? [] : [{ type: 'text', style: 'plain', text: there } as const]),
      ...(products.length === 0
        ? []
        : shortSections(
            [{ heading: 'Back to file', items: products }],
            MAPPING_ROWS,
            `customer ${customerName}`,
          )),
      { type: 'text', style: 'quiet', text: `Nothing was written to ${title}. Next: \`who\`.` },
    ],
    actions: [],
  }
}
