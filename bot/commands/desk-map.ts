import type { Person } from '../../core/access/people.js'
import type { Mapping } from '../../core/app/map.js'
import type { PsaName } from '../../core/sync/types.js'
import { mappedCard, removedCard } from '../cards/mapped.js'
import { mappingCard, suggestionCard } from '../cards/mapping.js'
import type { ActionTarget, Card } from '../cards/model.js'
import type { MapCommand } from './parse-map.js'

/** The card that answers who is whom. */
export async function mapCard(mapping: Mapping, person: Person, command: MapCommand): Promise<Card> {
  switch (command.action) {
    case 'overview':
      return mappingCard(await mapping.overview())
    case 'suggest':
      return suggestionCard(await mapping.suggest(command.customer, command.choice), command.choice)
    case 'accept':
      return mappedCard(await mapping.accept(person, command.customer, command.choice, command.from))
    case 'set':
      return mappedCard(await mapping.set(person, command.customer, command.change))
    case 'remove':
      return removedCard(await mapping.remove(person, command.customer, command.from))
  }
}

/**
 * Accept was clicked. A button carries ids and the revision of what was shown: the customer, and where it was named, the
 * PSA, the company and the container.
 */
export async function acceptClicked(
  mapping: Mapping,
  person: Person,
  { id, revision }: ActionTarget,
): Promise<Card> {
  const [customer = '', psa, company, container] = id.split(' ')
  const place = isPsa(psa) && company !== undefined ? { psa, company } : {}
  const choice = { ...place, ...(container === undefined ? {} : { container }), revision }
  return mappedCard(await mapping.accept(person, customer, choice))
}

function isPsa(word: string | undefined): word is PsaName {
  return word === 'connectwise' || word === 'autotask'
}
