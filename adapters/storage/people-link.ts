import type { AuditFact } from '../../core/audit/chain.js'
import type { LinkOffer } from '../../core/access/everybody.js'
import { addEntry } from './billing-audit.js'
import { lockBooks, saveBooks } from './billing-books.js'
import { type Cell, type Database, type Transaction, readConsistently } from './database.js'
import { instant, instantColumn, text, writeInstant, writeText } from './values.js'

/** Keeps the newest offer of a person, with its entry. */
export async function putOffer(
  tx: Transaction,
  mspId: string,
  { personId, hash, expiresAt }: LinkOffer,
  audit: AuditFact,
): Promise<void> {
  const books = await lockBooks(tx, mspId)
  await tx.$executeRaw`
    INSERT INTO person_link (msp_id, person_id, hash, expires_at)
    VALUES (${mspId}, ${writeText(personId, 'link')}, ${hash}, ${writeInstant(expiresAt)}::timestamptz)
    ON CONFLICT (msp_id, person_id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at`
  const lastEntry = await addEntry(tx, mspId, books.lastEntry, audit)
  await saveBooks(tx, mspId, { ...books, lastEntry })
}

/** Takes an offer away; false: it is not there any more. */
export async function useOffer(tx: Transaction, mspId: string, hash: string): Promise<boolean> {
  return (await tx.$executeRaw`DELETE FROM person_link WHERE msp_id = ${mspId} AND hash = ${hash}`) === 1
}

type OfferRow = readonly [personId: Cell, expiresAt: Cell]

export async function readOffer(
  database: Database,
  mspId: string,
  hash: string,
): Promise<LinkOffer | undefined> {
  const select = `SELECT person_id, ${instantColumn('expires_at')} FROM person_link WHERE msp_id = $1 AND hash = $2`
  const [found] = await readConsistently(database, (query) =>
    query(select, [mspId, hash], ([personId, expiresAt]: OfferRow) => {
      return { personId: text(personId), hash, expiresAt: instant(expiresAt) }
    }),
  )
  return found
}

/** Counts behind the lock of the books: of many at once not one more than `most` is let through. */
export async function countTry(
  tx: Transaction,
  mspId: string,
  identity: string,
  { at, since, most }: { readonly at: Date; readonly since: Date; readonly most: number },
): Promise<boolean> {
  await lockBooks(tx, mspId)
  await tx.$executeRaw`
    DELETE FROM person_link_try WHERE msp_id = ${mspId} AND since < ${writeInstant(since)}::timestamptz`
  const counted = await tx.$executeRaw`
    INSERT INTO person_link_try (msp_id, identity, since, tries)
    VALUES (${mspId}, ${writeText(identity, 'link')}, ${writeInstant(at)}::timestamptz, 1)
    ON CONFLICT (msp_id, identity) DO UPDATE SET tries = person_link_try.tries + 1 WHERE person_link_try.tries < ${most}`
  return counted === 1
}
