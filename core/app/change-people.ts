import { createHash } from 'node:crypto'
import { addPerson, giveRole, joinIdentity, removePerson } from '../access/changes.js'
import type { PeopleChange } from '../access/configured.js'
import { everybodyOf } from '../access/everybody.js'
import { type KnownPerson, type Person, type Role, may } from '../access/rights.js'
import { hoursAfter, millisecondsAfter } from '../calendar/zone.js'
import { LINK_CODE_MINUTES, LINK_TRIES } from '../limits.js'
import type { BillingStore, Ids } from '../ports.js'
import { Problem } from '../problem.js'
import { type PeoplePorts, changePeople } from './people.js'

export interface ChangePeoplePorts extends PeoplePorts {
  readonly billing: Pick<BillingStore, 'note'>
  readonly ids: Ids
}

/** Somebody as they were and as they are now. */
export interface PersonChanged {
  /** undefined: not known before, or removed. */
  readonly before: Person | undefined
  /** undefined: removed. */
  readonly after: Person | undefined
  /** Everybody with a role now. */
  readonly people: readonly Person[]
}

/** A code, shown once to the one who asked for it. */
export interface LinkCode {
  readonly code: string
  readonly minutes: number
}

/** Giving and taking roles: each is done whole, with its entry in the trail, or refused, which is noted too. */
export interface People {
  add(
    by: Person,
    person: { readonly name: string; readonly role: Role; readonly identity: string },
  ): Promise<PersonChanged>
  giveRole(by: Person, typed: string, role: Role): Promise<PersonChanged>
  remove(by: Person, typed: string): Promise<PersonChanged>
  /** A new code for somebody, in the place of the one before it. */
  linkCode(by: Person): Promise<LinkCode>
  /** Joins an identity to whoever asked for the code. Problem `notFound` when it is no code any more. */
  link(identity: string, code: string): Promise<PersonChanged>
}

export function createPeople(ports: ChangePeoplePorts): People {
  const byAdmin = (by: Person, what: string, make: (known: readonly KnownPerson[]) => PeopleChange) =>
    noted(ports, by.id, what, () =>
      changed(ports, by.id, (known) => {
        requireRight(known, by)
        return make(known)
      }),
    )
  return {
    add: (by, person) => byAdmin(by, `add ${person.name}`, (known) => addPerson(known, person)),
    giveRole: (by, typed, role) =>
      byAdmin(by, `role ${typed} ${role}`, (known) => giveRole(known, typed, role)),
    remove: (by, typed) => byAdmin(by, `remove ${typed}`, (known) => removePerson(known, typed)),
    linkCode: async ({ id, name }) => {
      const code = ports.ids.code()
      const at = await ports.clock.now()
      const expiresAt = millisecondsAfter(at, LINK_CODE_MINUTES * 60_000)
      const audit = { at, actor: id, action: 'people.code', subject: id, details: { name } }
      await ports.people.offer({ personId: id, hash: hashOf(code), expiresAt }, audit)
      return { code, minutes: LINK_CODE_MINUTES }
    },
    link: (identity, code) => noted(ports, identity, 'link', () => link(ports, identity, code)),
  }
}

/** Whoever asks may have lost the right since they were let in. */
function requireRight(known: readonly KnownPerson[], { id }: Person): void {
  const now = everybodyOf(known).people.find((person) => person.id === id)
  if (now !== undefined && may(now, 'people')) return
  throw new Problem({
    kind: 'forbidden',
    what: 'You may not change people any more.',
    notDone: 'Nobody was changed.',
    next: 'Ask an admin.',
  })
}

/** What was refused is written to the trail, with why. */
async function noted<T>(
  { billing, clock }: ChangePeoplePorts,
  actor: string,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const at = await clock.now()
    await billing.note({
      at,
      actor,
      action: 'people.refused',
      subject: `people ${what}`,
      details: { why: error.what },
    })
    throw error
  }
}

/** The first person of the change is the one it is about. */
async function changed(
  ports: ChangePeoplePorts,
  actor: string,
  make: Parameters<typeof changePeople>[2],
): Promise<PersonChanged> {
  let known: readonly KnownPerson[] = []
  const done = await changePeople(ports, actor, (now) => {
    known = now
    return make(now)
  })
  const people = done?.people ?? []
  const put = new Map(people.map((person) => [person.id, person]))
  const kept = known.filter(({ id }) => !put.has(id))
  const after = everybodyOf([...kept, ...people]).people
  const id = people[0]?.id
  return {
    before: everybodyOf(known).people.find((person) => person.id === id),
    after: after.find((person) => person.id === id),
    people: after,
  }
}

async function link(ports: ChangePeoplePorts, identity: string, code: string): Promise<PersonChanged> {
  const at = await ports.clock.now()
  const mayTry = await ports.people.countTry(identity, at, hoursAfter(at, -1), LINK_TRIES)
  if (!mayTry) {
    throw new Problem({
      kind: 'held',
      what: `That was the ${LINK_TRIES + 1}th code within an hour.`,
      notDone: 'Nothing was linked.',
      next: 'Wait an hour, then type `people link` where you have a role and the new code here.',
    })
  }
  const hash = hashOf(code)
  return changed(ports, identity, async (known) => {
    const offer = await ports.people.offered(hash)
    const person = known.find(({ id, removed }) => id === offer?.personId && !removed)
    if (offer === undefined || person === undefined || at >= offer.expiresAt) throw noSuchCode()
    return { ...joinIdentity(known, person.id, identity), usesCode: hash }
  })
}

function noSuchCode(): Problem {
  return new Problem({
    kind: 'notFound',
    what: `That is no code, or it was used, or it is older than ${LINK_CODE_MINUTES} minutes.`,
    notDone: 'Nothing was linked.',
    next: 'Type `people link` where you have a role, and the code it answers with here.',
  })
}

/** Codes are read aloud and typed: in any case, with or without spaces and hyphens. */
function hashOf(code: string): string {
  const typed = code.toUpperCase().replace(/[\s-]/g, '')
  return createHash('sha256').update(`people link ${typed}`).digest('hex')
}
