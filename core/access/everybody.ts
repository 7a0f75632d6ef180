import type { KnownPerson, Person } from './rights.js'

/** Everybody ever known, at one version. */
export interface StoredPeople {
  /** Grows with every change: what was computed from an older one is not recorded. */
  readonly version: number
  /** Also those who were removed, in order of their ids. */
  readonly people: readonly KnownPerson[]
}

/** A one-time code that joins an identity to a person; the code itself is stored nowhere. */
export interface LinkOffer {
  readonly personId: string
  readonly hash: string
  readonly expiresAt: Date
}

/** Everybody ever known, as who may do what and whose name it was. */
export interface Everybody {
  /** Those with a role. */
  readonly people: readonly Person[]
  /** Those, and whoever was removed: for names in what was done. None of the removed has an identity. */
  readonly named: readonly Person[]
}

export function everybodyOf(known: readonly KnownPerson[]): Everybody {
  const people = known.filter(({ removed }) => !removed).map((person) => personFrom(person, known))
  const gone = known.filter(({ removed, joinedTo }) => removed && joinedTo === undefined)
  return {
    people,
    named: [...people, ...gone.map((person) => ({ ...personFrom(person, known), identities: [] }))],
  }
}

/** Somebody may give and take roles. */
export function hasAdmin(people: readonly Pick<Person, 'role'>[]): boolean {
  return people.some(({ role }) => role === 'admin')
}

function personFrom({ id, name, role, identities }: KnownPerson, known: readonly KnownPerson[]): Person {
  const formerIds = joinedInto(id, known)
  return { id, name, role, identities, ...(formerIds.length === 0 ? {} : { formerIds }) }
}

/** Ids of everybody who became one with somebody, also by way of others. */
function joinedInto(id: string, known: readonly KnownPerson[]): readonly string[] {
  const own = known.filter(({ joinedTo }) => joinedTo === id).map((person) => person.id)
  return own.flatMap((each) => [each, ...joinedInto(each, known)])
}
