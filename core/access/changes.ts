import { Problem } from '../problem.js'
import type { PeopleChange, PeopleFact } from './configured.js'
import { everybodyOf, hasAdmin } from './everybody.js'
import { type KnownPerson, type Person, ROLES, type Role } from './rights.js'

const NOBODY_CHANGED = 'Nobody was changed.'

/** Somebody’s role and name, with where they are met. Problem `conflict` when the identity or the name is somebody's. */
export function addPerson(
  known: readonly KnownPerson[],
  { name, role, identity }: { readonly name: string; readonly role: Role; readonly identity: string },
): PeopleChange {
  const owner = known.find(({ identities }) => identities.includes(identity))
  if (owner?.removed === false) {
    throw conflict(
      `${identity} is ${owner.name} (${owner.role}) already.`,
      `\`people role ${identity} ${role}\` gives them another role.`,
    )
  }
  const isTaken = known.some((other) => !other.removed && sameName(other.name, name))
  if (isTaken) throw conflict(`Somebody is called ${name} here already.`, `Add them under another name.`)
  const before = owner ?? { id: identity, identities: [identity], joinedTo: undefined }
  const person: KnownPerson = { ...before, name, role, removed: false }
  const details = {
    name,
    role,
    identities: person.identities,
    ...(owner === undefined ? {} : { was: owner.name }),
  }
  return { people: [person], facts: [{ action: 'people.added', subject: person.id, details }] }
}

/** Problem `notFound` or `input` when it is not clear who is meant, `held` when no admin would be left. */
export function giveRole(known: readonly KnownPerson[], typed: string, role: Role): PeopleChange {
  const person = findKnown(known, typed)
  const { id, name, role: before } = person
  if (before === role) throw conflict(`${name} is ${role} already.`, 'Type `people` to see who is what.')
  const facts: PeopleFact[] = [{ action: 'people.role', subject: id, details: { name, before, role } }]
  return keepingAnAdmin(known, { people: [{ ...person, role }], facts }, name)
}

/** Takes somebody's role away for ever; Problems as in {@link giveRole}. */
export function removePerson(known: readonly KnownPerson[], typed: string): PeopleChange {
  const person = findKnown(known, typed)
  const { id, name, role } = person
  const facts: PeopleFact[] = [{ action: 'people.removed', subject: id, details: { name, role } }]
  return keepingAnAdmin(known, { people: [{ ...person, removed: true }], facts }, name)
}

/**
 * Makes an identity one of a person's. If it is a person of its own, the two become one, with the lower of both roles:
 * nobody gains a right by it. Problem `conflict` when it is theirs already, `forbidden` when it was removed, `held` when
 * no admin would be left.
 */
export function joinIdentity(
  known: readonly KnownPerson[],
  personId: string,
  identity: string,
): PeopleChange {
  const person = known.find(({ id, removed }) => id === personId && !removed)
  if (person === undefined) throw new Error(`${personId} is nobody to join`)
  const other = known.find(({ identities }) => identities.includes(identity))
  if (other?.id === personId) throw conflict(`You are ${person.name} here already.`, 'Nothing is left to do.')
  if (other?.removed === true) {
    throw new Problem({
      kind: 'forbidden',
      what: `${identity} was ${other.name}, who was removed.`,
      notDone: NOBODY_CHANGED,
      next: `Ask an admin: \`people add <name> <role> ${identity}\`.`,
    })
  }
  const identities = [...person.identities, ...(other?.identities ?? [identity])]
  if (other === undefined) {
    const details = { name: person.name, identity }
    return {
      people: [{ ...person, identities }],
      facts: [{ action: 'people.linked', subject: personId, details }],
    }
  }
  const role = lowerOf(person.role, other.role)
  const details = { name: person.name, identity, other: other.name, before: person.role, role }
  const gone = { ...other, identities: [], removed: true, joinedTo: personId }
  const facts: PeopleFact[] = [{ action: 'people.joined', subject: personId, details }]
  return keepingAnAdmin(known, { people: [{ ...person, identities, role }, gone], facts }, undefined)
}

/** The one person meant by a name, in any case, or an identity. */
export function findPerson(people: readonly Person[], typed: string): Person {
  const byIdentity = people.find(({ identities }) => identities.includes(typed))
  if (byIdentity !== undefined) return byIdentity
  const named = people.filter(({ name }) => sameName(name, typed))
  const [only, second] = named
  if (only === undefined) throw unknownName(people, typed)
  if (second === undefined) return only
  throw new Problem({
    kind: 'input',
    what: `${named.length} people are called ${only.name}.`,
    notDone: NOBODY_CHANGED,
    next: `Name the one you mean by where they are met: ${named.map(({ identities }) => identities[0]).join(' or ')}.`,
  })
}

function findKnown(known: readonly KnownPerson[], typed: string): KnownPerson {
  const { id } = findPerson(everybodyOf(known).people, typed)
  const person = known.find((each) => each.id === id)
  if (person === undefined) throw new Error(`${id} is known and not there`)
  return person
}

function unknownName(people: readonly Person[], typed: string): Problem {
  const wanted = typed.toLowerCase()
  const fits = people.map(({ name }) => name).filter((name) => fitsTyped(name.toLowerCase(), wanted))
  const shown = fits.slice(0, 3).map((name) => `“${name}”`)
  return new Problem({
    kind: 'notFound',
    what: `Nobody is called “${typed}”.`,
    notDone: NOBODY_CHANGED,
    next: shown.length === 0 ? 'Type `people` to see who is here.' : `Did you mean ${shown.join(' or ')}?`,
  })
}

function fitsTyped(name: string, wanted: string): boolean {
  return (
    wanted !== '' && (name.includes(wanted) || wanted.includes(name) || name.startsWith(wanted.slice(0, 2)))
  )
}

/** Nobody can lock everybody out. Where nobody was admin before, nobody is missed. */
function keepingAnAdmin(
  known: readonly KnownPerson[],
  change: PeopleChange,
  name: string | undefined,
): PeopleChange {
  const changed = new Map(change.people.map((person) => [person.id, person]))
  const after = known.map((person) => changed.get(person.id) ?? person)
  const isLast = hasAdmin(active(known)) && !hasAdmin(active(after))
  if (!isLast) return change
  throw new Problem({
    kind: 'held',
    what: name === undefined ? 'No admin would be left.' : `${name} is the last admin.`,
    notDone: NOBODY_CHANGED,
    next: 'Make somebody else admin first: `people role <name> admin`.',
  })
}

function active(known: readonly KnownPerson[]): readonly KnownPerson[] {
  return known.filter(({ removed }) => !removed)
}

function lowerOf(one: Role, other: Role): Role {
  return ROLES.indexOf(one) <= ROLES.indexOf(other) ? one : other
}

function sameName(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase()
}

function conflict(what: string, next: string): Problem {
  return new Problem({ kind: 'conflict', what, notDone: NOBODY_CHANGED, next })
}
