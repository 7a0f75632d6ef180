import type { Person } from '../../core/access/people.js'
import type { Mapping } from '../../core/app/map.js'
import type { MappingChoice } from '../../core/app/map-types.js'
import type { PsaName } from '../../core/sync/types.js'
import { answeredCard } from '../cards/answered.js'
import { mappedCard, removedCard } from '../cards/mapped.js'
import { mappingCard, suggestionCard } from '../cards/mapping.js'
import type { ActionTarget, Card } from '../cards/model.js'
import type { MapCommand } from './parse-map.js'
import { pageNumber } from './parse-words.js'

/** The card that answers who is whom. */
export async function mapCard(mapping: Mapping, person: Person, command: MapCommand): Promise<Card> {
  switch (command.action) {
    case 'overview':
      return mappingCard(await mapping.overview(), command.page)
    case 'suggest':
      return shownFor(mapping, command.customer, command.choice, command.page)
    case 'accept':
      return mappedCard(await mapping.accept(person, command.customer, command.choice, command.from))
    case 'set':
      return mappedCard(await mapping.set(person, command.customer, command.change))
    case 'answer':
      return answeredCard(await mapping.answer(person, command.customer, command.said))
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
  const { customer, choice } = carriedBy(id.split(' '))
  return mappedCard(await mapping.accept(person, customer, { ...choice, revision }))
}

/** Another page was clicked: its number, and what it is a page of. */
export async function mapPageClicked(mapping: Mapping, { id }: ActionTarget): Promise<Card> {
  const [number, ...ids] = id.split(' ')
  const page = pageNumber(number, 'map page 2')
  if (ids.length === 0) return mappingCard(await mapping.overview(), page)
  const { customer, choice } = carriedBy(ids)
  return shownFor(mapping, customer, choice, page)
}

async function shownFor(
  mapping: Mapping,
  customer: string,
  choice: MappingChoice,
  page: number | undefined,
): Promise<Card> {
  return suggestionCard(await mapping.suggest(customer, choice), choice, page)
}

function carriedBy([customer = '', psa, company, container]: readonly string[]): {
  readonly customer: string
  readonly choice: MappingChoice
} {
  const place = isPsa(psa) && company !== undefined ? { psa, company } : {}
  return { customer, choice: { ...place, ...(container === undefined ? {} : { container }) } }
}

export function isPsa(word: string | undefined): word is PsaName {
  return word === 'connectwise' || word === 'autotask'
}
