import type { OverrideAsked } from '../../core/app/override-asked.js'
import type { Caution } from '../../core/app/override-caution.js'
import type { MonthlyDifference, OverrideEffect } from '../../core/app/override-effects.js'
import { addDays } from '../../core/calendar/date.js'
import { dayMonthYear } from '../../core/calendar/words.js'
import { OVERRIDE_EFFECTS_SHOWN, PRICE_FAR_TIMES } from '../../core/limits.js'
import { formatUnitPrice } from '../../core/money/money.js'
import type { Block, Card } from './model.js'
import { effectBlocks, replacedBlocks, termBlocks } from './price-recorded.js'
import { ownWords } from './prices.js'
import { amountWords, plural } from './words.js'

/** A price that is not set yet: why somebody has to look at it, what it would do, and the button that does it. */
export function askedCard({ id, revision, cautions, preview, isChanged }: OverrideAsked): Card {
  const { override, effects } = preview
  const last = override.to === null ? '' : `, through ${dayMonthYear(addDays(override.to, -1))}`
  const monthly = effects?.monthly ?? []
  return {
    title: `Set this price? ${preview.overrides.length > 1 ? `${preview.overrides.length} terms` : override.about}`,
    tone: 'attention',
    blocks: [
      text('strong', `${ownWords(override)}, from ${dayMonthYear(override.from)}${last}: not set yet.`),
      ...termBlocks(preview),
      ...replacedBlocks(preview),
      ...(isChanged ? [text('strong', 'It would do something else by now than what was shown.')] : []),
      ...cautions.map((caution) => text('plain', cautionWords(caution))),
      ...(monthly.length === 0 ? [] : [{ type: 'facts', facts: monthly.map(monthFact) } as const]),
      ...(effects === undefined ? [] : [text('plain', countWords(effects.changed))]),
      ...(effects === undefined ? [] : effectBlocks({ ...effects, monthly: [] }, preview)),
      text('quiet', `Nothing was set. Next: \`price yes ${id}\` sets exactly this.`),
    ],
    actions: [
      {
        name: 'setPrice',
        label: 'Set this price',
        tone: 'primary',
        target: { id, revision },
        command: `price yes ${id}`,
      },
    ],
  }
}

function cautionWords(caution: Caution): string {
  switch (caution.kind) {
    case 'everyone':
      return 'It is for every customer.'
    case 'severalProducts':
      return `One amount would be the price of ${caution.products} different products.`
    case 'belowCost':
      return `Below cost, at a loss, for ${plural(caution.effects.length, 'subscription')}: ${exampleWords(caution.effects, 'costs', ({ cost }) => cost)}.`
    case 'farFromList':
      return `${PRICE_FAR_TIMES} times the list price or more, or 1/${PRICE_FAR_TIMES} of it or less, for ${plural(caution.effects.length, 'subscription')}: ${exampleWords(caution.effects, 'list price', ({ list }) => list)}.`
  }
}

/** "Contoso · Exchange Online at $2.00 (costs $3.00)" */
function exampleWords(
  effects: readonly OverrideEffect[],
  beside: string,
  priceOf: (effect: OverrideEffect) => OverrideEffect['cost'],
): string {
  const shown = effects.slice(0, OVERRIDE_EFFECTS_SHOWN).map((effect) => {
    const { customerName, product, after } = effect
    return `${customerName} · ${product} at ${priceWords(after)} (${beside} ${priceWords(priceOf(effect))})`
  })
  const hidden = effects.length - shown.length
  return `${shown.join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}`
}

function priceWords(price: OverrideEffect['cost']): string {
  return price === undefined ? 'no price' : formatUnitPrice(price.amount, price.currency)
}

function monthFact({ currency, before, after, amount }: MonthlyDifference) {
  const sign = amount > 0n ? '+' : ''
  return {
    label: `A month in ${currency}`,
    value: `${amountWords(before, currency)} → ${amountWords(after, currency)} (${sign}${amountWords(amount, currency)})`,
  }
}

function countWords(changed: readonly OverrideEffect[]): string {
  const customers = new Set(changed.map(({ customerId }) => customerId)).size
  return `The price of ${plural(changed.length, 'subscription')} of ${plural(customers, 'customer')} would change.`
}

function text(style: 'plain' | 'strong' | 'quiet', words: string): Block {
  return { type: 'text', style, text: words }
}
