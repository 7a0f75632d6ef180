import type { AuditFact } from '../../core/audit/chain.js'
import type { Claim, IntentOutcome, MappingDraft, SyncStore } from '../../core/psa-ports.js'
import type { LockedPeriod, Reading, SyncState } from '../../core/sync/intent.js'
import { addEntry } from './billing-audit.js'
import { type BooksState, lockBooks, readSyncVersion, saveBooks } from './billing-books.js'
import { inTransaction, readConsistently } from './database.js'
import type { Cell, Database, Query, Transaction } from './database.js'
import { putCustomer, readCustomers, removeCustomer } from './psa-customer.js'
import { addLocked, readLocked } from './psa-locked-period.js'
import { putReading, readReadings } from './psa-reading.js'
import { putSlot, readSlots, removeSlots } from './psa-slot.js'
import { putWritten, readWritten } from './psa-written.js'
import { giveBack, isHeld, takeClaim } from './sync-claim.js'
import { claimedIntent, markSending, markSettled, readIntents } from './sync-intent.js'
import type { PartOfState } from './sync-part.js'
import { integer } from './values.js'

/**
 * Mappings, readings, intents and claims of one MSP. Whatever changes the state takes its turn behind the lock of the
 * books, which hold the state's version; claiming and giving back do not, so that nobody waits for a container.
 */
export function syncStore(database: Database, mspId: string): SyncStore {
  const write = <T>(work: (tx: Transaction) => Promise<T>) => inTransaction(database, work)
  return {
    version: () => readSyncVersion(database, mspId),
    state: () => readConsistently(database, (query) => readState(query, { mspId })),
    stateOf: ({ psa, id: containerId }) =>
      readConsistently(database, (query) => readState(query, { mspId, container: { psa, containerId } })),
    map: (draft) => write((tx) => map(database, tx, mspId, draft)),
    unmap: (customerId, audit) => write((tx) => unmap(tx, mspId, customerId, audit)),
    saveReading: (reading, locked) => write((tx) => saveReading(database, tx, mspId, reading, locked)),
    claim: (owner, now, until) => write((tx) => takeClaim(tx, mspId, owner, now, until)),
    release: (claim) => write((tx) => giveBack(tx, mspId, claim)),
    sending: (claim, intentId, at, notBefore) =>
      write(async (tx) => {
        const books = await lockBooks(tx, mspId)
        if (!(await isHeld(tx, mspId, claim))) return false
        await markSending(tx, mspId, await claimedIntent(tx, mspId, claim, intentId), at, notBefore)
        await saveBooks(tx, mspId, changed(books))
        return true
      }),
    settle: (claim, intentId, outcome) =>
      write((tx) => settle(database, tx, mspId, claim, intentId, outcome)),
  }
}

function changed(books: BooksState): BooksState {
  return { ...books, syncVersion: books.syncVersion + 1 }
}

/** What is billed of a customer depends on the mapping: nothing computed under another one can still be decided. */
async function saveMapped(
  tx: Transaction,
  mspId: string,
  books: BooksState,
  audit: AuditFact,
): Promise<void> {
  const lastEntry = await addEntry(tx, mspId, books.lastEntry, audit)
  await saveBooks(tx, mspId, { ...changed(books), version: books.version + 1, lastEntry })
}

async function map(
  database: Database,
  tx: Transaction,
  mspId: string,
  { customer, slots, written, audit }: MappingDraft,
): Promise<void> {
  const books = await lockBooks(tx, mspId)
  await putCustomer(tx, mspId, customer)
  for (const slot of slots) await putSlot(tx, mspId, customer.customerId, slot)
  await putWritten(database, tx, mspId, written)
  await saveMapped(tx, mspId, books, audit)
}

async function unmap(tx: Transaction, mspId: string, customerId: string, audit: AuditFact): Promise<void> {
  const books = await lockBooks(tx, mspId)
  await removeSlots(tx, mspId, customerId)
  await removeCustomer(tx, mspId, customerId)
  await saveMapped(tx, mspId, books, audit)
}

async function saveReading(
  database: Database,
  tx: Transaction,
  mspId: string,
  reading: Reading,
  locked: readonly LockedPeriod[],
): Promise<void> {
  const books = await lockBooks(tx, mspId)
  await putReading(tx, mspId, reading)
  await addLocked(database, tx, mspId, reading.readAt, locked)
  await saveBooks(tx, mspId, changed(books))
}

async function settle(
  database: Database,
  tx: Transaction,
  mspId: string,
  claim: Claim,
  intentId: string,
  outcome: IntentOutcome,
): Promise<boolean> {
  const books = await lockBooks(tx, mspId)
  if (!(await isHeld(tx, mspId, claim))) return false
  const isNew = await markSettled(tx, mspId, await claimedIntent(tx, mspId, claim, intentId), outcome)
  if (!isNew) return true // settled twice because the answer to the first time was lost: one entry
  const { audit, written } = outcome
  if (written !== undefined) await putWritten(database, tx, mspId, [written])
  const lastEntry = audit === undefined ? books.lastEntry : await addEntry(tx, mspId, books.lastEntry, audit)
  await saveBooks(tx, mspId, { ...changed(books), lastEntry })
  return true
}

async function readState(query: Query, part: PartOfState): Promise<SyncState> {
  const select = 'SELECT sync_version FROM books WHERE msp_id = $1'
  const versions = await query(select, [part.mspId], ([cell]: readonly [version: Cell]) => integer(cell))
  return {
    version: versions[0] ?? 0,
    customers: await readCustomers(query, part),
    slots: await readSlots(query, part),
    readings: await readReadings(query, part),
    locked: await readLocked(query, part),
    intents: await readIntents(query, part),
    written: await readWritten(query, part),
  }
}
