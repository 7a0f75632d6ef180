import { type KnownPerson, ROLES } from '../../core/access/rights.js'
import type { StoredPeople } from '../../core/access/everybody.js'
import type { PeopleDraft } from '../../core/audit/people-draft.js'
import type { PeopleStore } from '../../core/ports.js'
import { putOffer, countTry, readOffer, useOffer } from './people-link.js'
import { addEntry } from './billing-audit.js'
import { lockBooks, readPeopleVersion, saveBooks } from './billing-books.js'
import { inTransaction, readConsistently } from './database.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import { flag, integer, optionalText, text, word, writeOptionalText, writeText } from './values.js'

/** People, their roles and identities of one MSP. Changes take their turn behind the lock of the books. */
export function peopleStore(database: Database, mspId: string): PeopleStore {
  return {
    version: () => readPeopleVersion(database, mspId),
    all: () => readConsistently(database, (query) => readPeople(query, mspId)),
    offer: (offer, audit) => inTransaction(database, (tx) => putOffer(tx, mspId, offer, audit)),
    offered: (hash) => readOffer(database, mspId, hash),
    countTry: (identity, at, since, most) =>
      inTransaction(database, (tx) => countTry(tx, mspId, identity, { at, since, most })),
    change: (draft, version) => inTransaction(database, (tx) => change(tx, mspId, draft, version)),
  }
}

async function change(
  tx: Transaction,
  mspId: string,
  { people, audit, usesCode }: PeopleDraft,
  version: number,
): Promise<boolean> {
  const books = await lockBooks(tx, mspId)
  if (books.peopleVersion !== version) return false
  if (usesCode !== undefined && !(await useOffer(tx, mspId, usesCode))) return false
  for (const person of people) await putPerson(tx, mspId, person)
  let { lastEntry } = books
  for (const fact of audit) lastEntry = await addEntry(tx, mspId, lastEntry, fact)
  await saveBooks(tx, mspId, {
    ...books,
    version: books.version + 1,
    peopleVersion: version + 1,
    lastEntry,
  })
  return true
}

async function putPerson(tx: Transaction, mspId: string, person: KnownPerson): Promise<void> {
  const where = `person ${person.id}`
  const id = writeText(person.id, where)
  await tx.$executeRaw`
    INSERT INTO person (msp_id, id, name, role, removed, joined_to)
    VALUES (${mspId}, ${id}, ${writeText(person.name, where)}, ${person.role}, ${person.removed},
      ${writeOptionalText(person.joinedTo, where)})
    ON CONFLICT (msp_id, id) DO UPDATE
      SET name = excluded.name, role = excluded.role, removed = excluded.removed, joined_to = excluded.joined_to`
  for (const [position, identity] of person.identities.entries()) {
    await tx.$executeRaw`
      INSERT INTO person_identity (msp_id, identity, person_id, position)
      VALUES (${mspId}, ${writeText(identity, where)}, ${id}, ${position})
      ON CONFLICT (msp_id, identity) DO UPDATE SET person_id = excluded.person_id, position = excluded.position`
  }
}

const SELECT = `SELECT id, name, role, removed::text, joined_to,
    coalesce((SELECT json_agg(own.identity ORDER BY own.position, own.identity) FROM person_identity AS own
      WHERE own.msp_id = person.msp_id AND own.person_id = person.id), '[]')::text
  FROM person WHERE msp_id = $1 ORDER BY id`

type PersonRow = readonly [id: Cell, name: Cell, role: Cell, removed: Cell, joinedTo: Cell, identities: Cell]

async function readPeople(query: Query, mspId: string): Promise<StoredPeople> {
  const select = 'SELECT people_version FROM books WHERE msp_id = $1'
  const versions = await query(select, [mspId], ([cell]: readonly [version: Cell]) => integer(cell))
  const people = await query(
    SELECT,
    [mspId],
    ([id, name, role, removed, joinedTo, identities]: PersonRow) => ({
      id: text(id),
      name: text(name),
      role: word(ROLES, role),
      identities: JSON.parse(text(identities)) as string[],
      removed: flag(removed),
      joinedTo: optionalText(joinedTo),
    }),
  )
  return { version: versions[0] ?? 0, people }
}
