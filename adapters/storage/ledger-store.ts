import type { Ledger, LedgerStore, ObservationRecord } from '../../core/ports.js'
import { readCustomers, saveCustomers } from './customer.js'
import { inTransaction, readConsistently } from './database.js'
import type { Database, Transaction } from './database.js'
import { asStorageProblem } from './errors.js'
import { addMembers, readMembers } from './lineage-member.js'
import { readOrders, saveOrders } from './marketplace-order.js'
import { addHeader, findHeader, latestHeader, readHeaders, takeTurn } from './observation.js'
import { addStates, readStates } from './subscription-state.js'

/** The observations of one MSP. */
export function ledgerStore(database: Database, mspId: string): LedgerStore {
  return {
    async latest() {
      try {
        return await latestHeader(database.prisma, mspId)
      } catch (error) {
        throw asStorageProblem(error, 'Nothing was read.')
      }
    },
    ledger: () => readLedger(database, mspId),
    record: (record) => inTransaction(database, (tx) => recordWhole(database, tx, mspId, record)),
  }
}

async function recordWhole(
  database: Database,
  tx: Transaction,
  mspId: string,
  record: ObservationRecord,
): ReturnType<LedgerStore['record']> {
  await takeTurn(tx, mspId)
  const stored = await findHeader(tx, mspId, record.id)
  if (stored !== undefined) return { header: stored, repeated: true }
  const header = await addHeader(tx, mspId, record, await latestHeader(tx, mspId))
  const { sequence } = header
  await saveCustomers(database, tx, mspId, sequence, record.customers)
  await addStates(database, tx, mspId, sequence, record.states)
  await saveOrders(database, tx, mspId, sequence, record.orders)
  await addMembers(database, tx, mspId, sequence, record.memberships)
  return { header, repeated: false }
}

function readLedger(database: Database, mspId: string): Promise<Ledger> {
  return readConsistently(database, async (query) => {
    const { latest, observedAt } = await readHeaders(query, mspId)
    return {
      latest,
      observedAt,
      customers: await readCustomers(query, mspId),
      states: await readStates(query, mspId),
      orders: await readOrders(query, mspId),
      memberships: await readMembers(query, mspId),
    }
  })
}
