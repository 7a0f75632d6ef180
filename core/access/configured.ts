import { hasAdmin } from './everybody.js'
import type { KnownPerson, Person } from './rights.js'

/** What becomes of people, with what the trail says of it. */
export interface PeopleChange {
  readonly people: readonly KnownPerson[]
  readonly facts: readonly PeopleFact[]
}

export interface PeopleFact {
  readonly action: 'people.added' | 'people.role' | 'people.removed' | 'people.joined' | 'people.linked'
  /** Id of the person it is about. */
  readonly subject: string
  readonly details: Readonly<Record<string, string | readonly string[]>>
}

const BY = 'the PEOPLE setting, read at the start'

/**
 * What the configuration adds to the people known: whoever was never met under any identity, and, where nobody is admin
 * any more, its own admins again. What was changed or removed by command stays as it is. undefined: nothing is to be done.
 */
export function configuredChange(
  known: readonly KnownPerson[],
  configured: readonly Person[],
): PeopleChange | undefined {
  const met = new Set(known.flatMap(({ identities }) => identities))
  const added = configured
    .filter(({ identities }) => !identities.some((identity) => met.has(identity)))
    .map(({ id, name, role, identities }) => ({
      id,
      name,
      role,
      identities,
      removed: false,
      joinedTo: undefined,
    }))
  const facts = added.map(({ id, name, role, identities }): PeopleFact => {
    return { action: 'people.added', subject: id, details: { by: BY, name, role, identities } }
  })
  const active = [...known, ...added].filter(({ removed }) => !removed)
  const raised = hasAdmin(active) ? [] : configuredAdmins(known, configured)
  const people = [
    ...added,
    ...raised.map((person) => ({ ...person, role: 'admin' as const, removed: false })),
  ]
  const restored = raised.map(({ id, name, role, removed }): PeopleFact => {
    const before = removed ? 'removed' : role
    return {
      action: 'people.role',
      subject: id,
      details: { by: BY, name, before, role: 'admin', why: 'no admin was left' },
    }
  })
  return people.length === 0 ? undefined : { people, facts: [...facts, ...restored] }
}

/** Whoever is met now under an identity of an admin of the configuration. */
function configuredAdmins(
  known: readonly KnownPerson[],
  configured: readonly Person[],
): readonly KnownPerson[] {
  const identities = configured.filter(({ role }) => role === 'admin').flatMap((person) => person.identities)
  return known.filter((person) => person.identities.some((identity) => identities.includes(identity)))
}
