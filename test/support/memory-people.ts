import type { KnownPerson, Person } from '../../core/access/rights.js'
import type { LinkOffer } from '../../core/access/everybody.js'
import type { PeopleStore } from '../../core/ports.js'
import { type MemoryBooks, memoryBooks, note } from './memory-books.js'

/**
 * People in memory, with the rules of the real store.
 *
 * @param first who is there already.
 * @param books shared with the other stores, where there are some.
 */
export function memoryPeople(first: readonly Person[] = [], books: MemoryBooks = memoryBooks()): PeopleStore {
  const offers = new Map<string, LinkOffer>()
  const tries = new Map<string, { since: Date; count: number }>()
  const people = new Map(first.map((person) => [person.id, knownAs(person)]))
  return {
    version: async () => books.peopleVersion,
    all: async () => ({
      version: books.peopleVersion,
      people: [...people.values()].sort((left, right) => (left.id < right.id ? -1 : 1)),
    }),
    change: async (draft, version) => {
      if (version !== books.peopleVersion) return false
      const used = [...offers.values()].find(({ hash }) => hash === draft.usesCode)
      if (draft.usesCode !== undefined && used === undefined) return false
      if (used !== undefined) offers.delete(used.personId)
      for (const person of draft.people) put(people, structuredClone(person))
      for (const fact of draft.audit) note(books, fact)
      books.version += 1
      books.peopleVersion += 1
      return true
    },
    offer: async (offer, audit) => {
      offers.set(offer.personId, offer)
      note(books, audit)
    },
    offered: async (hash) => [...offers.values()].find((offer) => offer.hash === hash),
    countTry: async (identity, at, since, most) => {
      const before = tries.get(identity)
      const isOver = before === undefined || before.since < since
      if (!isOver && before.count >= most) return false
      tries.set(identity, isOver ? { since: at, count: 1 } : { ...before, count: before.count + 1 })
      return true
    },
  }
}

function knownAs({ id, name, role, identities }: Person): KnownPerson {
  return { id, name, role, identities, removed: false, joinedTo: undefined }
}

/** An identity is one person's: it leaves whoever had it. What a person had and is not named is kept. */
function put(people: Map<string, KnownPerson>, person: KnownPerson): void {
  const taken = new Set(person.identities)
  const kept = people.get(person.id)?.identities.filter((identity) => !taken.has(identity)) ?? []
  for (const [id, other] of people) {
    people.set(id, { ...other, identities: other.identities.filter((identity) => !taken.has(identity)) })
  }
  people.set(person.id, { ...person, identities: [...person.identities, ...kept] })
}
