import type { Person } from '../../core/access/people.js'
import { may } from '../../core/access/people.js'
import type { Right } from '../../core/access/rights.js'
import type { MadeStale } from '../../core/app/made-stale.js'
import type { OverrideOutcome } from '../../core/app/override-asked.js'
import type { Prices } from '../../core/app/prices.js'
import type { Card } from '../cards/model.js'
import { askedCard } from '../cards/price-asked.js'
import { paidCard } from '../cards/price-paid.js'
import { recordedCard } from '../cards/price-recorded.js'
import { pricesCard } from '../cards/prices.js'
import { OVERRIDE_KINDS, type PriceCommand } from './parse-price.js'

/** Whoever may look sees what holds; saying it is a right of its own. */
export function rightOverPrices({ action }: PriceCommand): Right {
  return action === 'list' || action === 'paid' ? 'read' : 'price'
}

/** The card that answers what holds, or what was recorded. */
export async function priceCard(prices: Prices, person: Person, command: PriceCommand): Promise<Card> {
  const kind = OVERRIDE_KINDS[command.name]
  switch (command.action) {
    case 'list':
      return pricesCard(await prices.list(kind), command.page, may(person, 'price'))
    case 'paid':
      return paidCard(await prices.paid(command.about), command.asked, command.page)
    case 'set':
      return outcomeCard(await prices.set(person, command.asked))
    case 'confirm':
      return outcomeCard(await prices.confirm(person, command.id, command.seen))
    case 'end':
      return recordedCard(await prices.end(person, kind, command.number, command.on))
  }
}

function outcomeCard(outcome: OverrideOutcome & MadeStale): Card {
  return outcome.type === 'asked' ? askedCard(outcome) : recordedCard(outcome)
}
