import { type PeopleChange, configuredChange } from '../access/configured.js'
import { type Everybody, everybodyOf } from '../access/everybody.js'
import type { KnownPerson, Person } from '../access/rights.js'
import type { AuditFact } from '../audit/chain.js'
import { PEOPLE_ATTEMPTS } from '../limits.js'
import type { PeopleDraft } from '../audit/people-draft.js'
import type { Clock, Log, PeopleStore } from '../ports.js'
import { Problem } from '../problem.js'
import { remember } from './remember.js'

export interface PeoplePorts {
  readonly people: PeopleStore
  readonly clock: Clock
  readonly log: Log
}

/** Everybody as stored now: read again as soon as anybody changed them, in this process or another. */
export type ReadEverybody = () => Promise<Everybody & { readonly version: number }>

export function createEverybody({ people }: Pick<PeoplePorts, 'people'>): ReadEverybody {
  const at = remember(async () => {
    const { version, people: known } = await people.all()
    return { ...everybodyOf(known), version }
  })
  return async () => at(await people.version())
}

/** Adds whom the configuration names and nobody knows yet, and sees to it that an admin is left where it has one. */
export async function beginPeople(ports: PeoplePorts, configured: readonly Person[]): Promise<void> {
  const done = await changePeople(ports, 'system', (known) => configuredChange(known, configured))
  for (const { action, subject, details } of done?.facts ?? []) {
    if (action === 'people.role')
      ports.log.warn({ person: subject, ...details }, 'no admin was left: made admin again')
  }
}

/**
 * Computes a change from the people there are and records it with its entries; again, when somebody else was faster.
 * undefined: nothing was to be done.
 */
export async function changePeople<Change extends PeopleChange & Pick<PeopleDraft, 'usesCode'>>(
  { people, clock }: PeoplePorts,
  actor: string,
  make: (known: readonly KnownPerson[]) => Change | undefined | Promise<Change>,
): Promise<Change | undefined> {
  for (let attempt = 1; attempt <= PEOPLE_ATTEMPTS; attempt += 1) {
    const { version, people: known } = await people.all()
    const change = await make(known)
    if (change === undefined) return undefined
    const at = await clock.now()
    const audit = change.facts.map((fact): AuditFact => ({ ...fact, at, actor }))
    const { usesCode } = change
    const draft = { people: change.people, audit, ...(usesCode === undefined ? {} : { usesCode }) }
    if (await people.change(draft, version)) return change
  }
  throw new Problem({
    kind: 'unavailable',
    what: 'People kept being changed while this was done.',
    notDone: 'Nobody was changed by you.',
    next: 'Try again in a moment.',
  })
}
